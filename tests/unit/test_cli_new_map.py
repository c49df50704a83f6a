"""A new programme from nothing: scaffold, propose, confirm, read; and what the commands refuse."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.testing import CliRunner

from assets.intake.room import read_programme
from assets.layout import Layout
from assets.sorting.sort import sort_programme
from pipelines.cli import app
from schemas.config import ConfigError, read_config
from schemas.programme import Programme
from schemas.source import PartnerSources

CANARY = "QQQZZZ70H15X999P"  # an invented tax code that no one has


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "raw").mkdir()
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    return tmp_path


def lunattiva(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words, "--lang", "en"], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def new(root: Path, name: str = "prova") -> Path:
    days = ("--from", "2022-01-01", "--to", "2022-12-31")
    code, said = lunattiva("new", name, "--title", 'Prova: "uno" & due', *days)
    assert code == 0, said
    return root / "raw" / name


def register(rows: int = 30) -> str:
    lines = ["Codice persona;Laboratorio;Data;Presente;Ore;Note"]
    lines += [
        f"LUN-{n:04d};{'Cucito' if n % 2 else 'Orto'};{n % 28 + 1:02d}/02/2022;{'sì' if n % 3 else 'no'};1,5;parola {n}"
        for n in range(rows)
    ]
    return "\n".join(lines) + "\n"


def deliver(folder: Path, text: str) -> Path:
    file = folder / "esempio" / "2022Q1" / "laboratori_2022Q1.csv"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_the_scaffold_can_be_read_and_says_what_to_do(root: Path):
    folder = new(root)
    made = read_config(folder / "programme.yml", Programme)
    assert made.programme == "prova"
    assert made.title.it == 'Prova: "uno" & due'
    read_config(folder / "esempio" / "source.yml", PartnerSources)
    assert "@" not in "".join(p.read_text("utf-8") for p in folder.rglob("*.yml"))
    guide = (folder / "README.md").read_text("utf-8")
    assert "lunattiva map" in guide
    assert "what to do" in guide
    code, said = lunattiva("status", "--programme", "prova")
    assert code == 0, said
    frames = read_programme(Layout(root, "prova"))
    assert len(frames["intake_deliveries"]) == 0  # notes and guide are no deliveries


def test_every_commented_example_of_the_scaffold_is_right(root: Path):
    """The lines behind # are what an intern will switch on: they must load."""
    folder = new(root)
    path = folder / "programme.yml"
    text = re.sub(r"(?m)^services: open\n", "", path.read_text("utf-8"))
    path.write_text(re.sub(r"(?m)^# (?=[a-z]+:|  [a-z_]+: \{)", "", text), encoding="utf-8")
    made = read_config(path, Programme)
    assert made.funder is not None
    assert "pre" in made.waves
    assert "emporio" in made.services
    path = folder / "esempio" / "source.yml"
    text = re.sub(r"(?m)^      hours: .*\n", "", path.read_text("utf-8"))
    path.write_text(
        re.sub(r"(?m)^( +)# (?=[ a-z_]+:|    - \{|from:)", r"\1", text), encoding="utf-8"
    )
    with pytest.raises(ConfigError) as caught:  # an example of another dataset's column
        read_config(path, PartnerSources)
    assert [said for _, said in caught.value.problems if "category_code" not in said] == []


@pytest.mark.parametrize("name", ["Prova", "1prova", "p", "con", "pro va", "demo/x", "a" * 40])
def test_a_name_that_cannot_be_one_is_refused_with_another(root: Path, name: str):
    code, said = lunattiva("new", name)
    assert code == 1
    assert "cannot be the name of a programme" in said
    assert list((root / "raw").iterdir()) == []


def test_what_is_there_is_left_alone(root: Path):
    folder = new(root)
    before = (folder / "programme.yml").read_bytes()
    code, said = lunattiva("new", "prova")
    assert code == 1
    assert "exists already" in said
    assert (folder / "programme.yml").read_bytes() == before
    code, said = lunattiva("new", "altra", "--from", "2022-01-01", "--to", "2021-01-01")
    assert code == 1
    assert "must come after" in said


def test_from_an_empty_folder_to_accepted_rows(root: Path):
    folder = new(root)
    (folder / "esempio" / "source.yml").unlink()
    programme = folder / "programme.yml"
    text = programme.read_text("utf-8").replace(
        'laboratorio_esempio: {label: {it: "Laboratorio di esempio", en: "Example workshop"}}',
        "cucito: {label: {it: Cucito, en: Sewing}}\n  orto: {label: {it: Orto, en: Garden}}",
    )
    programme.write_text(text, encoding="utf-8")
    file = deliver(folder, register())
    out = folder / "esempio" / "source.yml"
    code, said = lunattiva("map", str(file), "--out", str(out))
    assert code == 0, said
    assert "What to do next" in said
    assert "lunattiva check" in said
    layout = Layout(root, "prova")

    refused = read_programme(layout)["intake_deliveries"]
    assert refused["refusal_code"].tolist() == ["source.invalid"]  # nothing is used unconfirmed

    # What a person does: decide the open lines, take to_confirm out, block by block.
    text = out.read_text("utf-8")
    without = re.sub(r"(?m)^    to_confirm:.*(\n      - .*)*\n", "", text)
    out.write_text(without, encoding="utf-8")
    stopped = read_programme(Layout(root, "prova"))["intake_deliveries"]
    assert stopped["refusal_code"].tolist() == ["column.unmapped"]  # "Note" was not decided
    out.write_text(
        without.replace('      # - "Note"', '      - "Note"').replace("ignore: []", "ignore:"),
        "utf-8",
    )
    layout = Layout(root, "prova")
    intake = read_programme(layout)
    assert intake["intake_deliveries"]["state"].tolist() == ["in_use"]
    done = sort_programme(layout, intake)
    accepted = done["sorting_attendance__accepted"]
    assert len(accepted) == 30
    assert len(done["sorting_reasons"]) == 0
    assert set(accepted["activity_code"]) == {"cucito", "orto"}
    assert accepted["hours"].unique().tolist() == [1.5]

    before = out.read_bytes()
    code, said = lunattiva("map", str(file), "--out", str(out))
    assert code == 1
    assert "exists already" in said
    assert out.read_bytes() == before


def test_a_file_with_identifiers_gets_a_proposal_without_them(root: Path):
    folder = new(root)
    lines = register().splitlines()
    text = "\n".join([f"{lines[0]};CF", *(f"{line};{CANARY}" for line in lines[1:])]) + "\n"
    code, said = lunattiva("map", str(deliver(folder, text)))
    assert code == 0, said
    assert CANARY not in said
    assert "IDENTIFIERS, column G: tax code (30)" in said


def test_whose_file_it_is_must_be_known(root: Path):
    folder = new(root)
    file = deliver(folder, register())
    code, said = lunattiva("map", str(file), "--partner", "esempi")
    assert code == 1
    assert "Nearest: esempio" in said
    code, said = lunattiva("map", str(root / "nessuno.csv"), "--programme", "prova")
    assert code == 1
    assert "Traceback" not in said


def test_a_missing_file_and_a_folder_are_called_so(root: Path):
    folder = new(root)
    code, said = lunattiva(
        "map", str(root / "nessuno.csv"), "--partner", "esempio", "--programme", "prova"
    )
    assert code == 1 and "There is no file 'nessuno.csv'" in said
    code, said = lunattiva("map", str(folder), "--partner", "esempio", "--programme", "prova")
    assert code == 1 and "is a folder, not a file" in said
