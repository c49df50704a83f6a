"""The thesis: one book in three formats, in Italian."""

from __future__ import annotations

from pathlib import Path

from assets.layout import Layout
from assets.outputs import book
from assets.outputs.jobs import WORKERS, environment, inputs_digest, manifest, watermark
from assets.outputs.passages import blamed
from assets.versions import digest, file_sha256

SOURCE = book.SOURCE
TITLE = "Valutare un'officina sociale diffusa"
SYNTHETIC = " · DATI SINTETICI: persone e risultati sono inventati"
STEM = "tesi"
FORMATS = ("html", "pdf", "docx")


def bring_up(layout: Layout) -> list[Path]:
    """Render the book where the programme writes one; else take away what other data made."""
    if "thesis" in layout.definition.documents:
        return render_thesis(layout)
    for name in FORMATS:
        (layout.thesis_output / f"{STEM}.{name}").unlink(missing_ok=True)
    return []


def render_thesis(layout: Layout, formats: tuple[str, ...] = FORMATS) -> list[Path]:
    """Render the book from the released tables, the log of cycles and what a person wrote.

    Raises
    ------
    ConfigurationError
        Nothing is released; a mistake in ``cycles.yml`` or in the file a person writes in, with
        its line and place.
    RenderError
        A mistake in a chapter, with file and line.
    """
    from assets.outputs.render import RenderError, RenderJob, render

    about = manifest(layout)
    mark = SYNTHETIC if about.get("synthetic") else ""
    texts = book.written(layout)
    told, own = book.write(layout), book.narrative(layout)
    job = RenderJob(
        source=SOURCE,
        out_dir=layout.thesis_output,
        stem=STEM,
        formats=formats,
        env={
            **environment(layout),
            book.BOOK_ENV: str(told),
            book.NARRATIVE_ENV: str(own),
        },
        lang="it",
        inputs_digest=digest([inputs_digest(layout), file_sha256(told), file_sha256(own)]),
        meta={
            "title": TITLE,
            "subtitle": f"{about['title']['it']}{mark}",
            **book.title_page(texts),
            **watermark(layout, "it"),
        },
    )
    try:
        return list(render(job, workers=WORKERS, cache_dir=layout.render_cache).paths)
    except RenderError as error:
        raise blamed(error, SOURCE, own, book.passages(layout)) from None
