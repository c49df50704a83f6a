"""The small programme of the campaign, with all that no run may lose: an approval, a correction, an erasure."""

from __future__ import annotations

import hashlib
import json
import shutil
from datetime import date
from pathlib import Path

from assets.intake.corrections import write_corrections
from assets.layout import Layout
from assets.release import chain, ledger
from pipelines.backup import _MADE_AGAIN
from schemas.correction import Correction, Corrections, cell_digest
from tests.conftest import small_demo
from tests.soak.started import Started, copied

#: Partners whose few files make a whole release: contacts and attendance.
PARTNERS = ("agape", "csv")
#: The delivery that comes and goes.
CHANGED = "agape/2022Q1/emporio_2022Q1_sintetico.csv"
CORRECTED = "csv/2022Q1/presenze_2022Q1_sintetico.csv"
QUARTER = "2022Q1"
FORGOTTEN = "LUN-0041"
_HOURS = 9  # its column in the file


def small(root: Path) -> Layout:
    """Put the small programme below a root."""
    layout = small_demo(root)
    for folder in layout.partner_folders():
        if folder.name not in PARTNERS:
            shutil.rmtree(folder)
    path = layout.raw / "programme.yml"
    text = path.read_text("utf-8")
    path.write_text(text[: text.index("evaluation:\n")], "utf-8")  # the questions come last
    return layout


def base(root: Path) -> Layout:
    """Run the programme, correct a cell, forget a person, and publish its quarter."""
    layout = small(root)
    _correct(layout)
    asked = (
        ["run", "--json"],
        ["forget", FORGOTTEN, "--by", "Ufficio", "--reason", "richiesta"],
        ["release", QUARTER],
        ["release", QUARTER, "--approve", "Seconda Persona"],
        ["release", QUARTER, "--publish"],
    )
    for arguments in asked:
        if copied(layout, arguments=arguments).wait():
            said = (layout.root / "told.txt").read_text("utf-8")
            raise SystemExit(f"{arguments}: did not hold\n{said}")
    return layout


def end(run: Started) -> int:
    """Wait for a run to end and return its code."""
    code = run.wait()
    if code not in (0, 1):
        raise SystemExit(f"a run that nobody killed ended with {code}")
    return code


def _correct(layout: Layout) -> None:
    """Change the hours of the first row that has some."""
    path = layout.raw / CORRECTED
    sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
    lines = path.read_text("cp1252").splitlines()
    row, cells = next(
        (number, line.split(";"))
        for number, line in enumerate(lines[1:], start=2)
        if line.split(";")[_HOURS] and FORGOTTEN not in line
    )
    one = Correction(
        delivery=sha256, sheet="", row=row, letter="J", heading="Durata", column="hours",
        rule="hours.range", expected=cell_digest(sha256, "", row, "J", cells[_HOURS]),
        action="change", new="1,25",
    )  # fmt: skip
    book = Corrections.model_validate(
        {"number": 1, "partner": "csv", "from": sha256, "by": "ufficio", "on": date(2023, 6, 1),
         "corrections": [one]}
    )  # fmt: skip
    write_corrections(layout, book)


def released(layout: Layout) -> dict[str, str]:
    """Digest of every released file; where the release stands is no part of its bytes."""
    return {
        name: sha256 for name, sha256 in digests(layout.released).items() if name != "release.json"
    }


def digests(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder."""
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in found
    }


def drop_made(layout: Layout) -> None:
    """Delete all of the store that a run makes again; what people decided stays."""
    for path in layout.store.iterdir() if layout.store.is_dir() else []:
        if path.name in {*_MADE_AGAIN, "released"} or path.name.startswith("warehouse"):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def lost(layout: Layout, start: Layout) -> list[str]:
    """Return what is no longer there of what people delivered, decided and published.

    Parameters
    ----------
    start
        The programme before the campaign.
    """
    gone = []
    before, now = (each.store / ledger.NAME for each in (start, layout))
    if not now.read_bytes().startswith(before.read_bytes()) or chain.broken(now):
        gone.append("ledger")
    if digests(layout.published) != digests(start.published):
        gone.append("published")
    for name in ("_forgotten.yml", "_corrections"):
        at, was = layout.raw / name, start.raw / name
        same = digests(at) == digests(was) if was.is_dir() else at.read_bytes() == was.read_bytes()
        gone += [] if same else [name]
    kept = {path.name.split(".")[0] for path in layout.vault.rglob("*") if path.is_file()}
    for partner in PARTNERS:
        for path in sorted((layout.raw / partner).rglob("*_sintetico*")):
            if hashlib.sha256(path.read_bytes()).hexdigest() not in kept:
                gone.append(path.name)
    state = layout.store / "state.json"
    if not state.is_file():
        gone.append("a state: the run ended without one (see told.txt)")
    elif json.loads(state.read_text("utf-8"))["summary"].get("failures"):
        gone.append("a state of a run that failed")
    gone += ["a forgotten person"] if _is_there(layout, FORGOTTEN) else []
    return gone


def _is_there(layout: Layout, code: str) -> bool:
    import duckdb

    try:
        with duckdb.connect(str(layout.warehouse), read_only=True) as connection:
            found = connection.execute(
                "select count(*) from core_participants where person_code = $1", [code]
            ).fetchone()
    except duckdb.Error:
        # Damaged, and nothing was new: no run has read it. The next that needs it makes it anew.
        return False
    return bool(found and found[0])
