"""The order of a run, with a stand-in for Dagster: what is done, what is not, what is written down."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

from assets.errors import ConfigurationError, UnexpectedError
from assets.layout import Layout
from pipelines import state
from pipelines.busy import Busy, only_one
from pipelines.execute import Outcome
from pipelines.run import run
from pipelines.summary import as_json, counted, lines, refusals, summarise
from tests.unit import programmes as made


class Standin:
    """Makes what the jobs would make, and remembers which were asked for."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.asked: list[str | None] = []
        self.quarters = ["2022Q1", "2022Q2"]
        self.fails = Outcome()
        self.refused = False
        self.stops = False

    def __call__(self, _layout: Layout) -> Standin:
        return self

    def run(self, *, quarter: str | None = None) -> Outcome:
        self.asked.append(quarter)
        if quarter:
            made.write_page(self.layout, f"{quarter}-it.html")
            made.write_page(
                self.layout, "index.html", f"{sorted(self.layout.reports_output.iterdir())}"
            )
            return Outcome()
        made.fill_warehouse(self.layout, refused=self.refused)
        if self.stops:
            raise KeyboardInterrupt
        made.write_release(self.layout, self.quarters)
        made.write_page(self.layout, "index.html", "")
        return self.fails


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return made.tiny(tmp_path)


@pytest.fixture
def dagster(layout: Layout) -> Standin:
    return Standin(layout)


def test_first_run_makes_the_programme_and_the_latest_quarter(layout, dagster):
    told = run(layout, None, dagster)
    assert dagster.asked == [None, "2022Q2"]
    assert told.held and not told.nothing_new
    assert (told.read, told.accepted, told.quarantined) == (10, 8, 2)
    assert "reports/_output/tiny/2022Q2-it.html" in told.pages


def test_second_run_does_nothing_and_tells_the_same(layout, dagster):
    first = run(layout, None, dagster)
    dagster.asked.clear()
    second = run(layout, None, dagster)
    assert dagster.asked == []
    assert second.nothing_new
    assert json.loads(as_json(second)) == {**json.loads(as_json(first)), "nothing_new": True}


@pytest.mark.parametrize(
    ("change", "asked"),
    [
        (lambda at: (at.raw / "agape/2022Q1/emporio.csv").write_text("x"), [None, "2022Q2"]),
        (lambda at: (at.raw / "new.txt").write_text("x"), [None, "2022Q2"]),
        (lambda at: at.warehouse.unlink(), [None]),
        (lambda at: (at.released / "manifest.json").unlink(), [None]),
        (lambda at: (at.reports_output / "2022Q2-it.html").write_text("altered"), ["2022Q2"]),
        (lambda at: (at.reports_output / "2022Q2-it.html").unlink(), ["2022Q2"]),
        (lambda at: at.state.write_text("{cut sho"), [None, "2022Q2"]),
        (lambda at: at.state.write_text("[]"), [None, "2022Q2"]),
    ],
    ids=["file changed", "file new", "no warehouse", "no release", "page altered", "page gone",
         "state cut short", "state of another kind"],
)  # fmt: skip
def test_only_what_does_not_stand_is_made_again(layout, dagster, change, asked):
    run(layout, None, dagster)
    dagster.asked.clear()
    change(layout)
    assert not run(layout, None, dagster).nothing_new
    assert dagster.asked == asked
    dagster.asked.clear()
    assert run(layout, None, dagster).nothing_new
    assert dagster.asked == []


def test_other_quarters_are_made_when_asked_for(layout, dagster):
    run(layout, None, dagster)
    dagster.asked.clear()
    run(layout, "2022Q1", dagster)
    assert dagster.asked == ["2022Q1"]
    assert run(layout, "all", dagster).nothing_new
    assert run(layout, None, dagster).nothing_new


def test_pages_of_older_data_are_not_said_to_be_ready(layout, dagster):
    run(layout, "all", dagster)
    (layout.raw / "new.txt").write_text("x")
    told = run(layout, None, dagster)
    assert "reports/_output/tiny/2022Q1-it.html" not in told.pages
    assert "reports/_output/tiny/2022Q2-it.html" in told.pages


def test_unknown_period_names_the_nearest_and_does_nothing(layout, dagster):
    with pytest.raises(ConfigurationError) as caught:
        run(layout, "2022Q9", dagster)
    assert "2022Q1" in caught.value.say("it")
    assert "'2022Q9'" in caught.value.say("en")
    assert dagster.asked == []


def test_quarter_without_data_is_an_error_but_the_programme_is_kept(layout, dagster):
    dagster.quarters = ["2022Q1"]
    with pytest.raises(ConfigurationError):
        run(layout, "2022Q2", dagster)
    dagster.asked.clear()
    run(layout, "2022Q1", dagster)
    assert dagster.asked == ["2022Q1"]


def test_refused_delivery_keeps_the_run_from_holding_until_settled(layout, dagster):
    dagster.refused = True
    for nothing_new in (False, True):
        told = run(layout, None, dagster)
        assert told.nothing_new is nothing_new
        assert not told.held
        text = "\n".join(lines(told, "it", ["2022Q1", "2022Q2"]))
        assert "agape/2022Q1/emporio.csv: vuoto" in text


def test_failure_is_told_and_nothing_is_written_down(layout, dagster):
    dagster.fails = Outcome(
        {"core_x": UnexpectedError("ValueError", "a.py:1")}, [("core_y", "whole")]
    )
    told = run(layout, None, dagster)
    assert not told.held
    assert dagster.asked == [None]  # no page on doubtful data
    assert not layout.state.exists()
    text = "\n".join(lines(told, "en"))
    assert "ValueError" in text and "whole" in text
    dagster.fails = Outcome()
    assert run(layout, None, dagster).held


def test_foreign_exception_is_named_by_kind_only(layout, dagster):
    dagster.fails = Outcome({"core_x": ValueError("Mario Rossi")})
    text = "\n".join(lines(run(layout, None, dagster), "en"))
    assert "ValueError" in text
    assert "Mario" not in text


def test_stopped_run_leaves_the_earlier_state_and_the_next_completes(layout, dagster):
    run(layout, None, dagster)
    before = layout.state.read_bytes()
    (layout.raw / "new.txt").write_text("x")
    dagster.stops = True
    with pytest.raises(KeyboardInterrupt):
        run(layout, None, dagster)
    assert layout.state.read_bytes() == before
    (layout.raw / "new.txt").unlink()  # even back at the earlier files, the store is not trusted
    dagster.stops, dagster.asked = False, []
    assert run(layout, None, dagster).held
    assert dagster.asked == [None, "2022Q2"]
    assert layout.state.read_bytes() == before


def test_two_runs_at_once_the_second_says_who_runs(layout, dagster):
    with only_one(layout), pytest.raises(Busy) as caught:
        run(layout, None, dagster)
    assert str(caught.value.say("en")).count("process") == 1
    assert dagster.asked == []
    assert run(layout, None, dagster).held


def test_lock_of_a_dead_process_does_not_hold(layout, dagster):
    layout.store.mkdir(parents=True)
    (layout.store / "running.json").write_text('{"pid": 1, "since": "00:00"}')
    code = (
        "import os, filelock, pathlib; "
        f"filelock.FileLock(pathlib.Path({str(layout.store)!r}) / 'run.lock').acquire(); os._exit(9)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 9
    assert run(layout, None, dagster).held


def test_lock_of_a_living_process_holds(layout, dagster):
    layout.store.mkdir(parents=True)
    with FileLock(layout.store / "run.lock"), pytest.raises(Busy):
        run(layout, None, dagster)


def test_fingerprint_follows_code_and_files(layout, monkeypatch):
    first = state.fingerprint(layout)
    assert first == state.fingerprint(layout)
    monkeypatch.setattr(state, "code_version", lambda: "other")
    assert state.fingerprint(layout) != first


def test_what_to_do_next_names_the_programme_and_the_list_of_several_pages(layout, dagster):
    dagster.refused = True
    told = run(layout, "all", dagster)
    text = lines(told, "it", ["2022Q1", "2022Q2"])
    assert "  Rimediare ai file rifiutati qui sopra, poi: lunattiva run --programme tiny" in text
    assert "  Aprire nel browser: reports/_output/tiny/index.html" in text


def test_files_refused_for_one_reason_are_told_once():
    refused = [
        {"partner": "agape", "file": f"agape/2022Q1/{name}", "it": "vuoto.", "en": "empty."}
        for name in ("a.csv", "b.csv")
    ]
    other = {"partner": "agape", "file": "agape/2022Q1/c.csv", "it": "chiuso.", "en": "locked."}
    assert refusals([*refused, other], "en") == [
        "agape, 2 files (2022Q1/a.csv, 2022Q1/b.csv): empty.",
        "agape/2022Q1/c.csv: locked.",
    ]


def test_values_left_empty_are_told(layout, dagster):
    text = "\n".join(lines(run(layout, None, dagster), "en"))
    assert "left empty (the row stays): 3." in text


def test_a_faulty_source_without_files_does_not_hold(tmp_path):
    layout = made.tiny(tmp_path)
    made.fill_warehouse(layout)
    other = layout.raw / "caritas"
    other.mkdir()
    (other / "source.yml").write_text("partner: caritas\nsourcs: []\n", encoding="utf-8")
    told = summarise(layout, counted(layout), [])
    assert not told.held
    (refused,) = told.refused
    assert refused["file"] == "caritas/source.yml"
    assert "'sourcs'" in refused["en"] and "'sources'" in refused["it"]


# -- the thesis beside a run -------------------------------------------------------------------------
LEFT = ConfigurationError("tesi.md, riga 2: no", "tesi.md, line 2: no")


@pytest.fixture
def drawn(layout, monkeypatch) -> list[str]:
    """Return what was drawn of the thesis, which a stand-in draws; text is looked at by a stand-in too."""
    from assets.outputs import book, index, thesis

    done: list[str] = []

    def render(of: Layout) -> list[Path]:
        book.check(of)
        done.append("thesis")
        for path in thesis.files(of):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text("book", "utf-8")
        return thesis.files(of)

    def check(of: Layout) -> None:
        text = of.narrative / book.TEXT
        if text.is_file() and "sbaglio" in text.read_text("utf-8"):
            raise LEFT

    monkeypatch.setattr(thesis, "render_thesis", render)
    monkeypatch.setattr(book, "check", check)
    monkeypatch.setattr(index, "write_index", lambda _: None)
    return done


def wrote(layout: Layout, text: str) -> None:
    layout.narrative.mkdir(parents=True, exist_ok=True)
    (layout.narrative / "tesi.md").write_text(text, "utf-8")


def test_a_mistake_of_a_person_stops_the_thesis_only_until_it_is_mended(layout, dagster, drawn):
    wrote(layout, "## cicli\nsbaglio\n")
    dagster.fails.failed_steps["outputs_thesis"] = LEFT
    told = run(layout, None, dagster)
    assert dagster.asked == [None, "2022Q2"], "the quarter's pages are drawn all the same"
    assert not told.held and "tesi.md, riga 2" in told.failures[0]["it"]
    again = run(layout, None, dagster)
    assert again.nothing_new and not again.held and again.failures == told.failures
    wrote(layout, "## cicli\ncosì\n")
    mended = run(layout, None, dagster)
    assert mended.nothing_new and mended.held and drawn == ["thesis"]
    assert "thesis/_output/tiny/tesi.html" in mended.pages
    assert run(layout, None, dagster).held and drawn == ["thesis"]


def test_a_mistake_written_after_the_run_is_told_by_the_next(layout, dagster, drawn):
    run(layout, None, dagster)
    wrote(layout, "## cicli\nsbaglio\n")
    told = run(layout, None, dagster)
    assert told.nothing_new and not told.held and drawn == []


def test_any_other_failure_beside_it_still_keeps_the_quarters_back(layout, dagster, drawn):
    dagster.fails.failed_steps.update(outputs_thesis=LEFT, core_people=LEFT)
    told = run(layout, None, dagster)
    assert dagster.asked == [None] and len(told.failures) == 2


def test_without_a_thesis_its_text_is_no_obstacle_and_a_book_made_by_hand_goes(
    layout, dagster, drawn
):
    from assets.outputs import thesis

    with (layout.raw / "programme.yml").open("a", encoding="utf-8") as declared:
        declared.write("documents: [sheet]\n")
    layout = Layout(layout.root, layout.programme)
    wrote(layout, "## cicli\nsbaglio, 347 1234567\n")
    told = run(layout, None, dagster)
    assert told.held and not told.suspects
    for path in thesis.files(layout):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("by hand", "utf-8")
    assert run(layout, None, dagster).held
    assert drawn == [] and not any(path.exists() for path in thesis.files(layout))
    assert run(layout, None, dagster).nothing_new


def test_what_may_name_somebody_is_told_and_what_does_for_certain_stops_the_thesis(
    layout, dagster, drawn
):
    run(layout, None, dagster)
    wrote(layout, "## cicli\nIncontro con la signora Bianchi.\n")
    told = run(layout, None, dagster)
    assert told.held and "tesi.md, riga 2" in "\n".join(lines(told, "it"))
    assert "Bianchi" not in as_json(told)
    wrote(layout, "## cicli\nChiamare 347 1234567.\n")
    told = run(layout, None, dagster)
    assert not told.held and "tesi.md, line 2" in told.failures[0]["en"]
    assert "1234567" not in as_json(told)
