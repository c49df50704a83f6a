"""The thesis: one book in three formats, in Italian."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from assets.layout import Layout
from assets.outputs import book
from assets.outputs.jobs import WORKERS, environment, inputs_digest, manifest, watermark
from assets.outputs.passages import blamed
from assets.outputs.pictures import placed
from assets.versions import digest, file_sha256

SOURCE = book.SOURCE
TITLE = "Valutare un'officina sociale diffusa"
SYNTHETIC = " · DATI SINTETICI: persone e risultati sono inventati"
STEM = "tesi"
FORMATS = ("html", "pdf", "docx")


def bring_up(layout: Layout, insist: Callable[[], None] = lambda: None) -> list[Path]:
    """Render the book where the programme writes one; else take away what other data made.

    Parameters
    ----------
    insist
        Raises where what people wrote may not be shown: the detectors are another room's.

    Raises
    ------
    ConfigurationError, RenderError
        As ``render_thesis``; the book of other data is taken away then too.
    """
    if not is_wanted(layout):
        take_away(layout)
        return []
    try:
        insist()
        return render_thesis(layout)
    except Exception:
        take_away(layout)
        raise


def is_wanted(layout: Layout) -> bool:
    """Say whether the programme's runs draw the book."""
    return "thesis" in layout.definition.documents


def take_away(layout: Layout) -> bool:
    """Delete the book in all its formats; say whether there was one."""
    there = [path for path in files(layout) if path.is_file()]
    for path in there:
        path.unlink()
    return bool(there)


def files(layout: Layout) -> list[Path]:
    """Return where the book stands, or would, in its formats."""
    return [layout.thesis_output / f"{STEM}.{name}" for name in FORMATS]


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
    read, copies = placed(layout.store, own, book.passages(layout))
    job = RenderJob(
        source=SOURCE,
        out_dir=layout.thesis_output,
        stem=STEM,
        formats=formats,
        env={
            **environment(
                layout
            ),  # exact counts, as the released tables have them: a thesis is recomputed
            book.BOOK_ENV: str(told),
            book.NARRATIVE_ENV: str(read),
        },
        lang="it",
        inputs_digest=digest([inputs_digest(layout), file_sha256(told), file_sha256(read)]),
        meta={
            "title": TITLE,
            "subtitle": f"{about['title']['it']}{mark}",
            **book.title_page(texts),
            **watermark(layout, "it"),
        },
        pictures=copies,
    )
    try:
        return list(render(job, workers=WORKERS, cache_dir=layout.render_cache).paths)
    except RenderError as error:
        raise blamed(error, SOURCE, own, book.passages(layout)) from None
