"""What happened: attendance, sessions, activities, survey responses, contacts with services."""

from __future__ import annotations

import pandas as pd

from schemas.words import Words

_TEXT = pd.StringDtype(na_value=pd.NA)


def quarter(days: pd.Series) -> pd.Series:
    """Return the calendar quarter of each day as ``2022Q1``; null stays null."""
    year, number = days.dt.year.astype("Int64"), days.dt.quarter.astype("Int64")
    return year.astype(_TEXT) + "Q" + number.astype(_TEXT)


def month(days: pd.Series) -> pd.Series:
    """Return the month of each day as ``2022-03``; null stays null."""
    return days.dt.strftime("%Y-%m").astype(_TEXT)


def attendance(accepted: pd.DataFrame) -> pd.DataFrame:
    """Return one row per person and session, with quarter and days between booking and session."""
    rows = accepted.assign(
        quarter=quarter(accepted["session_date"]),
        wait_days=(accepted["session_date"] - accepted["booked_date"]).dt.days.astype("Int64"),
    )
    return _columns(
        rows,
        "record_id person_code link_certainty activity_code session_date quarter is_present hours "
        "booked_date wait_days is_reminded delivery_id row_number",
    )


def sessions(attended: pd.DataFrame) -> pd.DataFrame:
    """Return one row per activity and day.

    Parameters
    ----------
    attended
        ``core_attendance``.

    Returns
    -------
    pandas.DataFrame
        ``registered_n`` and ``present_n`` are distinct people on the register and present: a
        register that names somebody twice does not make two people.
    """
    keys = ["activity_code", "session_date", "quarter"]
    registered = attended.groupby(keys)["person_code"].nunique()
    present = attended.loc[attended["is_present"].fillna(False)]
    found = pd.DataFrame({"registered_n": registered})
    found["present_n"] = present.groupby(keys)["person_code"].nunique().reindex(found.index)
    found = found.fillna(0).astype("Int64").reset_index()
    return found.sort_values(["session_date", "activity_code"], ignore_index=True)


def activities(held: pd.DataFrame, labels: dict[str, Words]) -> pd.DataFrame:
    """Return one row per activity that the programme declares or a register names.

    Parameters
    ----------
    held
        ``core_sessions``.
    labels
        Declared activities, in their order; an open list is empty and the code is its own label.

    Returns
    -------
    pandas.DataFrame
        ``sessions_n`` counts sessions with somebody present; dates are null where there are none.
    """
    taken_place = held.loc[held["present_n"] > 0].groupby("activity_code")["session_date"]
    found = sorted(set(held["activity_code"].dropna()) - set(labels))
    index = pd.Index([*labels, *found], dtype=_TEXT, name="activity_code")
    words = [labels.get(code) or Words(it=code, en=code) for code in index]
    table = pd.DataFrame(
        {
            "label_it": pd.Series([each.it for each in words], index=index, dtype=_TEXT),
            "label_en": pd.Series([each.en for each in words], index=index, dtype=_TEXT),
            "first_date": taken_place.min().reindex(index).astype("datetime64[us]"),
            "last_date": taken_place.max().reindex(index).astype("datetime64[us]"),
            "sessions_n": taken_place.count().reindex(index).fillna(0).astype("Int64"),
        }
    )
    return table.reset_index()


def responses(accepted: pd.DataFrame) -> pd.DataFrame:
    """Return one row per person, wave and item; an unanswered item has a null answer."""
    return _columns(
        accepted,
        "person_code link_certainty wave_code response_date form_version instrument_code item_code "
        "answer_code answer_value",
    )


def contacts(accepted: pd.DataFrame) -> pd.DataFrame:
    """Return one row per contact with a service, or per delivered monthly count.

    ``is_aggregate`` marks the counts: nobody is named, and the number came from a column of
    counts (the row then has a cell of its own) or is not the 1 of a single contact.

    Parameters
    ----------
    accepted
        Accepted rows with the participant in ``person_code`` and ``partner_code``, who delivered.
    """
    nobody = accepted["person_code"].isna() & accepted["household_code"].isna()
    counted = accepted["cell_letter"].fillna("").ne("") | accepted["contact_n"].ne(1).fillna(False)
    rows = accepted.assign(
        month=month(accepted["contact_date"]), is_aggregate=(nobody & counted).astype("boolean")
    )
    return _columns(
        rows,
        "record_id person_code link_certainty household_code partner_code service_code contact_date "
        "month contact_n is_aggregate opened_date closed_date status_code category_code points_n "
        "isee_eur arrears_eur",
    )


def _columns(rows: pd.DataFrame, names: str) -> pd.DataFrame:
    return rows[names.split()].reset_index(drop=True)
