"""What goes back to a partner: one line per broken rule and cell, files refused, and what went well.

The value a partner sees is the one that stands in its own file: quarantined rows hold text already
translated to our codes. Whoever calls hands in how a cell is read; this room opens no file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pandas as pd

from assets.layout import Layout
from assets.periods import DATED_KINDS, find_period
from assets.returned import MASKED, Line, Refused, Return, Well
from schemas.correction import REMOVED, cell_digest, may_be_kept
from schemas.dataset import rule_text
from schemas.datasets import MAIN_DATE
from schemas.expected import Setting, expected, key_of, rule_question
from schemas.source import Source
from schemas.words import Words

Frames = dict[str, pd.DataFrame]
#: Row as Excel counts, column letter -> text of the cell, '' where blank.
ReadCell = Callable[[int, str], str]
#: Delivery id -> how a cell of that delivery is read, corrections made before included.
OpenDelivery = Callable[[str], ReadCell]
#: Text of a cell, our column -> whether it could identify a person and must not be shown.
Identifies = Callable[[str, str], bool]

#: Costs that a partner can do something about.
_COSTS = ("row", "cell")
#: Kinds of rules that ask nothing of the partner.
_SETTLED = (".superseded",)


def make_returns(
    layout: Layout, frames: Frames, open_delivery: OpenDelivery, identifies: Identifies
) -> list[Return]:
    """Return what goes back to each partner of a finished run, in order of partner.

    Parameters
    ----------
    frames
        ``intake_deliveries``, ``intake_columns``, ``sorting_reasons``, ``sorting_counts``.
    """
    made = []
    for partner, about in sorted(layout.definition.partners.items()):
        mine = Return(layout.programme, layout.definition.title, partner, about.label)
        deliveries = frames["intake_deliveries"]
        deliveries = deliveries[deliveries["partner_code"] == partner]
        if len(deliveries):
            mine.refused = list(_refused(deliveries))
            mine.well = list(_well(layout, partner, deliveries, frames["sorting_counts"]))
            mine.lines = _lines(layout, partner, deliveries, frames, open_delivery, identifies)
            made.append(mine)
    return made


def _refused(deliveries: pd.DataFrame) -> Iterator[Refused]:
    waiting = deliveries[(deliveries["state"] == "refused") & ~deliveries["is_settled"]]
    for row in waiting.to_dict("records"):
        why = Words(it=str(row["message_it"]), en=str(row["message_en"]))
        yield Refused(str(row["file_name"]), str(row["period"]), why)


def _well(
    layout: Layout, partner: str, deliveries: pd.DataFrame, counts: pd.DataFrame
) -> Iterator[Well]:
    sources = _sources(layout, partner)
    found = counts.set_index("delivery_id")
    for row in deliveries[deliveries["state"] == "in_use"].to_dict("records"):
        if row["delivery_id"] not in found.index:
            continue
        count = found.loc[row["delivery_id"]]
        yield Well(
            str(row["file_name"]),
            sources[str(row["source_code"])].label,
            str(row["period"]),
            int(count["read_n"]),
            int(count["accepted_n"]),
            int(count["quarantined_n"]),
            int(count["cells_set_aside_n"]),
            int(count["tolerated_n"]),
        )


def _sources(layout: Layout, partner: str) -> dict[str, Source]:
    known = layout.readable_sources.get(partner)
    return {each.source: each for each in known.sources} if known else {}


def _lines(
    layout: Layout,
    partner: str,
    deliveries: pd.DataFrame,
    frames: Frames,
    open_delivery: OpenDelivery,
    identifies: Identifies,
) -> list[Line]:
    reasons = frames["sorting_reasons"]
    is_told = reasons["cost"].isin(_COSTS) & ~reasons["rule"].str.endswith(_SETTLED)
    mine = reasons[(reasons["partner_code"] == partner) & is_told & (reasons["rule"] != REMOVED)]
    lines: list[Line] = []
    for row in deliveries[deliveries["state"] == "in_use"].to_dict("records"):
        broken = mine[mine["delivery_id"] == row["delivery_id"]]
        if not len(broken):
            continue
        columns = frames["intake_columns"]
        columns = columns[columns["delivery_id"] == row["delivery_id"]]
        delivered = _Delivered(layout, row, columns, open_delivery(str(row["delivery_id"])))
        found = [delivered.cell(each) for each in broken.to_dict("records")]
        found.sort(
            key=lambda each: (each["row"], len(each["letter"]), each["letter"], each["rule"])
        )
        lines += [
            delivered.line(len(lines) + number, each, identifies)
            for number, each in enumerate(found, start=1)
        ]
    return lines


class _Delivered:
    """One delivery: its source, its columns, its cells."""

    def __init__(
        self, layout: Layout, row: dict[Any, Any], columns: pd.DataFrame, read: ReadCell
    ) -> None:
        self.layout = layout
        self.row = row
        self.read = read
        self.source = _sources(layout, str(row["partner_code"]))[str(row["source_code"])]
        places = columns.to_dict("records")
        self.letters = {str(each["column"]): str(each["letter"]) for each in places}
        self.headings = {str(each["letter"]): str(each["heading"] or "") for each in places}
        self.names = {str(each["letter"]): str(each["column"]) for each in places}
        period = find_period(str(row["period"]), layout.definition)
        is_dated = period is not None and period.kind in DATED_KINDS
        self.period = (period.start, period.end) if period and is_dated else None

    def cell(self, reason: dict[Any, Any]) -> dict[str, Any]:
        """Return the cell in which a broken rule can be mended.

        A copy is told apart by its day, where that is part of its key; a rule about what stands in no cell of the file (a wave
        that is that of the folder) is mended there too. Where there is no day, nothing can be
        written, and the first column of the file only says which row it is.
        """
        rule, letter = str(reason["rule"]), str(reason["column_letter"] or "")
        column = str(reason["column"])
        day = MAIN_DATE[self.source.dataset]
        is_copy = rule.endswith(".unique") and day in key_of(column, self.source)
        if not letter or is_copy:
            other = self.letters.get(day, "")
            if other or not letter:
                letter, column = other, day
        first = min(self.headings, key=lambda each: (len(each), each))
        return {
            "rule": rule,
            "row": int(reason["row_number"]),
            "letter": letter or first,
            "column": column,
            "can_change": bool(letter),
        }

    def line(self, number: int, cell: dict[str, Any], identifies: Identifies) -> Line:
        """Put one line together."""
        rule, row, letter = cell["rule"], cell["row"], cell["letter"]
        sha256, sheet = str(self.row["sha256"]), str(self.row["sheet"] or "")
        value = self.read(row, letter)
        setting = Setting(
            self.source,
            self.layout.definition,
            self.layout.instruments,
            self.period,
            self.names.get(letter, ""),
        )
        return Line(
            number=number,
            sha256=sha256,
            file=str(self.row["file_name"]),
            period=str(self.row["period"]),
            sheet=sheet,
            row=row,
            letter=letter,
            heading=self.headings.get(letter, ""),
            column=cell["column"],
            rule=rule,
            value=MASKED if identifies(value, cell["column"]) else value,
            digest=cell_digest(sha256, sheet, row, letter, value),
            wrong=Words(it=rule_text(rule, "it", codes=""), en=rule_text(rule, "en", codes="")),
            question=Words(it=rule_question(rule, "it"), en=rule_question(rule, "en")),
            expected=expected(rule, setting, cell["column"]),
            can_change=cell["can_change"],
            can_keep=may_be_kept(rule),
        )
