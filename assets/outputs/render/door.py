"""The one door: choose the engine, ask the cache, render in a temporary folder, place the results."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from assets.outputs.render import cache
from assets.outputs.render.book import Plan, plan
from assets.outputs.render.job import ENGINES, RenderJob, RenderResult
from assets.outputs.render.problems import RenderError
from assets.outputs.render.quarto import find_quarto, quarto_version, render_quarto


def render(
    job: RenderJob,
    *,
    cache_dir: Path | None = None,
    engine: str = "auto",
    workers: int = 2,
) -> RenderResult:
    """Render one document.

    Parameters
    ----------
    job : RenderJob
        What to render.
    cache_dir : Path, optional
        Where finished files and matplotlib's font list are kept; nothing is kept without it.
    engine : {'auto', 'quarto', 'embedded'}
        ``auto`` takes Quarto where it is found.
    workers : int
        Formats worked on at a time; the chapters run one after the other in one kernel.

    Raises
    ------
    RenderError
        The document's mistake, with file and line.
    ValueError
        An unknown engine.
    """
    if engine not in ENGINES:
        raise ValueError(f"engine must be one of {ENGINES}, not {engine!r}")
    quarto = None if engine == "embedded" else find_quarto()
    if engine == "quarto" and quarto is None:
        raise RenderError("Quarto was asked for and is not installed", file=job.source)
    name = f"quarto {quarto_version(quarto)}" if quarto else "embedded"
    out = tuple(job.out_dir / f"{job.stem}.{fmt}" for fmt in job.formats)
    planned = plan(job)
    key = cache.key(job, name, planned.files) if cache_dir else ""
    if cache_dir and cache.fetch(cache_dir, key, job.out_dir):
        return RenderResult(out, name, True)
    with tempfile.TemporaryDirectory(prefix="lunattiva-", ignore_cleanup_errors=True) as folder:
        temp = Path(folder).resolve()
        made = _make(job, planned, temp, quarto, cache_dir, workers)
        for file, path in made.items():
            cache.place(path, job.out_dir / file)
        if cache_dir:
            cache.keep(cache_dir, key, made)
    return RenderResult(out, name, False)


def _make(
    job: RenderJob,
    planned: Plan,
    temp: Path,
    quarto: Path | None,
    cache_dir: Path | None,
    workers: int,
) -> dict[str, Path]:
    """Return the finished files by the name they will have."""
    if quarto:
        return render_quarto(quarto, job, planned, temp)
    from assets.outputs.render.embedded import render_embedded

    # matplotlib builds its font list once; without a cache it would take seconds each time
    mpl_cache = (cache_dir or temp).resolve() / "matplotlib"
    made = render_embedded(job, planned, temp, mpl_cache=mpl_cache, workers=workers)
    return {f"{job.stem}.{fmt}": path for fmt, path in made.items()}


def render_many(
    jobs: Iterable[RenderJob],
    *,
    workers: int = 2,
    cache_dir: Path | None = None,
    engine: str = "auto",
) -> list[RenderResult]:
    """Render several jobs at a time, each in its own folder; results in the order of `jobs`.

    Raises
    ------
    RenderError
        The first failing job's error, in the order of `jobs`; the others are finished first.
    """
    jobs = list(jobs)
    if len(jobs) == 1:
        return [render(jobs[0], cache_dir=cache_dir, engine=engine, workers=workers)]
    with ThreadPoolExecutor(max(1, workers)) as pool:
        waiting = [
            pool.submit(render, job, cache_dir=cache_dir, engine=engine, workers=1) for job in jobs
        ]
        try:
            return [future.result() for future in waiting]
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            raise
