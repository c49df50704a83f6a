"""What people write into ``adapted.yml`` is read on pages: it goes through the identifier gate first.

And it is of a definition that there is: a misspelt one would be asked about for ever.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from assets import adapted
from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.config import line_in
from schemas.replication import Adapted
from schemas.words import Words

if TYPE_CHECKING:
    from assets.across.releases import Release


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
    for number, each in enumerate(said.adaptations):
        for key, texts in (("reason", (each.reason.it, each.reason.en)), ("by", (each.by,))):
            kind = _kind_in(texts)
            if kind:
                line = line_in(layout.raw / adapted.FILE, ("adaptations", number, key))
                raise ConfigurationError(
                    f"adapted.yml, riga {line}: «{key}» sembra dire di una persona ({kind.it}), e si "
                    "legge nelle pagine: riscriverlo senza dati di persone.",
                    f"adapted.yml, line {line}: '{key}' seems to tell of a person ({kind.en}), and is "
                    "read on the pages: write it again without data of people.",
                )


def insist_on_others_reasons(releases: Iterable[Release]) -> None:
    """Refuse to show what another programme wrote of its adaptations where it looks like data of a person.

    Raises
    ------
    ConfigurationError
        With the folder, the adaptation's place in the manifest and the kind of data; nothing is quoted.
    """
    for release in releases:
        told = release.manifest.adapted
        for number, each in enumerate(told.differences if told else (), start=1):
            reason = (each.reason.it, each.reason.en) if each.reason else ()
            kind = _kind_in((*reason, each.by or "", each.definition.partition(".")[2]))
            if kind:
                raise ConfigurationError(
                    f"{release.folder}: l'adattamento numero {number} sembra dire di una persona "
                    f"({kind.it}): chiedere una pubblicazione corretta a chi l'ha fatta.",
                    f"{release.folder}: adaptation number {number} seems to tell of a person "
                    f"({kind.en}): ask whoever published it for a corrected publication.",
                )


def _kind_in(texts: Iterable[str]) -> Words | None:
    """Return the first kind of a person's data that texts seem to hold."""
    from assets.intake.identifiers import KINDS
    from assets.intake.single import identifier_kinds

    kinds = (kind for text in texts for kind in identifier_kinds(text, is_typed=True))
    found = next(kinds, None)
    return KINDS[found] if found else None


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
