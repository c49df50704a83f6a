"""Versions of a survey form, as ``source.yml`` declares them: what was renamed, which answers differed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict, nearest


class Version(Strict):
    """One version of a form that differs from the one the source describes.

    A response is of this version where its ``form_version`` is the version's name or one of
    ``forms``; where the form states none, by its day (``from`` and ``until``, both included).
    ``renamed`` maps a heading of this version -> the heading the source names. ``answers`` maps
    item code -> cell -> code or score, for lists of answers that were other ones then; ``without``
    names items that this version does not ask.
    """

    version: str
    forms: list[str] = []
    start: date | None = Field(default=None, alias="from")
    end: date | None = Field(default=None, alias="until")
    renamed: dict[str, str] = {}
    answers: dict[str, dict[str, float | str]] = {}
    without: list[str] = []

    @model_validator(mode="after")
    def _in_order(self) -> Version:
        if self.start and self.end and self.end < self.start:
            raise ConfigProblem(
                "'until' viene prima di 'from'", "'until' comes before 'from'", ("until",)
            )
        return self

    def is_named(self, text: str) -> bool:
        """Say whether a text in a file or a note names this version."""
        plain = " ".join(text.split()).casefold()
        return plain in {" ".join(each.split()).casefold() for each in (self.version, *self.forms)}

    def holds(self, day: date) -> bool:
        """Say whether this version was in use on a day; never where it states no days."""
        if self.start is None and self.end is None:
            return False
        return (self.start or date.min) <= day <= (self.end or date.max)


def version_of(versions: Sequence[Version], text: str | None, day: date | None) -> Version | None:
    """Return the version a response is of, or ``None`` for the one the source describes."""
    if text:
        return next((each for each in versions if each.is_named(text)), None)
    if day is None:
        return None
    return next((each for each in versions if each.holds(day)), None)


def with_renamed(source: Any) -> Any:
    """Add the headings of older versions beside those a source names, before it is checked.

    Parameters
    ----------
    source
        The entry of ``source.yml`` as read; what is not as expected is left to the checks after.

    Raises
    ------
    ConfigProblem
        A renamed heading leads to one that the source does not name.
    """
    if not isinstance(source, Mapping) or not source.get("versions"):
        return source
    for at, key, old, new in _renamed(source["versions"]):
        made = _replaced(source, old, new)
        if made is None:
            known = [each for each in _said(source) if each]
            near = nearest(new, known) or "-"
            raise ConfigProblem(
                f"nessuna colonna o domanda si chiama '{new}'. Più simile: '{near}'",
                f"no column or question is called '{new}'. Nearest: '{near}'",
                ("versions", at, "renamed", key),
            )
        source = made
    return source


def _renamed(versions: Any) -> Iterable[tuple[int, str, str, str]]:
    if not isinstance(versions, Sequence):
        return
    for at, each in enumerate(versions):
        found = each.renamed if isinstance(each, Version) else _get(each, "renamed")
        for old, new in (found or {}).items() if isinstance(found, Mapping) else ():
            yield at, old, str(old), str(new)


def _get(block: Any, key: str) -> Any:
    return block.get(key) if isinstance(block, Mapping) else None


def _replaced(source: Mapping, old: str, new: str) -> Mapping | None:
    """Return the source with ``old`` beside each ``new``, or ``None`` where ``new`` stands nowhere."""
    columns, questions = source.get("columns"), source.get("questions")
    made = dict(source)
    if isinstance(columns, Mapping):
        made["columns"] = {name: _beside_from(each, old, new) for name, each in columns.items()}
    if isinstance(questions, Sequence):
        made["questions"] = [_beside_in(each, old, new) for each in questions]
    is_there = any(_same(each, new) for each in _said(source))
    return made if is_there else None


def _beside_from(block: Any, old: str, new: str) -> Any:
    key = "heading" if _get(block, "heading") is not None else "from"
    if _get(block, key) is None:
        return block
    return {**block, key: _beside(block[key], old, new)}


def _beside_in(block: Any, old: str, new: str) -> Any:
    if not isinstance(block, Mapping):
        return block
    made = dict(block)
    for key in ("items", "several"):
        if isinstance(made.get(key), Mapping):
            made[key] = {code: _beside(each, old, new) for code, each in made[key].items()}
    if isinstance(made.get("choices"), Mapping):
        made["choices"] = {
            code: _beside_from(each, old, new) for code, each in made["choices"].items()
        }
    return made


def _beside(heading: Any, old: str, new: str) -> Any:
    given = [heading] if isinstance(heading, str) else heading
    if not isinstance(given, Sequence) or not any(_same(each, new) for each in given):
        return heading
    return [*given, *([] if any(_same(each, old) for each in given) else [old])]


def _same(one: Any, other: str) -> bool:
    return (
        isinstance(one, str)
        and " ".join(one.split()).casefold() == " ".join(other.split()).casefold()
    )


def _said(source: Mapping) -> list[str]:
    """Return every heading a source names."""
    found: list[Any] = []
    columns, questions = source.get("columns"), source.get("questions")
    for each in columns.values() if isinstance(columns, Mapping) else ():
        found.append(_get(each, "from") or _get(each, "heading"))
    for block in questions if isinstance(questions, Sequence) else ():
        for key in ("items", "several"):
            named = _get(block, key)
            found.extend(named.values() if isinstance(named, Mapping) else ())
        chosen = _get(block, "choices")
        for each in chosen.values() if isinstance(chosen, Mapping) else ():
            found.append(_get(each, "from") or _get(each, "heading"))
    flat = [each for one in found for each in ([one] if isinstance(one, str) else one or [])]
    return [each for each in flat if isinstance(each, str)]
