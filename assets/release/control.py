"""Disclosure control from candidates to released cells: judge, protect, audit, until it holds."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pandas as pd

from assets.release.audit import Auditor, Known
from assets.release.audit_names import ANOTHER_NAME
from assets.release.before import marked, sums_before
from assets.release.beside import hide_beside
from assets.release.candidates import is_sensitive, rows
from assets.release.findings import Outcome
from assets.release.newcomers import hold_back
from assets.release.optimal_cells import chosen
from assets.release.prepare import prepared
from assets.release.primary import GROUP, PRIMARY, RELEASED, SECONDARY, TRUE_ZERO, VALUE, primary
from assets.release.secondary import groups, hide_another, secondary
from assets.release.spread import without_spread
from assets.release.standing import as_it_left
from assets.release.thresholds import Thresholds
from schemas.instruments import Instrument, shipped
from schemas.released import RELEASED_COLUMNS, ReleasedTable

_NUMBERS = ("value", "se", "ci_low", "ci_high", "p_value", "n", "n_missing")
_SHOWN = (RELEASED, TRUE_ZERO)
_HIDDEN = (PRIMARY, SECONDARY)


@dataclass(frozen=True)
class Rules:
    """What decides a release besides the numbers themselves."""

    tables: dict[str, ReleasedTable]
    limits: Thresholds
    sensitive_services: Collection[str] = ()
    first_wave: str = ""  # from which change is measured
    areas: Mapping[str, str] = field(default_factory=dict)  # neighbourhood -> role of its area
    instruments: Mapping[str, Instrument] = field(default_factory=shipped)  # scales that are scored


def release(
    candidates: pd.DataFrame,
    rules: Rules,
    *,
    contributions: pd.DataFrame | None = None,
    earlier: Sequence[pd.DataFrame] = (),
) -> pd.DataFrame:
    """Return what leaves: the columns of ``decided`` that a reader may see."""
    found = decided(candidates, rules, contributions=contributions, earlier=earlier)
    return found[list(RELEASED_COLUMNS)]


def decided(
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
        ``RELEASED_COLUMNS`` and ``rule_code``: one row a candidate, in a fixed order. Same
        candidates, same cells. ``rule_code`` is the rule of ``disclosure.yml`` that hides a cell,
        ``''`` where none does; it is confidential, for which rule it was says something of the cell.
        Of the release as a whole, the same in every row: cells hidden by the exact method and by
        the rule of thumb before the audit (``exact_n``, ``by_rule_n``), and ``is_proved``: the
        complements are proved the fewest, and the audit had nothing to hide besides. They are not
        there where a release of exactly these numbers left already: then its cells are these.

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
            instruments=rules.instruments,
        ),
        rules.limits,
    )
    waiting = _told(cells, hold_back(cells, earlier), "newcomers", of_counts="counts_wait")
    waiting = marked(waiting, earlier).assign(group=groups)
    finish = partial(
        without_spread, limits=rules.limits, shown=_SHOWN, earlier=earlier, areas=rules.areas
    )
    standing = as_it_left(
        waiting,
        earlier,
        lambda found: blanked(finish(found)),
        lambda found: examine(found, ready, rules, earlier).holds,
    )
    if standing is not None:
        return _with_reasons(finish(standing))
    # Complements at the least loss; what comes of it is judged by the audit alone.
    complements = chosen(waiting, rules.limits, sums_before(waiting, earlier))
    protected = _told(waiting, complements.cells, "never_alone")
    proved = _told(protected, _proved(protected, ready, rules, earlier), "all_together")
    return _with_reasons(finish(proved)).assign(
        exact_n=complements.hidden_n,
        by_rule_n=complements.by_rule_n,
        # What the audit hid besides is not part of the proof.
        is_proved=complements.is_proved and _hidden_n(proved) == complements.hidden_n,
    )


def _with_reasons(cells: pd.DataFrame) -> pd.DataFrame:
    return blanked(cells).assign(rule_code=_reasons(cells))


def _hidden_n(cells: pd.DataFrame) -> int:
    return int(cells["status"].isin(_HIDDEN).sum())


def _told(
    before: pd.DataFrame, after: pd.DataFrame, rule: str, *, of_counts: str = ""
) -> pd.DataFrame:
    """Note the rule by which cells came to be hidden."""
    newly = ~before["status"].isin(_HIDDEN) & after["status"].isin(_HIDDEN)
    codes = after["rule_code"].mask(newly, rule)
    if of_counts:
        codes = codes.mask(newly & (after["statistic"] == "count"), of_counts)
    return after.assign(rule_code=codes)


def _reasons(cells: pd.DataFrame) -> list[str]:
    """Return the rule of each cell in the order in which ``blanked`` puts them."""
    order = ["table_code", "estimate_id"]
    return cells.sort_values(order, kind="stable")["rule_code"].astype("string").tolist()


def by_rule(decisions: pd.DataFrame) -> dict[str, dict[str, int]]:
    """Count what was hidden and why, for the ledger, which never leaves.

    Parameters
    ----------
    decisions
        What ``decided`` returns.

    Returns
    -------
    dict
        Table -> rule -> cells hidden by it; tables that hide nothing are left out.
    """
    hidden = decisions[decisions["status"].isin(_HIDDEN)]
    found: dict[str, dict[str, int]] = {}
    for table, rule in sorted(zip(hidden["table_code"], hidden["rule_code"], strict=True)):
        of_table = found.setdefault(table, {})
        of_table[rule] = of_table.get(rule, 0) + 1
    return found


def examine(
    released: pd.DataFrame,
    candidates: pd.DataFrame,
    rules: Rules,
    earlier: Sequence[pd.DataFrame] = (),
) -> Outcome:
    """Audit a release (see ``audit.audit``)."""
    return _auditor(candidates, rules, earlier).examine(released)


def _auditor(candidates: pd.DataFrame, rules: Rules, earlier: Sequence[pd.DataFrame]) -> Auditor:
    known = Known(
        rules.sensitive_services, rules.first_wave, rules.areas, earlier, rules.instruments
    )
    return Auditor(candidates, rules.tables, rules.limits, known)


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
    """Hide further cells, the smallest near a finding first, until the audit holds."""
    auditor = _auditor(candidates, rules, earlier)
    is_settled = True  # ``chosen`` leaves nothing that ``secondary`` would hide
    while True:
        outcome = auditor.examine(cells)
        if outcome.holds:
            return cells
        for more, is_partial in _more_hidden(cells, outcome):
            if is_partial and not (is_settled and _is_same(more, cells)):
                more = secondary(more)
            if not _is_same(more, cells):
                cells, is_settled = more, is_partial
                break
        else:
            outcome.insist()


def _is_same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return one is other or one["status"].equals(other["status"])


def _more_hidden(cells: pd.DataFrame, outcome: Outcome) -> Iterator[tuple[pd.DataFrame, bool]]:
    """Yield the ways to hide more, the cheapest first, and whether they ask for complements."""
    yield _unnamed(cells, outcome), True
    yield hide_beside(cells, outcome, elsewhere=False), True
    yield hide_another(cells, {finding.estimate_id for finding in outcome.findings}), True
    yield hide_beside(cells, outcome, elsewhere=True), True
    # Rather whole tables less than no page at all: one person forgotten must not stop a programme.
    found = {each.table_code for each in outcome.findings}
    yield _without(cells, found), False
    found |= {code for each in outcome.findings for code in each.through}
    yield _without(cells, found), False


def _unnamed(cells: pd.DataFrame, outcome: Outcome) -> pd.DataFrame:
    """Hide what shows a hidden number under another name, even where it was told before."""
    named = [each for each in outcome.findings if each.attack == ANOTHER_NAME]
    if not named:
        return cells
    others = {row for each in named for row in each.beside}
    newly = cells["estimate_id"].isin(others) & cells["status"].isin(_SHOWN)
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY), scope=cells["scope"].mask(newly, VALUE)
    )


def _without(cells: pd.DataFrame, tables: Collection[str]) -> pd.DataFrame:
    """Hide all that some tables show, real zeros too."""
    newly = cells["table_code"].isin(tables) & cells["status"].isin([RELEASED, TRUE_ZERO])
    return cells.assign(
        status=cells["status"].mask(newly, SECONDARY), scope=cells["scope"].mask(newly, GROUP)
    )


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
