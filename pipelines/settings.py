"""What the environment may set, and the few constants of running. Light: imported by every command."""

from __future__ import annotations

import locale
import os
from typing import Literal

#: As ``schemas.words.Language``; repeated because importing it costs a quarter of a second.
Language = Literal["it", "en"]

DEFAULT_PROGRAMME = "demo"
ROOT_VARIABLE = "LUNATTIVA_ROOT"
PROGRAMME_VARIABLE = "LUNATTIVA_PROGRAMME"
LANGUAGE_VARIABLE = "LUNATTIVA_LANG"
#: A PostgreSQL server for Dagster's history instead of SQLite (``deploy/database.py``).
DATABASE_VARIABLE = "LUNATTIVA_DATABASE"

#: Days after the end of a period until its delivery counts as late.
GRACE_DAYS = 30

#: Runs kept in Dagster's history; older ones are deleted after each run (``LUNATTIVA_KEEP_RUNS``).
KEEP_RUNS = 50
#: Days for which Dagster keeps what sensors and schedules did (``LUNATTIVA_KEEP_DAYS``).
KEEP_DAYS = 90

#: Seconds without a change in ``raw/`` until its files count as written whole.
QUIET_S = 20
#: Seconds between two looks at ``raw/``.
LOOK_S = 15
#: Seconds a run that nobody watches waits for another one to end.
WAIT_S = 900
#: The clock by which quarters end and days begin.
TIMEZONE = "Europe/Rome"

#: Where Dagster's web UI listens: this machine only.
UI_HOST = "127.0.0.1"
UI_PORT = 3000

#: How dependencies are told to tell nobody how they are used. Only Dagster would (its own file says
#: it too); the second is the common word for those that may come.
NO_TELEMETRY = {
    "DAGSTER_DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
}

#: Exit codes of the command line.
HELD, DID_NOT_HOLD, INTERRUPTED = 0, 1, 130


def number(name: str, default: int, least: int = 1) -> int:
    """Return a whole number that the environment sets; anything else is the default."""
    given = os.environ.get(name, "").strip()
    return max(least, int(given)) if given.isdecimal() else default


def programme() -> str:
    """Return the programme that the environment names, else the demo."""
    return os.environ.get(PROGRAMME_VARIABLE) or DEFAULT_PROGRAMME


def language(asked: str | None = None) -> Language:
    """Return the reader's language: as asked, else ``LUNATTIVA_LANG``, else the system's.

    Anything that is not Italian is answered in English.
    """
    for given in (asked, os.environ.get(LANGUAGE_VARIABLE)):
        if given:
            return "it" if given.lower().startswith("it") else "en"
    for variable in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if os.environ.get(variable):
            return "it" if os.environ[variable].lower().startswith("it") else "en"
    try:  # Windows sets none of them; its name for Italian is 'Italian_Italy'
        system = locale.getlocale()[0] or ""
    except ValueError:
        system = ""
    return "it" if system.lower().startswith("it") else "en"
