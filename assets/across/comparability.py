"""May these numbers be pooled? Same instrument, rule, window, definition; else what differs.

Judged from what releases say of themselves (``kit`` of the manifest): two definitions are the same
where their versions are. What a release does not tell counts as different.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from assets.across.foreign import Kit, Manifest, Round
from assets.across.releases import Release, Row
from schemas.comparison import Pooled, comparison

#: Aspects of a number that cannot be had from a release made before it told them.
UNKNOWN = "unknown"
#: Those that are compared by size, not by being equal.
WINDOW = "window"


@dataclass(frozen=True)
class Number:
    """One programme's released number about one thing, and what decides whether it compares."""

    release: Release
    cell: Row
    aspects: Mapping[str, Any]

    @property
    def programme(self) -> str:
        """The programme's code."""
        return self.release.programme


@dataclass(frozen=True)
class Verdict:
    """Which numbers agree, and how each of the others differs from them.

    Attributes
    ----------
    agree
        The largest set that agrees in everything; the first by name where two are as large.
    differ
        The others, each with the aspects that differ (``comparison.yml``).
    """

    agree: tuple[Number, ...]
    differ: tuple[tuple[Number, tuple[str, ...]], ...]


def number(release: Release, cell: Row, declared: Pooled) -> Number:
    """Return a released cell with everything that must agree.

    Parameters
    ----------
    cell
        A row of a released table (``RELEASED_COLUMNS``).
    declared
        How its indicator is compared.
    """
    about = release.manifest
    kit = about.kit or Kit()
    versions, evaluation = kit.versions, kit.programme.evaluation or {}
    subject = cell["subject_code"]
    aspects: dict[str, Any] = {
        "data": about.synthetic,
        "definition": versions.indicator.get(cell["indicator_code"]),
        "method": cell["method_code"],
        "design": cell["design"],
        "population": cell["population_code"],
        "unit": (cell["unit"], cell["n_unit"]),
    }
    if subject:
        whole = _whole_scale(about, subject)
        aspects["instrument"] = versions.instrument.get(whole)
        aspects["scoring"] = versions.scoring.get(whole)
    if declared.window == "change":
        aspects[WINDOW] = _days_between(about)
    aspects |= {name: _told(evaluation, name) for name in declared.also}
    return Number(release, cell, aspects)


def judge(numbers: Sequence[Number]) -> Verdict:
    """Return which numbers agree with one another, and what keeps the others apart.

    Each is tried as the measure; the one with which most agree is taken. Numbers made of the same
    data would count people twice: the first by name stays.
    """
    ordered = sorted(numbers, key=lambda each: each.programme)
    if not ordered:
        return Verdict((), ())
    groups = [[each for each in ordered if not apart(one, each)] for one in ordered]
    best = max(range(len(ordered)), key=lambda at: (len(groups[at]), -at))
    measure = ordered[best]
    agree: list[Number] = []
    differ: list[tuple[Number, tuple[str, ...]]] = []
    seen: set[str] = set()
    for each in ordered:
        why = apart(measure, each)
        data = str(each.cell["data_version"])
        if not why and data in seen:
            why = ("same_data",)
        if why:
            differ.append((each, why))
        else:
            agree.append(each)
            seen.add(data)
    return Verdict(tuple(agree), tuple(differ))


def apart(measure: Number, other: Number) -> tuple[str, ...]:
    """Return the aspects in which a number differs from the measure, in the order they are declared.

    The measure has the shortest window of its set, so that no two in it lie further apart than the
    tolerance allows.
    """
    differing = {
        name for name in {*measure.aspects, *other.aspects} if not _agrees(name, measure, other)
    }
    blind = any(value is None for each in (measure, other) for value in each.aspects.values())
    if blind:
        differing.add(UNKNOWN)
    return tuple(name for name in comparison().aspects if name in differing)


def _agrees(name: str, measure: Number, other: Number) -> bool:
    first, second = measure.aspects.get(name), other.aspects.get(name)
    if first is None or second is None:
        return measure is other  # what is not told is not the same; ``UNKNOWN`` says so too
    if name == WINDOW:
        return first <= second <= first * (1 + comparison().window_tolerance)
    return bool(first == second)


def _told(evaluation: Mapping[str, Any], name: str) -> str | None:
    import json

    return json.dumps(evaluation[name], sort_keys=True) if name in evaluation else None


def _whole_scale(about: Manifest, subject: str) -> str:
    """Return the scale that a subject is, or is a part of."""
    scales = about.labels.scales
    return next((code for code, each in scales.items() if subject in each.parts), subject)


def _days_between(about: Manifest) -> float | None:
    """Return the days from the middle of the first round to the middle of the second."""
    change, waves = about.change, about.labels.waves or {}
    if change is None or not {change.start, change.end} <= set(waves):
        return None
    return _middle(waves[change.end]) - _middle(waves[change.start])


def _middle(wave: Round) -> float:
    first, last = (date.fromisoformat(each).toordinal() for each in (wave.start, wave.end))
    return (first + last) / 2
