"""Who used which service on which day: the table all questions about fragmentation start from.

The user is the household where one is known, else the person: services such as a solidarity store
are used by one member for all. A code that only one partner knows can never be seen at a second
partner, and a code that may be two people would look like one person at two services: both are
left out of what compares services, and counted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

HOUSEHOLD, PERSON = "household:", "person:"
#: Certainties of a link under which somebody can be followed from one partner to another.
FOLLOWED = ("certain", "probable")
USE_COLUMNS = ("user_code", "service_code", "partner_code", "used_date", "opened_date", "quarter")


def users_of(rows: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """Say who the user of each row is and whether they can be followed across partners.

    Parameters
    ----------
    rows
        ``person_code``, ``household_code``, ``link_certainty``, ``partner_code``. A row without a
        household, or with one that means nothing outside its partner (``partner:code``), takes
        that of its person.
    participants
        ``core_participants``.

    Returns
    -------
    DataFrame
        Index as ``rows``: ``user_code`` (null where nobody is named) and ``is_followed``: the
        person is surely the same elsewhere, or the household's code is everybody's.
    """
    import pandas as pd

    partners = set(rows["partner_code"].dropna())
    person = rows["person_code"].astype("string")
    own = rows["household_code"].astype("string")
    shared = own.where(~_is_local(own, partners))
    home = participants.set_index("person_code")["household_code"]
    household = shared.fillna(person.map(home).astype("string")).fillna(own)
    is_sure = rows["link_certainty"].isin(FOLLOWED)
    is_shared = household.notna() & ~_is_local(household, partners)
    # Two people under one code may live in two households: only what the row itself says holds.
    is_mixed = rows["link_certainty"].eq("ambiguous").fillna(False).astype(bool) & shared.isna()
    return pd.DataFrame(
        {
            "user_code": (HOUSEHOLD + household).fillna(PERSON + person),
            "is_followed": (is_sure | is_shared) & ~is_mixed,
        }
    )


def _is_local(codes: pd.Series, partners: set[str]) -> pd.Series:
    """Say which codes are one partner's own, as ``core_links`` writes them: ``partner:code``."""
    return codes.str.extract(r"\A([^:]+):", expand=False).isin(partners)


def service_uses(contacts: pd.DataFrame, participants: pd.DataFrame) -> pd.DataFrame:
    """Return one row per user, service and day; several contacts on one day are one use.

    Parameters
    ----------
    contacts
        ``core_contacts``. Monthly totals, rows that name nobody and users who cannot be followed
        are left out (``left_out_n`` counts the latter).

    Returns
    -------
    DataFrame
        ``USE_COLUMNS``, sorted by user, day and service; ``opened_date`` is the earliest that the
        day's rows state.
    """
    single = contacts[~contacts["is_aggregate"].astype(bool)]
    rows = single.join(users_of(single, participants))
    rows = rows[rows["is_followed"] & rows["contact_date"].notna() & rows["service_code"].notna()]
    rows = rows.dropna(subset=["user_code"]).rename(columns={"contact_date": "used_date"})
    keys = ["user_code", "used_date", "service_code"]
    table = rows.groupby(keys, as_index=False).agg(
        partner_code=("partner_code", "min"), opened_date=("opened_date", "min")
    )
    days = table["used_date"].dt
    table["quarter"] = days.year.astype("string") + "Q" + days.quarter.astype("string")
    kinds = dict.fromkeys(("used_date", "opened_date"), "datetime64[us]")
    texts = dict.fromkeys(("user_code", "service_code", "partner_code", "quarter"), "string")
    return table[list(USE_COLUMNS)].astype({**texts, **kinds}).sort_values(keys, ignore_index=True)


def partner_uses(
    contacts: pd.DataFrame, attendance: pd.DataFrame, participants: pd.DataFrame
) -> pd.DataFrame:
    """Return each user and each partner they met, at a service or at a workshop, once.

    Parameters
    ----------
    contacts
        ``core_contacts``.
    attendance
        ``core_attendance`` with ``partner_code``; only those present met anybody.
    """
    import pandas as pd

    columns = ["person_code", "household_code", "link_certainty", "partner_code"]
    present = attendance[attendance["is_present"].fillna(False).astype(bool)]
    met = pd.concat(
        [
            contacts.loc[~contacts["is_aggregate"].astype(bool), columns],
            present.reindex(columns=columns),
        ],
        ignore_index=True,
    )
    met = met.astype("string").drop_duplicates(ignore_index=True)
    found = met.join(users_of(met, participants))
    found = found[found["is_followed"]].dropna(subset=["user_code", "partner_code"])
    pairs = found[["user_code", "partner_code"]].drop_duplicates()
    return pairs.sort_values(["user_code", "partner_code"], ignore_index=True)


def left_out_n(contacts: pd.DataFrame, participants: pd.DataFrame) -> int:
    """Count users of services whom nobody can follow from one partner to another."""
    single = contacts[~contacts["is_aggregate"].astype(bool)]
    who = users_of(single, participants)
    followed = set(who.loc[who["is_followed"], "user_code"].dropna())
    return len(set(who["user_code"].dropna()) - followed)
