"""What arrived: deliveries by state, rows read, accepted and in quarantine, by partner."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from assets.estimates import Group, count, estimate_row
from assets.measures.groups import ALL

if TYPE_CHECKING:
    import pandas as pd

ROWS = {
    "rows_read_n": "read_n",
    "rows_accepted_n": "accepted_n",
    "rows_quarantined_n": "quarantined_n",
}


def delivery_rows(deliveries: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Count files per partner and state (``intake_deliveries``); about files, not people."""
    for (partner, state), files in deliveries.groupby(["partner_code", "state"], sort=True):
        yield _process("deliveries_n", len(files), "files", str(partner), "state", str(state))


def row_count_rows(counts: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Sum rows read, accepted and quarantined per partner and dataset (``sorting_counts``)."""
    for (partner, dataset), part in counts.groupby(["partner_code", "dataset"], sort=True):
        for indicator, column in ROWS.items():
            total = int(part[column].sum())
            yield _process(indicator, total, "rows", str(partner), "dataset", str(dataset))


def _process(
    indicator: str, value: int, unit: str, partner: str, by_2: str, level_2: str
) -> dict[str, Any]:
    return estimate_row(
        indicator,
        count(value, unit=unit),
        period=ALL,
        population_code="deliveries",
        n_unit=unit,
        contributors_n=value,
        group=Group("partner_code", partner, by_2, level_2),
    )
