"""Worked examples: how long people keep coming, differences between groups, hazards."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from assets.impact.groups_survival import log_rank
from assets.impact.hazards import cox
from assets.impact.spells import attendance_spells


def _presences(**days: list[str]) -> pd.DataFrame:
    rows = [(person, day) for person, dates in days.items() for day in dates]
    table = pd.DataFrame(rows, columns=["person_code", "session_date"])
    return table.assign(session_date=pd.to_datetime(table["session_date"]))


END = pd.Timestamp("2022-03-31")  # four weeks before it: 2022-03-03


def test_spells_end_at_the_last_presence_before_four_weeks_without():
    found = attendance_spells(
        _presences(
            stopped=["2022-01-01", "2022-01-11"],
            came_back=["2022-01-01", "2022-01-08", "2022-02-20", "2022-03-20"],
            still=["2022-02-01", "2022-02-20", "2022-03-10"],
            once=["2022-01-05"],
            new=["2022-03-20"],
        ),
        END,
        4,
    )
    assert found["ended"].to_dict() == {
        "came_back": True,  # nobody comes back from having stopped
        "new": False,
        "once": True,
        "still": False,
        "stopped": True,
    }
    days = found["days"]
    assert (days["stopped"], days["came_back"], days["once"]) == (10, 7, 0)
    assert days["still"] == 30  # from 1 February to the cut, 3 March
    assert np.isnan(days["new"])  # came first after the cut: cannot be judged yet


def test_four_weeks_to_the_day_are_no_stop_and_one_day_more_is():
    at = attendance_spells(_presences(p=["2022-01-01", "2022-01-29", "2022-03-31"]), END, 4)
    assert (at.loc["p", "days"], at.loc["p", "ended"]) == (28, True)
    # Last seen on the cut itself: all four weeks after it were seen, and nothing came.
    cut = attendance_spells(_presences(p=["2022-03-03"]), END, 4)
    assert bool(cut.loc["p", "ended"])
    after = attendance_spells(_presences(p=["2022-02-20", "2022-03-04"]), END, 4)
    assert not after.loc["p", "ended"]


def test_spells_do_not_depend_on_the_order_of_rows():
    rows = _presences(a=["2022-01-01", "2022-01-11", "2022-01-11"], b=["2022-02-01"])
    backwards = rows.iloc[::-1]
    pd.testing.assert_frame_equal(
        attendance_spells(rows, END, 4), attendance_spells(backwards, END, 4)
    )


def test_nobody_present():
    assert attendance_spells(_presences(), END, 4).empty


def test_log_rank_by_hand():
    # A ends at 1 and 2, B at 3 and 4. Expected in A: 2/4 at 1, 1/3 at 2: 5/6. Observed 2.
    # Variance: 1/4 at 1, 2/9 at 2: 17/36. Chi-square (2 - 5/6)^2 / (17/36) = 49/17.
    found = log_rank(
        pd.Series([1.0, 2.0, 3.0, 4.0]), pd.Series([True] * 4), pd.Series(["a", "a", "b", "b"])
    )
    assert found.estimate == pytest.approx(49 / 17)
    assert found.details == {"df": 1, "smallest_n": 2}


def test_log_rank_leaves_out_and_counts_those_without_a_level():
    groups = pd.Series(["a", "a", "b", "b", None], dtype="string")
    days = pd.Series([1.0, 2.0, 3.0, 4.0, 9.0])
    found = log_rank(days, pd.Series([True] * 5), groups)
    assert (found.n, found.n_missing) == (4, 1)
    assert found.estimate == pytest.approx(49 / 17)


def test_log_rank_needs_two_groups_and_an_ending():
    days, groups = pd.Series([1.0, 2.0]), pd.Series(["a", "b"])
    assert log_rank(days, pd.Series([False, False]), groups).reason == "no_events"
    assert (
        log_rank(days, pd.Series([True, True]), pd.Series(["a", "a"])).reason == "no_second_group"
    )


def _people(n: int, ratio: float, seed: int = 3) -> tuple[pd.Series, pd.Series, pd.DataFrame]:
    drawn = np.random.default_rng(seed)
    x = drawn.integers(0, 2, n).astype(float)
    days = pd.Series(np.ceil(drawn.exponential(100 / ratio**x)))
    return days.clip(upper=300), days <= 300, pd.DataFrame({"x": x})


def test_cox_finds_a_constant_ratio():
    found = cox(*_people(400, 2.0))["x"]
    assert found.ci_low < 2 < found.ci_high
    assert found.assumptions["proportional_hazards"] == "held"


def test_a_ratio_that_turns_round_is_doubtful():
    days, ended, x = _people(400, 1.0)
    # With x half of those who would end early end at once, the others never: hazard up, then down.
    turned = days.where(x["x"] == 0, np.where(np.arange(400) % 2, 1 + np.arange(400) % 7, 290.0))
    found = cox(turned, ended, x)["x"]
    assert found.assumptions["proportional_hazards"] == "doubtful"
    assert found.details["proportional_p"] < 0.001


def test_cox_refuses_too_few_endings_twins_and_separation():
    days, ended, x = _people(60, 1.0)
    few = cox(days, pd.Series([True] * 4 + [False] * 56), x)["x"]
    assert (few.estimate, few.reason, few.status) == (None, "too_few_events", "too_few")
    assert cox(days, ended, x.assign(y=2 * x["x"]))["y"].reason == "terms_not_separable"
    assert cox(days, ended, x * 0)["x"].reason == "terms_not_separable"
    nobody = cox(days, ended & (x["x"] == 1), x)["x"]
    assert nobody.reason == "perfect_separation"


def test_cox_leaves_out_incomplete_rows_and_counts_them():
    days, ended, x = _people(100, 1.0)
    x.loc[:4, "x"] = None
    days.loc[5] = None
    found = cox(days, ended, x)["x"]
    assert (found.n, found.n_missing) == (94, 6)


def test_cox_does_not_depend_on_the_order_of_rows():
    days, ended, x = _people(100, 2.0)
    one, two = cox(days, ended, x)["x"], cox(days[::-1], ended[::-1], x[::-1])["x"]
    assert one.estimate == pytest.approx(two.estimate, rel=1e-9)
    assert one.details["proportional_p"] == pytest.approx(two.details["proportional_p"], rel=1e-6)
