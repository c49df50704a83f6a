"""One statistical result, and the one row shape in which rooms hand results on.

What belongs here: the value pure statistics return, and its placing in the estimate table. What
does not: any formula.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.metadata import version
from math import isfinite
from typing import TYPE_CHECKING, Any, get_args

from schemas.estimates import ESTIMATE_COLUMNS, Design, EstimateStatus, Outcome
from schemas.indicators import indicators
from schemas.methods import Method, methods

if TYPE_CHECKING:
    import pandas as pd

#: Reasons that time and more people can cure; any other reason makes a number ``not_estimable``.
_TOO_FEW = frozenset(
    {
        "no_pairs",
        "no_units",
        "series_too_short",
        "too_few_degrees_of_freedom",
        "too_few_events",
        "too_few_pairs",
        "too_few_persons",
    }
)
_PANDAS = {"VARCHAR": "string", "DOUBLE": "float64", "BIGINT": "Int64"}


@dataclass(frozen=True)
class Statistic:
    """One result at full precision; rounding happens where it is shown.

    Attributes
    ----------
    method_code
        How it was computed, e.g. ``mean_change_paired_t``.
    estimate, se, ci_low, ci_high, p_value
        ``None`` where the method gives none or the data do not allow it, never 0 in its place.
        ``ci_high`` may be ``None`` beside a finite ``ci_low``: an interval open above.
    n, n_missing
        Units used, and units that should have been used but lacked a value.
    unit
        Of the estimate: ``points``, ``sd`` (standard deviations), ``ratio``, ``share``, ``days``.
    reason
        Why there is no estimate, as a stable code; ``None`` beside an estimate.
    details
        What one needs to judge the number (correlation, dispersion, degrees of freedom).
    assumptions
        Assumption of the method -> ``held``, ``doubtful`` or ``not_checked`` on these data; the
        codes are those of ``schemas/methods``.
    """

    method_code: str
    estimate: float | None
    n: int
    unit: str
    reference: str
    se: float | None = None
    ci_low: float | None = None
    ci_high: float | None = None
    p_value: float | None = None
    n_missing: int = 0
    status: EstimateStatus = "ok"
    reason: str | None = None
    details: Mapping[str, float | int | None] = field(default_factory=dict)
    assumptions: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Group:
    """Whom a number is about: up to two dimensions and their levels; empty for everybody."""

    by_1: str = ""
    level_1: str = ""
    by_2: str = ""
    level_2: str = ""


EVERYBODY = Group()


def refuse(
    method_code: str, reason: str, *, n: int, unit: str, reference: str, n_missing: int = 0
) -> Statistic:
    """Return a result that says why there is no number; the bases stay visible."""
    return Statistic(
        method_code=method_code,
        estimate=None,
        n=n,
        unit=unit,
        reference=reference,
        n_missing=n_missing,
        status="too_few" if reason in _TOO_FEW else "not_estimable",
        reason=reason,
    )


def count(value: float, *, unit: str, n: int | None = None, n_missing: int = 0) -> Statistic:
    """Return a plain count or sum: no interval, and a real zero says so."""
    return Statistic(
        method_code="count",
        estimate=float(value),
        n=int(value) if n is None else n,
        unit=unit,
        reference="",
        n_missing=n_missing,
        status="true_zero" if value == 0 else "ok",
    )


def finite(value: float) -> float | None:
    """Return a Python float, or ``None`` for NaN and infinities (an open end, an undefined p)."""
    return float(value) if isfinite(value) else None


def estimate_row(
    indicator_code: str,
    result: Statistic,
    *,
    period: str,
    population_code: str,
    n_unit: str,
    contributors_n: int,
    subject_code: str = "",
    group: Group = EVERYBODY,
    design: Design = "descriptive",
    numerator_n: int | None = None,
    numerator_contributors_n: int | None = None,
) -> dict[str, Any]:
    """Place one result: what it measures, about whom, when; see ``schemas/estimates.py``.

    The unit is the indicator's own, so that one indicator never mixes units.

    Raises
    ------
    KeyError
        For an indicator that ``indicators.yml``, or a method that ``methods`` does not declare.
    """
    first = f"{group.by_1}={group.level_1}" if group.by_1 else ""
    second = f"{group.by_2}={group.level_2}" if group.by_2 else ""
    name = [part for part in (indicator_code, subject_code, period, first, second) if part]
    return {
        "estimate_id": "/".join(name),
        "indicator_code": indicator_code,
        "subject_code": subject_code,
        "population_code": population_code,
        "period": period,
        "by_1": group.by_1,
        "level_1": group.level_1,
        "by_2": group.by_2,
        "level_2": group.level_2,
        "design": design,
        "method_code": result.method_code,
        "question_code": question_of(result.method_code),
        "estimate": result.estimate,
        "se": result.se,
        "ci_low": result.ci_low,
        "ci_high": result.ci_high,
        "p_value": result.p_value,
        "n": result.n,
        "n_unit": n_unit,
        "numerator_n": numerator_n,
        "contributors_n": contributors_n,
        "numerator_contributors_n": numerator_contributors_n,
        "n_missing": result.n_missing,
        "unit": indicators()[indicator_code].unit,
        "status": result.status,
        "assumptions": "; ".join(f"{name}={said}" for name, said in judged(result).items()),
        "software": software_of(result.method_code),
        "reference": result.reference,
    }


def judged(result: Statistic) -> dict[str, str]:
    """Return each assumption of a result's method with its outcome, ``not_checked`` by default.

    Raises
    ------
    ValueError
        For an assumption the method does not declare, or an outcome that is none.
    """
    declared = _method(result.method_code).assumes
    odd = sorted(set(result.assumptions) - set(declared))
    if odd or not set(result.assumptions.values()) <= set(get_args(Outcome)):
        raise ValueError(f"{result.method_code}: undeclared assumption or outcome {odd}")
    return {name: result.assumptions.get(name, "not_checked") for name in declared}


def question_of(method_code: str) -> str:
    """Return what a method asks."""
    return _method(method_code).question


@cache
def software_of(method_code: str) -> str:
    """Return the libraries behind a method with their versions, e.g. ``scipy 1.16.3``."""
    return ", ".join(f"{name} {version(name)}" for name in _method(method_code).software)


def _method(code: str) -> Method:
    if code not in methods():
        raise KeyError(f"no file of schemas/methods declares the method '{code}'")
    return methods()[code]


def estimates_frame(rows: Iterable[Mapping[str, Any]], data_version: str) -> pd.DataFrame:
    """Gather rows into the estimate table: its columns, types and order by name.

    Raises
    ------
    ValueError
        When two rows have one name: a reader could not tell which number is meant.
    """
    import pandas as pd

    frame = pd.DataFrame(list(rows), columns=list(ESTIMATE_COLUMNS))
    frame["data_version"] = data_version
    frame = frame.astype({name: _PANDAS[kind] for name, (kind, _) in ESTIMATE_COLUMNS.items()})
    if frame["estimate_id"].duplicated().any():
        raise ValueError("two estimates have one name")
    return frame.sort_values("estimate_id", ignore_index=True)
