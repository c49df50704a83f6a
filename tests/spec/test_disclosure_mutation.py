"""Every rule of disclosure.yml does something: without it, exactly its own case goes wrong.

Each case is a small table worked out by hand that comes out as the rule asks. Then that one rule is
switched off and nothing else, and the case must come out differently.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
import pytest

from assets.errors import ConfigurationError
from assets.release import audit, control, declared, facts, newcomers, primary
from assets.release import candidates as gathering
from assets.release.control import Rules, decided, examine
from assets.release.generalise import lattice
from assets.release.prepare import prepared
from assets.release.publish import publish
from assets.release.thresholds import Thresholds, thresholds, with_sensitive
from reports._released import Released
from schemas.disclosure import rules
from schemas.indicators import released_tables, threshold
from tests.release_cases import candidate_table, estimate, levels, rate, released

HIDDEN = ("suppressed_primary", "suppressed_secondary")
LIMITS = thresholds()
TABLES = released_tables()

#: Rules that are numbers used by others: what the number is when the rule says nothing.
NEUTRAL = {
    "floor": 0,
    "dominance_n": 1,
    "prior_percent": 100,
    "public_round_to": 1,
    "spread_base": 0,
}


@dataclass
class Without:
    """The house without one rule, for as long as a case runs."""

    code: str
    patch: pytest.MonkeyPatch

    def limits(self, **stricter: float) -> Thresholds:
        """Return thresholds, as a programme makes them stricter, without the rule's number."""
        found = replace(LIMITS, **stricter)
        neutral = {self.code: NEUTRAL[self.code]} if self.code in NEUTRAL else {}
        return replace(found, **neutral)


Case = Callable[[Without], bool]
CASES: dict[str, Case] = {}


def case(code: str) -> Callable[[Case], Case]:
    """Name the rule that a case belongs to."""

    def noted(function: Case) -> Case:
        CASES[code] = function
        return function

    return noted


def fate(rows: Any, limits: Thresholds, tables=TABLES, **more: Any) -> pd.Series:
    """Return status by level of cells judged by themselves."""
    rows = rows if isinstance(rows, list) else [rows]
    cells = primary.primary(prepared(candidate_table(rows), tables, limits, **more), limits)
    return cells.set_index("level_1")["status"]


def is_hidden(*given: Any, level: str = "", **more: Any) -> bool:
    return fate(*given, **more)[level] == "suppressed_primary"


def sensitive(*codes: str):
    return with_sensitive(TABLES, codes)


def as_kind(off: Without, kind: str, **more: Any):
    """Declare the median wait as a number of another kind."""
    table = replace(TABLES["closing"], kinds={"closing_days_median": kind}, **more)
    tables = {**TABLES, "closing": table}
    off.patch.setattr(gathering, "released_tables", lambda: tables)
    return tables


def hours(amounts: list[float], limits: Thresholds) -> bool:
    """Say whether an activity's hours are hidden."""
    people = [f"p{number:02d}" for number in range(len(amounts))]
    given = pd.DataFrame(
        {"person_code": people, "quarter": "2022Q1", "activity_code": "choir", "hours": amounts}
    )
    where = {"period": "2022Q1", "by_1": "activity_code", "level_1": "choir"}
    row = estimate("hours_sum", sum(amounts), len(amounts), **where)
    return is_hidden(row, limits, level="choir", contributions=given)


@case("minimum_count")
def four_people(off: Without) -> bool:
    return is_hidden(estimate("reached_n", 4, 4), off.limits())


@case("sensitive_minimum_count")
def seven_where_it_is_sensitive(off: Without) -> bool:
    return is_hidden(estimate("reached_n", 7, 7), off.limits(), sensitive("reach"))


@case("floor")
def two_whatever_is_set(off: Without) -> bool:
    return is_hidden(estimate("reached_n", 2, 2), off.limits(minimum_count=2))


@case("rest_of_total")
def eighteen_of_twenty(off: Without) -> bool:
    rows = [
        estimate("score_mean", 50, 20, subject_code="bscs"),
        estimate("score_mean", 50, 18, subject_code="bscs", by_1="gender_code", level_1="f"),
        estimate("score_mean", 50, 2, subject_code="bscs", by_1="gender_code", level_1="m"),
    ]
    return is_hidden(rows, off.limits(), level="f")


@case("mean_base")
def four_households_of_twelve_people(off: Without) -> bool:
    return is_hidden(estimate("services_per_user", 2.5, 4, contributors_n=12), off.limits())


@case("median_base")
def a_median_of_nine(off: Without) -> bool:
    return is_hidden(estimate("closing_days_median", 6, 9), off.limits())


@case("quantile_tail")
def the_highest_of_fifty(off: Without) -> bool:
    # 5 % of 50 people are two and a half
    tables = as_kind(off, "quantile", quantiles={"closing_days_median": 0.95})
    return is_hidden(estimate("closing_days_median", 90, 50), off.limits(), tables)


@case("no_extremes")
def a_maximum(off: Without) -> bool:
    as_kind(off, "extreme")
    try:
        candidate_table([estimate("closing_days_median", 90, 50)])
    except ConfigurationError as error:
        return "never leaves" in error.say("en") and "non esce mai" in error.say("it")
    return False


@case("same_for_all")
def no_spread(off: Without) -> bool:
    row = estimate("score_mean", 4, 20, subject_code="bscs", se=0.0)
    return is_hidden(row, off.limits(), sensitive("scores"))


@case("spread_base")
def five_answers_of_a_mean(off: Without) -> bool:
    # 4, 5, 6, 7, 8: mean 6, standard error 0.7071, and nothing else gives both
    row = estimate("score_mean", 6.0, 5, subject_code="bscs", se=0.7071, ci_low=4.04, ci_high=7.96)
    effect = estimate("score_change_dz", 0.4, 14, subject_code="bscs")
    found = released([row], Rules(TABLES, off.limits())).iloc[0]
    is_blank = found[["se", "ci_low", "ci_high", "p_value"]].isna().all()
    is_told = found["status"] == "released" and found["value"] == 6.0 and found["n"] == 5
    return bool(is_blank and is_told and is_hidden(effect, off.limits()))


@case("rate_base")
def none_of_seven(off: Without) -> bool:
    return is_hidden(rate(0, 7), off.limits())


@case("rate_numerator")
def one_of_seventeen(off: Without) -> bool:
    return is_hidden(rate(1, 17), off.limits())


@case("rate_remainder")
def sixteen_of_seventeen(off: Without) -> bool:
    return is_hidden(rate(16, 17), off.limits())


@case("all_or_none")
def nobody_where_it_is_sensitive(off: Without) -> bool:
    return is_hidden(rate(0, 40), off.limits(), sensitive("retention"))


@case("group_share")
def nearly_all_where_it_is_sensitive(off: Without) -> bool:
    # 120 of 131 are 91.6 %; the other eleven are enough
    return is_hidden(rate(120, 131), off.limits(), sensitive("retention"))


@case("change_base")
def four_pairs(off: Without) -> bool:
    return is_hidden(estimate("score_change", 3, 4, contributors_n=12), off.limits())


@case("dominance_n")
def two_make_ninety_percent(off: Without) -> bool:
    # the others have 10 of 100, 20 % of the largest: no closer than that
    return hours([50, 40, 4, 3, 3], off.limits())


@case("dominance_share")
def two_make_more_than_the_share(off: Without) -> bool:
    return hours([50, 40, 4, 3, 3], off.limits())


@case("p_percent")
def one_can_be_guessed_within_a_fifth(off: Without) -> bool:
    # two have 84.2 %, no more than 85; what the others have, 15.8, is 19.3 % of 82
    return hours([82, 2.2, *[1.975] * 8], off.limits())


@case("prior_percent")
def who_knows_half_needs_half(off: Without) -> bool:
    # the others have 18, 36 % of 50; known to within half beforehand, 18 %
    return hours([50, 32, 6, 6, 6], off.limits(prior_percent=50))


@case("residual_df")
def a_model_of_seventeen_months(off: Without) -> bool:
    return is_hidden(estimate("contacts_step", 1.2, 60, n=17), off.limits())


@case("never_alone")
def one_small_group_of_three(off: Without) -> bool:
    if off.code == "never_alone":
        real = control.chosen
        off.patch.setattr(
            control, "chosen", lambda cells, *more: replace(real(cells, *more), cells=cells)
        )
    rows = levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})
    found = decided(candidate_table(rows), Rules(TABLES, off.limits()))
    return control.by_rule(found) == {"reach": {"minimum_count": 1, "never_alone": 1}}


def then(before: list[dict], now: list[dict]) -> pd.DataFrame:
    """Release some numbers, and then others to a reader who has the first; by level."""
    first = released(before).reset_index(drop=True)
    found = control.release(candidate_table(now), Rules(TABLES, LIMITS), earlier=[first])
    return found.set_index("level_1")["status"]


def _nobody_waits(off: Without, code: str) -> None:
    if off.code == code:
        off.patch.setattr(control, "hold_back", lambda cells, _: cells)
        off.patch.setattr(audit, "too_soon", lambda *_: [])


@case("newcomers")
def two_newcomers_to_seventeen(off: Without) -> bool:
    _nobody_waits(off, "newcomers")
    rows = [
        estimate("score_mean", value, people, subject_code="bscs", se=1.0)
        for value, people in ((50, 17), (52, 19))
    ]
    return then(rows[:1], rows[1:])[""] == "suppressed_secondary"


@case("counts_wait")
def one_more_of_a_citizenship(off: Without) -> bool:
    _nobody_waits(off, "counts_wait")
    cases = [
        levels("reached_n", "citizenship_code", each)
        for each in ({"it": 40, "other": 30}, {"it": 41, "other": 30})
    ]
    return then(*cases)["it"] == "suppressed_secondary"


@case("models_apart")
def a_model_with_one_more(off: Without) -> bool:
    if off.code == "models_apart":
        more = [*newcomers._SUBTRACTED, "model"]
        off.patch.setattr(newcomers, "_SUBTRACTED", more)
    rows = [
        estimate("score_change_mixed", value, people, subject_code="bscs")
        for value, people in ((3, 40), (4, 41))
    ]
    return then(rows[:1], rows[1:])[""] == "released"


@case("told_once")
def the_other_two_of_a_line(off: Without) -> bool:
    # f 42, m 31, x 2 of 75: m and x hidden, then f and x
    if off.code == "told_once":
        off.patch.setattr(audit, "told_before", lambda *_: set())
        off.patch.setattr(audit, "facts_before", lambda *_: ([], {}))
    candidates = candidate_table(levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2}))
    first = control.release(candidates, Rules(TABLES, LIMITS))
    other = first.copy()
    for level, value, status in (("m", 31, "released"), ("f", None, "suppressed_secondary")):
        other.loc[other["level_1"] == level, "status"] = status
        other.loc[other["level_1"] == level, ["value", "n"]] = value
    return not examine(other, candidates, Rules(TABLES, LIMITS), [first]).holds


def _all_shown(rows: list[dict], but: str = "-") -> tuple[pd.DataFrame, pd.DataFrame]:
    candidates = candidate_table(rows)
    table = candidates.rename(columns={"estimate": "value"}).assign(status="released")
    hidden = table["estimate_id"].str.contains(but, regex=False)
    table.loc[hidden, "status"] = "suppressed_primary"
    table.loc[hidden, ["value", "n"]] = None
    return table, candidates


@case("all_together")
def a_level_beside_its_total(off: Without) -> bool:
    if off.code == "all_together":
        off.patch.setattr(audit, "narrow", lambda *_, **__: [])
    rows = levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 2})
    table, candidates = _all_shown(rows, but="gender_code/x")
    return not examine(table, candidates, Rules(TABLES, LIMITS)).holds


@case("left_over")
def neither_better_nor_worse(off: Without) -> bool:
    # of 40, 20 better and 17 worse: three are neither
    if off.code == "left_over":
        off.patch.setattr(facts, "_rests", lambda *_: iter(()))
    rows = [
        estimate(
            f"reliably_{name}_share",
            number / 40,
            40,
            subject_code="bscs",
            numerator_n=number,
            numerator_contributors_n=number,
        )
        for name, number in (("improved", 20), ("worsened", 17))
    ]
    return not examine(*_all_shown(rows), Rules(TABLES, LIMITS)).holds


def shown_in_public(estimates: list[dict[str, Any]], limits: Thresholds) -> list[float | None]:
    """Return the values a public page reads from a released folder with these limits."""
    about = {
        "thresholds": {"public_round_to": limits.public_round_to},
        "indicators": {},
        "labels": {},
    }
    with TemporaryDirectory() as place:
        publish(released(estimates).reset_index(drop=True), about, Path(place) / "released")
        found = Released(Path(place) / "released", is_public=True)
        return [cell.value for cell in found.cells.values()]


@case("public_round_to")
def seven_on_a_public_page(off: Without) -> bool:
    return shown_in_public([estimate("reached_n", 7, 7)], off.limits()) == [5.0]


@case("left_out_share")
def one_in_ten_is_too_many_to_leave_out(off: Without) -> bool:
    # nine women and a man: left out, he spares the others; but he is more than one in twenty
    share = 1.0 if off.code == "left_out_share" else threshold("left_out_share")
    names = ["gender_code", "tenure_code", "neighbourhood_code", "citizenship_code", "area_role"]
    rows = [(gender, "other", "lunetta", "eu", "pilot") for gender in ["f"] * 9 + ["m"]]
    people = pd.DataFrame(rows, columns=names).assign(age_years=pd.array([30] * 10, dtype="Int64"))
    found = lattice(people, 5, share)
    return found.loc[found["is_suggested_with_loss"], "steps"].tolist() != [""]


def test_every_rule_has_a_case_and_every_case_a_rule():
    assert set(CASES) == set(rules())


@pytest.mark.parametrize("code", sorted(CASES))
def test_without_the_rule_its_case_comes_out_differently(code, monkeypatch):
    assert CASES[code](Without("", monkeypatch))
    monkeypatch.undo()
    others = {name: rule for name, rule in rules().items() if name != code}
    for module in (primary, declared):
        monkeypatch.setattr(module, "rules", lambda: others)
    assert not CASES[code](Without(code, monkeypatch))
