"""How long until somebody stops coming? Presences turned into times."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd


def attendance_spells(
    attendance: pd.DataFrame, data_date: pd.Timestamp, dropout_weeks: int
) -> pd.DataFrame:
    """Turn presences into time from the first to the last one before somebody stopped.

    Stopping: the first presence with none other in the ``dropout_weeks`` that follow; coming back
    later does not undo it. Whether somebody has stopped is known only once that many
    weeks have gone by: everybody is therefore observed until the *cut*, ``dropout_weeks`` before
    ``data_date``. Who has a presence after the cut and no such stretch before it is censored there;
    who came for the first time after the cut cannot be judged yet.

    Parameters
    ----------
    attendance
        Presences: ``person_code``, ``session_date``; any order, any number a day.
    data_date
        Last day the registers can know of.
    dropout_weeks
        Weeks without a presence after which somebody counts as having stopped.

    Returns
    -------
    DataFrame
        Index ``person_code``, sorted: ``first_date``, ``days`` (0 for who came once; missing for
        who cannot be judged yet), ``ended`` (stopped).
    """
    import pandas as pd

    gap = pd.Timedelta(weeks=dropout_weeks)
    cut = data_date - gap
    days = attendance[["person_code", "session_date"]].dropna().drop_duplicates()
    days = days[days["session_date"] <= data_date].sort_values(["person_code", "session_date"])
    following = days.groupby("person_code")["session_date"].shift(-1)
    wait = following.fillna(data_date) - days["session_date"]
    # A last presence is an end only if the whole stretch after it has been seen.
    days = days.assign(is_end=(wait > gap) | (following.isna() & (wait >= gap)))
    first = days.groupby("person_code")["session_date"].min()
    end = days[days["is_end"]].groupby("person_code")["session_date"].min().reindex(first.index)
    ended = end.notna() & (end <= cut)
    last = end.where(ended, cut)
    length = (last - first).dt.days.astype("float64")
    return pd.DataFrame(
        {"first_date": first, "days": length.where(length >= 0), "ended": ended}
    ).sort_index()
