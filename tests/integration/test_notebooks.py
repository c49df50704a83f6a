"""The starter notebooks run on the demo, to read only; what they show of the kit moves into a document."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pyarrow.parquet as pq
import pytest
from nbclient import NotebookClient

from assets.intake.identifiers import EVERYWHERE, plain_text
from assets.outputs import jobs
from assets.outputs.notebook import TABLES
from assets.outputs.render import RenderError, RenderJob, render
from assets.store import Warehouse
from pipelines import notebooks
from reports._rows import Tables
from tests.conftest import Ran

STARTERS = sorted(notebooks.FOLDER.glob("*.ipynb"))
FORMATS = "---\ntitle: Prova\nlang: it\nformat: {html: default}\n---\n\n"


def movable(path: Path) -> list[str]:
    cells = nbformat.read(path, 4).cells
    return [cell.source for cell in cells if "qmd" in cell.metadata.get("tags", [])]


@pytest.fixture(scope="module")
def opened(demo: Ran) -> Iterator[dict[str, str]]:
    with notebooks.readable(demo.layout) as environment:
        yield environment


@pytest.fixture(scope="module")
def rows(opened: dict[str, str]) -> Iterator[Tables]:
    tables = Tables(Path(opened["LUNATTIVA_TABLES"]), opened["LUNATTIVA_TABLES_KEY"])
    yield tables
    tables.close()


def test_the_starters_run_and_score_as_the_house_does(opened, tmp_path):
    whole = nbformat.v4.new_notebook()  # one kernel for all: they share what they import
    for path in STARTERS:
        whole.cells += nbformat.read(path, 4).cells
    NotebookClient(whole, timeout=120, kernel_name="python3").execute(env=opened, cwd=str(tmp_path))
    code = [cell for cell in whole.cells if cell.cell_type == "code"]
    assert all(cell.outputs for cell in code if not cell.source.startswith("from reports"))
    (compared,) = [cell for cell in code if cell.source.startswith("trovati")]
    told = compared.outputs[0]["data"]["text/plain"]
    difference, ours, theirs = re.findall(r"\d+(?:\.\d+)?(?=[),])", told.replace("float64", ""))
    assert float(difference) == 0 and ours == theirs and int(ours) > 100


def test_no_identifier_and_no_number_of_a_partner_can_be_read(rows, demo):
    assert set(rows.names) == set(TABLES)
    with Warehouse(demo.layout.warehouse).connect(read_only=True) as connection:
        known = connection.execute(
            "select record_id from core_contacts where record_id is not null "
            "union select delivery_id from intake_deliveries union select file_name from intake_deliveries"
        ).fetchall()
    assert len(known) > 1000
    theirs = {value for (value,) in known}
    for table in rows.names:
        for column in rows.columns(table):
            assert column in TABLES[table]
            found = rows.sql(f'select distinct "{column}"::varchar from "{table}"').fetchall()
            values = {value for (value,) in found if value is not None}
            assert not values & theirs, (table, column)
            if column.endswith(("_code", "_it", "_en")):
                kinds = [
                    k for k, test in EVERYWHERE.items() if any(test(plain_text(v)) for v in values)
                ]
                assert not kinds, (table, column, kinds)


def test_cells_move_into_a_document_unchanged_and_figures_bring_their_numbers(demo, tmp_path):
    cells = [source for path in STARTERS for source in movable(path)]
    assert len(cells) >= 8
    source = tmp_path / "prova.qmd"
    source.write_text(FORMATS + "".join(f"```{{python}}\n{x}\n```\n\n" for x in cells), "utf-8")
    job = RenderJob(source, tmp_path / "out", "prova", env=jobs.environment(demo.layout))
    (made,) = render(job, engine="embedded").paths
    page = made.read_text("utf-8")
    links = re.findall(r'<a href="data:text/csv;charset=utf-8;base64,([^"]+)"[^>]*>([^<]+)', page)
    figures = [source for source in cells if source.endswith(("figura", "fig", '_quarters")'))]
    assert len(links) == len(figures) == 3
    assert {words for _, words in links} == {"Dati della figura (CSV)"}
    released = {
        str(row["period"]): row["value"]
        for path in (demo.layout.released / "tables").glob("*.parquet")
        for row in pq.read_table(path).to_pylist()
        if row["indicator_code"] == "reached_n" and row["level_1"] in (None, "", "_total")
        and row["by_2"] in (None, "") and row["period"] != "all"
    }  # fmt: skip
    for encoded, _ in links:
        text = base64.b64decode(encoded).decode("utf-8-sig")
        found = list(csv.DictReader(io.StringIO(text), delimiter=";"))
        assert {row["period"]: float(row["value"]) for row in found} == released
        assert all(f"{row['number']}" in page for row in found)


def test_rows_of_people_move_into_no_document(opened, demo, tmp_path):
    source = tmp_path / "prova.qmd"
    cell = "from reports import kit\nkit.tables()"
    source.write_text(f"{FORMATS}```{{python}}\n{cell}\n```\n", "utf-8")
    named = ("LUNATTIVA_TABLES", "LUNATTIVA_TABLES_KEY")
    told = {**jobs.environment(demo.layout), **{name: opened[name] for name in named}}
    with pytest.raises(RenderError, match="a document shows released numbers only"):
        render(RenderJob(source, tmp_path / "out", "prova", env=told), engine="embedded")
