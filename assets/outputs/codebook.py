"""The page that says what every column, indicator and table means, in two languages."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.layout import REPOSITORY, Layout
from assets.outputs.jobs import WORKERS, environment, inputs_digest, manifest, watermark
from schemas.words import LANGUAGES, Language, Words

TITLE = Words(it="Codebook", en="Codebook")
SUBTITLE = Words(
    it="Che cosa vuol dire ogni colonna, indicatore e tabella",
    en="What every column, indicator and table means",
)
SOURCE = REPOSITORY / "reports" / "codebook.qmd"


def page_name(lang: str) -> str:
    """Return the page's file name without its ending."""
    return f"codebook_{lang}"


def render_codebook(layout: Layout, langs: Sequence[Language] = LANGUAGES) -> list[Path]:
    """Render the page from the release's manifest, one file a language.

    Raises
    ------
    ConfigurationError
        Nothing is released.
    RenderError
        A mistake in the document, with file and line.
    """
    from assets.outputs.render import RenderJob
    from assets.outputs.render.together import render_together

    about = manifest(layout)
    jobs = [
        RenderJob(
            source=SOURCE,
            out_dir=layout.reports_output,
            stem=page_name(lang),
            params={"lang": lang},
            env=environment(layout),
            lang=lang,
            inputs_digest=inputs_digest(layout),
            meta={
                "title": f"{about['title'][lang]}: {TITLE.say(lang).lower()}",
                "subtitle": SUBTITLE.say(lang),
                **watermark(layout, lang),
            },
        )
        for lang in langs
    ]
    results = render_together(jobs, cache_dir=layout.render_cache, workers=WORKERS)
    return [path for result in results for path in result.paths]
