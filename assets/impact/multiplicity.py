"""How many of several findings would chance alone have made? Holm and Benjamini-Hochberg."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from assets.estimates import Statistic, refuse

HOLM, BH = "p_holm", "p_benjamini_hochberg"
REFERENCES = {
    HOLM: "Holm 1979, Scandinavian Journal of Statistics 6:65-70",
    BH: "Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57:289-300",
}
_CODES = {HOLM: "holm", BH: "fdr_bh"}


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
    from statsmodels.stats.multitest import multipletests

    known = {name: p for name, p in sorted(p_values.items()) if p is not None}
    found: dict[str, dict[str, Statistic]] = {name: {} for name in sorted(p_values)}
    for method, code in _CODES.items():
        adjusted = multipletests(list(known.values()), method=code)[1] if known else []
        by_name = dict(zip(known, adjusted, strict=True))
        for name in found:
            common: dict[str, Any] = {
                "n": (n or {}).get(name, 0),
                "unit": "p",
                "reference": REFERENCES[method],
            }
            found[name][method] = (
                Statistic(
                    method_code=method,
                    estimate=float(by_name[name]),
                    details={"tests_n": len(known)},
                    **common,
                )
                if name in by_name
                else refuse(method, "no_test", **common)
            )
    return found
