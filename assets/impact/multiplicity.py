"""How many of several findings would chance alone have made? Holm and Benjamini-Hochberg."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from assets.estimates import Statistic, refuse

HOLM, BH = "p_holm", "p_benjamini_hochberg"
REFERENCES = {
    HOLM: "Holm 1979, Scandinavian Journal of Statistics 6:65-70",
    BH: "Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57:289-300",
}


def holm(p_values: Sequence[float]) -> list[float]:
    """Return Holm's adjusted p values, in the order given: p_(i) (m - i + 1), monotone, at most 1.

    statsmodels has the same, and clears Python's memory each time: longer than a whole question takes.
    """
    p = np.asarray(p_values, dtype=float)
    order = np.argsort(p)
    raised = np.maximum.accumulate(p[order] * np.arange(len(p), 0, -1))
    adjusted = np.empty_like(p)
    adjusted[order] = np.minimum(raised, 1.0)
    return adjusted.tolist()


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Return Benjamini and Hochberg's adjusted p values, in the order given."""
    from statsmodels.stats.multitest import fdrcorrection

    return [float(each) for each in fdrcorrection(p_values)[1]] if len(p_values) else []


_ADJUSTED = {HOLM: holm, BH: benjamini_hochberg}


def corrected_p(
    p_values: Mapping[str, float | None], n: Mapping[str, int] | None = None
) -> dict[str, dict[str, Statistic]]:
    """Correct the p values of one question asked of several outcomes.

    Holm (family-wise error): p_(i) (m - i + 1), made monotone, at most 1. Benjamini-Hochberg
    (false discovery rate): p_(i) m / i, made monotone from the largest.

    Parameters
    ----------
    p_values
        Outcome -> p; an outcome without a p is not one of the m tests.
    n
        Outcome -> people behind it, carried along.

    Returns
    -------
    dict
        Outcome -> method -> adjusted p as a ``Statistic`` (unit ``p``, ``details["tests_n"]``).

    Notes
    -----
    Holm holds whatever the dependence between outcomes; Benjamini-Hochberg under independence or
    positive dependence (scales of one questionnaire). Matches ``p.adjust(p, "holm" | "BH")``.
    """
    known = {name: p for name, p in sorted(p_values.items()) if p is not None}
    found: dict[str, dict[str, Statistic]] = {name: {} for name in sorted(p_values)}
    for method, adjust in _ADJUSTED.items():
        by_name = dict(zip(known, adjust(list(known.values())), strict=True))
        for name in found:
            common: dict[str, Any] = {
                "n": (n or {}).get(name, 0),
                "unit": "p",
                "reference": REFERENCES[method],
            }
            found[name][method] = (
                Statistic(
                    method_code=method,
                    estimate=by_name[name],
                    details={"tests_n": len(known)},
                    **common,
                )
                if name in by_name
                else refuse(method, "no_test", **common)
            )
    return found
