"""One run of the demo programme for the whole test session, shared by all workers; read only."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import pytest
from filelock import FileLock
from hypothesis import settings

from assets.layout import Layout
from tests.offline import LOG, offline

REPOSITORY = Path(__file__).resolve().parents[1]
# The same examples each time: a change is judged by what it changes, not by the day's luck.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")

#: The command line as a person starts it, whatever the system.
LUNATTIVA = [sys.executable, "-c", "from pipelines.cli import main; main()"]


@dataclass(frozen=True)
class Ran:
    """What a command left: exit code, what it said, and the folders it worked in."""

    layout: Layout
    code: int
    out: str
    err: str

    @property
    def told(self) -> dict:
        """The answer of ``--json``."""
        return json.loads(self.out)


def environment(layout: Layout) -> dict[str, str]:
    """Environment of a command: this root, English, temporary files where tests can look."""
    temporary = layout.root / "tmp"
    temporary.mkdir(parents=True, exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("LUNATTIVA_")}
    places = dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary))
    return {
        **kept,
        **places,
        "LUNATTIVA_ROOT": str(layout.root),
        "LUNATTIVA_PROGRAMME": layout.programme,
        "LUNATTIVA_LANG": "en",
        "PYTHONPATH": str(REPOSITORY),
    }


def lunattiva(
    layout: Layout, *arguments: str, timeout: float = 600, is_offline: bool = False
) -> Ran:
    """Run a command as a person would, in a process of its own; without a network if so wished."""
    command, settings = [*LUNATTIVA, *arguments], environment(layout)
    if is_offline:
        command, settings = offline(command, settings, layout.root / LOG)
    done = subprocess.run(
        command,
        env=settings,
        cwd=layout.root,
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=timeout,
        check=False,
    )
    return Ran(layout, done.returncode, done.stdout, done.stderr)


def fresh_demo(root: Path) -> Layout:
    """Copy the demo programme's raw files below another root."""
    shutil.copytree(REPOSITORY / "raw" / "demo", root / "raw" / "demo")
    return Layout(root, "demo")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one clean run of the demo. Never write below its root: others read it too."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    answer = shared / "demo.json"
    with FileLock(shared / "demo.lock"):
        if not answer.is_file():
            ran = lunattiva(fresh_demo(shared / "demo"), "run", "--json", is_offline=True)
            said = {"code": ran.code, "out": ran.out, "err": ran.err}
            answer.write_text(json.dumps(said), encoding="utf-8")
    said = json.loads(answer.read_text(encoding="utf-8"))
    ran = Ran(Layout(shared / "demo", "demo"), said["code"], said["out"], said["err"])
    if ran.code != 0:
        pytest.fail(f"the demo does not run: exit {ran.code}\n{ran.out}\n{ran.err}")
    return ran


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """Return a root of one's own, not named after the test (names can be long on Windows)."""
    return Path(tempfile.mkdtemp(dir=tmp_path))
