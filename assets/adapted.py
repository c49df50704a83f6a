"""Where a programme's definitions come from: ``adapted.yml``, and what differs from it now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from assets.errors import ConfigurationError
from schemas.config import ConfigError, nearest, read_config
from schemas.replication import KINDS, Adaptation, Adapted, Change, differences, kit_of

if TYPE_CHECKING:
    from assets.layout import Layout

FILE = "adapted.yml"
#: A comparison can be asked for only once the places are written down.
_WAITS_FOR_PLACES = "question.compared"


@dataclass(frozen=True)
class Difference:
    """One definition that is not, or no longer, the origin's; ``why`` where somebody said so."""

    definition: str
    change: Change
    why: Adaptation | None
    waits: bool = False
    """Nobody decided it yet: what it needs is not written down."""


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
    has_places = layout.definition.neighbourhoods != "open"
    return [
        Difference(
            name,
            change,
            said.reason_for(name),
            waits=name == _WAITS_FOR_PLACES and not has_places,
        )
        for name, change in differences(said.taken, kit(layout)["versions"])
    ]


def unknown(layout: Layout, said: Adapted) -> list[tuple[int, str]]:
    """Return number and nearest definition of each reason that is of none, taken over or of now."""
    now = kit(layout)["versions"]
    names = [
        f"{kind}.{code}" for kind in KINDS for code in {**said.taken.get(kind, {}), **now[kind]}
    ]
    return [
        (number, nearest(each.definition, names) or "-")
        for number, each in enumerate(said.adaptations)
        if not any(map(each.is_of, names))
    ]


def idle(layout: Layout) -> list[str]:
    """Return the reasons for definitions that are as they were taken over."""
    said = read(layout)
    if said is None or not said.adaptations:
        return []
    differ = [each.definition for each in found(layout)]
    return [x.definition for x in said.adaptations if not any(map(x.is_of, differ))]


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
