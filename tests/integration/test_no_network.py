"""The pipeline works without a network and does not look for one.

The demo of the test session runs in a network namespace of its own, its notebooks' kernels too:
only the loopback interface is there. The command itself is watched besides.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from assets.layout import Layout
from pipelines import instance, settings
from tests.conftest import Ran, environment
from tests.offline import LOG, can_cut, offline

LOOK_UP = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=3)"
CONNECT = "import socket; socket.create_connection(('192.0.2.1', 80), timeout=3)"
ASK = "import socket; socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'?', ('192.0.2.1', 53))"
CHILD = f"import subprocess, sys; sys.exit(subprocess.call([sys.executable, '-c', {LOOK_UP!r}]))"


def lines(log: Path, kind: str) -> list[str]:
    found = log.read_text(encoding="utf-8").splitlines()
    return [line.split(" ", 1)[1] for line in found if line.startswith(f"{kind} ")]


def test_the_demo_runs_with_the_network_cut_off(demo: Ran) -> None:
    log = demo.layout.root / LOG
    assert demo.code == 0
    assert lines(log, "tried") == []
    assert lines(log, "watched")
    if not can_cut():
        pytest.skip(
            "no network namespace here: the run was watched, its notebooks' kernels were not"
        )


@pytest.mark.parametrize("program", [LOOK_UP, CONNECT, ASK, CHILD])
def test_the_guard_stops_and_writes_down_what_looks_for_the_network(
    tmp_path: Path, program: str
) -> None:
    layout = Layout(tmp_path, "tiny")
    log = tmp_path / LOG
    command, changed = offline([sys.executable, "-c", program], environment(layout), log)
    done = subprocess.run(command, env=changed, capture_output=True, text=True, check=False)
    assert done.returncode != 0
    (tried,) = lines(log, "tried")
    assert tried.startswith("socket.") and tried.endswith(" 192.0.2.1")


@pytest.mark.skipif(not can_cut(), reason="no network namespace may be made here")
def test_what_no_guard_in_python_sees_finds_no_network_either(tmp_path: Path) -> None:
    """Only the loopback interface is there: C libraries cannot get out."""
    command, changed = offline(
        [sys.executable, "-c", "import socket; print([n for _, n in socket.if_nameindex()])"],
        environment(Layout(tmp_path, "tiny")),
        tmp_path / LOG,
    )
    done = subprocess.run(command, env=changed, capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "['lo']", done.stderr


def test_the_web_interface_listens_on_this_machine_only() -> None:
    assert settings.UI_HOST == "127.0.0.1"


def test_telemetry_is_off_wherever_a_dependency_has_any(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in settings.NO_TELEMETRY:
        monkeypatch.delenv(name, raising=False)
    home = instance.prepare_home(Layout(tmp_path, "tiny"))
    written = yaml.safe_load((home / "dagster.yaml").read_text(encoding="utf-8"))
    assert written["telemetry"] == {"enabled": False}
    assert written["nux"] == {"enabled": False}
    assert all(os.environ[name] == value for name, value in settings.NO_TELEMETRY.items())
    from dagster._core.instance import DagsterInstance

    with DagsterInstance.from_config(str(home)) as made:
        assert not made.telemetry_enabled
