"""The intern's page: what is missing is told by its deadline, and what to do stands in order."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

import pytest

from assets.layout import Layout
from pipelines import quality, state
from reports import kit
from reports._released import KitError

REPOSITORY = Path(__file__).resolve().parents[2]
WORDS = {"it": "Uno", "en": "One"}


def cell(period, state, kind="quarter", **more):
    return {
        "partner": "uno", "source": "registro", "period": period, "kind": kind, "state": state,
        "why": "", "days": None, "due": "2022-04-30", "files": 1, **more,
    }  # fmt: skip


TABLES = {
    "programme": "prova",
    "title": WORDS,
    "synthetic": True,
    "partners": {"uno": WORDS, "due": {"it": "Due", "en": "Two"}},
    "sources": [{"partner": "uno", "source": "registro", "label": WORDS, "every": "quarter"}],
    "waves": {"pre": {"it": "Prima", "en": "Before"}},
    "grace_days": 30,
    "grid": [
        cell("2021Q4", "late", days=12),
        cell("2022Q1", "missing"),
        cell("2022Q2", "not_due"),
        cell("pre", "unexpected", kind="wave", why="copy"),
    ],
    "rows": [
        {"partner_code": "uno", "dataset": "attendance", "read_n": 1200, "accepted_n": 1190,
         "quarantined_n": 10, "set_aside_n": 4}
    ],
    "rules": [{"partner": "uno", "dataset": "attendance", "rule": "hours.range", "cost": "row",
               "rows_n": 10, "it": "Le ore.", "en": "The hours."}],
    "refused": [{"partner": "due", "it": "Riscrivere.", "en": "Write again.", "files": ["due/x.csv"]}],
    "release": {},
    "todo": [
        {"step": "refused", "partner": "due", "count": 1, "periods": []},
        {"step": "missing", "partner": "uno", "count": 1, "periods": ["registro 2022Q1"]},
    ],
}  # fmt: skip


@pytest.fixture
def q(tmp_path):
    (tmp_path / "quality.json").write_text(json.dumps(TABLES), encoding="utf-8")
    return kit.quality(folder=tmp_path)


def test_the_page_says_what_came_what_is_late_and_what_was_refused(q):
    assert "Consegne attese: 3. Arrivate: 1, di cui in ritardo 1. Mancanti: 1" in q.text("short")
    assert "1.200" in q.text("short")
    assert "30\u00a0aprile 2022" in q.table("missing")
    assert "| 12 |" in q.table("late")
    assert "Riscrivere." in q.table("refused") and "due/x.csv" in q.table("refused")


def test_the_grid_has_a_mark_for_every_source_and_period(q):
    grid = q.text("grid")
    assert "T4 2021 | T1 2022 | T2 2022" in grid
    assert "tardi | MANCA | attesa" in grid
    assert "Prima" in grid and "copia" in grid


def test_each_partner_has_a_sheet_with_what_is_asked_of_it(q):
    text = q.text("partners")
    assert "{#partner-uno .sheet}" in text and "{#partner-due .sheet}" in text
    assert "chiedere le consegne che mancano (1): registro 2022Q1" in text.split("#partner-due")[0]
    assert "Le ore." in text


def test_names_nobody_declared_stop_the_page(q, tmp_path):
    with pytest.raises(KitError):
        q.table("grids")
    with pytest.raises(KitError):
        q.text("tod")
    with pytest.raises(KitError):
        kit.quality(folder=tmp_path / "elsewhere")


@pytest.fixture
def layout(tmp_path):
    """A programme whose partner Agape has delivered one file of one quarter."""
    demo = tmp_path / "raw" / "demo"
    (demo / "agape").mkdir(parents=True)
    for name in ("programme.yml", "agape/source.yml"):
        shutil.copyfile(REPOSITORY / "raw" / "demo" / name, demo / name)
    return Layout(tmp_path, "demo")


def test_what_is_due_moves_with_deadlines_only(layout):
    # The first quarter, 2021Q2, ends on 30 June; 30 days of grace end on 30 July.
    on_time = quality.gather(layout, date(2021, 7, 30))
    late, later = (quality.gather(layout, date(2021, month, 28)) for month in (8, 9))
    assert {each["state"] for each in on_time["grid"]} == {"not_due"}
    assert on_time["todo"] == []
    missing = {each["period"] for each in late["grid"] if each["state"] == "missing"}
    assert missing == {"2021Q2"}
    assert late == later, "a day on which nothing falls due changes nothing"
    assert [each["step"] for each in late["todo"]] == ["missing"]


def test_what_stops_data_comes_before_what_waits_for_others(layout, monkeypatch):
    deliveries = [
        {"partner_code": "agape", "path": "agape/2021Q2/x.csv", "state": "refused",
         "is_settled": False, "message_it": "No.", "message_en": "No."}
    ]  # fmt: skip
    monkeypatch.setattr(quality.look, "deliveries", lambda _: deliveries)
    monkeypatch.setattr(quality.look, "link_questions", lambda _: {"open": 2})
    rule = {"partner": "agape", "cost": "row", "rows_n": 3}
    monkeypatch.setattr(quality, "_rules", lambda _: [rule])
    found = quality.gather(layout, date(2021, 8, 28))
    assert [each["step"] for each in found["todo"]] == ["refused", "links", "quarantine", "missing"]


def test_a_failed_run_comes_first_and_the_end_of_keeping_last(layout):
    path = layout.raw / "programme.yml"
    kept = "retention: {until: 2021-07-01, basis: x}\n"
    path.write_text(path.read_text("utf-8") + kept, "utf-8")
    layout = Layout(layout.root, layout.programme)
    on = [quality.gather(layout, date(2021, 7, day), 2)["todo"] for day in (1, 2)]
    assert [[each["step"] for each in found] for found in on] == [
        ["failed"],
        ["failed", "retention"],
    ]
    assert on[1][1]["periods"] == ["2021-07-01"]


def test_every_step_to_do_has_its_words(tmp_path):
    steps = (
        "failed",
        "refused",
        "unexpected",
        "links",
        "quarantine",
        "missing",
        "release",
        "retention",
    )
    todo = [{"step": each, "partner": "uno", "count": 2, "periods": ["x"]} for each in steps]
    (tmp_path / "quality.json").write_text(json.dumps({**TABLES, "todo": todo}), encoding="utf-8")
    said = kit.quality(folder=tmp_path).text("todo")
    assert said.count("\n1. ") == len(steps) - 1 and "non è riuscita" in said


def test_the_page_is_made_again_only_where_it_would_say_something_else(layout):
    pages = [layout.root / each for each in quality.bring_up(layout, date(2021, 7, 30))]
    assert [path.name for path in pages] == ["quality_it.html", "quality_en.html"]
    assert {path.parent.name for path in pages} == {"internal"}
    pages[0].write_text("untouched", "utf-8")
    quality.bring_up(layout, date(2021, 7, 1))
    assert pages[0].read_text("utf-8") == "untouched"
    quality.bring_up(layout, date(2021, 8, 28))  # a deadline has passed
    assert pages[0].read_text("utf-8") != "untouched"
    pages[1].unlink()
    quality.bring_up(layout, date(2021, 8, 28))
    assert pages[1].is_file()


def test_no_reader_finds_the_page_among_the_results(layout):
    quality.bring_up(layout, date(2021, 7, 30))
    assert state.files_of_programme(layout, []) == {}
