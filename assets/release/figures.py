"""Which figures about anonymity may themselves leave: a small count speaks of few people, too.

A count from 1 to one below the threshold is withheld; any other is rounded to the threshold, so
that no difference of two figures is about one person; shares and distances have one decimal.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pandas as pd

from assets.release.candidates import rows
from assets.release.thresholds import Thresholds
from schemas.anonymity import KNOWN_TOGETHER
from schemas.linkage import CERTAINTY

#: The set of characteristics that the page speaks of: what leaves the warehouse, in its bands.
MAIN = ", ".join(KNOWN_TOGETHER[1])

RELEASED = "released"
TRUE_ZERO = "true_zero"
UNDER = "under_threshold"
#: Certainty of a person whose records disagree, or who may be another one's.
AMBIGUOUS = "ambiguous"

_KINDS = {
    "figure": "string",
    "subject": "string",
    "period": "string",
    "value": "float64",
    "status": "string",
}


class Safe(NamedTuple):
    """A figure as it may leave: null with a reason where it may not."""

    value: float | None
    status: str


def safe_count(count: int, threshold: int) -> Safe:
    """Return a count of people as it may be shown.

    Parameters
    ----------
    count
        People.
    threshold
        Counts of 1 to ``threshold - 1`` are withheld; others become the nearest multiple of it.
    """
    if count == 0:
        return Safe(0.0, TRUE_ZERO)
    if count < threshold:
        return Safe(None, UNDER)
    return Safe(float((2 * count + threshold) // (2 * threshold) * threshold), RELEASED)


def safe_k(k: int, uniques: int, threshold: int) -> Safe:
    """Return k as it may be shown: below the threshold only where so many are alone that it is 1."""
    if k >= threshold or (k == 1 and uniques >= threshold):
        return Safe(float(k), RELEASED)
    return Safe(None, UNDER)


def figures(
    risk: pd.DataFrame,
    quarters: pd.DataFrame,
    sensitive: pd.DataFrame,
    steps: pd.DataFrame,
    limits: Thresholds,
    participants: pd.DataFrame,
) -> pd.DataFrame:
    """Return every figure about anonymity that goes into the manifest, as it may leave.

    Parameters
    ----------
    risk, quarters
        ``risk.summary`` and ``risk.by_quarter``.
    sensitive
        ``sensitive.summary``.
    steps
        ``generalise.lattice``: each single step, and what is suggested.
    limits
        The thresholds in force; the strict one holds for what is sensitive.
    participants
        ``core_participants``: of whom ``link_certainty`` says how sure it is that they are one.

    Returns
    -------
    pandas.DataFrame
        One row a figure: ``figure`` (``uniques``, ``t``, ...), ``subject`` (characteristics,
        sensitive column or step), ``period``, ``value``, ``status``. Empty where there are fewer
        people than the threshold.
    """
    least = limits.minimum(is_sensitive=False)
    people_n = int(risk["records_n"].max()) if len(risk) else 0
    if people_n < least:
        return pd.DataFrame([], columns=list(_KINDS)).astype(_KINDS)
    lines = [_line("people", "", safe_count(people_n, least))]
    lines += _of_sets(risk, least)
    lines += _of_quarters(quarters, least)
    lines += _of_sensitive(sensitive, limits.minimum(is_sensitive=True))
    lines += _of_steps(steps, least)
    lines += _of_links(participants["link_certainty"], least)
    return pd.DataFrame(lines, columns=list(_KINDS)).astype(_KINDS)


def _of_sets(risk: pd.DataFrame, least: int) -> list[dict[str, Any]]:
    counts = ("uniques", "records_under", "incomplete_n", "uniques_match_any", "uniques_match_none")
    lines = []
    for row in rows(risk):
        subject = row.quasi_identifiers
        lines.append(_line("k", subject, safe_k(row.k, row.uniques, least)))
        lines += [_line(name, subject, safe_count(getattr(row, name), least)) for name in counts]
    return lines


def _of_quarters(quarters: pd.DataFrame, least: int) -> list[dict[str, Any]]:
    lines = []
    for row in rows(quarters[quarters["quasi_identifiers"] == MAIN]):
        found = {"people": safe_count(row.records_n, least)}
        if found["people"].value:  # else neither is anything about them
            found["k"] = safe_k(row.k, row.uniques, least)
            found["uniques"] = safe_count(row.uniques, least)
            found["records_under"] = safe_count(row.records_under, least)
        lines += [_line(name, MAIN, safe, row.period) for name, safe in found.items()]
    return lines


def _of_sensitive(sensitive: pd.DataFrame, least: int) -> list[dict[str, Any]]:
    lines = []
    for row in rows(sensitive[sensitive["quasi_identifiers"] == MAIN]):
        known = safe_count(row.known_n, least)
        lines.append(_line("known", row.sensitive, known))
        if known.status != RELEASED:
            continue
        lines += [
            _line("homogeneous", row.sensitive, safe_count(row.homogeneous_n, least)),
            _line("distinct_l", row.sensitive, Safe(float(row.distinct_l_known), RELEASED)),
            _line("entropy_l", row.sensitive, Safe(round(row.entropy_l_known, 1), RELEASED)),
            _line("t", row.sensitive, Safe(round(row.t, 1), RELEASED)),
        ]
    return lines


def _of_steps(steps: pd.DataFrame, least: int) -> list[dict[str, Any]]:
    lines = []
    for row in rows(steps):
        marks = {
            "step": row.is_one_step or row.height == 0,
            "suggested": row.is_suggested,
            "suggested_with_loss": row.is_suggested_with_loss,
        }
        for name in (name for name, is_so in marks.items() if is_so):
            lines += [
                _line(f"{name}_k", row.steps, safe_k(row.k, row.uniques, least)),
                _line(f"{name}_uniques", row.steps, safe_count(row.uniques, least)),
                _line(f"{name}_records_under", row.steps, safe_count(row.records_under, least)),
            ]
    return lines


def _of_links(certainty: pd.Series, least: int) -> list[dict[str, Any]]:
    counts = certainty.value_counts()
    levels = dict.fromkeys(CERTAINTY.values()) | {AMBIGUOUS: None}
    return [_line("linked", name, safe_count(int(counts.get(name, 0)), least)) for name in levels]


def _line(figure: str, subject: str, safe: Safe, period: str = "all") -> dict[str, Any]:
    return {
        "figure": figure,
        "subject": subject,
        "period": period,
        "value": safe.value,
        "status": safe.status,
    }
