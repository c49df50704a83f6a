"""One check a rule of ``disclosure.yml``: does this number give somebody away?

Which kinds of number a rule judges is said in the file; here stands how. A check looks at one
prepared cell (``primary.prepared``) and says True where the number may not leave.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from assets.release.thresholds import Thresholds

#: The whole group is too small: everything about it is hidden, whatever the statistic.
GROUP = "group"
#: Only this number gives somebody away (two absent of fifty): the group's other numbers may stay.
VALUE = "value"

#: Level, trend, step, slope and two pairs of seasonal waves. Each shock of a programme adds one: the
#: model itself, which knows its terms, refuses too few residual degrees of freedom (``impact``).
MODEL_PARAMETERS = 8

#: Numbers that are nothing but a mean change divided by its spread, or the p of that.
TELL_SPREAD = tuple(
    f"score_change_{name}" for name in ("dz", "gz", "dav", "gav", "drm", "p_holm", "p_bh")
)

#: A cell with what the checks look at: the columns of ``prepared``.
Cell = Any


class Check(NamedTuple):
    """How a rule judges, and how much it hides."""

    is_unsafe: Callable[[Cell, Thresholds], bool]
    scope: str


def is_small(number: Any, minimum: float) -> bool:
    """Say whether a count gives somebody away; what is not known is small."""
    return bool(pd.isna(number)) or 0 < number < minimum


def few_people(cell: Cell, limits: Thresholds) -> bool:
    """The number rests on too few people."""
    return bool(cell.contributors_n < limits.minimum(is_sensitive=False))


def few_people_sensitive(cell: Cell, _: Thresholds) -> bool:
    """It is sensitive and rests on too few people for that."""
    return bool(cell.is_sensitive and cell.contributors_n < cell.minimum)


def few_in_the_rest(cell: Cell, limits: Thresholds) -> bool:
    """The rest of the total is too few: total minus group would be about them."""
    least = max(limits.rest_of_total, cell.minimum)
    return not pd.isna(cell.complement_n) and is_small(cell.complement_n, least)


def few_behind_mean(cell: Cell, limits: Thresholds) -> bool:
    """Too few people, or too few values, are averaged."""
    return _is_few_of_both(cell, max(limits.mean_base, cell.minimum))


def few_changed(cell: Cell, limits: Thresholds) -> bool:
    """Too few people, or pairs of values, were seen twice."""
    return _is_few_of_both(cell, max(limits.change_base, cell.minimum))


def few_in_base(cell: Cell, limits: Thresholds) -> bool:
    """The base of a share is too small, counted by people or in its own unit."""
    return _is_few_of_both(cell, max(limits.rate_base, cell.minimum))


def _is_few_of_both(cell: Cell, least: float) -> bool:
    return bool(pd.isna(cell.n)) or min(cell.n, cell.contributors_n) < least


def few_beside_median(cell: Cell, limits: Thresholds) -> bool:
    """A median is one person's value: enough people must lie on either side."""
    return bool(cell.contributors_n < max(limits.median_base, 2 * cell.minimum))


def few_beyond_quantile(cell: Cell, limits: Thresholds) -> bool:
    """Too few people lie beyond a quantile, on the side where there are fewer."""
    if pd.isna(cell.quantile):
        return True
    beyond = min(cell.quantile, 1 - cell.quantile) * cell.contributors_n
    return bool(beyond < max(limits.quantile_tail, cell.minimum) - 1e-9)


def same_for_all(cell: Cell, _: Thresholds) -> bool:
    """No spread: the mean is everybody's value."""
    return bool(cell.is_sensitive and not pd.isna(cell.se) and cell.se == 0)


def tells_spread(cell: Cell, limits: Thresholds) -> bool:
    """An effect size or p of a few: with the mean it gives their spread, and that their answers."""
    return cell.indicator_code in TELL_SPREAD and _is_few_of_both(cell, limits.spread_base)


def few_in_numerator(cell: Cell, limits: Thresholds) -> bool:
    """Too few people, or records, have what the share counts (5.9 % of 17 is one person)."""
    numerator, people = _numerator(cell)
    if numerator is None:
        return False
    least = max(limits.rate_numerator, cell.minimum)
    return is_small(people, least) or is_small(numerator, least)


def few_in_remainder(cell: Cell, limits: Thresholds) -> bool:
    """Too few do not have what the share counts."""
    numerator, _ = _numerator(cell)
    if numerator is None:
        return False
    least = max(limits.rate_remainder, cell.minimum)
    return bool(pd.isna(cell.n)) or is_small(cell.n - numerator, least)


def _numerator(cell: Cell) -> tuple[Any, Any]:
    """Return the numerator in the unit of ``n`` and in people; ``None`` where it is no share.

    Where the numerator is not a count (survival, models of a share), the one that share and base
    imply is judged.
    """
    if cell.kind == "survival" and pd.isna(cell.numerator_n):
        if cell.unit not in ("share", "proportion"):
            return None, None
        implied = pd.NA if pd.isna(cell.n) else round(cell.estimate * cell.n)
        return implied, implied
    if not pd.isna(cell.implied_share):
        implied = pd.NA if pd.isna(cell.n) else round(abs(cell.implied_share) * cell.n)
        return implied, implied
    people = cell.numerator_contributors_n
    if pd.isna(people) and cell.n_unit in ("persons", "households"):
        people = cell.numerator_n
    return cell.numerator_n, people


def everyone_or_no_one(cell: Cell, _: Thresholds) -> bool:
    """0 % and 100 % say something about each of them: hidden where it is sensitive."""
    share = cell.estimate if pd.isna(cell.implied_share) else abs(cell.implied_share)
    return bool(cell.is_sensitive and share in (0.0, 1.0))


def nearly_everyone(cell: Cell, limits: Thresholds) -> bool:
    """Nearly all of a group share one answer: whoever belongs to it is described."""
    share = cell.group_share if cell.kind == "count" else cell.estimate
    if not cell.is_sensitive or pd.isna(share):
        return False
    if cell.kind != "count" and cell.unit not in ("share", "proportion"):
        return False
    return bool(share > limits.group_share + 1e-9)


def dominated(cell: Cell, limits: Thresholds) -> bool:
    """The largest contributors make up too much of the amount, or amounts are not known."""
    if _is_unknown(cell):
        return True
    return bool(cell.top_share > limits.dominance_share)


def guessed(cell: Cell, limits: Thresholds) -> bool:
    """The largest amount could be estimated too closely, or amounts are not known."""
    return _is_unknown(cell) or bool(cell.largest_within < limits.p_percent - 1e-9)


def _is_unknown(cell: Cell) -> bool:
    return bool(pd.isna(cell.top_share)) or cell.amounts_n < cell.minimum


def few_residual_df(cell: Cell, limits: Thresholds) -> bool:
    """The model has nearly as many parameters as observations."""
    return bool(pd.isna(cell.n)) or cell.n - MODEL_PARAMETERS < limits.residual_df


#: Rules about how many there are: judged before it is asked whether there is a number at all.
PEOPLE = ("minimum_count", "sensitive_minimum_count")

#: Judged besides where a score has only two values: its mean is a share.
OF_A_SHARE = ("rate_base", "rate_numerator", "rate_remainder", "all_or_none")
#: A difference of two such shares is no share: only its base, and that nearly all have changed.
OF_TWO_SHARES = ("rate_base", "rate_remainder")

#: Rule -> how it judges a single number. Rules that stand in none are carried out elsewhere: ``floor``
#: and parameters in ``thresholds``, ``no_extremes`` in ``candidates``, those across tables and releases
#: in ``newcomers`` and the audit, rounding in ``schemas.rounding``.
CHECKS: dict[str, Check] = {
    "minimum_count": Check(few_people, GROUP),
    "sensitive_minimum_count": Check(few_people_sensitive, GROUP),
    "rest_of_total": Check(few_in_the_rest, GROUP),
    "mean_base": Check(few_behind_mean, GROUP),
    "median_base": Check(few_beside_median, VALUE),
    "quantile_tail": Check(few_beyond_quantile, VALUE),
    "same_for_all": Check(same_for_all, VALUE),
    "spread_base": Check(tells_spread, VALUE),
    "rate_base": Check(few_in_base, VALUE),
    "rate_numerator": Check(few_in_numerator, VALUE),
    "rate_remainder": Check(few_in_remainder, VALUE),
    "all_or_none": Check(everyone_or_no_one, VALUE),
    "group_share": Check(nearly_everyone, VALUE),
    "change_base": Check(few_changed, GROUP),
    "dominance_share": Check(dominated, VALUE),
    "p_percent": Check(guessed, VALUE),
    "residual_df": Check(few_residual_df, VALUE),
}
