"""A delivery opened again from the vault: its cells as the partner wrote them, corrections included."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pandas as pd

from assets import seal
from assets.errors import DeliveryRefused
from assets.intake import vault
from assets.intake.corrections import CorrectionBook, cell_text, corrected
from assets.intake.exports import recognise
from assets.intake.grid import Sheet
from assets.intake.readers import read_contents
from assets.layout import Layout
from schemas.source import Source


@dataclass(frozen=True)
class Reopened:
    """One delivery in use, opened again.

    ``read`` returns the text of a cell by row (as Excel counts) and column letter, '' where blank.
    """

    delivery_id: str
    file_name: str
    source: Source
    sheet: Sheet = field(repr=False)

    def read(self, row: int, letter: str) -> str:
        """Return the text of one cell, '' where it is blank or does not exist."""
        try:
            return cell_text(self.sheet, row, letter)
        except IndexError:
            return ""


def opener(
    layout: Layout, deliveries: pd.DataFrame, book: CorrectionBook
) -> Callable[[str], Reopened]:
    """Return a function that opens a delivery by its id.

    Parameters
    ----------
    deliveries
        ``intake_deliveries``.
    """
    known = {str(row["delivery_id"]): row for row in deliveries.to_dict("records")}

    def open_one(delivery_id: str) -> Reopened:
        row = known[delivery_id]
        partner, sha256 = str(row["partner_code"]), str(row["sha256"])
        source = next(
            each
            for each in layout.readable_sources[partner].sources
            if each.source == row["source_code"]
        )
        try:
            with seal.opened(vault.place(layout.vault, sha256), layout.store) as stream:
                data = stream.read()
        except OSError:
            raise DeliveryRefused("correction.no_bytes", name=row["file_name"]) from None
        name = str(row["path"]).rsplit("/", 1)[-1]
        contents = recognise(read_contents(data, name, source.reader))
        sheet = corrected(contents.sheet, book.patches(partner, sha256))
        return Reopened(delivery_id, str(row["file_name"]), source, sheet)

    return open_one
