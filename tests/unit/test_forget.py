"""A person who is forgotten stands nowhere any more, does not come back, and nobody else is touched."""

from __future__ import annotations

import csv
import hashlib
import io
import re
import sys
from datetime import date
from pathlib import Path

import openpyxl
import pytest
import yaml
from typer.testing import CliRunner

from assets import private
from assets.errors import ConfigurationError
from assets.forgotten import Forgotten, book_path, key_path, load_forgotten, plain_code
from assets.intake import vault
from assets.intake.corrections import load_corrections, write_corrections
from assets.layout import Layout
from pipelines import erasing
from pipelines.cli import app
from pipelines.commands import forget as command
from pipelines.forget import Done, forget, tried
from schemas.correction import Correction, Corrections, cell_digest
from schemas.forgotten import ForgottenBook
from tests.returns_sample import process

ON = date(2022, 11, 22)
CODE = "LUN-0417"
#: As a partner may write it.
SPELT = " lun-0417 "

PROGRAMME = """\
programme: tiny
title: {it: "Programma di prova", en: "Trial programme"}
synthetic: true
from: 2022-01-01
to: 2022-06-30
partners: {agape: {label: {it: Agape, en: Agape}}, csv: {label: {it: CSV, en: CSV}}}
"""
AGAPE = """\
partner: agape
sources:
  - source: emporio
    dataset: service_access
    label: {it: Emporio, en: Emporio}
    files: ["emporio*.csv"]
    every: quarter
    columns:
      service_code: {value: emporio}
      contact_date: {from: Data}
      person_code: {from: Tessera}
      household_code: {from: Nucleo}
      points_n: {from: Punti}
"""
CSV = """\
partner: csv
sources:
  - source: ascolto
    dataset: service_access
    label: {it: Ascolto, en: Listening}
    files: ["ascolto*.xlsx"]
    every: quarter
    columns:
      service_code: {value: ascolto}
      contact_date: {from: Data}
      person_code: {from: Codice}
"""
EMPORIO = (
    "Data;Tessera;Nucleo;Punti\r\n"
    "01/02/2022;LUN-0001;N-1;10\r\n"
    f"02/02/2022;{CODE};N-2;20\r\n"
    '03/02/2022;"LUN-0002";N-2;30\r\n'
    f"04/02/2022;{SPELT};N-2;40\r\n"
    "05/02/2022;LUN-0003;N-3;50\r\n"
)


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    folder = tmp_path / "raw" / "tiny"
    for partner, text in (("agape", AGAPE), ("csv", CSV)):
        (folder / partner / "2022Q1").mkdir(parents=True)
        (folder / partner / "source.yml").write_text(text, encoding="utf-8")
    (folder / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    place = folder / "agape" / "2022Q1"
    (place / "emporio.csv").write_bytes(EMPORIO.encode("cp1252"))
    (place / "emporio.csv.yml").write_text("rows: 5  # dichiarate\n", encoding="utf-8")
    book = openpyxl.Workbook()
    book.active.append(("Data", "Codice"))
    for day, code in enumerate(("LUN-0001", CODE, "LUN-0003"), start=1):
        book.active.append((date(2022, 2, day), code))
    book.save(folder / "csv" / "2022Q1" / "ascolto.xlsx")
    return Layout(tmp_path, "tiny")


def rebuild(layout: Layout) -> bool:
    process(layout)
    return True


def erase(layout: Layout, code: str = CODE, **more: object) -> Done:
    return forget(layout, code, "DPO", "richiesta art. 17", ON, rebuild, **more)  # type: ignore[arg-type]


def people(layout: Layout) -> list[str]:
    frame = process(layout)["sorting_service_access__accepted"]
    return sorted(frame["person_code"].dropna())


def holding(folder: Path, code: str = CODE) -> list[str]:
    """Files below a folder in whose bytes, or zipped parts, the code stands in any case."""
    found = []
    for path in sorted(folder.rglob("*")):
        if not path.is_file():
            continue
        data = path.read_bytes()
        if data.startswith(b"PK"):
            book = openpyxl.load_workbook(io.BytesIO(data))
            data += repr([[c.value for c in row] for s in book for row in s.rows]).encode()
            data += b"".join(_parts(path))
        if code.lower().encode() in data.lower():
            found.append(path.relative_to(folder).as_posix())
    return found


def _parts(path: Path) -> list[bytes]:
    import zipfile

    with zipfile.ZipFile(path) as archive:
        return [archive.read(name) for name in archive.namelist()]


OTHERS = ["LUN-0001", "LUN-0001", "LUN-0002", "LUN-0003", "LUN-0003"]


def test_the_person_stands_nowhere_and_everybody_else_stays(layout: Layout) -> None:
    assert len(people(layout)) == 8
    done = erase(layout)
    assert done.held
    assert done.removed.files == {
        "agape/2022Q1/emporio.csv": 2,
        "csv/2022Q1/ascolto.xlsx": 1,
    }
    assert holding(layout.root) == []
    assert people(layout) == OTHERS


def test_every_other_byte_of_a_text_file_stays(layout: Layout) -> None:
    erase(layout)
    lines = EMPORIO.splitlines(keepends=True)
    kept = "".join(lines[at] for at in (0, 1, 3, 5))
    path = layout.raw / "agape" / "2022Q1" / "emporio.csv"
    assert path.read_bytes() == kept.encode("cp1252")
    assert (
        path.with_name("emporio.csv.yml").read_text(encoding="utf-8") == "rows: 3  # dichiarate\n"
    )


def test_quoted_cells_with_line_breaks_are_cut_as_records(layout: Layout) -> None:
    path = layout.raw / "agape" / "2022Q1" / "emporio.csv"
    text = EMPORIO.replace("N-2;20", '"N-2";"20"').replace("N-1;10", '"N-1\r\n";10')
    path.write_bytes(text.encode("cp1252"))
    before = list(csv.reader(io.StringIO(text, newline=""), delimiter=";"))
    erase(layout)
    after = list(
        csv.reader(io.StringIO(path.read_bytes().decode("cp1252"), newline=""), delimiter=";")
    )
    assert after == [row for row in before if plain_code(row[1]) != plain_code(CODE)]


def test_old_bytes_leave_the_vault_and_new_ones_are_there(layout: Layout) -> None:
    process(layout)
    old = hashlib.sha256(EMPORIO.encode("cp1252")).hexdigest()
    assert (layout.vault / old).is_file()
    erase(layout)
    assert not (layout.vault / old).exists()
    assert vault.verify(layout.vault) == []
    book = yaml.safe_load(book_path(layout).read_text(encoding="utf-8"))
    file = next(each for each in book["files"] if each["was"] == old)
    assert file["rows_n"] == 2
    assert (layout.vault / file["now"]).is_file()


def test_a_copy_that_only_the_vault_holds_is_destroyed(layout: Layout) -> None:
    process(layout)
    other = f"Data;Tessera\r\n01/01/2022;{CODE}\r\n".encode()
    vault.keep(layout.vault, hashlib.sha256(other).hexdigest(), other)
    assert erase(layout).removed.vault_n == 1
    assert holding(layout.store) == []


def test_a_file_from_a_backup_does_not_bring_the_person_back(layout: Layout) -> None:
    erase(layout)
    path = layout.raw / "agape" / "2022Q1" / "emporio.csv"
    path.write_bytes(EMPORIO.encode("cp1252"))
    path.with_name("emporio.csv.yml").unlink()
    frames = process(layout)  # intake alone, as from Dagster's page
    used = frames["intake_deliveries"].set_index("file_name")
    row = used.loc["emporio.csv"]
    assert (int(row["rows_read"]), int(row["records_n"]), int(row["forgotten_n"])) == (5, 3, 2)
    counts = frames["sorting_counts"]
    assert int(counts["read_n"].sum()) == int(counts[["accepted_n", "quarantined_n"]].sum().sum())
    assert holding(layout.store) == []  # nor are the bytes kept
    erasing.complete(layout, ON)  # what a run begins with
    assert holding(layout.root) == []
    assert people(layout) == OTHERS


def test_the_record_and_the_certificate_say_nothing_of_the_person(layout: Layout) -> None:
    done = erase(layout, SPELT)
    assert done.certificate is not None
    texts = [book_path(layout).read_text(encoding="utf-8"), done.certificate.read_text("utf-8")]
    for text in texts:
        assert not re.search(r"LUN-|0417|N-2", text, re.IGNORECASE)
    plain = hashlib.sha256(plain_code(CODE).encode()).hexdigest()
    assert plain not in texts[0]
    assert "nobody else is known" not in texts[1]
    assert "raw" not in key_path(layout).relative_to(layout.root).parts
    if sys.platform != "win32":
        assert key_path(layout).stat().st_mode & 0o777 == 0o600


def test_without_the_key_of_the_tombstones_nothing_runs(layout: Layout) -> None:
    erase(layout)
    key_path(layout).unlink()
    with pytest.raises(ConfigurationError, match="recognises who was forgotten"):
        process(layout)


def test_a_code_that_nobody_has_changes_nothing(layout: Layout) -> None:
    process(layout)
    with pytest.raises(ConfigurationError, match="No row") as told:
        erase(layout, "LUN-9999")
    assert "9999" not in told.value.say("it") + told.value.say("en")
    assert not book_path(layout).exists()


def test_a_trial_changes_nothing(layout: Layout) -> None:
    before = {path: path.read_bytes() for path in layout.raw.rglob("*") if path.is_file()}
    _, removed = tried(layout, CODE)
    assert (removed.rows_n, removed.left) == (3, [])
    assert before == {path: path.read_bytes() for path in layout.raw.rglob("*") if path.is_file()}


def test_what_is_kept_may_name_nobody(layout: Layout) -> None:
    for by, reason in (("mario.rossi@example.org", None), ("DPO", f"richiesta di {CODE}")):
        with pytest.raises(ConfigurationError):
            forget(layout, CODE, by, reason, ON, rebuild)


def test_where_codes_are_the_partners_own_only_that_partners_person_goes(layout: Layout) -> None:
    programme = layout.raw / "programme.yml"
    programme.write_text(PROGRAMME + "linkage: {person_codes: local}\n", encoding="utf-8")
    layout = Layout(layout.root, "tiny")
    with pytest.raises(ConfigurationError, match="--partner"):
        erase(layout)
    assert erase(layout, partner="csv").removed.files == {"csv/2022Q1/ascolto.xlsx": 1}
    assert people(layout).count(CODE) == 1  # Agape's own LUN-0417 is somebody else


def test_a_refused_file_does_not_keep_the_person_and_is_looked_at_once(layout: Layout) -> None:
    path = layout.raw / "agape" / "2022Q1" / "altro.csv"  # no source expects it
    path.write_text(f'Data;Tessera\n01/02/2022;"{CODE}"\n02/02/2022;X\n', encoding="utf-8")
    done = erase(layout)
    assert done.held and done.removed.files["agape/2022Q1/altro.csv"] == 1
    assert path.read_text(encoding="utf-8") == "Data;Tessera\n02/02/2022;X\n"
    assert holding(layout.root) == []
    assert not erasing.complete(layout, ON).files
    assert layout.warehouse.is_file()  # a run does not begin anew each time for it


def correction(layout: Layout, row: int, letter: str, column: str, old: str, new: str) -> None:
    sha256 = hashlib.sha256(EMPORIO.encode("cp1252")).hexdigest()
    number = len(load_corrections(layout).files.get("agape", [])) + 1
    one = Correction(
        delivery=sha256, sheet="", row=row, letter=letter, heading="x", column=column,
        rule=f"{column}.range", action="change", new=new,
        expected=cell_digest(sha256, "", row, letter, old),
    )  # fmt: skip
    made = Corrections.model_validate(
        {"number": number, "partner": "agape", "from": f"{number:064d}", "by": "Agape",
         "on": ON, "corrections": [one]}
    )  # fmt: skip
    write_corrections(layout, made)


def test_corrections_follow_their_cells_and_those_of_the_person_go(layout: Layout) -> None:
    correction(layout, 6, "D", "points_n", "50", "55")  # LUN-0003, below the person's rows
    correction(layout, 3, "D", "points_n", "20", "21")  # the person's
    correction(layout, 6, "D", "points_n", "55", "56")  # on what the first one left
    done = erase(layout)
    assert done.removed.corrections_n == 1
    frames = process(layout)
    assert set(frames["intake_deliveries"]["state"]) == {"in_use"}
    accepted = frames["sorting_service_access__accepted"]
    points = accepted.loc[accepted["person_code"].eq("LUN-0003"), "points_n"]
    assert list(points.dropna()) == [56]


def test_a_row_that_was_corrected_into_the_code_is_the_persons(layout: Layout) -> None:
    correction(layout, 4, "B", "person_code", "LUN-0002", CODE)
    done = erase(layout)
    assert done.removed.files["agape/2022Q1/emporio.csv"] == 3
    assert holding(layout.root) == []
    assert people(layout) == [each for each in OTHERS if each != "LUN-0002"]


@pytest.mark.parametrize("step", ["write", "move_corrections", "_clean_vault", "drop_derived"])
def test_an_erasure_that_was_killed_is_completed_by_the_next_run(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    correction(layout, 6, "D", "points_n", "50", "55")
    process(layout)
    place = private if step == "write" else erasing
    real, calls = getattr(place, step), []

    def killed(*arguments: object) -> object:
        calls.append(1)
        if len(calls) == {"write": 4, "drop_derived": 2}.get(step, 1):
            raise KeyboardInterrupt
        return real(*arguments)

    monkeypatch.setattr(place, step, killed)
    with pytest.raises(KeyboardInterrupt):
        erase(layout)
    monkeypatch.setattr(place, step, real)
    erasing.complete(layout, ON)  # what a run begins with
    frames = process(layout)
    assert holding(layout.root) == []
    accepted = frames["sorting_service_access__accepted"]
    assert sorted(accepted["person_code"].dropna()) == OTHERS
    assert 55 in set(accepted["points_n"].dropna())  # the correction was not lost
    note = layout.raw / "agape" / "2022Q1" / "emporio.csv.yml"
    assert note.read_text(encoding="utf-8").startswith("rows: 3")


def test_codes_match_whatever_their_case_spaces_and_width() -> None:
    gone = Forgotten(ForgottenBook(), b"k" * 32)
    same = {
        gone.digest(each) for each in (CODE, SPELT, "LUN -0417", "ＬＵＮ-0417", "lun-0417\u200b")
    }
    assert len(same) == 1
    assert gone.digest(CODE, "agape") not in same
    assert gone.digest("LUN-0418") not in same


def test_nobody_is_forgotten_where_there_is_no_record(layout: Layout) -> None:
    assert load_forgotten(layout).version == ""
    assert erasing.complete(layout, ON).rows_n == 0
    assert not (layout.store / "forgotten_seen.json").exists()


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_command_counts_and_certifies_without_saying_who(
    layout: Layout, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    monkeypatch.setenv("LUNATTIVA_ROOT", str(layout.root))
    monkeypatch.setenv("LUNATTIVA_PROGRAMME", layout.programme)
    monkeypatch.setattr(command, "_rebuild", rebuild)
    asked = ["forget", CODE, "--by", "DPO", "--lang", lang]
    runner = CliRunner()
    tried_ = runner.invoke(app, [*asked, "--dry-run"])
    assert tried_.exit_code == 0 and ": 3, in 2 file" in tried_.output
    assert holding(layout.raw) != []
    done = runner.invoke(app, asked)
    assert done.exit_code == 0, done.output
    assert ": 3, in 2 file" in done.output and "erasure_" in done.output
    assert "0417" not in tried_.output + done.output
    nobody = runner.invoke(app, asked)  # known already: nothing more is found, and it is no mistake
    assert nobody.exit_code == 0 and ": 0, in 0 file" in nobody.output
