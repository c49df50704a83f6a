"""What a release says about anonymity: safe figures, the ledger's memory, and the page's words."""

from __future__ import annotations

import json
import re

import pandas as pd
import pyarrow as pa
import pytest

from assets.release import figures, generalise, ledger, manifest, risk, sensitive
from assets.release.thresholds import thresholds
from reports import kit
from reports._anonymity_texts import PARTS
from tests.unit.released_sample import released_sample

LIMITS = thresholds()
QUARTERS = ["2022Q1", "2022Q2"]


def people(n: int, *, alone: int = 0) -> pd.DataFrame:
    """``n`` women alike, and ``alone`` men, each of another tenure, age and place."""
    rows = [("female", 31, "30-44", "private", "italian", "lunetta", "pilot")] * n
    rows += [("male", 18 + i, "18-29", "other", "non_eu", f"q{i}", "other") for i in range(alone)]
    made = pd.DataFrame(
        rows,
        columns=["gender_code", "age_years", "age_band", "tenure_code", "citizenship_code",
                 "neighbourhood_code", "area_role"],
    )  # fmt: skip
    made["age_years"] = made["age_years"].astype("Int64")
    made["first_date"] = pd.Timestamp("2022-05-02")
    made.loc[: n // 2, "first_date"] = pd.Timestamp("2022-03-31")
    made["person_code"] = [f"p{i:03d}" for i in range(len(made))]
    made["link_certainty"] = "certain"
    made.loc[made.index[n:], "link_certainty"] = "ambiguous"
    return made


def contacts(*rows: tuple) -> pd.DataFrame:
    """Person, service, day, ISEE."""
    made = pd.DataFrame(rows, columns=["person_code", "service_code", "contact_date", "isee_eur"])
    made["contact_date"] = pd.to_datetime(made["contact_date"])
    return made.astype({"isee_eur": "float64", "person_code": "string"}).assign(arrears_eur=None)


def about(table: pd.DataFrame, asked: pd.DataFrame | None = None) -> dict:
    """The manifest's section, as the assets make it."""
    known = sensitive.attributes(table, contacts() if asked is None else asked, frozenset({"debt"}))
    return manifest.anonymity(
        figures.figures(
            risk.summary(table, 5),
            risk.by_quarter(table, QUARTERS, 5),
            sensitive.summary(known),
            generalise.lattice(table, 5, 0.05),
            LIMITS,
            table,
        )
    )


@pytest.mark.parametrize(
    ("count", "shown"),
    [(0, (0, "true_zero")), (1, (None, "under_threshold")), (4, (None, "under_threshold")),
     (5, (5, "released")), (7, (5, "released")), (8, (10, "released")), (219, (220, "released"))],
)  # fmt: skip
def test_counts_below_at_and_above_the_threshold(count, shown):
    assert tuple(figures.safe_count(count, 5)) == shown


def test_a_small_k_is_told_only_where_many_are_alone():
    assert figures.safe_k(5, 0, 5).value == 5
    assert figures.safe_k(1, 5, 5).value == 1
    assert figures.safe_k(1, 4, 5).value is None  # four people are alone: too few to say so
    assert figures.safe_k(3, 0, 5).value is None


def test_no_figure_that_leaves_is_about_few_people():
    for alone in (0, 1, 4, 5, 9):
        for line in about(people(40, alone=alone))["figures"]:
            value, name = line["value"], line["figure"]
            if name in ("distinct_l", "entropy_l", "t") or name.endswith("k") or value is None:
                continue
            assert value == 0 or value >= 5 and value % 5 == 0, line
            if name in ("known", "homogeneous"):
                assert value % 10 == 0, line


def test_people_are_told_by_how_sure_their_link_is():
    found = {
        line["subject"]: (line["value"], line["status"])
        for line in about(people(40, alone=3))["figures"]
        if line["figure"] == "linked"
    }
    assert found == {
        "certain": (40, "released"),
        "probable": (0, "true_zero"),
        "local": (0, "true_zero"),
        "ambiguous": (None, "under_threshold"),
    }


def test_too_few_people_for_any_figure():
    assert about(people(4))["figures"] == []
    assert about(people(5))["figures"] != []


def test_quarters_count_the_people_known_by_their_end():
    found = risk.by_quarter(people(9), QUARTERS, 5).drop_duplicates("period")
    assert found["records_n"].tolist() == [5, 9]  # rows 0 to 4 came on 31 March, the others in May


def test_what_services_know_is_taken_as_first_recorded():
    told = contacts(
        ("p001", "debt", "2022-03-01", 9000),
        ("p001", "food", "2022-01-01", 8000),
        ("p002", "food", "2022-01-01", None),
        (None, "debt", "2022-01-01", 1),
    )
    found = sensitive.attributes(people(3), told, frozenset({"debt"})).set_index("person_code")
    assert found["isee_eur"].dropna().to_dict() == {"p001": 8000}
    assert found["has_sensitive_service"].tolist() == [False, True, False]
    none = sensitive.summary(sensitive.attributes(people(3), contacts(), frozenset()))
    assert set(none["sensitive"]) == {"citizenship_code"}


def test_a_programme_that_names_nobody_has_no_secrets():
    """As the warehouse gives them: text columns without a piece, which pandas cannot merge."""
    empty = pa.chunked_array([], pa.string())
    text = empty.to_pandas(types_mapper=lambda _: pd.StringDtype(na_value=pd.NA))
    people = pd.DataFrame({"person_code": text, "age_band": text})
    visits = pd.DataFrame({"person_code": text, "contact_date": pd.to_datetime([]),
                           "service_code": text, "isee_eur": pd.Series(dtype=float)})  # fmt: skip
    found = sensitive.attributes(people, visits, frozenset({"emporio"}))
    assert found.empty and {"isee_eur", "has_sensitive_service"} <= set(found)


def test_the_distance_fits_the_column():
    assert sensitive.distance_of("isee_eur") == ("ordered", None)
    assert sensitive.distance_of("has_sensitive_service") == ("equal", None)
    kind, tree = sensitive.distance_of("citizenship_code")
    assert kind == "hierarchical"
    assert tree == {
        "italian": ("eu", "italian"),
        "eu": ("eu", "eu"),
        "non_eu": ("non_eu", "non_eu"),
    }


def test_a_secret_of_fewer_than_ten_is_not_described():
    asked = contacts(*[(f"p{i:03d}", "food", "2022-01-01", 5000 + i) for i in range(9)])
    found = {x["figure"] for x in about(people(40), asked)["figures"] if x["subject"] == "isee_eur"}
    assert found == {"known"}
    asked = contacts(*[(f"p{i:03d}", "food", "2022-01-01", 5000 + i) for i in range(10)])
    found = {x["figure"] for x in about(people(40), asked)["figures"] if x["subject"] == "isee_eur"}
    assert found == {"known", "homogeneous", "distinct_l", "entropy_l", "t"}


def entry(release: str, data: str, table: pd.DataFrame) -> dict:
    return {
        "release": release,
        "data_version": data,
        "anonymity": ledger.anonymity(risk.summary(table, 5)),
    }


def test_releases_are_compared_with_the_one_of_other_data(tmp_path):
    path = tmp_path / "ledger.jsonl"
    path.write_text(json.dumps({"release": "old", "data_version": "0"}) + "\n", encoding="utf-8")
    assert ledger.before(path, "1") == {}  # of a time when it was not written down
    ledger.enter(path, entry("a", "1", people(40, alone=2)))
    ledger.enter(path, entry("b", "2", people(40, alone=3)))
    now = ledger.anonymity(risk.summary(people(40, alone=3), 5))
    assert ledger.easier(now, ledger.before(path, "2"))
    assert ledger.easier(now, ledger.before(path, "1")) == []  # against itself: no larger
    assert ledger.easier(now, {}) == []
    told = ledger.over_time(path)
    exact = told[told["quasi_identifiers"] == "gender_code, age_years, neighbourhood_code"]
    assert exact[["release", "records_n", "uniques"]].values.tolist() == [
        ["a", 42, 2],
        ["b", 43, 3],
    ]


def reader(folder, lang: str, section: dict) -> kit.Kit:
    released_sample(folder)
    path = folder / "manifest.json"
    whole = {**json.loads(path.read_text("utf-8")), "anonymity": section}
    path.write_text(json.dumps(whole), encoding="utf-8")
    return kit.open(lang, folder=folder)


def test_the_page_says_the_releases_own_figures(tmp_path):
    asked = contacts(*[(f"p{i:03d}", "debt", "2022-01-01", 5000 + i) for i in range(20)])
    section = about(people(40, alone=9), asked)
    for lang, said in (("it", "circa 50"), ("en", "about 50")):
        k = reader(tmp_path / lang, lang, section)
        assert said in k.text("anonymity", part="short")
        sets = k.table("anonymity_sets")
        assert sets.count("circa 10" if lang == "it" else "about 10") == 8  # nine alone, all small
        assert "5.0" not in sets and "null" not in sets
        steps = k.table("anonymity_steps")
        assert ("cinque fasce" if lang == "it" else "five age bands") in steps
        assert "_" not in re.sub(r"release\\?_risk\\?_\\?_uniques", "", "".join(
            str(k.text("anonymity", part=part)) for part in PARTS))  # fmt: skip
        assert len(k.table("anonymity_quarters").splitlines()) == 4
        assert len(k.table("anonymity_sensitive").splitlines()) == 5


def test_the_page_withholds_what_is_about_few(tmp_path):
    k = reader(tmp_path, "en", about(people(40, alone=3)))
    assert "fewer than 5" in k.text("anonymity", part="short")
    assert "| fewer than 5 | fewer than 5 | fewer than 5 |" in k.table("anonymity_sets")


@pytest.mark.parametrize("section", [{}, {"figures": []}])
def test_the_page_of_a_release_that_can_say_nothing(tmp_path, section):
    k = reader(tmp_path, "it", section)
    assert "le persone sono troppo poche" in k.text("anonymity", part="short")
    assert "questionari" in k.text("anonymity", part="not_covered")
    for name in ("sets", "sensitive", "steps", "quarters"):
        assert "nessun dato" in k.table(f"anonymity_{name}")
    with pytest.raises(kit.KitError, match="singling_out"):
        k.text("anonymity", part="singling-out")
