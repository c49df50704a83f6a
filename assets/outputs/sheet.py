"""Back to the neighbourhood: the one-page sheet, in the languages of its catalogue."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.outputs.jobs import environment, inputs_digest, manifest, watermark
from assets.versions import digest
from schemas.words import Words

TITLE = Words(it="Il foglio per il quartiere", en="The sheet for the neighbourhood")
#: Folder of the sheets, and the digest of what they were made of.
FOLDER, MADE = "sheet", "made.txt"
TIMEOUT_S = 120
#: What a sheet nobody approved says in each of its languages.
_DRAFTS = {
    "it": "BOZZA - non diffondere",
    "en": "DRAFT - do not circulate",
    "fr": "PROJET - ne pas diffuser",
    "ar": "مسودة - لا للنشر",
}


def pages(layout: Layout) -> list[Path]:
    """Return the sheets that are there, in order of name."""
    return sorted(
        path
        for path in (layout.reports_output / FOLDER).glob("sheet_*.*")
        if path.suffix in (".html", ".pdf")
    )


def render_sheets(layout: Layout) -> list[Path]:
    """Write the sheets from the released tables, where tables or code changed.

    A process of its own, as for every document: what it can read is what it is told.

    Raises
    ------
    ConfigurationError
        Nothing is released, or the sheet cannot be made (the words are too hard, the page is full).
    """
    manifest(layout)
    folder = layout.reports_output / FOLDER
    drafts = _DRAFTS if watermark(layout, "it") else {}
    wanted = digest([inputs_digest(layout), json.dumps(drafts)])
    kept = layout.render_cache / f"{FOLDER}-{MADE}"
    if kept.is_file() and kept.read_text("utf-8") == wanted and pages(layout):
        return pages(layout)
    done = subprocess.run(
        [sys.executable, "-m", "reports._sheet", str(folder), json.dumps(drafts)],
        cwd=REPOSITORY,
        env={**os.environ, **environment(layout), "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": "0"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        said = done.stderr.strip().splitlines()
        why = said[-1] if said else str(done.returncode)
        raise ConfigurationError(
            f"Il foglio per il quartiere non si può fare: {why}",
            f"The sheet for the neighbourhood cannot be made: {why}",
        )
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(wanted, encoding="utf-8")
    return pages(layout)
