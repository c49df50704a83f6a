"""Records as numbers, so that equal cells can be told from different ones without looking at them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from schemas.dataset import Dataset
from schemas.datasets import MAIN_DATE

#: Columns that say what happened, besides who and when.
_WHAT = {
    "attendance": ("activity_code",),
    "survey": ("wave_code",),
    "service_access": ("service_code",),
}
PLACES = ("delivery_id", "sheet", "row_number")


@dataclass(frozen=True)
class Records:
    """Records of one dataset as numbers: equal cells, equal numbers; -1 is no cell.

    Attributes
    ----------
    cells
        One column of numbers for each column that is compared.
    places
        ``delivery_id``, ``sheet``, ``row_number`` and what is known of the delivery:
        ``partner_code``, ``source_code``, ``period``.
    days, persons
        The main date and the code of the person, as they are.
    who, what, day
        Names of columns of ``cells``: persons or households, kind of event, main date.
    """

    cells: pd.DataFrame
    places: pd.DataFrame
    days: pd.Series
    persons: pd.Series
    who: tuple[str, ...]
    what: tuple[str, ...]
    day: str

    @property
    def names(self) -> list[str]:
        """The columns that are compared."""
        return [str(name) for name in self.cells.columns]

    @property
    def named(self) -> np.ndarray:
        """Whether each record says who."""
        return np.asarray((self.cells[list(self.who)] >= 0).any(axis=1))


def records_of(rows: pd.DataFrame, dataset: Dataset, about: pd.DataFrame) -> Records:
    """Turn typed rows into records of numbers; the answers of one form become one record."""
    rows = rows.reset_index(drop=True)
    if dataset.name == "survey":
        rows = _forms(rows)
    skipped = {*PLACES, "source_code", "period", "cell_letter", "record_id"}
    day, what = MAIN_DATE[dataset.name], _WHAT[dataset.name]
    made = {}
    for name in [each for each in rows.columns if each not in skipped]:
        codes = pd.factorize(rows[name])[0].astype(np.int32)
        # A column in which all are alike tells no two records apart.
        if name in ("person_code", day, *what) or (len(codes) and (codes != codes[0]).any()):
            made[str(name)] = codes
    cells = pd.DataFrame(made, index=rows.index)
    places = rows[list(PLACES)].join(about, on="delivery_id")
    texts = [name for name in places if name != "row_number"]
    places = places.astype(dict.fromkeys(texts, "category"))  # few words, many rows
    who = ("person_code",)
    return Records(cells, places, rows[day], rows["person_code"], who, what, day)


def _forms(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row per form: its answers side by side, a column for each question."""
    place = list(PLACES)
    answers = rows.drop_duplicates([*place, "item_code"]).pivot(
        index=place, columns="item_code", values="answer_code"
    )
    answers.columns = [f"answer {each}" for each in answers.columns]
    fixed = ["person_code", "wave_code", "response_date"]
    heads = rows.drop_duplicates(place)[[*place, *fixed]]
    return heads.merge(answers.reset_index(), on=place, how="left")


def group(frame: pd.DataFrame, names: Iterable[str]) -> np.ndarray:
    """Return the number of each row's group: rows equal in these columns, empty cells among them."""
    numbers = np.zeros(len(frame), dtype=np.int64)
    for name in names:
        codes = frame[name].to_numpy()
        if codes.dtype.kind not in "iu":
            codes = pd.factorize(frame[name])[0]
        step = int(codes.max(initial=-1)) + 2
        numbers = pd.factorize(numbers * step + codes + 1)[0]
    return numbers
