"""Indicators, tables and thresholds as typed declarations over their YAML files."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.disclosure import rules
from schemas.tables import released_tables as released_tables
from schemas.words import Words, read_yaml


class Indicator(BaseModel):
    """One indicator of the logical framework."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    label: Words
    definition: Words
    kind: Literal["output", "esito", "impatto", "quality"] = Field(alias="class")
    unit: str
    decimals: int


@cache
def indicators() -> dict[str, Indicator]:
    """Return all indicators by code, in the order of the framework."""
    return {
        code: Indicator(code=code, **entry) for code, entry in read_yaml("indicators.yml").items()
    }


@cache
def thresholds() -> list[str]:
    """Return the names of the rules of ``disclosure.yml`` that have a number."""
    return [code for code, rule in rules().items() if rule.value is not None]


@cache
def threshold(name: str) -> float:
    """Return one value of ``disclosure.yml``.

    Raises
    ------
    KeyError
        For an unknown threshold, with the known names.
    """
    rule = rules().get(name)
    if rule is None or rule.value is None:
        raise KeyError(f"no threshold '{name}'; known: {', '.join(thresholds())}")
    return rule.value
