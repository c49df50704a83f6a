"""How a mistake in a configuration file is told: file, line, what is wrong, what would be right."""

from __future__ import annotations

import difflib
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from schemas.words import Language, Words


class ConfigProblem(ValueError):
    """A mistake that a model's own check finds, in two languages.

    Parameters
    ----------
    at
        Keys from the block that is checked to the one at fault, so that its line can be told.
    """

    def __init__(self, it: str, en: str, at: tuple[str | int, ...] = ()) -> None:
        self.words = Words(it=it, en=en)
        self.at = at
        super().__init__(en)


class ConfigError(ValueError):
    """A configuration file with mistakes; ``problems`` holds one ``(line, text)`` for each.

    Configuration is written by the project, not by partners, so its values may be quoted.
    """

    def __init__(self, path: Path, found: list[tuple[int, Words]]) -> None:
        self.path = path
        self.found = [(line, _in_one_line(words)) for line, words in found]
        super().__init__(f"{path}:\n{self._listed('en')}")

    @property
    def problems(self) -> list[tuple[int, str]]:
        """Line and text of each mistake, in English."""
        return [(line, words.en) for line, words in self.found]

    def say(self, lang: Language) -> str:
        """Return path, lines and mistakes in one language."""
        return f"{self.path}:\n{self._listed(lang)}"

    def _listed(self, lang: Language) -> str:
        return "\n".join(f"  {self.path.name}:{line}: {w.say(lang)}" for line, w in self.found)


def _in_one_line(words: Words) -> Words:
    """A key or value that is quoted may hold ends of lines and marks that show nothing."""
    it, en = (
        "".join(mark if mark.isprintable() else " " for mark in text)
        for text in (words.it, words.en)
    )
    return Words(it=it, en=en)


def nearest(name: str, known: list[str]) -> str | None:
    """Return the known name most like ``name``, or ``None`` where nothing is near."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return found[0] if found else None


def name_of(key: Any) -> str:
    """Return a key as text; ``true:`` and ``false:`` are words here, as everything before a colon."""
    return str(key).lower() if isinstance(key, bool) else str(key)


#: Pydantic's kind of mistake -> how we say it; the text in brackets is taken from its context.
_SAID = {
    "int": ("serve un numero intero", "a whole number is needed"),
    "float": (
        "serve un numero, con il punto per i decimali e senza segni fra le migliaia",
        "a number is needed, with a point for decimals and no marks between thousands",
    ),
    "bool": ("serve true o false", "true or false is needed"),
    "finite": ("serve un numero finito", "a finite number is needed"),
    "string_type": ("serve un testo", "a text is needed"),
    "string_pattern_mismatch": ("non ha la forma {pattern}", "does not have the form {pattern}"),
    "string_too": ("il testo è troppo corto o troppo lungo", "the text is too short or too long"),
    "date": ("serve una data come 2022-03-31", "a date such as 2022-03-31 is needed"),
    "too_short": ("serve almeno una voce", "at least one entry is needed"),
    "greater_than_equal": ("deve essere almeno {ge}", "must be greater than or equal to {ge}"),
    "greater_than": ("deve essere più di {gt}", "must be greater than {gt}"),
    "less_than_equal": ("deve essere al massimo {le}", "must be at most {le}"),
    "list_type": ("serve un elenco, come [a, b]", "a list is needed, such as [a, b]"),
    "dict_type": ("servono righe 'chiave: valore'", "'key: value' lines are needed"),
    "model": ("servono righe 'chiave: valore'", "'key: value' lines are needed"),
}


def explained(tree: Any, model: type[BaseModel], errors: list[Any]) -> list[tuple[int, Words]]:
    """Return line and words of each of pydantic's errors, in the file's order."""
    problems = [_explain(tree, model, each) for each in _telling(errors)]
    return sorted(problems, key=lambda each: (each[0], each[1].en))


def _telling(errors: list[Any]) -> list[Any]:
    """Drop the echo of a union: that a block with a mistake is not the word 'open' either."""
    real = [each for each in errors if not any(_is_branch(p, "literal[") for p in each["loc"])]
    return real or errors


def _is_branch(part: object, *kinds: str) -> bool:
    """Say whether a part of a place is pydantic's own name for a branch of a union."""
    return isinstance(part, str) and part.startswith(kinds) and part.endswith("]")


def _explain(tree: Any, model: type[BaseModel], error: Any) -> tuple[int, Words]:
    branches = ("dict[", "list[", "literal[")
    place = tuple(each for each in error["loc"] if not _is_branch(each, *branches))
    cause = error.get("ctx", {}).get("error")
    if isinstance(cause, ConfigProblem):
        place = (*place, *cause.at)
    line = line_of(tree, place)
    it, en = _reason(model, error, cause)
    dotted = ".".join(str(part) for part in place)
    if not dotted:
        return line, Words(it=it, en=en)
    mark = " " if error["type"] in ("extra_forbidden", "missing") else ": "
    return line, Words(it=f"'{dotted}'{mark}{it}", en=f"'{dotted}'{mark}{en}")


def _reason(model: type[BaseModel], error: Any, cause: object) -> tuple[str, str]:
    kind, context = error["type"], {k: _whole(v) for k, v in error.get("ctx", {}).items()}
    if isinstance(cause, ConfigProblem):
        return cause.words.it, cause.words.en
    if kind == "extra_forbidden":
        allowed = _allowed_keys(model, tuple(error["loc"]))
        near = nearest(str(error["loc"][-1]), allowed)
        listed = ", ".join(allowed)
        return (
            f"non è previsto qui{f'; forse {near!r}?' if near else '.'} Ammessi: {listed}",
            f"is not known here{f'; did you mean {near!r}?' if near else '.'} Allowed: {listed}",
        )
    if kind == "missing":
        return "manca", "is missing"
    if kind == "literal_error":
        allowed = re.findall(r"'([^']*)'", context["expected"])
        near = nearest(str(error["input"]), allowed)
        listed = ", ".join(f"'{each}'" for each in allowed)
        return (
            f"deve essere una di queste parole: {listed}{f'; forse {near!r}?' if near else ''}",
            f"must be one of: {listed}{f'; did you mean {near!r}?' if near else ''}",
        )
    for known, (it, en) in _SAID.items():
        if kind.startswith(known):
            return it.format_map(context), en.format_map(context)
    return error["msg"], error["msg"]


def _whole(value: Any) -> Any:
    """Return a bound as people write it: 1000000000, not 1000000000.0."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def line_of(tree: Any, place: tuple) -> int:
    """Return the line of a place in a tree with line numbers; of what is missing, that of its block."""
    line, node = 1, tree
    for wanted in place:
        part = wanted
        try:
            marks = node.lc
            if isinstance(node, dict):
                part = next(key for key in node if name_of(key) == wanted)
                line = marks.key(part)[0] + 1
            else:
                line = marks.item(part)[0] + 1
            node = node[part]
        except (StopIteration, KeyError, IndexError, TypeError, AttributeError):
            break  # a missing key, or pydantic's own name for a union branch: keep the last line
    return line


def _allowed_keys(model: type[BaseModel], place: tuple) -> list[str]:
    """Follow ``place`` through the models to the block that holds the unknown key."""
    current: Any = model
    for part in place[:-1]:
        current = _step(current, part) or current
    if not (isinstance(current, type) and issubclass(current, BaseModel)):
        return []
    return [field.alias or name for name, field in current.model_fields.items()]


def _step(current: Any, part: object) -> Any:
    if isinstance(current, type) and issubclass(current, BaseModel):
        for name, field in current.model_fields.items():
            if part in (name, field.alias):
                return _model_in(field.annotation)
    return None


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    for inner in getattr(annotation, "__args__", ()):
        found = _model_in(inner)
        if found is not None:
            return found
    return None
