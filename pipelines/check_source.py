"""Which source a file is looked at with: the one asked for, else the one that expects it where it lies."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from assets.errors import ConfigurationError, DeliveryRefused
from assets.intake.find import find_files
from assets.layout import Layout
from assets.periods import Period, find_period
from schemas.config import nearest
from schemas.sidecar import Sidecar
from schemas.source import Source


@dataclass(frozen=True)
class Chosen:
    """A source, what is known of the file's place, and why there is no source if there is none.

    ``programme`` is that of a file which lies where a run will find it, '' of any other.
    """

    source: Source | None = None
    partner: str = ""
    period: Period | None = None
    sidecar: Sidecar = Sidecar()
    refusal: DeliveryRefused | None = None
    programme: str = ""

    @property
    def name(self) -> str:
        """``partner/source``, '' without one."""
        return f"{self.partner}/{self.source.source}" if self.source else ""


def programme_of(path: Path, root: Path) -> str | None:
    """Return the programme in whose folder a file lies, if it does."""
    raw = (root / "raw").resolve()
    inside = path.resolve()
    if not inside.is_relative_to(raw) or len(inside.relative_to(raw).parts) < 2:
        return None
    name = inside.relative_to(raw).parts[0]
    return name if (raw / name / "programme.yml").is_file() else None


def choose(path: Path, layout: Layout | None, asked: str | None) -> Chosen:
    """Return the source to look with.

    Raises
    ------
    ConfigurationError
        A source that the programme does not have, or that several partners have.
    """
    if layout is None:
        return Chosen()
    if asked is not None:
        return _asked(path, layout, asked)
    if not path.resolve().is_relative_to(layout.raw.resolve()):
        return Chosen()
    here = [each for each in find_files(layout) if each.path.resolve() == path.resolve()]
    if not here:
        return Chosen()
    found = here[0]
    if found.refusal is not None or found.source is None:
        return Chosen(refusal=found.refusal)
    return Chosen(
        found.source, found.partner, found.period, found.sidecar, programme=layout.programme
    )


def _asked(path: Path, layout: Layout, asked: str) -> Chosen:
    known = {
        f"{partner}/{source.source}": (partner, source)
        for partner, sources in layout.readable_sources.items()
        for source in sources.sources
    }
    fitting = [name for name in known if asked in (name, name.split("/")[1])]
    if len(fitting) > 1:
        listed = ", ".join(fitting)
        raise ConfigurationError(
            f"Più partner hanno una fonte «{asked}»: dire quale con partner/fonte. Fonti: {listed}.",
            f"Several partners have a source '{asked}': say which as partner/source. Sources: {listed}.",
        )
    if not fitting:
        near = nearest(asked, [*known, *(name.split("/")[1] for name in known)]) or "-"
        listed = ", ".join(known) or "-"
        raise ConfigurationError(
            f"Il programma «{layout.programme}» non ha una fonte «{asked}». Più simile: {near}. Fonti: {listed}.",
            f"The programme '{layout.programme}' has no source '{asked}'. Nearest: {near}. Sources: {listed}.",
        )
    partner, source = known[fitting[0]]
    period = find_period(path.resolve().parent.name, layout.definition)
    return Chosen(source, partner, period or find_period("all", layout.definition))
