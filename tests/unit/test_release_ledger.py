"""The ledger as somebody with an editor meets it, and where a release stands for a period."""

from __future__ import annotations

import json

import pytest

from assets.errors import ConfigurationError
from assets.release import approval, archive, chain, ledger
from assets.release.approval import insist_on_approver, lapsed, note, publications, standing

A, B = "a" * 64, "b" * 64


def enter(path, *acts):
    for act in acts:
        chain.append(path, chain.line(path, act))


def act(state, release=A, period="2022Q1", **more):
    return {"state": state, "release": release, "period": period, **more}


FULL = (
    {"state": "draft", "release": A},
    act("audited"),
    act("approved", by="Anna", at="t1"),
    act("published", number=1, at="t2", pages={}),
)


@pytest.fixture
def path(tmp_path):
    place = tmp_path / ledger.NAME
    enter(place, *FULL)
    return place


def rewritten(path, lines):
    path.write_bytes(b"".join(each + b"\n" for each in lines))


def test_each_line_holds_the_digest_of_the_one_before(path):
    lines = chain.lines(path)
    linked = [json.loads(each)[chain.PREVIOUS] for each in lines]
    assert linked == [None, *(chain.sha256(each) for each in lines[:-1])]
    assert chain.broken(path) == []


@pytest.mark.parametrize("at", range(4))
def test_an_altered_line_is_named_by_its_number(path, at):
    lines = chain.lines(path)
    lines[at] = lines[at].replace(b"a" * 64, b"c" * 64)
    rewritten(path, lines)
    assert at + 1 in [each.line for each in chain.broken(path)]


@pytest.mark.parametrize("at", range(4))
def test_a_removed_line_is_noticed(path, at):
    lines = chain.lines(path)
    rewritten(path, lines[:at] + lines[at + 1 :])
    assert chain.broken(path)


def test_an_added_or_moved_line_is_noticed(path):
    lines = chain.lines(path)
    rewritten(path, [*lines, json.dumps(act("approved", B, by="Intern")).encode()])
    assert [each.line for each in chain.broken(path)] == [5]
    rewritten(path, [lines[1], lines[0], *lines[2:]])
    assert chain.broken(path)


def test_the_next_line_does_not_cover_up_an_altered_last_one(path):
    lines = chain.lines(path)
    rewritten(path, [*lines[:-1], lines[-1].replace(b'"number": 1', b'"number": 2')])
    assert ledger.enter(path, {"state": "draft", "release": B})  # a run goes on
    assert [each.line for each in chain.broken(path)] == [4]


def test_removed_last_lines_stay_noticed_after_the_next(path):
    rewritten(path, chain.lines(path)[:2])
    ledger.enter(path, {"state": "draft", "release": B})
    assert chain.broken(path)


@pytest.mark.parametrize(
    ("content", "words"), [(None, "is missing"), ("{", "cannot be read"), ("[1]", "cannot be read")]
)
def test_without_the_note_of_the_last_line_it_says_why(path, content, words):
    chain.head_path(path).unlink()
    if content is not None:
        chain.head_path(path).write_text(content)
    assert [words in each.why.en for each in chain.broken(path)] == [True]


def test_a_crash_between_a_line_and_its_note_breaks_nothing(path):
    noted = chain.head_path(path).read_bytes()
    enter(path, act("withdrawn", number=1))
    chain.head_path(path).write_bytes(noted)
    assert chain.broken(path) == []
    enter(path, {"state": "draft", "release": B})
    assert chain.broken(path) == []


def test_lines_of_before_the_chain_are_read_and_covered(tmp_path):
    path = tmp_path / ledger.NAME
    old = [json.dumps({"release": each, "tables": {}}).encode() for each in (A, B)]
    rewritten(path, [*old, b'{"cut short'])
    enter(path, {"state": "draft", "release": "c" * 64})
    assert [each["release"][0] for each in ledger.entries(path)] == ["a", "b", "c"]
    assert chain.broken(path) == []
    rewritten(path, [old[0].replace(b"a", b"d"), old[1], *chain.lines(path)[2:]])
    assert chain.broken(path)


def test_the_states_follow_each_other(path):
    entries = ledger.entries(path)
    states = [standing(entries[:n], A, "2022Q1").state for n in range(5)]
    assert states == ["draft", "draft", "audited", "approved", "published"]
    assert standing(entries, A, "2022Q2").state == "draft"
    assert standing(entries, A, "2022Q1").approved_by == "Anna"


def test_other_data_are_another_release_and_nothing_is_approved_of_it(path):
    entries = ledger.entries(path)[:3]
    assert standing(entries, B, "2022Q1").state == "draft"
    assert lapsed(entries, B, "2022Q1")["by"] == "Anna"
    assert lapsed(entries, A, "2022Q1") is None
    assert lapsed(FULL, B, "2022Q1") is None  # it was published: it did its work


def test_an_approval_does_not_outlive_another_publication_of_the_period(path):
    lines = [*FULL[:3], act("published", B, number=1, pages={})]
    assert standing(lines, A, "2022Q1").state == "draft"


def test_withdrawn_was_read_and_binds_unless_it_never_left(tmp_path):
    path = tmp_path / ledger.NAME
    enter(path, *FULL, act("withdrawn", number=1, why="w"))
    enter(
        path, {"state": "draft", "release": B}, act("approved", B), act("withdrawn", B, number=None)
    )
    assert ledger.stayed(path) == {B}
    assert [each["withdrawn"]["why"] for each in publications(ledger.entries(path))] == ["w"]


def test_the_note_beside_the_tables_says_the_farthest_and_each_period(path):
    enter(path, act("audited", period="2022Q2"))
    told = note(ledger.entries(path), A)
    assert {key: told[key] for key in ("release", "state", "number", "period")} == {
        "release": A, "state": "published", "number": 1, "period": "2022Q1",
    }  # fmt: skip
    assert told["periods"]["2022Q2"] == {"state": "audited", "number": None}
    assert note(ledger.entries(path), B)["state"] == "draft"


def test_the_note_is_no_part_of_the_release(tmp_path):
    folder = tmp_path / "released"
    folder.mkdir()
    (folder / "manifest.json").write_text("{}", encoding="utf-8")
    before = archive.digest_in(folder)
    approval.write_note(folder, [])
    assert (folder / archive.STATE).is_file()
    assert archive.digest_in(folder) == before
    assert archive.keep(tmp_path, folder) == before
    assert not (tmp_path / archive.NAME / before / archive.STATE).exists()


TWO = ["Anna Bianchi", "Maria Rossi"]


@pytest.mark.parametrize(
    ("name", "approvers", "made_by", "keyboard", "words"),
    [
        ("maria  ROSSI", TWO, ["Maria Rossi"], "anna", "four eyes"),
        ("Anna Bianchi", TWO, ["mrossi"], "mrossi", "account"),
        ("Anna Bianchi", TWO, [], "anna", "Nobody knows"),
        ("Ana Bianchi", TWO, ["mrossi"], "anna", "Nearest: Anna Bianchi"),
        ("Zzqx", TWO, ["mrossi"], "anna", "approve. May approve: Anna"),
        ("  ", [], [], "anna", "missing"),
        ("Luca", ["Anna Bianchi"], ["mrossi"], "luca", "may approve"),
    ],
)
def test_who_may_not_approve_is_told_why(name, approvers, made_by, keyboard, words):
    with pytest.raises(ConfigurationError) as caught:
        insist_on_approver(name, approvers, made_by, at_keyboard=keyboard)
    assert words in caught.value.say("en")


def test_who_may_approve(monkeypatch):
    assert insist_on_approver("anna bianchi", TWO, ["mrossi"], "anna") == "Anna Bianchi"
    # Where one person does everything, nobody else is asked for.
    assert insist_on_approver("Maria Rossi", ["Maria Rossi"], ["Maria Rossi"]) == "Maria Rossi"
    assert insist_on_approver("Chi  c'è", [], ["Chi c'è"]) == "Chi c'è"
    monkeypatch.setenv(approval.USER_VARIABLE, " Anna Bianchi ")
    assert approval.who() == "Anna Bianchi"


def test_who_ran_it_is_remembered_outside_the_ledger(tmp_path, monkeypatch):
    for name in ("mrossi", "abianchi", "mrossi"):
        monkeypatch.setenv(approval.USER_VARIABLE, name)
        approval.note_maker(tmp_path, A)
    assert approval.makers(tmp_path, [], A) == ["abianchi", "mrossi"]
    audited = [act("audited", made_by=["luca"])]
    assert approval.makers(tmp_path, audited, A) == ["abianchi", "luca", "mrossi"]
    assert approval.makers(tmp_path, audited, B) == []
