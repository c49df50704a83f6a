"""The completeness grid and what status tells of corrections and copies."""

from __future__ import annotations

import io
import json
from datetime import date
from pathlib import Path

import duckdb
import pytest
from rich.console import Console
from typer.testing import CliRunner

from assets.layout import Layout
from pipelines import state, summary, told
from pipelines.cli import app
from pipelines.grid import Cell, grid
from pipelines.grid_table import grid_tables
from pipelines.status import show, status
from tests.intake_sample import REGISTER, deliver, programme

QUARTERLY = REGISTER.replace("    files:", "    every: quarter\n    files:")
TODAY = date(2022, 5, 15)
ONE, TWO = "uno", "due"


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    monkeypatch.setenv("LUNATTIVA_PROGRAMME", "prova")
    return programme(tmp_path, {"alfa": QUARTERLY})


def with_source(layout: Layout, text: str) -> Layout:
    return programme(layout.root, {"alfa": text})


def states(layout: Layout, today: date = TODAY, deliveries: tuple = ()) -> dict[str, str]:
    return {each.period: each.state for each in grid(layout, today, deliveries)}


def cell(layout: Layout, period: str, deliveries: tuple = ()) -> Cell:
    return next(each for each in grid(layout, TODAY, deliveries) if each.period == period)


def told_of(path: str, state: str, *, is_settled: bool = True) -> dict:
    return {"path": path, "state": state, "is_settled": is_settled}


def test_each_state_of_a_period(layout: Layout) -> None:
    """Programme June 2021 to May 2023; a quarter is due thirty days after its end."""
    deliver(layout, "alfa/2021Q2/registro.csv", ONE, "received: 2021-07-30")
    deliver(layout, "alfa/2021Q3/registro.csv", ONE, "received: 2021-11-11")
    deliver(layout, "alfa/2022-01/registro.csv", ONE)
    found = states(layout)
    assert found == {
        "2021Q2": "arrived",  # 30 June + 30 days
        "2021Q3": "late",
        "2021Q4": "missing",
        "2022Q1": "missing",  # a month does not make the quarter
        "2022Q2": "not_due",
        "2022Q3": "not_due",
        "2022Q4": "not_due",
        "2023Q1": "not_due",
        "2023Q2": "not_due",
        "2022-01": "unexpected",
    }
    assert cell(layout, "2021Q3").days == 12  # due on 30 October
    assert cell(layout, "2022Q1").days == 15  # due on 30 April
    assert cell(layout, "2022-01").why == "period"


def test_the_day_decides_and_is_given(layout: Layout) -> None:
    assert states(layout, date(2021, 7, 30))["2021Q2"] == "not_due"
    assert states(layout, date(2021, 7, 31))["2021Q2"] == "missing"
    assert {each.state for each in status(layout, date(2021, 7, 30)).grid} == {"not_due"}


def test_a_second_file_needs_a_note(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q2/registro.csv", ONE)
    deliver(layout, "alfa/2021Q2/registro_b.csv", TWO)
    found = cell(layout, "2021Q2")
    assert (found.state, found.why) == ("unexpected", "second_file")
    assert found.files == ("registro.csv", "registro_b.csv")
    deliver(layout, "alfa/2021Q2/registro_b.csv", TWO, "supersedes: REGISTRO.csv")
    assert cell(layout, "2021Q2").state == "superseded"


def test_two_files_of_two_patterns_are_as_declared(layout: Layout) -> None:
    with_source(layout, QUARTERLY.replace('"registro*"', '"registro_a*", "registro_b*"'))
    deliver(layout, "alfa/2021Q2/registro_a.csv", ONE)
    deliver(layout, "alfa/2021Q2/registro_b.csv", TWO)
    assert cell(Layout(layout.root, "prova"), "2021Q2").state == "arrived"


def test_a_file_outside_the_dates_of_its_source_is_unexpected(layout: Layout) -> None:
    changed = with_source(
        layout, QUARTERLY.replace("quarter\n", "quarter\n    from: 2021-07-01\n    until: 2021-12-31\n")
    )  # fmt: skip
    deliver(changed, "alfa/2022Q1/registro.csv", ONE)
    found = states(changed)
    assert found == {"2021Q3": "missing", "2021Q4": "missing", "2022Q1": "unexpected"}
    assert cell(changed, "2022Q1").why == "source_closed"


def test_months_off_are_not_expected(layout: Layout) -> None:
    changed = with_source(layout, QUARTERLY.replace("quarter\n", "month\n    months_off: [7, 8]\n"))
    found = states(changed)
    assert "2021-07" not in found and "2021-08" not in found
    assert found["2021-06"] == "missing"


def test_what_the_last_run_found_is_in_the_grid(layout: Layout) -> None:
    path = "alfa/2021Q2/registro.csv"
    deliver(layout, path, ONE)
    refused = (told_of(path, "refused", is_settled=False),)
    assert cell(layout, "2021Q2", refused).state == "refused"
    deliver(layout, "alfa/2021Q2/registro_b.csv", TWO, "supersedes: registro.csv")
    assert cell(layout, "2021Q2", (told_of(path, "refused"),)).state == "superseded"
    only_a_copy = (told_of(path, "duplicate"), told_of("alfa/2021Q2/registro_b.csv", "duplicate"))
    found = cell(layout, "2021Q2", only_a_copy)
    assert (found.state, found.why) == ("unexpected", "copy")


def test_a_file_that_no_source_expects_stands_in_the_grid(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q2/elenco.csv", ONE)
    deliver(layout, "gamma/2021Q2/registro.csv", ONE)
    lost = [each for each in grid(layout, TODAY) if each.source is None]
    assert [(each.partner, each.state) for each in lost] == [
        ("alfa", "refused"),
        ("gamma", "refused"),
    ]


def test_an_identifier_in_a_name_is_not_repeated(layout: Layout) -> None:
    deliver(layout, "alfa/2021Q2/registro_QQQZZZ70H15E897Q.csv", ONE)
    deliver(layout, "alfa/QQQZZZ70H15E897Q/registro.csv", ONE)
    assert "QQQZZZ" not in repr(grid(layout, TODAY))


def run(*arguments: str) -> str:
    result = CliRunner().invoke(app, ["status", *arguments])
    assert result.exit_code == 0, result.output
    return result.output


def fill(layout: Layout) -> None:
    """Write what a run leaves: two deliveries, what changed between them, and copies."""
    layout.store.mkdir(parents=True, exist_ok=True)
    with duckdb.connect(str(layout.warehouse)) as connection:
        connection.execute("""
            create table intake_deliveries as
            select * from (values
                ('x1', 'alfa', 'registro', 'attendance', '2021Q2', 'alfa/2021Q2/registro.csv',
                 'registro.csv', 'superseded', true, null, null),
                ('x2', 'alfa', 'registro', 'attendance', '2021Q2', 'alfa/2021Q2/registro_b.csv',
                 'registro_b.csv', 'in_use', true, null, null),
                ('x3', 'beta', 'registro', 'attendance', '2021Q2', 'beta/2021Q2/registro.csv',
                 'registro.csv', 'in_use', true, null, 'x2')
            ) as made(delivery_id, partner_code, source_code, dataset, period, path, file_name,
                      state, is_settled, refusal_code, copy_of);
            alter table intake_deliveries add column message_it varchar;
            alter table intake_deliveries add column message_en varchar;
            create table intake_differences as
            select * from (values
                ('x2', 'x1', 'added', '', '', 3, '2, 3, 4'),
                ('x2', 'x1', 'removed', '', '', 1, '9'),
                ('x2', 'x1', 'changed', 'hours', 'Ore', 12, '5, 6'),
                ('x2', 'x1', 'same', '', '', 7, '7')
            ) as made(delivery_id, supersedes_id, what, "column", heading, rows_n, row_numbers);
            create table sorting_copies as
            select 'attendance' as dataset, 'exact' as kind, 'partners' as scope from range(5);
        """)


def test_corrections_and_copies_are_told_in_both_languages(layout: Layout) -> None:
    fill(layout)
    said = run("--lang", "it")
    assert (
        "Il file registro_b.csv sostituisce registro.csv: 3 righe aggiunte, 1 tolta, "
        "12 cambiate in «Ore»." in said
    )
    assert "beta/2021Q2/registro.csv è identico a alfa/2021Q2/registro_b.csv" in said
    assert "attendance: 5 registrazioni uguali a un'altra" in said
    said = run("--lang", "en")
    assert (
        "registro_b.csv replaces registro.csv: 3 rows added, 1 removed, 12 changed in 'Ore'."
        in said
    )
    assert "(between partners)" in said


@pytest.mark.parametrize("lang", ["it", "en"])
def test_a_run_ends_with_what_was_corrected_and_what_stands_twice(
    layout: Layout, lang: str
) -> None:
    fill(layout)
    with duckdb.connect(str(layout.warehouse)) as connection:
        for name in ("attendance", "survey", "service_access"):
            connection.execute(
                f"create table sorting_{name}__quarantined as "
                "select unnest(['person_code.superseded', 'hours.range']) as rules"
            )
    counts = summary.counted(layout)
    assert counts["superseded"] == 3
    counts["quarantined"] = 5
    told_ = summary.lines(summary.summarise(layout, counts, [], TODAY), lang)
    said = "\n".join(told_)
    expected = {"it": "12 cambiate in «Ore»", "en": "12 changed in 'Ore'"}
    assert expected[lang] in said
    nothing = {"it": "Non c'è niente da fare", "en": "There is nothing to do"}
    assert [each for each in told_ if each.endswith(": 2.")] and nothing[lang] in said


def test_status_answers_a_program_with_grid_and_differences(layout: Layout) -> None:
    fill(layout)
    deliver(layout, "alfa/2021Q2/registro.csv", ONE, "received: 2021-08-09")
    found = json.loads(run("--json"))
    first = found["grid"][0]
    assert first == {
        "partner": "alfa", "source": "registro", "period": "2021Q2", "kind": "quarter",
        "state": "late", "why": "", "days": 10, "files": ["registro.csv"],
    }  # fmt: skip
    assert [each["rows_n"] for each in found["differences"]] == [3, 1, 12, 7]
    assert found["copied_records"][0]["pairs_n"] == 5


def test_a_warehouse_from_before_these_tables_has_nothing_to_tell(layout: Layout) -> None:
    layout.store.mkdir(parents=True)
    with duckdb.connect(str(layout.warehouse)) as connection:
        connection.execute("create table intake_deliveries as select 'x' as delivery_id")
    found = status(layout, TODAY)
    assert (found.differences, found.copied_files, found.copied_records) == ([], [], [])


@pytest.mark.parametrize("lang", ["it", "en"])
def test_the_grid_is_shown_on_demand(layout: Layout, lang: str) -> None:
    deliver(layout, "alfa/2021Q2/registro.csv", ONE, "received: 2021-08-09")
    deliver(layout, "alfa/pre/registro.csv", ONE)
    marks = {"it": "MANCA", "en": "MISS"}
    said = run("--grid", "--lang", lang)
    assert "+10" in said and marks[lang] in said and "pre" in said
    assert marks[lang] not in run("--lang", lang).replace("MANCA ", "")
    quarters, others, _ = grid_tables(grid(layout, TODAY), lang)
    assert [column.header for column in quarters.columns][3:] == ["Q1", "Q2", "Q3", "Q4"]
    assert quarters.row_count == 3 and others.row_count == 1  # 2021, 2022, 2023


def test_no_difference_is_said_as_such() -> None:
    line = {
        "path": "p",
        "file": "b.csv",
        "replaces": "a.csv",
        "what": "same",
        "heading": "",
        "rows_n": 2,
    }
    assert told.differences([line], "en") == ["The file b.csv replaces a.csv: no row differs."]
    added = {**line, "what": "added", "heading": "Domanda", "rows_n": 1}
    assert told.differences([line, added], "it") == [
        "Il file b.csv sostituisce a.csv: 1 cambiata in «Domanda»."
    ]


@pytest.mark.parametrize(
    ("day", "told"),
    [
        (date(2028, 1, 1), ""),
        (date(2028, 5, 1), "The retention date is 2028-05-31: in 30 days."),
        (date(2028, 5, 31), "The retention date is 2028-05-31: in 0 days."),
        (date(2028, 6, 1), "WARNING: the retention date passed on 2028-05-31 (DPIA n. 4)"),
    ],
)
def test_data_past_their_retention_date_are_warned_of(layout: Layout, day: date, told: str) -> None:
    path = layout.raw / "programme.yml"
    text = path.read_text(encoding="utf-8") + 'retention: {until: 2028-05-31, basis: "DPIA n. 4"}\n'
    path.write_text(text, encoding="utf-8")
    found = status(Layout(layout.root, layout.programme), day)
    console = Console(record=True, width=200, file=io.StringIO())
    show(found, console, "en")
    said = console.export_text()
    assert (told in said) if told else ("retention" not in said)


def shown(layout: Layout, lang: str) -> str:
    stream = io.StringIO()
    show(status(layout, TODAY), Console(file=stream, width=400), lang)  # type: ignore[arg-type]
    return stream.getvalue()


def test_a_thesis_left_undrawn_is_told_with_its_reason(layout: Layout) -> None:
    """As long as the mistake stands, whether or not a run has met it."""
    layout.store.mkdir(parents=True)
    layout.narrative.mkdir(parents=True)
    text = layout.narrative / "tesi.md"
    text.write_text("## autore\n\nM. R.\n\n## nessuno\n\nx\n", "utf-8")
    found = status(layout, TODAY)
    assert len(found.thesis) == 1
    assert "tesi.md" in shown(layout, "it") and "lunattiva run --programme prova" in shown(
        layout, "it"
    )
    assert "The thesis could not be made" in shown(layout, "en")
    text.write_text("## autore\n\nM. R.\n", "utf-8")
    assert status(layout, TODAY).thesis == []
    why = [{"it": "La tesi non si è potuta fare. PERCHÉ", "en": "WHY"}]
    state.finish(
        layout, state.State(programme=state.Made(state.fingerprint(layout), {}), thesis_left=why)
    )
    assert "thesis" in status(layout, TODAY).outdated
    assert "PERCHÉ" in shown(layout, "it") and "Out of date (lunattiva run): " in shown(
        layout, "en"
    )


def test_a_failed_run_is_told_with_what_did_not_hold(layout: Layout) -> None:
    layout.store.mkdir(parents=True)
    state.finish(layout, state.State(programme=state.Made(state.fingerprint(layout), {})))
    state.begin(layout)
    assert status(layout, TODAY).outdated == ["stopped"]
    assert "non è arrivata in fondo" in shown(layout, "it")
    state.fail(layout, [{"it": "passo X", "en": "step X"}])
    assert "The last run failed. step X" in shown(layout, "en")
    (layout.store / "unfinished").write_text("{", "utf-8")  # cut short
    assert status(layout, TODAY).failures == []
    state.finish(layout, state.State(programme=state.Made(state.fingerprint(layout), {})))
    assert status(layout, TODAY).failures == []
