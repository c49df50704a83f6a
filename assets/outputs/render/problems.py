"""Errors of the rendering room: always a source file and a line, never a value from the data."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from pathlib import Path

from assets.errors import LunattivaError
from schemas.words import Words


class RenderError(LunattivaError):
    """A document cannot be rendered.

    Attributes
    ----------
    file : str
        The source file, shown as ``folder/name``.
    line : int
        1-based line in that file.
    detail : str
        What is wrong and what to do, without the place.
    """

    def __init__(self, detail: str, *, file: str | Path, line: int = 1) -> None:
        self.file = shown(file)
        self.line = line
        self.detail = detail
        place = f"{self.file}:{line}"
        super().__init__(
            Words(it=f"Documento da correggere, {place}: {detail}", en=f"{place}: {detail}")
        )


def shown(file: str | Path) -> str:
    """Return a file name short enough to read and free of this machine's folders."""
    path = Path(file)
    return f"{path.parent.name}/{path.name}" if path.parent.name else path.name


def nearest(name: str, known: Iterable[str]) -> str:
    """Return a sentence naming the known name nearest to `name`, or all of them."""
    names = sorted(known)
    close = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    if close:
        return f"Did you mean '{close[0]}'?"
    return f"Known: {', '.join(names)}." if names else "None is known here."
