"""The thesis: the log of cycles, what a person writes, limits told by the data, corrections and acts."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

from assets.errors import ConfigurationError
from assets.intake.corrections import write_corrections
from assets.layout import REPOSITORY, Layout
from assets.outputs import book, cycles
from reports import _book, _cycles, _origin, _person, kit
from reports._released import KitError
from schemas.correction import Corrections
from schemas.cycles import CycleDecision
from tests.unit.released_sample import released_sample

LOG = (REPOSITORY / "raw" / "demo" / "cycles.yml").read_text("utf-8")
DRAFT = {"release": "a" * 64, "state": "draft", "data_version": "0123456789ab"}


@pytest.fixture
def layout(tmp_path) -> Layout:
    """Return a programme with the demo's configuration and nothing else."""
    made = Layout(tmp_path, "demo")
    made.raw.mkdir(parents=True)
    shutil.copyfile(REPOSITORY / "raw" / "demo" / "programme.yml", made.raw / "programme.yml")
    return made


def logged(layout: Layout, *changes: tuple[str, str]) -> Path:
    text = LOG
    for before, after in changes:
        assert before in text
        text = text.replace(before, after, 1)
    path = layout.raw / "cycles.yml"
    path.write_text(text, "utf-8")
    return path


def decision(**more: object) -> CycleDecision:
    words = {"seen": "visto", "decided": "deciso", "expected": "atteso", "by": ["gruppo"]}
    return CycleDecision.model_validate({"decision": "d", "on": "2022-02-01", **words, **more})


# -- the log of cycles -------------------------------------------------------------------------------
def line_of(path: Path, words: str) -> int:
    return next(n for n, x in enumerate(path.read_text("utf-8").splitlines(), 1) if words in x)


@pytest.mark.parametrize(
    ("before", "after", "told"),
    [
        ("on: 2022-01-24", "on: 2020-01-24", "non cade nel ciclo"),
        ("indicator: absence_rate", "indicator: absense_rate", "absence_rate"),
        ("quarter: 2022Q1", "quarter: 2019Q1", "il programma non ha «2019Q1»"),
        ("        quarter: 2022Q1\n", "        qarter: 2022Q1\n", "'quarter'"),
        ("decision: tavolo", "decision: bambini", "due volte"),
        ("outcome: changed", "outcome: open", "'checked_on' e 'found'"),
        ("period: 2021-12", "period: 2021-13", "2021-13"),
    ],
)
def test_a_mistake_in_the_log_names_file_line_and_remedy(layout, before, after, told):
    path = logged(layout, (before, after))
    with pytest.raises(ConfigurationError) as error:
        cycles.read_cycles(layout)
    said = error.value.words.it if hasattr(error.value, "words") else str(error.value)
    lines = [int(each) for each in re.findall(r"cycles\.yml:(\d+)", said)]
    assert told in said and lines
    at = line_of(path, after.strip().splitlines()[0])
    assert min(abs(each - at) for each in lines) <= 1


def test_a_programme_without_a_log_has_none(layout):
    assert cycles.read_cycles(layout) is None
    assert book.facts(layout)["cycles"] == []


def test_a_decision_rests_on_one_version_of_the_data():
    with pytest.raises(ValueError, match="either 'quarter' or 'data_version'"):
        decision()
    with pytest.raises(ValueError, match="either 'quarter' or 'data_version'"):
        decision(quarter="2021Q4", data_version="0123456789ab")


def test_a_decision_is_bound_to_what_was_published_else_to_the_draft(layout):
    layout.released.mkdir(parents=True)
    (layout.released / "release.json").write_text(json.dumps({"release": "a" * 64}), "utf-8")
    other = {**DRAFT, "release": "b" * 64, "data_version": "ba9876543210"}
    acts = [
        {"state": "published", "period": "2021Q4", "number": n, "release": r * 64}
        for n, r in ((1, "b"), (2, "b"))
    ]
    on_draft = cycles.bound(layout, decision(quarter="2021Q4"), [DRAFT])
    assert (on_draft["state"], on_draft["release"]) == ("draft", "a" * 12)
    published = cycles.bound(layout, decision(quarter="2021Q4"), [other, DRAFT, *acts])
    assert published == {
        "state": "published", "number": 2, "release": "b" * 12, "data_version": "ba9876543210",
    }  # fmt: skip
    by_data = cycles.bound(layout, decision(data_version="ba9876543210"), [other, DRAFT])
    assert (by_data["state"], by_data["release"]) == ("known", "b" * 12)
    assert cycles.bound(layout, decision(data_version="f" * 12), [DRAFT])["state"] == "unknown"


# -- what a person writes ------------------------------------------------------------------------------
def test_the_persons_file_is_made_once_and_never_changed(layout):
    path = book.narrative(layout)
    assert re.findall(r"^## (\w+)$", path.read_text("utf-8"), re.MULTILINE) == list(book.places())
    assert not any(book.written(layout).values())
    path.write_text("## cicli\nMio testo.\n\n### Un paragrafo\n\nAncora.\n", "utf-8")
    assert book.narrative(layout) == path
    assert book.written(layout)["cicli"] == "Mio testo.\n\n### Un paragrafo\n\nAncora."
    assert path.read_text("utf-8").startswith("## cicli\nMio testo.")


@pytest.mark.parametrize(
    ("text", "line", "near"),
    [
        ("<!-- due\nrighe -->\n## ciclli\nTesto.\n", 3, "cicli"),
        ("## cicli\na\n## cicli\nb\n", 3, "cicli"),
        ("Testo senza posto.\n", 1, "## "),
        ("## autore\n<!-- nome\nANNA\n## relatore\n<!-- chi -->\n", 2, "not closed"),
        ("## autore\nANNA\n\n<!-- nome\n", 4, "not closed"),
    ],
)
def test_text_that_would_be_lost_is_refused_with_its_line(layout, text, line, near):
    book.narrative(layout).write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match=f"line {line}:.*{near}"):
        book.written(layout)


def test_the_title_page_takes_the_persons_own_lines():
    assert book.title_page({"autore": "A\nB", "relatore": "", "anno": "2023"}) == {
        "author": "A B", "date": "2023",
    }  # fmt: skip
    assert book.title_page({"autore": ""}) == {}


@pytest.fixture(scope="module")
def released(tmp_path_factory) -> Path:
    return released_sample(tmp_path_factory.mktemp("released"))


@pytest.fixture
def k(released, tmp_path, monkeypatch):
    """Return the kit on the released sample, marking numbers as a render does, told of a book."""
    told = {
        "cycles": [],
        "corrections": [
            {"partner": "agape", "action": "change", "count": 37, "from": "2022-05-02", "to": "2022-06-01"},
            {"partner": "aler", "action": "remove", "count": 2, "from": "2022-05-02", "to": "2022-05-02"},
        ],
        "acts": [
            {"period": "2021Q4", "state": "published", "number": 1, "release": "b" * 12, "on": "2022-02-10", "why": ""},
        ],
        "thresholds": [{"rule": "Almeno cinque.", "house": 5, "value": 8}],
        "audit": True, "release": "a" * 12, "rules": "c" * 12, "published": 3,
    }  # fmt: skip
    (tmp_path / "book.json").write_text(json.dumps(told), "utf-8")
    (tmp_path / "tesi.md").write_text(
        "## cicli\nNel 2022, 12 incontri [@lewin1946, p. 34]: si veda @fig-2022.\n", "utf-8"
    )
    monkeypatch.setenv(_book.BOOK, str(tmp_path / "book.json"))
    monkeypatch.setenv(_book.NARRATIVE, str(tmp_path / "tesi.md"))
    monkeypatch.setenv("LUNATTIVA_NUMBERS", "reports.kit")
    return kit.open(folder=released)


def bare(markdown: str) -> str:
    """Return Markdown without the spans around its numbers."""
    return re.sub(r"\[([^][]*)\]\{[^}]*\}", r"\1", markdown).replace("\u00a0", " ")


def told_with(tmp_path: Path, **more: object) -> None:
    path = tmp_path / "book.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | more), "utf-8")


def test_a_persons_numbers_are_theirs_and_citations_stay(k):
    said = k.text("slot", place="cicli")
    assert "[@lewin1946, p. 34]" in said and "@fig-2022" in said
    assert "[2022,]{.fixed data-why=word}" in said
    with pytest.raises(KitError, match="cicli"):
        k.text("slot", place="cicly")


def test_an_empty_place_is_a_marked_box_that_names_the_file_and_heading(k):
    box = k.text("slot", place="etica")
    assert 'title="Da scrivere"' in box and "tesi.md" in box and "## etica" in box


def test_the_log_is_a_table_a_cycle_with_its_data_and_their_numbers(k, tmp_path):
    entry = {
        "decision": "d1", "on": "2022-01-20", "quarter": "2021Q4", "by": ["gruppo"],
        "seen": "Poche persone.", "decided": "Aprire.", "expected": "Di più.", "outcome": "kept",
        "checked_on": "2022-09-01", "found": "Sono di più.", "bound":
        {"state": "draft", "release": "abc123abc123", "data_version": "ba9876543210", "number": None},
        "looked_at": [{"indicator": "reached_n", "period": "2021Q4", "subject": "", "by": "", "level": ""}],
    }  # fmt: skip
    cycle = {
        "cycle": "c1", "title": "Chi arriva", "from": "2021-09-01", "to": "2022-03-31",
        "question": "Chi?", "took_part": ["gruppo"], "decisions": [entry], "learnt": None,
    }  # fmt: skip
    told_with(tmp_path, cycles=[cycle])
    said = k.text("cycles")
    plain = bare(said)
    assert "::: {#tbl-ciclo-c1}" in said and "Decisioni del ciclo «Chi arriva»" in said
    assert "bozza abc123abc123, dati ba9876543210; da allora i dati sono cambiati" in plain
    assert "Persone raggiunte (IV trimestre 2021): 58" in plain  # REACHED of the sample
    assert "Esito (1 settembre 2022), tenuta: Sono di più." in plain
    entry["looked_at"][0]["indicator"] = "reached"
    told_with(tmp_path, cycles=[cycle])
    with pytest.raises(KitError, match=r"cycles\.yml, looked_at of the decision 'd1'.*reached_n"):
        k.text("cycles")


def test_limits_are_told_by_the_release(k):
    said = bare(k.text("limits"))
    tables = k.manifest["tables"].values()
    hidden, rows = sum(x["hidden"] for x in tables), sum(x["rows"] for x in tables)
    assert f"nascoste sono {hidden} su {rows}" in said
    assert "persone ritrovate su" in said and "righe lette" in said


def test_theory_says_what_would_refute_each_link_and_what_is_not_measured(k):
    rows = k.table("theory").splitlines()[2:]
    assert len(rows) == len(_book.words()["chain"])
    assert any("non misurato in questi dati" in row for row in rows)


def test_a_release_of_little_still_tells_its_limits(k, tmp_path):
    few = kit.open(folder=released_sample(tmp_path / "bare", bare=True))
    assert "Celle nascoste" in few.text("limits")
    assert "non misurato in questi dati" in few.table("theory")
    # A group that is declared but of which nothing was released is no slip of whoever wrote the log.
    where = {"subject": "", "period": "2022Q1", "by": "service_code", "level": "emporio"}
    number = {"indicator": "contacts_n", **where}
    assert _cycles._looked_at(few, number, where, "d1") is None


def test_few_corrections_are_not_counted_out_and_acts_name_nobody(k, tmp_path):
    table = k.table("corrections")
    assert "[37]" in table and "meno di [5]" in table and "| 2 |" not in table
    acts = bare(k.table("acts"))
    assert "pubblicato, numero 1" in acts and "10 febbraio 2022" in acts
    assert "[8]{.fixed" in k.table("thresholds")
    told_with(tmp_path, audit=False, corrections=[], acts=[])
    assert "non va diffuso" in k.text("audit")
    assert "Nessuna correzione" in k.table("corrections") and "bozza" in k.table("acts")


def test_corrections_are_counted_by_partner_and_kind(layout):
    cell = {
        "delivery": "d" * 64, "sheet": "", "letter": "B", "heading": "Ore", "column": "hours",
        "rule": "hours.range", "expected": "e" * 32,
    }  # fmt: skip
    made = Corrections.model_validate(
        {
            "number": 1, "partner": "agape", "from": "f" * 64, "by": "segreteria", "on": "2022-05-02",
            "corrections": [
                {**cell, "row": 3, "action": "change", "new": "2"},
                {**cell, "row": 4, "action": "change", "new": "3"},
                {**cell, "row": 5, "action": "remove"},
            ],
        }
    )  # fmt: skip
    write_corrections(layout, made)
    (layout.raw / "_corrections" / "agape" / "002-broken.yml").write_text("- [", "utf-8")
    same = {"partner": "agape", "from": "2022-05-02", "to": "2022-05-02"}
    assert book.facts(layout)["corrections"] == [
        {**same, "action": "change", "count": 2},
        {**same, "action": "remove", "count": 1},
    ]


def test_the_ledgers_acts_leave_out_who_did_them_and_a_line_cut_short(layout):
    layout.store.mkdir(parents=True)
    act = {
        "state": "approved", "period": "2021Q4", "release": "a" * 64, "by": "Nome Cognome",
        "at": "2022-02-10T10:00:00",
    }  # fmt: skip
    lines = [json.dumps(DRAFT), json.dumps(act), '{"state": "pub']
    (layout.store / "ledger.jsonl").write_text("\n".join(lines), "utf-8")
    found = book.facts(layout)
    assert found["acts"] == [
        {"period": "2021Q4", "state": "approved", "number": None, "release": "a" * 12,
         "on": "2022-02-10", "why": ""},
    ]  # fmt: skip
    assert "Cognome" not in json.dumps(found) and "reasons" not in json.dumps(found)
    assert found["published"] == 0, "a draft is not counted: a second run must not change the book"


def test_a_mistake_is_told_without_drawing_the_book(layout):
    logged(layout, ("decision: tavolo", "decision: bambini"))
    with pytest.raises(ConfigurationError, match="bambini"):
        book.check(layout)
    (layout.raw / "cycles.yml").unlink()
    book.narrative(layout).write_text("## cicly\n", "utf-8")
    with pytest.raises(ConfigurationError, match="cicli"):
        book.check(layout)


def test_the_book_holds_exact_counts(layout, monkeypatch):
    """Whoever defends it must be able to work its numbers out again, as from the released tables."""
    from assets.outputs import render, thesis

    released_sample(layout.released)
    seen = []
    monkeypatch.setattr(render, "render", lambda job, **_: seen.append(job.env) or render_of())
    thesis.render_thesis(layout)
    monkeypatch.setenv("LUNATTIVA_PUBLIC", seen[0]["LUNATTIVA_PUBLIC"])
    assert kit.open(folder=layout.released).released.base == 1


def render_of():
    """Return what a renderer gives that drew nothing."""
    from types import SimpleNamespace

    return SimpleNamespace(paths=())


def test_a_person_may_write_numbers_in_code_and_formulas(monkeypatch):
    monkeypatch.setenv(_origin.MODE, "reports.kit")
    text = _origin.finished(
        _person.own_words("Con `run 2` e $p = 0.05$, 3 volte [@lewin1946, p. 34].")
    )
    assert "[`run 2`]{.fixed data-why=word}" in text
    assert "[$p = 0.05$]{.fixed data-why=word}" in text
    assert "[@lewin1946, p. 34]" in text


def test_a_persons_notes_formulas_and_links_keep_their_form(monkeypatch):
    monkeypatch.setenv(_origin.MODE, "reports.kit")
    text = "Tre 3[^1], <https://www.istat.it/2021>.\n\n$$\ny = 2 x\n$$\n\n1. uno 2021\n\n[^1]: Nota 12."
    made = _origin.finished(_person.shown(text, "cicli"))
    assert "[3]{.fixed data-why=word}[^cicli-b]" in made and "\n[^cicli-b]: Nota " in made
    assert "](https://www.istat.it/2021)" in made
    assert "[$$\ny = 2 x\n$$]{.fixed data-why=word}" in made
    assert "\n#. uno [2021]{.fixed data-why=word}" in made
