"""What a corrected file changed, in counts, columns and row numbers: never a cell."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from assets import staging
from assets.intake.delivery import Delivery
from assets.intake.grid import TEXT
from assets.layout import Layout
from schemas.datasets import DATASETS
from schemas.source import PartnerSources, Source

#: Column of ``intake_differences`` -> pandas type.
DIFFERENCE_COLUMNS: dict[str, str] = {
    "delivery_id": "string",
    "supersedes_id": "string",
    "what": "string",
    "column": "string",
    "heading": "string",
    "rows_n": "Int64",
    "row_numbers": "string",
}
_ALL = 1 << 40
#: Row numbers named for each line of the difference.
MOST_ROWS = 50

#: Columns that hold a cell of their own for each record that comes from one row of a file.
_MELTED = ("answer_code", "answer_value", "contact_n", "item_code")
_PLACE = ("row_number", "cell_letter")


def empty_differences() -> pd.DataFrame:
    """Return ``intake_differences`` without rows."""
    kinds = {name: TEXT if k == "string" else k for name, k in DIFFERENCE_COLUMNS.items()}
    return pd.DataFrame({name: pd.Series([], dtype=kind) for name, kind in kinds.items()})


class Read(Protocol):
    """One delivery as it was read: the staged file of its rows, and its columns if it was not refused."""

    delivery: Delivery
    file: str

    @property
    def columns(self) -> pd.DataFrame | None:
        """The columns of the file."""


def differences_of(read: Iterable[Read], layout: Layout) -> pd.DataFrame:
    """Return ``intake_differences``: what each corrected file changed in the one its note names.

    Parameters
    ----------
    read
        Every delivery, settled, in delivery order; the files of superseded ones still staged.

    Returns
    -------
    pandas.DataFrame
        The lines of ``difference`` for each pair, with both ids. A file that was refused, or that
        another dataset's file replaces, has none.
    """
    by_id = {each.delivery.delivery_id: each for each in read}
    told = []
    for new in by_id.values():
        old = by_id.get(new.delivery.supersedes_id or "")
        source = _source_of(new.delivery, layout.readable_sources)
        if old is None or source is None or old.delivery.dataset != source.dataset:
            continue
        if old.delivery.state == "refused" or new.columns is None:
            continue
        before, after = _rows_of(old, layout), _rows_of(new, layout)
        key, by_record = _key_of(source, before, after), new.delivery.by_record
        columns = DATASETS[source.dataset].columns
        lines = difference(before, after, columns, key, new.columns, by_record=by_record)
        lines.insert(0, "supersedes_id", old.delivery.delivery_id)
        lines.insert(0, "delivery_id", new.delivery.delivery_id)
        told.append(lines)
    empty = empty_differences()
    if not told:
        return empty
    return pd.concat(told, ignore_index=True).astype(empty.dtypes.to_dict())


def _rows_of(read: Read, layout: Layout) -> pd.DataFrame:
    """Return all text rows of a delivery; of a big one in one piece, so that its words are shared."""
    found = list(staging.read(layout.staged, read.file, rows=_ALL))
    return found[0] if found else pd.DataFrame()


def _source_of(delivery: Delivery, sources: dict[str, PartnerSources]) -> Source | None:
    if delivery.state == "refused" or delivery.partner_code not in sources:
        return None
    known = sources[delivery.partner_code].sources
    return next((each for each in known if each.source == delivery.source_code), None)


def _key_of(source: Source, old: pd.DataFrame, new: pd.DataFrame) -> list[str]:
    """Return the columns that tell the records apart, of those that these files have."""
    filled = [
        name
        for name in DATASETS[source.dataset].key
        if any(name in each and each[name].notna().any() for each in (old, new))
    ]
    return source.key or (["record_id"] if "record_id" in filled else filled)


def difference(
    old: pd.DataFrame,
    new: pd.DataFrame,
    columns: Sequence[str],
    key: Sequence[str],
    headings: pd.DataFrame,
    *,
    by_record: bool = False,
) -> pd.DataFrame:
    """Compare the text rows of a corrected file with those of the file it replaces.

    Rows are matched by their key; rows without a whole key, or of a dataset without one, as they
    stand (a row with any other cell is then one removed and one added). A key that stands several
    times is matched in order.

    Parameters
    ----------
    old, new
        Text rows of the two deliveries, as ``intake_<dataset>`` holds them.
    columns
        Columns of the dataset: those that are compared.
    key
        Columns that tell records apart; empty where there are none.
    headings
        Rows of ``intake_columns`` of the new delivery: ``column``, ``heading``, ``letter``.
    by_record
        The new file replaces records and not the file: what it does not hold stays (``kept``).

    Returns
    -------
    pandas.DataFrame
        ``what`` (``added``, ``removed`` or ``kept``, ``changed``, ``same``), ``column``,
        ``heading``, ``rows_n`` and ``row_numbers`` (at most ``MOST_ROWS``; of the new file, but of
        the old one for ``removed`` and ``kept``). Rows are rows of the file, so that a form with
        twenty answers counts once. ``same`` are rows in which nothing changed.
    """
    places = _texts(old, new, _PLACE)
    ids, cells = _identified(_texts(old, new, columns), len(old), list(key))
    first, last = np.flatnonzero(~ids["is_new"]), np.flatnonzero(ids["is_new"])
    pairs = pd.merge(
        ids.iloc[first].assign(before=first),
        ids.iloc[last].assign(after=last),
        on=["record", "copy"],
        how="outer",
    )
    both = pairs.dropna(subset=["before", "after"])
    before, after = both["before"].to_numpy(int), both["after"].to_numpy(int)
    gone = pairs.loc[pairs["after"].isna(), "before"].to_numpy(int)
    come = pairs.loc[pairs["before"].isna(), "after"].to_numpy(int)
    told = [
        _whole_or_part(places, come, last, "added"),
        _whole_or_part(places, gone, first, "kept" if by_record else "removed"),
    ]
    touched = np.zeros(len(places), dtype=bool)
    touched[come] = True
    for name in columns:
        differs = after[cells[name][before] != cells[name][after]]
        touched[differs] = True
        told.append(_line(places.iloc[differs], "changed", name))
    rows = places.iloc[last].groupby("row_number")["row_number"].first()
    same = rows[~rows.isin(places.loc[touched, "row_number"])]
    told.append(_line(places.iloc[last][places.iloc[last]["row_number"].isin(same)], "same", ""))
    return _named(pd.concat(told, ignore_index=True), headings)


def _texts(old: pd.DataFrame, new: pd.DataFrame, names: Sequence[str]) -> pd.DataFrame:
    """Put the rows of both files below each other; a column in which nothing stands may be absent."""
    made = {}
    for name in names:
        kind: Any = "Int64" if name == "row_number" else TEXT
        pieces = [
            each[name].astype(kind)
            if name in each
            else pd.Series(pd.NA, index=each.index, dtype=kind)
            for each in (old, new)
        ]
        made[name] = pd.concat(pieces, ignore_index=True)
    return pd.DataFrame(made)


def _identified(
    together: pd.DataFrame, old_n: int, key: list[str]
) -> tuple[pd.DataFrame, dict[str, np.ndarray]]:
    """Return for each record of both files its number and which copy it is; and cells as numbers."""
    columns = list(together.columns)
    cells = {name: pd.factorize(together[name])[0] for name in columns}
    numbers = pd.DataFrame(cells)
    is_new = np.arange(len(together)) >= old_n
    keyed = np.zeros(len(together), dtype=bool)
    if key:
        keyed = (numbers[key] >= 0).all(axis=1).to_numpy()
    record = np.zeros(len(together), dtype=np.int64)
    if keyed.any():
        record[keyed] = numbers.loc[keyed, key].groupby(key, sort=False).ngroup()
    if not keyed.all():
        whole = numbers.loc[~keyed].groupby(columns, sort=False).ngroup()
        record[~keyed] = -1 - whole.to_numpy()
    ids = pd.DataFrame({"record": record, "is_new": is_new})
    ids["copy"] = ids.groupby(["record", "is_new"], sort=False).cumcount()
    return ids, cells


def _whole_or_part(
    places: pd.DataFrame, records: np.ndarray, of_file: np.ndarray, what: str
) -> pd.DataFrame:
    """Tell rows apart of which all is new (or gone) from those with a new (or lost) question."""
    mine = places.iloc[records]
    there = places.iloc[of_file].groupby("row_number").size()
    count = mine.groupby("row_number").size()
    is_whole = mine["row_number"].map(count == there.reindex(count.index))
    is_whole = is_whole.astype(bool)
    return pd.concat(
        [_line(mine[is_whole], what, ""), _line(mine[~is_whole], what, "answer_code")],
        ignore_index=True,
    )


def _line(places: pd.DataFrame, what: str, column: str) -> pd.DataFrame:
    """Return one line of the difference; one for each cell's letter where the column has several."""
    letters = places["cell_letter"].fillna("") if column in _MELTED else pd.Series("", places.index)
    lines = []
    for letter, mine in places.groupby(letters.to_numpy(), sort=True):
        numbers = np.unique(mine["row_number"].to_numpy(np.int64))
        shown = ", ".join(map(str, numbers[:MOST_ROWS])) + (
            " …" if len(numbers) > MOST_ROWS else ""
        )
        lines.append((what, column, letter, len(numbers), shown))
    return pd.DataFrame(lines, columns=["what", "column", "letter", "rows_n", "row_numbers"])


def _named(lines: pd.DataFrame, headings: pd.DataFrame) -> pd.DataFrame:
    """Put the file's own headings to the lines; an answer and its value are one cell, told once."""
    by_column = headings.drop_duplicates("column").set_index("column")["heading"]
    by_letter = headings.drop_duplicates("letter").set_index("letter")["heading"]
    own = lines["letter"].map(by_letter).where(lines["letter"] != "")
    heading = own.fillna(lines["column"].map(by_column)).fillna(lines["column"])
    made = lines.assign(heading=heading.astype(TEXT)).drop_duplicates(["what", "letter", "heading"])
    kinds = empty_differences().dtypes
    shaped = made[["what", "column", "heading", "rows_n", "row_numbers"]]
    return shaped.astype({name: kinds[name] for name in shaped.columns}).reset_index(drop=True)
