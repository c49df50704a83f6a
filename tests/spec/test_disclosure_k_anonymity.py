"""k-anonymity by hand and on published data."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from assets.release.classes import class_sizes
from assets.release.risk import k_anonymity, uniques
from tests.spec.reference.anonymity_tables import by_arithmetic, sweeney

ROOT = Path(__file__).resolve().parents[2]
REAL = Path(os.environ.get("LUNATTIVA_REAL", ROOT.parent / "shared" / "real"))
APPOINTMENTS = REAL / "attendance" / "KaggleV2-May-2016.csv.zip"


def test_classes_by_hand():
    # (f, 30) x 2, (m, 30) x 1, (m, not known) x 3
    people = pd.DataFrame(
        {"gender": ["f", "f", "m", "m", "m", "m"], "age": [30, 30, 30, None, None, None]}
    )
    found = k_anonymity(people, ["gender", "age"], 3)
    assert (found.k, found.uniques, found.records_under, found.classes_n) == (1, 1, 3, 3)


def test_nobody_at_all():
    found = k_anonymity(pd.DataFrame({"gender": []}), ["gender"], 5)
    assert (found.k, found.uniques, found.records_under) == (0, 0, 0)


@pytest.mark.skipif(not APPOINTMENTS.is_file(), reason="the public appointments file is not here")
def test_appointments_in_vitoria():
    # shared/real/README.md: first record of each patient; k = 1; 2,586 unique; 13,551 under 5
    with zipfile.ZipFile(APPOINTMENTS) as archive, archive.open(archive.namelist()[0]) as stream:
        rows = pd.read_csv(stream, dtype="string")
    patients = rows.drop_duplicates("PatientId")
    found = k_anonymity(patients, ["Gender", "Age", "Neighbourhood"], 5)
    assert (found.k, found.uniques, found.records_under) == (1, 2586, 13551)


def test_the_table_of_sweeney():
    # Sweeney 2002, figure 2: k = 2 for race, birth, gender, ZIP; classes of 2, 2, 2, 3, 2
    found = k_anonymity(sweeney(), ["race", "birth", "gender", "zip"], 3)
    assert (found.k, found.uniques, found.records_under, found.classes_n) == (2, 0, 8, 5)


def test_what_a_gap_may_mean_by_hand():
    # own level: (f,30)x2 (f,?)x1 (m,30)x1 (?,30)x1
    # any: the f of unknown age goes with both (f,30) and with (?,30): 4; each (f,30) with those: 4;
    #      (m,30) with (?,30): 2; (?,30) with everybody: 5
    # none: whoever has a gap is alone
    people = pd.DataFrame(
        {"gender": ["f", "f", "f", "m", None], "age": pd.array([30, 30, None, 30, 30], "Int64")}
    )
    columns = ["gender", "age"]
    assert class_sizes(people, columns).tolist() == [2, 2, 1, 1, 1]
    assert class_sizes(people, columns, "match_any").tolist() == [4, 4, 4, 2, 5]
    assert class_sizes(people, columns, "match_none").tolist() == [2, 2, 1, 1, 1]
    pair = pd.DataFrame({"gender": [None, None, "f"], "age": [30, 30, 31]})
    assert class_sizes(pair, columns).tolist() == [2, 2, 1]
    assert class_sizes(pair, columns, "match_none").tolist() == [1, 1, 1]


def test_bounds_hold_record_by_record():
    table = by_arithmetic()
    gaps = table.assign(
        band=table["band"].mask(table["euro"] % 5 == 0),
        place=table["place"].mask(table["euro"] == 7),
    )
    columns = ["gender", "band", "place"]
    least, own, most = (
        class_sizes(gaps, columns, rule) for rule in ("match_none", "own_level", "match_any")
    )
    assert (least <= own).all() and (own <= most).all() and (own < most).any()
    # and pair by pair, the slow way
    values = gaps[columns].astype(object).where(gaps[columns].notna(), None).to_numpy().tolist()
    slow = [
        sum(
            all(a is None or b is None or a == b for a, b in zip(x, y, strict=True)) for y in values
        )
        for x in values
    ]
    assert most.tolist() == slow


def test_the_unique_are_listed_by_code():
    people = pd.DataFrame(
        {
            "person_code": ["p3", "p1", "p2"],
            "gender_code": ["female", "female", "male"],
            "age_years": pd.array([30, 31, None], dtype="Int64"),
            "age_band": ["30-44", "30-44", None],
            "neighbourhood_code": ["lunetta"] * 3,
            "tenure_code": [None] * 3,
            "citizenship_code": ["italian"] * 3,
        }
    )
    found = uniques(people)
    exact = found[found["quasi_identifiers"] == "gender_code, age_years, neighbourhood_code"]
    assert exact["person_code"].tolist() == ["p1", "p2", "p3"]
    assert exact["is_complete"].tolist() == [True, False, True]
    banded = found[found["quasi_identifiers"] == "gender_code, age_band, neighbourhood_code"]
    assert banded["person_code"].tolist() == ["p2"]
