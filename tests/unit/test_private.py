"""Files for this account only, put in their place whole."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest

from assets import private


def test_what_a_scanner_holds_for_a_moment_is_put_in_place_all_the_same(tmp_path, monkeypatch):
    waiting, place = tmp_path / "new", tmp_path / "made"
    waiting.write_bytes(b"new")
    place.write_bytes(b"old")
    held, replace = [1, 2], Path.replace

    def stubborn(self: Path, target: Path) -> Path:
        if held:
            held.pop()
            raise PermissionError
        return replace(self, target)

    monkeypatch.setattr(private, "_PAUSES", (0.0, 0.0, 0.0))
    monkeypatch.setattr(Path, "replace", stubborn)
    private.put_in_place(waiting, place)
    assert place.read_bytes() == b"new" and not waiting.exists()


def test_what_stays_held_is_told(tmp_path, monkeypatch):
    def held(*_: object) -> None:
        raise PermissionError

    monkeypatch.setattr(private, "_PAUSES", (0.0, 0.0))
    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(PermissionError):
        private.put_in_place(tmp_path / "new", tmp_path / "made")


def test_a_file_marked_as_read_only_is_written_anew_and_stays_so(tmp_path):
    """As a file from a partner's CD, from which an erasure takes a row."""
    path = tmp_path / "from_a_cd.csv"
    path.write_bytes(b"old")
    path.chmod(0o444)
    private.write(path, b"new")
    assert path.read_bytes() == b"new"
    assert not path.stat().st_mode & stat.S_IWUSR
    assert [each.name for each in tmp_path.iterdir()] == [path.name]
    path.chmod(0o644)
