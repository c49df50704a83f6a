"""Indicators, tables and thresholds as typed declarations over their YAML files."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from schemas.released import ReleasedTable
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
def released_tables() -> dict[str, ReleasedTable]:
    """Return the tables that may leave, by code."""
    found = {}
    for code, entry in read_yaml("tables.yml").items():
        found[code] = ReleasedTable(
            code=code, **{**entry, "indicators": tuple(entry["indicators"])}
        )
    return found


@cache
def thresholds() -> list[str]:
    """Return the names of the thresholds of ``disclosure.yml``."""
    return list(read_yaml("disclosure.yml"))


@cache
def threshold(name: str) -> float:
    """Return one value of ``disclosure.yml``.

    Raises
    ------
    KeyError
        For an unknown threshold, with the known names.
    """
    known = read_yaml("disclosure.yml")
    if name not in known:
        raise KeyError(f"no threshold '{name}'; known: {', '.join(known)}")
    return known[name]["value"]
