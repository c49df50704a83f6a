"""The way back of a number is the one Dagster runs: lineage reads the same assets."""

from __future__ import annotations

import importlib

import dagster as dg

from pipelines import lineage
from schemas.indicators import indicators

RESOURCES = {lineage.RESOURCE, "context"}


def graph() -> dict[str, set[str]]:
    """Return what each asset of the rooms is made from, as Dagster sees it."""
    found = {}
    for room in lineage.ROOMS:
        module = importlib.import_module(f"assets.{room}.assets")
        for each in vars(module).values():
            if isinstance(each, dg.AssetsDefinition) and len(each.keys) == 1:
                found[each.key.to_user_string()] = set(each.keys_by_input_name)
    return found


def test_assets_and_their_inputs_are_those_of_dagster():
    real = graph()
    assert set(lineage.assets()) == set(real)
    for name, made in lineage.assets().items():
        # What an asset waits for without reading it has no parameter.
        assert set(made.inputs) - RESOURCES <= real[name], name
        assert set(lineage.inputs_of(name)) <= real[name], name


def test_every_indicator_is_made_somewhere():
    for code in indicators():
        tables = lineage.upstream(lineage.start_of("", code), code)
        assert len(tables) > 1, code
