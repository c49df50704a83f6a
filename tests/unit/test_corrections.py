"""Guarded corrections: carried out on the cell they name and on the value they expect, or not at all."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest
import yaml

from assets.errors import ConfigurationError, DeliveryRefused
from assets.intake.corrections import (
    Patch,
    cell_text,
    corrected,
    load_corrections,
    read_corrections,
    write_corrections,
)
from assets.intake.grid import Sheet, make_sheet
from assets.layout import Layout
from assets.outputs.answers import spelt
from pipelines.corrections import Taken, take_back
from pipelines.returned import write_returns
from schemas.correction import Correction, Corrections, cell_digest
from schemas.reader import Reader
from tests.intake_sample import HEADING, deliver, programme, row
from tests.returns_sample import LINES, fill, process, shown

ON = date(2023, 6, 1)
SHA = "a" * 64
PATH = "alfa/2021Q2/registro.csv"


def correction(old: str, new: str | None, **changes: object) -> Correction:
    place = {"sheet": "Foglio", "row": 2, "letter": "B", **changes}
    digest = cell_digest(SHA, place["sheet"], place["row"], place["letter"], old)  # type: ignore[arg-type]
    return Correction.model_validate(
        {
            "delivery": SHA, "heading": "Ore", "column": "hours", "rule": "hours.range",
            "expected": digest, "action": "change", "new": new, **place,
        }
    )  # fmt: skip


def patch(number: int, *arguments: str | None, **changes: object) -> Patch:
    return Patch(number, "ufficio", "2023-06-01", correction(*arguments, **changes))  # type: ignore[arg-type]


def plain() -> Sheet:
    return make_sheet("Foglio", [["Codice", "Ore"], ["007", " 13 "], ["NA", ""]])


def coded() -> Sheet:
    sheet = plain()
    columns = [pa.chunked_array([each.dictionary_encode()]) for each in sheet.columns]
    return Sheet(sheet.name, columns, sheet.rows_n)


@pytest.mark.parametrize("sheet", [plain, coded])
def test_a_cell_is_changed_and_the_others_stay_exactly(sheet: Callable[[], Sheet]) -> None:
    before = sheet()
    after = corrected(before, [patch(1, " 13 ", "3"), patch(1, "", "NA", row=3)])
    assert [after.row(each) for each in (1, 2, 3)] == [
        ["Codice", "Ore"],
        ["007", "3"],
        ["NA", "NA"],
    ]
    assert before.row(2) == ["007", " 13 "]


def test_later_corrections_expect_what_earlier_ones_left() -> None:
    after = corrected(plain(), [patch(1, " 13 ", "130"), patch(2, "130", "3")])
    assert cell_text(after, 2, "B") == "3"


@pytest.mark.parametrize(
    "patches",
    [
        [patch(1, "13", "3")],  # the cell holds ' 13 '
        [patch(1, " 13 ", "3"), patch(2, " 13 ", "4")],  # the first one changed it
        [patch(1, " 13 ", "3", row=9)],
        [patch(1, " 13 ", "3", letter="Z")],
        [patch(1, " 13 ", "3", sheet="Altro")],
    ],
)
def test_an_unexpected_value_stops_and_names_the_place(patches: list[Patch]) -> None:
    with pytest.raises(DeliveryRefused) as stopped:
        corrected(plain(), patches)
    one = patches[-1].what
    assert stopped.value.code == "correction.mismatch"
    assert f"{one.letter}{one.row}" in stopped.value.say("it")
    assert "13" not in stopped.value.say("en").replace(f"{one.letter}{one.row}", "")


@pytest.mark.parametrize(
    "text", ["007", "no", "1e5", "2021-06-01", "null", "~", "=1", "è: «sì»", '"']
)
def test_a_record_keeps_texts_as_they_are(tmp_path: Path, text: str) -> None:
    layout = programme(tmp_path)
    made = Corrections.model_validate(
        {
            "number": 1, "partner": "alfa", "from": SHA, "by": "ufficio", "on": ON,
            "corrections": [correction(" 13 ", text)],
        }
    )  # fmt: skip
    path = write_corrections(layout, made)
    assert read_corrections(path) == made
    assert path.relative_to(layout.raw).as_posix() == f"_corrections/alfa/001-{SHA[:12]}.yml"


@pytest.mark.parametrize(
    "spoil",
    [
        lambda tree: tree.update(partner="beta"),
        lambda tree: tree["corrections"][0].update(new="RSSMRA80A01E897G", column="person_code"),
        lambda tree: tree["corrections"][0].update(action="keep"),
        lambda tree: tree["corrections"][0].pop("expected"),
    ],
)
def test_a_record_that_was_changed_by_hand_stops_the_run_without_quoting_it(
    tmp_path: Path, spoil: Callable[[dict], None]
) -> None:
    layout = programme(tmp_path)
    made = Corrections.model_validate(
        {
            "number": 1, "partner": "alfa", "from": SHA, "by": "ufficio", "on": ON,
            "corrections": [correction(" 13 ", "canarino")],
        }
    )  # fmt: skip
    path = write_corrections(layout, made)
    tree = yaml.safe_load(path.read_text("utf-8"))
    spoil(tree)
    path.write_text(yaml.safe_dump(tree), encoding="utf-8")
    with pytest.raises(ConfigurationError) as stopped:
        load_corrections(layout)
    assert path.name in stopped.value.say("it")
    assert "canarino" not in str(stopped.value) and "RSSMRA" not in str(stopped.value)


def test_typed_values_are_spelt_as_the_partner_spells_them() -> None:
    reader = Reader(decimal=",", dates=["%d.%m.%Y"], true=["presente"], false=["assente"])
    assert spelt(datetime(2021, 6, 1), reader) == "01.06.2021"
    assert spelt(1.5, reader) == "1,5"
    assert spelt(2.0, reader) == "2"
    assert spelt(True, reader) == "presente"
    assert spelt(" 020030 ", reader) == "020030"


BAD = {
    "lab": row("BBB-0001", "Cucitto", "01/06/2021", "sì", "1", "30"),
    "date": row("CCC-0001", "Cucito", "31/06/2021", "sì", "1", "30"),
    "hours": row("DDD-0001", "Cucito", "02/06/2021", "sì", "13", "30"),
}


def delivered(root: Path, content: str = HEADING + "".join(BAD.values())) -> tuple[Layout, Path]:
    """A programme with three bad rows, processed, and its return."""
    layout = programme(root)
    deliver(layout, PATH, content)
    process(layout)
    path = write_returns(layout, "alfa", None, ON)[0].path
    assert path is not None
    return layout, path


@pytest.fixture(scope="module")
def untouched(tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, Path]:
    """A programme and its return for the tests in which nothing may be kept."""
    return delivered(tmp_path_factory.mktemp("untouched"))


def back(layout: Layout, path: Path, **options: object) -> Taken:
    return take_back(layout, path, "ufficio", None, ON, **options)  # type: ignore[arg-type]


def test_the_three_answers_become_records_and_the_next_run_obeys(tmp_path: Path) -> None:
    layout, path = delivered(tmp_path)
    answers = {2: ("new", "Cucito"), 3: ("remove", "sì"), 4: ("keep", "doppio turno")}
    filled = fill(path, answers)
    taken = back(layout, filled)
    assert (taken.changed_n, taken.removed_n, taken.kept_n, taken.open_n) == (1, 1, 1, 0)
    frames = process(layout)
    accepted = frames["sorting_attendance__accepted"]
    assert list(accepted["person_code"]) == ["BBB-0001", "DDD-0001"]
    assert list(accepted["hours"]) == [1.0, 13.0]  # kept as it is
    assert list(frames["sorting_attendance__quarantined"]["rules"]) == ["record.removed"]
    costs = frames["sorting_reasons"].set_index("rule")["cost"].to_dict()
    assert costs == {"record.removed": "row", "hours.range": "tolerated"}
    count = frames["sorting_counts"].iloc[0]
    assert (count["read_n"], count["accepted_n"], count["quarantined_n"]) == (3, 2, 1)
    told = frames["intake_corrections"]
    assert list(told["action"]) == ["change", "remove", "keep"]
    assert set(told["state"]) == {"applied"} and set(told["by"]) == {"ufficio"}
    assert "Cucito" not in told.to_string() and "doppio" not in told.to_string()
    assert (layout.raw / PATH).read_text("utf-8") == HEADING + "".join(BAD.values())
    (written,) = write_returns(layout, "alfa", None, ON)
    assert written.path is None  # nothing is left to mend


def test_a_new_value_is_judged_as_any_other(tmp_path: Path) -> None:
    layout, path = delivered(tmp_path)
    back(layout, fill(path, {2: ("new", "Cucina")}))
    frames = process(layout)
    assert "activity_code.code" in set(frames["sorting_reasons"]["rule"])
    again = write_returns(layout, "alfa", None, ON)[0].path
    assert again is not None and again != path
    assert shown(again)[0]["value"] == "Cucina"
    assert back(layout, fill(again, {2: ("new", "Cucito")})).changed_n == 1
    assert "activity_code.code" not in set(process(layout)["sorting_reasons"]["rule"])


def test_only_the_corrected_file_is_read_again(tmp_path: Path) -> None:
    layout, path = delivered(tmp_path)
    deliver(
        layout,
        "alfa/2021Q3/registro.csv",
        HEADING + row("EEE-0001", "Cucito", "01/07/2021", "sì", "1"),
    )
    before = process(layout)["intake_deliveries"].set_index("period")["made_from"]
    back(layout, fill(path, {2: ("new", "Cucito")}))
    after = process(layout)["intake_deliveries"].set_index("period")["made_from"]
    assert before["2021Q3"] == after["2021Q3"] and before["2021Q2"] != after["2021Q2"]


def test_the_same_workbook_again_is_nothing_new(tmp_path: Path) -> None:
    layout, path = delivered(tmp_path)
    filled = fill(path, {2: ("new", "Cucito")})
    back(layout, filled)
    records = sorted((layout.raw / "_corrections").rglob("*.yml"))
    assert back(layout, filled).is_known
    book = openpyxl.load_workbook(filled)
    saved = filled.with_name("risalvato.xlsx")
    book.properties.title = "risalvato"
    book.save(saved)  # other bytes, the same answers
    assert (back(layout, saved).same_n, back(layout, saved).changed_n) == (1, 0)
    assert sorted((layout.raw / "_corrections").rglob("*.yml")) == records


def test_another_value_for_a_corrected_cell_stops_and_asks(tmp_path: Path) -> None:
    layout, path = delivered(tmp_path)
    back(layout, fill(path, {2: ("new", "Cucito")}))
    for answer in (("new", "Altro"), ("remove", "sì")):
        other = fill(path, {2: answer}, path.with_name("altro.xlsx"))
        with pytest.raises(DeliveryRefused) as stopped:
            back(layout, other)
        assert stopped.value.code == "correction.changed"
        assert "registro.csv" in stopped.value.say("it") and "B2" in stopped.value.say("it")


def test_a_row_taken_out_cannot_be_corrected_afterwards(tmp_path: Path) -> None:
    layout, path = delivered(tmp_path)
    back(layout, fill(path, {2: ("remove", "sì")}))
    other = fill(path, {2: ("new", "Cucito")}, path.with_name("altro.xlsx"))
    with pytest.raises(DeliveryRefused) as stopped:
        back(layout, other)
    assert stopped.value.code == "correction.contradiction"


def test_two_answers_about_one_row_must_agree(tmp_path: Path) -> None:
    bad = row("BBB-0001", "Cucitto", "31/06/2021", "sì", "1", "30")
    layout, path = delivered(tmp_path, HEADING + bad)
    filled = fill(path, {2: ("new", "Cucito"), 3: ("remove", "sì")})
    with pytest.raises(DeliveryRefused, match="two different things"):
        back(layout, filled)
    assert not (layout.raw / "_corrections").exists()  # all or nothing


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({2: ("new", "=A1")}, "correction.formula"),
        ({2: ("remove", "forse")}, "correction.yes"),
        ({4: ("keep", "chiamare il 333 1234567")}, "identifiers"),
        ({2: ("new", "RSSMRA80A01E897G")}, "identifiers"),
        ({2: ("new", 3331234567)}, "identifiers"),
    ],
)
def test_what_must_not_come_in_is_stopped_and_nothing_is_kept(
    untouched: tuple[Layout, Path], tmp_path: Path, answers: dict, code: str
) -> None:
    layout, path = untouched
    kept = sorted(layout.vault.iterdir())
    filled = fill(path, answers, tmp_path / "risposta.xlsx")
    with pytest.raises(DeliveryRefused) as stopped:
        back(layout, filled)
    assert stopped.value.code == code
    assert "333" not in str(stopped.value) and "RSSMRA" not in str(stopped.value)
    assert sorted(layout.vault.iterdir()) == kept
    assert not (layout.raw / "_corrections").exists()


def test_two_answers_on_one_line_are_refused(
    untouched: tuple[Layout, Path], tmp_path: Path
) -> None:
    layout, path = untouched
    once = fill(path, {2: ("new", "Cucito")}, tmp_path / "una.xlsx")
    twice = fill(once, {2: ("remove", "sì")}, tmp_path / "due.xlsx")
    with pytest.raises(DeliveryRefused, match="more than one answer"):
        back(layout, twice)


def test_a_phone_in_a_comment_or_beside_the_table_is_found(
    untouched: tuple[Layout, Path], tmp_path: Path
) -> None:
    layout, path = untouched
    book = openpyxl.load_workbook(path)
    book[LINES]["A40"] = "3331234567"
    book[LINES]["P3"] = "3331234567"
    filled = tmp_path / "telefono.xlsx"
    book.save(filled)
    with pytest.raises(DeliveryRefused) as stopped:
        back(layout, filled)
    assert stopped.value.code == "identifiers" and "P3" in stopped.value.say("it")


def test_a_workbook_of_somebody_else_or_a_changed_one_is_refused(tmp_path: Path) -> None:
    layout, path = delivered(tmp_path)
    (tmp_path / "testo.xlsx").write_bytes(b"no workbook")
    with pytest.raises(DeliveryRefused, match="not a return"):
        back(layout, tmp_path / "testo.xlsx")
    book = openpyxl.load_workbook(path)
    book["_lunattiva"]["D7"] = "3"  # another row
    book.save(tmp_path / "cambiato.xlsx")
    with pytest.raises(DeliveryRefused, match="hidden page has changed"):
        back(layout, tmp_path / "cambiato.xlsx")
    other = Layout(layout.root, "seconda")
    (layout.root / "raw" / "seconda").mkdir()
    text = (layout.raw / "programme.yml").read_text("utf-8")
    (other.raw / "programme.yml").write_text(text.replace("programme: prova", "programme: seconda"))
    with pytest.raises(DeliveryRefused, match="is of programme 'prova'"):
        back(other, path)


def test_a_trial_records_nothing(untouched: tuple[Layout, Path], tmp_path: Path) -> None:
    layout, path = untouched
    taken = back(layout, fill(path, {2: ("new", "Cucito")}, tmp_path / "una.xlsx"), dry_run=True)
    assert (taken.changed_n, taken.path) == (1, None)
    assert not (layout.raw / "_corrections").exists()


def test_a_correction_of_a_file_that_was_replaced_is_refused_and_an_old_one_is_idle(
    tmp_path: Path,
) -> None:
    layout, path = delivered(tmp_path)
    back(layout, fill(path, {2: ("new", "Cucito")}))
    deliver(
        layout, "alfa/2021Q2/registro_bis.csv", HEADING + BAD["hours"], "supersedes: registro.csv\n"
    )
    frames = process(layout)
    assert list(frames["intake_corrections"]["state"]) == ["idle"]
    late = fill(path, {3: ("remove", "sì")}, path.with_name("tardi.xlsx"))
    with pytest.raises(DeliveryRefused) as stopped:
        back(layout, late)
    assert stopped.value.code == "correction.replaced"


def test_a_record_that_no_longer_fits_refuses_its_delivery_only(tmp_path: Path) -> None:
    layout, path = delivered(tmp_path)
    deliver(
        layout,
        "alfa/2021Q3/registro.csv",
        HEADING + row("EEE-0001", "Cucito", "01/07/2021", "sì", "1"),
    )
    taken = back(layout, fill(path, {2: ("new", "Cucito")}))
    record = layout.root / str(taken.path)
    tree = yaml.safe_load(record.read_text("utf-8"))
    tree["corrections"][0]["expected"] = "0" * 32
    record.write_text(yaml.safe_dump(tree), encoding="utf-8")
    frames = process(layout)
    states = frames["intake_deliveries"].set_index("period")["state"].to_dict()
    assert states == {"2021Q2": "refused", "2021Q3": "in_use"}
    told = frames["intake_deliveries"].iloc[0]
    assert told["refusal_code"] == "correction.mismatch" and "B2" in told["message_it"]
    assert list(frames["intake_corrections"]["state"]) == ["refused"]


@pytest.mark.parametrize(
    ("changes", "at", "answer"),
    [
        ({"D": "abc"}, 2, ("remove", "sì")),
        ({"D": "0"}, 2, ("remove", "sì")),
        ({"A": "x"}, 2, ("remove", "sì")),
        ({"C": "Altro foglio"}, 2, ("remove", "sì")),
        ({"E": "1"}, 2, ("remove", "sì")),
        ({"K": "1", "H": "activity.unknown"}, 2, ("keep", "va bene")),
        ({"K": "1", "H": "hours.range"}, 2, ("keep", "va bene")),
    ],
)
def test_a_forged_hidden_page_is_refused_in_plain_words(
    untouched: tuple[Layout, Path],
    tmp_path: Path,
    changes: dict[str, str],
    at: int,
    answer: tuple[str, str],
) -> None:
    from assets.outputs.returns import check_value

    layout, path = untouched
    forged = fill(path, {at: answer}, tmp_path / "forgiato.xlsx")
    book = openpyxl.load_workbook(forged)
    hidden = book["_lunattiva"]
    for letter, text in changes.items():
        hidden[f"{letter}7"] = text
    head = {str(hidden.cell(each, 1).value): str(hidden.cell(each, 2).value) for each in (1, 2, 3)}
    records = [
        ["" if each is None else str(each) for each in line]
        for line in hidden.iter_rows(min_row=7, max_col=11, values_only=True)
    ]
    hidden["B4"] = check_value(head, records)
    book.save(forged)
    with pytest.raises(DeliveryRefused) as stopped:
        back(layout, forged)
    assert stopped.value.code == "correction.damaged"


def test_a_missing_workbook_and_a_folder_are_called_so(
    untouched: tuple[Layout, Path], tmp_path: Path
) -> None:
    layout, _ = untouched
    for path, code in ((tmp_path / "manca.xlsx", "file.missing"), (tmp_path, "file.folder")):
        with pytest.raises(DeliveryRefused) as stopped:
            back(layout, path)
        assert stopped.value.code == code
