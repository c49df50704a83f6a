"""Parameters of a document: the cell that declares them, and a check of those that are given."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from assets.outputs.render.job import Param
from assets.outputs.render.problems import RenderError, nearest
from assets.outputs.render.source import Cell, Document

PARAMETERS_TAG = "parameters"


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
