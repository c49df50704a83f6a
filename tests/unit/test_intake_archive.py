"""Zip archives: one data file, wherever it lies, and never more than can be held in memory."""

from __future__ import annotations

import io
import zipfile

import pytest

from assets.errors import DeliveryRefused
from assets.intake import archive
from assets.intake.archive import only_member
from tests.integration.malformed.workbook_files import zipped


def test_the_one_file_is_found_in_folders_among_litter() -> None:
    data = zipped({"a/b/c.csv": "x", "__MACOSX/a/b/._c.csv": "y", "a/.DS_Store": "z"})
    assert only_member(data) == ("a/b/c.csv", b"x")


@pytest.mark.parametrize(("members", "count"), [({}, "0"), ({"a.csv": "x", "b.csv": "y"}, "2")])
def test_none_or_several_are_refused_with_their_number(members: dict, count: str) -> None:
    with pytest.raises(DeliveryRefused) as caught:
        only_member(zipped(members))
    assert (caught.value.code, caught.value.values["count"]) == ("file.archive", count)


def test_what_unpacks_to_more_than_the_limit_is_never_unpacked(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(archive, "_MOST_BYTES", 1_000_000)
    bomb = zipped({"a.csv": b"0" * 1_000_001})
    assert len(bomb) < 2_000
    with pytest.raises(DeliveryRefused) as caught:
        only_member(bomb)
    assert caught.value.code == "file.too_large"


def test_a_size_that_is_a_lie_is_found_out() -> None:
    data = bytearray(zipped({"a.csv": b"0" * 100_000}))
    at = data.index(b"PK\x01\x02") + 24
    data[at : at + 4] = (10).to_bytes(4, "little")
    with pytest.raises(DeliveryRefused) as caught:
        only_member(bytes(data))
    assert caught.value.code == "file.unreadable"


def test_an_archive_that_swells_beyond_reason_is_refused_before_it_is_unpacked():
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("a.csv", b"a;b\n" * 20_000_000)
    with pytest.raises(DeliveryRefused) as stopped:
        only_member(stream.getvalue())
    assert stopped.value.code == "file.too_large"
