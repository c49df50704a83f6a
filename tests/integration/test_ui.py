"""``lunattiva ui`` opens Dagster's web interface, here only, with every asset grouped and described."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.definitions import ROOMS
from tests.conftest import LUNATTIVA, environment, fresh_demo

QUERY = """{
  shouldShowNux
  assetNodes { groupName description assetKey { path } owners { ... on TeamAssetOwner { team } } }
  repositoriesOrError { ... on RepositoryConnection { nodes {
    location { name }
    sensors { name sensorState { status } }
    schedules { name executionTimezone scheduleState { status } }
  } } }
}"""
WAIT_S = 60


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def graphql(address: str) -> dict:
    request = urllib.request.Request(
        f"{address}/graphql",
        data=json.dumps({"query": QUERY}).encode(),
        headers={"Content-Type": "application/json"},
    )
    with urllib.request.urlopen(request, timeout=30) as answer:
        return json.load(answer)["data"]


@pytest.fixture
def address(workplace: Path) -> Iterator[str]:
    """Start the interface on a fresh programme; stop it as a person would, by Ctrl-C."""
    if sys.platform == "win32":
        pytest.skip("Ctrl-C cannot be sent to one process group from a test on Windows")
    layout = fresh_demo(workplace)
    port = free_port()
    process = subprocess.Popen(
        [*LUNATTIVA, "ui", "--port", str(port)],
        env=environment(layout), cwd=layout.root, start_new_session=True,
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    try:
        assert process.stdout
        said = process.stdout.readline()
        assert f"http://127.0.0.1:{port}" in said
        wait_for(f"http://127.0.0.1:{port}/server_info", process)
        yield f"http://127.0.0.1:{port}"
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGINT)
        assert process.wait(timeout=60) == 0
    assert (layout.dagster_home / "dagster.yaml").is_file()


def wait_for(url: str, process: subprocess.Popen) -> None:
    end = time.monotonic() + WAIT_S
    while time.monotonic() < end:
        assert process.poll() is None, "the interface ended by itself"
        try:
            with urllib.request.urlopen(url, timeout=5):
                return
        except (urllib.error.URLError, TimeoutError, ConnectionError):
            time.sleep(0.3)
    pytest.fail(f"no answer within {WAIT_S} s")


def test_interface_shows_every_asset_and_what_runs_by_itself(address):
    told = graphql(address)
    assert told["shouldShowNux"] is False, "nobody is asked for an e-mail address"
    nodes = told["assetNodes"]
    assert {node["groupName"] for node in nodes} == set(ROOMS)
    for node in nodes:
        assert node["description"], node["assetKey"]["path"]
        assert node["owners"], node["assetKey"]["path"]
    (place,) = told["repositoriesOrError"]["nodes"]
    assert place["location"]["name"] == "lunattiva_demo"
    sensors = {each["name"]: each["sensorState"]["status"] for each in place["sensors"]}
    assert sensors == {"raw_files": "RUNNING", "pages_follow_the_release": "RUNNING"}
    schedules = {each["name"]: each["scheduleState"]["status"] for each in place["schedules"]}
    assert schedules == {"quarterly_draft": "RUNNING", "daily_look": "RUNNING"}
    assert {each["executionTimezone"] for each in place["schedules"]} == {"Europe/Rome"}
