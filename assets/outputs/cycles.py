"""The log of the action research (``cycles.yml``), each decision bound to the release it rests on."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.config import ConfigError, line_in, nearest, read_config
from schemas.cycles import CycleDecision, Cycles
from schemas.words import Words

LOG = "cycles.yml"
#: So much of a digest is told.
SHORT = 12
_MONTH = re.compile(r"\A[0-9]{4}-(0[1-9]|1[0-2])\Z")


def read_cycles(layout: Layout) -> Cycles | None:
    """Return the log of the action research; ``None`` where the programme keeps none.

    Raises
    ------
    ConfigurationError
        A mistake in it, with file and line.
    """
    path = layout.raw / LOG
    if not path.is_file():
        return None
    try:
        found = read_config(path, Cycles)
        _within(layout, path, found)
    except ConfigError as error:
        raise ConfigurationError(
            f"cycles.yml ha un errore. {error.say('it')}",
            f"cycles.yml has a mistake. {error.say('en')}",
        ) from None
    return found


def _within(layout: Layout, path: Path, found: Cycles) -> None:
    """Refuse quarters, waves and months that the programme does not have."""
    quarters = layout.definition.quarters()
    waves = list(layout.definition.waves)
    problems = []
    for i, cycle in enumerate(found.cycles):
        for n, each in enumerate(cycle.decisions):
            place: tuple[str | int, ...] = ("cycles", i, "decisions", n)
            if each.quarter and each.quarter not in quarters:
                problems.append(_unknown(path, (*place, "quarter"), each.quarter, quarters))
            for m, seen in enumerate(each.looked_at):
                known = [*quarters, *waves, "all"]
                if seen.period not in known and not _MONTH.match(seen.period):
                    at = (*place, "looked_at", m, "period")
                    problems.append(_unknown(path, at, seen.period, known))
    if problems:
        raise ConfigError(path, problems)


def _unknown(
    path: Path, at: tuple[str | int, ...], name: str, known: list[str]
) -> tuple[int, Words]:
    near = nearest(name, known)
    listed = ", ".join(known)
    return line_in(path, at), Words(
        it=f"il programma non ha «{name}»{f'; forse {near!r}?' if near else '.'} Ci sono: {listed}",
        en=f"the programme has no '{name}'{f'; did you mean {near!r}?' if near else '.'} "
        f"There are: {listed}",
    )


def told_cycles(layout: Layout, lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the log as the book is told it: each decision with the ``bound`` release."""
    found = read_cycles(layout)
    if found is None:
        return []
    made = []
    for cycle in found.cycles:
        told = cycle.model_dump(mode="json", by_alias=True)
        for each, entry in zip(cycle.decisions, told["decisions"], strict=True):
            entry["bound"] = bound(layout, each, lines)
        made.append(told)
    return made


def bound(layout: Layout, decision: CycleDecision, lines: list[dict[str, Any]]) -> dict[str, Any]:
    """Return the release that a decision rests on: its digest, data version, state and number.

    A quarter's page is the last one published before the decision's check; where none was, the
    draft that stands. A data version that no line of the ledger has is ``unknown``.
    """
    if decision.data_version:
        mine = [each for each in lines if each.get("data_version") == decision.data_version]
        state = "known" if mine else "unknown"
        release = str(mine[-1]["release"])[:SHORT] if mine else ""
        return {"state": state, "release": release, "data_version": decision.data_version}
    told = [each for each in lines if each.get("period") == decision.quarter]
    published = [each for each in told if each.get("state") == "published"]
    last = published[-1] if published else None
    release = str(last["release"]) if last else release_of(layout)
    data = next((x.get("data_version") for x in lines if x.get("release") == release), None)
    return {
        "state": "published" if last else "draft",
        "number": last.get("number") if last else None,
        "release": release[:SHORT],
        "data_version": data or "",
    }


def release_of(layout: Layout) -> str:
    """Return the digest of the release that stands; empty where there is none."""
    try:
        about = json.loads((layout.released / "release.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    return str(about.get("release") or "")
