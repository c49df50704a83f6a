"""The whole demo as open data: every released cell, and no person in any file."""

from __future__ import annotations

import csv
import hashlib
import re
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.conftest import Ran, lunattiva

#: The demo's person and household codes, and tax codes.
PSEUDONYM = re.compile(
    rb"LUN-[0-9]{4}|NUC-[0-9]{3}|[A-Z]{6}[0-9]{2}[A-Z][0-9]{2}[A-Z][0-9]{3}[A-Z]"
)


@pytest.fixture(scope="module")
def exported(demo: Ran, tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, Path]:
    place = tmp_path_factory.mktemp("open")
    done = lunattiva(demo.layout, "export", "--to", str(place), "--json", is_offline=True)
    assert done.code == 0, done.err
    return done, Path(done.told["folder"])


def test_it_is_marked_as_a_draft(exported):
    done, folder = exported
    assert done.told["is_draft"] and "BOZZA-DRAFT" in folder.name
    assert "BOZZA" in (folder / "LEGGIMI.md").read_text("utf-8")


def test_every_released_cell_is_there(demo, exported):
    done, folder = exported
    released = {
        path.stem: pq.read_metadata(path).num_rows
        for path in (demo.layout.released / "tables").glob("*.parquet")
    }
    made = {}
    for path in (folder / "data" / "csv").glob("*.csv"):
        with path.open(encoding="utf-8", newline="") as stream:
            made[path.name.split("_BOZZA")[0]] = len(list(csv.DictReader(stream)))
    assert made == {code: count for code, count in released.items() if count}
    assert done.told["cells"] == sum(released.values())


def test_no_code_of_a_person_is_in_any_file(demo, exported):
    import duckdb

    with duckdb.connect(str(demo.layout.warehouse), read_only=True) as connection:
        one = connection.execute("select person_code from core_participants limit 1").fetchone()
    assert one and PSEUDONYM.search(str(one[0]).encode()), (
        "the pattern is not that of the demo's codes"
    )
    _, folder = exported
    for path in sorted(folder.rglob("*")):
        if path.suffix == ".parquet":
            data = str(pq.read_table(path).to_pydict()).encode()
        elif path.is_file():
            # SPSS and Stata files are not compressed: their texts stand in their bytes
            data = path.read_bytes()
        else:
            continue
        assert not PSEUDONYM.search(data), path.name


def test_checksums_hold(exported):
    _, folder = exported
    for line in (folder / "checksums.sha256").read_text("utf-8").splitlines():
        digest, name = line.split("  ", 1)
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest
