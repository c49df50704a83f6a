"""What people wrote about a file or a code, brought in line with an erasure: notes, corrections, links."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from assets import private
from assets.errors import DeliveryRefused
from assets.forgotten import Forgotten
from assets.layout import Layout
from schemas.config import ConfigError, read_config
from schemas.sidecar import Sidecar


def lower_note(path: Path, was: str, rows_n: int, done: Path) -> None:
    """Take the rows away from the number that the note beside the file declares, once."""
    from ruamel.yaml import YAML

    from assets.intake.files import note_beside

    note = note_beside(path)
    if note is None or (done.is_file() and done.read_text(encoding="ascii") == was):
        return
    try:
        read_config(note, Sidecar)  # within its bounds: no anchors, no depth, no megabytes
    except ConfigError:
        return  # the delivery is refused for its note; the number in it is not relied on
    yaml = YAML()
    tree = yaml.load(note.read_bytes())
    if not isinstance(tree, dict) or not isinstance(tree.get("rows"), int):
        return
    tree["rows"] = max(0, tree["rows"] - rows_n)
    waiting = note.with_name(f".{note.name}.new")
    with waiting.open("w", encoding="utf-8", newline="\n") as stream:
        yaml.dump(tree, stream)
    private.write(done, was.encode("ascii"))
    waiting.replace(note)


def move_corrections(layout: Layout, path: Path, plan: dict[str, Any]) -> int:
    """Let corrections of a file point to the same cells of the file as it is now."""
    from assets.intake.corrections import load_corrections
    from assets.intake.exports import recognise
    from assets.intake.find import find_files
    from assets.intake.readers import read_contents

    found = next((each for each in find_files(layout) if each.path == path), None)
    files = load_corrections(layout).files.get(plan["partner"], [])
    if not any(one.delivery == plan["was"] for file in files for one in file.corrections):
        return 0
    reader = found.source.reader if found and found.source else None
    try:
        sheet = recognise(read_contents(path.read_bytes(), path.name, reader)).sheet
    except DeliveryRefused:
        return 0  # corrections of a refused file rest, and are told by the run
    return _readdressed(layout, files, plan, sheet)


def clean_corrections(layout: Layout, gone: Forgotten) -> int:
    """Take out corrections that write a forgotten person's code into a cell."""
    from assets.intake.corrections import load_corrections

    taken = 0
    for partner, files in load_corrections(layout).files.items():
        for file in files:
            kept = [
                one
                for one in file.corrections
                if one.new is None or not gone.names(one.new, partner)
            ]
            if len(kept) < len(file.corrections):
                taken += len(file.corrections) - len(kept)
                _write_corrections(layout, file, kept)
    return taken


def clean_decisions(layout: Layout, gone: Forgotten) -> int:
    """Take out decisions about links that name a forgotten person."""
    from assets.core.decisions import load_decisions, write_decisions

    known = load_decisions(layout)
    kept = [
        each
        for each in known
        if not any(
            gone.names(code.rpartition(":")[2], code.rpartition(":")[0] or partner)
            for code in each.codes
            for partner in (each.partners or [""])
        )
    ]
    if len(kept) < len(known):
        write_decisions(layout, kept)
    return len(known) - len(kept)


def _readdressed(layout: Layout, files: list[Any], plan: dict[str, Any], sheet: Any) -> int:
    from assets.intake.corrections import cell_text
    from schemas.correction import cell_digest

    gone_rows, dropped = set(plan["rows"]), 0
    texts: dict[tuple[str, int, str], str] = {}
    for file in files:
        kept = []
        for one in file.corrections:
            if one.delivery != plan["was"]:
                kept.append(one)
                continue
            if one.row in gone_rows:
                dropped += 1
                continue
            row = one.row - sum(each < one.row for each in gone_rows)
            place = (one.sheet, row, one.letter)
            text = texts.get(place)
            if text is None:
                text = cell_text(sheet, row, one.letter)
            expected = cell_digest(plan["now"], one.sheet, row, one.letter, text)
            if one.new is not None:
                texts[place] = one.new
            kept.append(
                one.model_copy(update={"delivery": plan["now"], "row": row, "expected": expected})
            )
        if kept != file.corrections:
            _write_corrections(layout, file, kept)
    return dropped


def _write_corrections(layout: Layout, file: Any, kept: list[Any]) -> None:
    from assets.intake.corrections import corrections_folder, write_corrections

    if kept:
        write_corrections(layout, file.model_copy(update={"corrections": kept}))
        return
    folder = corrections_folder(layout, file.partner)
    (folder / f"{file.number:03d}-{file.workbook[:12]}.yml").unlink(missing_ok=True)
