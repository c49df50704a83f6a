"""Hide what the audit says gave a hidden number away: one number a finding, the smallest first."""

from __future__ import annotations

import pandas as pd

from assets.release.findings import Outcome
from assets.release.primary import GROUP, RELEASED, SECONDARY, VALUE


def hide_beside(cells: pd.DataFrame, outcome: Outcome, *, elsewhere: bool) -> pd.DataFrame:
    """Hide one number more for each finding that names the numbers it rests on.

    Parameters
    ----------
    cells
        Judged cells.
    outcome
        The audit's; findings without named numbers are left to ``secondary.hide_another``.

    elsewhere
        Whether numbers of other tables than the finding's may go, too.

    Returns
    -------
    pandas.DataFrame
        Every row of a chosen number is hidden, a count with all that is said of its group. Numbers
        of the finding's own table go before those of others, levels before totals, small before
        large.
    """
    is_free = cells["status"] == RELEASED
    free = cells[is_free & ~cells["is_told"]] if "is_told" in cells else cells[is_free]
    place_of = {name: at for at, name in enumerate(free["estimate_id"])}
    order = list(
        zip(
            free["table_code"],
            [not variable[1] for variable in free["variable"]],
            free["contributors_n"],
            free["estimate_id"],
            free["variable"],
            strict=True,
        )
    )
    chosen: set[object] = set()
    for finding in outcome.findings:
        offered = [order[place_of[name]] for name in finding.beside if name in place_of]
        if not elsewhere:
            offered = [each for each in offered if each[0] == finding.table_code]
        if offered and chosen.isdisjoint(each[-1] for each in offered):
            best = min(offered, key=lambda each: (each[0] != finding.table_code, *each[1:4]))
            chosen.add(best[-1])
    newly = cells["variable"].isin(chosen) & (cells["status"] == RELEASED)
    scope = cells["statistic"].map(lambda statistic: GROUP if statistic == "count" else VALUE)
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY), scope=cells["scope"].mask(newly, scope)
    )
