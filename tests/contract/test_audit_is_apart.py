"""The audit shares no code with what it checks: neither imports the other."""

from __future__ import annotations

import ast
from pathlib import Path

ROOM = Path(__file__).parents[2] / "assets" / "release"
AUDIT = {
    "audit", "audit_linked", "audit_names", "audit_releases", "audit_worlds",
    "facts", "facts_before", "facts_numbers", "quantities", "reader",
}  # fmt: skip
#: What both may use: the declarations, the thresholds, the outcome's shape, the solver.
SHARED = {"candidates", "thresholds", "findings", "linear"}
SUPPRESSION = {
    "before", "beside", "lines", "newcomers", "primary", "secondary",
    "optimal", "optimal_attack", "optimal_cells", "optimal_master", "optimal_problem",
    "optimal_repair", "optimal_tied",
}  # fmt: skip


def imported(module: str) -> set[str]:
    found = set()
    for node in ast.walk(ast.parse((ROOM / f"{module}.py").read_text())):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("assets.release"):
            rest = node.module.removeprefix("assets.release").strip(".")
            found |= {rest} if rest else {each.name for each in node.names}
    return found


def test_the_audit_imports_only_itself_and_what_is_shared():
    for module in sorted(AUDIT):
        assert imported(module) <= AUDIT | SHARED, module


def test_suppression_imports_nothing_of_the_audit():
    for module in sorted(SUPPRESSION):
        assert not imported(module) & AUDIT, module
