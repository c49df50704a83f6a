"""Survey exports, written by hand after each tool's documentation, known by their own marks.

Layouts: formpack's export and ODK Central's briefcase for the added columns and repeats; LimeSurvey's
export ``Writer`` for headings; Qualtrics' "Understanding your dataset" for the three rows of
headings; SurveyMonkey's "All responses" for the two rows.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from assets.errors import DeliveryRefused
from assets.intake.exports import metadata_kind, recognise
from assets.intake.grid import Contents, make_sheet

REAL = Path(__file__).parents[3] / "shared" / "real" / "survey"


def contents(*rows: str | list[str], name: str = "", others: tuple = ()) -> Contents:
    """Rows of a sheet; a text is a row of cells parted by '|'."""
    cells = [each.split("|") if isinstance(each, str) else each for each in rows]
    return Contents(make_sheet(name, cells), others)


KOBO = (
    "start|person_code|who5/who5_1|tools|tools/bread|tools/milk|_id|_uuid|_submission_time"
    "|_validation_status|_notes|_status|_submitted_by|__version__|_tags|_index"
)
KOBO_ROW = "2023-01-01|ABC-0001|3|bread milk|1|1|11|u-1|2023-01-01T10:00:00||||comune|vX1||1"


def test_kobo() -> None:
    given = contents(KOBO, KOBO_ROW, name="modulo")
    found = recognise(given)
    assert found.export == "kobo"
    assert found.survey is not None
    assert found.survey.header_rows == (1,)
    assert {"_uuid", "__version__", "_submission_time", "_id"} <= set(found.survey.marks)
    assert found.survey.own[13] == "version"
    assert found.survey.identifying == {12: "account"}
    assert found.sheet is given.sheet


@pytest.mark.parametrize("mark", ["_version_", "_version__001", "__version__"])
def test_kobo_carries_its_version_under_three_names(mark: str) -> None:
    found = recognise(contents(f"q1|_id|_uuid|_submission_time|{mark}", "1|1|u|2023-01-01|v1"))
    assert found.survey is not None
    assert found.survey.own[4] == "version"


def test_odk_central_and_aggregate() -> None:
    central = (
        "SubmissionDate,meta-instanceID,q1,q1/a,q1/b,g1-q2,KEY,SubmitterID,SubmitterName,"
        "AttachmentsPresent,AttachmentsExpected,Status,ReviewState,DeviceID,Edits,FormVersion"
    )
    found = recognise(contents(central.replace(",", "|"), "2018-01-01|" + "x|" * 14 + "2"))
    assert found.export == "odk"
    assert found.survey is not None
    assert found.survey.identifying == {7: "account", 8: "account", 13: "device"}
    aggregate = "SubmissionDate|about:person_code|who5:who5_1|meta:instanceID|SET-OF-members|KEY"
    assert recognise(contents(aggregate, "a|b|c|d|e|f")).export == "odk"


@pytest.mark.parametrize(
    "heading",
    [
        "id. Response ID|submitdate. Date submitted|lastpage. Last page|startlanguage. Language|Q1. How?",
        "id|submitdate|lastpage|startlanguage|seed|Q1|Q2[SQ001]|Q2[SQ002]|Q2[other]",
        "Response ID|Date submitted|Last page|Start language|Seed|How are you?",
        "ID risposta|Data di invio|Ultima pagina|Lingua iniziale|Seed|Come stai?",
        "|edu1. What?|a[SQ001]. Q [x]|a[SQ002]. Q [y]|b[1]. Rank [Rank 1]|b[2]. Rank [Rank 2]",
        "d[SQ001][1]. Q [x][Scale 1]|d[SQ001][2]. Q [x][Scale 2]|e. Q|f. Q|g[comment]. Q [Comment]",
    ],
)
def test_limesurvey(heading: str) -> None:
    width = heading.count("|")
    found = recognise(contents(heading, "1" + "|x" * width))
    assert found.export == "limesurvey"
    assert found.survey is not None
    assert found.survey.headings == tuple(heading.split("|"))


def test_limesurvey_tells_responses_that_were_not_sent_off() -> None:
    heading = "id|submitdate|lastpage|startlanguage|Q1"
    found = recognise(contents(heading, "1|2023-01-01|3|it|a", "2||1|it|b", "||||", "3| |1|it|"))
    assert found.survey is not None
    assert found.survey.partial == (3, 5)


def test_limesurvey_texts_are_kept_beside_the_headings() -> None:
    heading = "id. Id|submitdate. Sent|SC[SQ001]. Quanto? [Mi sento parte]"
    found = recognise(contents(heading + "|lastpage. Page", "1|2|3|4"))
    assert found.survey is not None
    assert found.survey.texts[2] == "Quanto? [Mi sento parte]"


def test_google_forms() -> None:
    heading = (
        "Informazioni cronologiche|Indirizzo email|Come stai? [oggi]|Che cosa hai trovato qui?"
    )
    row = "07/06/2021 10.05.00|a|Bene|uno, due"
    found = recognise(contents(heading, row, name="Risposte del modulo 1"))
    assert found.export == "google_forms"
    assert found.survey is not None
    assert found.survey.own == {0: "time", 1: "account"}
    assert found.survey.identifying == {1: "email"}
    english = contents("Timestamp|Score|How are you?", "6/7/2021 10:05:00|3 / 4|Fine")
    assert recognise(english).export == "google_forms"


def test_microsoft_forms() -> None:
    heading = (
        "ID|Ora di inizio|Ora di completamento|Posta elettronica|Nome|Come stai?|Punti - Come stai?"
    )
    row = "1|01/02/2023 10:00:00|01/02/2023 10:01:00|anonymous||Bene;Male;|0"
    found = recognise(contents(heading, row))
    assert found.export == "microsoft_forms"
    assert found.survey is not None
    assert found.survey.nobody == {3, 4}
    assert found.survey.identifying == {}
    assert found.survey.own[6] == "score"
    named = recognise(contents(heading, row.replace("anonymous", "x@y.it")))
    assert named.survey is not None
    assert named.survey.identifying == {3: "email"}
    english = "ID|Start time|Completion time|Email|Name|How?"
    assert recognise(contents(english, "1|2|3|4|5|6")).export == "microsoft_forms"


SURVEYMONKEY = (
    "Respondent ID|Collector ID|Start Date|End Date|IP Address|Email Address|First Name|Last Name"
    "|Custom Data 1|Which apply?||How are you?|Any comment?",
    "|||||||||Bread|Milk|Response|Open-Ended Response",
    "118|41|01/02/2023|01/02/2023|||||||Milk|Fine|",
)


def test_surveymonkey_has_two_rows_of_headings() -> None:
    found = recognise(contents(*SURVEYMONKEY))
    assert found.export == "surveymonkey"
    assert found.survey is not None
    assert found.survey.header_rows == (1, 2)
    assert found.survey.headings[9:] == (
        "Which apply? [Bread]",
        "Which apply? [Milk]",
        "How are you?",
        "Any comment?",
    )
    assert found.survey.identifying[4] == "ip_address"
    condensed = recognise(contents(SURVEYMONKEY[0], SURVEYMONKEY[2]))
    assert condensed.survey is not None
    assert condensed.survey.header_rows == (1,)


def test_an_older_surveymonkey_export_without_the_collector() -> None:
    rows = ("RespondentID|Seen any?|Which?||Fan?", "|Response|One|Two|Response", "3|Yes|One||No")
    found = recognise(contents(*rows))
    assert found.survey is not None
    assert found.survey.header_rows == (1, 2)
    assert found.survey.headings == (
        "RespondentID",
        "Seen any?",
        "Which? [One]",
        "Which? [Two]",
        "Fan?",
    )
    given = contents("RespondentID|Data|Ore", "|inizio|fine", "3|1|2")
    assert recognise(given) is given


QUALTRICS = (
    "StartDate|EndDate|Status|IPAddress|Progress|Finished|RecordedDate|ResponseId|RecipientLastName"
    "|DistributionChannel|UserLanguage|Q1|Q2_1",
    "Start Date|End Date|Response Type|IP Address|Progress|Finished|Recorded Date|Response ID"
    "|Recipient Last Name|Distribution Channel|User Language|How are you?|Which? - Bread",
    "|".join(f'{{"ImportId":"{each}"}}' for each in "abcdefghijklm"),
    "2023|2023|0||100|1|2023|R_1||anonymous|IT|3|1",
    "2023|2023|0||40|False|2023|R_2||anonymous|IT||",
)


def test_qualtrics_has_three_rows_of_headings_and_two_in_excel() -> None:
    found = recognise(contents(*QUALTRICS))
    assert found.export == "qualtrics"
    assert found.survey is not None
    assert found.survey.header_rows == (1, 2, 3)
    assert found.survey.headings[11:] == ("Q1", "Q2_1")
    assert found.survey.texts[11] == "How are you?"
    assert found.survey.partial == (5,)
    assert found.survey.identifying == {3: "ip_address", 8: "name"}
    excel = recognise(contents(*QUALTRICS[:2], *QUALTRICS[3:]))
    assert excel.survey is not None
    assert excel.survey.header_rows == (1, 2)


@pytest.mark.parametrize(
    "rows",
    [
        ("Codice|Laboratorio|Data|Presente|Ore", "ABC-0001|Cucito|01/02/2022|x|2"),
        ("ID|Nome|Ora di inizio|Ora di fine|Note", "1|Cucito|10:00|12:00|"),
        ("id|data|stato|note|_tags", "1|2022-01-01|aperta||"),
        ("N. iscritto|Cod. attività|Data. inizio|Ore|Sede", "1|2|3|4|5"),
        ("L1. lun|L2. mar|L3. mer|L4. gio|L5. ven|L6. sab", "1|2|3|4|5|6"),
        ("Timestamp|Codice|Presente", "1|ABC-0001|x"),
        ("StartDate|EndDate|Status|Ore", "2022-01-01|2022-01-02|chiusa|2"),
        ("Respondent|Collector|Start Date|End Date", "1|2|3|4"),
        ("KEY|valore", "a|1"),
        ("Data|Lingua|Email", "1|2|3"),
    ],
)
def test_a_register_is_never_taken_for_a_survey(rows: tuple[str, str]) -> None:
    given = contents(*rows)
    assert recognise(given) is given


def test_marks_of_two_tools_settle_nothing_and_are_told() -> None:
    both = f"{KOBO}|submitdate|lastpage|startlanguage|seed"
    given = contents(both, KOBO_ROW + "|a|b|c|d")
    found = recognise(given)
    assert found.export == ""
    assert found.survey is not None
    assert found.survey.header_rows == ()
    assert {each.split(":")[0] for each in found.survey.marks} == {"kobo", "limesurvey"}


def test_a_title_above_an_export_is_no_heading() -> None:
    found = recognise(contents("Questionario del Comune", KOBO, KOBO_ROW))
    assert found.survey is not None
    assert found.survey.header_rows == (2,)


@pytest.mark.parametrize(
    ("heading", "kind"),
    [
        ("_submitted_by", "account"),
        ("_submission__submitted_by", "account"),
        ("about/username", "account"),
        ("deviceid", "device"),
        ("phonenumber", "phone"),
        ("_geolocation", "place"),
        ("_casa_latitude", "place"),
        ("about/_casa_precision", "place"),
        ("casa-Longitude", "place"),
        ("IPAddress", "ip_address"),
        ("ipaddr. IP address", "ip_address"),
        ("RecipientLastName", "name"),
        ("LocationLatitude", "place"),
        ("who5/who5_1", None),
        ("Hai un indirizzo IP?", None),
        ("quartiere", None),
    ],
)
def test_columns_that_identify_by_what_they_are(heading: str, kind: str | None) -> None:
    assert metadata_kind(heading) == kind


# --- repeat groups -----------------------------------------------------------------------------

MAIN = make_sheet(
    "modulo",
    [
        ["person_code", "_id", "_uuid", "_submission_time", "__version__", "_index"],
        ["ABC-0001", "11", "u-1", "2023-01-01", "v1", "1"],
        ["ABC-0002", "12", "u-2", "2023-01-02", "v1", "2"],
    ],
)
MEMBER_HEADS = ["age", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"]


def members(*rows: list[str]):
    return make_sheet("membri", [MEMBER_HEADS, *rows])


def columns(found: Contents) -> dict[str, list]:
    return {column[0].as_py(): column.to_pylist()[1:] for column in found.sheet.columns}


def test_a_repeat_sheet_carries_the_columns_of_its_response() -> None:
    sheet = members(
        ["40", "1", "modulo", "1", "u-1"],
        ["7", "2", "modulo", "1", "u-1"],
        ["33", "3", "modulo", "2", "u-2"],
    )
    found = recognise(Contents(sheet, (MAIN,)))
    cells = columns(found)
    assert cells["age"] == ["40", "7", "33"]
    assert cells["person_code"] == ["ABC-0001", "ABC-0001", "ABC-0002"]
    assert cells["_uuid"] == ["u-1", "u-1", "u-2"]
    assert found.survey is not None
    assert found.survey.joined[5] == ("modulo", 0)
    assert found.sheet.columns[:5] == sheet.columns
    assert recognise(Contents(sheet, (MAIN,)), joins=False).sheet is sheet


def test_nested_repeats_reach_the_response_through_their_parent() -> None:
    sheet = members(["40", "1", "modulo", "2", "u-2"])
    inner = make_sheet(
        "malattie",
        [
            ["illness", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"],
            ["a", "1", "membri", "1", "u-2"],
        ],
    )
    cells = columns(recognise(Contents(inner, (MAIN, sheet))))
    assert cells["age"] == ["40"]
    assert cells["person_code"] == ["ABC-0002"]


def test_odk_repeats_are_joined_by_their_key() -> None:
    main = make_sheet(
        "m",
        [
            ["SubmissionDate", "person_code", "meta-instanceID", "KEY"],
            ["d", "P1", "uuid:1", "uuid:1"],
        ],
    )
    inner = make_sheet("m-r", [["age", "PARENT_KEY", "KEY"], ["9", "uuid:1", "uuid:1/r[1]"]])
    assert columns(recognise(Contents(inner, (main,))))["person_code"] == ["P1"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        (["40", "1", "modulo", "9", "u-1"], "repeat.parent"),
        (["40", "1", "modulo", "1", "u-2"], "repeat.parent"),
        (["40", "1", "modulo", "", "u-1"], "repeat.parent"),
    ],
)
def test_a_repeat_without_its_response_stops_the_file(row: list[str], code: str) -> None:
    with pytest.raises(DeliveryRefused) as stopped:
        recognise(Contents(members(row), (MAIN,)))
    assert stopped.value.code == code
    assert stopped.value.values["rows"] == "2"


def test_a_repeat_sheet_alone_stops_the_file() -> None:
    with pytest.raises(DeliveryRefused) as stopped:
        recognise(Contents(members(["40", "1", "modulo", "1", "u-1"])))
    assert stopped.value.code == "repeat.sheet"


# --- real exports ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["2016_uk.csv", "2017_uk.csv"])
def test_real_limesurvey_exports(name: str) -> None:
    path = REAL / name
    if not path.exists():
        pytest.skip("the public survey files are not beside the checkout")
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    found = recognise(Contents(make_sheet("", rows, ragged=True)))
    assert found.export == "limesurvey"
    assert found.survey is not None
    assert found.survey.header_rows == (1,)
    assert list(found.survey.headings) == rows[0]
    read = [[each.as_py() or "" for each in column] for column in found.sheet.columns]
    assert [list(each) for each in zip(*read, strict=True)] == rows
