"""Does the analysis find what was planted in the demo, and nothing where nothing was planted?"""

from __future__ import annotations

import pandas as pd
import pytest
import yaml

from assets.store import Warehouse
from tests.conftest import Ran


@pytest.fixture(scope="module")
def found(demo: Ran) -> pd.DataFrame:
    """Return the estimates of change and step by their stable names."""
    return Warehouse(demo.layout.warehouse).read("impact_estimates").set_index("estimate_id")


@pytest.fixture(scope="module")
def planted(demo: Ran) -> dict[str, float]:
    """Return what the generator wrote down."""
    return yaml.safe_load((demo.layout.raw / "planted.yml").read_text("utf-8"))["effects"]


#: The instruments that the demo's survey asks.
SCALES = ("who5", "bscs", "ucla3", "life_satisfaction", "trust", "fies")


@pytest.mark.parametrize("scale", SCALES)
def test_change_of_a_scale_is_found(found, planted, scale: str):
    row = found.loc[f"score_change/{scale}/all"]
    assert row["design"] == "pre_post"
    assert row["ci_low"] <= planted[f"{scale}_change"] <= row["ci_high"]


def test_correction_for_many_scales_keeps_what_is_large_and_nothing_that_is_not_there(
    found, planted
):
    p = {scale: found.loc[f"score_change_p_holm/{scale}/all", "estimate"] for scale in SCALES}
    assert max(p["who5"], p["bscs"]) < 0.05, "a change was planted"
    still = [scale for scale in SCALES if planted[f"{scale}_change"] == 0]
    assert still == ["trust", "fies"]
    assert min(p[scale] for scale in still) > 0.05
    for scale in SCALES:
        assert p[scale] >= found.loc[f"score_change/{scale}/all", "p_value"]


@pytest.mark.parametrize("role", ["pilot", "extension"])
@pytest.mark.parametrize("scale", ["who5", "bscs"])
def test_lead_over_the_comparison_places_is_found(found, planted, scale: str, role: str):
    row = found.loc[f"did_effect/{scale}/all/area_role={role}"]
    assert row["design"] == "compared"
    assert row["ci_low"] <= planted[f"{scale}_lead"] <= row["ci_high"]
    # The extension joined late and is small: its lead is in the interval, and so is none.
    assert (row["ci_low"] > 0) == (scale == "who5" and role == "pilot")


def test_comparison_is_large_enough_to_leave_the_house(demo: Ran):
    tables = Warehouse(demo.layout.warehouse).read("release_tables").set_index("estimate_id")
    for role in ("pilot", "extension"):
        row = tables.loc[f"did_effect/who5/all/area_role={role}"]
        assert row["status"] == "released"


def test_dose_is_found(found, planted):
    row = found.loc["dose_sessions/who5/all"]
    assert 0 < row["ci_low"] <= planted["who5_dose"] <= row["ci_high"]
    none = found.loc["dose_sessions/bscs/all"]
    assert none["ci_low"] <= planted["bscs_dose"] <= none["ci_high"]


def test_contacts_scatter_less_over_time(found, planted):
    assert planted["settling"] > 0
    assert found.loc["continuity_trend/all", "ci_low"] > 0


def test_some_are_taken_in_again_within_thirty_days(demo: Ran):
    rows = Warehouse(demo.layout.warehouse).read("measures_services__estimates")
    share = rows.set_index("estimate_id").loc["repeat_intake_share/listening_centre/all"]
    assert 0 < share["ci_low"] < share["ci_high"] < 1


@pytest.mark.parametrize(("service", "has_step"), [("listening_centre", True), ("job_desk", False)])
def test_step_in_service_access_is_found_where_there_is_one(found, planted, service, has_step):
    row = found.loc[f"contacts_step/{service}/all"]
    assert row["design"] == "quasi_experimental"
    assert row["ci_low"] <= planted[f"{service}_step_ratio"] <= row["ci_high"]
    assert (row["ci_low"] > 1) == has_step


def test_linkage_is_told_beside_the_change(found):
    eligible = found.loc["eligible_n/who5/all", "estimate"]
    linked = found.loc["linked_n/who5/all", "estimate"]
    assert 0.5 < linked / eligible < 0.8
    assert found.loc["score_change/who5/all", "n"] == linked
