"""What every rendering of this house is told: where the released tables are, what decides its bytes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.versions import code_version, digest, file_sha256
from schemas.words import Language, Words

WORKERS = 2
TIMEOUT_S = 120
DRAFT = "draft"
BRAND = REPOSITORY / "reports" / "brand" / "lunattiva.css"
_TOLD = ("published", "withdrawn")
#: State -> what every page says, and the word that marks its tables and pictures.
WATERMARKS = {
    DRAFT: (
        Words(it="BOZZA - non diffondere", en="DRAFT - do not circulate"),
        Words(it="BOZZA", en="DRAFT"),
    ),
    "withdrawn": (
        Words(it="RITIRATO - non usare", en="WITHDRAWN - do not use"),
        Words(it="RITIRATO", en="WITHDRAWN"),
    ),
}


class KitFailed(Exception):
    """A program of the reading kit stopped; its text says why."""


def manifest(layout: Layout) -> dict[str, Any]:
    """Return the manifest of what was released.

    Raises
    ------
    ConfigurationError
        Nothing has been released yet.
    """
    path = layout.released / "manifest.json"
    if not path.is_file():
        raise ConfigurationError(
            f"Non c'è ancora nulla di rilasciato per «{layout.programme}»: lanciare «lunattiva run».",
            f"Nothing is released yet for '{layout.programme}': run 'lunattiva run'.",
        )
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def environment(layout: Layout, *, is_public: bool = False) -> dict[str, str]:
    """Return what the documents' kernels are told: the released folder, and where the kit is.

    ``LUNATTIVA_NUMBERS`` names the kit that marks every number: one without a mark stops the render.
    A public page shows counts of people rounded (``public_round_to``).
    """
    return {
        "LUNATTIVA_PUBLIC": "1" if is_public else "0",
        "LUNATTIVA_RELEASED": str(layout.released),
        "LUNATTIVA_NUMBERS": "reports.kit",
        "PYTHONPATH": str(REPOSITORY),
    }


def asked(layout: Layout, module: str, *arguments: str, is_public: bool = False) -> Any:
    """Run a program of the reading kit in a process of its own, and return the JSON it prints.

    What it can read is what it is told, as for every document.

    Raises
    ------
    KitFailed
        It stopped; the text is the last line it said.
    """
    told = environment(layout, is_public=is_public)
    done = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=REPOSITORY,
        env={**os.environ, **told, "PYTHONUTF8": "1", "SOURCE_DATE_EPOCH": "0"},
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="replace",
        timeout=TIMEOUT_S,
        check=False,
    )
    if done.returncode:
        raise KitFailed((done.stderr.strip().splitlines() or [str(done.returncode)])[-1])
    return json.loads(done.stdout)


def inputs_digest(layout: Layout) -> str:
    """Return the digest of what the cells read: the release, where it stands, and our code."""
    return digest([file_sha256(layout.released / "manifest.json"), mark(layout), code_version()])


def mark(layout: Layout, period: str | None = None) -> str:
    """Return where the release stands for readers: ``draft``, ``published-1``, ``withdrawn-1``.

    Audited and approved is a draft still. What the tables' folder does not say is a draft.

    Parameters
    ----------
    period
        Of a quarter's page; without it, of what belongs to no quarter: it counts as published
        once the release is, whatever the quarter.
    """
    try:
        found = json.loads((layout.released / "release.json").read_text(encoding="utf-8"))
        about = found if period is None else found["periods"][period]
        state, number = about["state"], about["number"]
    except (OSError, ValueError, KeyError, TypeError):
        return DRAFT
    return f"{state}-{number}" if state in _TOLD and number else DRAFT


def watermark(layout: Layout, lang: Language, period: str | None = None) -> dict[str, str]:
    """Return the front matter that marks a page as not to be passed on; empty once published."""
    state = mark(layout, period).partition("-")[0]
    if state == "published":
        return {}
    whole, word = WATERMARKS[state]
    return {"watermark": whole.say(lang), "watermark-word": word.say(lang)}


def brand_css() -> str:
    """Return the house's style sheet, for the pages that no document makes: colours in two themes."""
    return BRAND.read_text(encoding="utf-8")


def names(paths: list[Path]) -> list[str]:
    """Return file names, sorted: what a run may say about its outputs."""
    return sorted(path.name for path in paths)
