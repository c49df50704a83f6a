"""Does one household or two make up an amount, and could one guess another's? Needs amounts by person."""

from __future__ import annotations

import numpy as np
import pandas as pd

from assets.release.lines import EVERYTHING
from schemas.estimates import UNKNOWN


def largest_share(amounts: pd.Series | np.ndarray, largest_n: int) -> float:
    """Return the share of the total made up by the ``largest_n`` largest amounts.

    Parameters
    ----------
    amounts
        One amount a contributor (a person or household, not a payment), none negative.

    Returns
    -------
    float
        0 to 1; 1 where there is nothing to share out, so that an empty amount is never safe.

    References
    ----------
    ESSnet SDC, Handbook on Statistical Disclosure Control: (n, k) dominance.
    """
    ordered = _ordered(amounts)
    total = float(ordered.sum())
    return float(ordered[:largest_n].sum()) / total if total > 0 else 1.0


def largest_within(amounts: pd.Series | np.ndarray, prior_percent: float = 100.0) -> float:
    r"""Return to within how many percent somebody could estimate the largest amount.

    The best informed is the second largest: they take their own :math:`x_2` off the total X, and
    of the others they know every :math:`x_i` to within q % beforehand. What is left,

    .. math:: \frac{q}{100} \sum_{i \ge 3} x_i = \frac{q}{100} (X - x_1 - x_2),

    is their error about :math:`x_1`. The prior-posterior rule calls the cell unsafe where that is
    less than p % of :math:`x_1`; with q = 100 it is the p % rule.

    Parameters
    ----------
    amounts
        One amount a contributor (a person or household, not a payment), none negative.
    prior_percent
        q, above 0 and up to 100.

    Returns
    -------
    float
        Percent of the largest amount; 0 where there is nothing to share out.

    References
    ----------
    Hundepool et al. 2012, Statistical Disclosure Control, Wiley, section 4.2; ESSnet SDC, Handbook
    on Statistical Disclosure Control, section 4.2.
    """
    ordered = _ordered(amounts)
    largest = float(ordered[0]) if len(ordered) else 0.0
    return prior_percent * float(ordered[2:].sum()) / largest if largest > 0 else 0.0


def _ordered(amounts: pd.Series | np.ndarray) -> np.ndarray:
    """Return amounts, the largest first."""
    return np.sort(np.asarray(amounts, dtype=float))[::-1]


def concentration(
    contributions: pd.DataFrame, largest_n: int, prior_percent: float = 100.0
) -> pd.DataFrame:
    """Measure every cell of a sum by activity and quarter, margins included.

    Parameters
    ----------
    contributions
        ``person_code``, ``quarter``, ``activity_code``, ``hours``; rows without hours count for
        nothing.

    Returns
    -------
    pandas.DataFrame
        ``period`` (quarter or ``all``), ``level`` (activity, ``''`` for all of them),
        ``top_share``, ``largest_within`` (percent), ``amounts_n`` (people with an amount above 0).
    """
    given = contributions.loc[contributions["hours"] > 0]
    given = given.assign(
        level=given["activity_code"].astype("string").fillna(UNKNOWN), period=given["quarter"]
    )
    views = [
        given,
        given.assign(level=""),
        given.assign(period=EVERYTHING),
        given.assign(level="", period=EVERYTHING),
    ]
    measured = [
        (
            period,
            level,
            largest_share(amounts, largest_n),
            largest_within(amounts, prior_percent),
            len(amounts),
        )
        for view in views
        for (period, level), amounts in _by_person(view).items()
    ]
    names = ["period", "level", "top_share", "largest_within", "amounts_n"]
    return pd.DataFrame(measured, columns=names)


def _by_person(view: pd.DataFrame) -> dict[tuple[str, str], np.ndarray]:
    """Return for each period and level what each person has together."""
    together = view.groupby(["period", "level", "person_code"])["hours"].sum()
    found: dict[tuple[str, str], list[float]] = {}
    for (period, level, _), hours in zip(
        together.index.tolist(), together.to_numpy(dtype=float).tolist(), strict=True
    ):
        found.setdefault((str(period), str(level)), []).append(hours)
    return {place: np.array(amounts) for place, amounts in found.items()}
