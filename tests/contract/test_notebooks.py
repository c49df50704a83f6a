"""The starter notebooks as they are committed: without outputs, in two languages, on a pinned kernel."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
NOTEBOOKS = sorted((ROOT / "thesis" / "notebooks").glob("*.ipynb"))


def strip(path: Path) -> None:
    command = [sys.executable, "-m", "nbstripout", str(path)]
    subprocess.run(command, check=True, capture_output=True)


def test_there_are_three():
    assert [path.stem for path in NOTEBOOKS] == ["figura", "partecipazione", "punteggio"]


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_no_output_is_committed(path):
    cells = json.loads(path.read_text("utf-8"))["cells"]
    code = [cell for cell in cells if cell["cell_type"] == "code"]
    assert code
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_words_are_italian_and_then_english(path):
    """English stands in italics after the Italian; what is said once holds both languages."""
    cells = json.loads(path.read_text("utf-8"))["cells"]
    for cell in cells:
        if cell["cell_type"] == "markdown":
            text = "".join(cell["source"])
            last = text.strip().split("\n\n")[-1].strip()
            assert last.startswith("*") and last.endswith("*") and not text.startswith("*E"), text


def test_the_hook_takes_outputs_out(tmp_path):
    hooks = (ROOT / ".pre-commit-config.yaml").read_text("utf-8")
    assert "entry: nbstripout\n" in hooks
    path = tmp_path / "n.ipynb"
    shutil.copyfile(NOTEBOOKS[0], path)
    as_committed = path.read_bytes()
    notebook = json.loads(as_committed)
    cell = next(each for each in notebook["cells"] if each["cell_type"] == "code")
    shown = {"output_type": "stream", "name": "stdout", "text": ["una riga di persona\n"]}
    cell["outputs"], cell["execution_count"] = [shown], 7
    path.write_text(json.dumps(notebook), "utf-8")
    strip(path)
    assert json.loads(path.read_bytes()) == json.loads(as_committed)
