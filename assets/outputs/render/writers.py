"""One writer a format: pandoc's reading of a document becomes a page, a PDF, a Word file."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from assets.outputs.render import numbers
from assets.outputs.render.book import Plan
from assets.outputs.render.embed import NotThereError, aligned, embedded
from assets.outputs.render.job import RenderJob
from assets.outputs.render.pandoc import FILTERS, TEMPLATES, Places, run_pandoc
from assets.outputs.render.words import LOCALES, WORDS

#: Twice what a screen shows, as figures in print need.
PNG_PPI = 192
NETWORK = re.compile(
    r"""(?:\bsrc|\bsrcset|\bposter)\s*=\s*["']?\s*(?:https?:)?//"""
    r"""|<link\b[^>]*href\s*=\s*["']?(?:https?:)?//"""
    r"""|url\(\s*["']?(?:https?:)?//|@import""",
    re.IGNORECASE,
)


@dataclass
class Work:
    """One rendering in progress, in its own temporary folder."""

    job: RenderJob
    plan: Plan
    temp: Path
    places: Places

    def pandoc(self, arguments: list[str], text: str) -> str:
        """Return what pandoc makes of a text in this folder."""
        return run_pandoc(arguments, text=text, cwd=self.temp, places=self.places)


def _layout(work: Work, to: str) -> list[str]:
    return [
        "-f",
        "json",
        "-t",
        to,
        f"--lua-filter={FILTERS / 'layout.lua'}",
        "--metadata-file=settings.json",
        "--defaults=defaults.yaml",
        "--wrap=none",
    ]


def _toc(work: Work, shift: int = 0) -> list[str]:
    wanted = work.plan.meta.get("toc", work.plan.kind == "book")
    depth = int(work.plan.meta.get("toc-depth", 2)) + shift
    return ["--toc", f"--toc-depth={depth}"] if wanted else []


def _html(work: Work, ast: str) -> Path:
    dashboard = work.plan.kind == "dashboard"
    arguments = [
        *_layout(work, "html5"),
        "--standalone",
        f"--template={TEMPLATES / 'page.html'}",
        "--mathml",
        "--email-obfuscation=none",
        *_toc(work, shift=1),
    ]
    if not dashboard:
        # The title is the page's one h1; chapters and sections follow below it.
        arguments += ["--shift-heading-level-by=1", "--section-divs"]
    try:
        text = numbers.with_spans(embedded(aligned(work.pandoc(arguments, ast)), work.temp))
    except NotThereError as missing:
        raise work.places.error(str(missing), f"'{missing}' cannot be put into the page") from None
    if NETWORK.search(text):
        raise work.places.error("", "the page would fetch something from the network")
    path = work.temp / "result.html"
    path.write_text(text, encoding="utf-8", newline="\n")
    return path


def _pdf(work: Work, ast: str) -> Path:
    import typst

    arguments = [*_layout(work, "typst-citations"), "--standalone", *_toc(work)]
    arguments.append(f"--template={TEMPLATES / 'book.typ'}")
    source = work.temp / "result.typ"
    source.write_text(
        work.pandoc(arguments, numbers.without_marks(ast)), encoding="utf-8", newline="\n"
    )
    try:
        content, warnings = typst.compile_with_warnings(
            str(source),
            root=str(work.temp),
            font_paths=_figure_fonts(),
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    except typst.TypstError as error:
        raise work.places.error("", f"the PDF cannot be set: {error}") from None
    if warnings:
        said = "; ".join(sorted({str(warning.message) for warning in warnings}))
        raise work.places.error("", f"the PDF would not be faithful: {said}")
    path = work.temp / "result.pdf"
    path.write_bytes(content)
    return path


def _figure_fonts() -> list[str]:
    """Return the folder of the fonts matplotlib draws with: text in a figure stays text in a PDF."""
    spec = importlib.util.find_spec("matplotlib")
    folders = [Path(each) for each in (spec.submodule_search_locations or [])] if spec else []
    return [str(each / "mpl-data" / "fonts" / "ttf") for each in folders]


def _pictures_for_word(work: Work) -> None:
    """Make the PNG that Word shows of each figure there is as SVG only.

    matplotlib would lay out and draw every figure anew for it, which takes five times as long.
    """
    import typst

    media = sorted((work.temp / "media").glob("*.svg"))
    missing = [each for each in media if not each.with_suffix(".png").is_file()]
    if not missing:
        return
    pages = "\n#pagebreak()\n".join(f'#image("media/{each.name}")' for each in missing)
    source = work.temp / "pictures.typ"
    source.write_text(
        f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}\n", "utf-8", newline="\n"
    )
    made = typst.compile(
        str(source),
        root=str(work.temp),
        format="png",
        ppi=PNG_PPI,
        font_paths=_figure_fonts(),
        ignore_system_fonts=True,
    )
    drawn = made if isinstance(made, list) else [made]
    for each, content in zip(missing, drawn, strict=True):
        each.with_suffix(".png").write_bytes(content)


def _docx(work: Work, ast: str) -> Path:
    from assets.outputs.render import word_book
    from assets.outputs.render.running import add_running
    from assets.outputs.render.word import reference_docx

    meta, lang = work.plan.meta, work.job.lang
    is_book = work.plan.kind == "book"
    path = work.temp / "result.docx"
    reference = reference_docx(work.temp / "reference.docx", str(meta.get("watermark", "")))
    head = str(meta.get("running-head", "")) or (str(meta.get("title", "")) if is_book else "")
    if head:
        add_running(reference, head)
    _pictures_for_word(work)
    arguments = [*_layout(work, "docx"), f"--reference-doc={reference}", f"--output={path.name}"]
    if is_book:
        word_book.prepare(reference, WORDS[lang]["appendix"])
        # Contents are a field of ours: pandoc's is empty until Word fills it.
        depth = int(meta.get("toc-depth", 2)) if meta.get("toc", True) else 0
        arguments += [f"--lua-filter={FILTERS / 'fields.lua'}", f"--metadata=fields-toc={depth}"]
    else:
        arguments += _toc(work)
    work.pandoc(arguments, numbers.without_marks(ast))
    return word_book.finish(path, LOCALES[lang]) if is_book else path


WRITERS: dict[str, Callable[[Work, str], Path]] = {"html": _html, "pdf": _pdf, "docx": _docx}
