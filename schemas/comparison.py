"""What programmes are compared on: the declarations of ``comparison.yml``, read and checked."""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from schemas.indicators import indicators
from schemas.words import Words, read_yaml


class Pooled(BaseModel):
    """One indicator that is pooled over programmes.

    Attributes
    ----------
    scale
        ``identity`` pools the numbers as they are, ``logit`` shares on the logit scale.
    by, levels
        A dimension whose levels are compared apart; empty: the number about everybody.
    window
        ``change``: the two rounds of the survey must lie equally far apart.
    also
        Keys of the evaluation that must agree besides.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    scale: Literal["identity", "logit"]
    by: str = ""
    levels: tuple[str, ...] = ("",)
    window: Literal["change"] | None = None
    also: tuple[Literal["compared", "dropout_weeks"], ...] = ()


class IndicatorWords(BaseModel):
    """What an indicator of a comparison is called and means; ``{name}`` is the one it is made of."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    label: Words
    definition: Words
    kind: str = Field(default="quality", alias="class")
    unit: str = ""
    decimals: int = 0


class Comparison(BaseModel):
    """All of ``comparison.yml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    window_tolerance: float = Field(gt=0, lt=1)
    enough_programmes: int = Field(ge=3)
    beside: tuple[str, ...]
    pooled: dict[str, Pooled]
    aspects: dict[str, Words]
    indicators: dict[Literal["pooled", "expected", "pooled_dl"], IndicatorWords]
    general: dict[str, IndicatorWords]

    @model_validator(mode="after")
    def _known(self) -> Comparison:
        for code in (*self.beside, *self.pooled):
            if code not in indicators():
                raise ValueError(f"comparison.yml names an unknown indicator: {code}")
        for code in self.general:
            if code in indicators():
                raise ValueError(f"'{code}' is an indicator of programmes, not of comparisons")
        return self


@cache
def comparison() -> Comparison:
    """Return what programmes are compared on."""
    return Comparison(**read_yaml("comparison.yml"))
