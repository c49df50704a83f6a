"""Public files of three strangers through the whole house: figures from ``shared/real/README.md``.

Nothing is made for them but ``programme.yml`` and ``source.yml`` files: if a number differs here,
something in the house is moulded to the demo.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pandas as pd
import pytest

from assets.store import Warehouse
from tests.conftest import Ran

#: README: statistics to six decimals.
SIX = 5e-7


@pytest.fixture(scope="module")
def number(real: Ran) -> Callable[..., float]:
    """Return a look-up of one estimate's column by its stable name."""
    warehouse = Warehouse(real.layout.warehouse)
    tables = [warehouse.read(name) for name in ("measures_estimates", "impact_estimates")]
    rows = pd.concat(tables).set_index("estimate_id")
    return lambda name, column="estimate": float(rows.loc[name, column])


@pytest.fixture(scope="module")
def released(real: Ran) -> pd.DataFrame:
    """Return every released cell."""
    files = sorted((real.layout.released / "tables").glob("*.parquet"))
    return pd.concat([pd.read_parquet(path) for path in files]).set_index("estimate_id")


def test_absences(number):
    assert number("absence_rate/all", "n") == 110_527
    assert number("absence_rate/all", "contributors_n") == 62_299
    assert number("absence_rate/all", "numerator_n") == 22_319
    assert number("absence_rate/all") == pytest.approx(0.20193256, abs=5e-9)
    assert number("absence_rate/all/is_reminded=false") == pytest.approx(0.16703311, abs=5e-9)
    assert number("absence_rate/all/is_reminded=true") == pytest.approx(0.27574545, abs=5e-9)
    assert number("absence_rate/all/gender_code=female") == pytest.approx(0.20314588, abs=5e-9)
    assert number("absence_rate/all/gender_code=male") == pytest.approx(0.19967948, abs=5e-9)


@pytest.mark.parametrize(
    ("item", "wave", "counts"),
    [
        ("affSat1", "y2016", [8, 30, 58, 103, 72]),
        ("affSat1", "y2017", [4, 10, 20, 95, 96]),
        ("affSat2", "y2017", [5, 16, 37, 115, 50]),
        ("affSat3", "y2017", [9, 26, 40, 111, 29]),
        ("affSat4", "y2017", [7, 10, 41, 101, 55]),
    ],
)
def test_answers_on_a_scale(number, item: str, wave: str, counts: list[int]):
    found = [number(f"answer_n/{item}/{wave}/answer={level}") for level in range(1, 6)]
    assert found == counts


def test_answers_by_choice(number):
    first = {"Doctorate": 183, "Masters degree": 53, "Undergraduate degree": 33, "None": 1}
    for answer, count in first.items():
        assert number(f"answer_n/edu1/y2016/answer={answer}") == count, answer
    second = {"Doctorate": 170, "Master degree": 56, "Undergraduate degree": 25, "Other": 2}
    for answer, count in second.items():
        assert number(f"answer_n/edu1/y2017/answer={answer}") == count, answer
    assert number("answer_n/affSat1/y2016/answer=_total", "n_missing") == 2


def test_multiple_choice(real: Ran, number):
    rows = Warehouse(real.layout.warehouse).read("core_responses")
    ticks = rows[rows["item_code"].str.startswith("tool4can[")]
    answered = ticks[ticks["answer_code"].notna()]
    assert ticks["item_code"].nunique() == 39
    assert answered["person_code"].nunique() == 224
    assert (answered["answer_code"] == "1").sum() == 1_250
    assert number("answer_n/tool4can[Python]/y2017/answer=1") == 189


def test_scale(number):
    assert number("reliability_alpha/aff_sat/y2016") == pytest.approx(0.922938, abs=SIX)
    assert number("reliability_alpha/aff_sat/y2017") == pytest.approx(0.905531, abs=SIX)
    for wave, mean, sd, n in (
        ("y2016", 3.643519, 0.970286, 270),
        ("y2017", 3.872596, 0.848411, 208),
    ):
        name = f"score_mean/aff_sat/{wave}"
        assert number(name, "n") == number(f"reliability_alpha/aff_sat/{wave}", "n") == n
        assert number(name) == pytest.approx(mean, abs=SIX)
        assert number(name, "se") * n**0.5 == pytest.approx(sd, abs=1e-6)


def test_service_access(real: Ran, number):
    contacts = Warehouse(real.layout.warehouse).read("core_contacts")
    contacts["year"] = contacts["contact_date"].dt.year
    sums = contacts.groupby(["service_code", "year"])["contact_n"].sum()
    entrances = [sums["library_entrances", year] for year in (2021, 2022, 2023, 2024)]
    assert entrances == [2_528, 7_829, 11_756, 12_124]
    assert sums["library_loans"].sum() == 30_607
    assert sums["library_new_members"].sum() == 1_121
    monthly = contacts[contacts["service_code"] == "library_new_digital"]["contact_n"]
    assert (monthly.between(1, 4).sum(), (monthly == 0).sum()) == (20, 1)
    requests = contacts[contacts["service_code"] == "citizen_requests"]
    assert len(requests) == 4_651
    assert requests["status_code"].value_counts().tolist() == [2_660, 1_526, 289, 149, 23, 4]
    assert requests["closed_date"].isna().sum() == 1_968
    assert requests["category_code"].isna().sum() == 36


def test_time_to_closing(number):
    mean = number("closing_days_mean/citizen_requests/all")
    assert mean == pytest.approx(21.942974, abs=SIX)
    assert number("closing_days_median/citizen_requests/all") == 6
    assert number("still_open_median/citizen_requests/all") == 54
    open_share = "still_open_share/citizen_requests/all/day="
    assert number(f"{open_share}30") == pytest.approx(0.540542, abs=SIX)
    assert number(f"{open_share}90") == pytest.approx(0.458381, abs=SIX)


def test_anonymity_of_the_records(real: Ran):
    risk = Warehouse(real.layout.warehouse).read("release_risk").set_index("quasi_identifiers")
    found = risk.loc["gender_code, age_years, neighbourhood_code"]
    assert (found["k"], found["uniques"], found["records_under"]) == (1, 2_586, 13_551)


def test_small_places_and_months_are_not_shown(real: Ran, released: pd.DataFrame):
    warehouse = Warehouse(real.layout.warehouse)
    rows = warehouse.read("sorting_attendance__accepted")["neighbourhood_code"].value_counts()
    small = rows[rows.isin([1, 2, 8])].index
    assert len(small) == 3
    about = released[released["level_1"].isin(small) | released["level_2"].isin(small)]
    assert len(about) >= 3
    assert about["value"].isna().all()
    assert about["n"].isna().all()
    contacts = warehouse.read("measures_contacts__month")
    digital = contacts[contacts["service_code"] == "library_new_digital"]
    for month in digital.loc[digital["contacts_n"].between(1, 4), "month"]:
        cell = released.loc[f"contacts_n/{month}/service_code=library_new_digital"]
        assert cell["status"] == "suppressed"
        assert pd.isna(cell["value"])


def test_dashboard_speaks_of_this_programme(real: Ran):
    pages = [page for page in real.told["pages"] if re.search(r"dashboard_.*\.html$", page)]
    assert len(pages) == 4, "the latest quarter and the whole programme, in two languages"
    for page in pages:
        text = (real.layout.root / page).read_text("utf-8")
        # all entrances, 2,528+7,829+11,756+12,124 = 34,237, as public pages round them
        assert "34.235" in text or "34,235" in text
        assert "SINTETICI" not in text.upper() and "SYNTHETIC" not in text.upper()
