"""Which rows below the heading are data, and what the others are: totals, notes, repeated headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.cell_kinds import Kind, is_total_label, kind_of
from assets.intake.grid import Cells, tidy
from assets.intake.header import Header
from assets.intake.look import Evidence, Look, evidence
from assets.intake.search import is_text, matches
from schemas.reader import Reader

_LAST_ROWS = 50
_MOST_SINGLE = 2000
_MOST_NAMED = 5
_TOTAL_BEGINS = (
    r"(?i)^\s*[^\w\s]?\s*(?:sub|gran|grand)?[\s-]?(?:tot|somm[ae]|sum|medi[ae]|average|mean)"
)
_TOTAL_WITHIN = re.compile(r"\btotal[ei]?\b", re.IGNORECASE)
_BARE_TOTAL = re.compile(
    r"\W*(?:(?:sub|gran|grand)[\s-]?)?(?:tot(?:al[ei]?s?)?|somm[ae]|sum|medi[ae]|average|mean)"
    r"(?:\s+(?:generale|parziale|complessivo|mese|mensile|total[ei]))?\W*",
    re.IGNORECASE,
)
_SAME = 0.005
_NOTE = re.compile(
    r"\s*(?:\*+|†|‡|¹|²|³|\(\*+\)|\([0-9a-z]\)\s|\[[0-9a-z*]\]\s|"
    r"(?:fonte|fonti|source|nota|note|n\.?\s?b\.?|legenda|avvertenz\w+|elaborazione|aggiornat\w+|stampat\w+|"
    r"estratt\w+|[0-9]+ (?:rows?|righe|record)|ultimo aggiornamento|data di (?:stampa|estrazione)|"
    r"fine (?:file|report|elenco)|end of|generated|"
    r"esclus\w+|compilat\w+ da|firma|timbro|il responsabile|la responsabile)\b)",
    re.IGNORECASE,
)


@dataclass
class Body:
    """The rows below a heading, each either data or skipped with a reason.

    Attributes
    ----------
    is_data
        Per row of the sheet.
    why
        Row number -> why it is no data, blank rows not among them.
    """

    look: Look
    header: Header
    reader: Reader
    is_strict: bool
    is_data: np.ndarray = field(init=False)
    why: dict[int, str] = field(default_factory=dict)
    kinds: dict[int, Kind] = field(default_factory=dict)
    _seen: dict[int, Evidence] = field(default_factory=dict)
    _answers: dict[tuple[int, str], bool] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Judge all rows, from what is surest to what is least so."""
        numbers = np.arange(1, self.look.sheet.rows_n + 1)
        below = numbers >= self.header.first_below
        if self.reader.last_row is not None:
            below &= numbers <= self.reader.last_row
        self.is_data = below & (self.look.filled_n > 0)
        self._repeated_headings()
        self.kinds = self.look.kinds(self.first_block(), least=2)
        self._totals()
        self._notes()

    def rows(self) -> np.ndarray:
        """Return the numbers of the data rows."""
        return np.flatnonzero(self.is_data) + 1

    def _skip(self, row: int, why: str) -> None:
        self.is_data[row - 1] = False
        self.why[row] = why

    def evidence(self, row: int) -> Evidence:
        """Return what a row's cells say."""
        if row not in self._seen:
            self._seen[row] = evidence(self.look.sheet.row(row), self.kinds)
        return self._seen[row]

    def first_block(self) -> np.ndarray:
        """Return the rows down to the first gap, if they are several, else all."""
        rows = self.rows()
        gaps = np.flatnonzero(np.diff(rows) > 1)
        return rows[: gaps[0] + 1] if len(gaps) and gaps[0] >= 1 else rows

    def _repeated_headings(self) -> None:
        for header_row in self.header.rows:
            cells = self.look.sheet.row(header_row)
            wanted = list(map(tidy, cells))
            first = next((at for at in self.look.filled(header_row)), None)
            if first is None:
                continue
            same = is_text(self.look.sheet.columns[first], cells[first]) & self.is_data
            for row in (np.flatnonzero(same) + 1).tolist():
                if list(map(tidy, self.look.sheet.row(row))) == wanted:
                    self._skip(row, "header_repeated")
        for row in [each for each in self.why if each - 1 not in self.why]:
            above = row - 1  # the title of a printed page
            is_one = len(self.look.used) > 2 and self.look.filled_n[above - 1] == 1
            if is_one and above >= 2 and self.is_data[above - 1] and not self.is_data[above - 2]:
                self._skip(above, "title")

    def _totals(self) -> None:
        rows = self._could_be_totals()
        declared = [tidy(each) for each in self.reader.totals]
        begins = [rf"(?i)^\s*{re.escape(text)}".replace(r"\ ", r"\s+") for text in declared]
        found = np.zeros(len(rows), dtype=bool)
        for at in self.look.used:
            cells = self._cells(at, rows)
            for pattern in (_TOTAL_BEGINS, *begins):
                found |= matches(cells, pattern)
        last = self.rows()[-_LAST_ROWS:]
        unclear = []
        for row in sorted({*(rows[found] + 1).tolist(), *last.tolist()}):
            said = self._total(row, declared)
            if said == "total":
                self._skip(row, "total")
            elif said == "unclear":
                unclear.append(row)
        if unclear and self.is_strict:
            raise DeliveryRefused("row.unclear", rows=named(unclear))

    def _could_be_totals(self) -> np.ndarray:
        """Return indices of rows to look at: a total leaves the other columns of names blank."""
        rows = np.flatnonzero(self.is_data)
        if self._named_n() < 2 or self.reader.totals:
            return rows
        return rows[self.look.filled_n[rows] < len(self.look.used)]

    def _named_n(self) -> int:
        return sum(kind.name in ("text", "code", "date") for kind in self.kinds.values())

    def _cells(self, at: int, rows: np.ndarray) -> Cells:
        """Return a column's cells of the rows with these indices."""
        column = self.look.sheet.columns[at]
        return column if len(rows) == self.look.sheet.rows_n else column.take(pa.array(rows))

    def _total(self, row: int, declared: list[str]) -> str:
        """Say what a row that may be a total is: total, unclear or data."""
        cells, filled = self.look.sheet.row(row), self.look.filled(row)
        if any(tidy(cells[filled[0]]).startswith(each) for each in declared):
            return "total"
        labels = [at for at in filled if is_total_label(cells[at])]
        others = [at for at in filled if at not in labels]
        is_sums = all(kind_of(cells[at]) in ("number", "") for at in others)
        is_sparse = len(filled) < len(self.look.used) and self._named_n() > 1
        if labels:
            if any(self._is_answer(at, cells[at]) for at in labels):
                return "data"
            is_first = labels[0] == self.look.used[0]
            if not others:
                return "unclear"
            if is_sums and is_first and not is_sparse and self._is_doubtful(row, cells[labels[0]]):
                return "unclear"
            if is_sums and (is_sparse or is_first):
                return "total"
            return "unclear" if is_first or is_sums or is_sparse else "data"
        if is_sums and self._is_last_without_name(row, filled[0]) and self.evidence(row).like:
            return "unclear"  # sums without a name, or data without its first cell
        within = [at for at in filled if _TOTAL_WITHIN.search(cells[at])]
        is_label = within and not any(self._is_answer(at, cells[at]) for at in within)
        is_said = is_label and is_sparse and len(filled) == 1 + _sums(cells, filled)
        return "total" if is_said else "data"

    def _is_doubtful(self, row: int, label: str) -> bool:
        """Say whether a row amid the data is labelled more than a total, and is not the sum above."""
        if _BARE_TOTAL.fullmatch(label) or row >= int(self.rows()[-1]):
            return False
        at, above = self.look.filled(row)[-1], []
        for each in range(row - 1, self.header.first_below - 1, -1):
            if not self.is_data[each - 1]:
                break
            above.append(self.look.sheet.row(each)[at].strip().replace(",", "."))
        own = self.look.sheet.row(row)[at].strip().replace(",", ".")
        try:
            return abs(sum(map(float, filter(None, above))) - float(own)) > _SAME
        except ValueError:
            return True

    def _is_last_without_name(self, row: int, first: int) -> bool:
        """Say whether a row is the last and the only one without its first cell."""
        rows = self.rows()
        at = self.look.used[0]
        is_apart = first != at and row == int(rows[-1]) and self._named_n() > 0
        return is_apart and int(self.look.blank[at][rows - 1].sum()) == 1

    def _is_answer(self, at: int, text: str) -> bool:
        """Say whether a text also stands in rows that sum nothing: an answer, not a total."""
        if (at, text) not in self._answers:
            same = np.flatnonzero(is_text(self.look.sheet.columns[at], text) & self.is_data) + 1
            others = (
                [c for c in self.look.sheet.row(int(r)) if c != text] for r in same[:_LAST_ROWS]
            )
            found = [any(kind_of(c) not in ("number", "") for c in cells) for cells in others]
            self._answers[at, text] = len(found) > 1 and any(found)
        return self._answers[at, text]

    def _notes(self) -> None:
        """Name the notes below the table, from the last row up to the first that is none."""
        width = max(1, len(self.look.used))
        most = 1 if width < 4 else 2 if width < 8 else 3
        notes: list[int] = []
        unclear: list[int] = []
        for row in self.rows()[: -_LAST_ROWS - 1 : -1].tolist():
            if self.look.filled_n[row - 1] > most:
                break
            said = self._note(row, width)
            if said == "data":
                break
            (notes if said == "note" else unclear).append(row)
        if len(notes) + len(unclear) == len(self.rows()):
            return  # notes to nothing: the few rows there are must be the data
        for row in notes:
            self._skip(row, "footnote")
        if not self.is_strict or not unclear:
            return
        raise DeliveryRefused("row.unclear", rows=named(sorted(unclear)))

    def _note(self, row: int, width: int) -> str:
        cells, filled = self.look.sheet.row(row), self.look.filled(row)
        first, found = cells[filled[0]], self.evidence(row)
        if width > 1 and _NOTE.match(first) and not found.like:
            return "note"
        is_apart = self._is_below_gap(row)
        if width == 1:
            return "note" if is_apart and _NOTE.match(first) else "data"
        if found.like or found.known or width == 2 and not is_apart:
            return "data"
        if any(kind_of(cells[at]) in ("number", "") for at in filled):
            return "data"
        if not any(each.isalpha() for each in first):
            return "data"  # a mark alone says nothing that a note would
        if is_apart and not self._is_one_of_many(row):
            return "note"
        return "unclear" if len(filled) == 1 and width > 2 else "data"

    def _is_below_gap(self, row: int) -> bool:
        """Say whether a blank or named row lies between this one and the last full row of data."""
        above = row - 1
        while above > self.header.first_below and self.is_data[above - 1]:
            if self.look.filled_n[above - 1] > 1:
                return False
            above -= 1
        return above >= self.header.first_below and not self.is_data[above - 1]

    def _is_one_of_many(self, row: int) -> bool:
        """Say whether a row below a gap belongs to several of more than one cell: another table."""
        first = last = row
        while first > 1 and self.look.filled_n[first - 2] > 0:
            first -= 1
        while last < self.look.sheet.rows_n and self.look.filled_n[last] > 0:
            last += 1
        counts = self.look.filled_n[first - 1 : last]
        return len(counts) > 1 and int((counts > 1).sum()) * 2 > len(counts)

    def refuse_section_rows(self) -> None:
        """Refuse lonely texts among the data: they may head a section, which would be lost."""
        rows = self.rows()
        counts = self.look.filled_n[rows - 1]
        if not len(rows) or np.median(counts) < 3:
            return
        single = rows[counts == 1][:_MOST_SINGLE].tolist()
        unclear = [
            row for row in single if not (self.evidence(row).like or self.evidence(row).known)
        ]
        if unclear:
            raise DeliveryRefused("row.unclear", rows=named(unclear))


def _sums(cells: list[str], filled: list[int]) -> int:
    return sum(kind_of(cells[at]) == "number" for at in filled)


def named(rows: list[int]) -> str:
    """Return row numbers for a message: the first few, and how many more."""
    more = f" (+{len(rows) - _MOST_NAMED})" if len(rows) > _MOST_NAMED else ""
    return ", ".join(map(str, rows[:_MOST_NAMED])) + more
