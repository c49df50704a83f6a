"""Which declared table does an estimate ask to leave in? Anything unknown is refused."""

from __future__ import annotations

from collections import namedtuple
from collections.abc import Collection, Iterable
from functools import cache
from typing import Any, get_args

import pandas as pd

from assets.errors import ConfigurationError
from assets.release.declared import as_declared
from schemas.config import ConfigProblem
from schemas.estimates import ESTIMATE_COLUMNS, Design, EstimateStatus
from schemas.fields import FIELDS
from schemas.indicators import released_tables
from schemas.released import ReleasedTable
from schemas.tables import dimensions

_TEXT = [name for name, (kind, _) in ESTIMATE_COLUMNS.items() if kind == "VARCHAR"]
_KEYS = ["subject_code", "population_code", "by_1", "level_1", "by_2", "level_2"]


def candidates(estimates: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Gather estimates and put each in the table declared for its indicator.

    Parameters
    ----------
    estimates
        Frames in the shape of ``ESTIMATE_COLUMNS``.

    Returns
    -------
    pandas.DataFrame
        The same columns after ``table_code``; sorted by table and ``estimate_id``, one row each.

    Raises
    ------
    ConfigurationError
        An indicator in no table, an unknown design or status, a kind without rules, a dimension,
        period or unit not declared for the table, an id twice, or an estimate about people that
        does not say how many stand behind it: nothing of that kind may leave, so nothing does.
    """
    frames = [frame.reindex(columns=list(ESTIMATE_COLUMNS)) for frame in estimates if len(frame)]
    if not frames:
        return pd.DataFrame(columns=["table_code", *ESTIMATE_COLUMNS]).astype(_types())
    found = pd.concat(frames, ignore_index=True)
    found[_KEYS] = found[_KEYS].astype("string").fillna("")
    table_of = {name: table for table in _declared().values() for name in table.indicators}
    _known("indicator_code", found["indicator_code"], table_of)
    _known("design", found["design"], get_args(Design))
    _known("status", found["status"], get_args(EstimateStatus))
    tables = found["indicator_code"].map(lambda name: table_of[name])
    as_declared(found, tables.tolist())
    _unique(found)
    _has_contributors(found, tables)
    found.insert(0, "table_code", tables.map(lambda table: table.code))
    ordered = found.sort_values(["table_code", "estimate_id"], kind="stable", ignore_index=True)
    return ordered.astype(_types())


def rows(frame: pd.DataFrame) -> list[Any]:
    """Return the rows of a frame as named tuples (``itertuples`` is slow on many columns)."""
    row = _row(tuple(frame.columns))
    return [row(*values) for values in zip(*(frame[name].tolist() for name in frame), strict=True)]


@cache
def _row(names: tuple[str, ...]) -> Any:
    return namedtuple("row", names)


def is_sensitive(cell: Any, table: ReleasedTable, sensitive_services: Collection[str] = ()) -> bool:
    """Say whether the strict threshold applies to a cell.

    It does when its table is declared sensitive, when it is split by a sensitive characteristic
    (citizenship: FACTS 6.2), is a scale about health or hardship by a small area, or is about a
    service declared sensitive (debt).
    """
    split_by = [name for name in (cell.by_1, cell.by_2) if name]
    if table.sensitive or any(
        name in FIELDS and FIELDS[name].role == "sensitive" for name in split_by
    ):
        return True
    known = dimensions()
    if cell.subject_code in table.sensitive_by_area and any(
        name in known and known[name].small_area for name in split_by
    ):
        return True
    names = {cell.subject_code, cell.level_1, cell.level_2}
    return not names.isdisjoint(sensitive_services)


def _declared() -> dict[str, ReleasedTable]:
    try:
        return released_tables()
    except ConfigProblem as error:
        raise ConfigurationError(error.words.it, error.words.en) from None


def _types() -> dict[str, str]:
    kinds = {"VARCHAR": "string", "DOUBLE": "float64", "BIGINT": "Int64"}
    return {"table_code": "string"} | {
        name: kinds[kind] for name, (kind, _) in ESTIMATE_COLUMNS.items()
    }


def _known(what: str, found: pd.Series, allowed: Collection[str]) -> None:
    unknown = sorted({str(value) for value in found.unique()} - set(allowed))
    if unknown:
        raise ConfigurationError(
            f"Nessuna tabella può uscire: {what} non previsto: {', '.join(unknown)}. "
            "Dichiararlo in schemas/tables.yml.",
            f"No table may leave: {what} not declared: {', '.join(unknown)}. "
            "Declare it in schemas/tables.yml.",
        )


def _unique(found: pd.DataFrame) -> None:
    twice = sorted(set(found.loc[found["estimate_id"].duplicated(), "indicator_code"]))
    if twice:
        raise ConfigurationError(
            f"Nessuna tabella può uscire: la stessa stima due volte in {', '.join(twice)}.",
            f"No table may leave: the same estimate twice in {', '.join(twice)}.",
        )


def _has_contributors(found: pd.DataFrame, tables: pd.Series) -> None:
    is_about_people = tables.map(lambda table: table.statistic != "process")
    silent = found["contributors_n"].isna() & is_about_people
    if silent.any():
        names = ", ".join(sorted(set(found.loc[silent, "indicator_code"])))
        raise ConfigurationError(
            f"Nessuna tabella può uscire: {int(silent.sum())} stime non dicono su quante persone "
            f"si basano (contributors_n): {names}.",
            f"No table may leave: {int(silent.sum())} estimates do not say how many people stand "
            f"behind them (contributors_n): {names}.",
        )
