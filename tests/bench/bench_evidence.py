"""Do the intervals cover the truth, and does nothing come of nothing? Many synthetic programmes.

Run by ``make bench``: programmes with the demo's planted effects and programmes with none. The
truth of a change is the mean of large programmes, 36,000 people in all: answers have ends and whole steps,
so it is not quite what was planted. Coverage should lie between 92 and 98 in a hundred, and a
finding where there is nothing should come up about five times in a hundred.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import pandas as pd

from assets.impact.asked.change import change_rows
from assets.impact.asked.compared import asked_of, compared_rows
from assets.impact.asked.contributors import people_behind
from assets.impact.asked.series import step_rows
from assets.impact.change import match_waves
from schemas.indicators import threshold
from tests.bench import synthetic

PROGRAMMES = 200
#: Estimates looked at: about everybody, with an interval and a value that means nothing.
NOTHING = {"score_change": 0.0, "did_effect": 0.0, "contacts_step": 1.0}


@dataclass(frozen=True)
class Finding:
    """One estimate of one programme."""

    name: str
    low: float
    high: float

    def holds(self, value: float) -> bool:
        """Say whether the interval holds a value."""
        return self.low <= value <= self.high


def rows(made: synthetic.Synthetic) -> Iterator[dict[str, Any]]:
    """Ask a programme what the demo is asked."""
    asked = synthetic.programme().evaluation
    if asked.change:
        yield from change_rows(made.scores, made.participants, asked.change.start, asked.change.end)
    compared = asked_of(synthetic.programme())
    if compared:
        yield from compared_rows(made.scores, made.participants, asked.scales, compared)
    if len(made.monthly):
        least = int(threshold("residual_df"))
        behind = people_behind(made.contacts)
        yield from step_rows(made.monthly, made.contacts, behind, asked.steps, asked.shocks, least)


def findings(seed: int, has_effect: bool) -> list[Finding]:
    """Return the estimates of one programme that are looked at."""
    made = synthetic.make(seed, synthetic.profile(has_effect=has_effect))
    frame = pd.DataFrame(list(rows(made)))
    is_asked = frame["by_1"].eq("") | frame["indicator_code"].eq("did_effect")
    chosen = frame[frame["indicator_code"].isin(NOTHING) & is_asked]
    chosen = chosen.dropna(subset=["ci_low", "ci_high"])
    return [Finding(row.estimate_id, row.ci_low, row.ci_high) for row in chosen.itertuples()]


def large_changes(seed: int, has_effect: bool) -> dict[str, float]:
    """Return the mean changes of one large programme."""
    how = synthetic.profile(has_effect=has_effect, persons=synthetic.LARGE)
    large = synthetic.make(seed, how, with_contacts=False)
    role = large.participants.set_index("person_code")["area_role"]
    asked = synthetic.programme().evaluation.change
    assert asked is not None
    found = {}
    for scale, mine in large.scores.groupby("scale_code"):
        pairs = match_waves(mine, asked.start, asked.end).pairs
        change = pairs["post"] - pairs["pre"]
        found[f"score_change/{scale}/all"] = float(change.mean())
        by_role = change.groupby(role.reindex(change.index)).mean()
        for treated in ("pilot", "extension"):
            lead = float(by_role[treated] - by_role["comparison"])
            found[f"did_effect/{scale}/all/area_role={treated}"] = lead
    return found


def truths(pool: Executor, has_effect: bool) -> dict[str, float]:
    """Return what the estimates should be: steps as planted, changes from large programmes."""
    seeds = range(1, 1 + synthetic.LARGE_N)
    made = pool.map(large_changes, seeds, [has_effect] * len(seeds))
    found = pd.DataFrame(made).mean().to_dict()
    how = synthetic.profile(has_effect=has_effect)
    for step in synthetic.programme().evaluation.steps:
        service = how.services[step.service]
        found[f"contacts_step/{step.service}/all"] = service.step.ratio if service.step else 1.0
    return found


def table(found: list[list[Finding]], truth: dict[str, float]) -> pd.DataFrame:
    """Return coverage of the truth and share of findings that exclude nothing, by estimate."""
    told = [
        {
            "estimate": each.name,
            "covers": each.holds(truth[each.name]),
            "finds": not each.holds(NOTHING[each.name.split("/")[0]]),
        }
        for programme in found
        for each in programme
    ]
    grouped = pd.DataFrame(told).groupby("estimate")
    return grouped.agg(n=("covers", "size"), covers=("covers", "mean"), finds=("finds", "mean"))


def main() -> None:
    """Print coverage and findings for both kinds of programme."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--programmes", type=int, default=PROGRAMMES)
    number = parser.parse_args().programmes
    with ProcessPoolExecutor(max_workers=os.cpu_count()) as pool:
        for has_effect, title in ((True, "planted effects"), (False, "no effect")):
            seeds = range(1000, 1000 + number)
            found = list(pool.map(findings, seeds, [has_effect] * number, chunksize=5))
            told = table(found, truths(pool, has_effect))
            told.columns = ["programmes", "interval holds the truth", "interval excludes nothing"]
            print(f"\n{number} programmes, {title}\n{told.to_string(float_format='{:.3f}'.format)}")


if __name__ == "__main__":
    main()
