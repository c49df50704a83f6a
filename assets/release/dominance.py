"""Does one household or two make up an amount? The (n, k) rule needs amounts person by person."""

from __future__ import annotations

import pandas as pd

from assets.release.lines import EVERYTHING
from schemas.estimates import UNKNOWN


def largest_share(amounts: pd.Series, largest_n: int) -> float:
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
    total = float(amounts.sum())
    return float(amounts.nlargest(largest_n).sum()) / total if total > 0 else 1.0


def concentration(contributions: pd.DataFrame, largest_n: int) -> pd.DataFrame:
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
        ``top_share``, ``amounts_n`` (people with an amount above 0).
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
        (str(period), str(level), largest_share(amounts, largest_n), len(amounts))
        for view in views
        for period, within in view.groupby("period")
        for level, part in within.groupby("level")
        for amounts in [part.groupby("person_code")["hours"].sum()]
    ]
    return pd.DataFrame(measured, columns=["period", "level", "top_share", "amounts_n"])
