"""Sorting's judgement on one file that was only looked at."""

from __future__ import annotations

import pandas as pd

from assets.intake.grid import Contents
from assets.intake.headings import Mapping
from assets.intake.rows import Context, make_rows
from assets.intake.table import Table
from assets.layout import Layout
from assets.sorting.rules import Rulebook
from assets.sorting.sort import sort_source
from pipelines.check import RuleChecked
from pipelines.check_source import Chosen
from schemas.datasets import DATASETS

_COLUMNS = ["delivery_id", "column", "heading", "letter"]
#: No delivery: the file is not kept, so it has no name of its own.
_NOWHERE = "check"


def judge(
    contents: Contents, table: Table, mapping: Mapping, chosen: Chosen, layout: Layout
) -> tuple[list[RuleChecked], dict[str, int]]:
    """Return the rules that rows break, and how many records are read, accepted, quarantined.

    Raises
    ------
    DeliveryRefused
        What making the rows refuses, as for a delivery.
    """
    source, period = chosen.source, chosen.period
    assert source is not None and period is not None  # a source comes with a period
    labels = contents.sheet.labels
    text = make_rows(table, mapping, Context(_NOWHERE, source, period, chosen.sidecar, labels))
    text = text.assign(
        partner_code=chosen.partner, source_code=source.source, period=period.name
    ).reset_index(drop=True)
    places = [(_NOWHERE, each.name, each.heading, each.letter) for each in mapping.places()]
    columns = pd.DataFrame(places, columns=_COLUMNS, dtype="string")
    book = Rulebook(layout.definition, DATASETS[source.dataset], source, layout.instruments)
    done = sort_source(text, columns, book)
    set_aside = int((done.reasons["cost"] == "cell").sum())
    counts = {
        "records": len(text),
        "accepted": len(done.accepted),
        "quarantined": len(done.quarantined),
        "cells_set_aside": set_aside,
    }
    return _rules(done.reasons), counts


def _rules(reasons: pd.DataFrame) -> list[RuleChecked]:
    found = []
    keys = ["column", "column_letter", "heading", "rule", "cost"]
    for names, rows in reasons.fillna({"heading": ""}).groupby(keys, sort=False)["row_number"]:
        column, letter, heading, rule, cost = map(str, names)
        numbers = sorted({int(each) for each in rows})
        found.append(RuleChecked(column, letter, heading, rule, cost, numbers))
    return sorted(found, key=lambda each: (each.rows[0], each.letter, each.rule))
