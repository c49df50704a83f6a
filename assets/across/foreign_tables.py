"""What the tables of a release of another house must be, checked once where they come in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, get_args

from assets.across.foreign import LARGEST, Labels, Unreadable
from schemas.comparison import comparison
from schemas.estimates import Design
from schemas.indicators import released_tables
from schemas.released import RELEASED_COLUMNS, SUPPRESSED_KINDS, ReleaseStatus

if TYPE_CHECKING:
    import pyarrow as pa

_KINDS = {"VARCHAR": "string", "DOUBLE": "float64", "BIGINT": "int64"}
_HIDDEN = {"suppressed", *SUPPRESSED_KINDS, "not_applicable"}
_STATUSES = {*get_args(ReleaseStatus), *SUPPRESSED_KINDS}


def cells(table: pa.Table, labels: Labels) -> list[dict[str, Any]]:
    """Return the rows of a released table, every number finite.

    Parameters
    ----------
    table
        As it was read; it has the columns of ``RELEASED_COLUMNS`` and perhaps more.
    labels
        The scales that its numbers may be about.

    Raises
    ------
    Unreadable
        A column is missing or of another type; a number that is none; a cell that a comparison
        reads and that does not say what it is.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    columns = []
    for name, (kind, _) in RELEASED_COLUMNS.items():
        try:
            column = table.column(name).cast(pa.type_for_alias(_KINDS[kind]))
        except (pa.ArrowException, KeyError):
            raise Unreadable(name) from None
        if kind != "VARCHAR":
            # NaN is on no side of a limit, so what is within is asked for.
            is_within = pc.less_equal(pc.abs_checked(column.cast("float64")), LARGEST)
            if not pc.all(is_within, min_count=0).as_py():
                raise Unreadable(name)
        columns.append(column)
    rows = pa.Table.from_arrays(columns, list(RELEASED_COLUMNS)).to_pylist()
    _insist_said(rows, labels.subjects)
    return rows


@cache
def _bases() -> set[str]:
    return {each for table in released_tables().values() for each in table.bases}


def _insist_said(rows: Iterable[Mapping[str, Any]], subjects: set[str]) -> None:
    """Refuse a cell that a comparison reads and has no words for."""
    for at, row in enumerate(rows, 1):
        declared = comparison().pooled.get(row["indicator_code"])
        if declared is None and row["indicator_code"] not in comparison().beside:
            continue
        if row["status"] not in _STATUSES or (row["value"] is None) != (row["status"] in _HIDDEN):
            raise Unreadable("status", at)
        if row["design"] not in get_args(Design):
            raise Unreadable("design", at)
        if row["n_unit"] and row["n_unit"] not in _bases():
            raise Unreadable("n_unit", at)
        if declared is None or declared.scale != "identity":
            continue
        if row["design"] == "descriptive":
            raise Unreadable("design", at)
        if row["subject_code"] not in subjects:
            raise Unreadable("subject_code", at)
