"""Nothing on the main path asks for one system: no POSIX-only call, no encoding or path left to the machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = ("schemas", "assets", "pipelines", "reports")
#: Modules and calls that Windows does not have, and renaming that fails there over what exists.
MODULES = {"crypt", "fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty"}
CALLS = {
    "os.chown", "os.fork", "os.forkpty", "os.geteuid", "os.getgid", "os.getpgid", "os.getuid",
    "os.killpg", "os.mkfifo", "os.nice", "os.rename", "os.setsid", "os.symlink", "os.sync",
    "os.path.normcase", "os.uname", "signal.alarm", "signal.pause", "signal.setitimer",
}  # fmt: skip
SIGNALS = {"SIGKILL", "SIGHUP", "SIGALRM", "SIGUSR1", "SIGUSR2", "SIGCHLD", "SIGQUIT"}
#: Reads or writes text, and where its mode stands among the arguments (none: always text).
TEXT = {"open": 1, "fdopen": 1, "read_text": None, "write_text": None}
#: Where a module that only POSIX has is asked for under ``suppress(ImportError)``.
GUARDED = {("assets/private.py", "resource")}
#: Where members of archives are made: for all that must be the same bytes, and inside a sealed backup.
ARCHIVES = {"assets/workbooks.py", "pipelines/backup.py"}


def sources() -> list[Path]:
    return sorted(path for folder in FOLDERS for path in (ROOT / folder).rglob("*.py"))


def faults(path: str, code: str) -> Iterator[str]:
    tree = ast.parse(code)
    # A module with an ``open`` of its own means that one.
    own = {each.name for each in tree.body if isinstance(each, ast.FunctionDef)}
    for node in ast.walk(tree):
        if isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [each.name for each in node.names]
                if isinstance(node, ast.Import)
                else [str(node.module)]
            )
            yield from (f"{node.lineno}: {name}" for name in names
                        if name in MODULES and (path, name) not in GUARDED)  # fmt: skip
        elif isinstance(node, ast.Attribute):
            name = ast.unparse(node)
            if name in CALLS or (name.startswith("signal.") and node.attr in SIGNALS):
                yield f"{node.lineno}: {name}"
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") not in own:
            yield from (f"{node.lineno}: {each}" for each in _of_call(node))
            if ast.unparse(node.func).endswith("ZipInfo") and path not in ARCHIVES:
                yield f"{node.lineno}: an archive's member that tells which system wrote it"


def _of_call(node: ast.Call) -> Iterator[str]:
    keys = {each.arg for each in node.keywords}
    if {"preexec_fn", "start_new_session"} & keys:
        yield "a process begun in a POSIX-only way"
    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    if name == "strftime" and any("%-" in str(getattr(each, "value", "")) for each in node.args):
        yield "strftime('%-...')"
    if name in TEXT and "encoding" not in keys and _is_text(node, name):
        yield f"{name} without an encoding"
    if name in TEXT and "newline" not in keys and _writes_text(node, name):
        yield f"{name} without the end of a line: other bytes on Windows"


def _writes_text(node: ast.Call, name: str) -> bool:
    if name in ("read_text", "write_text"):
        return name == "write_text" and isinstance(node.func, ast.Attribute)
    at = 0 if isinstance(node.func, ast.Attribute) and name == "open" else 1
    modes = [each.value for each in node.keywords if each.arg == "mode"] or node.args[at : at + 1]
    return any(getattr(each, "value", None) in ("w", "a", "x", "w+", "r+") for each in modes)


def _is_text(node: ast.Call, name: str) -> bool:
    if name in ("read_text", "write_text"):
        given = len(node.args) - (name == "write_text")
        return isinstance(node.func, ast.Attribute) and given < 1
    is_method = isinstance(node.func, ast.Attribute) and name == "open"
    if is_method and ast.unparse(node.func) not in _PATHS:
        # Of what it is a method cannot be told: with a mode that is a text's it is a file.
        return any(getattr(each, "value", None) in ("r", "w", "a", "x") for each in node.args[:1])
    place = 0 if is_method else 1
    modes = [each.value for each in node.keywords if each.arg == "mode"] or node.args[
        place : place + 1
    ]
    mode = getattr(modes[0], "value", "b") if modes else "r"
    return "b" not in str(mode)


_PATHS = {"path.open", "target.open", "file.open", "waiting.open"}


@pytest.mark.parametrize("path", sources(), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_nothing_asks_for_one_system(path: Path):
    found = list(faults(path.relative_to(ROOT).as_posix(), path.read_text("utf-8")))
    assert not found, found


@pytest.mark.parametrize(
    "code",
    ["import fcntl", "from pwd import getpwuid", "os.rename(a, b)", "os.killpg(1, 2)",
     "signal.SIGKILL", "p.read_text()", "p.write_text('x')", "open('x')", "open('x', 'w')",
     "path.open()", "path.open('a')", "d.strftime('%-d')", "Popen(x, preexec_fn=f)",
     "os.fdopen(h, 'w')", "p.write_text('x', encoding='utf-8')", "open(p, 'w', encoding='utf-8')",
     "path.open(mode='a', encoding='utf-8')", "zipfile.ZipInfo(name, moment)"],
)  # fmt: skip
def test_the_test_itself_can_fail(code):
    assert list(faults("x.py", code))


@pytest.mark.parametrize(
    "code",
    ["p.read_text(encoding='utf-8')", "p.read_text('utf-8')", "open('x', 'rb')", "path.open('rb')",
     "os.fdopen(h, 'wb')", "p.write_text('x', encoding='utf-8', newline='\\n')",
     "path.open('w', encoding='utf-8', newline='')", "webbrowser.open(url)", "signal.SIGINT",
     "path.replace(other)"],
)  # fmt: skip
def test_what_every_system_has_passes(code):
    assert not list(faults("x.py", code))


@pytest.mark.parametrize(
    "path", sorted((ROOT / "assets").rglob("*.lua")), ids=lambda path: path.name
)
def test_filters_open_files_through_pandoc(path: Path):
    """Lua by itself takes a path in the letters of the system: no accent of UTF-8 on Windows."""
    by_lua = r"\b(dofile|loadfile|require|io\.(open|lines|input|output)|os\.(remove|rename))\b"
    assert not re.findall(by_lua, path.read_text("utf-8"))


def test_names_of_committed_files_stand_on_windows():
    """No character that Windows forbids, no two names that differ by case only."""
    seen: dict[str, Path] = {}
    for folder in (*FOLDERS, "raw/demo", "tests", "thesis"):
        for path in (ROOT / folder).rglob("*"):
            inside = path.relative_to(ROOT)
            if {"_output", "__pycache__"} & set(inside.parts):
                continue
            assert not set('<>:"|?*\\') & set(path.name), inside
            assert not path.name.endswith((".", " ")), inside
            assert seen.setdefault(inside.as_posix().casefold(), path) == path, inside


def test_every_system_and_python_is_tried():
    found = yaml.safe_load((ROOT / ".github" / "workflows" / "checks.yml").read_text("utf-8"))
    matrix = found["jobs"]["tests"]["strategy"]["matrix"]
    assert matrix["os"] == ["ubuntu-latest", "windows-latest", "macos-latest"]
    assert matrix["python"] == ["3.11", "3.12", "3.13"]
