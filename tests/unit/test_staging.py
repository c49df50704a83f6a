"""Text rows on their way: what is written is read, batches share their words, stale files go."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from assets import staging


def rows(count: int) -> pd.DataFrame:
    words = pd.Index(["cucito", "è"], dtype=staging.TEXT)
    return pd.DataFrame(
        {
            "row_number": pd.array(np.arange(2, count + 2), dtype="Int64"),
            "activity_code": staging.coded(np.arange(count) % 3 - 1, words),
            "record_id": pd.array([f"R{at}" for at in range(count)], dtype=staging.TEXT),
            "hours": staging.constant(None, count),
        }
    )


def test_rows_come_back_in_batches_that_share_their_words(tmp_path: Path) -> None:
    made = rows(300_000)
    name, rows_n = staging.write(tmp_path, "a", [made])
    found = list(staging.read(tmp_path, name, rows=1 << 17))
    assert [len(each) for each in found] == [131_072, 131_072, 37_856]
    assert len({id(each["activity_code"].cat.categories) for each in found}) == 1
    whole = pd.concat([each.astype({"activity_code": staging.TEXT}) for each in found])
    expected = made.drop(columns="hours").astype({"activity_code": staging.TEXT})
    pd.testing.assert_frame_equal(whole.reset_index(drop=True), expected)
    assert staging.count(tmp_path, name) == rows_n == 300_000


def test_a_damaged_or_missing_file_counts_as_none(tmp_path: Path) -> None:
    name, _ = staging.write(tmp_path, "a", [rows(10)])
    path = tmp_path / name
    path.write_bytes(path.read_bytes()[:-20])
    assert staging.count(tmp_path, name) is None
    assert staging.count(tmp_path, "b.arrow") is None


@pytest.mark.parametrize("read", [staging.read_small, lambda *a: list(staging.read(*a, rows=10))])
def test_other_cells_in_the_same_rows_are_noticed_when_they_are_read(tmp_path: Path, read) -> None:
    name, _ = staging.write(tmp_path, "a", [rows(10)])
    other, _ = staging.write(tmp_path, "b", [rows(10)])
    path = tmp_path / name
    content = path.read_bytes()
    assert content.count(b"cucito") == 1
    path.write_bytes(content.replace(b"cucito", b"CUCITO"))
    with pytest.raises(staging.Altered):
        read(tmp_path, name)
    staging.drop_altered(tmp_path)
    assert staging.names(tmp_path) == {other}


def test_what_no_delivery_needs_is_swept(tmp_path: Path) -> None:
    a, b = (staging.write(tmp_path, name, [rows(1)])[0] for name in ("a", "b"))
    (tmp_path / ".incoming-x").write_bytes(b"")
    staging.sweep(tmp_path, {a})
    assert [each.name for each in tmp_path.iterdir()] == [a] != [b]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_only_this_account_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "staged"
    name, _ = staging.write(folder, "a", [rows(1)])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / name).stat().st_mode & 0o777 == 0o600


def test_another_recipe_is_another_file() -> None:
    assert staging.stem("d", "one") != staging.stem("d", "two")
