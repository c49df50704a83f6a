"""Read a book's _quarto.yml: chapters, parts, appendices, and the settings that are ours to honour."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.outputs.render.job import RenderJob
from assets.outputs.render.languages import localised
from assets.outputs.render.problems import RenderError, nearest
from assets.outputs.render.source import (
    Document,
    Line,
    Prose,
    load_yaml,
    read_document,
)

# Front-matter formats by the result they give; a 'pdf' of Quarto's own would need LaTeX.
FORMAT_OF = {"html": "html", "dashboard": "html", "typst": "pdf", "docx": "docx"}
MOVING_DATES = ("today", "now", "last-modified")


@dataclass(frozen=True)
class Plan:
    """What is rendered: the settings, and the documents in order with their place in the book."""

    kind: str  # 'book', 'article' or 'dashboard'
    meta: dict[str, Any]
    documents: tuple[Document, ...]
    appendix_from: int | None
    settings_file: Path

    @property
    def files(self) -> list[Path]:
        """Return every source text that was read."""
        found = [path for document in self.documents for path in document.files]
        return sorted({*found, self.settings_file})


def plan(job: RenderJob) -> Plan:
    """Read the sources of `job` and check the formats.

    Raises
    ------
    RenderError
        A missing source or chapter, bad YAML, an unknown format, a date that moves.
    """
    if not job.source.exists():
        raise RenderError("the document does not exist", file=job.source)
    made = _book(job) if job.is_book else _single(job)
    made.meta.update(job.meta)
    _check_formats(job, made)
    if str(made.meta.get("date", "")) in MOVING_DATES:
        detail = f"a date of '{made.meta['date']}' would change the page every day: write it out"
        raise RenderError(detail, file=made.settings_file, line=_key_line(made, "date"))
    return made


def _single(job: RenderJob) -> Plan:
    document = read_document(job.source, job.lang)
    names = format_names(document.meta)
    kind = "dashboard" if "dashboard" in names else "article"
    return Plan(kind, document.meta, (document,), None, job.source)


def _book(job: RenderJob) -> Plan:
    path = job.source / "_quarto.yml"
    if not path.is_file():
        raise RenderError("a book needs this file", file=path)
    settings = load_yaml(path.read_text(encoding="utf-8-sig"), path)
    book = settings.get("book")
    if not isinstance(book, Mapping) or not book.get("chapters"):
        raise RenderError("a book needs 'book:' with 'chapters:'", file=path)
    meta = localised({**settings, **book}, job.lang)
    meta["lang"] = job.lang
    chapters = list(_entries(book["chapters"], job, path, meta))
    appendices = list(_entries(book.get("appendices") or [], job, path, meta))
    start = len(chapters) if appendices else None
    return Plan("book", meta, tuple(chapters + appendices), start, path)


def _entries(
    entries: Any, job: RenderJob, path: Path, meta: Mapping[str, Any]
) -> Iterator[Document]:
    for entry in entries:
        if isinstance(entry, str):
            yield _chapter(entry, job, path, meta)
        elif isinstance(entry, Mapping) and "part" in entry:
            part = str(entry["part"])
            yield _chapter(part, job, path, meta) if part.endswith(".qmd") else _part(part, path)
            yield from _entries(entry.get("chapters") or [], job, path, meta)
        elif isinstance(entry, Mapping) and "file" in entry:
            yield _chapter(str(entry["file"]), job, path, meta)
        else:
            raise RenderError("a chapter is a file name, or 'part:' with 'chapters:'", file=path)


def _part(title: str, path: Path) -> Document:
    line = Line(f"# {title} {{.part .unnumbered}}", path, line_of(path, title))
    return Document(path, {}, (Prose((line,)),), ())


def _chapter(name: str, job: RenderJob, path: Path, meta: Mapping[str, Any]) -> Document:
    file = job.source / name
    if not file.is_file():
        known = [x.relative_to(job.source).as_posix() for x in job.source.rglob("*.qmd")]
        detail = f"the chapter '{name}' does not exist. {nearest(name, known)}"
        raise RenderError(detail, file=path, line=line_of(path, name))
    return read_document(file, job.lang, meta)


def line_of(path: Path, words: str) -> int:
    """Return the first line of `path` that holds `words`."""
    rows = path.read_text(encoding="utf-8-sig").splitlines()
    return next((n for n, row in enumerate(rows, 1) if words in row), 1)


def _key_line(made: Plan, key: str) -> int:
    rows = made.settings_file.read_text(encoding="utf-8-sig").splitlines()
    return next((n for n, row in enumerate(rows, 1) if row.strip().startswith(f"{key}:")), 1)


def format_names(meta: Mapping[str, Any]) -> list[str]:
    """Return the format names of front matter or _quarto.yml."""
    declared = meta.get("format", "html")
    return [declared] if isinstance(declared, str) else [str(name) for name in declared]


def format_options(meta: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return the options below one format."""
    declared = meta.get("format")
    options = declared.get(name) if isinstance(declared, Mapping) else None
    return dict(options) if isinstance(options, Mapping) else {}


def _check_formats(job: RenderJob, made: Plan) -> None:
    names = format_names(made.meta)
    line = _key_line(made, "format")
    if isinstance(made.meta.get("format"), list):
        detail = "Quarto takes no list of formats: write each below 'format:', as 'typst: default'"
        raise RenderError(detail, file=made.settings_file, line=line)
    for name in names:
        if name not in FORMAT_OF:
            detail = f"unknown format '{name}'. {nearest(name, FORMAT_OF)}"
            raise RenderError(detail, file=made.settings_file, line=line)
    if "dashboard" in names and len(names) > 1:
        detail = "a dashboard is a page of its own: remove the other formats"
        raise RenderError(detail, file=made.settings_file, line=line)
    offered = {FORMAT_OF[name] for name in names}
    for wanted in job.formats:
        if wanted not in offered:
            detail = f"the document declares no format for '{wanted}' (it has {', '.join(names)})"
            raise RenderError(detail, file=made.settings_file, line=line)
