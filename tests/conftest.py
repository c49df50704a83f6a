"""One run of the demo programme for the whole test session, shared by all workers; read only."""

from __future__ import annotations

import gc
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock
from hypothesis import settings

from assets.layout import Layout
from assets.outputs.render.kernel import SLOW_GRAMMAR
from tests.offline import LOG, offline

REPOSITORY = Path(__file__).resolve().parents[1]
# The same examples each time: a change is judged by what it changes, not by the day's luck.
settings.register_profile("steady", derandomize=True)
settings.load_profile("steady")
# jsonschema would build it for every worker, for a format that no schema of ours or of others names.
_modules: dict[str, Any] = sys.modules
_modules.setdefault(SLOW_GRAMMAR, None)

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
    kept.pop("PYTHONDONTWRITEBYTECODE", None)  # each command would compile our modules anew
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
    layout: Layout, *arguments: str, timeout: float = 1_800, is_offline: bool = False
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


#: One quarter, the year it lies in and the surveys before and after: every source of the demo once.
SOME = ("2022Q1", "2022", "pre", "post")


def small_demo(root: Path, *, whole: tuple[str, ...] = ()) -> Layout:
    """As ``fresh_demo`` with a few deliveries of every source; all of them of the partners named.

    One scale and no comparison are asked: how long a run takes depends on the questions.
    """
    layout = fresh_demo(root)
    declared = layout.raw / "programme.yml"
    lines = declared.read_text("utf-8").splitlines(keepends=True)
    fewer = ["  scales: [who5]\n" if x.startswith("  scales: ") else x for x in lines]
    kept = [line for line in fewer if not line.startswith("  compared: ")]
    assert len(kept) == len(lines) - 1 and kept != lines, "the demo's questions stand elsewhere now"
    declared.write_text("".join(kept), "utf-8")
    for partner in layout.partner_folders():
        for delivery in sorted(partner.iterdir()):
            if delivery.is_dir() and partner.name not in whole and delivery.name not in SOME:
                shutil.rmtree(delivery)
    return layout


def shared_run(
    tmp_path_factory: pytest.TempPathFactory,
    name: str,
    make: Callable[[Path], Layout],
    *,
    is_offline: bool = False,
) -> Ran:
    """Run what ``make`` puts below a root, once for the whole session, whichever worker is first."""
    shared = tmp_path_factory.getbasetemp()
    if os.environ.get("PYTEST_XDIST_WORKER"):
        shared = shared.parent
    answer = shared / f"{name}.json"
    with FileLock(shared / f"{name}.lock"):
        if not answer.is_file():
            ran = lunattiva(make(shared / name), "run", "--json", is_offline=is_offline)
            said = {"code": ran.code, "out": ran.out, "err": ran.err}
            answer.write_text(json.dumps(said), encoding="utf-8")
    said = json.loads(answer.read_text(encoding="utf-8"))
    (programme,) = [each.name for each in (shared / name / "raw").iterdir()]
    return Ran(Layout(shared / name, programme), said["code"], said["out"], said["err"])


def own_copy(ran: Ran, root: Path) -> Ran:
    """Copy all that a shared run left below another root, where a test may change it."""
    shutil.copytree(ran.layout.root, root, symlinks=True)
    return replace(ran, layout=Layout(root, ran.layout.programme))


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """Return one clean run of the demo. Never write below its root: others read it too."""
    ran = shared_run(tmp_path_factory, "demo", fresh_demo, is_offline=True)
    if ran.code != 0:
        pytest.fail(f"the demo does not run: exit {ran.code}\n{ran.out}\n{ran.err}")
    return ran


#: Files that take long, the longest first; with few workers none is left to end last and alone. The
#: first starts the demo run that many share, the second does without it; the third makes the spoilt
#: run, for which the canary would only wait beside it: others come between.
LONG_FILES = (
    "integration/test_run.py",
    "integration/test_real_programme.py",
    "integration/test_faults.py",
    "integration/test_cluster.py",
    "browser/test_pages.py",
    "integration/test_returns_roundtrip.py",
    "browser/test_coding_page.py",
    "unit/test_forget.py",
    "integration/test_canary.py",
    "browser/test_demo_pages.py",
    "integration/test_render_book.py",
    "unit/test_corrections.py",
    "property/test_optimum.py",
    "unit/test_sample.py",
    "integration/test_at_rest.py",
    "integration/test_ui.py",
    "property/test_judging.py",
    "browser/test_render_samples.py",
)


def pytest_configure(config: pytest.Config) -> None:
    """Keep our order of files: xdist would begin with those of the most tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Look for garbage neither among all tests while they are gathered nor, later, among what they import."""
    gc.disable()
    try:
        return (yield)
    finally:
        gc.freeze()
        gc.enable()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long files first; within a file nothing changes."""
    places = {REPOSITORY / "tests" / name: place for place, name in enumerate(LONG_FILES)}
    items.sort(key=lambda item: places.get(item.path, len(places)))


@pytest.fixture
def workplace(tmp_path: Path) -> Path:
    """Return a root of one's own, not named after the test (names can be long on Windows)."""
    return Path(tempfile.mkdtemp(dir=tmp_path))
