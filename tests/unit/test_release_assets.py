from __future__ import annotations

import json

import pandas as pd
import pytest

from assets.release import assets
from assets.release.manifest import latest_quarter
from assets.store import ProgrammeFolder
from tests.release_cases import candidate_table, estimate, levels

PROGRAMME = """
programme: small
title: {it: Prova, en: Trial}
synthetic: true
from: 2022-01-01
to: 2022-06-30
partners: {solco: {label: {it: SolCo, en: SolCo}}}
services: {debt: {label: {it: Debiti, en: Debt}, sensitive: true}, food: {label: {it: Cibo, en: Food}}}
disclosure: {minimum_count: 6}
"""
NO_HOURS = pd.DataFrame(
    {"person_code": [], "quarter": [], "activity_code": [], "hours": pd.Series([], dtype=float)}
)


PEOPLE = pd.DataFrame(
    {
        "person_code": [f"p{i:02d}" for i in range(7)],
        "gender_code": ["f"] * 6 + ["m"],
        "age_years": pd.array([30] * 7, dtype="Int64"),
        "age_band": ["30-44"] * 7,
        "neighbourhood_code": ["lunetta"] * 7,
        "area_role": ["pilot"] * 7,
        "tenure_code": [None] * 7,
        "citizenship_code": [None] * 7,
        "first_date": pd.to_datetime(["2022-02-01"] * 7),
        "link_certainty": ["certain"] * 7,
    }
)
NO_CONTACTS = pd.DataFrame(
    columns=["person_code", "service_code", "contact_date", "isee_eur", "arrears_eur"]
)


def at_risk(folder: ProgrammeFolder) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What the assets before the publication say of seven people."""
    counted = assets.release_risk(PEOPLE, folder)
    quarters = assets.release_risk__quarter(PEOPLE, folder)
    secrets = assets.release_risk__sensitive(PEOPLE, NO_CONTACTS, folder)
    steps = assets.release_risk__steps(PEOPLE, folder)
    return counted, assets.release_risk__figures(counted, quarters, secrets, steps, PEOPLE, folder)


@pytest.fixture
def folder(tmp_path) -> ProgrammeFolder:
    place = tmp_path / "raw" / "small"
    place.mkdir(parents=True)
    (place / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    return ProgrammeFolder(root=str(tmp_path), programme="small")


@pytest.fixture
def candidates() -> pd.DataFrame:
    return candidate_table(
        [
            *levels("reached_n", "gender_code", {"f": 42, "m": 31, "x": 5}, period="2022Q1"),
            *levels("contacts_n", "service_code", {"debt": 8, "food": 40}, period="2022-05"),
        ]
    )


def test_the_programme_decides_how_strict(folder, candidates):
    table = assets.release_tables(candidates, NO_HOURS, folder)
    status = table.set_index("level_1")["status"]
    assert status["x"] == "suppressed_primary"  # five are too few where six are asked
    assert status["debt"] == "suppressed_primary"  # eight are too few for a debt desk


def test_what_is_published_is_what_was_decided(folder, candidates):
    table = assets.release_tables(candidates, NO_HOURS, folder)
    files = assets.release_publication(table, candidates, *at_risk(folder), folder)
    manifest = json.loads((folder.layout.released / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["programme"] == "small"
    assert manifest["synthetic"] is True
    assert manifest["latest_quarter"] == "2022Q2"
    assert manifest["thresholds"]["minimum_count"] == 6
    assert manifest["labels"]["services"]["debt"] == {"it": "Debiti", "en": "Debt"}
    assert files["rows"].sum() == len(table)
    hidden = sum(each["hidden"] for each in manifest["tables"].values())
    assert table.attrs == {"cells_released": len(table) - hidden, "cells_hidden": hidden}
    assert (folder.layout.store / "ledger.jsonl").read_text(encoding="utf-8").count("\n") == 1


def test_checks_hold_on_a_release_and_fail_on_a_careless_one(folder, candidates):
    table = assets.release_tables(candidates, NO_HOURS, folder)
    assert assets.enough_people(table, candidates, folder).passed
    assert assets.hidden_stay_hidden(table, candidates, folder).passed
    careless = table.copy()
    careless.loc[careless["level_1"] == "x", ["value", "status"]] = [5, "released"]
    assert not assets.enough_people(careless, candidates, folder).passed
    telling = table.copy()
    telling.loc[telling["level_1"] == "m", ["value", "status"]] = [31, "released"]
    assert not assets.hidden_stay_hidden(telling, candidates, folder).passed
    half_blank = table.copy()
    half_blank.loc[half_blank["level_1"] == "x", "n"] = 5
    assert not assets.enough_people(half_blank, candidates, folder).passed


def test_a_careless_release_is_never_published(folder, candidates):
    table = assets.release_tables(candidates, NO_HOURS, folder)
    table.loc[table["level_1"] == "m", ["value", "status"]] = [31, "released"]
    with pytest.raises(Exception, match="could be worked out"):
        assets.release_publication(table, candidates, *at_risk(folder), folder)
    assert not folder.layout.released.exists()


def test_candidates_come_from_both_rooms(folder):
    rows = [estimate("reached_n", 9, 9)]
    found = assets.release_candidates(
        pd.DataFrame(rows), pd.DataFrame([estimate("score_change", 4.0, 30, design="pre_post")])
    )
    assert found["table_code"].tolist() == ["change", "reach"]


def test_risk_counts_people_and_shows_none(folder):
    found = assets.release_risk(PEOPLE, folder)
    assert found["uniques"].tolist() == [1, 1, 1, 1]
    assert found["threshold"].tolist() == [6, 6, 6, 6]
    assert found["k"].tolist() == [1, 1, 1, 1]


def test_the_manifest_tells_no_small_count_and_the_ledger_remembers_it(folder, candidates):
    table = assets.release_tables(candidates, NO_HOURS, folder)
    assets.release_publication(table, candidates, *at_risk(folder), folder)
    manifest = json.loads((folder.layout.released / "manifest.json").read_text(encoding="utf-8"))
    figures = [each for each in manifest["anonymity"]["figures"] if each["period"] == "all"]
    told = {(each["figure"], each["subject"]): each for each in figures}
    main = manifest["anonymity"]["main"]
    assert told["people", ""]["value"] == 6  # seven, to the programme's six
    assert told["uniques", main] == {
        "figure": "uniques",
        "subject": main,
        "period": "all",
        "value": None,
        "status": "under_threshold",
    }
    line = json.loads((folder.layout.store / "ledger.jsonl").read_text(encoding="utf-8"))
    assert line["anonymity"][main] == {"records_n": 7, "k": 1, "uniques": 1, "records_under": 1}
    assert "p0" not in json.dumps(manifest["anonymity"])
    assert assets.release_risk__uniques(PEOPLE)["person_code"].unique().tolist() == ["p06"]


def test_a_release_that_singles_out_more_is_noticed(folder, candidates):
    table = assets.release_tables(candidates, NO_HOURS, folder)
    assets.release_publication(table, candidates, *at_risk(folder), folder)
    now = assets.release_risk(PEOPLE, folder)
    alone = assets.no_easier_than_before(now, folder)
    assert alone.passed and not alone.metadata["is_compared"].value
    ledger = folder.layout.store / "ledger.jsonl"
    line = json.loads(ledger.read_text(encoding="utf-8"))
    earlier = {name: {**each, "uniques": 0} for name, each in line["anonymity"].items()}
    other = {**line, "data_version": "before", "anonymity": earlier}
    ledger.write_text(json.dumps(other) + "\n" + json.dumps(line) + "\n", encoding="utf-8")
    worse = assets.no_easier_than_before(now, folder)
    assert not worse.passed and worse.severity.value == "WARN"
    assert worse.metadata["sets_worse_n"].value == 4


def test_the_latest_quarter_is_the_last_with_a_number_shown():
    shown = pd.DataFrame(
        {
            "period": ["2022Q1", "2022-08", "2022Q4", "all", "2023Q1"],
            "value": [1.0, 2.0, None, 3.0, 4.0],
        }
    )
    assert latest_quarter(shown, ["2022Q1", "2022Q2", "2022Q3", "2022Q4"]) == "2022Q3"
    assert latest_quarter(shown.iloc[3:4], ["2022Q1"]) is None
