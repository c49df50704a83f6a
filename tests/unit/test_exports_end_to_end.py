"""Survey exports through the whole of intake and sorting, from bytes to accepted rows."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from assets.intake.room import read_programme
from tests.intake_sample import deliver, programme, text_rows, workbook

OWN = """
partner: alfa
sources:
  - source: benessere
    dataset: survey
    label: {it: Questionario, en: Survey}
    files: ["*.csv"]
    every: wave
    form: lunattiva
    ignore: ["_submitted_by"]
"""
OWN_CSV = (
    "about/person_code;about/wave_code;about/response_date;who5/who5_1;who5/who5_2;who5/who5_3;"
    "who5/who5_4;who5/who5_5;items/pane;lunattiva_source;lunattiva_form;_id;_uuid;"
    "_submission_time;_submitted_by;__version__;_index\n"
    "ABC-0001;pre;2021-06-01;5;4;3;2;1;si;prova/benessere;2;1;u-1;2021-06-01T10:00:00;comune;v;1\n"
    "ABC-0002;pre;2021-06-02;0;;3;2;1;;prova/benessere;2;2;u-2;2021-06-02T10:00:00;comune;v;2\n"
)


def answers(rows: pd.DataFrame) -> dict[tuple[str, str], str | None]:
    return {
        (row.person_code, row.item_code): None if pd.isna(row.answer_code) else row.answer_code
        for row in rows.itertuples()
    }


def refusals(frames: dict[str, pd.DataFrame]) -> list[str]:
    return frames["intake_deliveries"]["message_en"].dropna().tolist()


def test_our_own_form_maps_by_itself(tmp_path: Path) -> None:
    from assets.sorting.sort import sort_programme

    layout = programme(tmp_path, {"alfa": OWN})
    deliver(layout, "alfa/pre/modulo.csv", OWN_CSV)
    frames = read_programme(layout)
    assert refusals(frames) == []
    found = answers(text_rows(layout, frames, "survey"))
    assert found["ABC-0001", "who5_1"] == "5"
    assert found["ABC-0002", "who5_2"] is None
    assert found["ABC-0001", "pane"] == "si"
    counts = sort_programme(layout, frames)["sorting_counts"]
    assert (counts["read_n"].sum(), counts["accepted_n"].sum()) == (12, 12)


def test_a_file_that_is_not_our_form_says_what_to_do(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": OWN})
    deliver(layout, "alfa/pre/modulo.csv", OWN_CSV.replace("prova/benessere", "altro/benessere"))
    (said,) = refusals(read_programme(layout))
    assert "prova/benessere" in said
    assert "XML values and headers" in said


BOTH = (
    OWN.replace('files: ["*.csv"]', 'files: ["*.csv", "*.xlsx"]')
    + """
    reader: {dates: ["%d/%m/%Y"]}
    columns:
      person_code: {from: Codice persona}
      wave_code: {value: pre}
      response_date: {from: Data}
    questions:
      - instrument: who5
        items: {who5_1: Allegro}
"""
)


def test_workbook_and_form_of_one_source_may_both_come(tmp_path: Path) -> None:
    from assets.sorting.sort import sort_programme

    layout = programme(tmp_path, {"alfa": BOTH})
    deliver(layout, "alfa/pre/modulo.csv", OWN_CSV)
    sheet = [["Codice persona", "Data", "Allegro"], ["ABC-0003", "03/06/2021", "2"]]
    deliver(layout, "alfa/pre/modulo.xlsx", workbook({"Dati": sheet}))
    frames = read_programme(layout)
    assert refusals(frames) == []
    sorted_ = sort_programme(layout, frames)
    assert sorted_["sorting_counts"]["quarantined_n"].sum() == 0
    assert sorted_["sorting_counts"]["read_n"].sum() == 13


FORM = """
partner: alfa
sources:
  - source: famiglie
    dataset: survey
    label: {it: Famiglie, en: Households}
    files: ["*.xlsx"]
    every: wave
    form: modulo.xlsx
    reader: {sheet: membri, dates: ["%Y-%m-%d"]}
    columns:
      person_code: {from: codice}
      wave_code: {value: pre}
    questions:
      - items: {lavora: lavora}
    ignore: ["_*", "quartiere"]
"""
MODULO = {
    "survey": [
        ["type", "name", "label::Italiano (it)"],
        ["text", "quartiere", "Quartiere"],
        ["begin repeat", "membri", "Membri"],
        ["text", "codice", "Codice"],
        ["select_one sino", "lavora", "Lavora?"],
        ["end repeat", None, None],
    ],
    "choices": [
        ["list_name", "name", "label::Italiano (it)"],
        ["sino", "yes", "Sì"],
        ["sino", "no", "No"],
    ],
}
EXPORT = {
    "modulo": [
        ["quartiere", "_id", "_uuid", "_submission_time", "__version__", "_index"],
        ["lunetta", 1, "u-1", "2021-06-01", "v1", 1],
        ["frassino", 2, "u-2", "2021-06-01", "v1", 2],
    ],
    "membri": [
        ["codice", "lavora", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"],
        ["ABC-0001", "Sì", 1, "modulo", 1, "u-1"],
        ["ABC-0002", "no", 2, "modulo", 2, "u-2"],
        ["ABC-0003", None, 3, "modulo", 2, "u-2"],
    ],
}


def test_a_repeat_sheet_is_read_with_the_form_beside_the_source(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": FORM})
    (layout.raw / "alfa" / "modulo.xlsx").write_bytes(workbook(MODULO))
    deliver(layout, "alfa/pre/famiglie.xlsx", workbook(EXPORT))
    frames = read_programme(layout)
    assert refusals(frames) == []
    rows = text_rows(layout, frames, "survey")
    assert answers(rows) == {
        ("ABC-0001", "lavora"): "yes",
        ("ABC-0002", "lavora"): "no",
        ("ABC-0003", "lavora"): None,
    }
    assert rows["row_number"].tolist() == [2, 3, 4]
    assert set(rows["cell_letter"]) == {"B"}
    assert frames["intake_deliveries"]["export"].tolist() == ["kobo"]


def test_the_parent_s_columns_are_mapped_like_any_other(tmp_path: Path) -> None:
    text = FORM.replace(
        "wave_code: {value: pre}",
        "wave_code: {value: pre}\n      neighbourhood_code: {from: quartiere}",
    ).replace(', "quartiere"', "")
    layout = programme(tmp_path, {"alfa": text})
    (layout.raw / "alfa" / "modulo.xlsx").write_bytes(workbook(MODULO))
    deliver(layout, "alfa/pre/famiglie.xlsx", workbook(EXPORT))
    frames = read_programme(layout)
    assert refusals(frames) == []
    rows = text_rows(layout, frames, "survey")
    assert rows["neighbourhood_code"].tolist() == ["lunetta", "frassino", "frassino"]


def test_a_changed_form_reads_the_file_again(tmp_path: Path) -> None:
    layout = programme(tmp_path, {"alfa": FORM})
    form = layout.raw / "alfa" / "modulo.xlsx"
    form.write_bytes(workbook(MODULO))
    deliver(layout, "alfa/pre/famiglie.xlsx", workbook(EXPORT))
    first = read_programme(layout)
    changed = {
        **MODULO,
        "choices": [MODULO["choices"][0], ["sino", "1", "Sì"], ["sino", "no", "No"]],
    }
    form.write_bytes(workbook(changed))
    second = read_programme(layout, first)
    assert answers(text_rows(layout, second, "survey"))["ABC-0001", "lavora"] == "1"
