"""Git asks before a commit: deliveries, working state and identifiers are refused, the rest is not."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import openpyxl
import pytest

from pipelines import precommit

ROOT = Path(__file__).resolve().parents[2]
#: A tax code made up for nobody; the check character is right.
TAX_CODE = "QQQZZZ70H15X999P"


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty git repository with the hook of this checkout."""
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith("GIT_")]:
        monkeypatch.delenv(name)
    git("init", "-q")
    git("config", "user.email", "nobody@example.org")
    git("config", "user.name", "Nobody")
    hook = tmp_path / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f'#!/bin/sh\nPYTHONPATH="{ROOT}" "{sys.executable}" -m pipelines.precommit\n')
    hook.chmod(0o755)
    return tmp_path


def git(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["git", *arguments], capture_output=True, text=True, encoding="utf-8", check=False
    )


def commit(name: str, content: str | bytes) -> subprocess.CompletedProcess[str]:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    git("add", "-f", name)
    return git("commit", "-q", "-m", "x")


@pytest.mark.skipif(sys.platform == "win32", reason="the hook of this test is a shell script")
def test_git_refuses_and_accepts_as_it_should(repository: Path) -> None:
    refused = commit("notes/elenco.csv", f"Tessera;CF\nLUN-0001;{TAX_CODE}\n")
    said = refused.stdout + refused.stderr
    assert refused.returncode != 0 and "notes/elenco.csv" in said
    assert TAX_CODE not in said
    git("rm", "-q", "--cached", "notes/elenco.csv")
    accepted = commit("notes/elenco.csv", "Tessera;Punti\nLUN-0001;10\n")
    assert accepted.returncode == 0, accepted.stdout + accepted.stderr
    # What is staged counts, not what lies in the folder by now.
    Path("notes/elenco.csv").write_text(f"CF\n{TAX_CODE}\n")
    git("add", "notes/elenco.csv")
    Path("notes/elenco.csv").write_text("Punti\n10\n")
    assert git("commit", "-q", "-m", "x").returncode != 0


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("raw/lunattiva/agape/2022Q1/emporio.csv", "delivery"),
        ("raw/lunattiva/programme.yml", "delivery"),
        ("raw/lunattiva/_forgotten.yml", "delivery"),
        (".store/demo/warehouse.duckdb", "working state"),
        (".store/demo.forgotten.key", "working state"),
        ("copia/magazzino.duckdb", "working state"),
        ("reports/_output/demo/index.html", "working state"),
    ],
)
def test_deliveries_and_working_state_are_refused_by_their_place(name: str, key: str) -> None:
    (line,) = precommit.problems_of(name, "en")
    assert key in line


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("docs/caso.md", f"La persona {TAX_CODE} ha chiesto"),
        ("config.yml", "contatto: anna.bianchi@comune.cremona.it"),
        ("lista.txt", "IBAN IT60X0542811101000000123456"),
        ("lista.csv", "Nome;Cognome;Punti\nAnna;Bianchi;1\nMarco;Verdi;2\nLuca;Neri;3\n"),
        ("foglio.xlsx", ""),
    ],
)
def test_identifiers_are_refused_and_never_repeated(repository: Path, name: str, text: str) -> None:
    if name.endswith(".xlsx"):
        book = openpyxl.Workbook()
        book.active.append(("Codice", "Annotazioni"))
        book.active.append(("LUN-0001", f"cf {TAX_CODE}"))
        book.save(name)
    else:
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text, encoding="utf-8")
    told = "\n".join(precommit.problems_of(name, "en") + precommit.problems_of(name, "it"))
    assert name in told
    for value in (TAX_CODE, "bianchi", "IT60X", "Anna", "Verdi"):
        assert value not in told


@pytest.mark.parametrize(
    "name",
    ["partner.key", "a/PARTNER.KEY", "appunti.txt", "note.md", ".env", "utf16.txt", "chiave"],
)
def test_keys_are_refused_by_name_and_by_what_they_hold(repository: Path, name: str) -> None:
    from assets.coding.keys import Key

    key = Key(bytes(range(32)))
    text = f"LUNATTIVA_KEY={key.secret.hex()}" if name == ".env" else f"la chiave:\n{key.line}\n"
    Path(name).parent.mkdir(exist_ok=True)
    Path(name).write_text(text, encoding="utf-16" if name == "utf16.txt" else "utf-8")
    (line,) = precommit.problems_of(name, "en")
    assert "is a key" in line and key.secret.hex() not in line
    assert "chiave" in precommit.problems_of(name, "it")[0]


def test_what_only_speaks_of_keys_is_accepted(repository: Path) -> None:
    text = "`lunattiva-key:1:` e 64 cifre; `LUNATTIVA_KEY=off`, LUNATTIVA_KEY: keyring\n"
    Path("a.md").write_text(text, encoding="utf-8")
    assert precommit.problems_of("a.md", "en") == []


def test_addresses_kept_for_examples_are_nobodys(repository: Path) -> None:
    Path("docs.md").write_text("Scrivere a nome@example.org o a x@ufficio.test\n")
    assert precommit.problems_of("docs.md", "en") == []


def test_every_exception_says_why_and_is_still_needed() -> None:
    tracked = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    ).stdout.splitlines()  # fmt: skip
    if not tracked:
        pytest.skip("not a git checkout")
    for pattern, why in precommit.allowed().items():
        assert len(why) > 10
        assert any(precommit.fnmatch.fnmatchcase(name, pattern) for name in tracked), pattern
    assert not any(precommit._is_allowed(name) for name in ("raw/lunattiva/a.csv", "README.md"))
