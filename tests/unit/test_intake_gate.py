"""The identifier gate: what stops a file, what does not, and that nothing of a stopped file stays."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from assets.intake.announced import heading_kind
from assets.intake.identifiers import has_email, has_health_code, has_iban, has_tax_code
from assets.intake.phones import has_written_phone
from assets.intake.room import read_programme
from tests.intake_sample import HEADING, REGISTER, deliver, programme, row, workbook

# QQQZZZ70H15E897Q: invented letters, nobody's name (an example from elsewhere may be somebody's);
# its check character agrees with python-stdnum. IT60X0542811101000000123456: the Italian example in the SWIFT
# IBAN registry. DE89370400440532013000: the German one.


@pytest.mark.parametrize(
    "text",
    [
        "QQQZZZ70H15E897Q",
        "qqqzzz70h15e897q",
        "QQQ ZZZ 70H15 E897Q",
        "QQQ-ZZZ-70H15-E897-Q",
        "cf: QQQZZZ70H15E897Q.",
        "QQQZZZ70H15E897A",  # wrong check letter: still a tax code
        "QQQZZZ70H15E89TN",  # omocodia: the last digit 7 became T, check letter recomputed
        "il sig. ha codice QQQZZZ70H15E897Q e viene il lunedì",
        "ＱＱＱＺＺＺ７０Ｈ１５Ｅ８９７Ｑ",  # full-width look-alikes
        "QQQZZZ70H15E897\u200bQ",
    ],
)
def test_a_tax_code_is_found_however_it_is_written(text: str) -> None:
    from assets.intake.identifiers import plain_text

    assert has_tax_code(plain_text(text))


@pytest.mark.parametrize(
    "text",
    [
        "AAA-0001",
        "0123456789ABCDEF",
        "abcdef01234567890123",
        "Straordinariamente",
        "QQQZZZ70H99E897X",
    ],
)
def test_a_code_of_another_shape_is_no_tax_code(text: str) -> None:
    assert not has_tax_code(text)


def test_emails_ibans_and_health_codes() -> None:
    assert has_email("scrivere a mario.rossi@example.org grazie")
    assert not has_email("2 @ 3 euro")
    assert has_iban("IT60 X054 2811 1010 0000 0123 456")
    assert has_iban("IT60X0542811101000000123457")  # wrong check, Italian shape
    assert has_iban("DE89370400440532013000")
    assert not has_iban("DE89370400440532013001") and not has_iban("AB12 3456 7890 1234")
    assert has_health_code("STP0301234567890") and has_health_code("ENI 030 1234567890")
    assert not has_health_code("stp 12")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("+39 333 1234567", True),
        ("0039 0376 123456", True),
        ("chiamare 3331234567 la sera", True),
        ("333 1234567", True),
        ("0376/123456", True),
        ("3331234567", False),  # alone it may be any number; the column decides
        ("29872499824296", False),
        ("2016-04-29T18:38:08Z", False),
        ("12.000,00", False),
        ("2022/2023", False),
        ("00393331234567", True),
        ("0044 20 7946 0958", True),
        ("0012025550123", False),  # may be a number filled up with zeros
        ("tel 0012025550123", True),
    ],
)
def test_a_telephone_needs_its_form_or_company(text: str, expected: bool) -> None:
    assert has_written_phone(text) is expected


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("Nome", "name"),
        ("COGNOME E NOME", "name"),
        ("Nome del minore", "name"),
        ("Nominativo", "name"),
        ("Codice Fiscale", "tax_code"),
        ("Cod. fisc.", "tax_code"),
        ("Tel.", "phone"),
        ("N. cellulare", "phone"),
        ("E-mail", "email"),
        ("Indirizzo di residenza", "address"),
        ("Data di nascita", "birth_date"),
        ("Nome laboratorio", None),
        ("Codice persona", None),
        ("Anno di nascita", None),
        ("Telaio", None),
        ("Viabilità", None),
        ("Hai un telefono cellulare con cui ti connetti a internet?", None),
        ("Neighbourhood", None),
        ("No-show", None),
    ],
)
def test_headings_that_announce_people(heading: str, kind: str | None) -> None:
    assert heading_kind(heading) == kind


CANARY = "QQQZZZ70H15E897Q"


def stopped(
    tmp_path: Path, content: str | bytes, name: str = "registro.csv", source: str = REGISTER
):
    layout = programme(tmp_path, {"alfa": source})
    deliver(layout, f"alfa/2021Q3/{name}", content)
    frames = read_programme(layout)
    for frame in frames.values():
        assert CANARY not in frame.to_csv()
    return frames, layout


@pytest.mark.parametrize(
    "content",
    [
        HEADING
        + row("AAA-0001", "Cucito", "01/07/2021", "sì", "1", "30", f"vedi {CANARY}"),  # ignored
        HEADING + row(CANARY, "Cucito", "01/07/2021", "sì"),  # where a code should be
        f"Registro di {CANARY}\n" + HEADING,  # a title row
        HEADING + row("AAA-0001") + "TOTALE;" + CANARY + "\n",
        HEADING.replace("Codice", "Codici") + row(CANARY),  # refused for its heading as well
        (HEADING + row(CANARY) + "Lunettà").encode("cp1252"),  # and for its encoding
    ],
)
def test_a_tax_code_anywhere_stops_the_file_and_nothing_is_kept(
    tmp_path: Path, content: str | bytes
) -> None:
    frames, layout = stopped(tmp_path, content)
    made = frames["intake_deliveries"].iloc[0]
    assert made["refusal_code"] == "identifiers"
    assert "codice fiscale (1 cella)" in made["message_it"]
    assert "tax code (1 cell)" in made["message_en"]
    assert len(made["sha256"]) == 64 and made["size_bytes"] > 0
    assert not list(layout.vault.glob("*"))
    assert frames["intake_staged"].empty
    assert not list(layout.staged.glob("*"))


def test_hidden_sheets_and_file_names_are_looked_at(tmp_path: Path) -> None:
    source = REGISTER.replace("format: csv", "format: xlsx, sheet: Dati")
    good = [HEADING.strip().split(";"), ["AAA-0001", "Cucito", "01/07/2021", "sì"]]
    hidden = workbook({"Dati": good, "Anagrafica": [["Id", "CF"], ["1", CANARY]]}, ("Anagrafica",))
    frames, _ = stopped(tmp_path / "a", hidden, "registro.xlsx", source)
    assert "Anagrafica" in frames["intake_deliveries"].loc[0, "message_it"]
    frames, _ = stopped(tmp_path / "b", workbook({"Dati": good}), f"registro_{CANARY}.xlsx", source)
    made = frames["intake_deliveries"].iloc[0]
    assert (made["refusal_code"], made["file_name"]) == ("identifiers", "***.xlsx")


def test_a_file_nobody_expects_is_looked_at_too(tmp_path: Path) -> None:
    content = "Cognome,Nome,Telefono\nRossi,Mario,3331234567\n"
    frames, layout = stopped(tmp_path, content, "elenco.csv")
    made = frames["intake_deliveries"].iloc[0]
    assert made["refusal_code"] == "identifiers"
    assert "colonna C: telefono" in made["message_it"]
    # Its first row may be a person: nothing of it is repeated.
    assert not any(word in made["message_it"] for word in ("Nome", "Telefono", "Rossi"))
    assert not list(layout.vault.glob("*"))


def test_a_column_of_telephones_stops_the_file_a_column_of_ids_does_not(tmp_path: Path) -> None:
    phones = [f"333{n:07d}" for n in range(1200000, 1200020)]
    ids = [f"{n * 104729 % 9000000000 + 1000000000}" for n in range(1, 21)]
    days = [f"{n:02d}/10/2021" for n in range(1, 10)]
    tried = [(phones, "refused"), (ids, "in_use"), (days, "in_use")]
    for number, (cells, expected) in enumerate(tried):
        lines = [row("AAA-0001", "Cucito", "01/07/2021", "sì", "", "", cell) for cell in cells]
        frames, _ = stopped(tmp_path / str(number), HEADING + "".join(lines))
        assert frames["intake_deliveries"].loc[0, "state"] == expected


def test_single_telephones_among_person_codes_are_left_to_the_rows(tmp_path: Path) -> None:
    lines = [row(f"AAA-{n:04d}", "Cucito", "01/07/2021", "sì") for n in range(20)]
    content = HEADING + "".join(lines) + row("3331234567", "Cucito", "01/07/2021", "sì")
    frames, _ = stopped(tmp_path, content)
    assert frames["intake_deliveries"].loc[0, "state"] == "in_use"


def test_a_person_can_release_a_false_alarm_by_name(tmp_path: Path) -> None:
    source = REGISTER.replace("[Note*]", "[Nome]") + (
        "    not_identifiers:\n"
        "      - {heading: Nome, kind: name, reason: nome del laboratorio, by: A. Bi, on: 2022-01-01}\n"
    )
    content = HEADING.replace("Note", "Nome") + row(
        "AAA-0001", "Cucito", "01/07/2021", "sì", "", "", "Ago"
    )
    frames, _ = stopped(tmp_path / "a", content, source=source)
    assert frames["intake_deliveries"].loc[0, "state"] == "in_use"
    frames, _ = stopped(tmp_path / "b", content, source=source.replace("kind: name", "kind: email"))
    assert frames["intake_deliveries"].loc[0, "refusal_code"] == "identifiers"


def test_an_empty_column_with_a_telling_heading_is_harmless(tmp_path: Path) -> None:
    source = REGISTER.replace("[Note*]", "[Telefono]")
    content = HEADING.replace("Note", "Telefono") + row("AAA-0001", "Cucito", "01/07/2021", "sì")
    frames, _ = stopped(tmp_path, content, source=source)
    assert frames["intake_deliveries"].loc[0, "state"] == "in_use"


def test_a_file_that_lost_its_heading_row_is_stopped_without_a_quotation(tmp_path: Path) -> None:
    content = row("Zaffiro", "Cucito", "01/07/2021", "sì", "", "", CANARY) * 2
    frames, _ = stopped(tmp_path, content)
    made = frames["intake_deliveries"].iloc[0]
    assert made["refusal_code"] == "identifiers"
    assert (
        "Zaffiro" not in made["message_en"] and "column G: tax code (2 cells)" in made["message_en"]
    )


def test_names_in_the_place_of_codes_stop_the_file(tmp_path: Path) -> None:
    """A column mapped to ``person_code`` is no reason to let a name through."""
    lines = [row(f"AAA-{n:04d}", "Cucito", "01/07/2021", "sì") for n in range(20)]
    content = HEADING + "".join(lines) + row("Rossi Anna", "Cucito", "01/07/2021", "sì")
    frames, _ = stopped(tmp_path, content)
    made = frames["intake_deliveries"].iloc[0]
    assert made["refusal_code"] == "identifiers"
    assert "person's name (1 cell)" in made["message_en"] and "Rossi" not in made["message_en"]


@pytest.mark.parametrize("day", ["{year}-03-{day:02d}", "{year}03{day:02d}"])
def test_days_of_birth_are_found_however_they_are_written(tmp_path: Path, day: str) -> None:
    lines = [
        row(
            f"AAA-{n:04d}",
            "Cucito",
            "01/07/2021",
            "sì",
            "",
            "",
            day.format(year=1950 + n, day=n + 1),
        )
        for n in range(28)
    ]
    frames, _ = stopped(tmp_path, HEADING + "".join(lines))
    made = frames["intake_deliveries"].iloc[0]
    assert made["refusal_code"] == "identifiers" and "date of birth" in made["message_en"]


@pytest.mark.parametrize(
    ("members", "comment"),
    [
        ({"registro.csv": HEADING}, CANARY),
        ({"registro.csv": HEADING, "elenco.txt": f"vedi {CANARY}"}, ""),
        ({"registro.csv": HEADING, f"{CANARY}.txt": "vedi"}, ""),
    ],
)
def test_an_archive_is_looked_at_whole(
    tmp_path: Path, members: dict[str, str], comment: str
) -> None:
    made_up = tmp_path / "registro.zip"
    with zipfile.ZipFile(made_up, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content + row("AAA-0001", "Cucito", "01/07/2021", "sì"))
        archive.comment = comment.encode()
    layout = programme(tmp_path, {"alfa": REGISTER.replace("registro*.csv", "registro*")})
    deliver(layout, "alfa/2021Q3/registro.zip", made_up.read_bytes())
    made = read_programme(layout)["intake_deliveries"].iloc[0]
    assert made["refusal_code"] == "identifiers" and CANARY not in made.to_string()
    assert not layout.vault.exists() or not list(layout.vault.iterdir())
