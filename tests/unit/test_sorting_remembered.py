"""A new file is judged with the other files of its source; all other sources are remembered, to the same rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from assets import seal
from assets.intake.room import read_programme
from assets.layout import Layout
from assets.sorting import remembered, sort
from pipelines.erasing import drop_derived
from tests.intake_sample import HEADING, REGISTER, deliver, programme, row

GOOD = row("AAA-0001", "Cucito", "01/07/2021", "sì", "2,5")
BAD = row("AAA-0002", "Cucito", "che giorno", "sì")


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    texts = {
        each: REGISTER.replace("partner: alfa", f"partner: {each}") for each in ("alfa", "beta")
    }
    made = programme(tmp_path, texts)
    for partner in texts:
        deliver(made, f"{partner}/2021Q3/registro.csv", HEADING + GOOD + BAD)
    return made


@pytest.fixture
def judged(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Partners whose rows were judged, in order."""
    seen: list[str] = []
    plain: Callable = sort._judged

    def watched(layout, book, mine, *rest):
        seen.append(mine["partner_code"].iloc[0])
        return plain(layout, book, mine, *rest)

    monkeypatch.setattr(sort, "_judged", watched)
    return seen


def sorted_again(layout: Layout) -> dict[str, pd.DataFrame]:
    fresh = Layout(layout.root, layout.programme)
    return sort.sort_programme(fresh, read_programme(fresh))


def same(one: dict[str, pd.DataFrame], other: dict[str, pd.DataFrame]) -> bool:
    for name, frame in one.items():
        pd.testing.assert_frame_equal(frame, other[name])
    return True


def test_only_the_source_of_a_new_file_is_judged_and_the_rows_are_those_of_a_clean_run(
    layout, judged
):
    sorted_again(layout)
    assert judged == ["alfa", "beta"]
    deliver(layout, "beta/2021Q4/registro.csv", HEADING + GOOD.replace("01/07", "01/10"))
    judged.clear()
    found = sorted_again(layout)
    assert judged == ["beta"]
    counts = found["sorting_counts"]
    assert counts[["read_n", "accepted_n", "quarantined_n"]].sum().tolist() == [5, 3, 2]
    drop_derived(layout)
    judged.clear()
    assert same(found, sorted_again(layout))
    assert judged == ["alfa", "beta"]


def source_changed(layout: Layout) -> None:
    path = layout.raw / "beta" / "source.yml"
    path.write_text(
        path.read_text("utf-8").replace("[A-Z]{3}-[0-9]{4}", "[B-Z]{3}-[0-9]{4}"), "utf-8"
    )


def programme_changed(layout: Layout) -> None:
    path = layout.raw / "programme.yml"
    path.write_text(
        path.read_text("utf-8").replace("to: 2023-05-31\npartners", "to: 2023-06-30\npartners"),
        "utf-8",
    )


def file_damaged(layout: Layout) -> None:
    for path in layout.staged.glob("*.judged"):
        path.write_bytes(path.read_bytes()[:200])


@pytest.mark.parametrize(
    ("change", "again"),
    [
        (source_changed, ["beta"]),
        (programme_changed, ["alfa", "beta"]),
        (file_damaged, ["alfa", "beta"]),
    ],
)
def test_another_rule_or_a_damaged_file_is_judged_anew(layout, judged, change, again):
    sorted_again(layout)
    judged.clear()
    change(layout)
    sorted_again(layout)
    assert judged == again
    names = [each.name for each in layout.staged.iterdir() if each.name.endswith(".judged")]
    assert len(names) == 2, "what is no longer needed does not stay"


def test_big_sources_are_not_written_down(layout, judged, monkeypatch):
    monkeypatch.setattr(remembered, "MOST_ROWS", 1)
    one, other = sorted_again(layout), sorted_again(layout)
    assert judged == ["alfa", "beta"] * 2 and same(one, other)
    assert not list(layout.staged.glob("*.judged"))


def test_rows_of_people_are_for_this_account_only(layout, judged):
    sorted_again(layout)
    modes = {path.stat().st_mode & 0o777 for path in layout.staged.glob("*.judged")}
    assert modes <= {0o600, 0o666}  # the second is how Windows says it


def test_in_a_closed_store_no_cell_is_readable_and_the_rows_come_back(layout, judged, monkeypatch):
    monkeypatch.setenv("LUNATTIVA_KEY", "5a" * 32)
    layout.store.mkdir(parents=True)
    seal.settle(layout.store)
    one, other = sorted_again(layout), sorted_again(layout)
    assert judged == ["alfa", "beta"] and same(one, other)
    written = b"".join(path.read_bytes() for path in layout.staged.glob("*.judged"))
    assert written and b"AAA-0001" not in written


def test_rows_remembered_and_altered_since_are_judged_again(layout, judged):
    one = sorted_again(layout)
    for path in layout.staged.glob("*.judged"):
        content = path.read_bytes()
        assert b"AAA-0001" in content
        path.write_bytes(content.replace(b"AAA-0001", b"AAA-0009"))
    judged.clear()
    assert same(one, sorted_again(layout))
    assert judged == ["alfa", "beta"]
