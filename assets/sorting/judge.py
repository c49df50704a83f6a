"""One source's records, judged: each distinct word is read and judged once, then told of its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from assets.sorting.dated import broken_code_dates
from assets.sorting.mended import broken_removed, kept, removed
from assets.sorting.parse import Cells, Words, read_words
from assets.sorting.rules import (
    Rulebook,
    broken_answers,
    broken_dates,
    broken_waves,
    keys_of,
)
from assets.sorting.seen import Seen, joined_keys, value_keys
from assets.sorting.superseded import broken_superseded
from assets.sorting.validate import Judge, Marks, nothing_broken
from schemas.correction import REMOVED
from schemas.datasets import MAIN_DATE


@dataclass(frozen=True)
class Known:
    """What is known of the words of one column: their values, and the rules they break."""

    index: pd.Index
    words: Words
    marks: Marks


class Batch:
    """Rows of one source with what their words mean.

    Attributes
    ----------
    text
        Text rows on a fresh RangeIndex.
    typed
        The same rows, typed; what could not be read is missing.
    """

    def __init__(
        self, text: pd.DataFrame, cells: dict[str, Cells], known: dict[str, Known]
    ) -> None:
        self.text = text
        self.cells = cells
        self.known = known
        typed = {name: each.typed(known[name].words) for name, each in cells.items()}
        self.typed = pd.DataFrame(typed, copy=False)

    def combined(self, names: Sequence[str]) -> tuple[pd.DataFrame, np.ndarray]:
        """Return the distinct combinations of some columns, and which of them each row holds."""
        numbers = np.zeros(len(self.text), dtype=np.int64)
        for name in names:
            codes = self.cells[name].codes.astype(np.int64) + 1
            numbers = pd.factorize(numbers)[0] * (len(self.cells[name].words) + 1) + codes
        places, distinct = pd.factorize(numbers)
        first = np.empty(len(distinct), dtype=np.int64)
        first[places[::-1]] = np.arange(len(places))[::-1]
        made = {}
        for name in names:
            values = self.known[name].words.values
            made[name] = values.array.take(self.cells[name].codes[first], allow_fill=True)
        return pd.DataFrame(made), places

    def keys(self, names: Sequence[str]) -> np.ndarray:
        """Return two numbers per row that stand for its values in some columns."""
        columns = [
            value_keys(self.known[name].words.values)[self.cells[name].codes] for name in names
        ]
        return joined_keys(columns)


class Sorter:
    """Judges the records of one source batch by batch, in the order of their delivery."""

    def __init__(self, book: Rulebook) -> None:
        patterns = {
            name: rf"\A(?:{column.pattern})\Z"
            for name, column in book.source.columns.items()
            if column.pattern
        }
        self.book = book
        self.judge = Judge(book.dataset, book.programme.codes(), patterns)
        self._known: dict[str, Known] = {}
        self._seen: dict[str, Seen] = {}

    def read(self, text: pd.DataFrame) -> Batch:
        """Read and judge the words of a batch; those known from the batch before are not again."""
        fields = {each.name: each for each in self.book.dataset.fields}
        cells = {name: Cells.of(text[name]) for name in fields}
        fresh: dict[str, Words] = {}
        for name, each in cells.items():
            before = self._known.get(name)
            if before is None or before.index is not each.words:
                fresh[name] = read_words(each.words, fields[name], self.book.source.reader)
        marks = self.judge.broken_words({name: each.values for name, each in fresh.items()})
        for name, words in fresh.items():
            self._known[name] = Known(cells[name].words, words, marks.get(name, {}))
        return Batch(text, cells, dict(self._known))

    def broken(self, batch: Batch, ranks: pd.Series | None = None) -> pd.DataFrame:
        """Return broken rules with their cost: position, column, rule, cost; by row and column.

        Parameters
        ----------
        ranks
            ``supersede_rank`` of each row's delivery, where the source replaces record by record.
        """
        text, book = batch.text, self.book
        found = [
            *self._cells_broken(batch),
            *self._combinations_broken(batch),
            broken_dates(batch.typed, text["period"], book),
            broken_code_dates(text, batch.typed, book.source),
        ]
        is_removed = removed(text, book.corrections)
        broken = _one_cause(_together(found), book)
        left = broken[~is_removed[broken["position"]]]
        broken = self._with_cost(text, _together([left, broken_removed(is_removed)]))
        judged = np.ones(len(text), dtype=bool)
        judged[broken.loc[broken["cost"] == "row", "position"]] = False
        copies = self._copies(batch, judged, ranks)
        broken = pd.concat([broken, self._with_cost(text, copies)], ignore_index=True)
        order = {name: at for at, name in enumerate(book.dataset.columns)}
        broken["rank"] = broken["column"].map(order)
        broken = broken.drop_duplicates(["position", "rule"])
        return broken.sort_values(["position", "rank", "rule"], ignore_index=True)

    def _cells_broken(self, batch: Batch) -> list[pd.DataFrame]:
        """Return what the words alone tell, and the cells that lack one."""
        found = []
        for name, cells in batch.cells.items():
            known = batch.known[name]
            found.append(_marked(cells.holding(known.words.failed), name, f"{name}.parse"))
            if name in self.book.dataset.required:
                found.append(_marked(cells.codes < 0, name, f"{name}.required"))
            for rule, marks in known.marks.items():
                found.append(_marked(cells.holding(marks), name, rule))
        return found

    def _combinations_broken(self, batch: Batch) -> list[pd.DataFrame]:
        """Return what rules across columns find; equal combinations are judged once."""
        found = []
        for rule in self.book.dataset.row_rules:
            rows, places = batch.combined(rule.reads)
            marks = self.judge.broken_rows(rule, rows)
            found.append(_marked(marks[places], rule.column, rule.rule_id))
        if self.book.dataset.name == "survey":
            for names, judge in (
                (("wave_code", "response_date"), broken_waves),
                (
                    ("item_code", "instrument_code", "answer_code", "answer_value"),
                    broken_answers,
                ),
            ):
                rows, places = batch.combined(names)
                for (column, name), marks in judge(rows, self.book).items():
                    found.append(_marked(marks[places], column, name))
        return found

    def _copies(self, batch: Batch, judged: np.ndarray, ranks: pd.Series | None) -> pd.DataFrame:
        """Return records that a corrected file replaces, or that repeat an earlier one; one stays.

        ``judged`` marks rows that are otherwise good: a bad row must not push out its good copy.
        """
        found = []
        keys = keys_of(batch.typed, self.book)
        if ranks is not None:
            replaced = broken_superseded(
                batch.typed, pd.Series(judged, index=batch.typed.index), ranks, keys
            )
            judged = judged.copy()
            judged[replaced["position"]] = False
            found.append(replaced)
        waiting = judged.copy()
        for column, key, applies in keys:
            mine = np.flatnonzero(waiting & applies)
            seen = self._seen.setdefault(f"{column} {' '.join(key)}", Seen())
            again = np.zeros(len(waiting), dtype=bool)
            if len(mine):
                again[mine] = seen.again(batch.keys(key)[mine])
            found.append(_marked(again, column, f"{column}.unique"))
            waiting &= ~applies
        return _together(found)

    def _with_cost(self, text: pd.DataFrame, broken: pd.DataFrame) -> pd.DataFrame:
        """Say what each broken rule costs; a copy always costs its row, a tolerated rule nothing."""
        tolerated = _tolerated(self.book)

        def cost(rule: str) -> str:
            column, _, kind = rule.rpartition(".")
            if rule in tolerated:
                return "tolerated"
            whole = kind in ("unique", "superseded") or rule == REMOVED
            if whole or column in self.book.source.key:
                return "row"
            return self.book.dataset.severity(column)

        known = {rule: cost(rule) for rule in broken["rule"].unique()}
        costs = broken["rule"].map(known).astype("str")
        corrections = self.book.corrections
        return broken.assign(cost=costs.mask(kept(text, broken, corrections), "tolerated"))


def _one_cause(broken: pd.DataFrame, book: Rulebook) -> pd.DataFrame:
    """Drop rules that only echo another: one mistake is told once.

    A code without the source's pattern need not also lack the general form, one that lost its
    digits neither; and the order of two dates says nothing where the main one is wrong. A code of
    another day's list is no unknown code.
    """
    if broken.empty:
        return broken
    kind = broken["rule"].str.rpartition(".")[2]
    cell = pd.MultiIndex.from_arrays([broken["position"], broken["column"]])
    stands = ~broken["rule"].isin(_tolerated(book))
    echo = (kind == "format") & cell.isin(cell[(kind == "pattern") & stands])
    echo |= kind.isin(["format", "pattern"]) & cell.isin(cell[(kind == "exponent") & stands])
    echo |= kind.isin(["code", "format", "pattern"]) & cell.isin(cell[kind == "code_date"])
    is_main = broken["column"] == MAIN_DATE[book.dataset.name]
    wrong_date = broken.loc[is_main & kind.isin(["window", "period"]), "position"]
    echo |= (kind == "order") & broken["position"].isin(wrong_date)
    return broken[~echo].reset_index(drop=True)


def _tolerated(book: Rulebook) -> set[str]:
    return {each.rule for each in book.source.tolerate}


def _marked(marks: np.ndarray, column: str, rule: str) -> pd.DataFrame:
    return pd.DataFrame({"position": np.flatnonzero(marks), "column": column, "rule": rule})


def _together(found: Sequence[pd.DataFrame]) -> pd.DataFrame:
    filled = [each for each in found if len(each)]
    return pd.concat(filled, ignore_index=True) if filled else nothing_broken()
