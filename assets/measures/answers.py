"""How many people gave each answer to a plain question."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from assets.estimates import Group, count, estimate_row
from schemas.estimates import TOTAL

if TYPE_CHECKING:
    import pandas as pd


def answer_rows(responses: pd.DataFrame, items: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Count answers per question and wave, with the number of people who gave any.

    Parameters
    ----------
    responses
        ``core_responses``; an unanswered question is a row with a null ``answer_code``.
    items
        Item codes from ``evaluation.answers`` in ``programme.yml``. The name of a multiple
        choice stands for all its options (``tool`` for ``tool[Python]``, ``tool[R]``, ...): each
        is a question of its own, answered ``1`` (ticked) or ``0`` by whoever ticked any.

    Notes
    -----
    Levels are the answers seen in any wave, so that the same answers can be compared; one that
    nobody gave in a wave is a true zero there. People who left the question empty are in
    ``n_missing`` of the total.
    """
    asked_items = responses["item_code"].dropna().unique()
    named = tuple(items)
    options = tuple(f"{item}[" for item in named)
    for item in sorted(each for each in asked_items if each in named or each.startswith(options)):
        mine = responses[responses["item_code"] == item]
        codes = sorted(mine["answer_code"].dropna().unique())
        for wave, asked in mine.groupby("wave_code", sort=True):
            given = asked.dropna(subset=["answer_code"])
            missing = asked["person_code"].nunique() - given["person_code"].nunique()
            for code in codes:
                people = given.loc[given["answer_code"] == code, "person_code"].nunique()
                yield _answer(people, item, str(wave), str(code))
            yield _answer(given["person_code"].nunique(), item, str(wave), TOTAL, missing)


def _answer(persons_n: int, item: str, wave: str, level: str, n_missing: int = 0) -> dict[str, Any]:
    return estimate_row(
        "answer_n",
        count(int(persons_n), unit="persons", n_missing=int(n_missing)),
        period=wave,
        population_code="respondents",
        n_unit="persons",
        contributors_n=int(persons_n),
        subject_code=item,
        group=Group("answer", level),
    )
