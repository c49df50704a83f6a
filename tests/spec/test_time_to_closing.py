"""Worked examples: Kaplan-Meier.

Remission of 21 leukaemia patients on 6-MP, in weeks: Freireich et al. (1963), Blood 21:699-716; a
plus sign marks those still in remission; the published numbers about them stand in
``test_survival_published.py``.
"""

from __future__ import annotations

import pandas as pd

from assets.impact.survival import (
    kaplan_meier_median,
    kaplan_meier_survival,
    mean_closed_days,
    median_closed_days,
    waiting_days,
)

SIX_MP = "6, 6, 6, 6+, 7, 9+, 10, 10+, 11+, 13, 16, 17+, 19+, 20+, 22, 23, 25+, 32+, 32+, 34+, 35+"
WEEKS = pd.Series([float(each.rstrip("+")) for each in SIX_MP.split(", ")])
ENDED = pd.Series([not each.endswith("+") for each in SIX_MP.split(", ")])


def test_median_of_the_6mp_group():
    found = kaplan_meier_median(WEEKS, ENDED)
    assert found.estimate == 23
    # Lower limit: first week whose lower log(-log) limit is below one half (13: .4316; 10: .5032
    # is not). The upper limit of S never falls below one half, so the interval is open above.
    assert (found.ci_low, found.ci_high) == (13, None)
    assert (found.details["closed_n"], found.details["censored_n"]) == (9, 12)


def test_median_where_the_curve_is_exactly_one_half():
    # 1, 2, 3, 4 all ended: S(2) = .5, so half are over by 2.
    found = kaplan_meier_median(pd.Series([1.0, 2.0, 3.0, 4.0]), pd.Series([True] * 4))
    assert found.estimate == 2


def test_too_few_endings_have_no_median():
    found = kaplan_meier_median(pd.Series([1.0, 5.0, 5.0]), pd.Series([True, False, False]))
    assert (found.estimate, found.reason, found.n) == (None, "median_not_reached", 3)


def test_before_the_first_and_after_the_last_observation():
    assert kaplan_meier_survival(WEEKS, ENDED, 5).estimate == 1
    assert kaplan_meier_survival(WEEKS, ENDED, 36).reason == "beyond_follow_up"


def test_nobody():
    none = pd.Series(dtype=float)
    assert kaplan_meier_median(none, none.astype(bool)).status == "too_few"
    assert kaplan_meier_survival(none, none.astype(bool), 3).status == "too_few"


def test_everybody_still_open():
    found = kaplan_meier_survival(pd.Series([4.0, 9.0]), pd.Series([False, False]), 5)
    assert (found.estimate, found.ci_low) == (1, None)


def test_waiting_days_are_censored_at_the_last_known_day():
    opened = pd.Series(
        pd.to_datetime(["2023-01-01", "2023-01-01", "2023-01-10", "2023-02-02", None])
    )
    closed = pd.Series(pd.to_datetime(["2023-01-01", None, "2023-03-01", None, "2023-01-02"]))
    days, is_closed = waiting_days(opened, closed, pd.Timestamp("2023-01-31"))
    # closed the same day: 0; still open: 30; closes after the file's last day: open, 21; opened
    # after it: not usable; opening unknown: not usable
    assert days.tolist()[:3] == [0, 30, 21]
    assert days.isna().tolist() == [False, False, False, True, True]
    assert is_closed.tolist()[:3] == [True, False, False]


def test_closed_ones_only():
    days, is_closed = pd.Series([1.0, 2.0, 9.0, 50.0]), pd.Series([True, True, True, False])
    assert mean_closed_days(days, is_closed).estimate == 4
    assert median_closed_days(days, is_closed).estimate == 2
    assert median_closed_days(days, is_closed).n_missing == 1
