"""Questions of survey exports: many spellings of an answer, one row per item; blanks are no answers."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from assets.errors import DeliveryRefused
from assets.intake.exports.drift import drift, question_frame, shape_of, shapes_in
from assets.intake.grid import make_sheet
from assets.intake.headings import resolve, wanted_of
from assets.intake.questions import question_rows
from assets.intake.table import find_table
from schemas.source import Source


def source(questions: list[dict], **more: object) -> Source:
    given = {
        "source": "modulo",
        "dataset": "survey",
        "label": {"it": "Modulo", "en": "Form"},
        "files": ["*"],
        "reader": {"format": "csv", "dates": ["%Y-%m-%d"], "missing": ["N/A"]},
        "columns": {"person_code": {"from": "codice"}},
        "questions": questions,
        **more,
    }
    return Source.model_validate(given)


def read(source: Source, *rows: str, day: date | None = None) -> pd.DataFrame:
    """Read rows of cells parted by '|'; columns of the rows besides the person are kept too."""
    sheet = make_sheet("", [row.split("|") for row in rows])
    table = find_table(sheet, source.reader, wanted_of(source))
    mapping = resolve(table.headings, table.filled, source, table.header_rows)
    plain = pd.DataFrame({"row_number": pd.array(table.row_numbers, dtype="Int64")})
    for name, place in mapping.columns.items():
        plain[name] = pd.array(table.columns[place.position].to_pylist(), dtype="string")
    return question_rows(table, mapping.questions, source, plain, day=day)


def codes(made: pd.DataFrame) -> dict[str, list[str | None]]:
    """Answer codes by item, in the order of the file."""
    return {
        item: [None if pd.isna(each) else each for each in rows["answer_code"]]
        for item, rows in made.groupby("item_code", sort=False)
    }


def test_items_of_two_versions_in_one_file_are_one_item_with_its_own_letter() -> None:
    made = read(
        source([{"items": {"q": ["nuova", "vecchia"]}}]),
        "codice|vecchia|nuova",
        "A|1|",
        "B||2",
        "C||",
    )
    assert codes(made) == {"q": ["1", "2", None]}
    assert made["cell_letter"].tolist() == ["B", "C", "C"]


def test_two_different_answers_to_one_question_stop_the_file() -> None:
    with pytest.raises(DeliveryRefused) as stopped:
        read(source([{"items": {"q": ["nuova", "vecchia"]}}]), "codice|vecchia|nuova", "A|1|2")
    assert stopped.value.code == "answers.two"
    assert stopped.value.values["rows"] == "2"


def test_a_matrix_makes_an_item_of_each_column() -> None:
    made = read(
        source([{"instrument": "bscs", "matrix": {"sc": "SC[*]. *"}, "answers": {"A1": 1}}]),
        "codice|SC[SQ001]. Quanto? [uno]|SC[SQ002]. Quanto? [due]",
        "P|A1|",
    )
    assert codes(made) == {"sc[SQ001]": ["1"], "sc[SQ002]": [None]}
    assert made["answer_value"].tolist()[0] == "1"


def test_a_dual_scale_is_one_matrix_for_each_scale() -> None:
    made = read(
        source([{"matrix": {"now": "D[*][1]. *", "then": "D[*][2]. *"}}]),
        "codice|D[SQ001][1]. Q [x][Scale 1]|D[SQ001][2]. Q [x][Scale 2]",
        "P|3|5",
    )
    assert codes(made) == {"now[SQ001]": ["3"], "then[SQ001]": ["5"]}


@pytest.mark.parametrize(
    ("tick", "blank"),
    [("Y", ""), ("Yes", "No"), ("Sì", "No"), ("1", "0"), ("TRUE", "FALSE"), ("Sì", "N/A")],
)
def test_ticks_of_every_spelling_and_nobody_ticked_is_null(tick: str, blank: str) -> None:
    made = read(
        source([{"several": {"t": "T[*]. *"}}]),
        "codice|T[SQ001]. Q [pane]|T[SQ002]. Q [latte]",
        f"A|{tick}|{blank}",
        "B||",
    )
    assert codes(made) == {"t[pane]": ["1", None], "t[latte]": ["0", None]}


def test_kobo_options_are_named_by_what_follows_the_question() -> None:
    made = read(
        source([{"several": {"t": "g/t/*"}}], ignore=["g/t"]),
        "codice|g/t|g/t/pane|g/t/latte",
        "A|pane|1|0",
    )
    assert codes(made) == {"t[pane]": ["1"], "t[latte]": ["0"]}


def test_free_text_is_a_tick_only_in_the_column_of_the_other() -> None:
    block = {"several": {"t": "T[*]. *"}}
    rows = ("codice|T[a]. Q [pane]|T[other]. Q [Altro]", "A||uova", "B|Y|")
    # What is neither a tick nor none goes on as it is: sorting quarantines it, and no row is lost.
    made = read(source([block]), *rows)
    assert codes(made) == {"t[pane]": ["0", "1"], "t[Altro]": ["uova", "0"]}
    made = read(source([{**block, "other": ["Altro"]}]), *rows)
    assert codes(made) == {"t[pane]": ["0", "1"], "t[Altro]": ["1", "0"]}
    assert "uova" not in made.to_string()


def test_a_remark_on_an_option_is_no_option() -> None:
    rows = ("codice|T[a]. Q [pane]|T[acomment]. Q [pane][comment]", "A|Y|quello nero")
    with pytest.raises(DeliveryRefused) as stopped:
        read(source([{"several": {"t": "T[*]. *"}}]), *rows)
    assert stopped.value.code == "column.unmapped"
    made = read(source([{"several": {"t": "T[*]. *"}}], ignore=["T[*comment]*"]), *rows)
    assert codes(made) == {"t[pane]": ["1"]}


def test_labels_of_the_file_itself_lead_to_declared_answers() -> None:
    declared = source([{"items": {"q": "q"}, "answers": {"Sempre": 5}}])
    sheet = make_sheet("", [["codice", "q"], ["A", "1"], ["B", "2"]])
    table = find_table(sheet, declared.reader, wanted_of(declared))
    mapping = resolve(table.headings, table.filled, declared, table.header_rows)
    plain = pd.DataFrame({"row_number": pd.array(table.row_numbers, dtype="Int64")})
    labels = {1: {"1": "Sempre", "2": "Mai"}}
    made = question_rows(table, mapping.questions, declared, plain, labels=labels)
    assert codes(made) == {"q": ["5", "2"]}


@given(
    st.lists(st.sampled_from(["x", "a, b", "c", "d e", "b, z"]), unique=True, min_size=1),
)
def test_options_joined_by_the_mark_they_hold_are_found_again(chosen: list[str]) -> None:
    options = ["x", "a, b", "c", "d e", "b, z"]
    block = {"choices": {"t": {"from": "Q", "split": ", ", "options": options}}}
    made = codes(read(source([block]), "codice|Q", f"A|{', '.join(chosen)}"))
    assert {item for item, (code,) in made.items() if code == "1"} == {f"t[{e}]" for e in chosen}


def test_surveymonkey_ticks_by_the_text_of_the_option() -> None:
    made = read(
        source([{"several": {"t": "Q [*]"}, "ticked": ["*"]}]),
        "codice|Q [Pane]|Q [No]",
        "A|Pane|",
        "B||",
    )
    assert codes(made) == {"t[Pane]": ["1", None], "t[No]": ["0", None]}


GOOGLE = ["Pane", "Latte, uova", "Latte"]  # "uova" alone is none


@pytest.mark.parametrize(
    ("split", "cell", "ticked"),
    [
        (", ", "Pane, Latte, uova", ["Pane", "Latte, uova"]),
        (", ", "Latte", ["Latte"]),
        (", ", "Latte, Pane", ["Pane", "Latte"]),
        (";", "Pane;Latte;", ["Pane", "Latte"]),
        (" ", "Pane Latte", ["Pane", "Latte"]),
    ],
)
def test_options_in_one_cell(split: str, cell: str, ticked: list[str]) -> None:
    block = {"choices": {"t": {"from": "Q", "split": split, "options": GOOGLE}}}
    made = read(source([block]), "codice|Q", f"A|{cell}", "B|")
    found = codes(made)
    assert {item for item, (first, _) in found.items() if first == "1"} == {
        f"t[{e}]" for e in ticked
    }
    assert all(second is None for _, second in found.values())
    assert len(found) == 3


def test_an_option_that_reads_like_two_others_is_a_mistake_in_the_source() -> None:
    with pytest.raises(ValidationError, match="several options together"):
        source([{"choices": {"t": {"from": "Q", "split": ", ", "options": ["a", "b", "a, b"]}}}])


def test_an_undeclared_option_stops_the_file_unless_there_is_an_other() -> None:
    choices = {"from": "Q", "split": ", ", "options": {"Pane": "bread"}}
    with pytest.raises(DeliveryRefused) as stopped:
        read(source([{"choices": {"t": choices}}]), "codice|Q", "A|Pane", "B|Pane, uova")
    assert (stopped.value.code, stopped.value.values["rows"]) == ("answers.option", "3")
    assert "uova" not in str(stopped.value)
    made = read(
        source([{"choices": {"t": {**choices, "other": "else"}}}]), "codice|Q", "B|Pane, uova"
    )
    assert codes(made) == {"t[bread]": ["1"], "t[else]": ["1"]}


RANKS = ("codice|P[1]. Q [Rank 1]|P[2]. Q [Rank 2]", "A|b|a", "B|a|", "C||")


def test_a_ranking_is_the_rank_of_each_declared_option() -> None:
    block = {"ranking": {"p": {"from": "P[*]. *", "options": ["a", "b", "c"]}}}
    made = read(source([block]), *RANKS)
    assert codes(made) == {
        "p[a]": ["2", "1", None],
        "p[b]": ["1", None, None],
        "p[c]": [None, None, None],
    }
    assert made.loc[made["item_code"] == "p[a]", "answer_value"].tolist()[:2] == ["2", "1"]
    assert made.loc[made["item_code"] == "p[a]", "cell_letter"].tolist() == ["C", "B", "B"]


def test_a_ranking_without_options_is_the_option_of_each_rank() -> None:
    made = read(source([{"ranking": {"p": {"from": "P[*]. *"}}}]), *RANKS)
    assert codes(made) == {"p[1]": ["b", "a", None], "p[2]": ["a", None, None]}


def test_an_option_ranked_twice_stops_the_file() -> None:
    block = {"ranking": {"p": {"from": "P[*]. *", "options": ["a", "b"]}}}
    with pytest.raises(DeliveryRefused) as stopped:
        read(source([block]), RANKS[0], "A|a|a")
    assert stopped.value.code == "answers.rank"


# --- versions of a form ------------------------------------------------------------------------

VERSIONS = [
    {
        "version": "v1",
        "until": "2021-12-31",
        "renamed": {"Come va?": "Come stai?"},
        "answers": {"umore": {"Bene": 2, "Male": 1}},
        "without": ["nuova"],
    }
]
BLOCK = [
    {
        "items": {"umore": "Come stai?", "nuova": "E ora?"},
        "answers": {"Bene": 3, "Così": 2, "Male": 1},
    }
]


def test_a_renamed_question_is_joined_and_its_old_answers_hold() -> None:
    declared = source(BLOCK, versions=VERSIONS)
    old = read(declared, "codice|Come va?", "A|Bene", day=date(2021, 6, 1))
    new = read(declared, "codice|Come stai?|E ora?", "A|Bene|Male", day=date(2022, 6, 1))
    assert codes(old) == {"umore": ["2"]}
    assert codes(new) == {"umore": ["3"], "nuova": ["1"]}


def test_the_version_in_the_row_goes_before_that_of_the_day() -> None:
    declared = source(
        BLOCK,
        versions=VERSIONS,
        columns={"person_code": {"from": "codice"}, "form_version": {"from": "__version__"}},
    )
    made = read(
        declared, "codice|__version__|Come stai?", "A|v1|Bene", "B|v2|Bene", day=date(2021, 6, 1)
    )
    assert codes(made) == {"umore": ["2", "3"]}


def test_an_undeclared_rename_stops_the_file_with_the_nearest_heading() -> None:
    with pytest.raises(DeliveryRefused) as stopped:
        read(source([{"items": {"umore": "Come stai oggi?"}}]), "codice|Come stai adesso?", "A|1")
    assert stopped.value.code == "column.missing"
    assert stopped.value.values["nearest"] == "Come stai adesso?"


def test_a_rename_to_a_heading_nobody_names_is_a_mistake_in_the_source() -> None:
    with pytest.raises(ValidationError, match="Nearest: 'Come stai\\?'"):
        source(BLOCK, versions=[{"version": "v1", "renamed": {"x": "Come stai"}}])


def test_drift_tells_what_changed_between_deliveries_without_values() -> None:
    declared = source(
        [*BLOCK, {"items": {"eta": "Età", "note": "Note"}}],
        versions=[{**VERSIONS[0], "without": ["nuova", "eta", "note"]}],
    )
    shapes = []
    for name, rows in {
        "uno": ("codice|Come va?|Età", "A|Bene|40", "B|Male|50"),
        "due": ("codice|Come stai?|Età|E ora?", "A|Così|quaranta|Bene", "B|boh|50|Bene"),
        "tre": ("codice|Come stai?|Età|E ora?", "A|Così|quaranta|Bene", "B|boh|50|Bene"),
    }.items():
        sheet = make_sheet("", [row.split("|") for row in rows])
        table = find_table(sheet, declared.reader, wanted_of(declared))
        mapping = resolve(table.headings, table.filled, declared, table.header_rows)
        shapes.append(shape_of(name, declared, None, table, mapping))
    found = drift(shapes)
    assert set(found["delivery_id"]) == {"due"}
    what = {(row.item_code, row.what): (row.detail_it, row.detail_en) for row in found.itertuples()}
    assert set(what) == {
        ("umore", "renamed"),
        ("umore", "choices"),
        ("eta", "type"),
        ("nuova", "appeared"),
    }
    assert what["eta", "type"] == ("numero → testo", "number → text")
    assert "in no list: 0 → 1" in what["umore", "choices"][1]
    assert "boh" not in found.to_string()
    assert "quaranta" not in found.to_string()
    kept = shapes_in(question_frame(list(reversed(shapes))), ["uno", "due", "tre"])
    assert kept == shapes
    back = drift(list(reversed(shapes)))
    assert ("nuova", "vanished") in set(zip(back["item_code"], back["what"], strict=True))
