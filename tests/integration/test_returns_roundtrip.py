"""Out to the partner and back: the demo's returns, filled in as partners would, with two programs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import openpyxl
import pandas as pd
import pytest

from assets.layout import Layout
from assets.outputs.return_checks import KEEP, NEW, REMOVE
from schemas.expected import EntryKind
from tests.conftest import lunattiva, small_demo
from tests.returns_sample import LINES, fill, process, shown

#: What a partner would write for each line, by heading and rule's kind: only plausible values.
PARTNER = "alcenero"
#: An answer that is no answer: it must show nowhere but in the record.
CANARY = "canarino giallo"
SOFFICE = shutil.which("soffice") or shutil.which("libreoffice")


@pytest.fixture(scope="module")
def sent(tmp_path_factory: pytest.TempPathFactory) -> tuple[Layout, dict[str, pd.DataFrame]]:
    """All of one partner's deliveries and a few of the others', read and sorted, with the returns written."""
    layout = small_demo(tmp_path_factory.mktemp("returns"), whole=(PARTNER,))
    frames = process(layout)
    ran = lunattiva(layout, "returns")
    assert ran.code == 0, ran.out + ran.err
    assert ran.out.count(".xlsx") == 6 and "ITS OWN workbook only" in ran.out
    return layout, frames


def workbook(layout: Layout) -> Path:
    (path,) = (layout.store / "returns" / PARTNER).glob("riscontro_alcenero_????-??-??.xlsx")
    return path


def answers(path: Path) -> dict[int, tuple[str, object]]:
    """Mend what a partner can mend: hours in minutes, a sex, a date; copies are taken out."""
    found: dict[int, tuple[str, object]] = {}
    for each in shown(path):
        at, heading, expected = int(str(each["at"])), each["heading"], str(each["expected"])
        if "stessa registrazione" in str(each["wrong"]):
            found[at] = ("remove", "sì")
        elif str(heading).startswith("Ore"):
            found[at] = ("new", 2.5)
        elif heading == "Sesso":
            found[at] = ("new", "F")
        elif heading == "Cod. ISTAT":
            found[at] = ("new", "020030")
        elif heading == "Presenza":
            found[at] = ("new", "sì")
        elif heading == "Data incontro":
            day = expected.split("dal ")[1][:10]
            found[at] = ("new", day)
    return found


def test_a_filled_return_is_carried_out_by_the_next_run(
    sent: tuple[Layout, dict[str, pd.DataFrame]], tmp_path: Path
) -> None:
    layout, before = copied(sent[0], tmp_path), sent[1]
    path = workbook(layout)
    given = answers(path)
    assert len(given) > 60
    odd = next(int(str(each["at"])) for each in shown(path) if each["heading"] == "Sesso")
    given[odd] = ("new", CANARY)
    ran = lunattiva(layout, "correct", str(fill(path, given)), "--by", "ufficio dati")
    assert ran.code == 0, ran.err
    again = lunattiva(layout, "correct", str(fill(path, given)), "--by", "ufficio dati")
    assert again.code == 0
    assert "Already so" in again.out
    assert CANARY not in ran.out + ran.err + again.out + again.err
    record = next((layout.raw / "_corrections" / PARTNER).glob("*.yml"))
    assert CANARY in record.read_text("utf-8")
    after = process(layout)
    counts = {
        name: frames["sorting_counts"].groupby("partner_code")[
            ["read_n", "accepted_n", "quarantined_n", "cells_set_aside_n"]
        ].sum()
        for name, frames in (("before", before), ("after", after))
    }  # fmt: skip
    mine = {name: each.loc[PARTNER] for name, each in counts.items()}
    assert mine["after"]["read_n"] == mine["before"]["read_n"]
    assert mine["after"]["read_n"] == mine["after"]["accepted_n"] + mine["after"]["quarantined_n"]
    assert mine["after"]["cells_set_aside_n"] < mine["before"]["cells_set_aside_n"]
    rules = after["sorting_reasons"]
    rules = rules[rules["partner_code"] == PARTNER]["rule"].value_counts()
    removed = sum(each[0] == "remove" for each in given.values())
    assert rules["record.removed"] == removed
    assert not {"hours.range", "is_present.parse", "session_date.parse"} & set(rules)
    assert rules["gender_code.code"] == 1, "the odd answer"
    others = counts["before"].drop(PARTNER)
    assert counts["after"].drop(PARTNER).equals(others)
    told = after["intake_corrections"]
    assert len(told) == len(given) and set(told["state"]) == {"applied"}
    written = "".join(after[name].to_string() for name in ("intake_corrections", "sorting_reasons"))
    assert CANARY not in written, "an answer shows nowhere but in the record"


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice (soffice) is not on this machine")
def test_the_same_through_libreoffice(
    sent: tuple[Layout, dict[str, pd.DataFrame]], tmp_path: Path
) -> None:
    layout = copied(sent[0], tmp_path)
    path = workbook(layout)
    saved = through_libreoffice(path, tmp_path)
    ours, theirs = openpyxl.load_workbook(path), openpyxl.load_workbook(saved)
    assert theirs.sheetnames == ours.sheetnames
    assert [theirs[each].sheet_state for each in ("_elenchi", "_lunattiva")] == ["hidden"] * 2
    page = theirs[LINES]
    assert page.protection.sheet
    locked = [[cell.protection.locked for cell in each[:12]] for each in page.iter_rows(min_row=2)]
    was = [[c.protection.locked for c in each[:12]] for each in ours[LINES].iter_rows(min_row=2)]
    assert locked[: len(was)] == was
    kinds: set[EntryKind | str] = {e.type for e in page.data_validations.dataValidation}
    assert {"list", "custom", "date", "textLength"} <= kinds
    columns = {e.sqref.ranges[0].min_col if hasattr(e.sqref.ranges, "__getitem__") else min(
        r.min_col for r in e.sqref.ranges) for e in page.data_validations.dataValidation}  # fmt: skip
    assert columns == {NEW, REMOVE, KEEP}
    assert page["G2"].value == ours[LINES]["G2"].value
    given = answers(path)
    reply = through_libreoffice(fill(saved, given), tmp_path / "indietro")
    ran = lunattiva(layout, "correct", str(reply), "--by", "ufficio dati")
    assert ran.code == 0, ran.err
    after = process(layout)
    rules = set(after["sorting_reasons"].query("partner_code == @PARTNER")["rule"])
    assert "record.removed" in rules and "hours.range" not in rules
    assert len(after["intake_corrections"]) == len(given)


def through_libreoffice(path: Path, folder: Path) -> Path:
    """Open and save a workbook with LibreOffice."""
    folder.mkdir(exist_ok=True)
    profile = (folder / "profile").resolve().as_uri()
    out = folder / "saved"
    command = [str(SOFFICE), f"-env:UserInstallation={profile}", "--headless"]
    command += ["--convert-to", "xlsx:Calc MS Excel 2007 XML", "--outdir", str(out), str(path)]
    subprocess.run(command, check=True, capture_output=True, timeout=120)
    return out / path.name


def copied(layout: Layout, root: Path) -> Layout:
    """A copy that a test may change."""
    shutil.copytree(layout.root / "raw", root / "raw")
    shutil.copytree(layout.store, root / ".store" / "demo")
    return Layout(root, "demo")
