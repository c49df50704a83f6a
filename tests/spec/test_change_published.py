"""Published numbers of change between two waves: every entry of schemas/checks/change.yml."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from assets.impact.change import paired_change
from assets.impact.effect_size import d_from_summary
from assets.impact.multiplicity import BH, HOLM, corrected_p
from assets.impact.ranks import signed_rank_change
from assets.impact.reliable_change import (
    difference_error,
    reliable_change_index,
    reliable_limit,
)
from assets.impact.resampling import bca_interval
from schemas.method_checks import checks
from tests.spec import change_data as data

MEAN = "mean_change_paired_t"


def vector(method):
    return paired_change(data.VECTOR_PRE, data.VECTOR_POST)[method]


def sleep(method):
    return paired_change(data.SLEEP_1, data.SLEEP_2)[method]


def films(method):
    return paired_change(data.FILM_2, data.FILM_1)[method]


def depression():
    return signed_rank_change(data.VISIT_2, data.VISIT_1)


def sleep_ranks():
    return signed_rank_change(data.SLEEP_1, data.SLEEP_2, unchanged="dropped")


def bca():
    columns = np.column_stack([np.ones(16), data.SIXTEEN])
    return bca_interval(columns, lambda sums: sums[1] / sums[0], resamples=19_999)


def corrected(values, method):
    found = corrected_p({f"{place:02}": p for place, p in enumerate(values)})
    return sorted(each[method].estimate for each in found.values())


def rejected(method):
    return sum(p <= 0.05 for p in corrected(data.THROMBOLYSIS, method))


@cache
def maize():
    return paired_change(data.SELFED, data.CROSSED)[MEAN]


COMPUTED = {
    "maize_mean": lambda: maize().estimate,
    "maize_t": lambda: maize().details["t"],
    "vector_mean_change": lambda: vector(MEAN).estimate,
    "vector_t": lambda: vector(MEAN).details["t"],
    "vector_g_z": lambda: vector("hedges_g_z").estimate,
    "vector_g_av": lambda: vector("hedges_g_av").estimate,
    "sleep_mean": lambda: sleep(MEAN).estimate,
    "sleep_low": lambda: sleep(MEAN).ci_low,
    "sleep_p": lambda: sleep(MEAN).p_value,
    "sleep_d_z": lambda: sleep("cohen_d_z").estimate,
    "sleep_d_z_low": lambda: sleep("cohen_d_z").ci_low,
    "sleep_d_z_high": lambda: sleep("cohen_d_z").ci_high,
    "lakens_t": lambda: films(MEAN).details["t"],
    "lakens_high": lambda: films(MEAN).ci_high,
    "lakens_g_av": lambda: films("hedges_g_av").estimate,
    "mote_d_av": lambda: d_from_summary("cohen_d_av", 5.57 - 4.43, 1.99, 2.88, 0.68),
    "mote_d_rm": lambda: d_from_summary("cohen_d_rm", 5.57 - 4.43, 1.99, 2.88, 0.68),
    "bca_low": lambda: bca()[0],
    "bca_high": lambda: bca()[1],
    "depression_v": lambda: depression().details["v"],
    "depression_p": lambda: depression().p_value,
    "depression_median": lambda: depression().estimate,
    "depression_low": lambda: depression().ci_low,
    "depression_high": lambda: depression().ci_high,
    "sleep_ranks_p": lambda: sleep_ranks().p_value,
    "sleep_ranks_median": lambda: sleep_ranks().estimate,
    "sleep_ranks_low": lambda: sleep_ranks().ci_low,
    "truax_error": lambda: difference_error(7.5, 0.80),
    "truax_index": lambda: reliable_change_index(47.5 - 32.5, 7.5, 0.80),
    "psyctc_limit": lambda: reliable_limit(12, 0.84, n=100).estimate,
    "bh1995_rejected": lambda: rejected(BH),
    "bonferroni_kind_rejected": lambda: rejected(HOLM),
    "multtest_holm": lambda: corrected(data.TEN_P, HOLM)[3],
    "multtest_bh": lambda: corrected(data.TEN_P, BH)[3],
}


@pytest.mark.parametrize("check", checks("change"), ids=lambda check: check.id)
def test_published(check):
    assert COMPUTED[check.id]() == pytest.approx(check.expected, abs=check.tolerance)
