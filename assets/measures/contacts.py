"""How often services were used: contacts by service and month, on a complete grid of months.

Inside a service's window a month without a row is a true zero; outside it the month is absent.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Any

from assets.estimates import Group, count, estimate_row
from assets.measures.groups import ALL, level_of
from schemas.estimates import TOTAL

if TYPE_CHECKING:
    import pandas as pd

#: First and last day a service was open; ``None`` where not declared.
Window = tuple[date | None, date | None]
GRID = ["service_code", "month", "contacts_n", "persons_n", "contributors_n"]


def contributors(contacts: pd.DataFrame) -> int:
    """Count who stands behind contacts: distinct persons, else households, else records.

    A monthly total stands for as many people as it has contacts: it cannot be known better.
    """
    aggregate = contacts["is_aggregate"].astype(bool)
    single = contacts[~aggregate]
    person, household = single["person_code"], single["household_code"]
    alone = int((person.isna() & household.isna()).sum())
    return (
        int(person.nunique())
        + int(household[person.isna()].nunique())
        + alone
        + int(contacts.loc[aggregate, "contact_n"].sum())
    )


def monthly_contacts(
    contacts: pd.DataFrame, windows: Mapping[str, Window] | None = None
) -> pd.DataFrame:
    """Count contacts and people by service and month.

    Parameters
    ----------
    contacts
        ``core_contacts``: ``service_code``, ``month``, ``contact_n``, ``is_aggregate``,
        ``person_code``, ``household_code``.
    windows
        Declared opening of each service. The grid runs from the declared opening (else the first
        month with a row) to the last month with a row of that service, not beyond the declared
        closing: later months may simply not have been delivered, and that is not zero. Contacts
        dated outside the declared window are kept in their month, without zeros around them.

    Returns
    -------
    DataFrame
        ``service_code``, ``month`` (``YYYY-MM``), ``contacts_n``, ``persons_n`` (distinct person
        codes; null in a month with totals only, where they are unknown), ``contributors_n`` (see
        :func:`contributors`).
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    labelled = contacts.assign(service_code=level_of(contacts["service_code"]))
    for service, mine in labelled.groupby("service_code", sort=True):
        by_month = {str(month): part for month, part in mine.groupby("month")}
        for month in _months(sorted(by_month), (windows or {}).get(str(service), (None, None))):
            part = by_month.get(month, mine.iloc[:0])
            totals_only = len(part) > 0 and bool(part["person_code"].isna().all())
            rows.append(
                {
                    "service_code": service,
                    "month": month,
                    "contacts_n": int(part["contact_n"].sum()),
                    "persons_n": None if totals_only else int(part["person_code"].nunique()),
                    "contributors_n": contributors(part),
                }
            )
    kinds = {name: "string" if name in GRID[:2] else "Int64" for name in GRID}
    return pd.DataFrame(rows, columns=GRID).astype(kinds)


def _months(observed: list[str], window: Window) -> list[str]:
    """Return the months of the grid: the window up to the last data, and any month with data."""
    import pandas as pd

    opened, closed = window
    first = min(f"{opened:%Y-%m}", observed[-1]) if opened else observed[0]
    last = min(f"{closed:%Y-%m}", observed[-1]) if closed else observed[-1]
    inside = [str(month) for month in pd.period_range(first, max(first, last), freq="M")]
    return sorted({*inside, *observed})


def contact_rows(contacts: pd.DataFrame, grid: pd.DataFrame) -> Iterator[dict[str, Any]]:
    """Turn the monthly grid into estimates: each service and ``_total``, by month and overall."""
    labelled = contacts.assign(service_code=level_of(contacts["service_code"]))
    for month, part in grid.groupby("month", sort=True):
        for service, number, people in zip(
            part["service_code"], part["contacts_n"], part["contributors_n"], strict=True
        ):
            yield _contacts(number, people, str(month), service)
        together = contributors(labelled[labelled["month"] == month])
        yield _contacts(part["contacts_n"].sum(), together, str(month), TOTAL)
    if len(grid):
        for service, part in labelled.groupby("service_code", sort=True):
            yield _contacts(part["contact_n"].sum(), contributors(part), ALL, str(service))
        yield _contacts(labelled["contact_n"].sum(), contributors(labelled), ALL, TOTAL)


def _contacts(contacts_n: Any, contributors_n: Any, period: str, service: str) -> dict[str, Any]:
    return estimate_row(
        "contacts_n",
        count(int(contacts_n), unit="contacts"),
        period=period,
        population_code="contacts",
        n_unit="contacts",
        contributors_n=int(contributors_n),
        group=Group("service_code", service),
    )
