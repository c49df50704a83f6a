"""What a partner mends: one record per cell, guarded by the value it expects to find there."""

from __future__ import annotations

import hashlib
from datetime import date
from typing import Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict

#: ``change`` writes another value into the cell, ``remove`` takes its row out of use (counted, not
#: lost), ``keep`` lets the cell stand although it breaks the rule, for the reason given.
Action = Literal["change", "remove", "keep"]

#: Rule of a row that its partner took out.
REMOVED = "record.removed"

#: Rules that may be broken on purpose. Without a readable value, a known code or a day inside the
#: programme nothing can be counted, so those cannot be kept as they are.
KEEPABLE = ("range", "format", "pattern", "period", "order", "dates", "unique")


def may_be_kept(rule: str) -> bool:
    """Say whether a cell that breaks the rule may stay as it is, with a reason."""
    column, _, kind = rule.rpartition(".")
    return kind in KEEPABLE and not column.startswith("answer_")


def cell_digest(delivery_sha256: str, sheet: str, row: int, letter: str, text: str) -> str:
    """Return what a value in one cell of one file is recognised by; equal values elsewhere differ."""
    place = "\0".join((delivery_sha256, sheet, str(row), letter, text))
    return hashlib.sha256(place.encode("utf-8")).hexdigest()[:32]


class Correction(Strict):
    """One cell or row of one delivered file, mended.

    ``column`` is ours, ``heading`` the partner's. ``expected`` is the digest (``cell_digest``) of the value that must stand in the cell; ``new``
    is the text that takes its place, spelt as the partner spells it in its files.
    """

    delivery: str = Field(pattern=r"\A[0-9a-f]{64}\z")
    sheet: str
    row: int = Field(ge=1)
    letter: str = Field(pattern=r"\A[A-Z]{1,3}\z")
    heading: str
    column: str
    rule: str
    expected: str = Field(pattern=r"\A[0-9a-f]{32}\z")
    action: Action
    new: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Correction:
        if (self.action == "change") != (self.new is not None):
            raise ConfigProblem(
                "'new' serve quando 'action' è 'change', e solo allora",
                "'new' is needed where 'action' is 'change', and only there",
                at=("new",),
            )
        if self.action == "keep" and not (self.reason and may_be_kept(self.rule)):
            raise ConfigProblem(
                "'keep' ha bisogno di 'reason', e di una regola che lo ammette",
                "'keep' needs a 'reason', and a rule that allows it",
                at=("reason",),
            )
        return self

    @property
    def place(self) -> tuple[str, str, int, str]:
        """The cell: delivery, sheet, row, letter."""
        return self.delivery, self.sheet, self.row, self.letter


class Corrections(Strict):
    """What one returned workbook mends: who entered it, when, why, from which bytes.

    ``number`` counts the workbooks of a partner: corrections are carried out in that order, each
    on what the earlier ones left.
    """

    number: int = Field(ge=1)
    partner: str
    workbook: str = Field(alias="from", pattern=r"\A[0-9a-f]{64}\z")
    by: str = Field(pattern=r"\S")
    on: date
    reason: str | None = None
    corrections: list[Correction] = Field(min_length=1)
