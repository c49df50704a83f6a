"""What records of one code, or of two that may be one person, agree and disagree on."""

from __future__ import annotations

from collections import Counter

import pandas as pd

from schemas.linkage import COMPARED, KINDS, LinkDecision

#: A stated age and a stated year of birth, or two of them, may be this far apart by mistake.
_YEARS_APART = 1
#: A household with more codes of one gender is none, but a code that stands for "not known".
_MOST_ALIKE = 20
#: What two codes must have in common to be asked about, beside a year of birth.
_ALIKE = ["household", "gender_code"]


def disagreements(records: pd.DataFrame) -> pd.DataFrame:
    """Say on what the records of each case disagree.

    Parameters
    ----------
    records
        ``case`` and what ``linkage.records_of`` gives.

    Returns
    -------
    pandas.DataFrame
        Index ``case``, sorted; one boolean column per name in ``COMPARED``. Gender: two of them.
        Year of birth: no year is within one of all that was stated (an age leaves two years
        possible). Household and neighbourhood: two on one day; over time both may change.
    """
    cases = records.groupby("case", sort=True)
    low, high = _years_of_birth(records)
    latest_low = low.groupby(records["case"]).max()
    earliest_high = high.groupby(records["case"]).min()
    found = {
        "gender_code": cases["gender_code"].nunique() > 1,
        "birth_year": (latest_low - earliest_high > _YEARS_APART).fillna(False),
        "household_code": _two_on_one_day(records, "household"),
        "neighbourhood_code": _two_on_one_day(records, "neighbourhood_code"),
    }
    index = cases.size().index
    made = {name: found[name].reindex(index, fill_value=False).astype(bool) for name in COMPARED}
    return pd.DataFrame(made, index=index)


def _years_of_birth(records: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the first and last year each record leaves possible; null where it says nothing."""
    year = records["record_date"].dt.year.astype("Int64")
    stated = records["birth_year"].astype("Int64")
    by_age = year - records["age_years"].astype("Int64")
    return stated.fillna(by_age - 1), stated.fillna(by_age)


def _two_on_one_day(records: pd.DataFrame, column: str) -> pd.Series:
    said = records[["case", "record_date", column]].dropna().drop_duplicates()
    twice = said.loc[said.duplicated(["case", "record_date"]), "case"].unique()
    return pd.Series(True, index=pd.Index(twice, dtype=object))


def candidates(records: pd.DataFrame, kind: pd.Series) -> list[tuple[str, str]]:
    """Return pairs of codes of different kinds that may stand for one person.

    They are of the same household and gender, may be born in the same year, and are of kinds or partners that cannot
    be compared code by code: a weak and a strong code, or one that only its partner knows. Asked,
    never joined: twins and cousins look the same.

    Parameters
    ----------
    records
        As ``linkage.records_of`` returns them.
    kind
        Code -> its kind.

    Returns
    -------
    list of tuple
        The weaker code first, sorted.
    """
    space = kind.where(kind != "local", pd.Series(kind.index, kind.index).str.split(":").str[0])
    if space.nunique() < 2:
        return []
    told = _profiles(records)
    alike_n = told.groupby(_ALIKE)["node"].transform("size")
    told = told[alike_n.between(2, _MOST_ALIKE)]
    told = told.assign(space=told["node"].map(space), rank=told["node"].map(kind).map(KINDS.index))
    pairs = told.merge(told, on=_ALIKE, suffixes=("", "_2"))  # each at most with _MOST_ALIKE
    is_same_age = (pairs["low"] <= pairs["high_2"]) & (pairs["low_2"] <= pairs["high"])
    is_weaker = (pairs["rank"] > pairs["rank_2"]) | (
        (pairs["rank"] == pairs["rank_2"]) & (pairs["node"] < pairs["node_2"])
    )
    pairs = pairs[is_weaker & is_same_age & (pairs["space"] != pairs["space_2"])]
    return sorted(zip(pairs["node"], pairs["node_2"], strict=True))


def _profiles(records: pd.DataFrame) -> pd.DataFrame:
    """Return one row per code that has one household, one gender and a year of birth.

    ``low`` and ``high`` bound the year as all its records together leave it.
    """
    low, high = _years_of_birth(records)
    nodes = records.assign(low=low, high=high).groupby("node", sort=True)
    found = nodes[_ALIKE].first()
    found["low"], found["high"] = nodes["low"].max(), nodes["high"].min()
    is_one = (nodes[_ALIKE].nunique() == 1).all(axis=1)
    is_known = (found["low"] - found["high"] <= _YEARS_APART).fillna(False)
    found = found[is_one & is_known]
    # A year that is off by one leaves no year at all: then either of the two may be right.
    bounds = found[["low", "high"]]
    found = found.assign(low=bounds.min(axis=1), high=bounds.max(axis=1))
    return found.reset_index()


def several_matches(
    records: pd.DataFrame, kind: pd.Series, decisions: list[LinkDecision]
) -> set[str]:
    """Return the weaker codes that may be more than one surer code of the same kind."""
    decided = {each.codes for each in decisions if each.second}
    kinds = kind.to_dict()
    matches = Counter(
        (weaker, kinds[surer])
        for weaker, surer in candidates(records, kind)
        if kinds[weaker] != kinds[surer] and tuple(sorted((weaker, surer))) not in decided
    )
    return {weaker for (weaker, _), number in matches.items() if number > 1}
