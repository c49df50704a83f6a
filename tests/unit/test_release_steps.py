"""A release from draft to published, revised and withdrawn, on a small programme; pages are stood in for."""

from __future__ import annotations

import json
import re
import shutil
from functools import cache
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from typer.testing import CliRunner

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.outputs import anonymity, dashboard, index, jobs, thesis
from assets.release import approval, archive, chain, ledger, manifest, publish
from assets.release.assets import _earlier
from assets.release.audit import Outcome
from assets.release.thresholds import thresholds
from assets.store import ProgrammeFolder, Warehouse
from pipelines import release, release_pages, release_report, sound, state, status
from pipelines.busy import Busy, only_one
from pipelines.cli import app
from pipelines.run import run
from schemas.indicators import released_tables
from tests.release_cases import candidate_table, estimate, levels, released

PROGRAMME = """
programme: small
title: {it: Prova, en: Trial}
from: 2022-01-01
to: 2022-06-30
partners: {solco: {label: {it: SolCo, en: SolCo}}}
releases: {approvers: [Anna Bianchi, Maria Rossi]}
"""
QUARTER = "2022Q1"
#: Enough for a reader to tell nothing of whoever is in one and not in the other.
FIRST = {"f": 42, "m": 31, "x": 2}
SECOND = {"f": 60, "m": 47, "x": 2}


@pytest.fixture
def layout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Layout:
    place = tmp_path / "raw" / "small"
    place.mkdir(parents=True)
    (place / "programme.yml").write_text(PROGRAMME, encoding="utf-8")
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    monkeypatch.setenv("LUNATTIVA_PROGRAMME", "small")
    monkeypatch.setenv("LUNATTIVA_LANG", "en")
    monkeypatch.setenv(approval.USER_VARIABLE, "intern")
    found = Layout(tmp_path, "small")
    few = {code: each for code, each in released_tables().items() if code in ("reach", "scores")}
    monkeypatch.setattr(publish, "released_tables", lambda: few)  # forty empty files take a while

    def pages(to: Layout, quarters=(), langs=("it", "en"), period=True):
        stems = [f"dashboard_{q}_{lang}" for q in quarters for lang in langs] or ["anonymity_it"]
        to.reports_output.mkdir(parents=True, exist_ok=True)
        made = [to.reports_output / f"{stem}.html" for stem in stems]
        for path in made:
            said = jobs.watermark(to, "en", quarters[0] if quarters else None)
            path.write_text(f"{jobs.manifest(to)['data_version']} {said}", encoding="utf-8")
        return made

    monkeypatch.setattr(dashboard, "render_dashboards", pages)
    monkeypatch.setattr(anonymity, "render_anonymity", pages)
    monkeypatch.setattr(thesis, "render_thesis", lambda _: [])
    monkeypatch.setattr(index, "write_index", lambda to: to.reports_output / "index.html")
    return found


@cache
def cells(counts: tuple[tuple[str, int], ...], version: str, mean: tuple[int, float]):
    """Return the candidates of a small programme and what of them may leave."""
    given = {"subject_code": "who5", "se": 1.0, "data_version": version}
    rows = levels("reached_n", "gender_code", dict(counts), data_version=version)
    rows.append(estimate("score_mean", mean[1], mean[0], **given))
    return candidate_table(rows), released(rows).reset_index(drop=True)


def make(layout: Layout, counts: dict[str, int], version: str = "v1", mean=(17, 50.0)) -> str:
    """Leave what a complete run leaves, and return the release's digest."""
    wanted, table = cells(tuple(counts.items()), version, mean)
    layout.store.mkdir(parents=True, exist_ok=True)
    Warehouse(layout.warehouse).write("release_candidates", wanted)
    path = layout.store / ledger.NAME
    archive.keep(layout.store, layout.released, ledger.stayed(path))
    about = manifest.manifest(layout, table, thresholds(), "code")
    made = publish.publish(table, about, layout.released)
    ledger.enter(path, ledger.entry(made, about, Outcome(tables={"reach": 2}), {}, table))
    approval.note_maker(layout.store, made.digest)
    approval.write_note(layout.released, ledger.entries(path), made.digest)
    dashboard.render_dashboards(layout, [QUARTER])
    fingerprint = state.fingerprint(layout)
    known = state.State(
        state.Made(fingerprint, {}), known_quarters=[QUARTER], latest_quarter=QUARTER
    )
    known.programme.files.update(state.files_of_programme(layout, [QUARTER]))
    known.quarters[QUARTER] = state.Made(fingerprint, state.files_of_quarter(layout, QUARTER))
    state.finish(layout, known)
    sound.note(layout)
    return made.digest


def page(layout: Layout) -> str:
    return (layout.reports_output / f"dashboard_{QUARTER}_en.html").read_text(encoding="utf-8")


def told(layout: Layout) -> dict:
    return json.loads((layout.released / archive.STATE).read_text(encoding="utf-8"))


def through(layout: Layout, by: str = "Anna Bianchi"):
    """Approve as somebody else and publish."""
    with pytest.MonkeyPatch.context() as other:
        other.setenv(approval.USER_VARIABLE, by)
        release.approve(layout, QUARTER, by)
    return release.publish(layout, QUARTER)


def frozen(layout: Layout) -> dict[str, bytes]:
    return {
        path.relative_to(layout.published).as_posix(): path.read_bytes()
        for path in sorted(layout.published.rglob("*"))
        if path.is_file()
    }


def test_a_release_goes_through_its_states(layout):
    digest = make(layout, FIRST)
    assert told(layout)["state"] == "draft"
    assert "DRAFT" in page(layout)
    assert release.look(layout, QUARTER).standing.state == "audited"
    _, line, is_new = through(layout)
    assert is_new and line["number"] == 1
    assert (told(layout)["state"], told(layout)["number"]) == ("published", 1)
    states = [each["state"] for each in ledger.entries(layout.store / ledger.NAME)]
    assert states == ["draft", "audited", "approved", "published"]
    assert ledger.stayed(layout.store / ledger.NAME) == set()
    assert archive.kept(layout.store) == [digest]
    assert page(layout) == "v1 {}"  # its working page lost the mark
    assert set(frozen(layout)) >= {
        f"{QUARTER}-r1/dashboard_{QUARTER}_it.html",
        f"{QUARTER}-r1/manifest.json",
        f"{QUARTER}-r1/release.json",
        f"{QUARTER}-r1/tables/reach.parquet",
    }
    assert chain.broken(layout.store / ledger.NAME) == []


def test_looking_twice_writes_once_and_publishing_twice_changes_nothing(layout):
    make(layout, FIRST)
    release.look(layout, QUARTER)
    release.look(layout, QUARTER)
    through(layout)
    before = (frozen(layout), (layout.store / ledger.NAME).read_bytes())
    _, line, is_new = release.publish(layout, QUARTER)
    assert (line["number"], is_new) == (1, False)
    assert (frozen(layout), (layout.store / ledger.NAME).read_bytes()) == before


def test_nobody_approves_what_they_ran(layout, monkeypatch):
    monkeypatch.setenv(approval.USER_VARIABLE, "Maria Rossi")
    make(layout, FIRST)
    for name in ("Maria Rossi", "Anna Bianchi"):  # as another, but from the same account
        with pytest.raises(ConfigurationError):
            release.approve(layout, QUARTER, name)
    with pytest.raises(ConfigurationError, match="not approved"):
        release.publish(layout, QUARTER)
    assert not layout.published.exists()


def test_whoever_approved_and_ran_it_again_has_approved_nothing(layout, monkeypatch):
    make(layout, FIRST)
    monkeypatch.setenv(approval.USER_VARIABLE, "Anna Bianchi")
    release.approve(layout, QUARTER, "Anna Bianchi")
    make(layout, FIRST)
    with pytest.raises(ConfigurationError, match="four eyes"):
        release.publish(layout, QUARTER)


def test_an_approval_lapses_with_the_data_and_says_so(layout, monkeypatch):
    make(layout, FIRST)
    monkeypatch.setenv(approval.USER_VARIABLE, "Anna Bianchi")
    release.approve(layout, QUARTER, "Anna Bianchi")
    monkeypatch.setenv(approval.USER_VARIABLE, "intern")
    make(layout, SECOND, "v2")
    with pytest.raises(ConfigurationError, match="Anna Bianchi lapsed"):
        release.publish(layout, QUARTER)
    found = release_report.report(release.look(layout, QUARTER))
    assert found.lapsed == "Anna Bianchi"


def test_files_that_moved_since_the_run_are_not_approved(layout):
    make(layout, FIRST)
    (layout.raw / "new.csv").write_text("a", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="changed since the last run"):
        release.approve(layout, QUARTER, "Anna Bianchi")
    assert release.look(layout, QUARTER).standing.state == "draft"
    assert "Run 'lunattiva run'" in release_report.next_step(
        release_report.report(release.look(layout, QUARTER)), "en"
    )


def test_tables_altered_by_hand_are_not_approved(layout):
    make(layout, FIRST)
    path = layout.released / "tables" / "reach.parquet"
    frame = pd.read_parquet(path)
    frame.assign(status="released").to_parquet(path)
    with pytest.raises(ConfigurationError, match="changed since the last run"):
        release.approve(layout, QUARTER, "Anna Bianchi")


def test_a_revision_is_another_and_the_old_one_stays_byte_for_byte(layout):
    make(layout, FIRST)
    through(layout)
    old = frozen(layout)
    make(layout, SECOND, "v2")
    assert "DRAFT" in page(layout)
    assert frozen(layout) == old
    _, line, _ = through(layout)
    assert line["number"] == 2
    assert {name: data for name, data in frozen(layout).items() if f"{QUARTER}-r1" in name} == old
    found = release_report.report(release.look(layout, QUARTER))
    assert [each["name"] for each in found.published] == [f"{QUARTER}-r1", f"{QUARTER}-r2"]


def test_a_revision_is_audited_against_what_is_out(layout, monkeypatch):
    make(layout, FIRST)
    through(layout)
    # Two more people than a reader has already seen: their own mean is 69 (FACTS 6.4).
    make(layout, FIRST, "v2", mean=(19, 52.0))
    monkeypatch.setenv(approval.USER_VARIABLE, "anna")
    with pytest.raises(ConfigurationError, match="could be worked out"):
        release.approve(layout, QUARTER, "Anna Bianchi")


def test_what_was_withdrawn_stays_and_binds(layout):
    digest = make(layout, FIRST)
    through(layout)
    old = frozen(layout)
    with pytest.raises(ConfigurationError, match="reason"):
        release.withdraw(layout, QUARTER, " ")
    release.withdraw(layout, QUARTER, "a wrong register")
    assert told(layout)["state"] == "withdrawn"
    assert "WITHDRAWN" in page(layout)
    assert digest not in ledger.stayed(layout.store / ledger.NAME)
    notice = [name for name in frozen(layout) if name not in old]
    assert len(notice) == 1 and "a wrong register" in frozen(layout)[notice[0]].decode()
    assert all(frozen(layout)[name] == data for name, data in old.items())
    assert through(layout)[1]["number"] == 2  # by mistake: approved and published anew


def test_an_approval_can_be_taken_back(layout, monkeypatch):
    make(layout, FIRST)
    with pytest.raises(ConfigurationError, match="could be withdrawn"):
        release.withdraw(layout, QUARTER, "why not")
    monkeypatch.setenv(approval.USER_VARIABLE, "anna")
    release.approve(layout, QUARTER, "Anna Bianchi")
    release.withdraw(layout, QUARTER, "not read to the end")
    with pytest.raises(ConfigurationError, match="not approved"):
        release.publish(layout, QUARTER)
    assert ledger.stayed(layout.store / ledger.NAME) == {told(layout)["release"]}


@pytest.mark.parametrize(
    "where", ["render_dashboards", "keep", "append", "settle", "replace", "bring_out"]
)
def test_a_kill_leaves_it_published_or_not(layout, monkeypatch, where):
    make(layout, FIRST)
    with pytest.MonkeyPatch.context() as other:
        other.setenv(approval.USER_VARIABLE, "anna")
        release.approve(layout, QUARTER, "Anna Bianchi")

    def killed(*_, **__):
        raise KeyboardInterrupt

    place = {
        "render_dashboards": dashboard,
        "keep": archive,
        "append": chain,
        "settle": release_pages,
        "replace": Path,
        "bring_out": release_pages,
    }[where]
    whole = getattr(place, where)
    calls = []

    def at_the_second(*given):  # the first settles what stood before
        calls.append(given)
        return killed() if len(calls) > 1 else whole(*given)

    def at_a_folder(path, target):
        return killed() if path.is_dir() else whole(path, target)

    with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
        then = {"settle": at_the_second, "replace": at_a_folder}.get(where, killed)
        patched.setattr(place, where, then)
        release.publish(layout, QUARTER)
    lines = ledger.entries(layout.store / ledger.NAME)
    is_out = bool(approval.publications(lines))
    assert is_out == (where in ("settle", "bring_out"))
    desk = release.look(layout, QUARTER)  # what is next: it completes, or clears away
    assert desk.standing.state == ("published" if is_out else "approved")
    assert told(layout)["state"] == desk.standing.state
    assert ("DRAFT" in page(layout)) != is_out
    assert [each.name for each in layout.published.glob("*")] == [f"{QUARTER}-r1"] * is_out
    assert release_report.report(desk).altered == []
    assert release.publish(layout, QUARTER)[1]["number"] == 1


def test_an_altered_ledger_stops_what_leaves_and_says_where(layout):
    make(layout, FIRST)
    release.look(layout, QUARTER)
    path = layout.store / ledger.NAME
    lines = path.read_text("utf-8").splitlines()
    forged = {**json.loads(lines[1]), "state": "approved", "by": "Anna Bianchi"}
    forged.pop(chain.PREVIOUS)
    path.write_text("\n".join([*lines, json.dumps(forged)]) + "\n", encoding="utf-8")
    for step in (
        lambda: release.approve(layout, QUARTER, "Anna Bianchi"),
        lambda: release.publish(layout, QUARTER),
        lambda: release.withdraw(layout, QUARTER, "x"),
    ):
        with pytest.raises(ConfigurationError, match=r"ledger.jsonl, line 3"):
            step()
    make(layout, SECOND, "v2")  # a run goes on
    found = release_report.report(release.look(layout, QUARTER))
    assert [each["line"] for each in found.broken] == [3]
    assert "line 3" in release_report.next_step(found, "en")


def test_a_ledger_rewritten_whole_is_given_away_by_the_published_folder(layout):
    make(layout, FIRST)
    through(layout)
    path = layout.store / ledger.NAME
    kept = [json.loads(each) for each in path.read_text("utf-8").splitlines()]
    path.unlink()
    chain.head_path(path).unlink()
    for each in kept:
        each.pop(chain.PREVIOUS)
        if each["state"] == "approved":
            each["by"] = "Maria Rossi"
        chain.append(path, chain.line(path, each))
    assert chain.broken(path) == []
    with pytest.raises(ConfigurationError, match=f"{QUARTER}-r1"):
        release.withdraw(layout, QUARTER, "x")


def test_a_published_page_altered_by_hand_is_noticed(layout):
    make(layout, FIRST)
    through(layout)
    place = layout.published / f"{QUARTER}-r1" / f"dashboard_{QUARTER}_it.html"
    place.chmod(0o644)
    place.write_text("better numbers", encoding="utf-8")
    assert release_report.report(release.look(layout, QUARTER)).altered == [f"{QUARTER}-r1"]
    said = release_report.standing_line(layout, "en")
    assert said.startswith(
        f"A published folder was altered and is no longer as it left ({QUARTER}-r1)"
    )
    path = layout.store / ledger.NAME
    path.write_bytes(path.read_bytes().replace(b'"draft"', b'"drift"', 1) + b"{}\n")
    assert "ledger of releases was altered" in release_report.standing_line(layout, "en")


def test_status_says_that_the_warehouse_is_no_longer_as_the_run_left_it(layout):
    make(layout, FIRST)
    assert status._outdated(layout) == (True, [])
    with duckdb.connect(str(layout.warehouse)) as connection:
        connection.execute("create table mine as select 1 as n")
    assert status._outdated(layout) == (False, ["warehouse"])
    layout.warehouse.unlink()
    assert status._outdated(layout) == (False, ["warehouse"])


def test_a_published_folder_that_went_missing_is_noticed(layout):
    make(layout, FIRST)
    through(layout)
    shutil.rmtree(layout.published / f"{QUARTER}-r1")
    assert release_report.report(release.look(layout, QUARTER)).altered == [f"{QUARTER}-r1"]


def test_a_later_run_with_nothing_new_touches_nothing_published(layout, monkeypatch):
    make(layout, FIRST)
    through(layout)
    before = frozen(layout)
    monkeypatch.setattr("pipelines.quality.bring_up", lambda *_: [], raising=False)
    monkeypatch.setattr(
        "pipelines.summary.summarise", lambda *_: type("S", (), {"pages": [], "failures": []})()
    )
    refreshed = []
    monkeypatch.setattr(release_pages, "refresh", lambda _: refreshed.append(1))
    asked = []
    maker = type("E", (), {"run": lambda _, quarter=None: asked.append(quarter)})
    run(layout, QUARTER, lambda _: maker())
    assert asked == []  # the pages of the quarter are made already; what belongs to none is marked
    assert refreshed == [1]
    assert run(layout, QUARTER, lambda _: maker()).nothing_new
    assert frozen(layout) == before


def test_only_one_at_a_time(layout):
    make(layout, FIRST)
    with only_one(layout), pytest.raises(Busy):
        release.look(layout, QUARTER)


def test_the_command_says_it_in_both_languages_and_as_json(layout):
    make(layout, FIRST)
    en = CliRunner().invoke(app, ["release", QUARTER, "--lang", "en"])
    it = CliRunner().invoke(app, ["release", QUARTER, "--lang", "it"])
    assert en.exit_code == it.exit_code == 0
    assert "reach: 2 / 1 / 1" in en.output
    assert "Anna Bianchi" in en.output.splitlines()[-1]
    assert "verificata" in it.output
    found = json.loads(CliRunner().invoke(app, ["release", QUARTER, "--json"]).output)
    assert found["cells"]["reach"] == {
        "released": 2, "suppressed_primary": 1, "suppressed_secondary": 1,
    }  # fmt: skip
    wrong = CliRunner().invoke(app, ["release", "2022Q9"])
    assert wrong.exit_code == 1 and "Nearest: 2022Q1" in wrong.output
    both = CliRunner().invoke(app, ["release", QUARTER, "--publish", "--withdraw"])
    assert both.exit_code == 2


def test_without_what_has_left_nothing_is_audited(layout, monkeypatch):
    digest = make(layout, FIRST)
    through(layout)
    make(layout, SECOND, "v2")
    kept = layout.store / archive.NAME
    shutil.rmtree(kept)
    monkeypatch.setenv(approval.USER_VARIABLE, "anna")
    release.approve(layout, QUARTER, "Anna Bianchi")  # taken back from the published folder
    assert archive.kept(layout.store) == [digest]
    lines = ledger.entries(layout.store / ledger.NAME)
    assert [each for each in lines if each["state"] == "audited"][-1]["against"] == [digest]
    shutil.rmtree(kept)
    table = layout.published / f"{QUARTER}-r1" / "tables" / "reach.parquet"
    table.unlink()
    with pytest.raises(ConfigurationError, match="Restore it from the backup"):
        release.look(layout, QUARTER)
    with pytest.raises(ConfigurationError, match="missing or changed"):
        _earlier(ProgrammeFolder(root=str(layout.root), programme="small"))


def test_a_changed_folder_is_named_and_can_be_withdrawn(layout, monkeypatch):
    make(layout, FIRST)
    through(layout)
    place = layout.published / f"{QUARTER}-r1" / f"dashboard_{QUARTER}_it.html"
    place.chmod(0o644)
    place.write_text("better numbers", encoding="utf-8")
    with pytest.raises(ConfigurationError) as caught:
        release.publish(layout, QUARTER)
    said = caught.value.say("en")
    assert f"published: {QUARTER}-r1" in said and "ledger" not in said
    found = release_report.lines(release_report.report(release.look(layout, QUARTER)), "en")
    assert found[0].startswith("WARNING") and f"{QUARTER}-r1" in found[0]
    release.withdraw(layout, QUARTER, "somebody wrote into the page")
    assert told(layout)["state"] == "withdrawn"


@pytest.mark.parametrize(
    "why",
    ["LUN-0178 asked", "of lun 0178", "lun0178, twice", "LUN-9999", "family hh-22001", "for 77123"],
)
def test_no_code_of_a_person_stands_in_a_reason_or_a_name(layout, why):
    make(layout, FIRST)
    through(layout)
    links = pd.DataFrame({"person_code": ["LUN-0178", "12", "77123"]})
    Warehouse(layout.warehouse).write("core_links", links)
    people = pd.DataFrame({"person_code": ["p1"], "household_code": ["HH-22001"]})
    Warehouse(layout.warehouse).write("core_participants", people)
    for step in (
        lambda: release.withdraw(layout, QUARTER, why),
        lambda: release.approve(layout, QUARTER, why),
    ):
        with pytest.raises(ConfigurationError, match="code of a person") as caught:
            step()
        assert not {"0178", "9999", "22001", "77123"} & set(re.findall(r"\d+", str(caught.value)))
    release.withdraw(layout, QUARTER, "12 rows of 2022Q1 were counted twice")
