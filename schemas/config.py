"""Configuration files people write by hand, checked with errors that name file, line and remedy."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError

from schemas import exact_yaml, quick_yaml
from schemas.config_errors import (
    ConfigError,
    ConfigProblem,
    explained,
    line_of,
    name_of,
    nearest,
)
from schemas.words import Words

__all__ = ["ConfigError", "ConfigProblem", "Strict", "line_in", "nearest", "read_config"]


class Strict(BaseModel):
    """A configuration block: an unknown key is a mistake, never ignored.

    A number where a text is meant (``missing: [99]``) is that text: cells are text until sorted.
    """

    model_config = ConfigDict(
        extra="forbid", frozen=True, populate_by_name=True, coerce_numbers_to_str=True
    )


Model = TypeVar("Model", bound=BaseModel)


def read_config(path: Path, model: type[Model]) -> Model:
    """Read a YAML file into its model.

    Raises
    ------
    ConfigError
        With file, line, the key at fault, the allowed keys and the nearest one.
    """
    text = _text(path)
    try:
        return _of_plain(text, model)
    except (quick_yaml.NotPlainError, ValidationError, RecursionError):
        return _made(path, text, model)  # which tells a mistake with its line


@lru_cache(maxsize=128)
def _of_plain(text: str, model: type[Model]) -> Model:
    """Make the (frozen) model of a text without mistakes; a run asks for the same few files a hundred times."""
    return model.model_validate(_plain(quick_yaml.read(text)))


@lru_cache(maxsize=128)
def _made(path: Path, text: str, model: type[Model]) -> Model:
    """Make the model of any text; a mistake is told anew each time."""
    tree = _tree(path, text)
    if tree is None and not any(each.is_required() for each in model.model_fields.values()):
        tree = {}  # every key is optional, and none was given
    if not isinstance(tree, dict):
        raise _faulty(path, 1, *_NO_BLOCK)
    try:
        return model.model_validate(_plain(tree))
    except RecursionError:
        raise _faulty(path, 1, "un'àncora contiene sé stessa", "an anchor holds itself") from None
    except ValidationError as error:
        raise ConfigError(path, explained(tree, model, error.errors())) from None


def line_in(path: Path, place: tuple[str | int, ...]) -> int:
    """Return the line of a key in a file that was read without mistakes."""
    return line_of(_tree(path, _text(path)), place)


_NO_BLOCK = (
    "vuoto, o non è un elenco di righe 'chiave: valore'",
    "empty, or not a list of 'key: value' lines",
)


def _faulty(path: Path, line: int, it: str, en: str) -> ConfigError:
    return ConfigError(path, [(line, Words(it=it, en=en))])


#: Far above what anybody writes by hand.
_MOST_BYTES, _DEEPEST = 1_000_000, quick_yaml.DEEPEST


def _within_bounds(path: Path, text: str) -> None:
    """Refuse what makes a few lines endless: anchors and aliases, and blocks deep within blocks.

    The quick parser looks first; where it cannot read on, the one that will load the file does.
    """
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        _look_at(path, yaml.parse(text, loader))
    except (yaml.YAMLError, RecursionError):
        _look_at(path, exact_yaml.reader().parse(text))


def _look_at(path: Path, events: Iterable[Any]) -> None:
    depth = 0
    for event in events:
        line = event.start_mark.line + 1 if event.start_mark else 1
        if getattr(event, "anchor", None):
            raise _faulty(
                path,
                line,
                "àncore e rimandi ('&nome', '*nome') non sono ammessi: scrivere il testo per intero, "
                "tra virgolette se comincia con & o *",
                "an anchor or alias ('&name', '*name') is not allowed: write the text in full, in quotes "
                "if it begins with & or *",
            )
        kind = type(event).__name__
        depth += kind in ("MappingStartEvent", "SequenceStartEvent")
        depth -= kind in ("MappingEndEvent", "SequenceEndEvent")
        if depth > _DEEPEST:
            raise _faulty(
                path,
                line,
                f"più di {_DEEPEST} livelli, uno dentro l'altro: chiudere le parentesi",
                f"more than {_DEEPEST} levels within each other: close the brackets",
            )


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise _faulty(path, 1, "supera 1 MB: dividerlo", "is larger than 1 MB: divide it")
        return path.read_text(encoding="utf-8")
    except OSError:
        it, en = (
            "non si può leggere (in uso, o senza permesso)",
            "cannot be read (in use, or no right)",
        )
        raise _faulty(path, 1, it, en) from None
    except UnicodeDecodeError:
        it, en = "non è testo UTF-8; salvarlo come UTF-8", "not UTF-8 text; save it as UTF-8"
        raise _faulty(path, 1, it, en) from None


def _tree(path: Path, text: str) -> Any:
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    reader = exact_yaml.reader()
    try:
        _within_bounds(path, text)
        return reader.load(text)
    except ConfigError:
        raise
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        # "found duplicate key "note" with value ...": the value is not needed.
        problem = re.split(r" with value ", error.problem or error.context or "", maxsplit=1)[0]
        raise _unreadable(path, mark.line + 1 if mark else 1, problem) from None
    except (YAMLError, RecursionError):
        it, en = (
            "contiene caratteri che YAML non ammette",
            "holds characters that YAML does not allow",
        )
        raise _faulty(path, 1, it, en) from None
    except Exception:  # noqa: BLE001 - the reader's own checks of itself, for which no kind is declared
        raise _unreadable(path, reader.line, "") from None


def _unreadable(path: Path, line: int, problem: str) -> ConfigError:
    it = "non si legge come YAML (rientri con spazi, non tabulazioni; virgolette chiuse)"
    told = f": {problem}" if problem else ""
    return _faulty(path, line, f"{it}{told}", f"not readable as YAML{told}")


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {name_of(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    return node
