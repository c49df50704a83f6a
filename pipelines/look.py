"""Looking into the warehouse without Dagster or pandas, for the quick commands. Reads only."""

from __future__ import annotations

from typing import Any

from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.datasets import DATASETS

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


def differences(layout: Layout) -> list[Row]:
    """Return what corrected files changed: both files, and a line for each kind of change."""
    return _rows(
        layout,
        "select new.path as path, new.file_name as file, old.file_name as replaces, what, "
        '"column", heading, rows_n, row_numbers '
        "from intake_differences as told "
        "join intake_deliveries as new on new.delivery_id = told.delivery_id "
        "join intake_deliveries as old on old.delivery_id = told.supersedes_id "
        "order by new.path, old.path, told.rowid",
    )


def copied_files(layout: Layout) -> list[Row]:
    """Return files that are, byte for byte, a file delivered elsewhere: path, first path, state."""
    return _rows(
        layout,
        "select copy.path as path, first.path as copy_of, copy.state as state "
        "from intake_deliveries as copy "
        "join intake_deliveries as first on first.delivery_id = copy.copy_of "
        "order by copy.path",
    )


def copied_records(layout: Layout) -> list[Row]:
    """Return how many records are copies, exact or near, by dataset, kind and scope."""
    return _rows(
        layout,
        "select dataset, kind, scope, count(*)::bigint as pairs_n "
        "from sorting_copies group by all order by all",
    )


def corrections(layout: Layout) -> list[Row]:
    """Return how many corrections there are, by what they do and what became of them."""
    return _rows(
        layout,
        "select action, state, count(*)::bigint as count from intake_corrections "
        "group by all order by all",
    )


def removed_records(layout: Layout) -> int:
    """Return how many quarantined records their partner took out: nobody need mend them."""
    each = [
        f"select rules from sorting_{name}__quarantined where rules = 'record.removed'"
        for name in DATASETS
    ]
    found = _rows(layout, f"select count(*)::bigint as count from ({' union all '.join(each)})")
    return int(found[0]["count"]) if found else 0


def superseded_records(layout: Layout) -> int:
    """Return how many quarantined records a corrected file brought again: nobody need mend them."""
    each = [
        f"select rules from sorting_{name}__quarantined where ends_with(rules, '.superseded')"
        for name in DATASETS
    ]
    together = " union all ".join(each)
    found = _rows(layout, f"select count(*)::bigint as count from ({together})")
    return int(found[0]["count"]) if found else 0


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
    except (duckdb.CatalogException, duckdb.BinderException):
        return []  # made before this table or column was
    except duckdb.IOException:
        raise ConfigurationError(
            "Un'elaborazione è in corso: riprovare quando è finita.",
            "A run is at work: try again when it has finished.",
        ) from None
