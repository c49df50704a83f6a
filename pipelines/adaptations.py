"""What people write into ``adapted.yml`` is read on pages: it goes through the identifier gate first.

And it is of a definition that there is: a misspelt one would be asked about for ever.
"""

from __future__ import annotations

from assets import adapted
from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.config import line_in
from schemas.replication import Adapted


def insist_on_reasons(layout: Layout) -> None:
    """Refuse what looks like data of a person, without quoting it, and a reason for nothing known.

    Raises
    ------
    ConfigurationError
        With its line and the kind of data, or the nearest definition; or a mistake in the file.
    """
    said = adapted.read(layout)
    if said is None or not said.adaptations:
        return
    _insist_on_known(layout, said)
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


def _insist_on_known(layout: Layout, said: Adapted) -> None:
    for number, near in adapted.unknown(layout, said):
        line = line_in(layout.raw / adapted.FILE, ("adaptations", number, "definition"))
        name = said.adaptations[number].definition
        raise ConfigurationError(
            f"adapted.yml, riga {line}: la definizione «{name}» non c'è, né presa né di qui. Più "
            f"simile: {near}.",
            f"adapted.yml, line {line}: there is no definition '{name}', neither taken over nor of "
            f"here. Nearest: {near}.",
        )
