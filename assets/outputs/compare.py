"""The page of several programmes, from a comparison's own folder, one file a language."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from assets.layout import REPOSITORY, Apart
from assets.outputs.jobs import DRAFT, WATERMARKS, WORKERS, environment, inputs_digest, manifest
from schemas.words import LANGUAGES, Language, Words

NAME = "compare"
SUBTITLE = Words(
    it="Che cosa si può confrontare, che cosa dicono insieme, quanto differiscono",
    en="What can be compared, what they say together, how much they differ",
)


def render_comparison(
    folder: Path, cache_dir: Path, *, is_draft: bool, langs: Sequence[Language] = LANGUAGES
) -> list[Path]:
    """Render ``reports/compare.qmd`` from a comparison's folder, into it.

    Parameters
    ----------
    is_draft
        Whether some of what is compared is not published: the page says so.

    Raises
    ------
    RenderError
        A mistake in the document, with file and line.
    """
    from assets.outputs.render import RenderJob
    from assets.outputs.render.together import render_together

    layout = Apart(folder, "comparison", folder)
    title = Words(**manifest(layout)["title"])
    jobs = [
        RenderJob(
            source=REPOSITORY / "reports" / f"{NAME}.qmd",
            out_dir=folder,
            stem=f"{NAME}_{lang}",
            params={"lang": lang},
            env=environment(layout, is_public=True),
            lang=lang,
            inputs_digest=inputs_digest(layout),
            meta={
                "title": title.say(lang),
                "subtitle": SUBTITLE.say(lang),
                **_mark(lang, is_draft),
            },
        )
        for lang in langs
    ]
    results = render_together(jobs, cache_dir=cache_dir, workers=WORKERS)
    return [path for result in results for path in result.paths]


def _mark(lang: Language, is_draft: bool) -> dict[str, str]:
    if not is_draft:
        return {}
    whole, word = WATERMARKS[DRAFT]
    return {"watermark": whole.say(lang), "watermark-word": word.say(lang)}
