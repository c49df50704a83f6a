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


@pytest.mark.parametrize("scale", ["who5", "bscs"])
def test_change_of_a_scale_is_found(found, planted, scale: str):
    row = found.loc[f"score_change/{scale}/all"]
    assert row["design"] == "pre_post"
    assert row["ci_low"] <= planted[f"{scale}_change"] <= row["ci_high"]
    assert row["ci_low"] > 0, "a change was planted"


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
