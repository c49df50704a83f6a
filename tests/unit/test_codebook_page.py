"""The codebook page says every column, indicator and table once, in both languages, and nothing else."""

from __future__ import annotations

import re

import pytest

from reports import _codebook, kit
from reports._catalogue import catalogue
from schemas.datasets import DATASETS
from schemas.fields import FIELDS
from schemas.indicators import indicators, released_tables
from schemas.released import RELEASED_COLUMNS
from tests.unit.released_sample import released_sample

ROW = re.compile(r"^\| ((?:[a-z0-9]|\\_)+)(?:: ([^|]+))? \|", re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return released_sample(tmp_path_factory.mktemp("codebook") / "released")


def names(table: str) -> list[str]:
    return [match[1].replace("\\", "") for match in ROW.finditer(table)]


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize(
    ("table", "expected"),
    [
        ("codebook_columns", {name for each in DATASETS.values() for name in each.columns}),
        ("codebook_indicators", set(indicators())),
        ("codebook_tables", set(released_tables())),
        ("codebook_released", set(RELEASED_COLUMNS)),
    ],
)
def test_each_is_there_once(folder, lang, table, expected):
    found = names(kit.open(lang=lang, folder=folder).table(table))
    assert sorted(found) == sorted(expected)


def test_a_column_says_what_its_declaration_says(folder):
    text = kit.open(lang="en", folder=folder).table("codebook_columns")
    line = next(each for each in text.splitlines() if each.startswith("| gender\\_code:"))
    field = FIELDS["gender_code"]
    assert field.label.en in line and field.description.en in line
    for code, words in field.codes.items():
        assert (code if code == words.en else f"{code} ({words.en})") in line
    assert "quasi-identifier" in line
    neighbourhood = next(x for x in text.splitlines() if x.startswith("| neighbourhood\\_code:"))
    assert "lunetta (Lunetta)" in neighbourhood


def test_a_hidden_count_is_the_releases_own(folder):
    k = kit.open(lang="it", folder=folder)
    line = next(x for x in k.table("codebook_tables").splitlines() if x.startswith("| reach:"))
    about = k.manifest["tables"]["reach"]
    assert line.endswith(f"| {k.count(about['rows'])} | {k.count(about['hidden'])} |")


def test_every_unit_has_a_name_in_both_languages():
    words = catalogue(_codebook._WORDS)
    units = {each.unit for each in (*indicators().values(), *FIELDS.values()) if each.unit}
    assert {f"unit_{unit}" for unit in units} <= set(words)
    assert all(set(each) == {"it", "en"} for each in words.values())


def test_the_text_counts_what_is_declared(folder):
    text = kit.open(lang="en", folder=folder).text("codebook")
    assert f"{len(indicators())} indicators, {len(released_tables())} tables" in text
    assert "is not zero" in text
