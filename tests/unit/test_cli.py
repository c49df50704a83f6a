"""The command line: languages, plain errors, status before a run, the sample, the doctor."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipelines import doctor, settings
from pipelines.cli import app
from pipelines.expected import expectations
from pipelines.progress import room_of
from tests.unit import programmes as made


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    monkeypatch.setenv("LUNATTIVA_PROGRAMME", "tiny")
    return made.tiny(tmp_path)


def told(*arguments: str, code: int = 0) -> str:
    """Run a command in this process; return all it said."""
    result = CliRunner().invoke(app, list(arguments))
    assert result.exit_code == code, result.output
    return result.output


@pytest.mark.parametrize(
    ("asked", "variables", "expected"),
    [
        ("it", {"LUNATTIVA_LANG": "en"}, "it"),
        (None, {"LUNATTIVA_LANG": "it", "LANG": "en_GB.UTF-8"}, "it"),
        (None, {"LANG": "it_IT.UTF-8"}, "it"),
        (None, {"LC_ALL": "de_DE.UTF-8", "LANG": "it_IT.UTF-8"}, "en"),
        (None, {"LANG": "C"}, "en"),
    ],
)
def test_language_is_the_readers(asked, variables, expected, monkeypatch):
    for name in ("LUNATTIVA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert settings.language(asked) == expected


def test_windows_says_italian_in_its_own_way(monkeypatch):
    for name in ("LUNATTIVA_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(settings.locale, "getlocale", lambda: ("Italian_Italy", "1252"))
    assert settings.language() == "it"


def test_unknown_programme_names_the_nearest(tiny):
    said = told("run", "--programme", "tinny", "--lang", "en", code=1)
    assert "'tinny'" in said and "Nearest: tiny" in said


def test_faulty_programme_names_file_line_and_key(tiny):
    path = tiny.raw / "programme.yml"
    path.write_text(path.read_text() + "fundder: x\n")
    said = told("status", "--lang", "en", code=1)
    assert "programme.yml:7" in said and "did you mean 'funder'" in said


def test_unknown_period_names_the_nearest(tiny):
    assert "Più simile: 2022Q1" in told("run", "--period", "2022Q11", "--lang", "it", code=1)


def test_status_works_before_the_first_run(tiny):
    assert "lunattiva run" in told("status", "--lang", "en")
    found = json.loads(told("status", "--json"))
    assert found["is_current"] is None
    assert found["sources"] == [
        {"partner": "agape", "source": "emporio", "every": "quarter", "expected": ["2022Q1", "2022Q2"],
         "received": 1, "late": [], "missing": ["2022Q2"]}
    ]  # fmt: skip


def test_status_lists_a_faulty_source_with_line_and_allowed_keys(tiny):
    path = tiny.raw / "agape" / "source.yml"
    path.write_text(path.read_text().replace("dataset:", "datasett:"))
    found = json.loads(told("status", "--json"))
    assert "source.yml:4" in found["faulty_sources"]["agape"]["en"]
    assert "'dataset'" in found["faulty_sources"]["agape"]["en"]


def test_status_tells_refused_files_and_counts(tiny):
    made.fill_warehouse(tiny, refused=True)
    found = json.loads(told("status", "--json"))
    assert found["counts"]["refused"][0]["file"] == "agape/2022Q1/emporio.csv"
    assert found["by_partner"] == [
        {"partner_code": "agape", "dataset": "service_access", "read_n": 10, "accepted_n": 8, "quarantined_n": 2, "set_aside_n": 3}
    ]  # fmt: skip
    assert "agape/2022Q1/emporio.csv: vuoto" in told("status", "--lang", "it")


def test_a_period_is_due_only_after_its_grace(tiny):
    at = {day: expectations(tiny, date.fromisoformat(day))[0] for day in
          ("2022-04-30", "2022-05-01", "2022-07-30", "2022-07-31")}  # fmt: skip
    assert at["2022-04-30"].expected == []  # 31 March + 30 days
    assert at["2022-05-01"].expected == ["2022Q1"]
    assert at["2022-07-30"].missing == []
    assert at["2022-07-31"].missing == ["2022Q2"]  # 30 June + 30 days are over


def test_a_late_delivery_is_known_by_the_note_beside_it(tiny):
    note = tiny.raw / "agape" / "2022Q1" / "emporio.csv.yml"
    note.write_text("received: 2022-04-30\n")
    assert expectations(tiny, date(2023, 1, 1))[0].late == []
    note.write_text("received: 2022-05-01\n")
    assert expectations(tiny, date(2023, 1, 1))[0].late == ["2022Q1"]


def test_a_yearly_file_covers_its_quarters(tiny):
    (tiny.raw / "agape" / "2022").mkdir()
    (tiny.raw / "agape" / "2022Q1" / "emporio.csv").rename(
        tiny.raw / "agape" / "2022" / "emporio.csv"
    )
    assert expectations(tiny, date(2023, 1, 1))[0].missing == []


def test_sample_leaves_real_data_alone_even_by_force(tmp_path, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    folder = tmp_path / "raw" / "demo"
    folder.mkdir(parents=True)
    (folder / "precious.csv").write_text("x")
    told("sample", "--force", code=1)
    assert [path.name for path in folder.iterdir()] == ["precious.csv"]


def test_sample_is_the_same_for_the_same_seed_and_asks_before_replacing(tmp_path, monkeypatch):
    def write(folder: Path, seed: int) -> None:
        folder.mkdir(parents=True)
        text = made.PROGRAMME.replace("programme: tiny", "programme: demo")
        (folder / "programme.yml").write_text(f"# seed {seed}\n{text}")

    monkeypatch.setattr("assets.sample.make_sample", write)
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    path = tmp_path / "raw" / "demo" / "programme.yml"
    told("sample", "--seed", "1")
    assert "nothing to do" in told("sample", "--seed", "1", "--lang", "en")
    assert "--force" in told("sample", "--seed", "2", code=1)
    assert path.read_text().startswith("# seed 1")
    told("sample", "--seed", "2", "--force")
    assert path.read_text().startswith("# seed 2")
    assert not list((tmp_path / "raw").glob(".sample*"))


def test_doctor_says_what_keeps_the_pipeline_from_working(tiny, monkeypatch):
    assert "All is well." in told("doctor", "--lang", "en")
    monkeypatch.setattr(doctor, "_PACKAGES", ("no-such-package",))
    assert "! no-such-package: MISSING" in told("doctor", "--lang", "en", code=1)


def test_doctor_notices_a_folder_that_cannot_be_written(tiny, monkeypatch):
    def refuse(self: Path, *_: object, **__: object) -> None:
        raise PermissionError

    monkeypatch.setattr(Path, "touch", refuse)
    assert "NOT writable" in told("doctor", "--lang", "en", code=1)


def test_unexpected_error_shows_no_message(tiny, monkeypatch):
    def fail(*_: object) -> None:
        raise ValueError("Mario Rossi")

    monkeypatch.setattr("pipelines.status.status", fail)
    said = told("status", "--lang", "en", code=1)
    assert "ValueError" in said and "Mario" not in said


@pytest.mark.parametrize(
    ("step", "room"),
    [("core_sessions", "core"), ("_core_records", "core"), ("intake", "intake"), ("odd", "other")],
)
def test_progress_speaks_of_rooms(step, room):
    assert room_of(step) == room


def test_a_language_that_is_not_spoken_is_refused():
    assert "it, en" in " ".join(told("status", "--lang", "fr", code=2).split())
