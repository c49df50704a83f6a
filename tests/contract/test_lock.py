"""The environment is pinned with hashes, and uv is told the same versions."""

from __future__ import annotations

import ast
import importlib.metadata
import re
import sys
import tomllib
from pathlib import Path

from pipelines.constraints import pins, with_block

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PYPROJECT = (ROOT / "pyproject.toml").read_text("utf-8")
ROOMS = ("schemas", "assets", "pipelines", "reports", "thesis")


def _name(listed: str) -> str:
    """Return a distribution's name as package indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\[=<>~!; ]", listed)[0]).lower()


def test_every_pin_has_a_hash():
    entries = re.split(r"^(?=[A-Za-z0-9])", LOCK, flags=re.MULTILINE)[1:]
    assert len(entries) == len(pins(LOCK)) > 100
    for entry in entries:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]


def test_what_notebooks_need_is_pinned_beside_the_same_versions():
    more = (ROOT / "requirements-notebook.lock").read_text("utf-8")
    assert "jupyterlab" in {pin.split("==")[0] for pin in pins(more)}
    for entry in re.split(r"^(?=[A-Za-z0-9])", more, flags=re.MULTILINE)[1:]:
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry.splitlines()[0]
    versions = {}
    for pin in pins(LOCK):
        name, _, version = pin.partition(" ; ")[0].partition("==")
        versions.setdefault(name, set()).add(version)
    for pin in pins(more):
        name, _, version = pin.partition(" ; ")[0].partition("==")
        assert version in versions.get(name, {version}), pin


def test_uv_is_told_the_versions_of_the_lock():
    assert with_block(PYPROJECT, LOCK) == PYPROJECT, "run: make lock"
    assert tomllib.loads(PYPROJECT)["tool"]["uv"]["constraint-dependencies"] == pins(LOCK)


def test_every_direct_dependency_is_locked():
    project = tomllib.loads(PYPROJECT)
    listed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    locked = {pin.split("==")[0] for pin in pins(LOCK)}
    for each in listed:
        assert _name(each) in locked, each


#: The system's key ring is used where somebody installed it; without it there is the key's file.
OPTIONAL = {"keyring"}


def imported() -> set[str]:
    """Return the packages that the product itself imports, wherever in its modules."""
    names = set()
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                names |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names.add(node.module.split(".")[0])
    return names - set(sys.stdlib_module_names) - set(ROOMS) - OPTIONAL


def test_every_import_is_a_dependency_and_not_only_one_of_the_tests():
    project = tomllib.loads(PYPROJECT)["project"]
    extras = (each for listed in project["optional-dependencies"].values() for each in listed)
    declared = {_name(each) for each in (*project["dependencies"], *extras)}
    packages = importlib.metadata.packages_distributions()
    for module in sorted(imported()):
        assert declared & {_name(each) for each in packages[module]}, module


def test_a_changed_lock_is_noticed():
    newer = LOCK.replace("\nduckdb==1.5.5", "\nduckdb==1.5.6")
    assert newer != LOCK
    assert with_block(PYPROJECT, newer) != PYPROJECT
