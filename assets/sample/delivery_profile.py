"""How the files of the synthetic programme arrive: late, faulty and corrected, twice."""

from __future__ import annotations

from typing import Literal

from schemas.config import Strict


class Late(Strict):
    """How many files come late, and by how many days."""

    files: int
    least_days: int
    most_days: int


class Correction(Strict):
    """A first, faulty version of a file, which a later one replaces."""

    source: str
    period: str
    kind: Literal["fewer_rows", "renamed_heading", "identifier"]
    column: str | None = None
    heading: str | None = None
    cell: str | None = None


class Copy(Strict):
    """A file that arrives twice, byte for byte."""

    source: str
    period: str


class Deliveries(Strict):
    """How files arrive."""

    on_time_days: int
    late: Late
    corrections: list[Correction]
    copies: list[Copy]
