"""``lunattiva check``: tells what a file holds, keeps nothing, says no cell, never crashes."""

from __future__ import annotations

import csv
import json
import os
import sys
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from pipelines.cli import app
from tests.intake_sample import HEADING, deliver, programme, row, workbook

SCHEMA = json.loads(
    (Path(__file__).parents[2] / "pipelines" / "check.schema.json").read_text(encoding="utf-8")
)
GOOD = row("AAA-0001", "Cucito", "01/07/2021", "sì", "1,5", "30", "niente")
CANARY = "Zaffiro"


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    monkeypatch.setenv("LUNATTIVA_PROGRAMME", "prova")
    return programme(tmp_path)


def told(*arguments: object, code: int = 0) -> str:
    result = CliRunner().invoke(app, ["check", *map(str, arguments)])
    assert result.exit_code == code, result.output
    return result.output


def answer(*arguments: object, code: int = 0) -> dict:
    found = json.loads(told(*arguments, "--json", "--lang", "en", code=code))
    jsonschema.validate(found, SCHEMA)
    return found


def files(folder: Path) -> list[Path]:
    return sorted(each for each in folder.rglob("*"))


def test_the_schema_is_one_and_holds_the_stable_keys() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)
    stable = {"file", "reader", "encoding", "refused", "sheets", "identifiers", "rules"}
    assert set(SCHEMA["required"]) == stable
    in_sheet = SCHEMA["properties"]["sheets"]["items"]["required"]
    assert set(in_sheet) == {"name", "header_rows", "skipped_rows", "rows", "columns"}


def test_a_file_where_it_is_expected_is_read_as_its_source_says(layout) -> None:
    bad = row("AAA-0002", "Cucito", "99/99/2021", "sì")
    path = deliver(layout, "alfa/2021Q3/registro.csv", HEADING + GOOD + bad)
    before = files(layout.root)
    found = answer(path, code=1)
    assert (found["source"], found["period"], found["refused"]) == ("alfa/registro", "2021Q3", None)
    assert found["sheets"][0]["header_rows"] == [1] and found["sheets"][0]["rows"] == 2
    assert [(r["column"], r["rule"], r["rows"]) for r in found["rules"]] == [
        ("Data", "session_date.parse", [3])
    ]
    assert found["counts"]["quarantined"] == 1
    assert {"maps_to": "hours", "letter": "E", "column": "Ore"} in found["mapping"]
    assert files(layout.root) == before
    deliver(layout, "alfa/2021Q3/registro.csv", HEADING + GOOD)
    assert answer(path)["usable"] is True


def test_a_file_anywhere_is_read_with_the_source_named_or_with_none(layout, tmp_path) -> None:
    path = tmp_path / "posta" / "file.csv"
    path.parent.mkdir()
    path.write_text("Registro 2021;;;;;;\n" + HEADING + GOOD + GOOD, encoding="utf-8")
    plain = answer(path)
    assert (plain["source"], plain["rules"], plain["mapping"]) == (None, [], [])
    assert plain["sheets"][0]["columns"] == HEADING.strip().split(";")
    assert plain["sheets"][0]["skipped_rows"] == [{"row": 1, "why": "title"}]
    named = answer(path, "--source", "registro", code=1)
    assert named["source"] == "alfa/registro"
    assert [r["rule"].split(".")[1] for r in named["rules"]] == ["unique"]
    assert "Nearest: " in answer(path, "--source", "regitro", code=1)["refused"]
    said = told(path, "--source", "alfa/registro", "--lang", "it", code=1)
    assert "Intestazione: riga 2" in said and "Che cosa fare" in said


def test_the_cells_are_what_was_read(layout, tmp_path) -> None:
    text = 'Titolo;;\nCodice;Nota;Ore\n007; sì ;1,50\n008;"a\nb";NA\n009;;2\nTotale;;3,5\n'
    path = tmp_path / "x.csv"
    path.write_text(text, encoding="utf-8", newline="\n")
    out = tmp_path / "out.csv"
    found = answer(path, "--cells", out)
    assert found["sheets"][0]["rows"] == 3
    with out.open(encoding="utf-8", newline="") as stream:
        read = list(csv.reader(stream))
    assert read[0] == ["Codice", "Nota", "Ore"]
    assert [each[0] for each in read[1:]] == ["007", "008", "009"]
    assert read[1] == ["007", " sì ", "1,50"]
    assert read[2] == ["008", "a\nb", "NA"] and read[3] == ["009", "", "2"]
    assert out.read_bytes().count(b"\r") == 0


def test_every_visible_sheet_is_told_and_one_refused_stops_no_other(layout, tmp_path) -> None:
    rows = [["Codice", "Ore"], ["AAA-0001", 1], ["AAA-0002", 2], ["AAA-0003", 2]]
    twice = [*rows, [], ["Via", "Case"], ["x", "y"], ["z", "t"]]
    path = tmp_path / "x.xlsx"
    path.write_bytes(
        workbook({"Uno": rows, "Due": twice, "Tre": rows, "Via": [["x"]]}, hidden=("Via",))
    )
    out = tmp_path / "out.csv"
    found = answer(path, "--cells", out, code=1)
    assert found["refused"] is None
    assert [(s["name"], s["rows"], s["refused"] is None) for s in found["sheets"]] == [
        ("Uno", 3, True),
        ("Due", 0, False),
        ("Tre", 3, True),
    ]
    assert "row 6" in found["sheets"][1]["refused"]
    assert found["unread_sheets"] == [{"name": "Via", "state": "hidden"}]
    assert out.is_file() and (tmp_path / "out.3.csv").is_file()
    assert not (tmp_path / "out.2.csv").exists()


@pytest.mark.parametrize("lang", ["it", "en"])
def test_no_cell_is_said(layout, tmp_path, lang) -> None:
    texts = {
        "headerless": f"{CANARY};{CANARY}a;x\n{CANARY}b;{CANARY}c;y\n{CANARY}d;{CANARY}e;x\n",
        "unclear": f"Nome;Ore\n{CANARY};{CANARY}\nLuca;5\nAnna;6\n",
        "ragged": f"Codice;Ore\nA-001;1\n{CANARY}\nA-002;2\n",
        "tables": f"Codice;Ore\nA-001;1\nA-002;3\n\n{CANARY};{CANARY}a\n{CANARY}b;7\n",
        "total": f"Codice;Ore;Nota\nA-001;1;x\nA-002;3;y\n;{CANARY};\n",
        "email": f"Codice;Posta\nA-001;{CANARY}@example.org\nA-002;x\n",
        "quotes": f'Codice;Nota\nA-001;"{CANARY}\nA-002;x\n',
    }
    for name, text in texts.items():
        path = tmp_path / f"{name}.csv"
        path.write_text(text, encoding="utf-8")
        for more in ([], ["--json"], ["--source", "registro"], ["--source", "registro", "--json"]):
            result = CliRunner().invoke(app, ["check", str(path), "--lang", lang, *more])
            assert CANARY.lower() not in result.output.lower(), (name, more)
            assert result.exit_code in (0, 1)
    found = answer(tmp_path / "email.csv", "--cells", tmp_path / "no.csv", code=1)
    assert [(i["letter"], i["kind"], i["count"]) for i in found["identifiers"]] == [
        ("B", "email", 1)
    ]
    assert not (tmp_path / "no.csv").exists()


def test_what_cannot_be_opened_is_said_in_plain_words(layout, tmp_path) -> None:
    (tmp_path / "vuoto.csv").write_bytes(b"")
    (tmp_path / "rotto.xlsx").write_bytes(b"PK\x03\x04 rotto")
    (tmp_path / "cartella.csv").mkdir()
    for name in ("vuoto.csv", "rotto.xlsx", "cartella.csv", "non_c_e.csv"):
        found = answer(tmp_path / name, code=1)
        assert found["refused"] and "Unexpected" not in found["refused"], name
    if hasattr(os, "geteuid") and os.geteuid() != 0:
        path = tmp_path / "chiuso.csv"
        path.write_text("a;b\n")
        path.chmod(0)
        assert answer(path, code=1)["refused_code"] == "file.locked"


def test_an_unforeseen_error_is_a_refusal_without_values(layout, tmp_path, monkeypatch) -> None:
    from pipelines import check

    def fail(*_: object, **__: object) -> None:
        raise ValueError(CANARY)

    monkeypatch.setattr(check, "read_contents", fail)
    path = tmp_path / "x.csv"
    path.write_text(HEADING + GOOD, encoding="utf-8")
    found = answer(path, code=1)
    assert found["refused_code"] == "file.unforeseen"
    assert CANARY not in json.dumps(found)


def test_nothing_of_dagster_is_imported_and_no_store_is_made(layout, tmp_path) -> None:
    import subprocess

    path = deliver(layout, "alfa/2021Q3/registro.csv", HEADING + GOOD)
    code = (
        "import sys; from typer.testing import CliRunner; from pipelines.cli import app; "
        f"r = CliRunner().invoke(app, ['check', {str(path)!r}]); "
        "print(r.exit_code, 'dagster' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        cwd=Path(__file__).parents[2],
    )
    assert done.stdout.split() == ["0", "False"]
    assert not layout.store.parent.exists()


@pytest.mark.parametrize("where", ["itself", "another", "raw", "link"])
def test_cells_never_overwrite_anything(layout, tmp_path, where) -> None:
    path = tmp_path / "lista.csv"
    path.write_text(HEADING + GOOD + GOOD.replace("0001", "0002"), encoding="utf-8")
    other = tmp_path / "altro.csv"
    other.write_text("da tenere\n", encoding="utf-8")
    link = tmp_path / "collegamento.csv"
    if where == "link":
        try:
            link.symlink_to(path)
        except OSError:
            pytest.skip("this account may make no links (Windows)")
    target = {
        "itself": path,
        "another": other,
        "raw": layout.raw / "alfa" / "nuovo.csv",
        "link": link,
    }[where]
    before = path.read_bytes(), other.read_bytes()
    told(path, "--cells", target, code=1)
    assert (path.read_bytes(), other.read_bytes()) == before
    assert not (layout.raw / "alfa" / "nuovo.csv").exists()


def test_cells_are_for_this_account_only(layout, tmp_path) -> None:
    path = tmp_path / "lista.csv"
    path.write_text(HEADING + GOOD + GOOD.replace("0001", "0002"), encoding="utf-8")
    told(path, "--cells", tmp_path / "celle.csv")
    if os.name == "posix":
        assert (tmp_path / "celle.csv").stat().st_mode & 0o077 == 0


def test_a_file_that_a_run_would_refuse_for_its_place_is_refused_and_still_shown(
    layout, tmp_path
) -> None:
    path = deliver(layout, "alfa/2021Q3/sconosciuto.csv", HEADING + GOOD)
    found = answer(path, "--cells", tmp_path / "celle.csv", code=1)
    assert found["refused_code"] == "file.unknown"
    assert not found["usable"]
    assert found["sheets"][0]["rows"] == 1
    assert (tmp_path / "celle.csv").exists()


def test_the_name_inside_an_archive_is_masked_where_it_tells_a_person(layout, tmp_path) -> None:
    import zipfile

    path = tmp_path / "dati.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"QQQZZZ70H15X999P {CANARY}.csv", HEADING + GOOD)
    said = told(path, "--json", code=1)
    assert "QQQZZZ" not in said
    assert CANARY not in said


def test_every_row_of_a_refused_sheet_is_named(layout, tmp_path) -> None:
    path = tmp_path / "righe.csv"
    path.write_text("a;b;c\n1;2;3\n4;5\n6;7;8\n", encoding="utf-8")
    sheet = answer(path, code=1)["sheets"][0]
    assert [each["row"] for each in sheet["skipped_rows"]] == [1, 2, 3, 4]
    assert {each["why"] for each in sheet["skipped_rows"]} == {"refused"}


def test_an_endless_heading_is_cut() -> None:
    from pipelines.check_lines import _cut

    assert _cut("Ore\n di  corso") == "Ore di corso"
    assert _cut("h" * 80) == "h" * 80
    assert _cut("h" * 20_000) == "h" * 79 + "…"
