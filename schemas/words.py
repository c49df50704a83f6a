"""Words in the two languages of the house: every text a person reads exists in Italian and English."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from pydantic import BaseModel, ConfigDict

Language = Literal["it", "en"]
LANGUAGES: tuple[Language, ...] = ("it", "en")
SCHEMAS_FOLDER = Path(__file__).parent


class Words(BaseModel):
    """One text in Italian and English."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    it: str
    en: str

    def say(self, lang: Language, **values: object) -> str:
        """Return the text in one language, its placeholders filled."""
        text = self.it if lang == "it" else self.en
        return text.format(**values) if values else text


@cache
def read_yaml(name: str) -> dict:
    """Read one of the declaration files beside this module; parsed once per process."""
    return load_yaml(SCHEMAS_FOLDER / name)


def load_yaml(path: Path) -> dict:
    """Read a file of ours that holds a mapping or a list."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # the C one is ten times as fast
    found: dict = yaml.load(path.read_text(encoding="utf-8"), loader)
    return found


@cache
def catalogue(name: str) -> dict[str, Words]:
    """Read a flat catalogue of texts (``rules.yml``, ``refusals.yml``): key -> Words."""
    return {key: Words(**entry) for key, entry in read_yaml(name).items()}
