"""``lunattiva --help`` teaches: first steps, groups, examples that would run as they stand; and it is quick."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.cli import app
from pipelines.messages import messages, say

COMMANDS = get_command(app).commands  # type: ignore[attr-defined]
ROOT = Path(__file__).resolve().parents[2]
PANELS = ("daily", "file", "partners", "out", "programme")
#: User and system time of a process, which other work on the machine does not stretch much.
MOST_SECONDS = 0.7
TIMED = """
import os, sys
sys.argv = ["lunattiva", "--help"]
try:
    from pipelines.cli import main
    main()
finally:
    sys.stderr.write(str(sum(os.times()[:2])))
"""


@pytest.mark.parametrize("lang", ["it", "en"])
def test_each_example_is_one_that_the_command_takes(lang):
    for name, command in COMMANDS.items():
        lines = say(f"examples.{name}", lang).splitlines()
        assert lines, name
        for line in lines:
            typed = shlex.split(line)
            assert typed[0] == name, line
            with command.make_context(name, typed[1:]):  # an unknown option or bad value raises
                pass


def test_help_begins_with_the_steps_and_groups_every_command():
    done = subprocess.run(
        [sys.executable, "-c", TIMED],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env={"LUNATTIVA_LANG": "en", "COLUMNS": "100", "PYTHONUTF8": "1"},
        check=True,
    )
    shown = done.stdout
    places = [shown.index(f"─ {say(f'panel.{panel}', 'en')} ─") for panel in PANELS]
    assert places == sorted(places)
    assert shown.index("First steps") < places[0]
    assert " Commands ─" not in shown  # where typer puts what has no group
    first = messages()["help.first_steps"]["en"].splitlines()
    assert all(line.strip() in shown for line in first), "a step is broken over two lines"
    assert float(done.stderr) < MOST_SECONDS
    groups = {command.rich_help_panel for command in COMMANDS.values()}
    assert groups == {say(f"panel.{panel}", "en") for panel in PANELS} or groups == {
        say(f"panel.{panel}", "it") for panel in PANELS
    }


def test_first_steps_name_commands_that_are_there():
    for lang in ("it", "en"):
        steps = messages()["help.first_steps"][lang]
        named = {
            line.split("lunattiva ")[1].split()[0]
            for line in steps.splitlines()
            if "lunattiva " in line
        }
        assert {each for each in named if each.islower()} <= set(COMMANDS)


@pytest.mark.parametrize("readme", ["README.md", "README.it.md", "raw/README.md"])
def test_each_command_line_of_the_readmes_is_one_that_the_command_takes(readme):
    text = (ROOT / readme).read_text("utf-8")
    blocks = re.findall(r"```\w+\n(.*?)```", text, re.DOTALL)
    spans = re.findall(r"`([^`\n]+)`", re.sub(r"```.*?```", "", text, flags=re.DOTALL))
    lines = [line.split("#")[0] for block in blocks for line in block.splitlines()] + spans
    tried = 0
    for line in lines:
        found = re.fullmatch(r"\s*(?:uv run |\.venv/bin/)?lunattiva ([a-z]+.*)", line)
        if found and not re.search(r"\.\.\.|\[", line):  # an outline, not a line to type
            name, *given = shlex.split(found[1])
            try:
                COMMANDS[name].make_context(name, given).close()
            except Exception as error:  # noqa: BLE001 - typer's own click has no public names
                # What is left out is left out in an outline; what is there must be right.
                assert type(error).__name__ == "MissingParameter", f"{readme}: {line}: {error}"
            tried += 1
    assert tried > 5
