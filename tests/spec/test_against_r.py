"""What R computed stands declared as R printed it; the tests beside this one hold it to our functions."""

from __future__ import annotations

import re

import pytest

from schemas.method_checks import checks, modules
from schemas.methods import methods
from tests.spec.r_values import FOLDER, groups

DECLARED = [each for name in modules() for each in checks(name) if each.id.startswith("r_")]
SCRIPTS = sorted(path.stem for path in FOLDER.glob("*.txt"))
#: Sums of what is recorded: nothing to compare with but arithmetic, which tests/unit writes out.
BY_HAND = {"count", "first_contacts_in_order"}


def _printed(script: str) -> dict[str, float | None]:
    """Return the numbers of one script by the ids they have among the checks."""
    names = {
        group if part == group else f"{group}.{part}": value
        for group, parts in groups(script).items()
        for part, value in parts.items()
    }
    plain = {name.replace("_Intercept_", "intercept"): value for name, value in names.items()}
    return {f"r_{script}_{name}".replace(".", "_").lower(): value for name, value in plain.items()}


@pytest.mark.parametrize("check", DECLARED, ids=lambda check: check.id)
def test_declared_as_r_printed_it(check):
    script = re.fullmatch(r".*: tests/spec/reference/r/(\w+)\.R", check.source).group(1)
    assert _printed(script)[check.id] == pytest.approx(check.expected, abs=check.tolerance)
    versions = (FOLDER / f"{script}.txt").read_text(encoding="utf-8").splitlines()[0]
    assert versions.strip("# ").replace("; ", ", ") == check.source.split(": ")[0]


@pytest.mark.parametrize("script", SCRIPTS)
def test_each_script_is_held_to_our_functions(script):
    assert (FOLDER / f"{script}.R").exists()
    assert (FOLDER.parents[1] / f"test_against_r_{script}.py").exists()


def test_every_method_points_to_its_check():
    checked = {each.method for name in modules() for each in checks(name)}
    assert set(methods()) - checked == BY_HAND
