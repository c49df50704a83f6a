"""One look for all figures, and a figure that knows its own description."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
from matplotlib.figure import Figure

from reports._released import Cell

if TYPE_CHECKING:
    from reports.kit import Kit

STYLE = Path(__file__).parent / "brand" / "lunattiva.mplstyle"
INK, ACCENT, SOFT, BAND, QUIET = "#1B5E7B", "#B5480C", "#A9C3CF", "#E4E8EB", "#55636C"
WIDTH_IN = 4.2
MAX_LEVELS = 10


class HouseFigure(Figure):
    """A figure that knows its description and shows itself as SVG (screen, PDF) and PNG (Word)."""

    alt = ""
    is_empty = False

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        marks = {"alt": self.alt}
        data = {"image/svg+xml": self._bytes("svg").decode(), "image/png": self._bytes("png")}
        return data, {"image/svg+xml": marks, "image/png": marks}

    def _bytes(self, kind: str) -> bytes:
        # The date would make two runs differ.
        metadata = {"Date": None} if kind == "svg" else {"Software": None}
        stream = io.BytesIO()
        with plt.style.context(STYLE):
            self.savefig(stream, format=kind, metadata=metadata, dpi=192)
        return stream.getvalue()


@contextmanager
def house_style() -> Iterator[float]:
    """Apply the house style; yield the width a document asked for (``fig-width``), in inches."""
    asked = float(plt.rcParams["figure.figsize"][0])
    with plt.style.context(STYLE):
        yield WIDTH_IN if asked in (7.0, 6.4) else asked


def new_figure(width: float, height: float) -> HouseFigure:
    return HouseFigure(figsize=(width, height), layout="constrained")


def empty(k: Kit) -> HouseFigure:
    with house_style() as width:
        fig = new_figure(width, 0.9)
        ax = fig.subplots()
        ax.set_axis_off()
        ax.text(0, 0.5, k.word("no_data_period"), va="center", fontsize=11, color=QUIET)
    fig.alt, fig.is_empty = k.word("no_data_period"), True
    return fig


def wrap(text: str, width: int) -> str:
    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def value_of(cell: Cell | None) -> float:
    return (cell.value or 0.0) if cell is not None else 0.0


def left_out_note(k: Kit, fig: HouseFigure, shown: int, left_out: int) -> None:
    """Say below a figure how many entries it does not show, if any."""
    if left_out:
        note = k.word("other_levels", shown=shown, all=shown + left_out)
        fig.supxlabel(wrap(note, 52), fontsize=9.5, color=QUIET, x=0.01, ha="left")
