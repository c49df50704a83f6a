"""Published numbers that the methods must reproduce, each with its source; some are R's, by a script here.

The tests in ``tests/spec`` compute them, and the thesis prints them ('how the methods were
checked'): one declaration serves both. No value here was made by our own code. Ids that begin with
``r_`` are numbers of the scripts in ``tests/spec/reference/r``.
"""

from __future__ import annotations

from functools import cache

from pydantic import BaseModel, ConfigDict, Field

from schemas.words import SCHEMAS_FOLDER, Words, read_yaml


class MethodCheck(BaseModel):
    """One published number: of which method, on which data, printed where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"\A[a-z][a-z0-9_]+\z")
    module: str
    method: str
    what: Words
    expected: float
    tolerance: float = Field(gt=0)
    data: str = Field(min_length=3)
    source: str = Field(min_length=10)
    call: str = ""


@cache
def modules() -> list[str]:
    """Return the names of the files of checks."""
    return sorted(path.stem for path in (SCHEMAS_FOLDER / "checks").glob("*.yml"))


@cache
def checks(module: str) -> list[MethodCheck]:
    """Return the published numbers of one module, in the order they are declared."""
    return [MethodCheck(module=module, **entry) for entry in read_yaml(f"checks/{module}.yml")]
