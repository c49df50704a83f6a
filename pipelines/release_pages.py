"""What readers get of a published release: its pages and tables in a folder of their own, never changed.

A publication becomes one by its line in the ledger, written in one step. Its folder is made whole
beside its place before that line and takes its place after it; ``settle`` completes what a kill left
in between, or throws it away where the line was never written.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from assets import private
from assets.layout import Apart, Layout
from assets.versions import file_sha256

#: Beside a folder that was withdrawn; the folder itself stays as it left.
_NOTICE = "RITIRATO-WITHDRAWN.txt"
_READ_ONLY = 0o444
Line = Mapping[str, Any]


def name_of(line: Line) -> str:
    """Return what a publication is called: ``2022Q1-r1``."""
    return f"{line['period']}-r{line['number']}"


def stage(layout: Layout, line: Line) -> dict[str, str]:
    """Make the folder of a publication beside its place; returns its pages with their SHA-256.

    Parameters
    ----------
    line
        ``release``, ``period`` and ``number`` of the publication to be.
    """
    from assets.outputs.anonymity import render_anonymity
    from assets.outputs.dashboard import render_dashboards
    from assets.release import archive

    new = _waiting(layout, line)
    shutil.rmtree(new, ignore_errors=True)
    for path, data in archive.content_of(layout.released).items():
        (new / path).parent.mkdir(parents=True, exist_ok=True)
        (new / path).write_bytes(data)
    where = {"state": "published", "number": line["number"]}
    note = {"release": line["release"], **where, "period": line["period"]}
    note["periods"] = {line["period"]: where}
    (new / archive.STATE).write_text(
        json.dumps(note, indent=1) + "\n", encoding="utf-8", newline="\n"
    )
    staged = Apart(layout.root, layout.programme, new)
    made = [*render_dashboards(staged, [line["period"]]), *render_anonymity(staged)]
    return {path.name: file_sha256(path) for path in sorted(made)}


def anchor(layout: Layout, line: Line, ledger: str) -> None:
    """Write the digest of the ledger's line into the folder: whoever has the folder can prove it."""
    from assets.release import archive

    path = _waiting(layout, line) / archive.STATE
    note = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(
        json.dumps({**note, "ledger": ledger}, indent=1) + "\n", encoding="utf-8", newline="\n"
    )


def settle(layout: Layout) -> None:
    """Bring folders, ``release.json`` and the working pages in line with the ledger; quick."""
    from assets.release import approval, ledger

    lines = ledger.entries(layout.store / ledger.NAME)
    for line in approval.publications(lines):
        place, waiting = layout.published / name_of(line), _waiting(layout, line)
        if not place.exists() and _is_whole(waiting, line):
            private.put_in_place(waiting, place)
            _close(place)
        if line["withdrawn"]:
            _notice(layout, line)
    for left in sorted(layout.published.glob(".*.new")):
        shutil.rmtree(left, ignore_errors=True)
    if any(line.get("period") for line in lines):
        approval.write_note(layout.released, lines)
        _complete(layout, approval.publications(lines))


def _complete(layout: Layout, published: Sequence[Line]) -> None:
    """Put pages where they belong whose publication was killed after its line was written."""
    from assets.release import archive
    from pipelines import state

    known = state.read_state(layout)
    digest = archive.digest_in(layout.released) if known and published else None
    for line in {each["period"]: each for each in published}.values():
        is_due = line["release"] == digest and not line["withdrawn"]
        if known and is_due and not state.says_where_it_stands(layout, known, line["period"]):
            bring_out(layout, line)


def bring_out(layout: Layout, line: Line) -> None:
    """Put the published pages where the working ones are, and tell the list of pages and the state."""
    from assets.outputs.index import write_index
    from assets.outputs.render.cache import place
    from pipelines import state

    folder = layout.published / name_of(line)
    for name in line["pages"]:
        place(folder / name, layout.reports_output / name)
    write_index(layout)
    _told_to_state(layout, str(line["period"]), state)


def take_back(layout: Layout, line: Line) -> None:
    """Mark the working pages of a publication that was withdrawn."""
    from assets.outputs.dashboard import render_dashboards
    from assets.outputs.index import write_index
    from assets.release import archive
    from pipelines import state

    period = str(line["period"])
    if archive.digest_in(layout.released) == line["release"]:
        render_dashboards(layout, [period])
    else:  # they were made of tables that are no longer there: gone, the folder keeps them
        for name, sha256 in line.get("pages", {}).items():
            path = layout.reports_output / name
            if path.is_file() and file_sha256(path) == sha256:
                path.unlink()
    write_index(layout)
    _told_to_state(layout, period, state)


def refresh(layout: Layout) -> None:
    """Render again what belongs to no quarter, but the thesis: it says where the release stands."""
    from assets.outputs import sheet
    from assets.outputs.anonymity import render_anonymity
    from assets.outputs.codebook import render_codebook
    from assets.outputs.dashboard import WHOLE, render_dashboards
    from assets.outputs.index import write_index

    for render in (render_anonymity, render_codebook, sheet.bring_up):
        render(layout)
    render_dashboards(layout, [WHOLE])
    write_index(layout)


def altered(layout: Layout, lines: Sequence[Line], ledger_lines: Sequence[bytes]) -> list[str]:
    """Return the publications whose folder is not as it left, or whose line the ledger lost."""
    from assets.release import archive, chain

    known = {chain.sha256(each) for each in ledger_lines}
    found = set(altered_folders(layout, lines))
    for folder in sorted(layout.published.glob("*-r*")):
        if folder.is_dir() and _noted(folder / archive.STATE) not in known:
            found.add(folder.name)
    return sorted(found)


def altered_folders(layout: Layout, lines: Sequence[Line]) -> list[str]:
    """Return the publications whose folder no longer holds what the ledger says."""
    from assets.release import approval

    found = []
    for line in approval.publications(lines):
        place = layout.published / name_of(line)
        pages = {name: place / name for name in line.get("pages", {})}
        is_same = all(p.is_file() and file_sha256(p) == line["pages"][n] for n, p in pages.items())
        if not is_same or _tables_digest(place, set(pages)) != line["release"]:
            found.append(name_of(line))
    return sorted(found)


def _tables_digest(place: Path, pages: set[str]) -> str:
    from assets.release import archive, chain

    content = archive.content_of(place)
    return archive.digest_of(
        {path: chain.sha256(data) for path, data in content.items() if path not in pages}
    )


def _noted(path: Path) -> str:
    try:
        return str(json.loads(path.read_text(encoding="utf-8"))["ledger"])
    except (OSError, ValueError, KeyError, TypeError):
        return ""


def _told_to_state(layout: Layout, period: str, state: Any) -> None:
    known = state.read_state(layout)
    if known is None:
        return
    wanted = known.programme.fingerprint
    known.quarters[period] = state.Made(wanted, state.files_of_quarter(layout, period))
    state.remember_mark(layout, known, period)
    quarters = layout.definition.quarters()
    known.programme = state.Made(wanted, state.files_of_programme(layout, quarters))
    state.finish(layout, known)


def _waiting(layout: Layout, line: Line) -> Path:
    return layout.published / f".{name_of(line)}.new"


def _is_whole(folder: Path, line: Line) -> bool:
    return folder.is_dir() and all(
        (folder / name).is_file() and file_sha256(folder / name) == sha256
        for name, sha256 in line["pages"].items()
    )


def _close(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            path.chmod(_READ_ONLY)


def _notice(layout: Layout, line: Line) -> None:
    path = layout.published / f"{name_of(line)}.{_NOTICE}"
    if path.is_file():
        return
    why = line["withdrawn"]["why"]
    text = (
        f"{name_of(line)}: questa pubblicazione è stata ritirata. Non usarla. Motivo: {why}\n"
        f"{name_of(line)}: this publication was withdrawn. Do not use it. Reason: {why}\n"
    )
    layout.published.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8", newline="\n")
