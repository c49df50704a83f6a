"""The intern's page: what came, what is late, what was refused, what to do. For the project only."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from assets.layout import REPOSITORY, Layout
from assets.outputs.jobs import environment
from assets.versions import code_version, digest
from schemas.words import LANGUAGES, Words

TITLE = Words(it="La pagina del tirocinio", en="The intern's page")
SUBTITLE = Words(
    it="Che cosa è arrivato, che cosa manca, che cosa fare adesso",
    en="What came, what is missing, what to do now",
)
SOURCE = REPOSITORY / "reports" / "quality.qmd"
#: Pages for the project itself; nothing in here goes to readers.
INTERNAL = "internal"
TABLES = "quality.json"
#: Digest of what the pages beside it were made of.
MADE = "made.txt"


def page_name(lang: str) -> str:
    """Return the page's file name without its ending."""
    return f"quality_{lang}"


def pages(layout: Layout) -> list[Path]:
    """Return where the pages are, one a language."""
    return [layout.reports_output / INTERNAL / f"{page_name(lang)}.html" for lang in LANGUAGES]


def folder(layout: Layout) -> Path:
    """Return the folder of the tables the pages are made of."""
    return layout.store / "quality"


def refresh(layout: Layout, tables: dict[str, Any]) -> list[str]:
    """Write the tables, and the pages where tables or code changed or a page is gone.

    Returns
    -------
    list of str
        The pages, relative to the root.
    """
    place = folder(layout)
    place.mkdir(parents=True, exist_ok=True)
    text = json.dumps(tables, ensure_ascii=False, indent=1, sort_keys=True, default=str) + "\n"
    wanted = digest([hashlib.sha256(text.encode()).hexdigest(), code_version()])
    made = place / MADE
    before = made.read_text(encoding="utf-8") if made.is_file() else ""
    if before != wanted or not all(path.is_file() for path in pages(layout)):
        made.unlink(missing_ok=True)
        (place / TABLES).write_text(text, encoding="utf-8", newline="\n")
        _render(layout, tables["title"], wanted)
        made.write_text(wanted, encoding="utf-8", newline="\n")
    return [path.relative_to(layout.root).as_posix() for path in pages(layout)]


def _render(layout: Layout, title: dict[str, str], wanted: str) -> None:
    from assets.outputs.render import RenderJob
    from assets.outputs.render.together import render_together

    jobs = [
        RenderJob(
            source=SOURCE,
            out_dir=layout.reports_output / INTERNAL,
            stem=page_name(lang),
            params={"lang": lang},
            # Counts of deliveries are no released numbers: nothing is marked to be traced.
            env={
                **environment(layout),
                "LUNATTIVA_QUALITY": str(folder(layout)),
                "LUNATTIVA_NUMBERS": "",
            },
            lang=lang,
            inputs_digest=wanted,
            meta={"title": f"{title[lang]}: {TITLE.say(lang)}", "subtitle": SUBTITLE.say(lang)},
        )
        for lang in LANGUAGES
    ]
    render_together(jobs, cache_dir=layout.render_cache)
