"""Names follow the grammar, every asset and check is described, and none can quote a row."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import dagster as dg
import pytest

from pipelines.definitions import ROOMS, build_defs
from schemas.field import Field
from schemas.fields import FIELDS

ROOT = Path(__file__).resolve().parents[2]
NAME = re.compile(rf"_?({'|'.join(ROOMS)})_[a-z0-9]+(_[a-z0-9]+)*(__[a-z0-9]+(_[a-z0-9]+)*)?\Z")
SUFFIXES = {
    "date": ("_date",),
    "code": ("_code", "_band"),
    "integer": ("_n", "_years", "_year"),
    "number": ("_n", "_eur", "hours", "_value"),
}


@pytest.fixture(scope="module")
def definitions() -> dg.Definitions:
    return build_defs(ROOT, "demo")


def test_everything_loads(definitions):
    dg.Definitions.validate_loadable(definitions)
    assert definitions.resolve_job_def("programme_job")
    assert definitions.resolve_job_def("quarter_job")


def test_every_asset_is_named_grouped_and_described(definitions):
    specs = definitions.resolve_all_asset_specs()
    assert {spec.group_name for spec in specs} == set(ROOMS)
    for spec in specs:
        name = spec.key.to_user_string()
        found = NAME.match(name)
        assert found, f"{name} does not follow the grammar"
        assert spec.group_name == found[1], f"{name} is in group {spec.group_name}"
        assert spec.description and spec.description.strip().endswith("."), name
        assert "\n\n" not in spec.description.strip(), f"{name}: one plain sentence, please"
        assert spec.kinds, name


def test_every_asset_that_is_a_table_says_what_a_row_is(definitions):
    for spec in definitions.resolve_all_asset_specs():
        if spec.group_name != "outputs":
            assert "row" in spec.description, spec.key.to_user_string()


def test_every_check_is_a_plain_question(definitions):
    graph = definitions.resolve_asset_graph()
    keys = graph.asset_check_keys
    assert keys
    for key in keys:
        spec = graph.get_check_spec(key)
        assert spec.description and spec.description.strip().endswith("?"), key.to_user_string()


def decorators(node: ast.FunctionDef) -> list[str]:
    return [ast.unparse(each).split("(")[0] for each in node.decorator_list]


@pytest.mark.parametrize("room", ROOMS)
def test_every_asset_and_check_is_guarded(room):
    seen = 0
    for path in sorted((ROOT / "assets" / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.FunctionDef) and any(
                name in ("dg.asset", "dg.multi_asset", "dg.asset_check", "dg.multi_asset_check")
                for name in decorators(node)
            ):
                seen += 1
                assert decorators(node)[-1] == "guarded", (
                    f"{path.name}: {node.name} can quote a row"
                )
    assert seen, f"room {room} makes nothing"


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_column_names_say_kind_and_unit(field: Field):
    if field.kind == "boolean":
        assert field.name.startswith(("is_", "has_"))
    elif field.kind in SUFFIXES:
        assert field.name.endswith(SUFFIXES[field.kind])


def test_rooms_do_not_print():
    for path in sorted((ROOT / "assets").rglob("*.py")):
        calls = [
            node
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Call)
        ]
        printed = [
            each.lineno
            for each in calls
            if isinstance(each.func, ast.Name) and each.func.id == "print"
        ]
        assert not printed, f"{path.relative_to(ROOT)} prints in lines {printed}"
