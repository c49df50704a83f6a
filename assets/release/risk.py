"""Could somebody be singled out by what neighbours know? k-anonymity of the pseudonymised rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assets.release.classes import (
    MISSING_RULES,
    Counts,
    MissingRule,
    class_sizes,
    classes,
    sizes_under,
)
from schemas.anonymity import KNOWN_TOGETHER

_COUNTS = ("records_n", "classes_n", "k", "uniques", "threshold", "records_under")
_BY_RULE = ("k", "uniques", "records_under")


@dataclass(frozen=True)
class KAnonymity:
    """How small the groups are that quasi-identifiers make.

    Attributes
    ----------
    k
        Size of the smallest class; 0 where there are no records.
    uniques
        Records alone in their class.
    records_under
        Records in classes smaller than ``threshold``.
    """

    quasi_identifiers: tuple[str, ...]
    records_n: int
    classes_n: int
    k: int
    uniques: int
    threshold: int
    records_under: int


def k_anonymity(
    frame: pd.DataFrame,
    quasi_identifiers: Sequence[str],
    threshold: int,
    missing: MissingRule = "own_level",
) -> KAnonymity:
    r"""Count equivalence classes of records that share every quasi-identifier.

    A table is k-anonymous when each combination of values occurs at least k times:
    :math:`k = \min_E |E|` over the classes E.

    Parameters
    ----------
    frame
        One row a person.
    quasi_identifiers
        Columns an outsider may know.
    threshold
        Classes smaller than this count in ``records_under``.
    missing
        By default "not known" is a value of its own: a person whose age is unknown is one of those
        whose age is unknown. For the two bounds see ``classes.MissingRule``.

    References
    ----------
    Sweeney 2002, Int. J. Uncertainty, Fuzziness and Knowledge-Based Systems 10(5):557-570.
    """
    return _counted(classes(frame, quasi_identifiers), tuple(quasi_identifiers), threshold, missing)


def _counted(
    found: tuple[Counts, Counts, Counts],
    columns: tuple[str, ...],
    threshold: int,
    missing: MissingRule,
) -> KAnonymity:
    combinations, _, records = found
    sizes = sizes_under(missing, combinations, records)
    return KAnonymity(
        quasi_identifiers=columns,
        records_n=int(records.sum()),
        classes_n=len(records),
        k=int(sizes.min()) if len(sizes) else 0,
        uniques=int(records[sizes == 1].sum()),
        threshold=threshold,
        records_under=int(records[sizes < threshold].sum()),
    )


def summary(participants: pd.DataFrame, threshold: int) -> pd.DataFrame:
    """Return one row per set of quasi-identifiers: counts only, for the warehouse.

    Returns
    -------
    pandas.DataFrame
        The counts of ``KAnonymity`` with the unknown as a value of its own; ``incomplete_n``
        records with a gap; ``k``, ``uniques`` and ``records_under`` again under the two bounds,
        with ``_match_any`` and ``_match_none`` behind their names.
    """
    lines = [_line(participants, columns, threshold) for columns in KNOWN_TOGETHER]
    return _typed(lines, MISSING_RULES)


def by_quarter(participants: pd.DataFrame, quarters: Sequence[str], threshold: int) -> pd.DataFrame:
    """Return the counts of the people known by the end of each quarter.

    Parameters
    ----------
    participants
        ``core_participants``; who has no ``first_date`` counts from the first quarter on.
    quarters
        ``2022Q1``, ...

    Returns
    -------
    pandas.DataFrame
        As ``summary`` without the two bounds, with ``period`` first.
    """
    lines = []
    for quarter in quarters:
        end = pd.Period(quarter, freq="Q").end_time
        known = participants.loc[~(participants["first_date"] > end).fillna(False)]
        lines += [
            {"period": quarter, **_line(known, columns, threshold, MISSING_RULES[:1])}
            for columns in KNOWN_TOGETHER
        ]
    return _typed(lines, MISSING_RULES[:1], ("period",))


def uniques(participants: pd.DataFrame) -> pd.DataFrame:
    """Return the codes of the people who are alone in their class: for the warehouse, never beyond.

    Returns
    -------
    pandas.DataFrame
        ``quasi_identifiers``, ``person_code``, ``is_complete`` (no characteristic is unknown).
    """
    parts = []
    for columns in KNOWN_TOGETHER:
        known = participants[list(columns)]
        alone = class_sizes(participants, columns) == 1
        parts.append(
            pd.DataFrame(
                {
                    "quasi_identifiers": ", ".join(columns),
                    "person_code": participants["person_code"][alone],
                    "is_complete": known.notna().all(axis=1)[alone],
                }
            ).sort_values("person_code")
        )
    found = pd.concat(parts, ignore_index=True)
    return found.astype(
        {"quasi_identifiers": "string", "person_code": "string", "is_complete": "boolean"}
    )


def _line(
    people: pd.DataFrame,
    columns: tuple[str, ...],
    threshold: int,
    rules: Sequence[MissingRule] = MISSING_RULES,
) -> dict[str, Any]:
    groups = classes(people, columns)
    found = {rule: _counted(groups, columns, threshold, rule) for rule in rules}
    line: dict[str, Any] = {"quasi_identifiers": ", ".join(columns)}
    line |= {name: getattr(found["own_level"], name) for name in _COUNTS}
    line["incomplete_n"] = int(groups[2][(groups[0] < 0).any(axis=1)].sum())
    for rule in rules[1:]:
        line |= {f"{name}_{rule}": getattr(found[rule], name) for name in _BY_RULE}
    return line


def _typed(
    lines: list[dict[str, Any]], rules: Sequence[MissingRule], texts: Sequence[str] = ()
) -> pd.DataFrame:
    names = [f"{name}_{rule}" for rule in rules[1:] for name in _BY_RULE]
    kinds = dict.fromkeys((*texts, "quasi_identifiers"), "string")
    kinds |= dict.fromkeys((*_COUNTS, "incomplete_n", *names), "Int64")
    return pd.DataFrame(lines, columns=list(kinds)).astype(kinds)
