"""Were the groups moving apart before, and how does the effect grow? Event study and placebo."""

from __future__ import annotations

from dataclasses import replace

from assets.estimates import Statistic
from assets.impact.staggered import (
    DYNAMIC,
    NEVER,
    PLACEBO,
    Cells,
    Panel,
    at_event,
    effect,
)


def event_times(data: Panel) -> list[int]:
    """Return the periods since joining that the panel holds, -1 (the base) left out."""
    joined = set(data.first.tolist()) - {NEVER}
    return sorted({t - g for g in joined for t in range(data.scores.shape[1])} - {-1})


def event_study(data: Panel, *, n_missing: int = 0) -> dict[int, Statistic]:
    """Estimate the effect by periods since joining, the last period before joining as the base.

    Formula: group-time effects against the never treated with the universal base g - 1, averaged
    over groups by size (Callaway & Sant'Anna 2021, eq. 3.4). With one joining date and complete
    people it equals the two-way event-study regression, without its faults where dates differ
    (Sun & Abraham 2021).

    Returns
    -------
    dict
        Periods since joining -> result. Negative ones are placebos: a programme cannot act before
        it begins, so a clear lead says that the groups were not comparable, or knew beforehand.
        In all of them ``parallel_trends`` is ``doubtful`` where some lead has p < 0.05 after
        Bonferroni, ``held`` where leads exist and none has (which does not prove it), and
        ``not_checked`` where there is no lead with a p-value.
    """
    found = {event: _one(data, event, n_missing) for event in event_times(data)}
    tests = [r.p_value for event, r in found.items() if event < -1 and r.p_value is not None]
    outcome = (
        "not_checked" if not tests else "doubtful" if min(tests) * len(tests) < 0.05 else "held"
    )
    return {
        event: replace(result, assumptions={**result.assumptions, "parallel_trends": outcome})
        for event, result in found.items()
    }


def parallel_trends(found: dict[int, Statistic]) -> str:
    """Return what the leads say of parallel trends: ``held``, ``doubtful`` or ``not_checked``."""
    outcomes = {
        str(each.assumptions.get("parallel_trends", "not_checked")) for each in found.values()
    }
    for outcome in ("doubtful", "held"):
        if outcome in outcomes:
            return outcome
    return "not_checked"


def _one(data: Panel, event: int, n_missing: int) -> Statistic:
    def average(cells: Cells, people: Panel) -> float | None:
        return at_event(cells, people, event)

    return effect(
        data,
        DYNAMIC if event >= 0 else PLACEBO,
        average,
        base="universal",
        events=(event,),
        n_missing=n_missing,
    )
