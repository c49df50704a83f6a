"""The identifier gate for a single cell: one that is shown again, or that somebody typed into our form."""

from __future__ import annotations

from assets.intake.identifiers import EVERYWHERE, plain_text
from assets.intake.in_text import kinds_in_text
from assets.intake.numbers import documents_alone
from assets.intake.phones import has_prefixed_phone, has_written_phone, is_bare_phone
from schemas.fields import FIELDS


def identifier_kinds(text: str, column: str | None = None, *, is_typed: bool = False) -> list[str]:
    """Return the kinds of identifiers that a single cell holds.

    Parameters
    ----------
    column
        Ours, where it is known: numbers and dates have shapes of their own, and a code may look
        like a telephone.
    is_typed
        A person wrote it into a form of ours: a bare number that can be a telephone counts too.
    """
    plain = plain_text(text)
    found = [kind for kind, test in EVERYWHERE.items() if test(plain)]
    declared = FIELDS.get(column or "")
    if declared is not None and declared.kind not in ("text", "code"):
        return found
    is_text = declared is not None and declared.kind == "text" and declared.role != "pseudonym"
    if is_text or is_typed:
        found += [each for each in kinds_in_text(plain) if each not in found]
    if is_typed:
        found += [each for each in documents_alone(plain) if each not in found]
    tests = [has_written_phone if is_text or is_typed else has_prefixed_phone]
    tests += [is_bare_phone] if is_typed else []
    return [*found, "phone"] if any(test(plain) for test in tests) else found
