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
    Sized,
    asked_cells,
    at_event,
    effect,
)

#: A lead counts as none only where its interval stays within so many standard deviations of the
#: first scores: half of one is the least that people notice (Norman et al. 2003, Medical Care
#: 41:582-592). That nothing was found in few people is no sign that trends were alike (Roth 2022,
#: doi 10.1257/aeri.20210236; Bilinski & Hatfield 2018, arXiv 1805.03273).
NO_LEAD_SD = 0.5


def event_times(data: Panel) -> list[int]:
    """Return the periods since joining that the panel holds, -1 (the base) left out."""
    joined = set(data.first.tolist()) - {NEVER}
    return sorted({t - g for g in joined for t in range(data.scores.shape[1])} - {-1})


def event_study(data: Panel) -> dict[int, Statistic]:
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
        Bonferroni, ``held`` where none has and every lead's interval lies within ``NO_LEAD_SD``
        standard deviations of the first scores (which does not prove it), and ``not_checked``
        where there is no lead, or too few people to tell. ``n_missing``: people of the groups
        compared who lack one of the waves.
    """
    found = {event: _one(data, event) for event in event_times(data)}
    outcome = _judged(data, [result for event, result in found.items() if event < -1])
    return {
        event: replace(result, assumptions={**result.assumptions, "parallel_trends": outcome})
        for event, result in found.items()
    }


def _judged(data: Panel, leads: list[Statistic]) -> str:
    """Say what the leads show: a clear one, none worth the name, or nothing either way."""
    import numpy as np

    tests = [each.p_value for each in leads if each.p_value is not None]
    if not tests:
        return "not_checked"
    if min(tests) * len(tests) < 0.05:
        return "doubtful"
    first = data.scores[:, 0][~np.isnan(data.scores[:, 0])]
    if len(tests) < len(leads) or len(first) < 2:
        return "not_checked"
    margin = NO_LEAD_SD * float(first.std(ddof=1))
    ends = [abs(end) for each in leads for end in (each.ci_low, each.ci_high) if end is not None]
    return "held" if max(ends) < margin else "not_checked"


def parallel_trends(found: dict[int, Statistic]) -> str:
    """Return what the leads say of parallel trends: ``held``, ``doubtful`` or ``not_checked``."""
    outcomes = {
        str(each.assumptions.get("parallel_trends", "not_checked")) for each in found.values()
    }
    for outcome in ("doubtful", "held"):
        if outcome in outcomes:
            return outcome
    return "not_checked"


def _one(data: Panel, event: int) -> Statistic:
    import numpy as np

    def average(cells: Cells, people: Sized) -> float | None:
        return at_event(cells, people, event)

    found = effect(
        data,
        DYNAMIC if event >= 0 else PLACEBO,
        average,
        base="universal",
        events=(event,),
    )
    groups = [g for g, t, _ in asked_cells(data, "universal") if t - g == event]
    compared_n = int(np.isin(data.first, [*groups, NEVER]).sum())
    return replace(found, n_missing=compared_n - found.n)
