"""How much did each respondent take part between two questionnaires?"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd

DOSE_COLUMNS = ("person_code", "sessions_n", "hours", "hours_missing_n")


def dose_table(
    attendance: pd.DataFrame, responses: pd.DataFrame, pre_wave: str, post_wave: str
) -> pd.DataFrame:
    """Count what each person took part in after their first and up to their second questionnaire.

    Parameters
    ----------
    attendance
        ``core_attendance``.
    responses
        ``core_responses``; a person's day of answering is the latest of the wave.

    Returns
    -------
    DataFrame
        One row a person with a dated answer in both waves: ``sessions_n`` (distinct activity and
        day present; nobody on any register is 0), ``hours`` (recorded ones; null where all of the
        sessions lack them, 0 with no session), ``hours_missing_n``.
    """
    import pandas as pd

    dated = responses.dropna(subset=["response_date"])
    days = dated.groupby(["person_code", "wave_code"])["response_date"].max().unstack("wave_code")
    days = days.reindex(columns=[pre_wave, post_wave]).dropna().astype("datetime64[us]")
    days.columns = pd.Index(["start", "end"])
    present = attendance[attendance["is_present"].fillna(False).astype(bool)]
    between = present.merge(days.reset_index(), on="person_code")
    taken = between[
        (between["session_date"] > between["start"]) & (between["session_date"] <= between["end"])
    ]
    keys = ["person_code", "activity_code", "session_date"]
    once = taken.groupby(keys, as_index=False)["hours"].max()
    by_person = once.groupby("person_code")
    table = pd.DataFrame(index=days.index.rename("person_code").sort_values())
    table["sessions_n"] = by_person.size().reindex(table.index).fillna(0)
    recorded = by_person["hours"].count().reindex(table.index).fillna(0)
    table["hours_missing_n"] = table["sessions_n"] - recorded
    hours = by_person["hours"].sum().reindex(table.index).fillna(0.0)
    table["hours"] = hours.where((recorded > 0) | (table["sessions_n"] == 0))
    kinds = {"sessions_n": "Int64", "hours": "float64", "hours_missing_n": "Int64"}
    return table.reset_index()[list(DOSE_COLUMNS)].astype({"person_code": "string", **kinds})
