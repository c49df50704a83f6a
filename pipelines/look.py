"""Looking into the warehouse without Dagster or pandas, for the quick commands. Reads only."""

from __future__ import annotations

from typing import Any

from assets.errors import ConfigurationError
from assets.layout import Layout

Row = dict[str, Any]


def deliveries(layout: Layout) -> list[Row]:
    """Return partner, path, state and refusal of every delivery, in delivery order."""
    return _rows(
        layout,
        "select partner_code, source_code, dataset, period, path, state, is_settled, "
        "refusal_code, message_it, message_en from intake_deliveries",
    )


def counts(layout: Layout) -> list[Row]:
    """Return rows read, accepted, quarantined and cells set aside by partner and dataset."""
    return _rows(
        layout,
        "select partner_code, dataset, sum(read_n)::bigint as read_n, "
        "sum(accepted_n)::bigint as accepted_n, sum(quarantined_n)::bigint as quarantined_n, "
        "sum(cells_set_aside_n)::bigint as set_aside_n "
        "from sorting_counts group by all order by all",
    )


def _rows(layout: Layout, query: str) -> list[Row]:
    """Return a query's rows; none where the warehouse or the table is not there yet.

    Raises
    ------
    ConfigurationError
        Another process is writing.
    """
    if not layout.warehouse.is_file():
        return []
    import duckdb

    try:
        with duckdb.connect(str(layout.warehouse), read_only=True) as connection:
            connection.execute("set enable_progress_bar = false")  # it would write to the answer
            found = connection.execute(query)
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except duckdb.CatalogException:
        return []
    except duckdb.IOException:
        raise ConfigurationError(
            "Un'elaborazione è in corso: riprovare quando è finita.",
            "A run is at work: try again when it has finished.",
        ) from None
