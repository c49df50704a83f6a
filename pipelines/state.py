"""What the last complete run was made of, and whether its results still stand.

``state.json`` is written last and in one step; ``unfinished`` stands beside it while a run works.
So a killed run leaves the earlier state, and its marker says not to trust it; of a run that failed it
says why.
"""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path
from typing import Any

from assets import private
from assets.layout import Layout
from assets.versions import Seen, code_files, code_version, digest, file_sha256, raw_files
from pipelines import because

#: Changes when the meaning of this file does; another version is read as no state at all.
_FORMAT = 1
#: Folder of the pages for the project itself (``assets/outputs/quality.py``).
INTERNAL = "internal"


@dataclass
class Made:
    """Files made from one fingerprint: path relative to the root -> SHA-256."""

    fingerprint: str
    files: dict[str, str]


@dataclass(frozen=True)
class MadeOf:
    """All that a result is made of: one digest of it, and one of each part (``because.parts``).

    ``seen`` lets a second look read only files that may have changed since.
    """

    fingerprint: str
    parts: dict[str, str]
    seen: Seen = field(default_factory=Seen, compare=False)


@dataclass
class State:
    """The last complete run.

    Attributes
    ----------
    programme
        Released tables and the pages that belong to no quarter.
    quarters
        Pages by quarter; those of an older fingerprint are out of date.
    known_quarters
        Quarters with released data, in order.
    summary
        What the run told (counts and refusals, never a cell), to be told again.
    marks
        Quarter, or ``''`` for what belongs to none -> where the release stood when its pages were
        made (``assets.outputs.jobs.mark``): a page says whether it is a draft.
    parts
        Versions of what it was made of, part by part (``because.parts``).
    thesis_left
        What kept the thesis from being drawn, in words: the next run tries again; none where it stands.
    """

    programme: Made
    quarters: dict[str, Made] = field(default_factory=dict)
    known_quarters: list[str] = field(default_factory=list)
    latest_quarter: str | None = None
    summary: dict[str, Any] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    parts: dict[str, str] = field(default_factory=dict)
    thesis_left: list[dict[str, str]] = field(default_factory=list)


def fingerprint(layout: Layout, seen: Seen | None = None) -> str:
    """Return the digest of all that a result is made of: raw files, code, Python, renderer."""
    return _fingerprint(raw_files(layout, seen), *_around())


def made_of(layout: Layout, seen: Seen | None = None) -> MadeOf:
    """Look at all that a result is made of, once, or again with what was seen before."""
    seen = seen or Seen()
    files = raw_files(layout, seen)
    python, renderer = _around()
    parts = because.parts(files, code_files()) | {"python": python, "renderer": renderer}
    return MadeOf(_fingerprint(files, python, renderer), parts, seen)


def _around() -> tuple[str, str]:
    """Return what else decides a result: the version of Python, and what draws pages."""
    from assets.outputs.render.quarto import find_quarto

    python = ".".join(platform.python_version_tuple()[:2])
    return python, "quarto" if find_quarto() else "embedded"


def _fingerprint(files: list[tuple[str, str]], python: str, renderer: str) -> str:
    raw = digest(part for pair in files for part in pair)
    return digest([raw, code_version(), python, renderer])


def read_state(layout: Layout) -> State | None:
    """Return the last complete run, or ``None`` where there is none that can be trusted."""
    if _unfinished(layout).exists():
        return None
    return last_state(layout)


def last_state(layout: Layout) -> State | None:
    """Return the last complete run even where a later one was stopped half way."""
    try:
        found = json.loads(layout.state.read_text(encoding="utf-8"))
        if found.pop("format") != _FORMAT:
            return None
        found["programme"] = Made(**found["programme"])
        found["quarters"] = {name: Made(**each) for name, each in found["quarters"].items()}
        known = {
            each.name for each in fields(State)
        }  # a field of another version tells nothing here
        return State(**{name: each for name, each in found.items() if name in known})
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None  # absent, cut short or of another time: as if there were none


def begin(layout: Layout) -> None:
    """Mark that a run has begun to change things."""
    layout.store.mkdir(parents=True, exist_ok=True)
    _unfinished(layout).touch()


def fail(layout: Layout, failures: list[dict[str, str]]) -> None:
    """Say in the mark of a run what did not hold, in words by language."""
    _unfinished(layout).write_text(
        json.dumps(failures, ensure_ascii=False), encoding="utf-8", newline="\n"
    )


def failures(layout: Layout) -> list[dict[str, str]] | None:
    """Return what did not hold in the last run, none where it was stopped; ``None`` where it ended well."""
    try:
        found = json.loads(_unfinished(layout).read_text(encoding="utf-8") or "[]")
        return [{str(lang): str(words) for lang, words in each.items()} for each in found]
    except FileNotFoundError:
        return None
    except (OSError, ValueError, AttributeError, TypeError):
        return []


def finish(layout: Layout, state: State) -> None:
    """Write the state of a run that completed, in one step, and take the mark away."""
    text = json.dumps({"format": _FORMAT, **asdict(state)}, indent=1, ensure_ascii=False)
    waiting = layout.state.with_suffix(".new")
    waiting.write_text(text + "\n", encoding="utf-8", newline="\n")
    private.put_in_place(waiting, layout.state)
    _unfinished(layout).unlink(missing_ok=True)


def _unfinished(layout: Layout) -> Path:
    return layout.store / "unfinished"


def files_of_programme(layout: Layout, quarters: Iterable[str]) -> dict[str, str]:
    """Return released files and pages of no quarter, with digests.

    A page belongs to a quarter when its path holds the quarter's name.
    """
    names = list(quarters)
    found = [path for path in _outputs(layout) if quarter_of(path, names) is None]
    # Where the release stands moves while the tables stay.
    released = [path for path in _files(layout.released) if path.name != "release.json"]
    return _digests(layout, [*released, *found])


def files_of_quarter(layout: Layout, quarter: str) -> dict[str, str]:
    """Return the pages of one quarter, with digests."""
    return _digests(
        layout, [path for path in _outputs(layout) if quarter_of(path, [quarter]) is not None]
    )


def quarter_of(path: Path, quarters: Iterable[str]) -> str | None:
    """Return the quarter whose name stands in the path, or ``None``."""
    return next((name for name in quarters if any(name in part for part in path.parts)), None)


def stands(layout: Layout, made: Made | None, wanted: str) -> bool:
    """Say whether files were made from the wanted fingerprint and are still as they were."""
    if made is None or made.fingerprint != wanted or not made.files:
        return False
    return all(_same(layout.root / path, sha256) for path, sha256 in made.files.items())


def says_where_it_stands(layout: Layout, known: State, quarter: str = "") -> bool:
    """Say whether pages are marked as the release stands now: draft, published, withdrawn."""
    from assets.outputs.jobs import DRAFT, mark

    return known.marks.get(quarter, DRAFT) == mark(layout, quarter or None)


def remember_mark(layout: Layout, known: State, quarter: str = "") -> None:
    """Note where the release stands, for pages just made."""
    from assets.outputs.jobs import mark

    known.marks[quarter] = mark(layout, quarter or None)


def _same(path: Path, sha256: str) -> bool:
    return path.is_file() and file_sha256(path) == sha256


def _outputs(layout: Layout) -> list[Path]:
    found = [*_files(layout.reports_output), *_files(layout.thesis_output)]
    inside = [path.relative_to(layout.root) for path in found]
    # The intern's page changes with the calendar too: it is no result of the programme. What was
    # published stays whatever is made anew.
    apart = {INTERNAL, layout.published.name}
    return [path for path in inside if apart.isdisjoint(path.parts[3:])]


def _files(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())


def _digests(layout: Layout, paths: Iterable[Path]) -> dict[str, str]:
    found = {}
    for path in paths:
        whole = layout.root / path
        found[whole.relative_to(layout.root).as_posix()] = file_sha256(whole)
    return dict(sorted(found.items()))
