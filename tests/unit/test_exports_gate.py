"""Who filled a form in, on what device and where: stopped at the gate unless the source leaves it unread."""

from __future__ import annotations

import pytest

from assets.errors import DeliveryRefused
from assets.intake.exports import recognise
from assets.intake.gate import inspect, stop_identifiers
from assets.intake.grid import Contents, make_sheet
from schemas.source import Source

KOBO = "person_code|q1|_submitted_by|_casa_latitude|deviceid|_id|_uuid|_submission_time|__version__"
ROW = "ABC-0001|3|comune|45.15|collect:x|1|u-1|2023-01-01|v1"


def source(**more: object) -> Source:
    given = {
        "source": "modulo",
        "dataset": "survey",
        "label": {"it": "Modulo", "en": "Form"},
        "files": ["*"],
        "columns": {"person_code": {"from": "person_code"}},
        "questions": [{"items": {"q1": "q1"}}],
        **more,
    }
    return Source.model_validate(given)


def contents(*rows: str, others: tuple = ()) -> Contents:
    return recognise(Contents(make_sheet("modulo", [row.split("|") for row in rows]), others))


def kinds(given: Contents, source: Source | None) -> set[str]:
    return {each.kind for each in inspect(given, [], source)}


def test_form_metadata_is_stopped_and_only_counted() -> None:
    given = contents(KOBO, ROW)
    assert kinds(given, source()) == {"account", "place", "device"}
    with pytest.raises(DeliveryRefused) as stopped:
        stop_identifiers(given, [], source())
    assert "_submitted_by" in str(stopped.value)
    assert "comune" not in str(stopped.value)
    assert "45.15" not in str(stopped.value)


def test_a_source_may_leave_it_unread_by_name_but_not_by_a_bare_star() -> None:
    given = contents(KOBO, ROW)
    assert kinds(given, source(ignore=["_*", "deviceid"])) == set()
    assert kinds(given, source(ignore=["*"])) == {"account", "place", "device"}


def test_it_may_be_left_unread_on_other_sheets_too() -> None:
    inner = make_sheet("membri", [["age", "_submission__submitted_by"], ["4", "comune"]])
    given = contents("person_code|q1|_id|_uuid|_submission_time", "A|1|1|u|2023", others=(inner,))
    assert kinds(given, source()) == {"account"}
    assert kinds(given, source(ignore=["_*"])) == set()


def test_names_are_stopped_even_where_they_are_left_unread() -> None:
    rows = (
        "StartDate|ResponseId|RecipientLastName|RecordedDate|DistributionChannel|person_code|q1",
        "Start Date|Response ID|Recipient Last Name|Recorded Date|Distribution Channel|Code|How?",
        "|".join(f'{{"ImportId":"{each}"}}' for each in "abcdefg"),
    )
    empty = contents(*rows, "2023|R_1||2023|anonymous|ABC-0001|3")
    assert kinds(empty, source()) == set()  # rows of headings are no names
    filled = contents(*rows, "2023|R_1|x|2023|anonymous|ABC-0001|3")
    assert kinds(filled, source(ignore=["Recipient*"])) == {"name"}


def test_nobody_signed_in_is_no_identifier() -> None:
    heading = "ID|Start time|Completion time|Email|Name|person_code|q1"
    anonymous = contents(heading, "1|a|b|anonymous||ABC-0001|3")
    assert kinds(anonymous, source()) == set()
    signed = contents(heading, "1|a|b|qualcuno||ABC-0001|3")
    assert kinds(signed, source()) == {"email"}
