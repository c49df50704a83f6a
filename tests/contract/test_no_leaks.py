"""Nothing in the repository tells where it was made, and no real delivery is in it."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
#: Put together from parts, so that this file does not find itself.
FORBIDDEN = {
    "a path of somebody's machine": re.compile(
        "|".join([r"(?<!guest)/ho" + r"me/[a-z]", r"/ro" + r"ot/", r"/Us" + r"ers/[A-Za-z]", r"C:\\\\?Us" + r"ers",
                  r"/wo" + r"rk/(main|shared)", r"/tm" + r"p/[a-z]"])
    ),
    "the address of a package index": re.compile(
        "|".join([r"py" + r"pi\.", r"python" + r"hosted", r"(?<!emit-)index" + r"-url", r"find" + r"-links"])
    ),
}  # fmt: skip
SKIPPED = {
    ".hypothesis",
    ".git",
    ".venv",
    ".store",
    "_output",
    "__pycache__",
    ".pytest_cache",
    ".ruff_cache",
    ".mypy_cache",
}
BINARY = {".xlsx", ".png", ".parquet", ".pdf", ".docx", ".zip", ".duckdb", ".pyc"}


def tracked() -> list[Path]:
    """Files that are, or would be, in the repository."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if listed.returncode == 0 and listed.stdout:
        return [ROOT / name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    walked = (path for path in ROOT.rglob("*") if path.is_file())
    return [path for path in walked if not SKIPPED & set(path.relative_to(ROOT).parts)]


@pytest.mark.parametrize("what", FORBIDDEN)
def test_no_file_gives_away(what):
    found = []
    for path in tracked():
        if path.suffix in BINARY or path.name == "uv.lock":
            continue
        lines = path.read_text("utf-8", errors="replace").splitlines()
        found += [
            f"{path.relative_to(ROOT)}:{number}"
            for number, line in enumerate(lines, 1)
            if FORBIDDEN[what].search(line)
        ]
    assert not found, f"{what} in {found}"


def test_only_the_synthetic_programme_is_in_the_repository():
    raw = {
        path.relative_to(ROOT / "raw").parts[0]
        for path in tracked()
        if path.is_relative_to(ROOT / "raw")
    }
    assert raw <= {"demo", "README.md"}
    assert "synthetic: true" in (ROOT / "raw" / "demo" / "programme.yml").read_text("utf-8")
