"""The embedded renderer: cells once, one pandoc reading, then one writing for each format."""

from __future__ import annotations

import importlib.util
import json
import re
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.outputs.render.assemble import assemble
from assets.outputs.render.book import Plan, line_of
from assets.outputs.render.execute import check_parameters, execute
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


def render_embedded(
    job: RenderJob, plan: Plan, temp: Path, *, mpl_cache: Path, workers: int = 2
) -> dict[str, Path]:
    """Render every format of `job` below `temp`; returns the file of each format.

    Raises
    ------
    RenderError
        Anything the documents ask for that cannot be done, with its file and line.
    """
    check_parameters(plan.documents, job.params)
    work = _Work(job, plan, temp, Places(plan.documents[0].path))
    texts = _markdown(work, mpl_cache, workers)
    write_settings(job, plan, temp)
    ast = _read(work, texts)
    writers: dict[str, Callable[[_Work, str], Path]] = {
        "html": _html,
        "pdf": _pdf,
        "docx": _docx,
    }
    with ThreadPoolExecutor(max(1, workers)) as pool:
        waiting = {name: pool.submit(writers[name], work, ast) for name in job.formats}
        return {name: future.result() for name, future in waiting.items()}


def _markdown(work: _Work, mpl_cache: Path, workers: int) -> list[list[Line]]:
    media = work.temp / "media"
    media.mkdir()
    job, plan = work.job, work.plan
    done = execute(
        plan.documents,
        job.params,
        cwd=job.folder,
        env=job.env,
        temp=work.temp,
        mpl_cache=mpl_cache,
        meta=plan.meta,
        workers=workers,
        with_png="docx" in job.formats,
    )
    texts = []
    for number, executed in enumerate(done):
        if plan.kind == "book":
            executed.document.meta.setdefault("execute", plan.meta.get("execute"))
        dashboard = plan.kind == "dashboard"
        lines = assemble(executed, media, f"c{number}", dashboard=dashboard)
        title = executed.document.meta.get("title") if plan.kind == "book" else None
        if title:
            place = Line(f"# {title}", executed.document.path, 1)
            lines = [place, place.with_text(""), *lines]
        texts.append(lines)
        work.places.lines += lines
    _copy_pictures(work, texts)
    return texts


def _copy_pictures(work: _Work, texts: list[list[Line]]) -> None:
    """Copy the pictures the text names beside the work: Typst reads below its root only."""
    for line in (line for text in texts for line in text if not line.verbatim):
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


def _read(work: _Work, texts: list[list[Line]]) -> str:
    """Read every document (apart, so that footnotes may share names), then number and cite."""

    def one(lines: list[Line]) -> dict[str, Any]:
        text = "\n".join(line.text for line in lines) + "\n"
        places = Places(lines[0].file if lines else work.places.default, lines, exact=True)
        arguments = ["-f", READER, "-t", "json"]
        made: dict[str, Any] = json.loads(
            run_pandoc(arguments, text=text, cwd=work.temp, places=places)
        )
        return made

    with ThreadPoolExecutor(2) as pool:
        parts = list(pool.map(one, texts))
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
        "--embed-resources",
        "--email-obfuscation=none",
        *_toc(work, shift=1),
    ]
    if not dashboard:
        # The title is the page's one h1; chapters and sections follow below it.
        arguments += ["--shift-heading-level-by=1", "--section-divs"]
    text = work.pandoc(arguments, ast)
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
    source.write_text(work.pandoc(arguments, ast), encoding="utf-8", newline="\n")
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


def _docx(work: _Work, ast: str) -> Path:
    from assets.outputs.render.word import reference_docx

    path = work.temp / "result.docx"
    reference = reference_docx(work.temp / "reference.docx")
    arguments = [
        *_layout(work, "docx"),
        f"--reference-doc={reference}",
        f"--output={path.name}",
        *_toc(work),
    ]
    work.pandoc(arguments, ast)
    return path
