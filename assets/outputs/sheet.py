"""Back to the neighbourhood: the one-page sheet, in the languages of its catalogue."""

from __future__ import annotations

import json
from pathlib import Path

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.outputs.jobs import KitFailed, asked, inputs_digest, manifest, watermark
from assets.versions import digest
from schemas.words import Words

TITLE = Words(it="Il foglio per il quartiere", en="The sheet for the neighbourhood")
#: Folder of the sheets, and the digest of what they were made of.
FOLDER, MADE = "sheet", "made.txt"
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


def bring_up(layout: Layout) -> list[Path]:
    """Write the sheets where the programme has them; else take away what other data made."""
    if "sheet" in layout.definition.documents:
        return render_sheets(layout)
    for path in pages(layout):
        path.unlink()
    return []


def render_sheets(layout: Layout) -> list[Path]:
    """Write the sheets from the released tables, where tables or code changed.

    Raises
    ------
    ConfigurationError
        Nothing is released, or the sheet cannot be made (the words are too hard, the page is full).
    """
    from assets.outputs.render.numbers import told_in

    manifest(layout)
    folder = layout.reports_output / FOLDER
    drafts = _DRAFTS if watermark(layout, "it") else {}
    wanted = digest([inputs_digest(layout), json.dumps(drafts)])
    kept = layout.render_cache / f"{FOLDER}-{MADE}"
    if kept.is_file() and kept.read_text("utf-8") == wanted and pages(layout):
        return pages(layout)
    try:
        told = (str(folder), json.dumps(drafts))
        numbers = asked(layout, "reports._sheet_set", *told, is_public=True)
    except KitFailed as failed:
        raise ConfigurationError(
            f"Il foglio per il quartiere non si può fare: {failed}",
            f"The sheet for the neighbourhood cannot be made: {failed}",
        ) from None
    for path in pages(layout):
        if path.suffix == ".html":
            page = told_in(
                path.read_text("utf-8"), numbers[path.stem.rpartition("_")[2]], is_themed=True
            )
            path.write_text(page, encoding="utf-8", newline="\n")
    kept.parent.mkdir(parents=True, exist_ok=True)
    kept.write_text(wanted, encoding="utf-8", newline="\n")
    return pages(layout)
