"""The note beside a delivery: what the file itself cannot say."""

from __future__ import annotations

from datetime import date

from pydantic import Field

from schemas.config import Strict


class Sidecar(Strict):
    """The note beside a delivery (``<file>.yml``): when it came, from whom, what it replaces.

    ``supersedes`` names the earlier file of the same source and period, which stays in the vault
    and is no longer used.
    """

    received: date | None = None
    sender: str | None = Field(default=None, alias="from")
    supersedes: str | None = None
    form_version: str | None = None
    note: str | None = None
