"""Run the cells of documents once, each in a kernel that knows nothing of the one before."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.outputs.render import numbers
from assets.outputs.render.cells import Asked
from assets.outputs.render.job import Param
from assets.outputs.render.kernel import (
    kernel_environment,
    kernel_manager,
    without_slow_grammar,
)
from assets.outputs.render.source import Cell, Document, Prose

CELL_TIMEOUT_S = 600


@dataclass
class Executed:
    """What the kernel answered, in the order of the document's blocks."""

    document: Document
    outputs: list[list[dict[str, Any]]] = field(default_factory=list)
    inlines: list[list[tuple[str | None, str]]] = field(default_factory=list)
    #: What its page must know of the numbers it shows; empty where no kit was named.
    numbers: dict[str, Any] = field(default_factory=dict)


def execute(
    documents: Sequence[Document],
    params: Mapping[str, Param],
    *,
    cwd: Path,
    env: Mapping[str, str],
    temp: Path,
    mpl_cache: Path,
    meta: Mapping[str, Any],
    workers: int = 2,
    with_png: bool = False,
    finished: Callable[[int, Executed], None] = lambda _number, _done: None,
) -> list[Executed]:
    """Run every document's cells and inline expressions, at most `workers` kernels at a time.

    `meta` may hold ``fig-width`` and ``fig-height`` in inches; `with_png` asks for each figure as PNG
    beside SVG, as Word needs. `finished` hears of each document as soon as it has run, so that work
    on it can begin; it must return at once.

    Raises
    ------
    RenderError
        A cell or an inline expression raised: file, line, exception type and its message.
    """
    environment = kernel_environment(env, temp, mpl_cache, meta)
    runner = _Runner(params, cwd, environment, temp, workers, with_png, finished)
    # A thread of its own: it works inside a running event loop too, and Ctrl-C reaches the
    # waiting main thread, which then cancels the kernels.
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(_run_in_loop, runner, documents)
        try:
            return waiting.result()
        except BaseException:
            runner.cancel()
            raise


def _run_in_loop(runner: _Runner, documents: Sequence[Document]) -> list[Executed]:
    """Run documents in a loop that can watch the kernels' sockets: the usual one of Windows cannot."""
    with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as loop:
        return loop.run(runner.run(documents))


class _Runner:
    def __init__(
        self,
        params: Mapping[str, Param],
        cwd: Path,
        env: dict[str, str],
        temp: Path,
        workers: int,
        with_png: bool,
        finished: Callable[[int, Executed], None],
    ) -> None:
        self.with_png, self.finished = with_png, finished
        self.params, self.cwd, self.env, self.temp = params, cwd, env, temp
        self.workers = max(1, workers)
        self._started = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Task[Any] | None = None
        self._lock = threading.Lock()

    def cancel(self) -> None:
        """Stop from another thread; the kernels are shut down on the way out."""
        with self._lock:
            loop, task = self._loop, self._task
        if loop and task and not loop.is_closed():
            loop.call_soon_threadsafe(task.cancel)

    async def run(self, documents: Sequence[Document]) -> list[Executed]:
        with self._lock:
            self._loop, self._task = asyncio.get_running_loop(), asyncio.current_task()
        gate = asyncio.Semaphore(self.workers)
        idle: list[Any] = []
        async with AsyncExitStack() as kernels:

            async def one(number: int, document: Document) -> Executed:
                async with gate:
                    if not _needs_kernel(document):
                        done = _empty(document)
                    else:
                        client = idle.pop() if idle else await self._start(kernels)
                        done = await self._document(client, document)
                        idle.append(client)  # after a failure nobody goes on
                    self.finished(number, done)
                    return done

            tasks = [asyncio.create_task(one(*each)) for each in enumerate(documents)]
            try:
                return list(await asyncio.gather(*tasks))
            finally:
                for task in tasks:
                    task.cancel()
                await asyncio.gather(*tasks, return_exceptions=True)

    async def _start(self, kernels: AsyncExitStack) -> Any:
        """Start one more kernel; it is shut down when the documents are done."""
        with without_slow_grammar():
            import nbformat
            from nbclient import NotebookClient

        self._started += 1
        client = NotebookClient(
            nbformat.v4.new_notebook(),
            km=kernel_manager(self.temp, self._started, with_png=self.with_png),
            timeout=CELL_TIMEOUT_S,
            startup_timeout=CELL_TIMEOUT_S,  # an old laptop that scans every file needs minutes, once
            record_timing=False,
            shutdown_kernel="immediate",
            resources={"metadata": {"path": str(self.cwd)}},
        )
        client.owns_km = True  # so that leaving the block shuts the kernel down
        setup = client.async_setup_kernel(env=self.env, cwd=str(self.cwd))
        await kernels.enter_async_context(setup)
        return client

    async def _document(self, client: Any, document: Document) -> Executed:
        done = Executed(document)
        kernel = Asked(client, document)
        await kernel.setup()
        for block in document.blocks:
            if isinstance(block, Prose):
                done.outputs.append([])
                done.inlines.append(await kernel.inlines(block))
            else:
                done.outputs.append(await kernel.cell(block, self.params))
                done.inlines.append([])
        if self.env.get(numbers.MODE):
            done.numbers = await kernel.numbers(self.env[numbers.MODE])
        return done


def _needs_kernel(document: Document) -> bool:
    return any(isinstance(block, Cell) or block.inlines() for block in document.blocks)


def _empty(document: Document) -> Executed:
    nothing = len(document.blocks)
    return Executed(document, [[] for _ in range(nothing)], [[] for _ in range(nothing)])
