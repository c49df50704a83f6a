"""One look for all figures, and a figure that knows its own description."""

from __future__ import annotations

import io
import os
import re
import textwrap
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib.pyplot as plt
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.text import Text

from reports import _figure_data, _origin
from reports._origin import Fact, bare
from reports._released import Cell, KitError

if TYPE_CHECKING:
    from reports.kit import Kit

STYLE = Path(__file__).parent / "brand" / "lunattiva.mplstyle"
INK, ACCENT, SOFT, BAND, QUIET = "#1B5E7B", "#B5480C", "#A9C3CF", "#E4E8EB", "#55636C"
WIDTH_IN = 4.2
MAX_LEVELS = 10
#: What matplotlib writes into a drawing that no reader of a page needs.
METADATA = re.compile(r" *<metadata>.*?</metadata>\n", re.DOTALL)
INDENT = re.compile(r"\n +(?=<)")


class HouseFigure(Figure):
    """A figure that knows its description and shows itself as SVG (screen, PDF) and PNG (Word)."""

    alt = ""
    is_empty = False
    #: The kit it was made with, and the released cells it draws, in order.
    kit: Kit | None = None
    cells: tuple[Cell, ...] = ()
    _drawn = 0
    _is_traced = False

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        self._trace()
        marks: dict[str, Any] = {"alt": bare(self.alt), "traced": _origin.is_marking()}
        if self.kit is not None and self.cells:
            marks["data"] = _figure_data.link(self.kit, self.cells)
        self._settle()
        drawing = INDENT.sub("\n", METADATA.sub("", self._bytes("svg").decode()))
        data: dict[str, Any] = {"image/svg+xml": drawing}
        if os.environ.get("LUNATTIVA_PNG") != "no":  # only Word shows it, and drawing takes time
            data["image/png"] = self._bytes("png")
        return data, dict.fromkeys(data, marks)

    @property
    def data(self) -> list[dict[str, str | float | int | None]]:
        """Return the numbers it draws, one row a released cell: ``pandas.DataFrame(fig.data)``."""
        return _figure_data.rows(self.kit, self.cells) if self.kit is not None else []

    def draws(self, artist: Artist, *names: str) -> None:
        """Give what is drawn the name of its number, as an element's id in the SVG."""
        self._drawn += 1
        artist.set_gid(f"n-{names[0]}-{self._drawn}")

    def _trace(self) -> None:
        """Turn the marks of all text into names of SVG elements; refuse a number without one.

        Ticks are names and scales, never measures: they are written without marks.
        """
        if self._is_traced or not _origin.is_marking():
            return
        self._is_traced = True
        axes = [axis for each in self.axes for axis in (each.xaxis, each.yaxis)]
        ticks = {id(t) for axis in axes for t in axis.findobj(Text) if t is not axis.label}
        texts = [t for t in self.findobj(Text) if id(t) not in ticks]
        written = [t.get_text() for t in texts]
        stray = next(filter(None, map(_origin.unmarked, [*written, self.alt])), "")
        if stray:
            raise KitError(f"the figure's number in '{stray}' says nothing of where it comes from")
        for text in texts:
            names = _origin.names_in(text.get_text())
            if names:
                self.draws(text, *names)
            text.set_text(bare(text.get_text()))

    def _settle(self) -> None:
        """Work out once what lies where: each saving would do so again, and draw twice for it."""
        engine = self.get_layout_engine()
        if engine is None:
            return
        with plt.style.context(STYLE):
            engine.execute(self)
        self.set_layout_engine(None)

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


@contextmanager
def panel(height: float) -> Iterator[tuple[HouseFigure, Axes]]:
    """Yield a figure of one panel, ``height`` inches high, to draw in while the house style holds."""
    with house_style() as width:
        fig = new_figure(width, height)
        yield fig, fig.subplots()


@contextmanager
def stack(
    height: float, heights: Sequence[float], *, sharex: bool = False
) -> Iterator[tuple[HouseFigure, Sequence[Axes]]]:
    """Yield a figure of panels one below the other, as high as their shares of ``height`` inches."""
    with house_style() as width:
        fig = new_figure(width, height)
        axes = fig.subplots(
            len(heights), 1, sharex=sharex, squeeze=False, height_ratios=list(heights)
        )
        yield fig, list(axes[:, 0])


@contextmanager
def canvas(k: Kit, height: float, alt: str) -> Iterator[tuple[HouseFigure, Axes]]:
    """Yield a figure of one panel to draw in; its description must be there before it is shown."""
    with panel(height) as (fig, ax):
        fig.kit, fig.alt = k, alt
        yield fig, ax


def empty(k: Kit) -> HouseFigure:
    with panel(0.9) as (fig, ax):
        ax.set_axis_off()
        ax.text(0, 0.5, k.word("no_data_period"), va="center", fontsize=11, color=QUIET)
    fig.alt, fig.is_empty = k.word("no_data_period"), True
    return fig


def wrap(text: str, width: int) -> str:
    text = bare(text)  # marks would count as letters
    return "\n".join(textwrap.wrap(text, width, break_long_words=False)) or text


def value_of(cell: Cell | None) -> float:
    return (cell.value or 0.0) if cell is not None else 0.0


def traced(artist: Artist, cell: Cell | None) -> None:
    """Give a bar, point or line the name of the cell it draws, so that a click finds it."""
    figure = artist.get_figure(root=True)
    if cell is None or not isinstance(figure, HouseFigure):
        return
    figure.cells = (*figure.cells, cell)
    if _origin.is_marking():
        figure.draws(artist, *_origin.names_in(_origin.mark("", cell)))


def counted(k: Kit, shown: int, left_out: int) -> dict[str, str]:
    """Return how many entries are shown, and of how many."""
    found = {"shown": shown, "all": shown + left_out}
    return {x: k.mark(str(n), Fact(_origin.COUNT, ("levels", x))) for x, n in found.items()}


def left_out_note(k: Kit, fig: HouseFigure, shown: int, left_out: int) -> None:
    """Say below a figure how many entries it does not show, if any."""
    if left_out:
        note = k.word("other_levels", **counted(k, shown, left_out))
        fig.supxlabel(
            _origin.plain(wrap(note, 52), "word"), fontsize=9.5, color=QUIET, x=0.01, ha="left"
        )
