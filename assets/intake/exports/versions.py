"""Which declared version of the form each response is of."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

import pandas as pd

from schemas.forms import Version, version_of


def version_of_rows(
    versions: Sequence[Version], rows: pd.DataFrame, patterns: Sequence[str], day: date | None
) -> list[Version | None]:
    """Return the version of each response, ``None`` for the one the source describes.

    Parameters
    ----------
    rows
        With ``form_version`` and ``response_date`` as text, where there are any.
    patterns
        How the source spells dates.
    day
        A day of the delivery, for responses without a date.
    """
    if not versions:
        return [None] * len(rows)
    texts = _column(rows, "form_version")
    dates = _column(rows, "response_date")
    known: dict[tuple[str, str], Version | None] = {}
    for pair in dict.fromkeys(zip(texts, dates, strict=True)):
        known[pair] = version_of(versions, pair[0], _day(pair[1], patterns) or day)
    return [known[pair] for pair in zip(texts, dates, strict=True)]


def _column(rows: pd.DataFrame, name: str) -> list[str]:
    if name not in rows:
        return [""] * len(rows)
    return [str(each) for each in rows[name].astype("object").where(rows[name].notna(), "")]


def _day(text: str, patterns: Sequence[str]) -> date | None:
    """Return the day of a date as the source spells it; a time after it does not matter."""
    words = text.strip().replace("T", " ").split(" ")
    for pattern in patterns:
        for shown in (text.strip(), words[0]):
            try:
                return datetime.strptime(shown, pattern).date()
            except ValueError:
                continue
    return None
