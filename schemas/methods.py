"""Methods of estimation as data: what each asks, assumes, does with missing values, and matches.

One file a module of ``assets`` in ``methods/``; a method's code is what ``method_code`` of an
estimate says, and the thesis renders its appendix of methods from here.
"""

from __future__ import annotations

from functools import cache
from typing import Literal

from pydantic import BaseModel, ConfigDict

from schemas.words import SCHEMAS_FOLDER, Words, read_yaml

#: What a method asks; the words are in ``claims.yml``.
Question = Literal[
    "counts",
    "scores",
    "reliability",
    "change",
    "compared",
    "series",
    "waiting",
    "participation",
    "network",
    "programmes",
]


class Method(BaseModel):
    """One way of making a number.

    ``assumes`` names what must hold, by the codes that ``Statistic.assumptions`` judges; ``matches``
    is the R or published call that gives the same number; ``software`` are distributions whose
    versions belong beside the estimate.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    module: str
    question: Question
    label: Words
    formula: str
    assumes: dict[str, Words] = {}
    missing: Words
    interval: Words | None = None
    reference: str
    matches: str = ""
    software: tuple[str, ...] = ()


@cache
def methods() -> dict[str, Method]:
    """Return all methods by code.

    Raises
    ------
    ValueError
        When two files declare one method.
    """
    found: dict[str, Method] = {}
    for path in sorted((SCHEMAS_FOLDER / "methods").glob("*.yml")):
        for code, entry in read_yaml(f"methods/{path.name}").items():
            if code in found:
                raise ValueError(f"method '{code}' is declared twice")
            found[code] = Method(code=code, module=path.stem, **entry)
    return found
