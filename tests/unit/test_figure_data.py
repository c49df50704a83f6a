"""The numbers of a figure lie beside it: released cells only, hidden ones without a value."""

from __future__ import annotations

import base64
import csv
import io
from pathlib import Path

import pytest

from reports import kit
from tests.unit.released_sample import released_sample
from tests.unit.test_kit_figures import FIGURES


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released_sample(tmp_path_factory.mktemp("released"))


def sheet(figure, delimiter: str) -> list[dict[str, str]]:
    about = figure._repr_mimebundle_()[1]["image/svg+xml"]["data"]
    start = "data:text/csv;charset=utf-8;base64,"
    assert about["href"].startswith(start) and about["name"].endswith(".csv")
    content = base64.b64decode(about["href"].removeprefix(start))
    assert content.startswith(b"\xef\xbb\xbf"), "Excel would not know that it is UTF-8"
    return list(csv.DictReader(io.StringIO(content.decode("utf-8-sig")), delimiter=delimiter))


@pytest.mark.parametrize(("name", "options"), FIGURES)
def test_every_figure_brings_released_cells_and_nothing_else(folder, name, options):
    k = kit.open("it", "2022Q1", folder)
    found = sheet(k.figure(name, **options), ";")
    assert found
    shown = ("indicator_code", "subject_code", "period", "by_1", "level_1", "by_2", "level_2")
    for row in found:
        cell = k.released.cells[tuple(row[x] for x in shown)]
        assert row["status"] == cell.status
        value = float(row["value"].replace(",", ".")) if row["value"] else None
        assert value == (None if cell.value is None else pytest.approx(cell.value, rel=1e-5))
    assert len({row["number"] for row in found}) == len(found), "each number once"


def test_a_hidden_level_has_its_status_and_no_value(folder):
    k = kit.open("it", "2022Q1", folder)
    figure = k.figure("levels", indicator="reached_n", by="gender_code")
    values = {row["status"]: row["value"] for row in sheet(figure, ";")}
    assert values["released"] == "42"
    assert {v for s, v in values.items() if s.startswith("suppressed")} == {""}


def test_decimals_and_words_are_of_the_readers_language(folder):
    italian = sheet(kit.open("it", "2022Q1", folder).figure("change"), ";")
    english = sheet(kit.open("en", "2022Q1", folder).figure("change"), ",")
    decimal = next(i for i, row in enumerate(italian) if "," in row["ci_low"])
    assert english[decimal]["ci_low"] == italian[decimal]["ci_low"].replace(",", ".")
    assert english[decimal]["label"] != italian[decimal]["label"]


def test_a_figure_of_ones_own_brings_its_numbers_too(folder):
    k = kit.open("it", "2022Q1", folder)
    cell = k.cell("reached_n")
    with k.canvas(height=1, alt="Persone raggiunte nel trimestre") as (figure, axes):
        k.trace(axes.barh(0, cell.value)[0], cell)
        axes.text(0, 0, k.shown(cell))
    assert [row["value"] for row in figure.data] == [cell.value]
    assert [row["indicator_code"] for row in sheet(figure, ";")] == ["reached_n"]
