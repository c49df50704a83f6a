"""What is written stays true: commands, dependencies, messages, folders."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from pipelines.cli import app
from pipelines.messages import messages

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = get_command(app).commands  # type: ignore[attr-defined]


def text(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_has_help_and_stands_in_the_readmes(name):
    command = COMMANDS[name]
    assert command.help
    assert all(each.help for each in command.params if each.name != "help"), name
    for readme in ("README.md", "README.it.md"):
        assert f"lunattiva {name}" in text(readme), readme


def test_readmes_name_no_command_that_is_not_there():
    for readme in ("README.md", "README.it.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"`(?:uv run )?lunattiva ([a-z]+)", text(readme)))
        assert named <= set(COMMANDS), readme


def test_every_dependency_is_explained():
    project = tomllib.loads(text("pyproject.toml"))
    listed = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    for each in listed:
        name = re.split(r"[\[=<>~!; ]", each)[0]
        assert re.search(rf"^- `{re.escape(name)}`", text("CONTRIBUTING.md"), re.MULTILINE), name


def test_every_dependency_that_is_explained_is_declared():
    declared = text("pyproject.toml").split("# BEGIN constraints")[0]
    explained = (
        text("CONTRIBUTING.md").split("\nWhat runs:\n")[1].split("\nWhat the offline page")[0]
    )
    names = re.findall(r"^- `([^`]+)`", explained, re.MULTILINE)
    assert len(names) > 30
    for name in names:
        assert f'"{name}' in declared, name


def test_every_make_target_is_told():
    for target in re.findall(r"^([a-z]+):.*## ", text("Makefile"), re.MULTILINE):
        assert f"make {target}" in text("CONTRIBUTING.md") + text("README.md"), target


def test_every_message_is_in_both_languages_with_the_same_blanks():
    for key, entry in messages().items():
        assert set(entry) == {"it", "en"}, key
        blanks = [set(re.findall(r"{(\w+)}", entry[lang])) for lang in ("it", "en")]
        assert blanks[0] == blanks[1], key


def test_every_message_that_is_said_exists_and_every_one_that_exists_is_said():
    literal, patterns = set(), set()
    for path in (ROOT / "pipelines").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and node.value in messages():
                literal.add(node.value)
            elif isinstance(node, ast.JoinedStr) and isinstance(node.values[0], ast.Constant):
                patterns.add(str(node.values[0].value))
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ("say", "_refusal"):
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    assert first.value in messages(), f"{path.name}: {first.value}"
    unsaid = {
        key
        for key in messages()
        if key not in literal and not any(p.endswith(".") and key.startswith(p) for p in patterns)
    }
    assert not unsaid, f"never said: {sorted(unsaid)}"


def test_folders_the_readme_names_are_there():
    block = text("README.md").split("## Where things live")[1].split("## ")[0]
    for name in re.findall(r"^([a-z.]+/)", block, re.MULTILINE):
        if not name.startswith("."):  # working state is made by a run
            assert (ROOT / name).is_dir(), name
