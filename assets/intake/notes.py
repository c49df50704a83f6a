"""Notes on how a file was read: nothing that stops it, all that a person should know."""

from __future__ import annotations

from collections.abc import Sequence

from assets.intake.grid import letter
from schemas.words import LANGUAGES, Words, catalogue

_MOST_NAMED = 10


def note(
    key: str, *, rows: Sequence[int] = (), columns: Sequence[int] = (), **values: object
) -> Words:
    """Return a note of ``schemas/notes.yml`` with its places filled in.

    Parameters
    ----------
    key
        Key of the catalogue.
    rows, columns
        Row numbers, from 1, and positions of columns, from 0: told as numbers and letters.
    values
        Other places of the text. Never a cell of a data row.
    """
    template = catalogue("notes.yml")[key]
    said = {
        "rows": _listed([str(row) for row in rows]),
        "rows_n": len(rows),
        "columns": _listed([letter(at) for at in columns]),
    }
    texts = {
        lang: template.say(lang, **said, **{k: _in(v, lang) for k, v in values.items()})
        for lang in LANGUAGES
    }
    return Words(it=texts["it"], en=texts["en"])


def _in(value: object, lang: str) -> object:
    return getattr(value, lang) if isinstance(value, Words) else value


def _listed(names: list[str]) -> str:
    more = f" (+{len(names) - _MOST_NAMED})" if len(names) > _MOST_NAMED else ""
    return ", ".join(names[:_MOST_NAMED]) + more
