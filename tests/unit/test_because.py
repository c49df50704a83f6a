"""A run that makes all again says why: which file, source, scale or part of the program is of another version."""

from __future__ import annotations

import json

import pytest

from assets.layout import Layout
from pipelines import because, state
from pipelines.run import run
from pipelines.summary import as_json, lines
from tests.unit import programmes as made
from tests.unit.test_cli_run import Standin


@pytest.fixture(autouse=True)
def no_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """The intern's page has tests of its own; rendering it takes seconds."""
    monkeypatch.setattr("pipelines.quality.bring_up", lambda *_: [])


@pytest.fixture
def layout(tmp_path) -> Layout:
    layout = made.tiny(tmp_path)
    assert run(layout, None, Standin(layout)).because == []
    return layout


def changed(layout: Layout) -> list[str]:
    told = run(layout, None, Standin(layout))
    assert json.loads(as_json(told))["because"] == told.because
    assert all(each["it"] in "\n".join(lines(told, "it")) for each in told.because)
    return [each["en"] for each in told.because]


def append(path, text: str = "\n") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a", encoding="utf-8") as stream:
        stream.write(text)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("agape/2022Q1/emporio.csv", "partners' files are new, changed or gone (agape)"),
        ("agape/2022Q2/emporio.csv", "partners' files are new, changed or gone (agape)"),
        ("agape/source.yml", "source.yml of agape"),
        ("programme.yml", "programme.yml"),
        ("_corrections/agape/001.yml", "corrections, links or erasures"),
    ],
)
def test_what_changed_in_the_programme_is_named(layout, name, said):
    append(layout.raw / name)
    assert changed(layout) == [said]
    assert run(layout, None, Standin(layout)).because == []  # nothing new


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("schemas/instruments/who5.yml", "the scales who5 (schemas/instruments)"),
        ("schemas/disclosure.yml", "the rules of disclosure control, or the tables to be released"),
        ("schemas/survey.py", "the declarations of columns, indicators and methods (schemas)"),
        ("assets/core/people.py", "Lunattiva itself is of another version"),
        ("thesis/index.qmd", "the documents (reports, thesis)"),
        ("requirements.lock", "the versions of the libraries (requirements.lock)"),
    ],
)
def test_what_changed_in_the_checkout_is_named(layout, monkeypatch, name, said):
    files = dict(state.code_files())
    assert name in files, "the part is of a file that exists"
    files[name] = "another"
    monkeypatch.setattr(state, "code_files", lambda: tuple(files.items()))
    monkeypatch.setattr(state, "code_version", lambda: "another")
    assert changed(layout) == [said]


def test_several_partners_are_named_together(layout):
    for partner in ("caritas", "agape"):
        append(layout.raw / partner / "2022Q1" / "x.csv")
    assert changed(layout) == ["partners' files are new, changed or gone (agape, caritas)"]


def test_same_files_made_again_say_that_something_was_missing_or_stopped(layout):
    layout.warehouse.unlink()
    assert ["missing or altered" in each for each in changed(layout)] == [True]
    state.begin(layout)
    assert ["stopped half way" in each for each in changed(layout)] == [True]


def test_a_state_without_versions_says_nothing(layout):
    found = json.loads(layout.state.read_text("utf-8"))
    del found["parts"]
    layout.state.write_text(json.dumps(found), "utf-8")
    append(layout.raw / "programme.yml")
    assert changed(layout) == []
    assert json.loads(layout.state.read_text("utf-8"))["parts"]["programme"]


def test_every_file_of_the_checkout_belongs_to_a_part():
    parts = because.parts([], state.code_files())
    kinds = {each.partition(":")[0] for each in parts}
    assert kinds == {"scale", "rules", "schemas", "documents", "libraries", "program"}
