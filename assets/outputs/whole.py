"""Pages about the whole release, one file a language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.layout import REPOSITORY, Layout
from assets.outputs.jobs import WORKERS, environment, inputs_digest, manifest, watermark
from schemas.words import Language, Words


def render_whole(
    layout: Layout, name: str, title: Words, subtitle: Words, langs: Sequence[Language]
) -> list[Path]:
    """Render ``reports/NAME.qmd`` from the released tables to ``NAME_LANGUAGE.html``.

    Parameters
    ----------
    name
        Of the document, and of the pages before their language.
    title, subtitle
        What the pages say at the top, after the programme's title and below it.

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
            source=REPOSITORY / "reports" / f"{name}.qmd",
            out_dir=layout.reports_output,
            stem=f"{name}_{lang}",
            params={"lang": lang},
            env=environment(layout),
            lang=lang,
            inputs_digest=inputs_digest(layout),
            meta={
                "title": f"{about['title'][lang]}: {title.say(lang).lower()}",
                "subtitle": subtitle.say(lang),
                **watermark(layout, lang),
            },
        )
        for lang in langs
    ]
    results = render_together(jobs, cache_dir=layout.render_cache, workers=WORKERS)
    return [path for result in results for path in result.paths]
