"""Keys, tables and files of coding at the source."""

from __future__ import annotations

import csv
import io
import re
import stat
import sys
from datetime import date

import pytest
from typer.testing import CliRunner

from assets.coding.codes import code
from assets.coding.grid import find_header
from assets.coding.keys import Key, key_from_passphrase, new_key_file, read_key_file
from assets.coding.rewrite import Plan, rewrite
from assets.coding.workbook import read_workbook, xlsx_bytes
from assets.errors import ConfigurationError
from pipelines.cli import app
from pipelines.pseudonymise import Wish, pseudonymise
from tests import coding_sample as sample

KEY = Key(sample.KEY)
TAX, OTHER = "QQQZZZ70H15E897Q", "QQQZZZ70H55E897U"


def coded(rows, actions, **plan):
    given = {"header": 0, "programme": "demo", "on": sample.ON, **plan}
    return rewrite(rows, Plan(actions=actions, **given), KEY)


def test_a_new_key_is_random_private_and_never_written_over(tmp_path):
    path = tmp_path / "k.key"
    made = new_key_file(path)
    assert read_key_file(path) == made and len(made.secret) == 32
    assert made != new_key_file(tmp_path / "other.key")
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(ConfigurationError):
        new_key_file(path)
    assert read_key_file(path) == made


@pytest.mark.parametrize(
    "text", ["", "lunattiva-key:1:00", KEY.line.replace("00", "01", 1), KEY.line[:-1], KEY.line.upper(), "x" + KEY.line]
)  # fmt: skip
def test_a_damaged_key_is_refused(tmp_path, text):
    (tmp_path / "k.key").write_text(text, encoding="utf-8")
    with pytest.raises(ConfigurationError) as refused:
        read_key_file(tmp_path / "k.key")
    assert "000102" not in refused.value.say("it")


@pytest.mark.parametrize("text", ["", "corta", "a" * 40, "ab ab ab ab ab ab ab ab ab ab", " " * 30])
def test_a_weak_passphrase_is_refused(text):
    with pytest.raises(ConfigurationError):
        key_from_passphrase(text, "demo")


def test_one_person_one_code_and_no_code_for_nobody():
    rows = [["CF", "Cognome", "Nome", "Nato il"], [TAX, "A", "B", "01/01/1980"], [f" {TAX.lower()} ", "C", "D", "x"],
            [None, "Rossi", "Ugo", "01/01/1980"], ["non ha", "ROSSI", "ugo", "1980-01-01"], [None, "Rossi", None, None],
            ["non ha", None, None, None], [None, None, None, None]]  # fmt: skip
    made = coded(rows, ["tax_code", "surname", "given_name", "birth_year"])
    assert made.rows[0] == ["Codice persona", "Anno di nascita"]
    person = [row[0] for row in made.rows[1:]]
    assert person[0] == person[1] == code(KEY, "demo", "tax_code", TAX)
    assert (
        person[2] == person[3] == code(KEY, "demo", "name_birth_date", "ROSSI", "UGO", "1980-01-01")
    )
    assert person[4:] == [None, None, None]
    assert (made.without_code, made.unread_days, dict(made.codes)) == (
        [6, 7],
        [3],
        {"T": 2, "N": 2},
    )
    assert made.rows[1][1] == 1980


def test_names_alone_give_a_weaker_code_where_there_is_no_tax_code():
    rows = [["Cognome", "Nome", "Data di nascita", "Ore"], ["Rossi", "Ugo", date(1980, 1, 1), 2]]
    made = coded(rows, ["surname", "given_name", "birth_band", "keep"])
    assert made.rows[0] == ["Codice persona", "Fascia di età", "Ore"]
    assert made.rows[1][0].startswith("N-") and made.rows[1][1:] == ["30-44", 2]


def test_names_without_birth_date_give_none_and_go():
    made = coded(
        [["Cognome", "Nome", "Ore"], ["Rossi", "Ugo", 2]], ["surname", "given_name", "keep"]
    )
    assert made.rows == [["Ore"], [2]]


def test_two_people_in_a_row_have_two_columns_and_only_the_first_a_fallback():
    rows = [["CF", "CF figlio", "Cognome", "Nome", "Nato il"], [None, None, "Rossi", "Ugo", "01/01/1980"],
            [TAX, OTHER, "A", "B", "01/01/1980"]]  # fmt: skip
    made = coded(rows, ["tax_code", "tax_code", "surname", "given_name", "remove"])
    assert made.rows[0] == ["Codice persona", "Codice persona 2"]
    assert made.rows[1] == [None, None], "no birth date is named: no fallback"
    made = coded(rows, ["tax_code", "tax_code", "surname", "given_name", "birth_year"])
    assert made.rows[1][0].startswith("N-") and made.rows[1][1] is None
    assert made.rows[2][:2] == [code(KEY, "demo", "tax_code", each) for each in (TAX, OTHER)]


def test_programme_key_and_register_keep_codes_apart():
    rows = [["n"], ["17"]]
    made = {
        coded(rows, ["register"], register=r, programme=p).rows[1][0]
        for r, p in (("agape", "demo"), ("aler", "demo"), ("agape", "altro"))
    }
    other = rewrite(rows, Plan(0, ["register"], "demo", None, "agape"), Key(bytes(32))).rows[1][0]
    assert len(made | {other}) == 4


def test_what_still_identifies_is_counted_and_never_quoted():
    rows = [
        ["Codice", "Altro", "Telefono"],
        [TAX, "scrivere a a@b.it", "0376 123456"],
        [TAX, "", ""],
    ]
    made = coded(rows, ["keep", "keep", "keep"])
    assert made.left == {("Codice", "tax_code"): 2, ("Altro", "email"): 1, ("Telefono", "phone"): 1}
    assert coded([[TAX], ["x"]], ["keep"]).left == {("#1", "tax_code"): 1}
    without_headings = coded([["x", TAX], ["y", OTHER]], ["keep", "tax_code"])
    assert without_headings.left == {("#2", "tax_code"): 1}, "the first person's row would be lost"


def test_no_code_looks_like_an_identifier_and_intake_knows_it():
    from assets.intake.gate import inspect
    from assets.intake.headings import tidy
    from assets.intake.readers import read_contents
    from schemas.fields import FIELDS

    rows = [["CF"], *([f"QQQZZZ70H15X{n:03}" + "Z"] for n in range(1000))]
    made = coded(rows, ["tax_code"])
    column = [row[0] for row in made.rows]
    assert tidy(column[0]) == tidy(FIELDS["person_code"].label.it)
    assert len(set(column[1:])) == 1000
    assert all(re.search(FIELDS["person_code"].pattern, each) for each in column[1:])
    contents = read_contents("\n".join(column).encode(), "codici.csv", None)
    assert inspect(contents, ["codici.csv"], None) == []


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["Titolo", None, None], ["a", "b", "c"], ["1", "2", "x"]], 1),
        ([["a", "b"], ["1", "2"]], 0),
        ([[None, None], ["a", "b"], ["1", "2"]], 1),
        ([["1", "2"], ["3", "4"]], 0),
        ([["Presenze", None, None], ["Persona", "1", "2"], ["x", "P", "A"]], 1),
        ([], 0),
    ],
)
def test_the_heading_row_is_found(rows, header):
    assert find_header(rows) == header


def test_a_workbook_is_written_anew_with_its_types():
    rows = [["a", "b", "c", "d"], ["=1+1", 2, 1.5, date(2022, 1, 2)], ["x\x0by", True, None, "007"]]
    data = xlsx_bytes(rows, "Foglio")
    assert data == xlsx_bytes(rows, "Foglio")
    back = read_workbook(data)
    assert back.rows == [
        ["a", "b", "c", "d"],
        ["=1+1", 2, 1.5, date(2022, 1, 2)],
        ["xy", True, None, "007"],
    ]
    assert back.sheet == "Foglio"


def test_a_workbook_that_is_none_is_refused():
    with pytest.raises(ConfigurationError):
        read_workbook(b"PK\x03\x04 no")


@pytest.mark.parametrize(("encoding", "delimiter", "newline"), [("cp1252", ";", "\r\n"), ("utf-8-sig", ",", "\n"), ("utf-16", "\t", "\n")])  # fmt: skip
def test_delimited_text_keeps_its_spelling(tmp_path, encoding, delimiter, newline):
    path = tmp_path / "registro.csv"
    path.write_bytes(sample.delimited(encoding, delimiter, newline))
    made = pseudonymise(path, KEY, Wish("demo", on=sample.ON))
    assert made.data == pseudonymise(path, KEY, Wish("demo", on=sample.ON)).data
    text = made.data.decode(encoding)
    rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter))
    assert len(rows) == 8 and text.count(newline) == 8
    assert rows[0] == [
        "Codice persona",
        "Fascia di età",
        "Laboratorio",
        "Data",
        "Ore",
        "N. tessera",
    ]
    assert rows[1][1:] == ["45-64", "Cucito", "10/01/2022", "2", "A-17"]
    assert not [each for each in sample.SECRETS if each in text]


def test_an_encoding_without_the_letters_of_our_headings_gives_way():
    from assets.coding.grid import Dialect, csv_bytes

    assert (
        csv_bytes([["Fascia di età"]], Dialect("cp1250")).decode("utf-8-sig") == "Fascia di età\r\n"
    )
    assert csv_bytes([["Fascia di età"]], Dialect("cp1252")) == "Fascia di età\r\n".encode("cp1252")


@pytest.fixture
def registro(tmp_path):
    (tmp_path / "k.key").write_text(KEY.line, encoding="ascii")
    path = tmp_path / "registro.csv"
    path.write_bytes(sample.delimited())
    return path


def run(*arguments):
    return CliRunner().invoke(app, ["pseudonymise", *map(str, arguments), "--lang", "it"])


def test_the_command_writes_the_file_and_quotes_nobody(registro):
    said = run(registro, "--key-file", registro.with_name("k.key"), "--period", "2022Q1", "--out", registro.with_name("out.csv"))  # fmt: skip
    assert said.exit_code == 0, said.output
    assert KEY.id in said.output and "righe 7" in said.output
    assert not [each for each in sample.SECRETS if each in said.output]
    assert (
        registro.with_name("out.csv").read_bytes()
        == pseudonymise(registro, KEY, Wish("demo", on=sample.ON)).data
    )


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ((), "Serve la chiave"),
        (("--key-file", "k"), "Per le fasce di età"),
        (
            ("--key-file", "k", "--on", "2022-01-01", "--keep", "Codice fiscal"),
            "Più simile: Codice fiscale",
        ),
        (("--key-file", "k", "--on", "2022-01-01", "--columns", "Ore=codice"), "Azioni: keep"),
        (("--key-file", "k", "--on", "2022-01-01", "--columns", "Ore=register"), "--register"),
        (
            ("--key-file", "k", "--on", "2022-01-01", "--keep", "Codice fiscale"),
            "codice fiscale (5)",
        ),
        (("--key-file", "k", "--period", "boh"), "non è un periodo"),
        (("--key-file", "k", "--key-id", "00000000"), f"la sua impronta è {KEY.id}"),
        (("--key-file", "k", "--on", "2022-01-01", "--out", "same"), "non può prendere il posto"),
    ],
)
def test_the_command_says_what_is_missing_and_writes_nothing(registro, options, words):
    at = {"k": registro.with_name("k.key"), "same": registro}
    before = sorted(registro.parent.iterdir())
    said = run(registro, *(at.get(each, each) for each in options))
    assert said.exit_code == 1 and words in said.output
    assert not [each for each in sample.SECRETS if each in said.output]
    assert sorted(registro.parent.iterdir()) == before


def test_the_command_asks_for_the_passphrase(registro):
    phrase = "sedia mappa fiume zucca treno luna"
    arguments = [
        "pseudonymise",
        str(registro),
        "--passphrase",
        "--on",
        "2022-01-01",
        "--programme",
        "lunetta",
    ]
    said = CliRunner().invoke(app, arguments, input=f"{phrase}\n{phrase}\n")
    assert said.exit_code == 0 and phrase not in said.output
    key = key_from_passphrase(phrase, "lunetta")
    made = registro.with_name(f"registro-codici-{key.id}.csv")
    assert made.read_bytes() == pseudonymise(registro, key, Wish("lunetta", on=sample.ON)).data
    assert CliRunner().invoke(app, arguments, input="").exit_code == 130


def test_the_command_makes_a_key_and_the_page(tmp_path):
    said = run("--new-key", tmp_path / "k.key", "--page", tmp_path / "codici.html")
    assert said.exit_code == 0
    key = read_key_file(tmp_path / "k.key")
    assert key.id in said.output and key.secret.hex() not in said.output
    assert "<!DOCTYPE html>" in (tmp_path / "codici.html").read_text("utf-8")
    assert run().exit_code == 1


@pytest.mark.parametrize("around", ["{}", "{}\n", "\ufeff{}\r\n", "\n {}\t\n"])
def test_a_key_file_survives_an_editor(tmp_path, around):
    (tmp_path / "k.key").write_text(around.format(KEY.line), encoding="utf-8", newline="")
    assert read_key_file(tmp_path / "k.key") == KEY


def test_two_people_have_two_codes_and_one_person_one_however_it_is_written():
    same = [
        TAX,
        TAX.lower(),
        "qqq zzz 70h15 e897q",
        "QQQ-ZZZ-70H15-E897Q",
        "QQQZZZ7OHI5E897Q",
        f"'{TAX}",
        "\u200bQQQZZZ70H15E897Q ",
    ]
    others = [OTHER, "QQQZZZ70H15E89TN", "QQQZZZ70H15E897A", "00000000018", "STP0301234567890"]
    made = coded([["CF"], *([each] for each in [*same, *others])], ["tax_code"])
    codes_made = [row[0] for row in made.rows[1:]]
    assert len(set(codes_made[: len(same)])) == 1
    assert len(set(codes_made)) == 1 + len(others) and None not in codes_made


def test_a_whole_name_in_one_column_gives_a_weaker_code():
    rows = [
        ["Cognome e nome", "Nato il"],
        ["ROSSI Ugo", "01/01/1980"],
        ["Rossi Ugo Maria", "01/01/1980"],
        ["Rossi", "01/01/1980"],
    ]
    made = coded(rows, ["surname_name", "birth_year"])
    apart = coded(
        [["Cognome", "Nome", "Nato il"], ["Rossi", "Ugo", "1980-01-01"]],
        ["surname", "given_name", "birth_year"],
    )
    turned = coded(
        [
            ["Nome e cognome", "Nato il"],
            ["Ugo Rossi", "01/01/1980"],
            ["Ugo Maria Rossi", "01/01/1980"],
        ],
        ["name_surname", "birth_year"],
    )
    assert made.rows[0] == ["Codice persona", "Anno di nascita"]
    assert made.rows[1][0] == apart.rows[1][0] == turned.rows[1][0]
    assert made.rows[2][0] == turned.rows[2][0] != made.rows[1][0]
    assert made.rows[3][0] is None and made.without_code == [4] and dict(made.codes) == {"N": 2}


def test_nothing_of_the_name_of_file_or_sheet_tells_who(tmp_path):
    path = tmp_path / "registro_rossi_mario.xlsx"
    path.write_bytes(xlsx_bytes([["CF", "Cognome", "Ore"], [TAX, "Rossi", 1]], "Mario Rossi"))
    made = pseudonymise(path, KEY, Wish("demo"))
    assert made.name == f"file-codici-{KEY.id}.xlsx"
    assert read_workbook(made.data).sheet == "Dati"
    other = tmp_path / "registro.xlsx"
    other.write_bytes(xlsx_bytes([["CF", "Cognome", "Ore"], [TAX, "Rossi", 1]], "Marzo"))
    assert (
        pseudonymise(other, KEY, Wish("demo")).name,
        read_workbook(pseudonymise(other, KEY, Wish("demo")).data).sheet,
    ) == (f"registro-codici-{KEY.id}.xlsx", "Marzo")


@pytest.mark.parametrize("cell", ["=1+1", "@SUM(A1)", "+HYPERLINK(1)", "-2+cmd|' /c x'!A1", " =1"])
def test_a_csv_carries_no_formula(cell):
    from assets.coding.grid import Dialect, csv_bytes

    assert csv_bytes([["a", cell]], Dialect()).decode().startswith(("a;'", "a;\"'"))


@pytest.mark.parametrize("cell", ["-5", "+39 0376", "-", "- testo", "1=2", "a@b"])
def test_numbers_and_dashes_stay_as_they_are(cell):
    from assets.coding.grid import Dialect, csv_bytes

    assert csv_bytes([["a", cell]], Dialect()).decode() == f"a;{cell}\r\n"
