"""What goes wrong: bad files, a lost warehouse, Ctrl-C half way. Afterwards all is as after a clean run.

One programme meets them all, one after the other: each whole run of the demo takes half a minute.
"""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest

from assets.layout import Layout
from pipelines import state
from tests.conftest import LUNATTIVA, Ran, environment, lunattiva, own_copy
from tests.integration.spoilt import REFUSED, mend

pytestmark = pytest.mark.skipif(
    sys.platform == "win32",
    reason="Ctrl-C cannot be sent to a single process from a test on Windows",
)


def made(layout: Layout) -> dict[str, str]:
    """Digest of every released file and page."""
    found = json.loads(layout.state.read_text("utf-8"))
    parts = [found["programme"], *found["quarters"].values()]
    return {path: sha256 for part in parts for path, sha256 in part["files"].items()}


def names(layout: Layout) -> list[str]:
    """Return the tables that are there."""
    from assets.store import Warehouse

    return Warehouse(layout.warehouse).tables()


def tables(layout: Layout) -> dict[str, tuple[int, int]]:
    """Return of every table how many rows it has and the sum of their digests, whatever their order."""
    query = 'select count(*), sum(hash(rows_of)::hugeint) from "{}" as rows_of'
    there = names(layout)
    with duckdb.connect(str(layout.warehouse), read_only=True) as connection:
        return {name: connection.execute(query.format(name)).fetchall()[0] for name in there}


@pytest.fixture(scope="module")
def spoilt(spoilt_run: Ran, tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return a run of a few files beside some that should not be there, to go on with."""
    return own_copy(spoilt_run, tmp_path_factory.mktemp("faults") / "demo")


def good_rows(layout: Layout, demo: Ran) -> list[int]:
    """Records of each good file that is there, as the clean run read them."""
    query = "select path, records_n from intake_deliveries where state = 'in_use'"
    with duckdb.connect(str(demo.layout.warehouse), read_only=True) as connection:
        clean = connection.execute(query).fetchall()
    there = [(path, rows) for path, rows in clean if (layout.raw / path).is_file()]
    return [rows for path, rows in there if not path.startswith("aler/")]


def test_bad_files_are_refused_and_the_rest_goes_on(spoilt: Ran, demo: Ran):
    assert spoilt.code == 1, spoilt.out + spoilt.err
    assert spoilt.told["failures"] == []
    refused = {each["file"]: each for each in spoilt.told["refused"]}
    assert set(refused) >= REFUSED
    assert all(name in REFUSED or name.startswith("aler/") for name in refused)
    assert spoilt.told["read"] == sum(good_rows(spoilt.layout, demo)) > 4_000
    for each in refused.values():
        assert len(each["it"]) > 20 and len(each["en"]) > 20
    said = "\n".join(each["en"] for each in refused.values())
    for nearest in ("emporio_*", "Nearest: 2022Q1", "Nearest: agape"):
        assert nearest in said


def test_mistake_in_a_source_is_told_with_line_and_keys(spoilt: Ran):
    told = [each["en"] for each in spoilt.told["refused"] if each["file"].startswith("aler/")]
    assert told
    for said in told:
        assert "source.yml:" in said and "'dataset'" in said and "Allowed: " in said


def test_status_lists_what_was_refused(spoilt: Ran):
    status = lunattiva(spoilt.layout, "status", "--json").told
    assert status["counts"]["refused"] == spoilt.told["refused"]
    assert "aler" in status["faulty_sources"]


@dataclass(frozen=True)
class Stopped:
    """A run that Ctrl-C ended half way, and the state before and after it."""

    layout: Layout
    code: int
    err: str
    before: bytes
    after: bytes
    tables: list[str]


def drawn(layout: Layout) -> Path:
    """Return the folder of finished documents, each named by the digest of all it is drawn from."""
    return layout.render_cache / "render"


def lend_documents(clean: Layout, layout: Layout) -> None:
    """Let a run find what the clean run drew, where it comes to the same numbers; drawing takes long.

    A page is left to be drawn again; that whole books repeat themselves is tested with the sample book.
    """
    shutil.rmtree(drawn(layout))
    shutil.copytree(drawn(clean), drawn(layout))
    (page,) = drawn(layout).glob("*/dashboard_20*_it.html")
    shutil.rmtree(page.parent)


@pytest.fixture(scope="module")
def stopped(spoilt: Ran, demo: Ran) -> Stopped:
    """Mend the files, take the warehouse away, and stop the next run, of the whole demo, half way."""
    layout = spoilt.layout
    lend_documents(demo.layout, layout)
    before = layout.state.read_bytes()
    mend(layout.raw)
    layout.warehouse.unlink()
    process = subprocess.Popen(
        [*LUNATTIVA, "run"], env=environment(layout), cwd=layout.root,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    for line in process.stdout:
        if line.startswith("Putting together people"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    left = names(layout)
    return Stopped(layout, process.returncode, err, before, layout.state.read_bytes(), left)


@pytest.fixture(scope="module")
def resumed(stopped: Stopped) -> Ran:
    """Run again after the stop."""
    return lunattiva(stopped.layout, "run", "--json")


def test_ctrl_c_ends_with_a_plain_line(stopped: Stopped):
    assert stopped.code == 130
    assert stopped.err.strip().splitlines() == [
        "Stopped. The earlier state is intact: the next 'lunattiva run' takes over and completes."
    ]
    assert stopped.after == stopped.before, "the earlier state is not intact"


def test_it_was_stopped_half_way(stopped: Stopped, demo: Ran):
    """Some tables were there, not all: the tests of the next run would else prove nothing."""
    assert "sorting_attendance__accepted" in stopped.tables
    assert "release_tables" not in stopped.tables
    assert "release_tables" in names(demo.layout)


def test_mended_stopped_and_run_again_all_is_as_after_a_clean_run(resumed: Ran, demo: Ran):
    assert resumed.code == 0, resumed.out + resumed.err
    assert made(resumed.layout) == made(demo.layout)  # also: two runs, the same bytes
    assert tables(resumed.layout) == tables(demo.layout)
    found = [sorted(each.name for each in drawn(ran.layout).iterdir()) for ran in (resumed, demo)]
    assert found[0] == found[1], "other documents were drawn"
    assert resumed.layout.state.read_bytes() == demo.layout.state.read_bytes()
    assert state.read_state(resumed.layout) is not None
