"""Shapes of what goes back to a partner: filled where rows are sorted, written where things leave."""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.expected import Expected
from schemas.words import Words

#: Stands for a value that is not repeated.
MASKED = "***"


@dataclass(frozen=True)
class Line:
    """One broken rule in one cell of a delivered file.

    Attributes
    ----------
    value
        As the partner wrote it; ``MASKED`` where it could identify a person.
    digest
        What the value is recognised by when the workbook comes back (``cell_digest``).
    can_change, can_keep
        Whether another value may be written into the cell, or the cell left as it is with a reason.
    """

    number: int
    sha256: str
    file: str
    period: str
    sheet: str
    row: int
    letter: str
    heading: str
    column: str
    rule: str
    value: str = field(repr=False)
    digest: str
    wrong: Words
    question: Words
    expected: Expected
    can_change: bool
    can_keep: bool


@dataclass(frozen=True)
class Refused:
    """One file that could not be used at all, and why."""

    file: str
    period: str
    why: Words


@dataclass(frozen=True)
class Well:
    """What became of one file that is in use."""

    file: str
    label: Words
    period: str
    read_n: int
    accepted_n: int
    quarantined_n: int
    set_aside_n: int
    tolerated_n: int


@dataclass
class Return:
    """All that goes back to one partner."""

    programme: str
    title: Words
    partner: str
    label: Words
    lines: list[Line] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    well: list[Well] = field(default_factory=list)

    @property
    def is_needed(self) -> bool:
        """True where the partner has something to mend or send again."""
        return bool(self.lines or self.refused)
