"""What is installed, what is missing, where things are."""

from __future__ import annotations

import importlib.metadata
import os
import platform
import shutil
import sys
import uuid
from dataclasses import dataclass
from pathlib import Path

from assets.layout import Layout, programmes
from pipelines.messages import say
from pipelines.settings import Language

#: Packages a report of trouble should name.
_PACKAGES = (
    "cryptography",
    "dagster",
    "dagster-webserver",
    "duckdb",
    "duckdb-extension-httpfs",
    "pandas",
    "pandera",
    "pyarrow",
    "statsmodels",
    "pypandoc_binary",
    "typst",
)
_CHROMIUM = ("chromium", "chromium-browser", "google-chrome", "chrome")
_NEEDED_GB = 1.0
_OLDEST = (3, 11)


@dataclass(frozen=True)
class Finding:
    """One line of the report; ``is_well`` is false where it keeps the pipeline from working."""

    what: str
    found: str
    is_well: bool = True


def examine(layout: Layout, lang: Language) -> list[Finding]:
    """Look at the machine and return what was found, in the reader's language."""
    return [
        _python(lang),
        *_packages(lang),
        _renderer(lang),
        Finding(say("doctor.chromium", lang), chromium() or say("doctor.no_chromium", lang)),
        Finding(say("doctor.programmes", lang), ", ".join(programmes(layout.root)) or "-"),
        *_folders(layout, lang),
        _encryption(layout, lang),
        _space(layout, lang),
    ]


def chromium() -> str | None:
    """Return the Chromium that tests would drive: on PATH, or installed by Playwright."""
    for name in _CHROMIUM:
        found = shutil.which(name)
        if found:
            return found
    folder = os.environ.get("PLAYWRIGHT_BROWSERS_PATH")
    places = [Path(folder)] if folder else []
    places.append(Path.home() / ".cache" / "ms-playwright")
    installed = [path for place in places for path in sorted(place.glob("chromium-*"))]
    return str(installed[-1]) if installed else None


def _python(lang: Language) -> Finding:
    is_well = sys.version_info[:2] >= _OLDEST
    found = f"{platform.python_version()} ({sys.executable})"
    if not is_well:
        found += f" {say('doctor.too_old', lang)}"
    return Finding(say("doctor.python", lang), found, is_well)


def _packages(lang: Language) -> list[Finding]:
    found = []
    for name in _PACKAGES:
        try:
            found.append(Finding(name, importlib.metadata.version(name)))
        except importlib.metadata.PackageNotFoundError:
            found.append(Finding(name, say("doctor.missing_package", lang), is_well=False))
    return found


def _renderer(lang: Language) -> Finding:
    from assets.outputs.render.quarto import find_quarto

    quarto = find_quarto()
    found = say("doctor.quarto", lang, path=quarto) if quarto else say("doctor.embedded", lang)
    return Finding(say("doctor.renderer", lang), found)


def _folders(layout: Layout, lang: Language) -> list[Finding]:
    found = []
    for folder in (layout.raw, layout.store, layout.reports_output, layout.thesis_output):
        is_well = _writable(folder)
        words = say("doctor.writable" if is_well else "doctor.not_writable", lang)
        found.append(Finding(say("doctor.folder", lang), f"{folder} ({words})", is_well))
    return found


def _writable(folder: Path) -> bool:
    """Try it: what the system says about rights is not to be relied on (network drives)."""
    while not folder.exists():
        folder = folder.parent
    trial = folder / f".lunattiva-{uuid.uuid4().hex}"
    try:
        trial.touch()
        trial.unlink()
    except OSError:
        return False
    return True


def _encryption(layout: Layout, lang: Language) -> Finding:
    """Say whether what is stored is encrypted, and whether the key that is set opens it."""
    from assets.errors import LunattivaError
    from assets.seal import is_set, seal_of

    try:
        seal = seal_of(layout.store)
    except LunattivaError as error:
        return Finding(say("doctor.encryption", lang), error.say(lang), is_well=False)
    told = "closed" if seal else "to_close" if is_set(layout.store) else "open"
    return Finding(say("doctor.encryption", lang), say(f"doctor.{told}", lang))


def _space(layout: Layout, lang: Language) -> Finding:
    free = shutil.disk_usage(layout.root).free / 1e9
    found = f"{free:.1f} GB"
    if free < _NEEDED_GB:
        found += f" {say('doctor.little_space', lang, need=_NEEDED_GB)}"
    return Finding(say("doctor.space", lang), found, free >= _NEEDED_GB)
