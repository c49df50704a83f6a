"""Small estimates to try disclosure control on."""

from __future__ import annotations

from typing import Any

import pandas as pd

from assets.release.candidates import candidates
from assets.release.control import Rules, release
from assets.release.thresholds import thresholds, with_sensitive
from schemas.estimates import ESTIMATE_COLUMNS
from schemas.indicators import released_tables

RULES = Rules(tables=released_tables(), limits=thresholds())


def estimate(
    indicator: str, value: float | None, people: int | None, **given: Any
) -> dict[str, Any]:
    """Return one estimate about people; dimensions as ``by_1``, ``level_1``, ..."""
    declared = next(
        (each for each in released_tables().values() if indicator in each.indicators), None
    )
    row: dict[str, Any] = {
        "indicator_code": indicator,
        "subject_code": "",
        "population_code": "participants",
        "period": "all",
        "by_1": "",
        "level_1": "",
        "by_2": "",
        "level_2": "",
        "design": "descriptive",
        "method_code": "count",
        "estimate": value,
        "n": people,
        "n_unit": declared.bases[0] if declared else "persons",
        "contributors_n": people,
        "n_missing": 0,
        "unit": declared.units[0] if declared else "persons",
        "status": "ok" if value is not None else "not_estimable",
        "data_version": "v1",
    } | given
    name = "/".join(
        str(row[key])
        for key in (
            "indicator_code",
            "subject_code",
            "period",
            "by_1",
            "level_1",
            "by_2",
            "level_2",
        )
    )
    return {name_: row.get(name_) for name_ in ESTIMATE_COLUMNS} | {"estimate_id": name}


def rate(numerator: int, base: int, **given: Any) -> dict[str, Any]:
    """Return a retention rate of people."""
    return estimate(
        "retention_rate",
        numerator / base,
        base,
        **(
            {"numerator_n": numerator, "numerator_contributors_n": numerator, "unit": "share"}
            | given
        ),
    )


def levels(
    indicator: str, dimension: str, counts: dict[str, int], **given: Any
) -> list[dict[str, Any]]:
    """Return a 1-way table of people with its ``_total``."""
    whole = counts | {"_total": sum(counts.values())}
    return [
        estimate(indicator, count, count, by_1=dimension, level_1=level, **given)
        for level, count in whole.items()
    ]


def candidate_table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    """Return candidates of those estimates."""
    return candidates([pd.DataFrame(rows)])


def released(rows: list[dict[str, Any]], rules: Rules = RULES, **more: Any) -> pd.DataFrame:
    """Return the release of those estimates, by ``estimate_id``."""
    return release(candidate_table(rows), rules, **more).set_index("estimate_id", drop=False)


def by_level(found: pd.DataFrame, indicator: str | None = None) -> dict[str, str]:
    """Return level -> status of a 1-way table."""
    rows = found if indicator is None else found[found["indicator_code"] == indicator]
    return dict(zip(rows["level_1"], rows["status"], strict=True))


def sensitive(code: str) -> Rules:
    """Return the rules with one table declared sensitive."""
    return Rules(tables=with_sensitive(released_tables(), [code]), limits=thresholds())
