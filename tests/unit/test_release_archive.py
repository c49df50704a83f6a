from __future__ import annotations

import shutil
from functools import cache

import pytest

from assets.errors import ConfigurationError
from assets.release import archive, ledger
from assets.release.publish import publish
from tests.release_cases import levels, released

ABOUT = {"programme": "p", "data_version": "d", "code_version": "c", "thresholds": {"floor": 3}}


@cache
def _table(small: int):
    counts = {"f": 42, "m": 31, "x": small}
    return released(levels("reached_n", "gender_code", counts)).reset_index(drop=True)


def _release(store, small: int):
    return publish(_table(small), ABOUT, store / "released")


def test_a_release_is_kept_under_its_digest_byte_for_byte(tmp_path):
    published = _release(tmp_path, 2)
    assert archive.keep(tmp_path, tmp_path / "released") == published.digest
    assert archive.kept(tmp_path) == [published.digest]
    kept = tmp_path / archive.NAME / published.digest
    for path in (tmp_path / "released").rglob("*"):
        if path.is_file():
            assert (
                kept / path.relative_to(tmp_path / "released")
            ).read_bytes() == path.read_bytes()


def test_nothing_is_pruned_and_the_same_release_is_kept_once(tmp_path):
    for small in (2, 3, 2):
        _release(tmp_path, small)
        archive.keep(tmp_path, tmp_path / "released")
    assert len(archive.kept(tmp_path)) == 2
    cells = archive.earlier(tmp_path)
    assert [len(each) for each in cells] == [4, 4]


def test_where_nothing_is_released_nothing_is_kept(tmp_path):
    assert archive.keep(tmp_path, tmp_path / "released") is None
    assert archive.earlier(tmp_path) == []


def test_half_a_copy_is_no_release(tmp_path, monkeypatch):
    _release(tmp_path, 2)
    whole = archive.Path.replace

    def killed(path, target):
        if archive.NAME in path.parts:
            raise KeyboardInterrupt
        return whole(path, target)

    monkeypatch.setattr(archive.Path, "replace", killed)
    with pytest.raises(KeyboardInterrupt):
        archive.keep(tmp_path, tmp_path / "released")
    monkeypatch.undo()
    assert archive.kept(tmp_path) == []
    archive.keep(tmp_path, tmp_path / "released")
    assert len(archive.kept(tmp_path)) == 1
    assert len(list((tmp_path / archive.NAME).iterdir())) == 1


def test_drafts_have_told_nobody_anything(tmp_path):
    path = tmp_path / ledger.NAME
    digests = []
    for small in (2, 3):
        digests.append(_release(tmp_path, small).digest)
        archive.keep(tmp_path, tmp_path / "released")
    ledger.enter(path, {"release": digests[0], "state": "draft"})
    ledger.enter(path, {"release": digests[1]})
    assert ledger.stayed(path) == {digests[0]}
    assert len(archive.earlier(tmp_path, ledger.stayed(path))) == 1


def test_a_draft_is_not_kept(tmp_path):
    digest = _release(tmp_path, 2).digest
    assert archive.keep(tmp_path, tmp_path / "released", {digest}) == digest
    assert archive.kept(tmp_path) == []


def _left(tmp_path):
    """Publish one release, let another stand where readers look, and return the first's digest."""
    digest = _release(tmp_path, 2).digest
    archive.keep(tmp_path, tmp_path / "released")
    shutil.copytree(tmp_path / "released", tmp_path / "pages" / "2022Q1-r1")
    (tmp_path / "pages" / "2022Q1-r1" / "dashboard.html").write_text("x")
    _release(tmp_path, 3)
    return digest


def _spoilt(folder, how):
    if how == "gone":
        shutil.rmtree(folder)
    elif how == "a table gone":
        next((folder / "tables").glob("*.parquet")).unlink()
    elif how == "a table damaged":
        next((folder / "tables").glob("*.parquet")).write_bytes(b"PAR1")
    else:
        (folder / "more.txt").write_text("x")


HOW = ["gone", "a table gone", "a table damaged", "a file more"]


@pytest.mark.parametrize("how", HOW)
def test_what_left_is_taken_back_from_the_published_folder(tmp_path, how):
    digest = _left(tmp_path)
    folder = tmp_path / archive.NAME / digest
    _spoilt(folder, how)
    archive.insist_kept(tmp_path, [digest], tmp_path / "pages")
    assert archive.digest_in(folder) == digest
    assert [each.name for each in folder.parent.iterdir()] == [digest]


@pytest.mark.parametrize("how", HOW[:3])
def test_what_left_and_is_nowhere_any_more_is_refused(tmp_path, how):
    digest = _left(tmp_path)
    _spoilt(tmp_path / archive.NAME / digest, how)
    _spoilt(tmp_path / "pages" / "2022Q1-r1", how)
    with pytest.raises(ConfigurationError) as caught:
        archive.insist_kept(tmp_path, [digest], tmp_path / "pages")
    assert "lunattiva restore" in caught.value.say("it") and digest[:12] in str(caught.value)
    if how != "gone":  # whatever the ledger says of it
        with pytest.raises(ConfigurationError, match="missing or changed"):
            archive.earlier(tmp_path)
