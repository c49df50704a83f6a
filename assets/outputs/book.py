"""What the thesis is told besides the release: the log of cycles, corrections and acts, and a person's text.

All of it is counts, names of bodies, digests and words that a person wrote for readers. The book's
kernel reads one file of it (``BOOK_ENV``) and the person's own (``NARRATIVE_ENV``).
"""

from __future__ import annotations

import json
import re
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from assets import private
from assets.layout import REPOSITORY, Layout
from assets.outputs.cycles import SHORT, read_cycles, release_of, told_cycles
from assets.outputs.narrative import Passage, passages_in
from assets.outputs.passages import Citable, check_passages
from schemas.correction import Corrections
from schemas.words import load_yaml, read_yaml

BOOK_ENV, NARRATIVE_ENV = "LUNATTIVA_BOOK", "LUNATTIVA_NARRATIVE"
SOURCE = REPOSITORY / "thesis"
WORDS = REPOSITORY / "reports" / "thesis_words.yml"
TEXT = "tesi.md"
LEDGER = "ledger.jsonl"
#: Places whose text stands on the title page, not in a chapter.
TITLE_PAGE = ("autore", "relatore", "anno")
_LABEL = re.compile(r"\{#((?:sec|tbl|fig|eq)-[\w-]+)|#\| label: ([\w-]+)")
_ENTRY = re.compile(r"^@\w+\{([^,\s]+),", re.MULTILINE)


def facts(layout: Layout) -> dict[str, Any]:
    """Return what the book is told, ready to be written as JSON.

    Why single cells are hidden is not among it: with that, some could be worked out.

    Returns
    -------
    dict
        ``cycles`` (as ``cycles.yml`` has them, each decision with the ``bound`` release);
        ``corrections``: partner, action, how many, first and last day; ``acts`` of the ledger;
        ``thresholds`` and ``rules`` (their digest) in force, and whether the ``audit`` held.

    Raises
    ------
    ConfigurationError
        A mistake in ``cycles.yml``, with its line.
    """
    lines = _ledger(layout)
    released = [each for each in lines if each.get("state", "draft") == "draft"]
    here = release_of(layout)
    mine = next((each for each in released if each.get("release") == here), {})
    return {
        "cycles": told_cycles(layout, lines),
        "corrections": _corrections(layout),
        "acts": [_act(each) for each in lines if each.get("period")],
        "release": here[:SHORT],
        # Drafts are not counted: how often somebody ran must not change the book.
        "published": sum(each.get("state") == "published" for each in lines),
        "rules": str(mine.get("rules", ""))[:SHORT],
        "audit": bool((mine.get("audit") or {}).get("holds")),
        "thresholds": _thresholds(mine),
    }


def write(layout: Layout) -> Path:
    """Write ``facts`` for the book's kernel; the same facts give the same bytes."""
    path = layout.store / "book.json"
    text = json.dumps(facts(layout), ensure_ascii=False, indent=1, sort_keys=True, default=str)
    data = f"{text}\n".encode()
    if not path.is_file() or path.read_bytes() != data:
        private.write(path, data)
    return path


def check(layout: Layout) -> None:
    """Read what people write for the thesis, without drawing it.

    Raises
    ------
    ConfigurationError
        A mistake in ``cycles.yml`` or in the file a person writes in, with its line.
    """
    read_cycles(layout)
    if (layout.narrative / TEXT).is_file():
        written(layout)


# -- corrections and the ledger --------------------------------------------------------------------
def _corrections(layout: Layout) -> list[dict[str, Any]]:
    """Return how many cells partners changed, took out or left with a reason: no cell, no name."""
    counts: Counter[tuple[str, str]] = Counter()
    days: dict[tuple[str, str], list[str]] = {}
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    for path in sorted((layout.raw / "_corrections").glob("*/*.yml")):
        try:
            found = Corrections.model_validate(yaml.load(path.read_bytes(), loader))
        except (yaml.YAMLError, ValueError, OSError):
            continue  # intake refuses it and says so
        for each in found.corrections:
            key = (found.partner, each.action)
            counts[key] += 1
            days.setdefault(key, []).append(found.on.isoformat())
    return [
        {"partner": p, "action": a, "count": n, "from": min(days[p, a]), "to": max(days[p, a])}
        for (p, a), n in sorted(counts.items())
    ]


def _ledger(layout: Layout) -> list[dict[str, Any]]:
    """Return the ledger's lines; one cut short by a crash is none."""
    path = layout.store / LEDGER
    found = []
    for line in path.read_bytes().splitlines() if path.is_file() else []:
        try:
            entry = json.loads(line)
        except ValueError:
            continue
        if isinstance(entry, dict):
            found.append(entry)
    return found


def _act(line: dict[str, Any]) -> dict[str, Any]:
    """Return one act without the name of who did it: the ledger has that."""
    return {
        "period": line["period"],
        "state": line.get("state", ""),
        "number": line.get("number"),
        "release": str(line.get("release", ""))[:SHORT],
        "on": str(line.get("at", ""))[:10],
        "why": str(line.get("why", "")) if line.get("state") == "withdrawn" else "",
    }


def _thresholds(line: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the rules of disclosure with a value: the house's, the one in force, and what it says."""
    mine = line.get("thresholds") or {}
    return [
        {"house": each["value"], "value": mine.get(name, each["value"]), "rule": each["rule"]["it"]}
        for name, each in read_yaml("disclosure.yml").items()
        if isinstance(each, dict) and "value" in each
    ]


# -- what a person writes ----------------------------------------------------------------------------
@cache
def _words() -> dict[str, Any]:
    return load_yaml(WORDS)


def places() -> dict[str, str]:
    """Return the places where a person writes, and what belongs there, in the book's order."""
    return dict(_words()["places"])


def narrative(layout: Layout) -> Path:
    """Return the file a person writes the thesis's own text in; made once, never written again."""
    path = layout.narrative / TEXT
    if not path.is_file():
        parts = [f"<!-- {_words()['head']} -->"]
        for name, ask in places().items():
            parts += [f"## {name}", f"<!-- {ask} -->"]
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("\n\n".join(parts) + "\n", encoding="utf-8", newline="\n")
    return path


def written(layout: Layout) -> dict[str, str]:
    """Return place -> what a person wrote there; '' where nothing is written yet.

    Raises
    ------
    ConfigurationError
        A heading that is no place of the book, given twice, a file that is no UTF-8 text, or a text
        that the book cannot hold.
    """
    found = passages(layout)
    check_passages(narrative(layout), found, _citable(layout), TITLE_PAGE)
    return {place: each.text for place, each in found.items()}


def passages(layout: Layout) -> dict[str, Passage]:
    """Return place -> what a person wrote there and where, whether or not the book can hold it."""
    return passages_in(narrative(layout), list(places()))


def _citable(layout: Layout) -> Citable:
    """Return what a person may cite: the bibliography, the book's own labels, a table a cycle."""
    bibliography = (SOURCE / "references.bib").read_text(encoding="utf-8")
    whole = "\n".join(path.read_text(encoding="utf-8") for path in sorted(SOURCE.glob("*.qmd")))
    labels = {found for pair in _LABEL.findall(whole) for found in pair if found}
    log = read_cycles(layout)
    labels |= {f"tbl-ciclo-{x.cycle.replace('_', '-')}" for x in (log.cycles if log else [])}
    return Citable(frozenset(_ENTRY.findall(bibliography)), frozenset(labels))


def title_page(texts: dict[str, str]) -> dict[str, Any]:
    """Return the front matter that a person's own lines give the title page."""
    made: dict[str, Any] = {}
    told = {x: " ".join(texts[x].split()) for x in TITLE_PAGE if texts.get(x)}
    if "autore" in told:
        made["author"] = told["autore"]
    date = " · ".join(told[x] for x in ("relatore", "anno") if x in told)
    return made | ({"date": date} if date else {})
