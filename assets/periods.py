"""Periods: the folder names under a partner, and what stretch of time each stands for.

What belongs here: names to dates and back. What does not: which period a delivery should be in.
"""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from assets.errors import DeliveryRefused
from schemas.config import nearest
from schemas.programme import Programme

PeriodKind = Literal["month", "quarter", "year", "wave", "all"]

#: Kinds whose name fixes the days that a row may carry; a wave has a rule of its own.
DATED_KINDS: tuple[PeriodKind, ...] = ("month", "quarter", "year")

_QUARTER = re.compile(r"\A([0-9]{4})Q([1-4])\Z")
_MONTH = re.compile(r"\A([0-9]{4})-(0[1-9]|1[0-2])\Z")
_YEAR = re.compile(r"\A(?:19|20)[0-9]{2}\Z")


@dataclass(frozen=True)
class Period:
    """A named stretch of time, both ends included."""

    name: str
    kind: PeriodKind
    start: date
    end: date

    @property
    def year(self) -> int | None:
        """The calendar year it lies in, or ``None`` for waves and 'all'."""
        return self.start.year if self.kind in DATED_KINDS else None


def find_period(name: str, programme: Programme) -> Period | None:
    """Return the period of that name, or ``None`` where the name is none.

    Parameters
    ----------
    name
        ``2022Q1``, ``2022-03``, ``2022``, a wave code of the programme, or ``all``.
    """
    if name == "all":
        return Period(name, "all", programme.start, programme.end)
    if name in programme.waves:
        wave = programme.waves[name]
        return Period(name, "wave", wave.start, wave.end)
    if found := _QUARTER.match(name):
        year, quarter = int(found[1]), int(found[2])
        return Period(name, "quarter", *_months(year, quarter * 3 - 2, quarter * 3))
    if found := _MONTH.match(name):
        return Period(name, "month", *_months(int(found[1]), int(found[2]), int(found[2])))
    if _YEAR.match(name):
        return Period(name, "year", date(int(name), 1, 1), date(int(name), 12, 31))
    return None


def read_period(name: str, programme: Programme) -> Period:
    """Return the period of a folder.

    Raises
    ------
    DeliveryRefused
        ``period.unknown`` with the nearest name, or ``period.outside`` the programme's dates.
    """
    period = find_period(name, programme)
    waves = sorted(programme.waves)
    if period is None:
        near = nearest(name, _known_names(programme)) or "-"
        raise DeliveryRefused(
            "period.unknown", name=name, nearest=near, known=", ".join([*waves, "all"])
        )
    if period.kind in DATED_KINDS and (
        period.end < programme.start or period.start > programme.end
    ):
        known = f"{programme.start.isoformat()} - {programme.end.isoformat()}"
        raise DeliveryRefused("period.outside", name=name, known=known)
    return period


def _months(year: int, first: int, last: int) -> tuple[date, date]:
    return date(year, first, 1), date(year, last, calendar.monthrange(year, last)[1])


def _known_names(programme: Programme) -> list[str]:
    years = range(programme.start.year, programme.end.year + 1)
    months = [f"{year}-{month:02d}" for year in years for month in range(1, 13)]
    return [*programme.waves, *programme.quarters(), *map(str, years), *months, "all"]
