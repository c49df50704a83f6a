"""Disclosure control from candidates to released cells: judge, protect, audit, until it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from assets.release.audit import Outcome, audit
from assets.release.beside import hide_beside
from assets.release.candidates import is_sensitive, rows
from assets.release.newcomers import hold_back
from assets.release.optimal_cells import chosen
from assets.release.primary import GROUP, PRIMARY, RELEASED, SECONDARY, TRUE_ZERO, prepared, primary
from assets.release.secondary import hide_another, secondary
from assets.release.thresholds import Thresholds
from schemas.released import RELEASED_COLUMNS, ReleasedTable

_NUMBERS = ("value", "se", "ci_low", "ci_high", "p_value", "n", "n_missing")
_SHOWN = (RELEASED, TRUE_ZERO)


@dataclass(frozen=True)
class Rules:
    """What decides a release besides the numbers themselves."""

    tables: dict[str, ReleasedTable]
    limits: Thresholds
    sensitive_services: Collection[str] = ()
    first_wave: str = ""  # from which change is measured


def release(
    candidates: pd.DataFrame,
    rules: Rules,
    *,
    contributions: pd.DataFrame | None = None,
    earlier: Sequence[pd.DataFrame] = (),
) -> pd.DataFrame:
    """Decide for every candidate whether it may leave, and blank what may not.

    Parameters
    ----------
    candidates
        What ``candidates.candidates`` returns.
    contributions
        Hours person by person, for the dominance rule; without them no sum leaves.
    earlier
        Every release that a reader may already have (``archive.earlier``).

    Returns
    -------
    pandas.DataFrame
        ``RELEASED_COLUMNS``: one row a candidate, in a fixed order. Same candidates, same cells.

    Raises
    ------
    ConfigurationError
        When the audit still works out a cell after everything around it is hidden.
    """
    ready = candidates.sort_values(["table_code", "estimate_id"], kind="stable", ignore_index=True)
    cells = primary(
        prepared(
            ready,
            rules.tables,
            rules.limits,
            contributions=contributions,
            sensitive_services=rules.sensitive_services,
            first_wave=rules.first_wave,
        ),
        rules.limits,
    )
    # Complements at the least loss; what comes of it is judged by the audit alone.
    protected = chosen(hold_back(cells, earlier), rules.limits).cells
    return _proved(protected, ready, rules, earlier)


def examine(
    released: pd.DataFrame,
    candidates: pd.DataFrame,
    rules: Rules,
    earlier: Sequence[pd.DataFrame] = (),
) -> Outcome:
    """Audit a release (see ``audit.audit``)."""
    return audit(
        released,
        candidates,
        rules.tables,
        rules.limits,
        sensitive_services=rules.sensitive_services,
        first_wave=rules.first_wave,
        earlier=earlier,
    )


def offences(released: pd.DataFrame, candidates: pd.DataFrame, rules: Rules) -> dict[str, int]:
    """Count what must never happen, from the candidates again and not from how it was decided.

    Returns
    -------
    dict
        ``too_few_people``: cells shown on fewer people than the minimum (a true zero excepted);
        ``not_blank``: cells not shown that hold a number; ``strangers``: released cells that were
        never candidates, or candidates that got lost.
    """
    keys = ["table_code", "estimate_id"]
    both = released.merge(
        candidates[[*keys, "contributors_n"]], on=keys, how="outer", indicator="found_in"
    )
    minimum = [
        rules.limits.minimum(
            is_sensitive=is_sensitive(cell, rules.tables[cell.table_code], rules.sensitive_services)
        )
        for cell in rows(both.fillna({"by_1": "", "by_2": ""}))
    ]
    is_people = both["table_code"].map(lambda code: rules.tables[code].statistic != "process")
    is_shown = both["status"].isin(_SHOWN).fillna(False)
    is_zero = (both["status"] == TRUE_ZERO) & (both["contributors_n"] == 0) & (both["value"] == 0)
    least = both["contributors_n"].mask(is_zero.fillna(False))
    too_few = is_people & is_shown & (least < pd.Series(minimum, index=both.index)).fillna(False)
    not_blank = ~is_shown & both[list(_NUMBERS)].notna().any(axis=1)
    return {
        "too_few_people": int(too_few.sum()),
        "not_blank": int(not_blank.sum()),
        "strangers": int((both["found_in"] != "both").sum()),
    }


def _proved(
    cells: pd.DataFrame, candidates: pd.DataFrame, rules: Rules, earlier: Sequence[pd.DataFrame]
) -> pd.DataFrame:
    """Hide further cells, the smallest near a finding first, until the audit holds.

    Where nothing is left to hide, the reasons are: four cells below the threshold whose total is
    below it too are one each, and it is the word ``primary`` that tells.
    """
    while True:
        shown = blanked(cells)
        outcome = examine(shown, candidates, rules, earlier)
        if outcome.holds:
            return shown
        narrow = {finding.estimate_id for finding in outcome.findings}
        for more in _more_hidden(cells, outcome, narrow):
            if not more["status"].equals(cells["status"]):
                cells = more
                break
        else:
            outcome.insist()


def _more_hidden(cells: pd.DataFrame, outcome: Outcome, narrow: set[str]) -> Iterator[pd.DataFrame]:
    """Yield the ways to hide more, the cheapest first."""
    yield secondary(hide_beside(cells, outcome, elsewhere=False))
    yield secondary(hide_another(cells, narrow))
    yield secondary(hide_beside(cells, outcome, elsewhere=True))
    yield _without_reasons(cells, narrow)
    # Rather whole tables less than no page at all: one person forgotten must not stop a programme.
    found = {each.table_code for each in outcome.findings}
    yield _without(cells, found)
    yield _without(cells, found | {code for each in outcome.findings for code in each.through})


def _without(cells: pd.DataFrame, tables: Collection[str]) -> pd.DataFrame:
    """Hide all that some tables show, real zeros too."""
    newly = cells["table_code"].isin(tables) & cells["status"].isin([RELEASED, TRUE_ZERO])
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY), scope=cells["scope"].mask(newly, GROUP)
    )


def _without_reasons(cells: pd.DataFrame, narrow: set[str]) -> pd.DataFrame:
    """Give every hidden cell of the blocks concerned the same status."""
    blocks = {block for block, _ in cells.loc[cells["estimate_id"].isin(narrow), "variable"]}
    concerned = cells["variable"].map(lambda variable: variable[0] in blocks)
    hidden = concerned & (cells["status"] == PRIMARY)
    return cells.assign(status=cells["status"].mask(hidden, SECONDARY))


def blanked(cells: pd.DataFrame) -> pd.DataFrame:
    """Return released cells: every number of a cell that is not shown is null."""
    found = cells.assign(value=cells["estimate"], n_missing=_missing(cells))
    numbers = list(_NUMBERS)
    found[numbers] = found[numbers].where(found["status"].isin(_SHOWN))
    # What holds on a handful of people's data would say something about them.
    found["assumptions"] = found["assumptions"].where(found["status"].isin(_SHOWN), "")
    kinds = {"VARCHAR": "string", "DOUBLE": "float64", "BIGINT": "Int64"}
    types = {name: kinds[kind] for name, (kind, _) in RELEASED_COLUMNS.items()}
    ordered = found.sort_values(["table_code", "estimate_id"], kind="stable", ignore_index=True)
    return ordered[list(RELEASED_COLUMNS)].astype(types)


def _missing(cells: pd.DataFrame) -> pd.Series:
    """Return how many are missing: of people only for everybody, and where not too few.

    Of a level it would be one more way to its base: base and missing add up to who was asked,
    which is the same for every scale of a questionnaire.
    """
    is_people = cells["statistic"] != "process"
    is_small = cells["n_missing"].between(1, cells["minimum"] - 1).fillna(False)
    is_level = cells["variable"].map(lambda variable: bool(variable[1]))
    return cells["n_missing"].mask(is_people & (is_small | is_level))
