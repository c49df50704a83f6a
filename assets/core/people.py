"""Who is who: one person and one household out of the records of all sources.

A person's characteristics are those of their first record in delivery order, so that a later
correction of the order of files, not of the wall clock, decides; later records only fill what is
still unknown. Where they disagree the number of disagreements is kept, never resolved silently.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from schemas.fields import AGE_BANDS

#: What records may disagree on. Age is left out: it grows.
CHARACTERISTICS = (
    "household_code",
    "gender_code",
    "tenure_code",
    "citizenship_code",
    "neighbourhood_code",
)

#: The day of a record in each dataset.
DATES = {
    "attendance": "session_date",
    "survey": "response_date",
    "service_access": "contact_date",
}

_RECORD_COLUMNS = [
    "person_code",
    *CHARACTERISTICS,
    "birth_year",
    "age_years",
    "age_band",
    "record_date",
    "delivery_id",
]


def person_records(accepted: dict[str, pd.DataFrame], deliveries: pd.DataFrame) -> pd.DataFrame:
    """Stack what all datasets say about people, in delivery order.

    Parameters
    ----------
    accepted
        Dataset name -> its accepted rows; within a delivery they stand in row order.
    deliveries
        ``intake_deliveries``; its row order is the delivery order.

    Returns
    -------
    pandas.DataFrame
        One row per accepted row, with the person's characteristics and ``record_date``.
    """
    parts = [
        rows.assign(record_date=rows[DATES[name]])[_RECORD_COLUMNS]
        for name, rows in accepted.items()
    ]
    rank = pd.Series(range(len(deliveries)), index=deliveries["delivery_id"])
    stacked = pd.concat(parts, ignore_index=True)
    order = stacked["delivery_id"].map(rank)
    return stacked.loc[order.sort_values(kind="stable").index].reset_index(drop=True)


def participants(records: pd.DataFrame, area_roles: Mapping[str, str]) -> pd.DataFrame:
    """Reduce records to one row per person.

    Parameters
    ----------
    records
        ``_core_linked``: as ``person_records`` returns them, ``person_code`` being the participant.
    area_roles
        Neighbourhood code -> its role in the evaluation (pilot, comparison, ...).

    Returns
    -------
    pandas.DataFrame
        One row per person: characteristics (null where no record states them), ``age_years`` at
        the first record that tells it, ``age_band`` that age's, else the first band stated,
        ``first_date`` (earliest day of any record), and
        ``conflicts_n``, the number of characteristics on which the person's records disagree, and
        ``link_certainty``, how sure it is that they are one person (``core_links``).
    """
    known = records.loc[records["person_code"].notna()]
    known = known.assign(age_years=_age_at_record(known))
    grouped = known.groupby("person_code", sort=True)
    people = grouped[[*CHARACTERISTICS, "age_years", "age_band"]].first()  # first that is not null
    people["link_certainty"] = grouped["link_certainty"].first()
    # Files coded at the source give a band and no age; where an age is known it decides.
    people["age_band"] = age_band(people["age_years"]).fillna(people["age_band"])
    roles = people["neighbourhood_code"].map(area_roles)
    people["area_role"] = roles.astype(pd.StringDtype(na_value=pd.NA))
    people["first_date"] = grouped["record_date"].min()
    distinct = grouped[list(CHARACTERISTICS)].nunique()
    people["conflicts_n"] = (distinct > 1).sum(axis=1).astype("Int64")
    return people.reset_index()[
        [
            "person_code",
            "household_code",
            "gender_code",
            "age_years",
            "age_band",
            "tenure_code",
            "citizenship_code",
            "neighbourhood_code",
            "area_role",
            "first_date",
            "conflicts_n",
            "link_certainty",
        ]
    ]


def _age_at_record(records: pd.DataFrame) -> pd.Series:
    """Return the stated age, else the difference of years; impossible ages are unknown."""
    computed = records["record_date"].dt.year.astype("Int64") - records["birth_year"]
    age = records["age_years"].fillna(computed)
    bounds = [bound for band in AGE_BANDS.values() for bound in band]
    return age.where(age.between(min(bounds), max(bounds))).astype("Int64")


def age_band(age_years: pd.Series) -> pd.Series:
    """Return the age band of each age (``AGE_BANDS``, bounds inclusive); null stays null."""
    bands = pd.Series(pd.NA, index=age_years.index, dtype=pd.StringDtype(na_value=pd.NA))
    for name, (low, high) in AGE_BANDS.items():
        bands[age_years.between(low, high).fillna(False)] = name
    return bands


def households(records: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """Return one row per household named in any record.

    Returns
    -------
    pandas.DataFrame
        ``household_code``, ``persons_n`` (participants whose household it is; 0 where a service
        knows the household only), ``first_date``.
    """
    named = records.loc[records["household_code"].notna()]
    first = named.groupby("household_code", sort=True)["record_date"].min()
    members = people.groupby("household_code")["person_code"].count()
    found = pd.DataFrame({"first_date": first})
    found["persons_n"] = members.reindex(found.index).fillna(0).astype("Int64")
    return found.reset_index()[["household_code", "persons_n", "first_date"]]
