"""The thesis: one book in three formats, in Italian."""

from __future__ import annotations

from pathlib import Path

from assets.layout import REPOSITORY, Layout
from assets.outputs.jobs import WORKERS, environment, inputs_digest, manifest, watermark

SOURCE = REPOSITORY / "thesis"
TITLE = "Valutare un'officina sociale diffusa"
SYNTHETIC = " · DATI SINTETICI: persone e risultati sono inventati"
FORMATS = ("html", "pdf", "docx")


def render_thesis(layout: Layout, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Render the book from the released tables.

    Raises
    ------
    ConfigurationError
        Nothing is released.
    RenderError
        A mistake in a chapter, with file and line.
    """
    from assets.outputs.render import RenderJob, render

    about = manifest(layout)
    mark = SYNTHETIC if about.get("synthetic") else ""
    job = RenderJob(
        source=SOURCE,
        out_dir=layout.thesis_output,
        stem="tesi",
        formats=formats,
        env=environment(layout),
        lang="it",
        inputs_digest=inputs_digest(layout),
        meta={
            "title": TITLE,
            "subtitle": f"{about['title']['it']}{mark}",
            **watermark(layout, "it"),
        },
    )
    return list(render(job, workers=WORKERS, cache_dir=layout.render_cache).paths)
