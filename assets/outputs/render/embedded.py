"""The embedded renderer: cells once, one pandoc reading, then one writing for each format."""

from __future__ import annotations

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
from assets.outputs.render.execute import Executed, execute
from assets.outputs.render.job import PICTURES, RenderJob
from assets.outputs.render.pandoc import (
    FILTERS,
    READER,
    Places,
    run_pandoc,
)
from assets.outputs.render.parameters import check_parameters
from assets.outputs.render.problems import RenderError
from assets.outputs.render.settings import write_settings
from assets.outputs.render.source import Line
from assets.outputs.render.writers import WRITERS, Work


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
    work = Work(job, plan, temp, Places(plan.documents[0].path))
    job.lay_pictures(temp)
    texts = _texts(work, mpl_cache, done)
    work.places.lines = [line for text in texts for line in text.lines]
    write_settings(job, plan, temp, numbers.merged(text.numbers for text in texts))
    ast = _cited(work, [text.ast for text in texts])
    with ThreadPoolExecutor(max(1, workers)) as pool:
        waiting = {name: pool.submit(WRITERS[name], work, ast) for name in job.formats}
        return {name: future.result() for name, future in waiting.items()}


def _texts(work: Work, mpl_cache: Path, done: Sequence[Executed] | None) -> list[_Text]:
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


def _execute(work: Work, mpl_cache: Path, finished: Callable[[int, Executed], None]) -> None:
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


def _text(work: Work, number: int, executed: Executed) -> _Text:
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


def _copy_pictures(work: Work, lines: list[Line]) -> None:
    """Copy the pictures the text names beside the work: Typst reads below its root only."""
    for line in lines:
        if line.verbatim:
            continue
        for target in re.findall(r"!\[[^\]]*\]\(<?([^)\s>]+)", line.text):
            if target.startswith(("media/", f"{PICTURES}/")) or ":" in target:
                continue
            source = (line.file.parent / target).resolve()
            if not source.is_file():
                raise line.error(f"the picture '{target}' does not exist")
            place = (work.temp / target).resolve()
            if not place.is_relative_to(work.temp.resolve()):
                raise line.error(f"the picture '{target}' lies outside the document's folder")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, place)


def _cited(work: Work, parts: list[dict[str, Any]]) -> str:
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


def _citations(work: Work) -> list[str]:
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
