"""What people write into ``adapted.yml`` is read on pages: it goes through the identifier gate first."""

from __future__ import annotations

from assets import adapted
from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.config import line_in


def insist_on_reasons(layout: Layout) -> None:
    """Refuse a reason or an office that looks like data of a person, without quoting it.

    Raises
    ------
    ConfigurationError
        One does, with its line and the kind of data; or a mistake in the file.
    """
    said = adapted.read(layout)
    if said is None or not said.adaptations:
        return
    from assets.intake.identifiers import KINDS
    from assets.intake.single import identifier_kinds

    for number, each in enumerate(said.adaptations):
        for key, texts in (("reason", (each.reason.it, each.reason.en)), ("by", (each.by,))):
            kinds = [kind for text in texts for kind in identifier_kinds(text, is_typed=True)]
            if kinds:
                line = line_in(layout.raw / adapted.FILE, ("adaptations", number, key))
                kind = KINDS[kinds[0]]
                raise ConfigurationError(
                    f"adapted.yml, riga {line}: «{key}» sembra dire di una persona ({kind.it}), e si "
                    "legge nelle pagine: riscriverlo senza dati di persone.",
                    f"adapted.yml, line {line}: '{key}' seems to tell of a person ({kind.en}), and is "
                    "read on the pages: write it again without data of people.",
                )
