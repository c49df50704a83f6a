"""A programme begun from another: what is taken over, what never is, and what is asked afterwards."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError
from typer.testing import CliRunner

from assets import adapted
from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines import adaptations, replicate, told
from pipelines.cli import app
from pipelines.status import status
from reports import kit
from schemas.config import ConfigError, read_config
from schemas.indicators import indicators
from schemas.instruments import shipped
from schemas.programme import Programme
from schemas.replication import Adaptation, Adapted, differences, kit_of
from schemas.source import PartnerSources
from tests.across_cases import declare, programme, reached, release, sign

NAN = float("nan")
#: Words that belong to the origin and to nobody else: whoever reads the new folder must not find them.
OWN = {
    "funder": {"name": "FONDAZIONE-ORIGINE", "contribution_eur": 270000},
    "lead": "COMUNE-ORIGINE",
    "partners": {"ente": {"label": {"it": "PARTNER-ORIGINE", "en": "PARTNER-ORIGINE"}}},
    "neighbourhoods": {
        "lunetta": {"label": {"it": "QUARTIERE-ORIGINE", "en": "X"}, "residents": 3730}
    },
    "releases": {"approvers": ["NOME-DI-PERSONA"]},
    "open_data": {"contact": {"name": "UFFICIO-ORIGINE", "email": "ufficio@origine.example"}},
    "targets": {"reached_n": 4321},
    "retention": {"until": "2030-01-01", "basis": "BASE-ORIGINE"},
}
SHARED = {
    "activities": {"cucito": {"label": {"it": "Cucito", "en": "Sewing"}}},
    "services": {"emporio": {"label": {"it": "Emporio", "en": "Store"}, "sensitive": True}},
    "disclosure": {"minimum_count": 7},
    "sensitive_tables": ["reach"],
}


@pytest.fixture
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("LUNATTIVA_ROOT", str(tmp_path))
    origin = declare(tmp_path, "origine", **SHARED, **OWN)
    delivery = origin.raw / "ente" / "2022Q1" / "registro.csv"
    delivery.parent.mkdir(parents=True)
    delivery.write_text("Codice persona\nLUN-0001\n", "utf-8")
    source = {"from": "COLONNA-ORIGINE"}
    (origin.raw / "ente" / "source.yml").write_text(
        json.dumps({"partner": "ente", "sources": [{
            "source": "registro", "dataset": "attendance", "label": {"it": "R", "en": "R"},
            "files": ["registro*"], "columns": {
                "person_code": source, "activity_code": {"from": "A", "codes": {"CELLA-ORIGINE": "cucito"}},
                "session_date": {"from": "D"}, "is_present": {"from": "P"}}}]}), "utf-8")  # fmt: skip
    return tmp_path


def lunattiva(*words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app, [*words, "--lang", "en"], env={"COLUMNS": "200"})
    return done.exit_code, done.output


def begin(root: Path, *more: str) -> Layout:
    days = ("--first", "2024-01-01", "--last", "2025-12-31")
    code, said = lunattiva("new", "nuovo", "--title", "Nuovo", "--from", "origine", *days, *more)
    assert code == 0, said
    return Layout(root, "nuovo")


def edit(path: Path, before: str, after: str) -> None:
    text = path.read_text("utf-8")
    assert before in text
    path.write_text(text.replace(before, after), encoding="utf-8")


def test_definitions_are_taken_over_with_their_versions(root):
    layout = begin(root)
    made = layout.definition
    assert set(made.activities) == {"cucito"}
    assert made.services["emporio"].sensitive
    assert made.evaluation.scales == ["who5"]
    assert made.disclosure == {"minimum_count": 7} and made.sensitive_tables == ["reach"]
    said = adapted.read(layout)
    assert said.origin.programme == "origine"
    assert set(said.taken["indicator"]) == set(indicators())
    assert set(said.taken["instrument"]) == set(said.taken["scoring"]) == {"who5"}
    assert said.adaptations == [] and adapted.found(layout) == []  # nothing differs yet


def test_rounds_lie_as_far_from_the_first_day_as_there(root):
    """The origin begins on 1 January 2022 and its second round 600 days later."""
    waves = begin(root).definition.waves
    assert waves["pre"].start == date(2024, 1, 1)
    assert (waves["post"].start - date(2024, 1, 1)).days == 600
    assert (waves["post"].end - waves["post"].start).days == 30


def test_nothing_else_is(root):
    layout = begin(root)
    text = "\n".join(path.read_text("utf-8") for path in layout.raw.rglob("*") if path.is_file())
    for word in ("ORIGINE", "NOME-DI-PERSONA", "LUN-0001", "4321", "3730", "@origine", "2030"):
        assert word not in text.replace("origine", ""), word
    assert not re.findall(r"@[a-z_]+@", text), "a mark that nothing filled"
    assert [path.name for path in layout.raw.iterdir() if path.is_dir()] == ["esempio"]


def test_a_release_gives_what_the_programme_gives_and_no_more(root, tmp_path):
    folder = programme(tmp_path / "elsewhere", "altrove", [reached(41)], **SHARED, **OWN)
    code, said = lunattiva("new", "nuovo", "--from", str(folder), "--first", "2024-01-01")
    assert code == 0, said
    layout = Layout(root, "nuovo")
    assert set(layout.definition.activities) == {"cucito"}
    assert adapted.read(layout).origin.programme == "altrove"
    told = json.dumps(json.loads((folder / "manifest.json").read_text("utf-8"))["kit"])
    assert not re.search("ORIGINE|NOME-DI-PERSONA|4321|3730", told)
    text = "\n".join(path.read_text("utf-8") for path in layout.raw.rglob("*.yml"))
    assert not re.search("ORIGINE|NOME-DI-PERSONA|4321|3730", text)


def test_the_example_partner_reads_the_houses_own_forms(root):
    layout = begin(root)
    sources = read_config(layout.raw / "esempio" / "source.yml", PartnerSources).sources
    assert [each.dataset for each in sources] == ["attendance", "survey", "service_access"]
    survey = sources[1]
    assert [each.instrument for each in survey.questions] == ["who5"]
    assert list(survey.questions[0].items) == shipped()["who5"].item_codes


def test_a_scale_that_only_the_origin_has_comes_along_without_words_under_permission(root):
    path = root / "raw" / "origine" / "ente" / "source.yml"
    about = json.loads(path.read_text("utf-8"))
    scale = {
        "code": "nostra", "label": {"it": "Nostra", "en": "Ours"}, "low": 0, "high": 4,
        "items": [{"code": "n1", "text": {"it": "PAROLE-CON-PERMESSO", "en": "X"}}, {"code": "n2"}],
        "scoring": {"method": "mean", "min_answered": 1}, "score_low": 0, "score_high": 4,
        "better": "higher", "unit": {"it": "punti", "en": "points"}, "ship": False,
        "licence": "on request", "permission": "the author, 2021", "citation": "Somebody (2020)",
    }  # fmt: skip
    about["sources"].append({
        "source": "questionario", "dataset": "survey", "label": {"it": "Q", "en": "Q"},
        "files": ["q*"], "scales": [scale], "columns": {"person_code": {"from": "C"},
        "wave_code": {"from": "W"}}, "questions": [{"instrument": "nostra", "items": {"n1": "1", "n2": "2"}}],
    })  # fmt: skip
    path.write_text(json.dumps(about), "utf-8")
    edit(root / "raw" / "origine" / "programme.yml", '["who5"]', '["who5", "nostra"]')
    layout = begin(root)
    taken = layout.instruments["nostra"]
    assert taken.item_codes == ["n1", "n2"] and taken.permission is None
    assert "PAROLE-CON-PERMESSO" not in (layout.raw / "esempio" / "source.yml").read_text("utf-8")
    asked = [each.definition for each in adapted.found(layout)]
    assert asked == ["instrument.nostra"]  # its words are to be asked for, and that is a difference


def test_status_names_what_differs_and_asks_why(root):
    layout = begin(root)
    path = layout.raw / "programme.yml"
    edit(path, "Emporio", "Mercato")
    edit(path, "cucito", "orto")
    layout = Layout(root, "nuovo")
    found = {each.definition: each.change for each in adapted.found(layout)}
    assert found == {
        "service.emporio": "changed",
        "activity.cucito": "removed",
        "activity.orto": "added",
    }
    code, said = lunattiva("status", "--programme", "nuovo")
    assert (
        code == 0 and "lack a reason: 3 (activity.cucito, activity.orto, service.emporio)" in said
    )

    reason = "{it: qui si fa così, en: it is done so here}"
    told = "".join(
        f"\n  - {{definition: '{each}', reason: {reason}, by: ufficio}}"
        for each in ("activity.*", "service.emporio")
    )
    edit(layout.raw / "adapted.yml", "adaptations: []", f"adaptations:{told}")
    assert status(Layout(root, "nuovo")).adapted["without_reason"] == []
    assert "with the reason: 3" in lunattiva("status", "--programme", "nuovo")[1]


def test_a_programme_begun_anew_is_asked_nothing(root):
    assert lunattiva("new", "altro", "--first", "2022-01-01", "--last", "2022-12-31")[0] == 0
    assert status(Layout(root, "altro")).adapted == {}
    assert adapted.told(Layout(root, "altro")) is None


@pytest.mark.parametrize(
    ("key", "text"),
    [("by", "anna@example.org"), ("reason", "lo ha chiesto il 3331234567"),
     ("reason", "per QQQZZZ70H15X999P"), ("reason", "scrivere a mario (at) x.it"),
     ("reason", "come per LUN-0041"), ("by", "NUC0027")],
)  # fmt: skip
def test_a_reason_that_looks_like_a_persons_data_is_refused(tmp_path, key, text):
    words = {"it": text, "en": "x"}
    about = {"definition": "service.*", "reason": {"it": "x", "en": "x"}, "by": "ufficio"}
    about[key] = words if key == "reason" else text
    whole = {
        "origin": {"programme": "x", "title": {"it": "x", "en": "x"}},
        "taken": {},
        "adaptations": [about],
    }
    path = tmp_path / "adapted.yml"
    path.write_text(yaml.safe_dump(whole), "utf-8")
    with pytest.raises(ConfigError, match="without addresses, numbers or codes of people"):
        read_config(path, Adapted)


@pytest.mark.parametrize(
    "text",
    ["<b>qui</b>", "[qui](javascript:x)", "`{python} 1`", "a | b", "{{< include x >}}", "&lt;"],
)
def test_a_reason_is_words_only(text):
    words = {"it": "x", "en": text}
    with pytest.raises(ValidationError, match="words only"):
        Adaptation.model_validate({"definition": "service.*", "reason": words, "by": "ufficio"})


@pytest.mark.parametrize("text", ["347.12.34.567", "347-12-34-56-7", "Mario Rossi"])
def test_the_gate_knows_numbers_in_groups_and_names(root, text):
    layout = begin(root)
    explain(layout, "service.emporio", text)
    with pytest.raises(ConfigurationError, match="seems to tell of a person") as caught:
        adaptations.insist_on_reasons(layout)
    assert text not in str(caught.value)


def explain(layout: Layout, definition: str, reason: str = "qui è un mercato") -> None:
    edit(
        layout.raw / "adapted.yml",
        "adaptations: []",
        f"adaptations:\n  - definition: {definition}\n    reason: {{it: {reason}, en: x}}\n    by: ufficio",
    )


@pytest.mark.parametrize(
    ("definition", "near"),
    [("service.empori", "service.emporio"), ("question.nonesiste", ""), ("servce.*", "")],
)
def test_a_reason_for_a_definition_that_is_not_there_is_refused(root, definition, near):
    layout = begin(root)
    explain(layout, definition)
    with pytest.raises(ConfigurationError, match=f"Nearest: {near}") as caught:
        adaptations.insist_on_reasons(layout)
    lines = (layout.raw / "adapted.yml").read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if line == f"  - definition: {definition}")
    assert f"line {number}: there is no definition '{definition}'" in str(caught.value)


def test_status_names_a_reason_for_what_nobody_changed(root):
    layout = begin(root)
    explain(layout, "service.emporio")
    adaptations.insist_on_reasons(layout)
    found = status(Layout(root, "nuovo")).adapted
    assert found["idle"] == ["service.emporio"] and found["differ"] == 0
    (said,) = told.adapted(found, "nuovo", "en")
    assert "equal to those of 'Origine': 1 (service.emporio)" in said
    edit(layout.raw / "programme.yml", "Emporio", "Mercato")
    found = status(Layout(root, "nuovo")).adapted
    assert found["idle"] == [] and found["without_reason"] == [] and found["differ"] == 1


def test_a_comparison_that_waits_for_places_is_asked_about_only_afterwards(root):
    """The origin compares places; the new programme cannot before it has written down its own."""
    path = root / "raw" / "origine" / "programme.yml"
    about = yaml.safe_load(path.read_text("utf-8"))
    days = {"from": "2022-01-01", "to": "2022-02-01"}, {"from": "2022-11-01", "to": "2022-12-01"}
    words = {"it": "x", "en": "x"}
    about["waves"] = {
        code: {"label": words, **each} for code, each in zip(("a1", "b1"), days, strict=True)
    }
    about["neighbourhoods"] = {"uno": {"label": words, "role": "pilot", "from": "2022-03-01"},
                               "due": {"label": words, "role": "comparison"}}  # fmt: skip
    about["evaluation"] = {"change": {"from": "a1", "to": "b1"},
                           "compared": {"treated": ["pilot"], "control": ["comparison"]}}  # fmt: skip
    path.write_text(json.dumps(about), "utf-8")
    layout = begin(root)
    found = status(layout).adapted
    assert found["without_reason"] == [] and found["differ"] == 0
    places = "neighbourhoods: {qui: {label: {it: Qui, en: Here}}}\n"
    path = layout.raw / "programme.yml"
    path.write_text(path.read_text("utf-8") + places, "utf-8")
    assert status(Layout(root, "nuovo")).adapted["without_reason"] == ["question.compared"]


@pytest.mark.parametrize(
    ("key", "text", "kind"),
    [
        ("reason", "deciso con il 0376 12 34 56", "telephone number"),
        ("reason", "vedi RSS MRA 80A01 L219 M", "tax code"),
        ("by", "Tel. 348 12 34 567", "telephone number"),
    ],
)
def test_reasons_go_through_the_gate_that_files_go_through(root, key, text, kind):
    """What the file's own schema lets pass: digits in groups, a tax code with spaces."""
    layout = begin(root)
    reason = text if key == "reason" else "qui è un mercato"
    by = text if key == "by" else "ufficio progetti"
    edit(
        layout.raw / "adapted.yml",
        "adaptations: []",
        f"adaptations:\n  - definition: service.emporio\n    reason: {{it: {reason}, en: a market}}\n"
        f"    by: {by}",
    )
    assert adapted.read(layout) is not None
    code, said = lunattiva("run", "--programme", "nuovo")
    told = " ".join(said.split())
    assert code == 1 and f"'{key}' seems to tell of a person ({kind})" in told
    lines = (layout.raw / "adapted.yml").read_text("utf-8").splitlines()
    number = next(n for n, line in enumerate(lines, 1) if text in line)
    assert f"line {number}:" in told and text not in told
    assert not layout.warehouse.exists(), "nothing was made"


def test_the_codebook_says_where_definitions_come_from(root):
    layout = begin(root)
    edit(layout.raw / "programme.yml", "Emporio", "Mercato")
    folder = release(Layout(root, "nuovo"), [reached(41)])
    k = kit.open(lang="en", period="all", folder=folder)
    assert "Nuovo: definitions taken over from 'Origine'." in k.text("origin_of_definitions")
    assert "| Nuovo | Service: emporio | changed | not written |" in k.table("adapted")


def test_what_is_called_otherwise_is_not_another_instrument():
    """A version is of what is asked and how it is scored, not of names, licences and notes."""
    who5 = shipped()["who5"]
    about = Programme.model_validate(
        {"programme": "px", "title": {"it": "x", "en": "x"}, "from": "2022-01-01", "to": "2022-12-31",
         "partners": {}, "evaluation": {"scales": ["who5"]}}
    )  # fmt: skip

    def versions(**changes: object) -> dict:
        return kit_of(about, {"who5": who5.model_copy(update=changes)})["versions"]

    same = list(differences(versions(), versions(licence="another", citation="another")))
    assert same == []
    items = [who5.items[0].model_copy(update={"is_reversed": True}), *who5.items[1:]]
    assert list(differences(versions(), versions(items=items))) == [("scoring.who5", "changed")]
    assert list(differences(versions(), versions(high=6))) == [("instrument.who5", "changed")]


def test_a_name_that_is_no_programme_is_told_the_nearest(root):
    code, said = lunattiva("new", "nuovo", "--from", "origin")
    assert code == 1 and "Nearest: origine" in said
    assert not (root / "raw" / "nuovo").exists()
    folder = root / "old"
    folder.mkdir()
    (folder / "manifest.json").write_text('{"programme": "x", "title": {}}', "utf-8")
    code, said = lunattiva("new", "nuovo", "--from", str(folder))
    assert code == 1 and "did not carry its definitions" in said


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda about: about["kit"].pop("programme"), "cannot be read"),
        (lambda about: about.pop("title"), "cannot be read"),
        (lambda about: about["kit"]["instruments"].update(own={"a": 1}), "cannot be read"),
        (
            lambda about: about["kit"]["programme"]["waves"]["pre"].update(lasts_days=10**9),
            "be read",
        ),
        (lambda about: about["kit"]["programme"].update(disclosure={"minimum_count": 0}), "laxer"),
        (
            lambda about: about["kit"]["programme"].update(disclosure={"group_share": NAN}),
            "be read",
        ),
    ],
)
def test_definitions_changed_by_hand_are_refused_and_leave_nothing(tmp_path, spoil, words):
    folder = programme(tmp_path / "there", "origin", [reached(50)])
    path = folder / "manifest.json"
    about = json.loads(path.read_text("utf-8"))
    spoil(about)
    path.write_text(json.dumps(about), "utf-8")
    with pytest.raises(ConfigurationError, match="was changed or is incomplete"):
        replicate.find(tmp_path, str(folder))
    sign(folder)  # by whoever published it: what it says is looked at all the same
    taken = replicate.find(tmp_path, str(folder))
    days = date(2025, 1, 1), date(2026, 12, 31)
    with pytest.raises(ConfigurationError, match=words):
        replicate.make_programme(Layout(tmp_path, "new"), "New", *days, taken)
    assert not [*(tmp_path / "raw").glob("*"), *(tmp_path / "raw").glob(".*")]


@pytest.mark.parametrize("text", ["{", "[]", "null"])
def test_a_manifest_that_is_none_is_refused(tmp_path, text):
    (tmp_path / "manifest.json").write_text(text, "utf-8")
    with pytest.raises(ConfigurationError, match="cannot be read"):
        replicate.find(tmp_path, str(tmp_path))


def test_a_programme_with_open_lists_passes_them_on_open(tmp_path):
    taken = replicate.find(declare(tmp_path, "origin").root, "origin")
    days = date(2025, 1, 1), date(2026, 12, 31)
    folder = replicate.make_programme(Layout(tmp_path, "new"), "New", *days, taken)
    made = read_config(folder / "programme.yml", Programme)
    assert (made.activities, made.services) == ("open", "open")
