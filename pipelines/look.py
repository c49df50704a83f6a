"""Looking into the warehouse without Dagster or pandas, for the quick commands. Reads only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.datasets import DATASETS

Row = dict[str, Any]
Asked = ParamSpec("Asked")
Told = TypeVar("Told")


def at_once(
    asks: Callable[Concatenate[Layout, Asked], Told],
) -> Callable[Concatenate[Layout, Asked], Told]:
    """Let a function that asks the warehouse many questions open it once: opening takes the longest."""

    @wraps(asks)
    def opened(layout: Layout, *args: Asked.args, **kwargs: Asked.kwargs) -> Told:
        from assets.opening import kept_open

        with kept_open(layout.warehouse, read_only=True):
            return asks(layout, *args, **kwargs)

    return opened


def deliveries(layout: Layout) -> list[Row]:
    """Return partner, path, state and refusal of every delivery, in delivery order."""
    return rows(
        layout,
        "select partner_code, source_code, dataset, period, path, state, is_settled, "
        "refusal_code, message_it, message_en from intake_deliveries",
    )


def counts(layout: Layout) -> list[Row]:
    """Return rows read, accepted, quarantined and cells set aside by partner and dataset."""
    return rows(
        layout,
        "select partner_code, dataset, sum(read_n)::bigint as read_n, "
        "sum(accepted_n)::bigint as accepted_n, sum(quarantined_n)::bigint as quarantined_n, "
        "sum(cells_set_aside_n)::bigint as set_aside_n "
        "from sorting_counts group by all order by all",
    )


def forgotten_records(layout: Layout) -> int:
    """Return how many records of erased people a file brought again and were left out."""
    found = rows(
        layout,
        "select coalesce(sum(forgotten_n), 0)::bigint as n from intake_deliveries "
        "where state = 'in_use'",
    )
    return int(found[0]["n"]) if found else 0


def differences(layout: Layout) -> list[Row]:
    """Return what corrected files changed: both files, and a line for each kind of change."""
    return rows(
        layout,
        "select new.path as path, new.file_name as file, old.file_name as replaces, what, "
        '"column", heading, rows_n, row_numbers '
        "from intake_differences as told "
        "join intake_deliveries as new on new.delivery_id = told.delivery_id "
        "join intake_deliveries as old on old.delivery_id = told.supersedes_id "
        "order by new.path, old.path, told.rowid",
    )


def versions(layout: Layout) -> list[Row]:
    """Return what changed in questionnaires: file, what became of questions, and of which."""
    return rows(
        layout,
        "select path, what, string_agg(item_code, ', ' order by change.rowid) as items "
        "from intake_versions as change "
        "join intake_deliveries using (delivery_id) group by path, what order by path, what",
    )


def copied_files(layout: Layout) -> list[Row]:
    """Return files that are, byte for byte, a file delivered elsewhere: path, first path, state."""
    return rows(
        layout,
        "select copy.path as path, first.path as copy_of, copy.state as state "
        "from intake_deliveries as copy "
        "join intake_deliveries as first on first.delivery_id = copy.copy_of "
        # Both count, or one was set aside as the copy; of others nothing need be said.
        "where copy.state = 'duplicate' or (copy.state = 'in_use' and first.state = 'in_use') "
        "order by copy.path",
    )


def alike_rows(layout: Layout) -> list[Row]:
    """Return files in which rows repeat an earlier one in every cell but their number."""
    return rows(
        layout,
        "select path, rows_alike_n from intake_deliveries "
        "where state = 'in_use' and rows_alike_n > 0 order by path",
    )


def copied_records(layout: Layout) -> list[Row]:
    """Return how many records are copies, exact or near, by dataset, kind and scope."""
    return rows(
        layout,
        "select dataset, kind, scope, count(*)::bigint as pairs_n "
        "from sorting_copies group by all order by all",
    )


def corrections(layout: Layout) -> list[Row]:
    """Return how many corrections there are, by what they do and what became of them."""
    return rows(
        layout,
        "select action, state, count(*)::bigint as count from intake_corrections "
        "group by all order by all",
    )


def link_questions(layout: Layout) -> Row:
    """Return how many questions about links are open, and how many of those are asked again."""
    found = rows(
        layout,
        "select count(*) filter (state in ('open', 'outdated'))::bigint as open, "
        "count(*) filter (state = 'outdated')::bigint as again, "
        "count(*)::bigint as asked from core_link_review",
    )
    return found[0] if found else {"open": 0, "again": 0, "asked": 0}


def removed_records(layout: Layout) -> int:
    """Return how many quarantined records their partner took out: nobody need mend them."""
    each = [
        f"select rules from sorting_{name}__quarantined where rules = 'record.removed'"
        for name in DATASETS
    ]
    found = rows(layout, f"select count(*)::bigint as count from ({' union all '.join(each)})")
    return int(found[0]["count"]) if found else 0


def superseded_records(layout: Layout) -> int:
    """Return how many quarantined records a corrected file brought again: nobody need mend them."""
    each = [
        f"select rules from sorting_{name}__quarantined where ends_with(rules, '.superseded')"
        for name in DATASETS
    ]
    together = " union all ".join(each)
    found = rows(layout, f"select count(*)::bigint as count from ({together})")
    return int(found[0]["count"]) if found else 0


def rows(layout: Layout, query: str) -> list[Row]:
    """Return a query's rows; none where the warehouse or the table is not there yet.

    Raises
    ------
    ConfigurationError
        Another process is writing.
    """
    if not layout.warehouse.is_file():
        return []
    import duckdb

    from assets.opening import Taken, open_file

    try:
        with open_file(layout.warehouse, read_only=True) as connection:
            found = connection.execute(query)
            names = [column[0] for column in found.description or []]
            return [dict(zip(names, row, strict=True)) for row in found.fetchall()]
    except (duckdb.CatalogException, duckdb.BinderException):
        return []  # made before this table or column was
    except Taken:
        raise ConfigurationError(
            "Un'elaborazione è in corso: riprovare quando è finita.",
            "A run is at work: try again when it has finished.",
        ) from None
