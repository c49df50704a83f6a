"""Several documents of one folder in few kernels: starting one costs more than running a small page."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

from assets.outputs.render import cache
from assets.outputs.render.book import Plan, plan
from assets.outputs.render.door import render
from assets.outputs.render.execute import Executed, execute
from assets.outputs.render.job import Param, RenderJob, RenderResult
from assets.outputs.render.parameters import (
    PARAMETERS_TAG,
    check_parameters,
    declared_parameters,
)
from assets.outputs.render.quarto import find_quarto
from assets.outputs.render.source import Cell, Document

#: Documents that one kernel runs before a second one is worth its start.
FEW = 4


@dataclass(frozen=True)
class _Waiting:
    job: RenderJob
    plan: Plan
    key: str


def render_together(
    jobs: Sequence[RenderJob], *, cache_dir: Path, workers: int = 2
) -> list[RenderResult]:
    """Render documents of one folder, their cells in one kernel; in `workers` where they are many.

    What a document sets is forgotten before the next one (see ``execute``), and while its text is set
    the kernel goes on. Jobs share folder and environment. With Quarto each is rendered apart.

    Raises
    ------
    RenderError
        The first mistake, with file and line.
    ValueError
        Jobs of different folders or environments, or a book.
    """
    if find_quarto():
        return [render(job, cache_dir=cache_dir) for job in jobs]
    if len({(job.folder, tuple(sorted(job.env.items()))) for job in jobs}) > 1:
        raise ValueError("documents that share a kernel share folder and environment")
    if any(job.is_book for job in jobs):
        raise ValueError("a book is rendered by itself")
    made = {}
    waiting = []
    for job in jobs:
        planned = plan(job)
        key = cache.key(job, "embedded", planned.files)
        if cache.fetch(cache_dir, key, job.out_dir):
            made[job.stem, job.formats] = RenderResult(_paths(job), "embedded", True)
        else:
            waiting.append(_Waiting(job, planned, key))
    if waiting:
        _make(waiting, cache_dir, workers)
    return [
        made.get((job.stem, job.formats), RenderResult(_paths(job), "embedded", False))
        for job in jobs
    ]


def _paths(job: RenderJob) -> tuple[Path, ...]:
    return tuple(job.out_dir / f"{job.stem}.{kind}" for kind in job.formats)


def _make(waiting: Sequence[_Waiting], cache_dir: Path, workers: int) -> None:
    for each in waiting:
        check_parameters(each.plan.documents, each.job.params)
    first = waiting[0]
    mpl_cache = cache_dir.resolve() / "matplotlib"
    setting: dict[int, Future[None]] = {}
    with (
        tempfile.TemporaryDirectory(prefix="lunattiva-", ignore_cleanup_errors=True) as folder,
        ThreadPoolExecutor(max(1, workers)) as pool,
    ):
        temp = Path(folder).resolve()

        def finished(number: int, done: Executed) -> None:
            own = temp / f"job-{number}"
            setting[number] = pool.submit(_set, waiting[number], done, own, cache_dir)

        execute(
            [with_parameters(each.plan.documents[0], each.job.params) for each in waiting],
            {},
            cwd=first.job.folder,
            env=first.job.env,
            temp=temp,
            mpl_cache=mpl_cache,
            meta=first.plan.meta,
            workers=1 if len(waiting) < FEW else workers,
            with_png=any("docx" in each.job.formats for each in waiting),
            finished=finished,
        )
        for _, each_set in sorted(setting.items()):
            each_set.result()


def _set(each: _Waiting, done: Executed, own: Path, cache_dir: Path) -> None:
    """Write one document whose cells have run, in every format, to its place and to the cache."""
    from assets.outputs.render.embedded import render_embedded

    own.mkdir()
    mpl_cache = cache_dir.resolve() / "matplotlib"
    files = render_embedded(each.job, each.plan, own, mpl_cache=mpl_cache, workers=1, done=[done])
    named = {f"{each.job.stem}.{kind}": path for kind, path in files.items()}
    for name, path in named.items():
        cache.place(path, each.job.out_dir / name)
    cache.keep(cache_dir, each.key, named)


def with_parameters(document: Document, params: Mapping[str, Param]) -> Document:
    """Return the document with its parameters written into the cell that declares them."""

    def given(cell: Cell) -> Cell:
        names = sorted(declared_parameters(cell) & set(params))
        lines = tuple(cell.start.with_text(f"{name} = {params[name]!r}") for name in names)
        return replace(cell, code=(*cell.code, *lines))

    blocks = tuple(
        given(block) if isinstance(block, Cell) and PARAMETERS_TAG in block.tags else block
        for block in document.blocks
    )
    return replace(document, blocks=blocks)
