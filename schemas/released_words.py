"""What the released tables and their columns are called and mean, in two languages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from schemas.indicators import indicators, released_tables
from schemas.released import RELEASED_COLUMNS
from schemas.words import Words, read_yaml

_FILE = "released_words.yml"


@dataclass(frozen=True)
class ReleasedColumn:
    """One column of every released table.

    Attributes
    ----------
    kind
        DuckDB type: ``VARCHAR``, ``DOUBLE`` or ``BIGINT``.
    """

    name: str
    kind: str
    label: Words
    meaning: Words


@cache
def released_columns() -> dict[str, ReleasedColumn]:
    """Return the columns by name, in storage order; one without words is said as declared."""
    words = read_yaml(_FILE)["columns"]
    found = {}
    for name, (kind, meaning) in RELEASED_COLUMNS.items():
        own = words.get(name)
        if own is None:
            found[name] = ReleasedColumn(name, kind, _same(name), _same(meaning))
            continue
        label = Words(it=own["it"], en=own["en"])
        means = Words(it=own["means_it"], en=own["means_en"])
        found[name] = ReleasedColumn(name, kind, label, means)
    return found


@cache
def table_titles() -> dict[str, Words]:
    """Return the title of every table that may leave; without one, its indicators' labels."""
    words = read_yaml(_FILE)["tables"]
    known = indicators()
    found = {}
    for code, table in released_tables().items():
        if code in words:
            found[code] = Words(**words[code])
            continue
        labels = [known[each].label for each in table.indicators if each in known]
        it, en = ("; ".join(each.say(lang) for each in labels) for lang in ("it", "en"))
        found[code] = Words(it=it or code, en=en or code)
    return found


def _same(text: str) -> Words:
    return Words(it=text, en=text)
