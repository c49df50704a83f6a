"""Where a programme's definitions come from: ``adapted.yml``, and what differs from it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets.errors import ConfigurationError
from schemas.config import ConfigError, read_config
from schemas.replication import KINDS, Adaptation, Adapted, Change, differences, kit_of

if TYPE_CHECKING:
    from assets.layout import Layout

FILE = "adapted.yml"


@dataclass(frozen=True)
class Difference:
    """One definition that is not, or no longer, the origin's; ``why`` where somebody said so."""

    definition: str
    change: Change
    why: Adaptation | None


def read(layout: Layout) -> Adapted | None:
    """Return what ``adapted.yml`` says; ``None`` where the programme took nothing over.

    Raises
    ------
    ConfigurationError
        A mistake in the file, with its line.
    """
    path = layout.raw / FILE
    if not path.is_file():
        return None
    try:
        return read_config(path, Adapted)
    except ConfigError as error:
        raise ConfigurationError(
            f"adapted.yml ha un errore. {error.say('it')}",
            f"adapted.yml has a mistake. {error.say('en')}",
        ) from None


def kit(layout: Layout) -> dict[str, Any]:
    """Return the definitions the programme works by (``schemas/replication.py``)."""
    return kit_of(layout.definition, layout.instruments)


def found(layout: Layout) -> list[Difference]:
    """Return what differs from the origin, in order; nothing where nothing was taken over."""
    said = read(layout)
    if said is None:
        return []
    return [
        Difference(name, change, said.reason_for(name))
        for name, change in differences(said.taken, kit(layout)["versions"])
    ]


def told(layout: Layout) -> dict[str, Any] | None:
    """Return what a release tells of it: the origin, how much was taken over, what was adapted."""
    said = read(layout)
    if said is None:
        return None
    return {
        "origin": said.origin.model_dump(mode="json"),
        "taken": {kind: len(said.taken.get(kind, {})) for kind in KINDS},
        "kinds": {kind: words.model_dump() for kind, words in KINDS.items()},
        "differences": [
            {
                "definition": each.definition,
                "change": each.change,
                "reason": each.why.reason.model_dump() if each.why else None,
                "by": each.why.by if each.why else None,
            }
            for each in found(layout)
        ],
    }
