"""Records that stand twice, or nearly: found and told by place, never dropped and never quoted.

Every comparison is made inside blocks of records that agree in something (who, where, when), so
that the work grows with the rows and not with their pairs. What is reported:

``exact``
    Equal in every column but the record number, in one delivery or in two.
``near``
    The same who, what and day in two deliveries, but one or two other columns differ.
``date_swapped``, ``date_one_day``
    Two deliveries of the same days hold the record with day and month swapped, or a day apart, and
    nothing else differs.
``person_spelling``
    Two codes of a person that differ only in case, separators, O for 0 or I for 1.
``person_transposed``
    The same record under two codes that differ by two neighbouring characters that changed places.

Dates and transposed codes are compared only between deliveries that may speak of the same
sessions (two sources, or two files of one source and period): week after week, the third of
April is no slip for the fourth of March.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from assets.sorting.codes import coded_rows, neighbours
from assets.sorting.parse import TEXT
from assets.sorting.records import PLACES, Records, group, records_of
from schemas.dataset import Dataset
from schemas.datasets import DATASETS

#: Column of ``sorting_copies`` -> pandas type.
COPY_COLUMNS: dict[str, str] = {
    "dataset": "string",
    "kind": "string",
    "scope": "string",
    "delivery_id": "string",
    "sheet": "string",
    "row_number": "Int64",
    "other_delivery_id": "string",
    "other_sheet": "string",
    "other_row_number": "Int64",
    "columns": "string",
}
#: A near copy differs in this many columns at most.
MOST_DIFFERENT = 2

_MONTHS = 12
_KINDS: dict[str, Any] = {"string": TEXT, "Int64": "Int64"}


def all_copies(accepted: dict[str, pd.DataFrame], deliveries: pd.DataFrame) -> pd.DataFrame:
    """Return ``sorting_copies``: the copies among the accepted rows of each dataset, by its name."""
    found = [find_copies(accepted[name], each, deliveries) for name, each in DATASETS.items()]
    return pd.concat(found, ignore_index=True)


def find_copies(rows: pd.DataFrame, dataset: Dataset, deliveries: pd.DataFrame) -> pd.DataFrame:
    """Return the copies among the accepted rows of a dataset.

    Parameters
    ----------
    rows
        ``sorting_<dataset>__accepted``: places and typed columns, in delivery order.
    deliveries
        ``intake_deliveries``.

    Returns
    -------
    pandas.DataFrame
        ``sorting_copies``: one row per pair of places, the later one first; ``columns`` names the
        columns that differ. Of n equal records, n - 1 pairs: each with the first.
    """
    about = deliveries.set_index("delivery_id")[["partner_code", "source_code", "period"]]
    records = records_of(rows, dataset, about)
    pairs = pair_copies(records)
    made = _told(pairs, records)
    made.insert(0, "dataset", dataset.name)
    return made.astype(empty_copies().dtypes.to_dict())


def empty_copies() -> pd.DataFrame:
    """Return ``sorting_copies`` without rows."""
    kinds = {name: _KINDS[kind] for name, kind in COPY_COLUMNS.items()}
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()})


def pair_copies(records: Records) -> pd.DataFrame:
    """Return pairs of positions with their kind: ``later``, ``first``, ``kind``; each pair once."""
    exact = _exact(records)
    found = [exact, _spellings(records)]
    if records.places["delivery_id"].nunique() > 1:
        near = _near(records)
        near = near[~near["later"].isin(exact["later"])]
        found[1:1] = [near, *_slips_of_date(records), _transposed(records)]
    pairs = pd.concat(found, ignore_index=True).drop_duplicates(["later", "first"])
    return pairs.sort_values(["later", "first"], ignore_index=True)


def _exact(records: Records) -> pd.DataFrame:
    """Pair records equal in every column; those that name nobody only where deliveries differ."""
    pairs = _to_first(group(records.cells, records.names), "exact")
    later, first = _sides(records, pairs)
    other = _differs(later, first, "delivery_id")
    return pairs[records.named[pairs["later"].to_numpy()] | other]


def _near(records: Records) -> pd.DataFrame:
    """Pair records of one who, what and day in two deliveries that differ in one or two columns."""
    key = [*records.who, *records.what, records.day]
    whole = (records.cells[key] >= 0).all(axis=1).to_numpy()
    same_key = np.where(whole, group(records.cells, key), -1)
    pairs = _to_first(same_key, "near", within=group(records.places, ["delivery_id"]))
    count = _unequal(records, pairs).sum(axis=1)
    return pairs[count.between(1, MOST_DIFFERENT).to_numpy()]


def _slips_of_date(records: Records) -> list[pd.DataFrame]:
    """Pair records equal in all but a main date that is swapped or one day off."""
    days = records.days.astype("datetime64[us]")
    rest = group(records.cells, [name for name in records.names if name != records.day])
    here = pd.DataFrame({"rest": rest, "day": days, "position": np.arange(len(days))})
    here["delivery_id"] = records.places["delivery_id"].to_numpy()
    here = here[records.named & days.notna().to_numpy()]
    here = here.drop_duplicates(["rest", "day", "delivery_id"])
    by_day = here["day"].dt
    swaps = here[(by_day.day <= _MONTHS) & (by_day.day != by_day.month)]
    shifted = {
        "date_swapped": swaps.assign(day=swaps["day"].map(_swapped)),
        "date_one_day": here.assign(day=here["day"] + pd.Timedelta(days=1)),
    }
    return [
        _same_sessions(records, _ordered(_matched(here, other, ["rest", "day"]), kind))
        for kind, other in shifted.items()
    ]


def _swapped(day: pd.Timestamp) -> pd.Timestamp:
    return day.replace(day=day.month, month=day.day)


def _spellings(records: Records) -> pd.DataFrame:
    """Pair the first record of each spelling of a code with the first of the earliest spelling."""
    codes = coded_rows(records.persons).drop_duplicates("code")
    codes = codes.assign(alike=pd.factorize(codes["plain"])[0])
    return _to_first(codes["alike"].to_numpy(), "person_spelling", at=codes["position"].to_numpy())


def _transposed(records: Records) -> pd.DataFrame:
    """Pair records equal in all but a code whose neighbouring characters changed places."""
    rest = group(records.cells, [name for name in records.names if name not in records.who])
    table = coded_rows(records.persons)
    table["rest"] = rest[table["position"].to_numpy()]
    table["delivery_id"] = records.places["delivery_id"].to_numpy()[table["position"].to_numpy()]
    spread = table.groupby("rest", sort=False)["delivery_id"].transform("nunique")
    table = table[spread > 1].drop_duplicates(["rest", "plain", "delivery_id"])
    swaps = table.assign(plain=table["plain"].map(neighbours)).explode("plain")
    pairs = _matched(table, swaps.dropna(subset=["plain"]), ["rest", "plain"])
    return _same_sessions(records, _ordered(pairs, "person_transposed"))


def _matched(here: pd.DataFrame, other: pd.DataFrame, on: list[str]) -> pd.DataFrame:
    names = [*on, "position"]
    pairs = here[names].merge(other[names], on=on, suffixes=("_here", "_other"))
    return pairs.rename(columns={"position_here": "later", "position_other": "first"})


def _same_sessions(records: Records, pairs: pd.DataFrame) -> pd.DataFrame:
    """Keep pairs of two deliveries that may speak of the same sessions."""
    later, first = _sides(records, pairs)
    apart = _differs(later, first, "partner_code") | _differs(later, first, "source_code")
    one_period = ~_differs(later, first, "period")
    return pairs[_differs(later, first, "delivery_id") & (apart | one_period)]


def _to_first(
    group: np.ndarray, kind: str, within: np.ndarray | None = None, at: np.ndarray | None = None
) -> pd.DataFrame:
    """Pair each member of a group with the first; with ``within``, only the first of each part.

    Members of group -1 belong to none. ``at`` are the positions, in place of 0, 1, 2 ...
    """
    table = pd.DataFrame({"group": group, "later": np.arange(len(group)) if at is None else at})
    table = table[table["group"] >= 0]
    if within is not None:
        table["within"] = within[table["later"].to_numpy()]
        table = table.drop_duplicates(["group", "within"])
    table["first"] = table.groupby("group", sort=False)["later"].transform("first")
    return _ordered(table.loc[table["later"] != table["first"], ["later", "first"]], kind)


def _ordered(pairs: pd.DataFrame, kind: str) -> pd.DataFrame:
    both = np.sort(pairs[["first", "later"]].to_numpy(np.int64), axis=1).reshape(-1, 2)
    return pd.DataFrame({"later": both[:, 1], "first": both[:, 0], "kind": kind})


def _sides(records: Records, pairs: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the places of both records of each pair."""
    later, first = (records.places.iloc[pairs[side]] for side in ("later", "first"))
    return later.reset_index(drop=True), first.reset_index(drop=True)


def _differs(later: pd.DataFrame, first: pd.DataFrame, name: str) -> np.ndarray:
    """Say for each pair whether the two differ in something; both are taken from one frame."""
    return np.asarray(later[name].cat.codes != first[name].cat.codes, dtype=bool)


def _unequal(records: Records, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return for each pair which columns differ."""
    later, first = (records.cells.iloc[pairs[side]] for side in ("later", "first"))
    return later.reset_index(drop=True) != first.reset_index(drop=True)


def _told(pairs: pd.DataFrame, records: Records) -> pd.DataFrame:
    later, first = _sides(records, pairs)
    made = pd.DataFrame({"kind": pairs["kind"], "scope": _scope(later, first)})
    for name in PLACES:
        made[name] = later[name].astype(_KINDS[COPY_COLUMNS[name]])
    for name in PLACES:
        made[f"other_{name}"] = first[name].astype(_KINDS[COPY_COLUMNS[name]])
    names = np.array([f"{name}, " for name in records.names], dtype=object)
    unequal = _unequal(records, pairs).to_numpy(bool)
    columns = [("".join(names[row])).removesuffix(", ") for row in unequal]
    made["columns"] = columns
    # Two spellings of a code are told once, wherever they stand: other columns say nothing.
    made.loc[made["kind"] == "person_spelling", "columns"] = "person_code"
    return made


def _scope(later: pd.DataFrame, first: pd.DataFrame) -> np.ndarray:
    """Say how far apart two places are: one delivery, one source, one partner, or two partners."""
    one = ~_differs(later, first, "partner_code")
    one_source = one & ~_differs(later, first, "source_code")
    one_delivery = ~_differs(later, first, "delivery_id")
    return np.select([one_delivery, one_source, one], ["delivery", "source", "partner"], "partners")
