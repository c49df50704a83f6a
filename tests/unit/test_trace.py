"""``lunattiva trace``: a number followed back to the deliveries, and nothing of a person with it."""

from __future__ import annotations

import json
import shutil
import time

import duckdb
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines import lineage
from pipelines.cli import app
from pipelines.trace import told, trace
from pipelines.trace_names import read_name, spelled
from reports import kit
from reports._origin import number_id
from tests.unit.released_sample import released_sample

#: Two registers and a questionnaire: partner, dataset, period, read, accepted.
DELIVERED = [
    ("agape", "attendance", "2021Q4", 12, 10),
    ("agape", "attendance", "2022Q1", 30, 30),
    ("solco", "survey", "pre", 7, 6),
]


@pytest.fixture(scope="module")
def layout(tmp_path_factory: pytest.TempPathFactory) -> Layout:
    """A released sample, a page that shows one number, and a warehouse with counts only."""
    made = Layout(tmp_path_factory.mktemp("root"), "demo")
    released_sample(made.released)
    with duckdb.connect(str(made.warehouse)) as con:
        con.execute(
            "create table intake_deliveries (delivery_id text, partner_code text, dataset text, period text, path text, sha256 text)"
        )
        con.execute(
            "create table sorting_counts (delivery_id text, dataset text, read_n bigint, accepted_n bigint, quarantined_n bigint)"
        )
        con.execute(
            "create table sorting_reasons (dataset text, delivery_id text, sheet text, row_number bigint, rule text)"
        )
        for i, (partner, dataset, period, read, accepted) in enumerate(DELIVERED):
            path = f"{partner}/{period}/file.xlsx"
            con.execute(
                "insert into intake_deliveries values (?, ?, ?, ?, ?, ?)",
                [str(i), partner, dataset, period, path, "f" * 64],
            )
            con.execute(
                "insert into sorting_counts values (?, ?, ?, ?, ?)",
                [str(i), dataset, read, accepted, read - accepted],
            )
        # One row broken twice by one rule is one row.
        con.execute(
            "insert into sorting_reasons values ('attendance', '0', 'a', 3, 'hours.range'), ('attendance', '0', 'a', 3, 'hours.range'), ('survey', '2', 'a', 9, 'age_years.range')"
        )
    return made


@pytest.fixture(scope="module")
def k(layout) -> kit.Kit:
    return kit.open("it", "2022Q1", layout.released)


def test_a_name_is_read_however_it_is_typed():
    assert spelled("NK7QX2P4A") == "N-K7QX-2P4A"
    for typed in ("N-K7QX-2P4A", "n-k7qx-2p4a", "NK7QX2P4A.low", " nk7qx2p4a "):
        assert read_name(typed) == "NK7QX2P4A"
    assert read_name("NB1O80000") == "NBIOBOOOO", "the names have no 0, 1 and 8"


def test_a_count_is_followed_to_the_registers_and_no_further_file(layout, k):
    name = number_id(k.cell("reached_n"))
    page = layout.reports_output / "dashboard_2022Q1_it.html"
    page.parent.mkdir(parents=True)
    page.write_text(f'<span data-n="{name}">63</span><script id="numbers">{{}}', "utf-8")
    found = trace(layout, spelled(name), "it")
    assert found.origin["value"] == "63" and found.codes["value"] == 63
    assert found.tables == ["measures_estimates", "core_attendance", "sorting_attendance__accepted"]
    assert [x["period"] for x in found.deliveries] == ["2022Q1", "2021Q4"], "its own period first"
    assert found.rules == [{"dataset": "attendance", "rule": "hours.range", "rows_n": 1}]
    assert found.documents == ["reports/_output/demo/dashboard_2022Q1_it.html"]
    text = "\n".join(told(found, "it"))
    assert "Righe lette 42, accettate 40, in quarantena 2" in text  # 12 + 30, 10 + 30, 2 + 0
    assert "Persone raggiunte" in text and "ffffffffffff" in text and "f" * 13 not in text


def test_a_change_in_scores_rests_on_the_questionnaires():
    tables = lineage.upstream(lineage.start_of("change", "score_change"), "score_change")
    assert tables[0] == "impact_change" and tables[-1] == "sorting_survey__accepted"
    assert lineage.datasets(tables, ("attendance", "survey")) == ["survey"]


def test_a_hidden_number_says_why_and_gives_nothing(layout, k):
    cell = k.cell("reached_n", by="gender_code", level="male")
    found = trace(layout, number_id(cell), "en")
    assert found.codes["value"] is None and found.codes["n"] is None
    assert (
        "too few people" in found.origin["status"]
        and found.origin["value"] == "not shown (privacy)"
    )


def test_an_unknown_name_gets_the_nearest(layout, k):
    name = number_id(k.cell("reached_n"))
    with pytest.raises(ConfigurationError) as told_:
        trace(layout, name[:-1] + ("A" if name[-1] != "A" else "B"), "en")
    assert spelled(name) in told_.value.say("en") and spelled(name) in told_.value.say("it")


def test_a_number_is_found_by_its_key_in_the_exported_tables(layout, k):
    cell = k.cell("reached_n")
    table = pq.read_table(layout.released / "tables" / f"{cell.table}.parquet").to_pylist()
    keys = {number_id(k.released.cells[_key(row)]): row["estimate_id"] for row in table}
    found = trace(layout, f" {keys[number_id(cell)]} ", "en")
    assert found.name == number_id(cell) and found.codes["value"] == 63
    with pytest.raises(ConfigurationError, match="called 'foo/bar_baz-10.x'"):
        trace(layout, "foo/bar_baz-10.x", "en")


def _key(row):
    names = ("indicator_code", "subject_code", "period", "by_1", "level_1", "by_2", "level_2")
    return tuple(row[each] or "" for each in names)


def test_a_table_altered_by_hand_is_not_believed(layout, k, tmp_path):
    other = Layout(tmp_path, "demo")
    shutil.copytree(layout.released, other.released)
    cell = k.cell("reached_n")
    path = other.released / "tables" / f"{cell.table}.parquet"
    pq.write_table(pq.read_table(path).slice(0), path, compression="none")
    with pytest.raises(ConfigurationError, match=f"tables/{cell.table}.parquet of the release"):
        trace(other, number_id(cell), "en")


def test_without_a_release_it_says_what_to_do(tmp_path):
    with pytest.raises(ConfigurationError, match="lunattiva run"):
        trace(Layout(tmp_path, "demo"), "NK7QX2P4A", "en")


def test_the_command_answers_in_words_and_for_a_script(layout, k, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_ROOT", str(layout.root))
    monkeypatch.setenv("LUNATTIVA_PROGRAMME", "demo")
    name = number_id(k.cell("reached_n"))
    began = time.process_time()
    done = CliRunner().invoke(app, ["trace", name, "--json"])
    assert time.process_time() - began < 1.5
    answer = json.loads(done.stdout)
    assert done.exit_code == 0 and answer["id"] == name and answer["codes"]["period"] == "2022Q1"
    assert answer["versions"]["release"].startswith(("draft", "bozza"))
    lost = CliRunner().invoke(app, ["trace", "NAAAAAAAA", "--lang", "en"])
    assert lost.exit_code == 1 and "No number of the release" in lost.stderr


@pytest.mark.parametrize(
    ("indicator", "datasets"),
    [
        ("contacts_n", ["service_access"]),
        ("continuity_coc", ["service_access"]),
        ("score_mean", ["survey"]),
        ("retention_rate", ["attendance"]),
        ("rows_read_n", ["attendance", "survey", "service_access"]),
    ],
)
def test_each_number_is_followed_to_its_own_data(indicator, datasets):
    tables = lineage.upstream(lineage.start_of("", indicator), indicator)
    assert lineage.datasets(tables, ("attendance", "survey", "service_access")) == datasets


def test_every_table_of_a_way_back_is_an_asset_or_what_sorting_leaves(k):
    for cell in k.released.cells.values():
        start = lineage.start_of(cell.question, cell.indicator)
        for name in lineage.upstream(start, cell.indicator):
            assert name in lineage.assets() or name.startswith("sorting_"), name
