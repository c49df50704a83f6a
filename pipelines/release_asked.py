"""What a person may ask of a release: a quarter that there is, a reason that names nobody."""

from __future__ import annotations

import re
import unicodedata

from assets.errors import ConfigurationError
from assets.forgotten import load_forgotten
from assets.layout import Layout
from pipelines import state
from pipelines.look import rows
from schemas.config import nearest

#: Where the warehouse holds codes of people and households.
_CODES = (
    ("core_links", "person_code"),
    ("core_participants", "person_code"),
    ("core_participants", "household_code"),
    ("core_households", "household_code"),
)
#: Parts of a code written apart: "LUN - 0178".
_MOST_PARTS = 4
#: A bare number shorter than this is a count or a year.
_LEAST_NUMBER = 5
_LEAST_DIGITS = 3


def insist_on_period(layout: Layout, period: str) -> None:
    """Refuse a quarter without data, naming the nearest one."""
    known = state.last_state(layout)
    quarters = known.known_quarters if known else layout.definition.quarters()
    if period in quarters:
        return
    near, listed = nearest(period, quarters) or "-", ", ".join(quarters) or "-"
    raise ConfigurationError(
        f"«{period}» non è un trimestre del programma. Più simile: {near}. Trimestri: {listed}.",
        f"'{period}' is not a quarter of the programme. Nearest: {near}. Quarters: {listed}.",
    )


def insist_on_reason(layout: Layout, why: str) -> None:
    """Refuse no reason, and one that looks like data of a person or holds a code of theirs."""
    from assets.intake.single import identifier_kinds

    if not why.strip():
        raise ConfigurationError(
            'Manca il motivo: --why "...".', 'The reason is missing: --why "...".'
        )
    if identifier_kinds(why, is_typed=True):
        raise ConfigurationError(
            "--why resta scritto e si legge: un motivo, senza dati di persone.",
            "--why is kept and read: a reason, without data of people.",
        )
    insist_no_code(layout, why)


def insist_no_code(layout: Layout, text: str) -> None:
    """Refuse a text with the code of a person or household, or of that shape; never quoting it."""
    written = {*_joined(text)}
    known = _codes(layout)
    shapes = {_shape(each) for each in known if _has_shape(each)}
    gone = load_forgotten(layout)
    partners = list(layout.definition.partners)
    words = [each.strip(".,;:!?()[]\"'«»") for each in text.split()] if gone.version else []
    if (
        written & known
        or any(_shape(each) in shapes for each in written)
        or any(gone.names(word, partner) for word in words for partner in partners)
    ):
        raise ConfigurationError(
            "Nel testo c'è il codice di una persona o di una famiglia, o ciò che gli somiglia: resta "
            "scritto e si legge. Riscriverlo senza codici.",
            "The text holds the code of a person or household, or what looks like one: it is kept "
            "and read. Write it again without codes.",
        )


def _codes(layout: Layout) -> set[str]:
    found = set()
    for table, column in _CODES:
        for each in rows(layout, f"select distinct {column} as code from {table}"):
            code = "".join(_parts(str(each["code"] or "")))
            if code and not (code.isdecimal() and len(code) < _LEAST_NUMBER):
                found.add(code)
    return found


def _joined(text: str) -> list[str]:
    """Return every word of a text, and what few neighbours give when written as one."""
    parts = _parts(text)
    return [
        "".join(parts[at : at + n]) for at in range(len(parts)) for n in range(1, _MOST_PARTS + 1)
    ]


def _parts(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", unicodedata.normalize("NFKC", text).casefold())


def _has_shape(code: str) -> bool:
    return not code.isdecimal() and len(re.findall(r"\d", code)) >= _LEAST_DIGITS


def _shape(code: str) -> str:
    return re.sub(r"\d", "0", code)
