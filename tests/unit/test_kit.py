"""The reading kit: numbers as readers write them, hidden ones said as hidden, unknown names refused."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from reports import _dashboard, _tables, kit
from reports._numbers import day, number, percent, quarter
from reports._released import KitError
from tests.unit.released_sample import SCHEMA, released_sample

NBSP = "\u00a0"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released_sample(tmp_path_factory.mktemp("released"))


@pytest.fixture(scope="module")
def k(folder: Path) -> kit.Kit:
    return kit.open("it", "2022Q1", folder)


@pytest.fixture(scope="module")
def english(folder: Path) -> kit.Kit:
    return kit.open("en", "2022Q1", folder)


# Expected forms: Italian and English usage (decimal comma and thousands point; minus U+2212).
@pytest.mark.parametrize(
    ("value", "decimals", "it", "en"),
    [
        (0, 0, "0", "0"),
        (1234567.891, 2, "1.234.567,89", "1,234,567.89"),
        (-2.5, 1, "\u22122,5", "\u22122.5"),
        (2.5, 0, "3", "3"),  # halves away from zero, not to the even neighbour
        (0.125, 2, "0,13", "0.13"),
        (-0.004, 2, "0,00", "0.00"),  # no minus before a zero
    ],
)
def test_numbers_in_two_languages(value, decimals, it, en):
    assert number(value, decimals, "it") == it
    assert number(value, decimals, "en") == en


def test_signs_percentages_amounts_and_dates():
    assert number(3.1, 1, "it", signed=True) == "+3,1"
    assert number(0, 1, "it", signed=True) == "0,0"
    assert percent(0.125, 1, "it") == f"12,5{NBSP}%"
    assert percent(0.125, 1, "en") == "12.5%"
    assert day("2022-01-10", "it") == f"10{NBSP}gennaio 2022"
    assert day("2022-01-10", "en") == f"10{NBSP}January 2022"
    assert quarter("2022Q1", "it") == f"I{NBSP}trimestre{NBSP}2022"
    assert quarter("2022Q4", "en") == f"Q4{NBSP}2022"


def test_the_total_is_found_whatever_dimension_carries_it(k):
    assert k.number("reached_n") == "63"
    assert k.number("reached_n", period="all") == "187"
    assert k.number("reached_n", by="gender_code", level="female") == "42"


def test_a_rate_and_its_interval(k, english):
    assert k.number("retention_rate") == f"71,0{NBSP}%"
    assert english.interval("retention_rate") == "95% interval 60.0% to 80.0%"
    assert k.n("retention_rate") == "60"


def test_a_short_scale_gets_one_more_decimal(k):
    assert k.number("score_change", "who5", period="all") == "+7,2"
    assert k.number("score_change", "bscs", period="all") == "+0,08"


@pytest.mark.parametrize(
    ("lang", "words"), [("it", "n.d. (riservatezza)"), ("en", "not shown (privacy)")]
)
def test_a_hidden_cell_is_words_and_never_a_number(folder, lang, words):
    reader = kit.open(lang, "2022Q1", folder)
    where = {"by": "gender_code", "level": "male"}
    assert reader.number("reached_n", **where) == words
    assert reader.n("reached_n", **where) == words
    assert reader.interval("score_change", "who5", period="all", **where) == words


def test_a_true_zero_is_a_zero(k):
    where = {"by": "partner_code", "level": "aler", "by_2": "dataset", "level_2": "service_access"}
    assert k.number("rows_quarantined_n", **where) == "0"


def test_what_was_never_estimated_says_so(k):
    assert k.number("closing_days_median", "casa") == "nessun dato"
    assert k.number("reached_n", period="2022Q2") == "92"


@pytest.mark.parametrize(
    ("ask", "nearest"),
    [
        (lambda k: k.number("reachd_n"), "reached_n"),
        (lambda k: k.number("score_change", "who_5"), "who5"),
        (lambda k: k.number("reached_n", by="gender", level="female"), "gender_code"),
        (lambda k: k.number("reached_n", by="gender_code", level="femal"), "female"),
        (lambda k: k.number("reached_n", period="2022T1"), "2022Q1"),
        (lambda k: k.table("quarter"), "quarters"),
        (lambda k: k.figure("contact"), "contacts"),
        (lambda k: k.text("answers"), "answer"),
        (lambda k: k.sentence("chang", "who5"), "change"),
        (lambda k: k.warnings("self_report"), "self_reported"),
        (lambda k: k.word("totals"), "total"),
        (lambda k: k.label("scale", "bscss"), "bscs"),
        (lambda k: k.threshold("minimum"), "minimum_count"),
    ],
)
def test_an_unknown_name_stops_and_names_the_nearest(k, ask, nearest):
    with pytest.raises(KitError, match=f"'{nearest}'"):
        ask(k)


def test_a_level_is_asked_for_with_its_dimension(k):
    with pytest.raises(KitError, match="gender_code"):
        k.number("reached_n", by="gender_code")


@pytest.mark.parametrize(
    ("lang", "period", "nearest"), [("itt", "2022Q1", "it"), ("it", "2022Q7", "2022Q")]
)
def test_opening_refuses_an_unknown_language_or_quarter(folder, lang, period, nearest):
    with pytest.raises(KitError, match=nearest):
        kit.open(lang, period, folder)


def test_opening_without_a_release_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.delenv("LUNATTIVA_RELEASED", raising=False)
    with pytest.raises(KitError, match="LUNATTIVA_RELEASED"):
        kit.open("it", "2022Q1")
    with pytest.raises(KitError, match="lunattiva run"):
        kit.open("it", "2022Q1", tmp_path)


def test_the_latest_quarter_is_the_default(folder):
    assert kit.open("it", folder=folder).period == "2022Q2"


def test_a_table_shows_every_status_and_no_html(k):
    text = k.table("levels", indicator="reached_n", by="gender_code")
    assert "| uomo | n.d. (riservatezza) | n.d. (riservatezza) |" in text
    assert f"| donna | 42 | 67{NBSP}% |" in text
    assert "non noto" not in text, "nobody is unknown here"
    assert "<" not in text and "None" not in text and "nan" not in text


def test_the_share_of_a_hidden_level_is_hidden_even_beside_a_shown_total(k):
    text = k.table("levels", indicator="reached_n", by="tenure_code")
    row = next(line for line in text.splitlines() if line.startswith("| SAP Comune"))
    assert row.count("n.d. (riservatezza)") == 2


def test_many_levels_are_cut_and_counted(tmp_path):
    reader = kit.open("en", "2016Q2", released_sample(tmp_path, bare=True))
    text = reader.table("levels", indicator="reached_n", by="neighbourhood_code", limit=5)
    rows = [line for line in text.splitlines() if line.startswith("| BAIRRO")]
    # The largest of 40 x i, i up to 80, first.
    assert [row.split("|")[2].strip() for row in rows] == [
        "3,200",
        "3,160",
        "3,120",
        "3,080",
        "3,040",
    ]
    assert "76 more rows" in text


def test_labels_cannot_become_markup(folder, tmp_path):
    text = (folder / "manifest.json").read_text("utf-8")
    hostile = text.replace("Emporio solidale", "<b>*Emporio|solidale*</b>")
    for name in (folder / "tables").iterdir():
        target = tmp_path / "tables" / name.name
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(name.read_bytes())
    (tmp_path / "manifest.json").write_text(hostile, "utf-8")
    table = kit.open("it", "2022Q1", tmp_path).table("services")
    assert "\\<b\\>\\*Emporio\\|solidale\\*\\</b\\>" in table


def test_data_quality_rows_add_up(k):
    rows = [line.split("|") for line in k.table("data_quality").splitlines()[2:]]
    for row in rows:
        read, accepted, bad = (int(cell.strip().replace(".", "")) for cell in row[3:6])
        assert read == accepted + bad


def test_a_missing_table_file_is_named(folder, tmp_path):
    about = json.loads((folder / "manifest.json").read_text("utf-8"))
    (tmp_path / "manifest.json").write_text(json.dumps(about), "utf-8")
    with pytest.raises(KitError, match="absence"):
        kit.open("it", "2022Q1", tmp_path).number("reached_n")


@pytest.mark.parametrize("lang", ["it", "en"])
def test_a_programme_with_little_in_it_still_reads(tmp_path, lang):
    reader = kit.open(lang, "2016Q2", released_sample(tmp_path, bare=True))
    for name in ("answer", "changes", "steps", "absences", "quality", "signature", "method"):
        assert reader.text(name).strip()
    assert reader.text("banner") == reader.text("stamp") == ""
    assert (reader.box("sessions_n"), reader.box("sessions_n", "note")) == (
        reader.word("no_data"),
        "",
    )
    for name in ("change", "means", "services", "instruments", "provenance"):
        assert "|" in reader.table(name)


def test_value_boxes_hold_the_quarter_and_the_whole(k):
    assert k.box("reached_n") == "63"
    assert k.box("reached_n", "note") == "187 in tutto il programma; obiettivo: 200"


def test_hours_that_cannot_be_computed_do_not_break_the_sentence(tmp_path):
    folder = released_sample(tmp_path)
    path = folder / "tables" / "hours.parquet"
    rows = [
        {**each, "value": None, "status": "not_applicable"}
        for each in pq.read_table(path).to_pylist()
    ]
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path)
    reader = kit.open("it", "2022Q1", folder)
    expected = "Si sono tenuti 58 incontri (ore di partecipazione: non calcolabile)."
    assert reader.sentence("sessions") == expected
    assert (reader.box("hours_sum"), reader.box("hours_sum", "note")) == ("non calcolabile", "")


def test_the_last_quarter_of_a_programme_waits_for_no_next_one(tmp_path):
    folder = released_sample(tmp_path)
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text("utf-8"))
    for to, expected in (
        ("2022-03-31", "ultimo trimestre"),
        ("2022-04-01", "trimestre successivo"),
    ):
        path.write_text(json.dumps({**manifest, "to": to}), encoding="utf-8")
        reader = kit.open("it", "2022Q1", folder)
        assert expected in _dashboard.retention_waits(reader)


def test_a_small_share_is_not_said_to_be_none(k):
    total = dataclasses.replace(k.cell("reached_n"), value=1000.0)
    shares = [
        _tables._column(k, dataclasses.replace(total, value=value), "share", total)
        for value in (0.0, 4.9, 5.0)
    ]
    assert shares == [f"0{NBSP}%", "meno dell'1 %", f"1{NBSP}%"]
