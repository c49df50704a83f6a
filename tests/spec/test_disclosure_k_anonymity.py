"""k-anonymity by hand and on published data."""

from __future__ import annotations

import os
import zipfile
from pathlib import Path

import pandas as pd
import pytest

from assets.release.risk import k_anonymity

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
