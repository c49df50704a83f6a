"""The flow drawn in CONTRIBUTING.md is the one of the real asset graph: rooms, order, arrows, tables."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pipelines.definitions import ROOMS, build_defs

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8").split("## Architecture")[1].split("\n## ")[0]
ARROWS = re.compile(r"^  (\w+)(?:\[[^]]*\])? --> (\w+)", re.MULTILINE)


@pytest.fixture(scope="module")
def graph():
    return build_defs(ROOT, "demo").resolve_asset_graph()


@pytest.fixture(scope="module")
def arrows(graph) -> set[tuple[str, str]]:
    pairs = {
        (graph.get(parent).group_name, graph.get(key).group_name)
        for key in graph.get_all_asset_keys()
        for parent in graph.get(key).parent_keys
    }
    return {(a, b) for a, b in pairs if a != b}


def test_the_drawn_arrows_are_those_of_the_graph(arrows):
    assert set(ARROWS.findall(TEXT)) == arrows


def test_no_arrow_runs_against_the_order_of_the_rooms(arrows):
    assert all(ROOMS.index(a) < ROOMS.index(b) for a, b in arrows)


def test_the_table_of_rooms_says_what_each_reads_and_makes(graph, arrows):
    block = TEXT.split("room      reads of")[1].split("```")[0].splitlines()[1:]
    rows = [re.split(r"\s{2,}", line) for line in block if line.strip()]
    assert [row[0] for row in rows] == list(ROOMS)
    made = {key.to_user_string(): graph.get(key).group_name for key in graph.get_all_asset_keys()}
    for room, reads, table, _ in rows:
        assert made[table] == room
        said = set() if reads.startswith("raw/") else set(reads.split())
        assert said == {a for a, b in arrows if b == room}, room
