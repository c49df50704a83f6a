"""The reading kit: the only door from a document to what was released.

A document asks for numbers, sentences, tables and figures by name. The kit reads the released
folder (``LUNATTIVA_RELEASED``) and nothing else of ours; a name that does not exist is an error,
which stops the render; a number that is not shown says so and is never zero.

>>> from reports import kit                                             # doctest: +SKIP
>>> k = kit.open(lang="it", period="2022Q1")                            # doctest: +SKIP
>>> k.number("reached_n")                                               # doctest: +SKIP
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import (
    _dashboard,
    _evidence,
    _origin,
    _provenance,
    _quality,
    _rows,
    _tables,
    _wording,
    _words,
)
from reports._asked import Asked
from reports._catalogued import TABLES, TEXTS
from reports._dashboard_words import WHOLE
from reports._origin import Fact
from reports._released import TOTAL, UNKNOWN, Cell, KitError, Released, unknown

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from reports._figures import HouseFigure

__all__ = ["TOTAL", "UNKNOWN", "Cell", "Kit", "KitError", "Markdown", "open", "quality", "tables"]

ENVIRONMENT = "LUNATTIVA_RELEASED"
PUBLIC = "LUNATTIVA_PUBLIC"
Markdown = _tables.Markdown
#: Opens the counts of deliveries for the intern's page, which needs nothing released.
quality = _quality.open_quality
#: Opens the rows of people, under codes, for a notebook; a document is refused.
tables = _rows.tables


def open(
    lang: str = "it", period: str = "", folder: Path | None = None, public: bool | None = None
) -> Kit:
    """Open the released folder for one language and one quarter.

    Parameters
    ----------
    lang
        ``it`` or ``en``.
    period
        A quarter such as ``2022Q1``; ``all`` for the whole programme; empty for the latest quarter.
    folder
        Where the released tables are; by default what ``LUNATTIVA_RELEASED`` says.
    public
        Whether counts of people are rounded as the release asks of public pages; by default what
        ``LUNATTIVA_PUBLIC`` says, which whoever renders a public page sets.

    Raises
    ------
    KitError
        Unknown language or quarter, or nothing released.
    """
    if lang not in _words.LANGUAGES:
        raise unknown("language", lang, _words.LANGUAGES)
    given = folder or os.environ.get(ENVIRONMENT)
    if not given:
        raise KitError(f"{ENVIRONMENT} does not say where the released tables are")
    is_public = os.environ.get(PUBLIC) == "1" if public is None else public
    released = Released(Path(given), is_public=is_public)
    quarters = released.manifest["quarters"]
    chosen = period or released.manifest.get("latest_quarter") or (quarters or [""])[-1]
    if chosen != WHOLE and chosen not in quarters:
        raise unknown("quarter", chosen, quarters)
    made = Kit(released, lang, chosen)
    made.is_of_a_quarter = bool(period) and period != WHOLE
    _opened[:] = [made]
    return made


#: The kit of the document that is being rendered: what its page must know is said in its language.
_opened: list[Kit] = []


def origins(names: Sequence[str] | None = None, lang: str = "it") -> dict[str, Any]:
    """Return what a page must know of its numbers; the renderer asks.

    Parameters
    ----------
    names
        The numbers of a finished page; without them, those shown since the last call.
    lang
        The page's language, where names are given.
    """
    if names is not None:
        known = open(lang).numbers
        found = {name: known[name] for name in names if name in known}
        return _provenance.page(_opened[0], found)
    shown = dict(_origin.shown)
    made = _provenance.page(_opened[0], shown) if _opened and shown else {}
    _origin.shown.clear()
    return made


class Kit(Asked):
    """Numbers, words, tables and figures of one release in one language."""

    # -- where numbers come from -----------------------------------------------------------------
    @cached_property
    def numbers(self) -> dict[str, Cell | Fact]:
        """Return every number of the release by its name, cells and counts alike."""
        return _provenance.every(self)

    def origin(self, name: str) -> dict[str, str]:
        """Return what a number is, field by field (``_provenance.FIELDS``).

        Raises
        ------
        KitError
            No such number; the nearest name is given.
        """
        if name not in self.numbers:
            raise unknown("number", name, self.numbers)
        return _provenance.origin(self, self.numbers[name])

    def field(self, name: str) -> str:
        """Return the label of a field of an origin."""
        return _origin.bare(_words.say("origin", name, self.lang))

    @property
    def versions(self) -> dict[str, str]:
        """Return what all numbers have in common: release and state, data and code version."""
        return _provenance.versions(self)

    #: Whether a document asked for one quarter, whose release may stand elsewhere than the whole.
    is_of_a_quarter = False

    # -- cells -----------------------------------------------------------------------------------
    def number(self, indicator: str, *args: str, format: str = "", **where: Any) -> str:
        """Return one number as text, or why it is not shown.

        Parameters
        ----------
        indicator, subject, period, by, level, by_2, level_2
            What is asked; without ``period``, the kit's quarter where the indicator has quarters,
            else the whole programme.
        format
            ``signed`` puts a plus before what is positive.
        """
        signed = True if format == "signed" else None
        return _origin.said(self.shown(self.cell(indicator, *args, **where), signed=signed))

    def n(self, indicator: str, *args: str, **where: Any) -> str:
        """Return the base of a number as text."""
        return _origin.said(self.n_of(self.cell(indicator, *args, **where)))

    def interval(self, indicator: str, *args: str, **where: Any) -> str:
        """Return the 95 % interval of a number in words."""
        cell = self.cell(indicator, *args, **where)
        if cell is None or not cell.is_shown:
            return _origin.said(self.shown(cell))
        return _origin.said(_wording.interval(self, cell))

    # -- the programme ---------------------------------------------------------------------------
    @property
    def questions(self) -> list[str]:
        """Return the questions that some estimate answers, in the order they are asked."""
        return [code for code in _evidence.ASKED if _evidence.cells(self, code)]

    @property
    def checked_questions(self) -> list[str]:
        """Return the questions whose methods were compared with published numbers."""
        return _evidence.checked_questions(self)

    def sentence(self, name: str, subject: str = "") -> str:
        """Return a sentence whose wording follows the design: ``change``, ``step``, ``reach``, ...

        Raises
        ------
        KitError
            No such sentence, or no such subject.
        """
        makers: dict[str, Callable[[Kit, str], str]] = {
            "change": _wording.change,
            "step": _wording.steps,
            "linkage": _wording.linkage,
        }
        plain = {
            "reach": _wording.reach,
            "sessions": _wording.sessions,
            "retention": _wording.retention,
            "contacts": _wording.contacts,
        }
        if name in makers:
            return _origin.said(makers[name](self, subject))
        if name in plain:
            return _origin.said(plain[name](self))
        raise unknown("sentence", name, [*makers, *plain])

    def claim(self, code: str, subject: str = "", **where: Any) -> str:
        """Return the sentence a released number may carry (``schemas/claims.yml``), doubts after it."""
        return _origin.said(_wording.claim(self, code, subject, **where))

    # -- tables and figures ----------------------------------------------------------------------
    def table(self, name: str, **options: Any) -> Markdown:
        """Return one of the kit's tables as Markdown (``reports/_tables.py``, ``_anonymity_tables.py``)."""
        if name not in TABLES:
            raise unknown("table", name, TABLES)
        return TABLES[name](self, **options)

    def figure(self, name: str, **options: Any) -> HouseFigure:
        """Return one of the kit's figures (see ``reports/_figures.py``)."""
        from reports import _figures

        if name not in _figures.FIGURES:
            raise unknown("figure", name, _figures.FIGURES)
        made = _figures.FIGURES[name](self, **options)
        made.kit = self
        return made

    def canvas(
        self, height: float = 2.6, alt: str = ""
    ) -> AbstractContextManager[tuple[HouseFigure, Axes]]:
        """Return a figure and a panel to draw released numbers in, in the house style.

        Write numbers with ``k.shown(cell)`` and give each bar, point or line its number with
        ``k.trace(artist, cell)``; ``alt`` is the description.
        """
        from reports import _style

        return _style.canvas(self, height, alt)

    def trace(self, artist: Artist, cell: Cell | None) -> None:
        """Give what is drawn the number it stands for: a click finds it, and it lies in the data."""
        from reports import _style

        _style.traced(artist, cell)

    def text(self, name: str, **options: Any) -> Markdown:
        """Return one of the kit's pieces of text (``reports/_texts.py``, ``_anonymity_texts.py``)."""
        if name not in TEXTS:
            raise unknown("text", name, TEXTS)
        return TEXTS[name](self, **options)

    def box(self, indicator: str, part: str = "value") -> Markdown:
        """Return what a value box shows: its ``value``, or the ``note`` below it (empty for none).

        Raises
        ------
        KitError
            No such part.
        """
        if part not in _dashboard.BOX_PARTS:
            raise unknown("part of a value box", part, _dashboard.BOX_PARTS)
        return Markdown(_origin.escape(_dashboard.box(self, indicator).get(part, "")))

    def show(self, name: str, **options: Any) -> HouseFigure | Markdown:
        """Return a figure, or the words for there being nothing to draw."""
        made = self.figure(name, **options)
        return Markdown(made.alt) if made.is_empty else made

    def alt(self, name: str, **options: Any) -> str:
        """Return a figure's description, made from the cells it draws."""
        return _origin.bare(self.figure(name, **options).alt)
