"""What only a person can decide, gathered from the last run: counts and words, never a cell. Light."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any

from assets import private
from assets.layout import Layout
from pipelines import look
from pipelines.expected import Expectation, expectations
from pipelines.messages import say
from pipelines.summary import counted

#: Where the list stands for pages and notices.
NAME = "decisions.json"
#: States of a release that wait for a person.
_WAITING = ("draft", "audited")


@dataclass(frozen=True)
class Decision:
    """One thing that waits for a person.

    Attributes
    ----------
    code
        ``links``, ``refused``, ``late``, ``release`` or ``retention``.
    about
        What it is about, in our own names: paths, periods, a quarter. With another part it is to be
        told again; with one part less it is not.
    count
        How many.
    it, en
        What is to be decided, and how.
    """

    code: str
    about: tuple[str, ...]
    count: int
    it: str
    en: str

    @property
    def keys(self) -> list[str]:
        """What its parts are recognised by once they were told."""
        return [
            hashlib.sha256(f"{self.code}\0{part}".encode()).hexdigest()[:16] for part in self.about
        ]


def decisions(layout: Layout, today: date) -> list[Decision]:
    """Return what waits for a person, the most pressing first.

    Parameters
    ----------
    today
        The day on which deliveries are late and data past their retention date.
    """
    found = _refused(counted(layout)["refused"])
    found += _links(look.link_questions(layout))
    found += _late(expectations(layout, today))
    found += _release(layout)
    return [*found, *_retention(layout, today)]


def write(layout: Layout, found: list[Decision]) -> Path:
    """Write the list for the intern's page; the same decisions give the same bytes."""
    path = layout.store / NAME
    listed = [asdict(each) for each in found]
    text = json.dumps({"decisions": listed}, ensure_ascii=False, indent=1) + "\n"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        private.write(path, text.encode("utf-8"))
    return path


def _decision(code: str, about: tuple[str, ...], count: int, **values: object) -> Decision:
    said = {lang: say(f"decide.{code}", lang, count=count, **values) for lang in ("it", "en")}
    return Decision(code, about, count, said["it"], said["en"])


def _refused(refused: list[dict[str, str]]) -> list[Decision]:
    """One decision a partner."""
    files: dict[str, list[str]] = {}
    for each in refused:
        files.setdefault(each["partner"] or "?", []).append(each["file"])
    return [
        _decision(
            "refused", tuple(sorted(names)), len(names),
            partner=partner, files=", ".join(sorted(names)),
        )
        for partner, names in sorted(files.items())
    ]  # fmt: skip


def _links(questions: dict[str, Any]) -> list[Decision]:
    if not questions["open"]:
        return []
    # Answering one leaves fewer open: only a question that was not asked before is news.
    about = f"{questions['asked']} {questions['again']}"
    return [_decision("links", (about,), questions["open"])]


def _late(expected: list[Expectation]) -> list[Decision]:
    late: dict[str, list[str]] = {}
    for each in expected:
        late.setdefault(each.partner, []).extend(
            f"{each.source} {period}" for period in each.missing
        )
    return [
        _decision(
            "late", tuple(f"{partner}/{one}" for one in what), len(what),
            partner=partner, what=", ".join(what),
        )
        for partner, what in late.items()
        if what
    ]  # fmt: skip


def _release(layout: Layout) -> list[Decision]:
    """A draft waits for approval; of one quarter it is told once, though every run makes another."""
    manifest = _json(layout.released / "manifest.json")
    about = _json(layout.released / "release.json")
    quarter = about.get("period") or manifest.get("latest_quarter")
    if not quarter or about.get("state", "draft") not in _WAITING:
        return []
    return [_decision("release", (str(quarter),), 1, quarter=quarter)]


def _retention(layout: Layout, today: date) -> list[Decision]:
    declared = layout.definition.retention
    if declared is None or declared.until >= today:
        return []
    until = declared.until.isoformat()
    return [_decision("retention", (until,), 1, until=until, programme=layout.programme)]


def _json(path: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found
