"""Runs that are begun in a moment: one process has read all code, each run is a copy of it (Linux).

Half of a small run's time is the reading of libraries, and a page costs more than all tables: neither
is what a kill can harm. So code is read once, and here documents are their inputs' digests instead of
pages. What writes, moves and notes files is the product's own. The campaign's last kills are of runs as a
person starts them, with their pages (``--whole``).
"""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from assets.layout import Layout
from tests.conftest import LUNATTIVA, environment

#: Done in the copied process before the run.
First = Callable[[], None]


class Started:
    """One run of ``lunattiva run`` in a process of its own."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self.code: int | None = None

    def wait(self, seconds: float | None = None) -> int | None:
        """Wait for its end; ``None`` where it still runs after so many seconds."""
        end = None if seconds is None else time.monotonic() + seconds
        while self.code is None and (end is None or time.monotonic() < end):
            done, status = os.waitpid(self._pid, 0 if end is None else os.WNOHANG)
            if done:
                self.code = os.waitstatus_to_exitcode(status)
            else:
                time.sleep(0.01)
        return self.code

    def work(self, seconds: float) -> int | None:
        """Wait until it has used so many seconds of a processor; ``None`` where it still runs then.

        Not the clock's: on a busy machine a run takes now three times as long, now once.
        """
        while self.wait(0.02) is None:
            if self.used() >= seconds:
                return None
        return self.code

    def used(self) -> float:
        """Seconds of a processor used so far, its children left out."""
        fields = Path(f"/proc/{self._pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def kill(self) -> None:
        """Kill it as the system does for want of memory: nothing of its own runs any more."""
        os.kill(self._pid, signal.SIGKILL)
        self.wait()


def whole(layout: Layout, first: First | None = None) -> Started:
    """Start a run as a person does."""
    if first is not None:
        raise ValueError("nothing can be done in a process that a person starts")
    process = subprocess.Popen(
        [*LUNATTIVA, "run", "--json"], env=environment(layout), cwd=layout.root,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    return Started(process.pid)


def copied(
    layout: Layout, first: First | None = None, arguments: Sequence[str] = ("run", "--json")
) -> Started:
    """Start a run, or another command, in a copy of this process; what it says goes to ``told.txt``."""
    pid = os.fork()
    if pid:
        return Started(pid)
    code = 99
    try:
        os.setpgid(0, 0)
        told = os.open(layout.root / "told.txt", os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600)
        os.dup2(told, 1)
        os.dup2(told, 2)
        os.environ.update(environment(layout))
        os.chdir(layout.root)
        sys.argv = ["lunattiva", *arguments]
        if first is not None:
            first()
        code = _run()
        sys.stdout.flush()
        sys.stderr.flush()
    finally:
        os._exit(code)


def _run() -> int:
    from pipelines.cli import main

    try:
        main()
    except SystemExit as end:
        return int(end.code or 0)
    return 0


def read_code(make: Callable[[Path], Layout], folder: Path) -> None:
    """Read all that a run reads, and put digests in the place of pages.

    Parameters
    ----------
    make
        Puts a programme below a root; it is run once to see what it reads, and noted in ``folder``.
    """
    without_pages()
    listed, root = folder / "modules.txt", folder / "warm"
    if not listed.is_file():
        shutil.rmtree(root, ignore_errors=True)
        root.mkdir(parents=True)
        if copied(make(root), lambda: _list_at_end(listed)).wait():
            raise SystemExit((root / "told.txt").read_text("utf-8"))
        shutil.rmtree(root)
    for name in listed.read_text("utf-8").split():
        if name not in sys.modules:
            try:
                importlib.import_module(name)
            except ImportError:  # made by another module for itself
                continue


def _list_at_end(path: Path) -> None:
    plain = os._exit

    def leave(code: int) -> None:
        names = [n for n in list(sys.modules) if not n.startswith(("__", "tests."))]
        path.write_text("\n".join(names), "utf-8")
        plain(code)

    os._exit = leave  # type: ignore[assignment]


def without_pages() -> None:
    """Put in the place of each document the digest of what it would be made of."""
    from assets.outputs import render, sheet
    from assets.outputs.jobs import inputs_digest
    from assets.outputs.render import RenderResult, door, together

    def one(job: Any, **_: object) -> RenderResult:
        paths = tuple(job.out_dir / f"{job.stem}.{kind}" for kind in job.formats)
        for path in paths:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{job.stem} {job.inputs_digest} {sorted(job.meta)}\n", "utf-8")
        return RenderResult(paths, "soak", False)

    def many(jobs: Any, **_: object) -> list[RenderResult]:
        return [one(job) for job in jobs]

    def sheets(layout: Layout) -> list[Path]:
        path = layout.reports_output / sheet.FOLDER / "sheet_it.html"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(inputs_digest(layout), "utf-8")
        return [path]

    render.render = door.render = one  # type: ignore[assignment]
    together.render_together = many  # type: ignore[assignment]
    sheet.render_sheets = sheets
