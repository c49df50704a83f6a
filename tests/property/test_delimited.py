"""Any table written in any supported dialect, encoding and locale reads back cell for cell."""

from __future__ import annotations

import csv
import io
import time

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from assets.errors import DeliveryRefused
from assets.intake.bulk import equal, read_quickly
from assets.intake.delimited import read_delimited
from assets.intake.grid import Sheet, Spelling
from assets.intake.records import read_exactly
from schemas.reader import Reader
from tests.integration.malformed.text_cases import CASES

READER = Reader(format="csv")
WORDS = ("Ada", "Niccolò", "perché", "città", "più", "Forlì", "è", "NA", "None", "null", "-", "sì")
DELIMITERS = (";", ",", "\t", "|")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252")


def rows_of(sheet: Sheet) -> list[list[str]]:
    columns = [column.to_pylist() for column in sheet.columns]
    return [
        [column[at] or "" for column in columns[:width]]
        for at, width in enumerate(sheet.widths.tolist())
    ]


numbers = st.builds(
    lambda whole, part, mark: f"{whole}{mark}{part}",
    st.integers(0, 9999),
    st.integers(0, 99),
    st.sampled_from(",."),
)
dates = st.dates().map(lambda day: f"{day.day:02d}/{day.month:02d}/{day.year}")
words = st.sampled_from(WORDS)
sentences = st.lists(
    st.sampled_from((*WORDS, " ", ", ", "; ", ",", ";", "|", "\t", '"', "'", "\n", "\r\n", "007")),
    max_size=5,
).map("".join)
cells = st.one_of(words, numbers, dates, sentences, st.just(""), st.just(" x "), st.just("020030"))


@st.composite
def tables(draw: st.DrawFn, cell: st.SearchStrategy[str] = cells) -> list[list[str]]:
    width = draw(st.integers(2, 6))
    heading = [f"Voce {letter}" for letter in "ABCDEF"[:width]]
    body = st.lists(st.lists(cell, min_size=width, max_size=width), min_size=2, max_size=6)
    return [heading, *draw(body)]


def assume_no_other_quotation(rows: list[list[str]]) -> None:
    """Leave out cells that begin with an apostrophe: bare, they could begin a quotation of their own.

    ``'<tab>'`` is two cells of an apostrophe each, or one quoted tab: nothing in the file tells.
    """
    assume(not any(cell.lstrip().startswith("'") for row in rows for cell in row))


def written(rows: list[list[str]], **dialect: object) -> str:
    stream = io.StringIO()
    csv.writer(stream, **dialect).writerows(rows)  # type: ignore[arg-type]
    return stream.getvalue()


@given(
    tables(),
    st.sampled_from(DELIMITERS),
    st.sampled_from((csv.QUOTE_MINIMAL, csv.QUOTE_ALL)),
    st.sampled_from(("\n", "\r\n", "\r")),
    st.sampled_from(ENCODINGS),
    st.booleans(),
)
@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_table_in_double_quotes_reads_back(
    rows: list[list[str]], delimiter: str, quoting: int, end: str, encoding: str, last: bool
) -> None:
    assume_no_other_quotation(rows)
    quoting = csv.QUOTE_ALL if end == "\r" else quoting  # csv leaves "\n" bare before "\r" ends
    text = written(rows, delimiter=delimiter, quoting=quoting, lineterminator=end)
    text = text if last else text.removesuffix(end)
    sheet, spelling = read_delimited(text.encode(encoding), READER)
    assert rows_of(sheet) == rows
    assert spelling.delimiter == delimiter


@given(tables(), st.sampled_from(DELIMITERS), st.sampled_from(("\n", "\r\n")), st.booleans())
@settings(max_examples=80, deadline=None)
def test_a_table_with_backslashes_before_quotes_reads_back(
    rows: list[list[str]], delimiter: str, end: str, all_: bool
) -> None:
    assume_no_other_quotation(rows)
    text = written(
        rows,
        delimiter=delimiter,
        quoting=csv.QUOTE_ALL if all_ else csv.QUOTE_MINIMAL,
        doublequote=False,
        escapechar="\\",
        lineterminator=end,
    )
    sheet, _ = read_delimited(text.encode(), READER)
    assert rows_of(sheet) == rows


@given(tables(), st.sampled_from(DELIMITERS), st.sampled_from(("\n", "\r\n")))
@settings(max_examples=80, deadline=None)
def test_a_table_in_single_quotes_reads_back(
    rows: list[list[str]], delimiter: str, end: str
) -> None:
    text = written(
        rows, delimiter=delimiter, quotechar="'", quoting=csv.QUOTE_ALL, lineterminator=end
    )
    sheet, spelling = read_delimited(text.encode(), READER)
    assert rows_of(sheet) == rows
    assert spelling.quotechar == "'"


plain = st.one_of(words, st.integers(0, 99).map(str), dates, st.just("due parole"), st.just(""))


@given(tables(plain), st.sampled_from((", ", "; ", " | ", "||", "^", "~", "\x1f")))
@settings(max_examples=80, deadline=None)
def test_a_table_with_a_separator_of_another_kind_reads_back(
    rows: list[list[str]], delimiter: str
) -> None:
    assume_no_other_quotation(rows)
    text = "".join(delimiter.join(row) + "\n" for row in rows)
    sheet, spelling = read_delimited(text.encode(), READER)
    assert rows_of(sheet) == rows
    assert spelling.delimiter == delimiter


@given(tables(), st.sampled_from(DELIMITERS), st.sampled_from(("utf-8", "cp1252", "utf-16")))
@settings(max_examples=60, deadline=None)
def test_what_is_declared_is_read_as_what_is_decided(
    rows: list[list[str]], delimiter: str, encoding: str
) -> None:
    data = written(rows, delimiter=delimiter).encode(encoding)
    said = Reader(format="csv", encoding=encoding, delimiter=delimiter, quote='"', escape="")
    sheet, spelling = read_delimited(data, said)
    assert rows_of(sheet) == rows
    assert spelling.decided == frozenset({"newline"})


@given(
    st.lists(st.lists(cells, max_size=6), min_size=1, max_size=30),
    st.sampled_from(DELIMITERS),
    st.sampled_from(("\n", "\r\n")),
    st.booleans(),
)
@settings(max_examples=120, deadline=None)
def test_the_quick_way_gives_the_sheet_of_the_exact_one(
    rows: list[list[str]], delimiter: str, end: str, last: bool
) -> None:
    text = written(rows, delimiter=delimiter, lineterminator=end)
    data = pa.py_buffer((text if last else text.removesuffix(end)).encode())
    spelling = Spelling("utf-8", delimiter)
    try:
        exact = read_exactly(data, spelling)
    except DeliveryRefused:
        return
    quick = read_quickly(data, spelling)
    assert quick is None or equal(quick, exact)


@given(st.text("ab;,\"'\\\n\r \t1", max_size=60))
@settings(max_examples=120, deadline=None)
def test_the_quick_way_never_reads_what_the_exact_one_refuses(text: str) -> None:
    data, spelling = pa.py_buffer(text.encode()), Spelling("utf-8", ";")
    quick = read_quickly(data, spelling)
    if quick is not None:
        assert equal(quick, read_exactly(data, spelling))


def attempt(data: bytes) -> None:
    """Read, or be refused: nothing else may happen, nor may it take long."""
    begun = time.perf_counter()
    try:
        sheet, _ = read_delimited(data, READER)
        assert all(len(column) == sheet.rows_n for column in sheet.columns)
    except DeliveryRefused as refusal:
        assert refusal.say("it") and refusal.say("en")
    assert time.perf_counter() - begun < 2


@given(st.binary(max_size=400))
@settings(max_examples=120, deadline=None)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    attempt(data)


@given(st.text("aà1,;|\t\"'\\ \n\r=:<[{", max_size=80), st.sampled_from(ENCODINGS))
@settings(max_examples=400, deadline=None)
def test_any_text_is_read_or_refused(text: str, encoding: str) -> None:
    attempt(text.encode(encoding, errors="replace"))


def test_files_cut_at_any_byte_are_read_or_refused() -> None:
    samples = [case.data for case in CASES if 20 < len(case.data) < 90][::6]
    assert len(samples) > 8
    for data in samples:
        for end in range(0, len(data), 2):
            attempt(data[:end])


@pytest.mark.parametrize(
    "text",
    [
        '"' * 30_000,
        '"' + " " * 30_000,
        "a;b\n" + " " * 30_000 + '"x;1\n',
        ";'" * 15_000,
        "|" + "-" * 30_000,
        "1 2 3\n" * 1_000 + "1" * 30_000 + "x 2 3\n",
        "Ã©" * 15_000,
        "{" * 30_000,
        "\n" * 30_000 + "a;b",
        ("x" * 3_000 + "\n") * 10
        + "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16"),
    ],
    ids=range(10),
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
def test_texts_made_to_be_slow_are_not(text: str, encoding: str) -> None:
    attempt(text.encode(encoding))
