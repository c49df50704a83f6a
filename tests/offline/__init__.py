"""Commands run with the network cut off."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path

HERE = Path(__file__).resolve().parent
LOG = "network.txt"


@cache
def can_cut() -> bool:
    """Say whether a command can be given a network namespace of its own, with nothing in it."""
    if sys.platform != "linux" or not shutil.which("unshare"):
        return False
    return subprocess.run([*_cut(), "/bin/true"], capture_output=True, check=False).returncode == 0


def _cut() -> list[str]:
    return [
        "unshare",
        "--user",
        "--map-root-user",
        "--net",
        sys.executable,
        str(HERE / "loopback.py"),
    ]


def offline(command: list[str], environment: dict[str, str], log: Path) -> tuple[list[str], dict]:
    """Return command and environment such that nothing beyond this machine can be reached.

    Where the system allows it there is no network at all; everywhere, each Python process writes
    down and refuses what it is asked to reach.
    """
    paths = os.pathsep.join((str(HERE), environment["PYTHONPATH"]))
    changed = {**environment, "PYTHONPATH": paths, "LUNATTIVA_NETWORK_LOG": str(log)}
    return ([*_cut(), *command] if can_cut() else command), changed
