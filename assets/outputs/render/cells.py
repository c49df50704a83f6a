"""The cells and inline expressions of one document in a running kernel: asked, answered, blamed."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from assets.outputs.render import numbers
from assets.outputs.render.job import Param
from assets.outputs.render.parameters import PARAMETERS_TAG, declared_parameters
from assets.outputs.render.problems import RenderError
from assets.outputs.render.source import Cell, Document, Line, Prose

INLINE_MIME = "application/vnd.lunattiva.inline+json"
MESSAGE_LIMIT = 300
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


class Asked:
    """One running kernel, asked for what one document shows."""

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
        """Forget the document before, and teach the kernel to answer inline expressions."""
        await self._run(FORGET, Line("", self.document.path, 1))
        await self._run(INLINE_SETUP, Line("", self.document.path, 1))

    async def numbers(self, kit: str) -> dict[str, Any]:
        """Ask the reading kit what the page must know of the numbers it shows."""
        place = Line("", self.document.path, 1)
        outputs = await self._run(f"{numbers.SETUP}\n_lunattiva_numbers({kit!r})", place)
        found = (each.get("data", {}).get(numbers.MIME) for each in outputs)
        return next((dict(each) for each in found if each), {})

    async def cell(self, cell: Cell, params: Mapping[str, Param]) -> list[dict[str, Any]]:
        """Run one cell; return its outputs."""
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
        """Return of each inline expression its Markdown, if it is some, and its plain text."""
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
