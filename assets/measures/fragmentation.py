"""How scattered is one user's contact with services? Continuity and concentration indices.

Four published indices on N uses, n_j of them at service j: the higher, the less scattered.

- UPC, usual provider of care: max n_j / N (Breslau & Reeb 1975).
- COC, continuity of care: (sum n_j^2 - N) / (N (N - 1)) (Bice & Boxerman 1977).
- SECON, sequential continuity: share of the N - 1 consecutive pairs at one service (Steinwachs 1979).
- Herfindahl (concentration): sum (n_j / N)^2 (Hirschman 1945, Herfindahl 1950).

Traps: they say how contacts are spread, not whether the spread is bad (four needs may need four
services); with few contacts they move a lot, so averages ask for a minimum number; services that do
not deliver are not seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

ALL = "all"
INDICES = ("coc", "upc", "secon", "herfindahl")
REFERENCES = {
    "coc": "Bice & Boxerman 1977, Medical Care 15:347-349",
    "upc": "Breslau & Reeb 1975, Medical Care 13:331-337",
    "secon": "Steinwachs 1979, Medical Care 17:551-565",
    "herfindahl": "Herfindahl 1950; Hirschman 1964, American Economic Review 54:761",
}
CONTINUITY_COLUMNS = ("user_code", "period", "uses_n", "services_n", *INDICES)


def continuity(uses: pd.DataFrame) -> pd.DataFrame:
    """Compute the four indices for each user.

    Parameters
    ----------
    uses
        ``user_code``, ``service_code``, ``used_date``. A service counts once a day.

    Returns
    -------
    DataFrame
        Index ``user_code``, sorted: ``uses_n`` (N), ``services_n`` and the indices, 0 to 1; with one
        use only, COC and SECON are null (nothing follows nothing).

    Notes
    -----
    The order within a day is not recorded: for SECON a day with k services is taken in every order
    with equal chance. Its k - 1 steps are changes, and the step to the next day, which holds m
    services, stays at one service with chance (services in common) / (k m). With one service a day
    this is Steinwachs' formula.
    """
    import pandas as pd

    keys = ["user_code", "used_date", "service_code"]
    once = uses[keys].drop_duplicates()
    shares = once.groupby(["user_code", "service_code"]).size().rename("n").reset_index()
    by_user = shares.assign(square=shares["n"] ** 2).groupby("user_code", sort=True)
    table = pd.DataFrame(
        {
            "uses_n": by_user["n"].sum(),
            "services_n": by_user["n"].size(),
            "largest": by_user["n"].max(),
            "squares": by_user["square"].sum(),
        }
    ).astype("float64")
    n = table["uses_n"]
    steps = (n - 1).where(n > 1)
    table["coc"] = (table["squares"] - n) / (n * steps)
    table["upc"] = table["largest"] / n
    table["secon"] = _stayed(once).reindex(table.index).fillna(0.0) / steps
    table["herfindahl"] = table["squares"] / n**2
    counts = dict.fromkeys(("uses_n", "services_n"), "Int64")
    return table[["uses_n", "services_n", *INDICES]].astype(counts)


def _stayed(once: pd.DataFrame) -> pd.Series:
    """Return each user's expected number of steps from a day to the next at one service."""
    keys = ["user_code", "used_date"]
    days = once.groupby(keys).size().rename("k").reset_index()
    days["next_date"] = days.groupby("user_code")["used_date"].shift(-1)
    days["next_k"] = days.groupby("user_code")["k"].shift(-1)
    rows = once.merge(days, on=keys)
    following = once.rename(columns={"used_date": "next_date"})
    same = rows.merge(following, on=["user_code", "next_date", "service_code"])
    return (1 / (same["k"] * same["next_k"])).astype("float64").groupby(same["user_code"]).sum()


def continuity_table(uses: pd.DataFrame, quarters: list[str]) -> pd.DataFrame:
    """Compute the indices of each user over the whole time and in each quarter with a use.

    Returns
    -------
    DataFrame
        ``CONTINUITY_COLUMNS``, sorted by period and user; ``period`` is a quarter or ``all``.
    """
    import pandas as pd

    parts = [(quarter, uses[uses["quarter"] == quarter]) for quarter in quarters]
    found = [
        continuity(part).reset_index().assign(period=period)
        for period, part in (*parts, (ALL, uses))
        if len(part)
    ]
    kinds = {
        name: "Int64" if name.endswith("_n") else "float64" if name in INDICES else "string"
        for name in CONTINUITY_COLUMNS
    }
    if not found:
        return pd.DataFrame(columns=list(CONTINUITY_COLUMNS)).astype(kinds)
    table = pd.concat(found, ignore_index=True)[list(CONTINUITY_COLUMNS)].astype(kinds)
    return table.sort_values(["period", "user_code"], ignore_index=True)
