"""What ``programme.yml`` may say for open data: who holds the rights, whom to ask, which licence."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from schemas.config import Strict

#: Codes of the EU vocabulary of data themes (publications.europa.eu/resource/authority/data-theme).
Theme = Literal[
    "AGRI",
    "ECON",
    "EDUC",
    "ENER",
    "ENVI",
    "GOVE",
    "HEAL",
    "INTR",
    "JUST",
    "REGI",
    "SOCI",
    "TECH",
    "TRAN",
]

#: Codes of the EU vocabulary of frequencies (publications.europa.eu/resource/authority/frequency).
Frequency = Literal["MONTHLY", "QUARTERLY", "ANNUAL_2", "ANNUAL", "IRREG", "NEVER"]

#: SPDX names of the licences that open data may carry here.
Licence = Literal["CC-BY-4.0", "CC0-1.0"]


class Organisation(Strict):
    """An organisation; ``code`` is its IPA code (public bodies) or tax number."""

    name: str = Field(min_length=1)
    code: str | None = Field(default=None, pattern=r"\A[A-Za-z0-9_.-]+\z")


class ContactPoint(Strict):
    """The office to ask; an office's address, not a person's."""

    name: str = Field(min_length=1)
    email: str = Field(pattern=r"\A[^@\s<>\"]+@[^@\s<>\"]+\.[^@\s<>\"]+\z")


class OpenData(Strict):
    """How the released tables are described outside; every key has a default.

    ``url`` is the address of the folder the package will stand in; without it the descriptions use
    addresses relative to themselves, which hold wherever the whole folder is put.
    """

    rights_holder: Organisation | None = None
    publisher: Organisation | None = None
    contact: ContactPoint | None = None
    licence: Licence = "CC-BY-4.0"
    themes: list[Theme] = Field(default=["SOCI"], min_length=1)
    frequency: Frequency = "QUARTERLY"
    keywords: list[str] = []
    url: str | None = Field(default=None, pattern=r"\Ahttps?://[^\s<>\"]+/\z")
