"""What a column is: the shape of every declaration in the lists of columns beside this module."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from schemas.words import Language, Words

Kind = Literal["text", "code", "date", "integer", "number", "boolean"]

#: Disclosure role of a column, from least to most delicate.
#: ``public``            says nothing about a person (an activity's name);
#: ``pseudonym``         a code standing for a person or household: never leaves;
#: ``quasi_identifier``  known to neighbours, can single out in combination;
#: ``sensitive``         debt, health, citizenship: the strict threshold applies.
Role = Literal["public", "pseudonym", "quasi_identifier", "sensitive"]

#: DuckDB storage type of each kind.
STORAGE: dict[Kind, str] = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "date": "TIMESTAMP",  # midnight; DATE would come back to pandas as Python objects
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True)
class Field:
    r"""One column: what it is, what it may hold, what it gives away.

    Attributes
    ----------
    codes
        Allowed codes with their labels; empty where the programme declares them (``codes_from``).
    codes_from
        Name of the list in ``programme.yml`` that holds the codes (``activities``, ``services``,
        ``neighbourhoods``, ``waves``), or ``None``.
    low, high
        Inclusive bounds; ``low_open`` makes the lower one exclusive.
    pattern
        Regular expression for the whole cell, written ``\A...\Z``.
    synonyms
        Headings under which partners are known to deliver the column.
    """

    name: str
    kind: Kind
    label: Words
    description: Words
    role: Role
    unit: str | None = None
    codes: dict[str, Words] = field(default_factory=dict)
    codes_from: str | None = None
    low: float | date | None = None
    high: float | date | None = None
    low_open: bool = False
    pattern: str | None = None
    synonyms: tuple[str, ...] = ()

    def say(self, lang: Language) -> str:
        """Return the column's label in one language."""
        return self.label.say(lang)


def words(it: str, en: str) -> Words:
    """Return a text in both languages; short, because each column says several."""
    return Words(it=it, en=en)
