"""Recall and precision of the identifier gate on texts and columns that it was not made with."""

from __future__ import annotations

import pytest

from assets.intake.announced import heading_kind
from assets.intake.gate import inspect
from assets.intake.grid import Contents, make_sheet
from assets.intake.identifiers import plain_text
from assets.intake.names import kinds_in_names
from tests.heldout_cases import (
    alarms,
    cells_of,
    held_out,
    kinds_of_columns,
    measured,
    nothing_size,
    omocodia,
    tax_codes,
)

#: What is reached today may not be lost; where context is missing, not everything can be found.
FLOORS = {"name": 0.94, "address": 0.95, "place": 0.95, "phone": 0.95}
FRESH_FLOORS = {"name": 0.75, "health_code": 0.75, "permit": 0.6, "phone": 0.9, "address": 0.9}


def test_every_tax_code_is_found_in_every_form_and_spelling() -> None:
    some = list(tax_codes())
    assert len(some) > 10_000
    assert cells_of("tax_code", some) == len(some)


def test_there_are_128_forms_of_a_tax_code() -> None:
    """FACTS 7.1: the forms with one, four and seven letters."""
    found = set(omocodia("QQQZZZ70H15E897Q"))
    assert len(found) == 128
    assert {"QQQZZZ70H15E89TN", "QQQZZZ70H1REUVTR", "QQQZZZTLHMREUVTK"} <= found


@pytest.mark.parametrize(("name", "floors"), [("heldout", FLOORS), ("fresh", FRESH_FLOORS)])
def test_recall_of_the_other_kinds_does_not_fall(name: str, floors: dict[str, float]) -> None:
    for kind, (found_n, all_n, _) in measured(name, but=("tax_code",)).items():
        assert found_n >= floors.get(kind, 1.0) * all_n, kind


def test_where_nobody_is_next_to_nothing_is_found() -> None:
    assert nothing_size("heldout") > 150
    assert alarms("heldout") == []
    # A number of ten digits after a word that is no name for an id: known, and left so.
    assert alarms("fresh") == [("phone", "bolletta 3471234567")]


def test_both_sets_name_their_sources() -> None:
    for name in ("heldout", "fresh"):
        for kind, groups in held_out(name).items():
            if kind not in ("tax_code", "columns", "split", "nothing_columns"):
                assert all(each["source"] and each["texts"] for each in groups), kind


@pytest.mark.parametrize(
    "name", ["scheda_Rossi_Maria.xlsx", "Bouzidi Omar", "colloquio-Anna-Ferrari.csv"]
)
def test_a_name_in_the_name_of_a_file_or_sheet(name: str) -> None:
    assert kinds_in_names([name]) == ["name"]


@pytest.mark.parametrize(
    "name",
    [
        "registro_2022.xlsx",
        "Scuola Anna Frank",
        "Foglio1",
        "corso_maria_montessori.csv",
        "Santa Maria",
    ],
)
def test_other_names_of_files_are_nobodys(name: str) -> None:
    assert kinds_in_names([name]) == []


def test_a_comment_is_looked_at_but_not_for_who_wrote_it() -> None:
    sheet = make_sheet("x", [["Codice"], ["MN-0001"], ["MN-0002"]])

    def kinds(text: str) -> list[str]:
        return [each.kind for each in inspect(Contents(sheet, texts=(text,)), [], None)]

    assert kinds("Anna Ferrari:\nda ricontrollare") == []
    assert kinds("Anna Ferrari:\nabita in via Canneti") == ["address"]
    assert kinds("ha chiamato Maria") == ["name"]


@pytest.mark.parametrize("heading", ["Utente", "Referente", "Educatore", "Assistente sociale"])
def test_under_a_heading_for_people_the_cells_tell(heading: str) -> None:
    assert heading_kind(heading) is None
    assert "name" in kinds_of_columns([heading], [["Lucia", "Omar", "Xyz"]])
    assert kinds_of_columns([heading], [["educatore", "volontario", "OP1"]]) == set()


def test_parts_of_numbers_in_neighbouring_columns_are_counted_at_each() -> None:
    rows = [["a", "b"], ["0376", "123456"], ["0376", "654321"], ["0376", "111222"]]
    found = inspect(Contents(make_sheet("x", rows)), [], None)
    assert [(each.kind, each.position, each.cells_n) for each in found] == [
        ("phone", 0, 3),
        ("phone", 1, 3),
    ]
    years = [["a", "b"], ["2021", "123456"], ["2022", "654321"], ["2023", "111222"]]
    assert inspect(Contents(make_sheet("x", years)), [], None) == []


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("ＱＱＱ", "QQQ"), ("Q\u200bQ", "QQ"), ("312–345", "312-345"), ("\u0663\u0664", "34"),
        ("Н15Е897", "H15E897"), ("Привет", "Привет"), ("perché", "perché"),
    ],
)  # fmt: skip
def test_marks_that_look_alike_are_made_plain(written: str, plain: str) -> None:
    assert plain_text(written) == plain
