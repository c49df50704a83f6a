"""The codes of people whom their characteristics single out: a list for the intern, never released."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assets import private
from assets.errors import ConfigurationError
from assets.layout import Layout

if TYPE_CHECKING:
    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

_UNIQUES, _STEPS = "release_risk__uniques", "release_risk__steps"


@dataclass(frozen=True)
class Alone:
    """The file written, and how many people it names."""

    path: Path
    people_n: int


def write_alone(layout: Layout) -> Alone:
    """Write codes, ways of making the data coarser, and the releases so far, for this account only.

    Three sheets: who is alone in which combination (codes only); each way that is a single step or is
    suggested, with whom it would leave alone; k and people alone at each release of the register.

    Raises
    ------
    ConfigurationError
        No run yet.
    """
    from openpyxl import Workbook

    from assets.release.ledger import NAME, over_time
    from assets.store import Warehouse
    from assets.workbooks import workbook_bytes

    warehouse = Warehouse(layout.warehouse)
    if not {_UNIQUES, _STEPS} <= set(warehouse.tables()):
        raise ConfigurationError(
            "Il programma non è ancora stato elaborato: prima «lunattiva run».",
            "The programme has not been processed yet: first 'lunattiva run'.",
        )
    people, steps = warehouse.read(_UNIQUES), warehouse.read(_STEPS)
    is_told = steps["is_one_step"] | steps["is_suggested"] | steps["is_suggested_with_loss"]
    releases = over_time(layout.store / NAME)
    book = Workbook()
    book.remove(book.worksheets[0])
    _put(book.create_sheet("codes"), people)
    _put(book.create_sheet("coarser"), steps[is_told | steps["height"].eq(0)])
    _put(book.create_sheet("releases"), releases)
    path = layout.store / "review" / f"alone_{layout.programme}.xlsx"
    private.folder(path.parent)
    private.write(path, workbook_bytes(book))
    private.restrict(path, private.FILE)
    return Alone(path, people["person_code"].nunique())


def _put(sheet: Worksheet, frame: pd.DataFrame) -> None:
    """Write a frame below its headings; a text is never taken for a formula."""
    sheet.append(list(frame.columns))
    for row in frame.astype(object).where(frame.notna(), None).itertuples(index=False, name=None):
        sheet.append(list(row))
        for cell in sheet[sheet.max_row]:
            if isinstance(cell.value, str):
                cell.data_type = "s"
    sheet.freeze_panes = "A2"
