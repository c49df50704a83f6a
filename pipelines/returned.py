"""Out to the partners: the returns of a finished run."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from assets import private
from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines import look

if TYPE_CHECKING:
    import pandas as pd

    from assets.returned import Return

_TABLES = ("intake_deliveries", "intake_columns", "sorting_reasons", "sorting_counts")


@dataclass(frozen=True)
class Written:
    """One partner's return: ``path`` is ``None`` where there is nothing to mend."""

    partner: str
    lines_n: int
    refused_n: int
    path: Path | None


def write_returns(
    layout: Layout, partner: str | None, folder: Path | None, on: date
) -> list[Written]:
    """Write the workbook of each partner that has something to mend.

    Parameters
    ----------
    partner
        One partner only; ``None`` for all that delivered something.
    folder
        Where to; ``None`` for ``.store/<programme>/returns/<partner>/``.

    Raises
    ------
    ConfigurationError
        No run yet, or no such partner.
    """
    from assets.outputs.returns import return_workbook

    _require_partner(layout, partner)
    found = []
    for made in _returns(layout):
        if partner not in (None, made.partner):
            continue
        path = None
        if made.is_needed:
            place = folder or layout.store / "returns" / made.partner
            path = _write(place, f"riscontro_{made.partner}_{on}", return_workbook(made, on))
        found.append(Written(made.partner, len(made.lines), len(made.refused), path))
    return found


def _returns(layout: Layout) -> list[Return]:
    from assets.intake.corrections import load_corrections
    from assets.intake.reopen import opener
    from assets.intake.single import identifier_kinds
    from assets.sorting.returns import make_returns

    frames = frames_of(layout)
    open_one = opener(layout, frames["intake_deliveries"], load_corrections(layout))
    return make_returns(
        layout,
        frames,
        lambda delivery_id: open_one(delivery_id).read,
        lambda text, column: bool(identifier_kinds(text, column, is_typed=True)),
    )


@look.at_once
def frames_of(layout: Layout) -> dict[str, pd.DataFrame]:
    """Return what a return is made of, from the warehouse of the last run.

    Raises
    ------
    ConfigurationError
        No run yet.
    """
    from assets.store import Warehouse

    warehouse = Warehouse(layout.warehouse)
    if not set(_TABLES) <= set(warehouse.tables()):
        raise ConfigurationError(
            "Il programma non è ancora stato elaborato: prima «lunattiva run».",
            "The programme has not been processed yet: first 'lunattiva run'.",
        )
    return {table: warehouse.read(table) for table in _TABLES}


def _require_partner(layout: Layout, partner: str | None) -> None:
    from schemas.config import nearest

    known = sorted(layout.definition.partners)
    if partner is not None and partner not in known:
        near, listed = nearest(partner, known) or "-", ", ".join(known)
        raise ConfigurationError(
            f"Il partner «{partner}» non c'è. Più simile: {near}. Partner: {listed}.",
            f"There is no partner '{partner}'. Nearest: {near}. Partners: {listed}.",
        )


def _write(folder: Path, name: str, data: bytes) -> Path:
    """Write for this account only; a return written before and different stays beside it."""
    if not folder.is_dir():  # a folder of the person's own keeps its rights
        private.folder(folder)
    path, number = folder / f"{name}.xlsx", 1
    while path.exists() and path.read_bytes() != data:
        number += 1
        path = folder / f"{name}_{number}.xlsx"
    path.touch(mode=private.FILE)
    private.restrict(path, private.FILE)
    path.write_bytes(data)
    return path
