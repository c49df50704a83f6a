"""The embedded renderer: cells once, one pandoc reading, then one writing for each format."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.outputs.render import numbers
from assets.outputs.render.assemble import assemble
from assets.outputs.render.book import Plan, line_of
from assets.outputs.render.embed import NotThereError, aligned, embedded
from assets.outputs.render.execute import Executed, check_parameters, execute
from assets.outputs.render.job import RenderJob
from assets.outputs.render.pandoc import (
    FILTERS,
    READER,
    TEMPLATES,
    Places,
    run_pandoc,
)
from assets.outputs.render.problems import RenderError
from assets.outputs.render.settings import write_settings
from assets.outputs.render.source import Line
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
class _Work:
    """One rendering in progress, in its own temporary folder."""

    job: RenderJob
    plan: Plan
    temp: Path
    places: Places

    def pandoc(self, arguments: list[str], text: str) -> str:
        return run_pandoc(arguments, text=text, cwd=self.temp, places=self.places)


@dataclass(frozen=True)
class _Text:
    """One document whose cells have run: its Markdown, and what pandoc read in it."""

    lines: list[Line]
    ast: dict[str, Any]
    #: What its numbers rest on, for the page.
    numbers: dict[str, Any]


def render_embedded(
    job: RenderJob,
    plan: Plan,
    temp: Path,
    *,
    mpl_cache: Path,
    workers: int = 2,
    done: Sequence[Executed] | None = None,
) -> dict[str, Path]:
    """Render every format of `job` below `temp`; returns the file of each format.

    `done` are the plan's documents where their cells have already run, in a kernel shared with others.

    Raises
    ------
    RenderError
        Anything the documents ask for that cannot be done, with its file and line.
    """
    check_parameters(plan.documents, job.params)
    work = _Work(job, plan, temp, Places(plan.documents[0].path))
    texts = _texts(work, mpl_cache, done)
    work.places.lines = [line for text in texts for line in text.lines]
    write_settings(job, plan, temp, numbers.merged(text.numbers for text in texts))
    ast = _cited(work, [text.ast for text in texts])
    writers: dict[str, Callable[[_Work, str], Path]] = {
        "html": _html,
        "pdf": _pdf,
        "docx": _docx,
    }
    with ThreadPoolExecutor(max(1, workers)) as pool:
        waiting = {name: pool.submit(writers[name], work, ast) for name in job.formats}
        return {name: future.result() for name, future in waiting.items()}


def _texts(work: _Work, mpl_cache: Path, done: Sequence[Executed] | None) -> list[_Text]:
    """Run the documents one after the other; each is read while the kernel runs the next."""
    (work.temp / "media").mkdir()
    reading: dict[int, Future[_Text]] = {}
    with ThreadPoolExecutor(2) as pool:

        def finished(number: int, executed: Executed) -> None:
            reading[number] = pool.submit(_text, work, number, executed)

        if done is None:
            _execute(work, mpl_cache, finished)
        for number, executed in enumerate(done or ()):
            finished(number, executed)
        return [text.result() for _, text in sorted(reading.items())]


def _execute(work: _Work, mpl_cache: Path, finished: Callable[[int, Executed], None]) -> None:
    job, plan = work.job, work.plan
    execute(
        plan.documents,
        job.params,
        cwd=job.folder,
        env=job.env,
        temp=work.temp,
        mpl_cache=mpl_cache,
        meta=plan.meta,
        # A second kernel would start, import and read the release again: no sooner done.
        workers=1,
        with_png="docx" in job.formats,
        finished=finished,
    )


def _text(work: _Work, number: int, executed: Executed) -> _Text:
    """Return one document as Markdown and as pandoc reads it: apart, so that footnotes may share names."""
    kind, meta = work.plan.kind, executed.document.meta
    if kind == "book":
        meta.setdefault("execute", work.plan.meta.get("execute"))
    traced = bool(work.job.env.get(numbers.MODE))
    lines = assemble(
        executed, work.temp / "media", f"c{number}", dashboard=kind == "dashboard", traced=traced
    )
    if kind == "book" and meta.get("title"):
        place = Line(f"# {meta['title']}", executed.document.path, 1)
        lines = [place, place.with_text(""), *lines]
    _copy_pictures(work, lines)
    text = "\n".join(
        line.text if line.verbatim or not traced else numbers.shortened(line.text) for line in lines
    )
    places = Places(lines[0].file if lines else work.places.default, lines, exact=True)
    read = run_pandoc(["-f", READER, "-t", "json"], text=f"{text}\n", cwd=work.temp, places=places)
    return _Text(lines, json.loads(read), executed.numbers)


def _copy_pictures(work: _Work, lines: list[Line]) -> None:
    """Copy the pictures the text names beside the work: Typst reads below its root only."""
    for line in lines:
        if line.verbatim:
            continue
        for target in re.findall(r"!\[[^\]]*\]\(<?([^)\s>]+)", line.text):
            if target.startswith("media/") or ":" in target:
                continue
            source = (line.file.parent / target).resolve()
            if not source.is_file():
                raise line.error(f"the picture '{target}' does not exist")
            place = (work.temp / target).resolve()
            if not place.is_relative_to(work.temp.resolve()):
                raise line.error(f"the picture '{target}' lies outside the document's folder")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)


def _cited(work: _Work, parts: list[dict[str, Any]]) -> str:
    """Put the documents one after the other, then number and cite."""
    whole = parts[0]
    blocks = []
    for number, part in enumerate(parts):
        if number == work.plan.appendix_from:
            blocks.append({"t": "RawBlock", "c": ["lunattiva", "appendix"]})
        blocks += part["blocks"]
    whole["blocks"], whole["meta"] = blocks, {}
    arguments = ["-f", "json", "-t", "json", "--metadata-file=settings.json"]
    arguments += ["--defaults=defaults.yaml"]
    arguments += [f"--lua-filter={FILTERS / 'crossref.lua'}", *_citations(work)]
    if work.plan.kind == "dashboard":
        arguments.append(f"--lua-filter={FILTERS / 'dashboard.lua'}")
    return work.pandoc(arguments, json.dumps(whole))


def _citations(work: _Work) -> list[str]:
    meta, job = work.plan.meta, work.job
    files = meta.get("bibliography") or []
    files = [files] if isinstance(files, str) else list(files)
    arguments = ["--citeproc"]
    for name in [*files, meta.get("csl")]:
        if name is None:
            continue
        path = job.folder / str(name)
        if not path.is_file():
            plan = work.plan
            line = line_of(plan.settings_file, str(name))
            raise RenderError(f"'{name}' does not exist", file=plan.settings_file, line=line)
        arguments.append(
            f"--{'csl' if name == meta.get('csl') else 'bibliography'}={path.resolve()}"
        )
    return arguments


def _layout(work: _Work, to: str) -> list[str]:
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


def _toc(work: _Work, shift: int = 0) -> list[str]:
    wanted = work.plan.meta.get("toc", work.plan.kind == "book")
    depth = int(work.plan.meta.get("toc-depth", 2)) + shift
    return ["--toc", f"--toc-depth={depth}"] if wanted else []


def _html(work: _Work, ast: str) -> Path:
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


def _pdf(work: _Work, ast: str) -> Path:
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


def _pictures_for_word(work: _Work) -> None:
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
    source.write_text(f"#set page(width: auto, height: auto, margin: 0pt)\n{pages}\n", "utf-8")
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


def _docx(work: _Work, ast: str) -> Path:
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
