"""The note beside a delivery: what the file itself cannot say."""

from __future__ import annotations

from datetime import date

from pydantic import Field, field_validator

from schemas.amounts import Count
from schemas.config import ConfigProblem, Strict


class Sidecar(Strict):
    """The note beside a delivery (``<file>.yml``): when it came, from whom, what it replaces.

    ``from`` is an office, never a person. ``rows`` is the number of data rows the partner says it
    sent; a file with another number is refused. ``period`` holds where the file lies in the folder
    of another period, or in none. ``supersedes`` names the earlier file of the same source and
    period, which stays in the vault; what it replaces is said by ``supersede`` in ``source.yml``.
    """

    received: date | None = None
    sender: str | None = Field(default=None, alias="from")
    form_version: str | None = None
    rows: Count | None = None
    period: str | None = None
    supersedes: str | None = None
    note: str | None = None

    @field_validator("supersedes")
    @classmethod
    def _name_of_a_file(cls, name: str | None) -> str | None:
        """Take a bare name only: a note reaches no other folder."""
        if name is not None and ("/" in name or "\\" in name or not name.strip()):
            raise ConfigProblem(
                "serve il nome di un file della stessa cartella, senza percorso",
                "the name of a file of the same folder is needed, without a path",
            )
        return name
