"""Configuration files people write by hand, checked with errors that name file, line and remedy."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import MarkedYAMLError


class Strict(BaseModel):
    """A configuration block: an unknown key is a mistake, never ignored.

    A number where a text is meant (``missing: [99]``) is that text: cells are text until sorted.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True
    )


Model = TypeVar("Model", bound=BaseModel)


class ConfigError(ValueError):
    """A configuration file with mistakes; ``problems`` holds one ``(line, text)`` for each.

    Configuration is written by the project, not by partners, so its values may be quoted.
    """

    def __init__(self, path: Path, problems: list[tuple[int, str]]) -> None:
        self.path = path
        self.problems = problems
        listed = "\n".join(f"  {path.name}:{line}: {text}" for line, text in problems)
        super().__init__(f"{path}:\n{listed}")


def nearest(name: str, known: list[str]) -> str | None:
    """Return the known name most like ``name``, or ``None`` where nothing is near."""
    found = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    return found[0] if found else None


def read_config(path: Path, model: type[Model]) -> Model:
    """Read a YAML file into its model.

    Raises
    ------
    ConfigError
        With file, line, the key at fault, the allowed keys and the nearest one.
    """
    try:
        tree = _reader().load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise ConfigError(path, [(line, f"not readable as YAML: {error.problem}")]) from None
    except UnicodeDecodeError:
        raise ConfigError(path, [(1, "not UTF-8 text; save it as UTF-8")]) from None
    if not isinstance(tree, dict):
        raise ConfigError(path, [(1, "empty, or not a list of 'key: value' lines")])
    try:
        return model.model_validate(_plain(tree))
    except ValidationError as error:
        problems = [_explain(tree, model, each) for each in error.errors()]
        raise ConfigError(path, sorted(problems)) from None


class _Constructor(RoundTripConstructor):
    """A date that does not exist stays text, so that the model says where it stands."""

    def construct_yaml_timestamp(self, node: Any, values: Any = None) -> Any:
        """Return the date, or the text where there is no such day."""
        try:
            return super().construct_yaml_timestamp(node, values)
        except ValueError:
            return str(node.value)


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", _Constructor.construct_yaml_timestamp)


def _reader() -> YAML:
    reader = YAML(typ="rt")
    reader.Constructor = _Constructor
    return reader


def _name(key: Any) -> str:
    """Return a key as text; ``true:`` and ``false:`` are words here, as everything before a colon."""
    return str(key).lower() if isinstance(key, bool) else str(key)


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {_name(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node


def _explain(tree: Any, model: type[BaseModel], error: Any) -> tuple[int, str]:
    place = tuple(error["loc"])
    line = _line_of(tree, place)
    dotted = ".".join(str(part) for part in place)
    if error["type"] == "extra_forbidden":
        allowed = _allowed_keys(model, place)
        near = nearest(str(place[-1]), allowed)
        hint = f"; did you mean '{near}'?" if near else ""
        return line, f"'{dotted}' is not known here{hint} Allowed: {', '.join(allowed)}"
    if error["type"] == "missing":
        return line, f"'{dotted}' is missing"
    return line, f"'{dotted}': {error['msg']}"


def _line_of(tree: Any, place: tuple) -> int:
    line, node = 1, tree
    for wanted in place:
        part = wanted
        try:
            marks = node.lc
            if isinstance(node, dict):
                part = next(key for key in node if _name(key) == wanted)
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
