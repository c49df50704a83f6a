"""What one text tells besides what is looked for everywhere: one detector a kind. Light: no column, no frame."""

from __future__ import annotations

from collections.abc import Callable

from assets.intake.numbers import documents_in, has_card, has_ip, has_vat_number
from assets.intake.people import has_person
from assets.intake.prose import has_address, has_birth_date, has_coordinates, has_titled_name

#: Kinds looked for in cells whose column is not ours, or holds free words.
IN_TEXT: dict[str, Callable[[str], bool]] = {
    "vat_number": has_vat_number,
    "card": has_card,
    "ip_address": has_ip,
    "name": lambda text: has_titled_name(text) or has_person(text),
    "birth_date": has_birth_date,
    "place": has_coordinates,
    "address": has_address,
}


def kinds_in_text(text: str) -> list[str]:
    """Return the kinds of identifiers, beyond those of ``EVERYWHERE``, that one text tells."""
    found = [kind for kind, test in IN_TEXT.items() if test(text)]
    return found + [kind for kind in documents_in(text) if kind not in found]
