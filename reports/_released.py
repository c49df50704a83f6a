"""The released tables as a reader sees them: cells by name, and errors that name the nearest one."""

from __future__ import annotations

import difflib
import json
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

from reports._catalogue import list_of
from reports._rounding import rounded

TOTAL = "_total"
UNKNOWN = "_unknown"
HIDDEN = "suppressed"
#: What a folder is whose release nobody has entered in the ledger: a draft.
DRAFT = {"release": "", "state": "draft", "number": None, "period": None}
Key = tuple[str, str, str, str, str, str, str]
#: A released table: its code and file, and when that was written and how long it is.
_Table = tuple[str, Path, int, int]


class KitError(Exception):
    """A document asked for something that does not exist; it stops the render."""


def unknown(kind: str, name: str, known: Iterable[str]) -> KitError:
    """Return the error for a name nobody declared, with the nearest known one."""
    names = sorted(set(known))
    near = difflib.get_close_matches(name, names, n=1, cutoff=0.5)
    hint = f"Did you mean '{near[0]}'?" if near else f"Known: {', '.join(names[:30]) or 'none'}."
    return KitError(f"there is no {kind} '{name}'. {hint}")


@dataclass(frozen=True)
class Cell:
    """One released number with what qualifies it; ``value`` is None when it is not shown."""

    indicator: str
    subject: str
    period: str
    by_1: str
    level_1: str
    by_2: str
    level_2: str
    design: str
    value: float | None
    ci_low: float | None
    ci_high: float | None
    n: int | None
    n_missing: int | None
    status: str
    table: str
    p_value: float | None = None
    method: str = ""
    question: str = ""
    assumptions: str = ""
    software: str = ""
    n_unit: str = ""
    reference: str = ""
    data_version: str = ""
    unit: str = ""

    @property
    def coordinates(self) -> Key:
        """What it is about: the same in every release, language and document."""
        pairs = (self.by_1, self.level_1, self.by_2, self.level_2)
        return (self.indicator, self.subject, self.period, *pairs)

    @property
    def is_hidden(self) -> bool:
        """Whether disclosure control hides it."""
        return self.status == HIDDEN

    @property
    def is_shown(self) -> bool:
        """Whether there is a number."""
        return self.value is not None

    @property
    def has_no_spread(self) -> bool:
        """Whether it is a mean or change shown without its interval (rule ``spread_base``)."""
        is_mean = self.indicator in ("score_mean", "score_change")
        return is_mean and self.is_shown and self.ci_low is None and self.ci_high is None

    @property
    def crosses(self) -> bool:
        """Whether the interval holds zero (or is not known)."""
        if self.ci_low is None or self.ci_high is None:
            return True
        return self.ci_low <= 0 <= self.ci_high


class Released:
    """One released folder: ``manifest.json`` and ``tables/*.parquet``, and nothing else.

    Parameters
    ----------
    folder
        The released folder.
    is_public
        Whether counts of people are shown rounded, as the release's rules ask of public pages.

    Raises
    ------
    KitError
        No manifest, or a table it names is not there.
    """

    def __init__(self, folder: Path, *, is_public: bool = False) -> None:
        self.folder = folder
        path = folder / "manifest.json"
        if not path.is_file():
            raise KitError("there is no released folder here: run 'lunattiva run' first")
        self.manifest: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        #: Counts are multiples of this.
        self.base = int(self.manifest["thresholds"]["public_round_to"]) if is_public else 1

    @cached_property
    def release(self) -> dict[str, Any]:
        """How far the release has come: ``release`` (digest), ``state``, ``number``, ``period``."""
        path = self.folder / "release.json"
        if not path.is_file():
            return dict(DRAFT)
        return {**DRAFT, **json.loads(path.read_text(encoding="utf-8"))}

    @cached_property
    def cells(self) -> dict[Key, Cell]:
        """Every released cell by what it is about."""
        return dict(_cells(tuple(map(self._table, sorted(self.manifest["tables"]))), self.base))

    @cached_property
    def by_indicator(self) -> dict[str, list[Cell]]:
        """Cells of each indicator in a stable order."""
        found: dict[str, list[Cell]] = {code: [] for code in self.manifest["indicators"]}
        for key in sorted(self.cells):
            found.setdefault(key[0], []).append(self.cells[key])
        return found

    def _table(self, code: str) -> _Table:
        path = self.folder / "tables" / f"{code}.parquet"
        if not path.is_file():
            raise KitError(f"the released table '{code}' is missing: run 'lunattiva run' again")
        about = path.stat()
        return (code, path, about.st_mtime_ns, about.st_size)

    def of(self, indicator: str) -> list[Cell]:
        """Return all cells of an indicator; an empty list where it was never estimated.

        Raises
        ------
        KitError
            The indicator is not in the framework.
        """
        if indicator not in self.by_indicator:
            raise unknown("indicator", indicator, self.by_indicator)
        return self.by_indicator[indicator]

    def in_table(self, table: str) -> list[Cell]:
        """Return the cells of one released table in a stable order."""
        return [c for rows in self.by_indicator.values() for c in rows if c.table == table]

    def find(
        self,
        indicator: str,
        subject: str = "",
        period: str = "all",
        by: Mapping[str, str] | None = None,
    ) -> Cell | None:
        """Return one cell, or None where there is none.

        Parameters
        ----------
        by
            Dimension -> level, at most two. Empty means everybody: the row without dimensions, or
            the total of an additive table.
        """
        rows = [c for c in self.of(indicator) if c.subject == subject and c.period == period]
        if by:
            return next((c for c in rows if _dimensions(c) == dict(by)), None)
        plain = [c for c in rows if not c.by_1]
        if plain:
            return plain[0]
        totals = [c for c in rows if c.level_1 == TOTAL and c.level_2 in ("", TOTAL)]
        # The same total stands under each dimension; one that is shown is preferred.
        return next((c for c in totals if c.is_shown), totals[0] if totals else None)

    def check(self, indicator: str, subject: str, by: Mapping[str, str]) -> None:
        """Raise KitError where a subject, dimension or level exists nowhere in the release."""
        rows = self.of(indicator)
        declared = self._declared_subjects()
        if subject and subject not in declared | {c.subject for c in rows}:
            raise unknown("subject", subject, declared | {c.subject for c in rows} - {""})
        for dimension, level in by.items():
            levels = self.levels(indicator, dimension)
            known = {d for c in rows for d in (c.by_1, c.by_2) if d}
            if rows and dimension not in known:
                raise unknown(f"dimension of '{indicator}'", dimension, known)
            if rows and level not in levels:
                raise unknown(f"level of '{dimension}'", level, levels)

    def levels(self, indicator: str, dimension: str) -> list[str]:
        """Return the levels of a dimension, declared ones first in their own order."""
        rows = self.of(indicator)
        present = {c.level_1 for c in rows if c.by_1 == dimension}
        present |= {c.level_2 for c in rows if c.by_2 == dimension}
        declared = list(self.labels(list_of(dimension)))
        declared += list(self.level_words(dimension))
        first = [code for code in declared if code in present or code in self._known(dimension)]
        rest = sorted(present - set(first) - {TOTAL, UNKNOWN}, key=_by_number)
        tail = [code for code in (UNKNOWN, TOTAL) if code in present]
        return list(dict.fromkeys([*first, *rest, *tail]))

    def labels(self, kind: str) -> dict[str, Any]:
        """Return one list of labels of the manifest; empty where there is none."""
        found = self.manifest.get("labels", {}).get(kind)
        return found if isinstance(found, dict) else {}

    def level_words(self, dimension: str) -> dict[str, Any]:
        """Return the declared levels of a characteristic with their names, in order."""
        if dimension == "age_band":
            bands = self.manifest.get("labels", {}).get("age_bands") or []
            return dict.fromkeys(bands)
        return dict(self.labels("fields").get(dimension, {}).get("codes", {}))

    def _known(self, dimension: str) -> set[str]:
        return set(self.labels(list_of(dimension)))

    def _declared_subjects(self) -> set[str]:
        scales = self.labels("scales")
        parts = {code for s in scales.values() for code in s.get("parts") or {}}
        lists = ("activities", "services", "items")
        return set(scales) | parts | {code for name in lists for code in self.labels(name)}


def _by_number(code: str) -> tuple[bool, int, str]:
    """Order 30, 90, 180 as numbers, and words after them."""
    is_number = code.lstrip("-").isdigit()
    return (not is_number, int(code) if is_number else 0, code)


# A book opens its release once a chapter, a kernel several documents of it.
@lru_cache(maxsize=4)
def _cells(tables: tuple[_Table, ...], base: int) -> dict[Key, Cell]:
    import pyarrow.parquet as pq

    found: dict[Key, Cell] = {}
    for code, path, *_ in tables:
        for row in pq.read_table(path).to_pylist():
            cell = rounded(_cell(row, code), base)
            found[cell.coordinates] = cell
    return found


def _dimensions(cell: Cell) -> dict[str, str]:
    pairs = ((cell.by_1, cell.level_1), (cell.by_2, cell.level_2))
    return {name: level for name, level in pairs if name}


def _cell(row: Mapping[str, Any], table: str) -> Cell:
    return Cell(
        indicator=_text(row, "indicator_code"),
        subject=_text(row, "subject_code"),
        period=_text(row, "period"),
        by_1=_text(row, "by_1"),
        level_1=_text(row, "level_1"),
        by_2=_text(row, "by_2"),
        level_2=_text(row, "level_2"),
        design=_text(row, "design"),
        value=_number(row["value"]),
        ci_low=_number(row["ci_low"]),
        ci_high=_number(row["ci_high"]),
        n=None if row["n"] is None else int(row["n"]),
        n_missing=None if row["n_missing"] is None else int(row["n_missing"]),
        status=_text(row, "status"),
        table=table,
        p_value=_number(row["p_value"]),
        method=_text(row, "method_code"),
        question=_text(row, "question_code"),
        assumptions=_text(row, "assumptions"),
        software=_text(row, "software"),
        n_unit=_text(row, "n_unit"),
        reference=_text(row, "reference"),
        data_version=_text(row, "data_version"),
        unit=_text(row, "unit"),
    )


def _text(row: Mapping[str, Any], name: str) -> str:
    return row[name] or ""


def _number(value: Any) -> float | None:
    return None if value is None or math.isnan(value) else float(value)
