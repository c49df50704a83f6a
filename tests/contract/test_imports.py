"""Imports run one way: schemas <- assets <- pipelines; rooms meet through tables only."""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.definitions import ROOMS

ROOT = Path(__file__).resolve().parents[2]
OURS = ("schemas", "assets", "pipelines", "reports")
#: Packages in assets/ that are rooms; those for sample data, for coding at the source and for several
#: programmes have no assets.
ALL_ROOMS = (*ROOMS, "sample", "coding", "across")
CELL = re.compile(
    r"^(?:```+|~~~+)\s*\{python\}.*?\n(.*?)^(?:```+|~~~+)\s*$", re.DOTALL | re.MULTILINE
)


def imported(code: str) -> Iterator[str]:
    """Names of the modules that a piece of code imports, at any depth."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative imports hide where things come from"
            yield str(node.module)
            yield from (f"{node.module}.{each.name}" for each in node.names)


def ours(code: str) -> set[str]:
    return {name for name in imported(code) if name.split(".")[0] in OURS}


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def told(path: Path, names: set[str]) -> str:
    return f"{path.relative_to(ROOT)} imports {', '.join(sorted(names))}"


@pytest.mark.parametrize(
    ("package", "allowed"),
    [
        ("schemas", {"schemas"}),
        ("assets", {"schemas", "assets"}),
        ("pipelines", {"schemas", "assets", "pipelines", "reports"}),
        ("reports", {"reports"}),
    ],
)
def test_packages_lean_one_way(package, allowed):
    for path in modules(package):
        wrong = {
            name for name in ours(path.read_text("utf-8")) if name.split(".")[0] not in allowed
        }
        assert not wrong, told(path, wrong)


@pytest.mark.parametrize("room", ALL_ROOMS)
def test_rooms_do_not_import_each_other(room):
    paths = modules(f"assets/{room}")
    assert paths, f"no room assets/{room}"
    for path in paths:
        others = {
            name
            for name in ours(path.read_text("utf-8"))
            if name.split(".")[:1] == ["assets"] and name.split(".")[1:2][0:1] != [room]
            and name.split(".")[1:2] and name.split(".")[1] in ALL_ROOMS
        }  # fmt: skip
        assert not others, told(path, others)


def test_what_rooms_share_knows_no_room():
    for path in (ROOT / "assets").glob("*.py"):
        rooms = {
            name for name in ours(path.read_text("utf-8")) if name.split(".")[1:2] and name.split(".")[1] in ALL_ROOMS
        }  # fmt: skip
        assert not rooms, told(path, rooms)


def documents() -> list[Path]:
    found = [*(ROOT / "reports").rglob("*.qmd"), *(ROOT / "thesis").rglob("*.qmd")]
    return sorted(path for path in found if "_output" not in path.parts)


def test_documents_read_through_the_kit_only():
    assert documents()
    for path in documents():
        for cell in CELL.findall(path.read_text("utf-8")):
            wrong = {
                name
                for name in ours(cell)
                if not name.startswith("reports.kit") and name != "reports"
            }
            assert not wrong, told(path, wrong)


def test_notebooks_read_through_the_kit_only():
    for path in (ROOT / "thesis").rglob("*.ipynb"):
        cells = json.loads(path.read_text("utf-8"))["cells"]
        code = "\n".join("".join(each["source"]) for each in cells if each["cell_type"] == "code")
        wrong = {
            name for name in ours(code) if not name.startswith("reports.kit") and name != "reports"
        }
        assert not wrong, told(path, wrong)


def test_quick_commands_load_nothing_heavy():
    heavy = {"dagster", "pandas", "pandera", "scipy", "statsmodels", "matplotlib", "pyarrow"}
    code = (
        "import sys, pipelines.cli, pipelines.run, pipelines.status, pipelines.doctor, "
        "pipelines.samples, assets.outputs.render.quarto\n"
        f"print(sorted({heavy!r} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"
