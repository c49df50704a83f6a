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
import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reports import (
    _anonymity,
    _codebook,
    _compare,
    _dashboard,
    _evidence,
    _findings,
    _origin,
    _papers,
    _provenance,
    _quality,
    _results,
    _rows,
    _tables,
    _texts,
    _thesis,
    _wording,
    _words,
)
from reports._origin import Fact
from reports._released import TOTAL, UNKNOWN, Cell, KitError, Released, unknown
from reports._speech import Speech

if TYPE_CHECKING:
    from matplotlib.artist import Artist
    from matplotlib.axes import Axes

    from reports._figures import HouseFigure

__all__ = ["TOTAL", "UNKNOWN", "Cell", "Kit", "KitError", "Markdown", "open", "quality", "tables"]

ENVIRONMENT = "LUNATTIVA_RELEASED"
ENGINE = "LUNATTIVA_ENGINE"
PUBLIC = "LUNATTIVA_PUBLIC"
SMALL_BASE = 30
PERIOD = re.compile(r"\d{4}Q[1-4]|\d{4}-\d{2}|all")
Markdown = _tables.Markdown
#: Opens the counts of deliveries for the intern's page, which needs nothing released.
quality = _quality.open_quality
#: Opens the rows of people, under codes, for a notebook; a document is refused.
tables = _rows.tables
TABLES = {
    **_tables.TABLES,
    **_anonymity.TABLES,
    **_evidence.TABLES,
    **_results.TABLES,
    **_papers.TABLES,
    **_codebook.TABLES,
    **_dashboard.TABLES,
    **_compare.TABLES,
    **_thesis.TABLES,
}
TEXTS = {
    **_texts.TEXTS,
    "anonymity": _anonymity.text,
    "codebook": _codebook.text,
    **_evidence.TEXTS,
    **_findings.TEXTS,
    **_dashboard.TEXTS,
    **_compare.TEXTS,
    **_papers.TEXTS,
    **_thesis.TEXTS,
}


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
    if chosen != _dashboard.WHOLE and chosen not in quarters:
        raise unknown("quarter", chosen, quarters)
    made = Kit(released, lang, chosen)
    made.is_of_a_quarter = bool(period) and period != _dashboard.WHOLE
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


class Kit(Speech):
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

    #: Below this base a number is called unstable.
    small_base = SMALL_BASE
    #: Whether a document asked for one quarter, whose release may stand elsewhere than the whole.
    is_of_a_quarter = False

    # -- cells -----------------------------------------------------------------------------------
    def cell(
        self,
        indicator: str,
        subject: str = "",
        period: str | None = None,
        by: str = "",
        level: str = "",
        by_2: str = "",
        level_2: str = "",
    ) -> Cell | None:
        """Return one released cell, or None where there is none; KitError for unknown names."""
        wanted = {name: code for name, code in ((by, level), (by_2, level_2)) if name}
        if by and not level:
            raise KitError(f"say which level of '{by}' is meant")
        self.released.check(indicator, subject, wanted)
        return self.released.find(indicator, subject, self._period(indicator, period), wanted)

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

    def has(self, indicator: str, subject: str | None = None, period: str | None = None) -> bool:
        """Return whether any cell of the indicator was released, shown or not."""
        rows = self.released.of(indicator)
        if period is not None:
            rows = [c for c in rows if c.period == period]
        return any(subject is None or c.subject == subject for c in rows)

    def subjects(self, indicator: str) -> list[str]:
        """Return what an indicator is about, whole scales and their parts in order, the rest by code."""
        present = {c.subject for c in self.released.of(indicator)}
        known = self.released.labels("scales")
        asked = (self.manifest.get("evaluation") or {}).get("scales", [])
        order = [
            c for s in dict.fromkeys([*asked, *known]) if s in known for c in (s, *_parts(known[s]))
        ]
        return [*(c for c in order if c in present), *sorted(present - set(order))]

    def _period(self, indicator: str, period: str | None) -> str:
        if period is None:
            has_quarter = any(c.period == self.period for c in self.released.of(indicator))
            quarterly = any("Q" in c.period for c in self.released.of(indicator))
            return self.period if has_quarter or quarterly else "all"
        waves = self.released.labels("waves")
        if not PERIOD.fullmatch(period) and period not in waves:
            raise unknown("period", period, [*self.manifest["quarters"], "all", *waves])
        return period

    # -- the programme ---------------------------------------------------------------------------
    @property
    def title(self) -> str:
        """Return the programme's title."""
        return _origin.said(self.text_of(self.manifest["title"]))

    @property
    def is_synthetic(self) -> bool:
        """Whether everybody in the data is invented."""
        return bool(self.manifest.get("synthetic"))

    @property
    def scales(self) -> list[str]:
        """Return the whole scales with a released change or mean."""
        found = set(self.subjects("score_change")) | set(self.subjects("score_mean"))
        asked = (self.manifest.get("evaluation") or {}).get("scales", [])
        known = self.released.labels("scales")
        return list(dict.fromkeys(code for code in [*asked, *known] if code in found & set(known)))

    @property
    def questions(self) -> list[str]:
        """Return the questions that some estimate answers, in the order they are asked."""
        return [code for code in _evidence.ASKED if _evidence.cells(self, code)]

    @property
    def checked_questions(self) -> list[str]:
        """Return the questions whose methods were compared with published numbers."""
        return _evidence.checked_questions(self)

    @property
    def steps(self) -> list[dict[str, Any]]:
        """Return the declared turning dates."""
        return list(self.manifest.get("steps") or [])

    @cached_property
    def change_waves(self) -> tuple[str, str]:
        """Return the names of the two waves that are compared; empty where none are."""
        compared = self.manifest.get("change")
        if not compared:
            return ("", "")
        return (self.label("wave", compared["from"]), self.label("wave", compared["to"]))

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

    def warnings(self, *codes: str) -> list[str]:
        """Return cautions from the fixed list, in its order; ``synthetic`` is added where true."""
        wanted = set(codes) | ({"synthetic"} if self.is_synthetic else set())
        known = _words.catalogue()["warnings"]
        for code in sorted(wanted - set(known)):
            raise unknown("warning", code, known)
        shocks = ", ".join(self.text_of(each) for each in self.shocks)
        values = {"limit": self.plain(str(self.small_base), "threshold"), "list": shocks}
        chosen = [c for c in known if c in wanted and (c != "shocks" or shocks)]
        return [_words.say("warnings", code, self.lang, **values) for code in chosen]

    @property
    def shocks(self) -> list[dict[str, Any]]:
        """Return the dated events that move the series and are no effect of the programme."""
        return list(self.manifest.get("shocks") or [])

    # -- tables and figures ----------------------------------------------------------------------
    def table(self, name: str, **options: Any) -> Markdown:
        """Return one of the kit's tables as Markdown (``reports/_tables.py``, ``_anonymity.py``)."""
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
        """Return one of the kit's pieces of text (``reports/_texts.py``, ``_anonymity.py``)."""
        if name not in TEXTS:
            raise unknown("text", name, TEXTS)
        return TEXTS[name](self, **options)

    def box(self, indicator: str) -> dict[str, str]:
        """Return what a value box shows: the quarter's number, and the whole programme below it."""
        found = self._box(indicator)
        # Only the embedded renderer knows marks in a value box; elsewhere it is plain text.
        is_embedded = os.environ.get(ENGINE) == "embedded"
        return found if is_embedded else {name: _origin.bare(x) for name, x in found.items()}

    def _box(self, indicator: str) -> dict[str, str]:
        value = self.shown(self.cell(indicator))
        if self.period == _dashboard.WHOLE:
            return _dashboard.box(self, indicator)
        if indicator == "retention_rate":
            cell = self.cell(indicator)
            has_interval = cell is not None and cell.is_shown
            if not has_interval and not self.has(indicator):
                return {"value": value}
            return {"value": value, "note": self._retention_note(has_interval)}
        total = self.cell(indicator, period="all")
        if total is None or not (total.is_shown or total.is_hidden):
            return {"value": value}
        note = self.word("box_note", total=self.shown(total))
        target = (self.manifest.get("targets") or {}).get(indicator)
        if target is not None:
            note = f"{note}; {self.word('target_note', target=self.plain(self.count(target), 'target'))}"
        return {"value": value, "note": note}

    def _retention_note(self, has_interval: bool) -> str:
        if has_interval:
            return self.interval("retention_rate")
        is_last = _quarter_of(self.manifest.get("to")) == self.period
        return self.word("retention_end" if is_last else "retention_wait")

    def show(self, name: str, **options: Any) -> HouseFigure | Markdown:
        """Return a figure, or the words for there being nothing to draw."""
        made = self.figure(name, **options)
        return Markdown(made.alt) if made.is_empty else made

    def alt(self, name: str, **options: Any) -> str:
        """Return a figure's description, made from the cells it draws."""
        return _origin.bare(self.figure(name, **options).alt)


def _quarter_of(day: str | None) -> str:
    return f"{day[:4]}Q{(int(day[5:7]) + 2) // 3}" if day else ""


def _parts(scale: Mapping[str, Any]) -> list[str]:
    return list(scale.get("parts") or {})
