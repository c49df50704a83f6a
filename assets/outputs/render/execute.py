"""Run the cells of documents once, each in a kernel that knows nothing of the one before."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from assets.outputs.render import numbers
from assets.outputs.render.job import Param
from assets.outputs.render.kernel import (
    kernel_environment,
    kernel_manager,
    without_slow_grammar,
)
from assets.outputs.render.problems import RenderError, nearest
from assets.outputs.render.source import Cell, Document, Line, Prose

INLINE_MIME = "application/vnd.lunattiva.inline+json"
CELL_TIMEOUT_S = 600
MESSAGE_LIMIT = 300
PARAMETERS_TAG = "parameters"
# Evaluates the inline expressions of one stretch of prose, in order; what is published before an
# error tells which of them failed.
INLINE_SETUP = f'''
def _lunattiva_inline(expressions):
    from IPython import get_ipython
    from IPython.display import publish_display_data
    shell, results = get_ipython(), []
    try:
        for text in expressions:
            value = eval(compile(text, "<inline>", "eval"), shell.user_ns)
            data, _ = shell.display_formatter.format(value, include={{"text/plain", "text/markdown"}})
            plain = str(value) if isinstance(value, str) else data.get("text/plain", "")
            results.append([data.get("text/markdown"), plain])
    finally:
        publish_display_data({{"{INLINE_MIME}": results}})
'''

# A kernel takes a second to start and imports as long again, so the chapters of a book share one:
# nothing of a document may be left to the next.
FORGET = """
import sys
from IPython import get_ipython
if "matplotlib.pyplot" in sys.modules:
    sys.modules["matplotlib.pyplot"].close("all")
    sys.modules["matplotlib"].rc_file_defaults()
get_ipython().reset(new_session=False)
"""


@dataclass
class Executed:
    """What the kernel answered, in the order of the document's blocks."""

    document: Document
    outputs: list[list[dict[str, Any]]] = field(default_factory=list)
    inlines: list[list[tuple[str | None, str]]] = field(default_factory=list)
    #: What its page must know of the numbers it shows; empty where no kit was named.
    numbers: dict[str, Any] = field(default_factory=dict)


def parameter_cell(document: Document) -> Cell | None:
    """Return the cell tagged ``parameters``, if there is one."""
    return next((cell for cell in document.cells() if PARAMETERS_TAG in cell.tags), None)


def declared_parameters(cell: Cell) -> set[str]:
    """Return the names the cell assigns."""
    return set(re.findall(r"^([A-Za-z_]\w*)\s*(?::[^=\n]+)?=(?!=)", cell.source, re.MULTILINE))


def check_parameters(documents: Sequence[Document], params: Mapping[str, Param]) -> None:
    """Raise RenderError if no document declares one of `params`, naming the nearest."""
    cells = [cell for cell in map(parameter_cell, documents) if cell]
    known = set().union(*(declared_parameters(cell) for cell in cells)) if cells else set()
    for name in params:
        if name in known:
            continue
        if not cells:
            raise RenderError(
                f"the document takes no parameters (no cell tagged 'parameters'), given '{name}'",
                file=documents[0].path,
            )
        raise cells[0].start.error(f"unknown parameter '{name}'. {nearest(name, known)}")


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
        waiting = pool.submit(lambda: asyncio.run(runner.run(documents)))
        try:
            return waiting.result()
        except BaseException:
            runner.cancel()
            raise


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
        kernel = _Kernel(client, document)
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


class _Kernel:
    """One running kernel and the document it belongs to."""

    def __init__(self, client: Any, document: Document) -> None:
        self.client = client
        self.document = document
        self.ready = False

    async def _run(self, source: str, start: Line, code: Sequence[Line] = ()) -> list[Any]:
        from nbclient.exceptions import (
            CellControlSignal,
            CellExecutionError,
            DeadKernelError,
        )
        from nbformat.v4 import new_code_cell

        cell = new_code_cell(source)
        self.client.nb.cells.append(cell)
        try:
            await self.client.async_execute_cell(cell, len(self.client.nb.cells) - 1)
        except CellExecutionError as error:
            place = _failing_line(error.traceback, code) or start
            raise _Failed(cell.outputs, place, error.ename, error.evalue) from None
        except (DeadKernelError, CellControlSignal, TimeoutError) as error:
            detail = f"the kernel stopped ({type(error).__name__})"
            raise start.error(detail) from None
        return list(cell.outputs)

    async def setup(self) -> None:
        await self._run(FORGET, Line("", self.document.path, 1))
        await self._run(INLINE_SETUP, Line("", self.document.path, 1))

    async def numbers(self, kit: str) -> dict[str, Any]:
        """Ask the reading kit what the page must know of the numbers it shows."""
        place = Line("", self.document.path, 1)
        outputs = await self._run(f"{numbers.SETUP}\n_lunattiva_numbers({kit!r})", place)
        found = (each.get("data", {}).get(numbers.MIME) for each in outputs)
        return next((dict(each) for each in found if each), {})

    async def cell(self, cell: Cell, params: Mapping[str, Param]) -> list[dict[str, Any]]:
        if cell.options.get("eval") is False:
            return []
        size = {k: cell.options[k] for k in ("fig-width", "fig-height") if k in cell.options}
        if size:
            await self._run(_figure_size(size), cell.start)
        try:
            outputs = await self._run(cell.source, cell.start, cell.code)
        except _Failed as failed:
            raise failed.rendered("a cell") from None
        if size:
            await self._run("plt.rcParams['figure.figsize'] = _lunattiva_size", cell.start)
        if PARAMETERS_TAG in cell.tags:
            given = {name: params[name] for name in sorted(declared_parameters(cell) & set(params))}
            source = "\n".join(f"{name} = {value!r}" for name, value in given.items())
            await self._run(source, cell.start)
        return outputs

    async def inlines(self, prose: Prose) -> list[tuple[str | None, str]]:
        found = prose.inlines()
        if not found:
            return []
        source = f"_lunattiva_inline({json.dumps([text for text, _ in found])})"
        try:
            outputs = await self._run(source, found[0][1])
        except _Failed as failed:
            reached = len(_inline_results(failed.outputs))
            failed.place = found[min(reached, len(found) - 1)][1]
            raise failed.rendered("an inline expression") from None
        return [(markdown, plain) for markdown, plain in _inline_results(outputs)]


class _Failed(Exception):
    def __init__(self, outputs: list[Any], place: Line, ename: str, evalue: str) -> None:
        super().__init__(ename)
        self.outputs, self.place, self.ename, self.evalue = outputs, place, ename, evalue

    def rendered(self, what: str) -> RenderError:
        message = self.evalue.strip().splitlines()[0][:MESSAGE_LIMIT] if self.evalue.strip() else ""
        return self.place.error(f"{what} failed: {self.ename}: {message}".rstrip(": "))


def _inline_results(outputs: Sequence[Any]) -> list[Any]:
    for output in outputs:
        if INLINE_MIME in output.get("data", {}):
            return list(output["data"][INLINE_MIME])
    return []


def _figure_size(size: Mapping[str, Any]) -> str:
    return (
        "import matplotlib.pyplot as plt\n"
        "_lunattiva_size = list(plt.rcParams['figure.figsize'])\n"
        f"plt.rcParams['figure.figsize'] = ({size.get('fig-width')!r} or _lunattiva_size[0],"
        f" {size.get('fig-height')!r} or _lunattiva_size[1])"
    )


def _failing_line(traceback: str, code: Sequence[Line]) -> Line | None:
    """Return the source line the traceback's first frame (the cell) points at."""
    plain = re.sub(r"\x1b\[[0-9;]*m", "", traceback)
    match = re.search(r"Cell In\[\d+\],? line (\d+)", plain)
    number = int(match.group(1)) if match else 0
    return code[number - 1] if 0 < number <= len(code) else None
