"""The codebook: every column of every dataset as its declaration says, ready to be printed."""

from __future__ import annotations

from typing import Any

from schemas.dataset import Dataset, rule_text
from schemas.datasets import DATASETS
from schemas.field import Field


def codebook() -> dict[str, list[dict[str, Any]]]:
    """Return dataset -> one entry per column, in storage order.

    An entry has ``column``, ``kind``, ``unit``, ``role``, ``is_required``, ``label``,
    ``description`` and ``rule`` (the last three as ``{"it": ..., "en": ...}``; ``rule`` is ``None``
    for a column whose cells may hold any text).
    """
    return {
        name: [_entry(dataset, each) for each in dataset.fields]
        for name, dataset in DATASETS.items()
    }


def _entry(dataset: Dataset, each: Field) -> dict[str, Any]:
    kind = rule_kind(each)
    rule = f"{each.name}.{kind}" if kind else None
    return {
        "column": each.name,
        "kind": each.kind,
        "unit": each.unit,
        "role": each.role,
        "is_required": each.name in dataset.required,
        "label": {"it": each.label.it, "en": each.label.en},
        "description": {"it": each.description.it, "en": each.description.en},
        "rule": {"it": rule_text(rule, "it"), "en": rule_text(rule, "en")} if rule else None,
    }


def rule_kind(each: Field) -> str | None:
    """Return the kind of the rule that says most about a column's cells."""
    if each.codes or each.codes_from:
        return "code"
    if each.low is not None or each.high is not None:
        return "range"
    if each.pattern:
        return "format"
    return None if each.kind == "text" else "parse"
