"""Records of people for the tests of linkage, typed as in the warehouse."""

from __future__ import annotations

import pandas as pd

from assets.core.linkage import Declared, records_of
from schemas.linkage import Linkage

TEXT = pd.StringDtype(na_value=pd.NA)
#: Two partners with one source each; a third whose codes are its own.
DELIVERIES = pd.DataFrame(
    {
        "delivery_id": ["d1", "d2", "d3"],
        "partner_code": ["agape", "solco", "aler"],
        "source_code": ["centro", "lavoro", "casa"],
    }
)
DECLARED = Declared(Linkage(), {("aler", "casa"): "local"}, {})
#: Codes in the form that coding at the source gives them: of a tax code, of name and birth date.
STRONG = "T-A0B1-C2D3-E4F5-G6H7-J8K9-M0N1"
OTHER = "T-A0B1-C2D3-E4F5-G6H7-J8K9-M0N2"
WEAK = "N-A0B1-C2D3-E4F5-G6H7-J8K9-M0N3"
_COLUMNS = [
    "person_code", "household_code", "gender_code", "birth_year", "age_years",
    "neighbourhood_code", "record_date", "delivery_id",
]  # fmt: skip


def said(person: str | None, delivery: str = "d1", day: str = "2022-03-01", **rest: object) -> dict:
    """What one accepted row says about one person."""
    return {"person_code": person, "delivery_id": delivery, "record_date": day, **rest}


def records(*given: dict) -> pd.DataFrame:
    """``_core_records`` with these rows."""
    frame = pd.DataFrame(list(given), columns=_COLUMNS)
    frame["record_date"] = pd.to_datetime(frame["record_date"]).astype("datetime64[us]")
    kinds = dict.fromkeys(("birth_year", "age_years"), "Int64")
    texts = [each for each in _COLUMNS if each not in (*kinds, "record_date")]
    return frame.astype({**kinds, **dict.fromkeys(texts, TEXT)})


def known(*given: dict) -> pd.DataFrame:
    """The records that name a person, with what their codes stand for."""
    return records_of(records(*given), DELIVERIES, DECLARED)
