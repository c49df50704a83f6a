"""Judging distinct words gives what judging row by row gives, whatever the batches."""

from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from hypothesis import given, settings
from hypothesis import strategies as st

from assets.intake.room import read_programme
from assets.layout import Layout
from assets.sorting.judge import Sorter
from assets.sorting.outcome import empty_tables
from assets.sorting.rules import Rulebook
from assets.sorting.seen import Seen, joined_keys, value_keys
from assets.sorting.sort import sort_into
from assets.spelling import TEXT
from schemas.datasets import DATASETS
from tests.intake_sample import HEADING, deliver, programme, row, text_rows

CELLS = st.tuples(
    st.sampled_from(["AAA-0001", "AAA-0002", "", "333", "1,2E+15"]),
    st.sampled_from(["Cucito", "cucito ", "Cucina", ""]),
    st.sampled_from(["01/07/2021", "1/7/2021", "31/06/2021", "01/07/2031", "30/06/2021", ""]),
    st.sampled_from(["sì", "no", "forse", ""]),
    st.sampled_from(["1,5", "0", "99", "due", ""]),
    st.sampled_from(["30", "121", ""]),
)


def sorted_rows(layout: Layout, frames: dict, batch: int) -> dict[str, list]:
    found: dict[str, list] = {name: [] for name in empty_tables()}
    counts = sort_into(
        layout, frames, lambda t, rows: found[t].extend(rows.to_pylist()), batch=batch
    )
    return {**found, "counts": counts.to_dict("records")}


def broken_alone(text: pd.DataFrame, book: Rulebook) -> set[tuple[int, str, str]]:
    """Judge each row by itself, with a judge that knows nothing of the others."""
    found = set()
    for at in range(len(text)):
        alone = text.iloc[[at]].reset_index(drop=True).astype("category")
        sorter = Sorter(book)
        for _, rule, cost in sorter.broken(sorter.read(alone))[["position", "rule", "cost"]].itertuples(index=False):  # fmt: skip
            found.add((at, rule, cost))
    return found


@settings(max_examples=8, deadline=None)
@given(st.lists(CELLS, min_size=1, max_size=7))  # each row is judged alone, too: that costs
def test_words_are_judged_as_rows_are(cells: list[tuple]) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        layout = programme(Path(folder))
        deliver(layout, "alfa/2021Q3/registro.csv", HEADING + "".join(row(*each) for each in cells))
        frames = read_programme(layout)
        source = layout.readable_sources["alfa"].sources[0]
        book = Rulebook(layout.definition, DATASETS["attendance"], source, layout.instruments)
        text = text_rows(layout, frames, "attendance")
        if text.empty:
            return
        text = text.assign(partner_code="alfa", source_code=source.source, period="2021Q3")
        together = Sorter(book)
        broken = together.broken(together.read(text.astype("category")))
        mine = broken[~broken["rule"].str.endswith(".unique")]
        found = set(mine[["position", "rule", "cost"]].itertuples(index=False, name=None))
        assert found == broken_alone(text, book)


@settings(max_examples=3, deadline=None)
@given(st.lists(CELLS, min_size=2, max_size=12), st.integers(1, 5))
def test_batches_change_nothing(cells: list[tuple], files: int) -> None:
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        layout = programme(Path(folder))
        for number in range(files):
            mine = "".join(row(*each) for each in cells[number::files])
            deliver(layout, f"alfa/2021Q3/registro{number}.csv", HEADING + mine + row("X"))
        frames = read_programme(layout)
        assert sorted_rows(layout, frames, 1) == sorted_rows(layout, frames, 1 << 20)


KEYS = st.lists(st.tuples(st.sampled_from(["a", "b", None]), st.integers(0, 3)), max_size=30)


@given(KEYS, st.integers(1, 7))
def test_records_met_before_are_those_that_pandas_calls_duplicates(keys, size) -> None:
    frame = pd.DataFrame(
        {
            "who": pd.array([who for who, _ in keys], dtype=TEXT),
            "when": pd.to_datetime([f"2021-01-0{day + 1}" for _, day in keys]),
        }
    )
    columns = [value_keys(frame[name])[:-1] for name in frame]
    numbers = joined_keys(columns)
    seen = Seen()
    parts = [seen.again(numbers[at : at + size]) for at in range(0, len(frame), size)]
    found = np.concatenate(parts) if parts else np.empty(0, dtype=bool)
    assert found.tolist() == frame.duplicated().tolist()


def test_what_pandera_is_given_depends_on_the_words_and_not_on_the_rows(tmp_path: Path) -> None:
    judged = []
    for copies in (1, 50):
        layout = programme(tmp_path / str(copies))
        lines = [row(f"AAA-000{n % 5}", "Cucito", f"0{n % 7 + 1}/07/2021", "sì") for n in range(35)]
        deliver(layout, "alfa/2021Q3/registro.csv", HEADING + "".join(lines) * copies)
        source = layout.readable_sources["alfa"].sources[0]
        book = Rulebook(layout.definition, DATASETS["attendance"], source, layout.instruments)
        text = text_rows(layout, read_programme(layout), "attendance")
        text = text.assign(partner_code="alfa", source_code=source.source, period="2021Q3")
        sorter = Sorter(book)
        sorter.broken(sorter.read(text.astype("category")))
        judged.append(sorter.judge.judged_n)
    assert judged[0] == judged[1] < 35
