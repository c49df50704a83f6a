"""Headings to columns: missing, unknown and doubled ones are errors that name the nearest."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from assets.intake.room import read_programme
from assets.layout import Layout
from tests.intake_sample import HEADING, REGISTER, deliver, programme, row, text_rows

GOOD = row("AAA-0001", "Cucito", "01/07/2021", "sì", "1,5", "30", "niente")


def read(tmp_path: Path, content: str, source: str = REGISTER, name: str = "registro.csv") -> dict:
    layout = programme(tmp_path, {"alfa": source})
    deliver(layout, f"alfa/2021Q3/{name}", content)
    return read_programme(layout)


def only(frames: dict) -> pd.Series:
    deliveries = frames["intake_deliveries"]
    assert len(deliveries) == 1
    return deliveries.iloc[0]


def test_rows_keep_their_place_and_columns_their_letters(tmp_path: Path) -> None:
    frames = read(tmp_path, HEADING + GOOD + ";;;;;;\n" + GOOD)
    rows = text_rows(Layout(tmp_path, "prova"), frames, "attendance")
    assert rows["row_number"].tolist() == [2, 4]
    assert rows["activity_code"].tolist() == ["cucito", "cucito"]
    assert rows["hours"].tolist() == ["1,5", "1,5"]
    columns = frames["intake_columns"].set_index("column")
    assert columns.loc["session_date", ["heading", "letter"]].tolist() == ["Data", "C"]
    made = only(frames)
    assert (made["state"], made["rows_read"], made["rows_skipped"], made["records_n"]) == (
        "in_use",
        2,
        1,
        2,
    )


def test_headings_are_compared_without_case_and_spare_spaces(tmp_path: Path) -> None:
    content = "  codice ;LABORATORIO;data;Presente;Ore;età;note  del tutor\n" + GOOD
    assert only(read(tmp_path, content))["state"] == "in_use"


@pytest.mark.parametrize(
    ("heading", "code", "quoted"),
    [
        (HEADING.replace("Data;", "Data inc.;"), "column.missing", "Data inc."),
        (HEADING.replace("Note", "Voto"), "column.unmapped", "«Voto» (G)"),
        (HEADING.replace("Ore", "Data"), "column.doubled", "C, E"),
    ],
)
def test_a_heading_that_does_not_fit_is_refused(
    tmp_path: Path, heading: str, code: str, quoted: str
) -> None:
    made = only(read(tmp_path, heading + GOOD))
    assert (made["state"], made["refusal_code"]) == ("refused", code)
    assert quoted in made["message_en"] and quoted in made["message_it"]


def test_a_file_without_heading_row_quotes_nobody(tmp_path: Path) -> None:
    canary = row("CAN-4242", "Zaffiro", "01/07/2021", "sì", "1", "30", "canarino")
    made = only(read(tmp_path, canary + canary))
    assert made["refusal_code"] == "column.no_heading"
    assert not any(word in made["message_en"] for word in ("CAN-4242", "Zaffiro", "canarino"))


def test_an_empty_column_without_heading_is_nothing_and_a_filled_one_is_unknown(
    tmp_path: Path,
) -> None:
    assert only(read(tmp_path, HEADING.strip() + ";\n" + GOOD.strip() + ";\n"))["state"] == "in_use"
    made = only(read(tmp_path, HEADING.strip() + ";\n" + GOOD.strip() + ";9\n"))
    assert made["refusal_code"] == "column.unmapped"


def test_alternatives_are_form_versions_and_exactly_one_must_be_there(tmp_path: Path) -> None:
    source = REGISTER.replace("{from: Data}", "{from: [Data, Giorno]}")
    assert (
        only(read(tmp_path, HEADING.replace("Data", "Giorno") + GOOD, source))["state"] == "in_use"
    )
    both = HEADING.replace("Ore", "Giorno") + GOOD
    assert only(read(tmp_path, both, source))["refusal_code"] == "column.doubled"


def test_missing_tokens_codes_letters_constants(tmp_path: Path) -> None:
    source = (
        REGISTER.replace("{format: csv}", "{format: csv, missing: [n.d.]}")
        .replace("{from: Codice, pattern:", "{letter: A, pattern:")
        .replace("{from: Ore, optional: true}", "{from: Ore, missing: ['0']}")
        .replace("{from: Laboratorio, codes: {Cucito: cucito}}", "{value: cucito}")
        .replace("[Note*]", "[Note*, Laboratorio]")
    )
    content = HEADING.replace("Codice", "") + row("AAA-0001", "x", "N.D.", "sì", "0", "30")
    frames = read(tmp_path, content, source)
    rows = text_rows(Layout(tmp_path, "prova"), frames, "attendance")
    assert rows.loc[0, "person_code"] == "AAA-0001"
    assert rows.loc[0, "activity_code"] == "cucito"
    assert rows[["session_date", "hours"]].isna().all(axis=None)


SURVEY = """
partner: alfa
sources:
  - source: questionario
    dataset: survey
    label: {it: Questionario, en: Survey}
    files: ["q*.csv"]
    reader: {format: csv, missing: ["(vuoto)"]}
    columns:
      person_code: {from: Codice}
    questions:
      - instrument: who5
        items: {who5_1: "*allegro*", who5_2: "*calmo*", who5_3: "*attivo*", who5_4: "*riposato*", who5_5: "*interessano*"}
        answers: {Sempre: 5, Mai: 0}
      - items: {scelta: "Scelta"}
      - several: {lingue: "Lingue *"}
        ticked: [Sì]
"""
QUESTIONS = "Codice;[allegro];[calmo];[attivo];[riposato];[interessano];Scelta;Lingue [Arabo];Lingue [Urdu [scritto]]\n"


def test_a_questionnaire_becomes_one_row_per_item(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": SURVEY})
    content = QUESTIONS + "P1;Sempre;mai;;(vuoto);boh;None;Sì;\nP2;5;0;1;2;3;;;(vuoto)\n"
    deliver(layout, "alfa/pre/q.csv", content, note="form_version: v2")
    frames = read_programme(layout)
    rows = text_rows(layout, frames, "survey")
    assert only(frames)["records_n"] == len(rows) == 2 * 8
    assert set(rows["wave_code"]) == {"pre"} and set(rows["form_version"]) == {"v2"}
    first = rows[rows["person_code"] == "P1"].set_index("item_code")
    assert first["answer_code"].fillna("-").to_dict() == {
        "who5_1": "5", "who5_2": "0", "who5_3": "-", "who5_4": "-", "who5_5": "boh",
        "scelta": "None", "lingue[Arabo]": "1", "lingue[Urdu [scritto]]": "0",
    }  # fmt: skip
    assert first.loc["who5_1", "answer_value"] == "5"
    assert first.loc["who5_5", ["answer_value"]].isna().all()
    assert first.loc["who5_2", "cell_letter"] == "C"
    second = rows[rows["person_code"] == "P2"].set_index("item_code")
    # Who left all options blank did not answer: null, never a row of "no".
    assert second.loc[["lingue[Arabo]", "lingue[Urdu [scritto]]"], "answer_code"].isna().all()
    assert rows["row_number"].is_monotonic_increasing


COUNTS = """
partner: alfa
sources:
  - source: conteggi
    dataset: service_access
    label: {it: Conteggi, en: Counts}
    files: ["c*.csv"]
    reader: {format: csv}
    columns:
      contact_date: {from: Mese, month_of_period: true}
    counts: {emporio: Ingressi, ascolto: Colloqui}
"""


def test_monthly_counts_become_one_row_per_service(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": COUNTS})
    deliver(layout, "alfa/2022/c.csv", "Mese;Ingressi;Colloqui\nGennaio;10;\nago;0;7\n")
    rows = text_rows(layout, read_programme(layout), "service_access")
    assert rows["contact_date"].tolist() == ["01/01/2022"] * 2 + ["01/08/2022"] * 2
    assert rows["service_code"].tolist() == ["emporio", "ascolto"] * 2
    assert rows["contact_n"].fillna("-").tolist() == ["10", "-", "0", "7"]  # blank is not zero
    assert rows["cell_letter"].tolist() == ["B", "C"] * 2


def test_month_names_need_a_year_in_the_folder(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": COUNTS})
    deliver(layout, "alfa/all/c.csv", "Mese;Ingressi;Colloqui\nGennaio;10;1\n")
    assert only(read_programme(layout))["refusal_code"] == "period.year"


def test_headings_that_may_be_people_are_told_by_letter_only(tmp_path: Path) -> None:
    people = ";".join(f"Zaffiro {number}" for number in range(12))
    content = HEADING.strip() + ";" + people + "\n" + GOOD.strip() + ";x" * 12 + "\n"
    crossed = only(read(tmp_path / "crossed", content))
    assert crossed["refusal_code"] == "column.unmapped"
    assert "Zaffiro" not in crossed["message_it"] and "H, I, J" in crossed["message_it"]
    code = only(read(tmp_path / "code", HEADING.strip() + ";AAA-0007\n" + GOOD.strip() + ";x\n"))
    assert "AAA-0007" not in code["message_it"] and "H" in code["message_it"]


def test_a_title_above_is_named_or_told_as_such_where_the_row_is_declared(tmp_path: Path) -> None:
    made = only(read(tmp_path, "Registro\n" + HEADING + GOOD))
    assert (made["state"], made["header_rows"], made["skipped_why"]) == ("in_use", "2", "title 1")
    declared = REGISTER.replace("{format: csv}", "{format: csv, header_row: 1}")
    made = only(read(tmp_path, "Registro\n" + HEADING + GOOD, declared))
    assert made["refusal_code"] == "column.no_heading"


def test_a_source_of_letters_keeps_no_heading_of_a_row_that_may_be_data(tmp_path: Path) -> None:
    source = """
    partner: alfa
    sources:
      - source: registro
        dataset: attendance
        label: {it: Registro, en: Register}
        files: ["registro*"]
        reader: {format: csv}
        columns:
          person_code: {letter: A}
          activity_code: {letter: B, codes: {Cucito: cucito}}
          session_date: {letter: C}
          is_present: {value: sì}
    """
    frames = read(tmp_path, "AAA-0009;Cucito;01/07/2021\nAAA-0001;Cucito;02/07/2021\n", source)
    assert frames["intake_columns"]["heading"].fillna("").tolist() == ["", "", ""]
