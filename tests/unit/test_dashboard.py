"""The funder's questions: targets, who is missing, costs, what is known; worked out by hand."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
import yaml

from assets.layout import REPOSITORY, Layout
from reports import _costs, _population, _targets, kit
from reports._briefs import BRIEFS
from reports._since import since_before
from schemas.context import Budget, Population
from tests.unit.released_sample import released_sample

# The sample: reached 41, 66, 58, 63, 92 by quarter and 187 in all; programme of 730 days.
POPULATION = [
    {
        "by": "age_band",
        "neighbourhoods": ["lunetta"],
        "source": "Gazzetta, 2017",
        "note": None,
        "groups": [
            {"label": {"it": "giovani", "en": "young"}, "levels": ["00-17"], "residents": 200},
            {"label": {"it": "adulti", "en": "adult"}, "levels": ["18-29", "30-44", "45-64"], "residents": 600},
            {"label": {"it": "anziani", "en": "old"}, "levels": ["65+"], "residents": 200},
        ],
    }
]  # fmt: skip
WHOLE_LINE = {
    "label": {"it": "a", "en": "a"},
    "eur": 7300.0,
    "from": "2021-06-01",
    "to": "2023-05-31",
}
LATE_LINE = {
    "label": {"it": "b", "en": "b"},
    "eur": 900.0,
    "from": "2022-01-01",
    "to": "2022-01-30",
}


@pytest.fixture
def layout(tmp_path):
    made = Layout(tmp_path, "demo")
    released_sample(made.released)
    path = made.released / "manifest.json"
    about = json.loads(path.read_text("utf-8"))
    about["targets"] = {"reached_n": 200, "hours_sum": None}
    about["population"] = POPULATION
    about["budget"] = {"source": "bando", "note": None, "lines": [WHOLE_LINE, LATE_LINE]}
    path.write_text(json.dumps(about), "utf-8")
    return made


@pytest.fixture
def k(layout):
    return kit.open(folder=layout.released, period="2022Q1")


def test_the_share_of_a_target_and_of_the_time(k):
    assert _targets.of_target(k, "reached_n") == pytest.approx(187 / 200)
    assert _targets.of_target(k, "hours_sum") is None, "a target never set is no zero"
    # 1 June 2021 to 30 June 2022, the end of the latest quarter: 395 days of 730.
    assert _targets.elapsed(k) == pytest.approx(395 / 730)
    said = k.text("targets")
    assert "187 su un obiettivo di 200 (94\u00a0%)" in said
    assert "obiettivo non fissato" in said and "54\u00a0% del tempo" in said


@pytest.mark.parametrize(
    ("quarter", "days"),
    [
        ("2022Q1", (date(2022, 1, 1), date(2022, 3, 31))),
        ("2021Q4", (date(2021, 10, 1), date(2021, 12, 31))),
    ],
)
def test_the_days_of_a_quarter(quarter, days):
    assert _targets.quarter_days(quarter) == days


def test_groups_are_compared_with_residents_by_their_shares(k):
    young, adult, old = _population.groups(k, POPULATION[0])
    # 2022Q1: 63 people, ages 8, 9, 26, 12, 8 and none unknown.
    assert young.reached == pytest.approx(8 / 63) and young.residents == pytest.approx(0.2)
    assert adult.reached == pytest.approx(47 / 63) and adult.points == pytest.approx(
        14.603, abs=1e-3
    )
    said = k.text("population")
    assert "Meno presenti che nel quartiere: giovani (13\u00a0%" in said
    assert "Più presenti che nel quartiere: adulti (75\u00a0%" in said
    # 43 of 3,730 residents of Lunetta (63 less 20): 1.15 per 100.
    assert "43 persone del quartiere, 1,2 su 100 residenti" in said
    assert "Per genere non è dichiarata nessuna fonte" in said


@pytest.mark.parametrize(
    ("points", "key"), [(4.9, "alike"), (5, "over"), (-4.9, "alike"), (-5, "under")]
)
def test_small_gaps_are_called_alike(points, key):
    group = _population.Group("x", 0.0, points / 100, ())
    parted = _population.parted_groups([group])
    assert [name for name, found in parted.items() if found] == [key]


def test_a_group_with_a_hidden_part_is_not_compared(k):
    women = {
        **POPULATION[0],
        "by": "gender_code",
        "groups": [
            {"label": {"it": "donne", "en": "women"}, "levels": ["female"], "residents": 500},
            {"label": {"it": "uomini", "en": "men"}, "levels": ["male"], "residents": 500},
        ],
    }
    known, hidden = _population.groups(k, women)
    assert known.reached == pytest.approx(42 / 63) and hidden.reached is None
    k.manifest["population"] = [women]
    assert "Non si possono confrontare" in k.text("population") and "uomini" in k.text("population")


def test_too_few_people_are_not_compared(k):
    k.small_base = 64
    assert all(each.reached is None for each in _population.groups(k, POPULATION[0]))


def test_costs_are_spread_over_the_days_they_are_of(k):
    # 10 euro a day over 90 days, and the late line whole.
    assert _costs.spent(k, "2022Q1") == pytest.approx(900 + 900)
    # Up to the end of the latest quarter: 395 days, and the late line.
    assert _costs.spent(k, "all") == pytest.approx(3950 + 900)
    # In 2021Q2 only the thirty days of June; the late line had not begun.
    assert _costs.spent(k, "2021Q2") == pytest.approx(300)
    assert _costs.unit_cost(k, "reached_n", "2022Q1") == pytest.approx(1800 / 63)
    assert "28,57" in k.table("costs")
    k.manifest["budget"] = None
    assert _costs.unit_cost(k, "reached_n", "all") is None
    assert "Nessun bilancio" in k.table("costs")


def test_coverage_needs_the_unknown_to_be_shown(k):
    lines = {line.split("|")[1].strip(): line for line in k.table("coverage").splitlines()}
    assert "100\u00a0%" in lines["Età"], "nobody's age is unknown"
    assert "non mostrato" in lines["Quartiere"] or "n.d." in lines["Quartiere"]


def test_the_whole_programme_is_a_page_of_its_own(layout):
    k = kit.open(folder=layout.released, period="all")
    said = k.text("funder_answer", part="first")
    assert "In tutto il programma sono state raggiunte 187 persone diverse" in said
    assert "Nel " not in said.split("\n")[0]
    assert (k.box("reached_n"), k.box("reached_n", "note")) == ("187", "obiettivo: 200")
    assert "trimestre" in k.box("retention_rate", "note")


def test_what_changed_since_the_quarter_before(layout):
    told = {x: since_before(kit.open(x, folder=layout.released, public=True)) for x in ("it", "en")}
    assert "2021Q2" not in told["it"], "there was nothing before"
    # 66, 58 and 63 people; the sample's cells name no unit to be rounded by
    assert "persone raggiunte 58 (prima 66: \u22128)" in told["it"]["2021Q4"]
    assert "people reached 63 (58 before: +5)" in told["en"]["2022Q1"]


def test_a_population_names_levels_that_exist_once():
    group = yaml.safe_load("{label: {it: a, en: a}, levels: ['00-17'], residents: 5}")
    with pytest.raises(ValueError, match="stands in two groups"):
        Population(by="age_band", neighbourhoods=["x"], source="s", groups=[group, group])
    with pytest.raises(ValueError, match="must come after"):
        Budget(
            lines=[{"label": group["label"], "eur": 1, "from": "2022-02-01", "to": "2022-01-01"}]
        )


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize("period", ["2022Q1", "all"])
def test_every_section_has_a_line_of_its_own(layout, lang, period):
    k = kit.open(lang, period, layout.released)
    lines = {name: k.text("brief", of=name) for name in BRIEFS}
    assert all(line.strip() and "\n" not in line and line.endswith(".") for line in lines.values())
    assert {"it": "obiettivo", "en": "target"}[lang] in lines["targets"]
    # 187 people of a target of 200
    assert "94" in lines["targets"]
    page = (REPOSITORY / "reports" / "dashboard.qmd").read_text("utf-8")
    assert re.findall(r'k\.text\("brief", of="(\w+)"\)', page) == list(BRIEFS)
    with pytest.raises(kit.KitError, match="targets"):
        k.text("brief", of="target")


def test_a_programme_of_little_has_lines_that_say_so(tmp_path):
    k = kit.open("it", "2016Q2", released_sample(tmp_path, bare=True))
    lines = {name: k.text("brief", of=name) for name in BRIEFS}
    assert all(line.strip() and "\n" not in line for line in lines.values())
    assert "Nessun bilancio" in lines["costs"] and "Nessun obiettivo" in lines["targets"]
