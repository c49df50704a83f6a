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
    staging.write(tmp_path, "a.arrow", [made])
    found = list(staging.read(tmp_path, "a.arrow", rows=1 << 17))
    assert [len(each) for each in found] == [131_072, 131_072, 37_856]
    assert len({id(each["activity_code"].cat.categories) for each in found}) == 1
    whole = pd.concat([each.astype({"activity_code": staging.TEXT}) for each in found])
    expected = made.drop(columns="hours").astype({"activity_code": staging.TEXT})
    pd.testing.assert_frame_equal(whole.reset_index(drop=True), expected)
    assert staging.count(tmp_path, "a.arrow") == 300_000


def test_a_damaged_or_missing_file_counts_as_none(tmp_path: Path) -> None:
    staging.write(tmp_path, "a.arrow", [rows(10)])
    path = tmp_path / "a.arrow"
    path.write_bytes(path.read_bytes()[:-20])
    assert staging.count(tmp_path, "a.arrow") is None
    assert staging.count(tmp_path, "b.arrow") is None


def test_what_no_delivery_needs_is_swept(tmp_path: Path) -> None:
    for name in ("a.arrow", "b.arrow"):
        staging.write(tmp_path, name, [rows(1)])
    (tmp_path / ".incoming-x").write_bytes(b"")
    staging.sweep(tmp_path, {"a.arrow"})
    assert [each.name for each in tmp_path.iterdir()] == ["a.arrow"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such rights")
def test_only_this_account_may_read(tmp_path: Path) -> None:
    folder = tmp_path / "staged"
    staging.write(folder, "a.arrow", [rows(1)])
    assert folder.stat().st_mode & 0o777 == 0o700
    assert (folder / "a.arrow").stat().st_mode & 0o777 == 0o600


def test_another_recipe_is_another_file() -> None:
    assert staging.file_name("d", "one") != staging.file_name("d", "two")
