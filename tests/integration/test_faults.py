"""What goes wrong: Ctrl-C half way, a lost warehouse, bad files. Afterwards all is as after a clean run."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from assets.layout import Layout
from pipelines import state
from tests.conftest import LUNATTIVA, REPOSITORY, Ran, environment, fresh_demo, lunattiva

pytestmark = pytest.mark.skipif(
    sys.platform == "win32",
    reason="Ctrl-C cannot be sent to a single process from a test on Windows",
)


def made(layout: Layout) -> dict[str, str]:
    """Digest of every released file and page."""
    found = json.loads(layout.state.read_text("utf-8"))
    parts = [found["programme"], *found["quarters"].values()]
    return {path: sha256 for part in parts for path, sha256 in part["files"].items()}


def tables(layout: Layout) -> dict[str, str]:
    """Digest of every table's content, whatever the order of its rows."""
    from assets.store import Warehouse

    warehouse = Warehouse(layout.warehouse)
    return {name: warehouse.digest(name) for name in warehouse.tables()}


@pytest.fixture(scope="module")
def stopped(tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, int, str]:
    """Stop a first run by Ctrl-C when it is half way."""
    layout = fresh_demo(tmp_path_factory.mktemp("stopped"))
    process = subprocess.Popen(
        [*LUNATTIVA, "run"], env=environment(layout), cwd=layout.root,
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout
    for line in process.stdout:
        if line.startswith("Computing the measures"):
            break
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    return layout, process.returncode, err


@pytest.fixture(scope="module")
def resumed(stopped: tuple[Layout, int, str]) -> Ran:
    """Run again after the stop."""
    assert not stopped[0].state.exists()
    return lunattiva(stopped[0], "run", "--json")


def test_ctrl_c_ends_with_a_plain_line(stopped):
    _, code, err = stopped
    assert code == 130
    assert err.strip().splitlines() == [
        "Stopped. The earlier state is intact: the next 'lunattiva run' takes over and completes."
    ]


def test_next_run_ends_in_the_state_of_a_clean_run(resumed: Ran, demo: Ran):
    assert resumed.code == 0, resumed.out + resumed.err
    assert made(resumed.layout) == made(demo.layout)  # also: two runs, the same bytes
    assert tables(resumed.layout) == tables(demo.layout)
    assert resumed.layout.state.read_bytes() == demo.layout.state.read_bytes()
    assert state.read_state(resumed.layout) is not None


SPOILT = {
    "agape/2022Q1/spesa.csv": b"a;b\r\n1;2\r\n",
    "agape/2022Q1/emporio_vuoto.csv": b"",
    "agape/2022Z1/emporio_2022Z1.csv": b"a;b\r\n1;2\r\n",
    "agapee/2022Q1/emporio.csv": b"a;b\r\n1;2\r\n",
    "solco/2022Q1/formazione_rotto.xlsx": b"PK\x03\x04 cut short",
}


@pytest.fixture(scope="module")
def spoilt(resumed: Ran) -> Ran:
    """Run with files that should not be there and a mistake in one source.yml."""
    raw = resumed.layout.raw
    for name, content in SPOILT.items():
        (raw / name).parent.mkdir(parents=True, exist_ok=True)
        (raw / name).write_bytes(content)
    source = raw / "aler" / "source.yml"
    source.write_bytes(source.read_bytes().replace(b"dataset:", b"datset:", 1))
    return lunattiva(resumed.layout, "run", "--json")


def mend(raw: Path) -> None:
    """Take the bad files away and set the source right again."""
    for name in SPOILT:
        (raw / name).unlink()
    shutil.copy(REPOSITORY / "raw" / "demo" / "aler" / "source.yml", raw / "aler" / "source.yml")


def test_bad_files_are_refused_and_the_rest_goes_on(spoilt: Ran, demo: Ran):
    assert spoilt.code == 1
    assert spoilt.told["failures"] == []
    refused = {each["file"]: each for each in spoilt.told["refused"]}
    assert set(SPOILT) <= set(refused)
    assert all(name in SPOILT or name.startswith("aler/") for name in refused)
    assert 0 < spoilt.told["read"] < demo.told["read"]
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


def test_mended_and_without_its_warehouse_all_is_as_after_a_clean_run(spoilt: Ran, demo: Ran):
    layout = spoilt.layout
    mend(layout.raw)
    layout.warehouse.unlink()
    assert lunattiva(layout, "run").code == 0
    assert tables(layout) == tables(demo.layout)
    assert made(layout) == made(demo.layout)
