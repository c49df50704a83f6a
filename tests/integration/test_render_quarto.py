"""The Quarto path: what is asked of the program (a recording stand-in), and the real one if present."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from assets.outputs.render import RenderError, RenderJob, find_quarto, render

SAMPLES = Path(__file__).parent / "render_samples"
STAND_IN = """#!{python}
import json, os, pathlib, sys
if sys.argv[1:] == ["--version"]:
    print("1.9.99")
    raise SystemExit
target = pathlib.Path(sys.argv[2])
record = {{"arguments": sys.argv[1:], "python": os.environ.get("QUARTO_PYTHON"),
           "extra": os.environ.get("EXTRA"), "cwd": os.getcwd(),
           "text": (target / "index.qmd" if target.is_dir() else target).read_text()}}
pathlib.Path({record!r}).write_text(json.dumps(record))
if os.environ.get("EXTRA") == "fail":
    print("ERROR: YAML parse error at line 3", file=sys.stderr)
    raise SystemExit(1)
names = {{"html": "html", "dashboard": "html", "typst": "pdf", "docx": "docx"}}
for name in sys.argv[sys.argv.index("--to") + 1].split(","):
    out = target / "_book" if target.is_dir() else target.parent
    out.mkdir(exist_ok=True)
    stem = "index" if names[name] == "html" and target.is_dir() else "Titolo" if target.is_dir() else target.stem
    (out / (stem + "." + names[name])).write_text("made by " + name)
    if names[name] == "html" and target.is_dir():
        (out / "contesto.html").write_text('<a href="./index.html#x">')
"""


@pytest.fixture
def quarto(tmp_path, monkeypatch):
    """Put a stand-in for Quarto in place; give the function that reads what it was asked."""
    record = tmp_path / "record.json"
    program = tmp_path / "quarto-stand-in"
    program.write_text(STAND_IN.format(python=sys.executable, record=str(record)))
    program.chmod(0o755)
    monkeypatch.setenv("QUARTO_PATH", str(program))
    return lambda: json.loads(record.read_text())


def pairs(arguments: list[str], flag: str) -> list[str]:
    return [arguments[i + 1] for i, word in enumerate(arguments) if word == flag]


def test_dashboard_command(quarto, tmp_path):
    job = RenderJob(
        SAMPLES / "reports" / "dashboard.qmd",
        tmp_path / "out",
        "2022Q2-en",
        params={"period": "2022Q2", "lang": "en"},
        lang="en",
        env={"EXTRA": "x"},
    )
    result = render(job)
    asked = quarto()
    assert asked["arguments"][0] == "render"
    assert pairs(asked["arguments"], "-P") == ["lang:en", "period:2022Q2"]
    assert pairs(asked["arguments"], "--to") == ["dashboard"]
    metadata = pairs(asked["arguments"], "-M")
    assert {
        "lang:en",
        "is-en:true",
        "title:Trial quarterly page",
        "generator:quarto 1.9.99",
    } <= set(metadata)
    assert (asked["python"], asked["extra"]) == (sys.executable, "x")
    assert not asked["arguments"][1].startswith(str(SAMPLES)), "Quarto works in a copy"
    assert "# Summary" in asked["text"]
    assert "{title-en" not in asked["text"]
    assert result.engine == "quarto 1.9.99"
    assert [path.name for path in result.paths] == ["2022Q2-en.html"]
    assert result.paths[0].read_text() == "made by dashboard"


def test_book_is_asked_for_all_formats_together(quarto, tmp_path):
    job = RenderJob(SAMPLES / "book", tmp_path / "out", "tesi", formats=("html", "pdf", "docx"))
    result = render(job, engine="quarto")
    assert pairs(quarto()["arguments"], "--to") == ["html,typst,docx"]
    assert [path.name for path in result.paths] == ["tesi.html", "tesi.pdf", "tesi.docx"]
    assert [path.read_text() for path in result.paths] == [
        "made by html",
        "made by typst",
        "made by docx",
    ]
    # a book's pages link to its first page, which has another name here
    assert (tmp_path / "out" / "contesto.html").read_text() == '<a href="./tesi.html#x">'


def test_misspelt_parameter_never_reaches_quarto(quarto, tmp_path):
    job = RenderJob(
        SAMPLES / "reports" / "dashboard.qmd", tmp_path / "out", "x", params={"periodo": "2022Q2"}
    )
    with pytest.raises(RenderError, match="Did you mean 'period'"):
        render(job)
    with pytest.raises(FileNotFoundError):
        quarto()


def test_quartos_own_error_is_told(quarto, tmp_path):
    job = RenderJob(
        SAMPLES / "reports" / "dashboard.qmd", tmp_path / "out", "x", env={"EXTRA": "fail"}
    )
    with pytest.raises(RenderError, match="YAML parse error") as caught:
        render(job)
    assert caught.value.line == 3
    assert not (tmp_path / "out" / "x.html").exists()


def test_order_of_looking_for_quarto(tmp_path, monkeypatch):
    program = tmp_path / "quarto"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    monkeypatch.delenv("QUARTO_PATH", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert find_quarto() == program
    named = tmp_path / "other"
    named.write_text("#!/bin/sh\n")
    named.chmod(0o755)
    monkeypatch.setenv("QUARTO_PATH", str(named))
    assert find_quarto() == named
    monkeypatch.setenv("QUARTO_PATH", str(tmp_path / "absent"))
    with pytest.raises(RenderError, match="QUARTO_PATH"):
        find_quarto()


def facts(paths: Sequence[Path]) -> dict[str, set[str]]:
    """Return what both engines must say alike: numbers, captions, what is referred to, headings."""
    pages = " ".join(path.read_text(encoding="utf-8") for path in paths)
    pages = re.sub(r"<(style|script|nav)\b.*?</\1>", "", pages, flags=re.DOTALL)
    headings = re.findall(r"<(h[1-6])\b[^>]*>(.*?)</\1>", pages, flags=re.DOTALL)
    text = words(pages)
    return {
        "captions": set(re.findall(r"(?:Figura|Tabella) [A\d]\.\d", text)),
        "numbers": set(re.findall(r"Hanno risposto \d+ persone", text)),
        "references": set(re.findall(r'href="[^"]*#((?:fig|tbl|eq)-[\w-]+)"', pages)),
        # Their own numbers come in other elements; the last words of a heading are the heading.
        "headings": {
            re.sub(r"^(?:Appendice )?[A\d.]*[\s.:—–-]*", "", words(x)) for _, x in headings
        },
    }


def words(page: str) -> str:
    text = re.sub(r"<[^>]+>", "", page).replace("\u00a0", " ").replace("&nbsp;", " ")
    return re.sub(r"\s+", " ", text).strip()


@pytest.mark.skipif(
    shutil.which("quarto") is None, reason="Quarto is not installed: nothing to compare with"
)
def test_both_engines_agree_on_numbers_captions_references_and_headings(tmp_path):
    made = {
        engine: render(RenderJob(SAMPLES / "book", tmp_path / engine, "libro"), engine=engine)
        for engine in ("quarto", "embedded")
    }
    ours = facts(made["embedded"].paths)
    theirs = facts(sorted((tmp_path / "quarto").glob("*.html")))
    assert {name: theirs[name] for name in ("captions", "numbers")} == {
        name: ours[name] for name in ("captions", "numbers")
    }
    # Quarto's pages have links and headings of their own besides.
    assert ours["references"] <= theirs["references"]
    assert ours["headings"] <= theirs["headings"]
