"""What is kept of an erasure: that a person was forgotten, never who."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from schemas.config import Strict


class Tombstone(Strict):
    """One code of a person who was forgotten.

    ``digest`` is the code under a random key that stands elsewhere: it recognises the code when it
    comes back, and cannot be guessed from this file. ``partner`` is given where the code is one
    partner's own.
    """

    digest: str = Field(pattern=r"\A[0-9a-f]{64}\z")
    partner: str | None = None
    by: str = Field(min_length=1)
    on: date
    reason: str | None = None


class ErasedFile(Strict):
    """A file that was written again without a person's rows; its old bytes are no longer kept."""

    was: str = Field(pattern=r"\A[0-9a-f]{64}\z")
    now: str = Field(pattern=r"\A[0-9a-f]{64}\z")
    rows_n: int = Field(ge=1)
    on: date


class ForgottenBook(Strict):
    """Every erasure of a programme (``raw/<programme>/_forgotten.yml``)."""

    tombstones: list[Tombstone] = []
    files: list[ErasedFile] = []
