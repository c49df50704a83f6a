"""Invented people for coding at the source: every identifier here is made up (FACTS, 7.1)."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime

HEADINGS = [
    "Codice fiscale",
    "Cognome",
    "Nome",
    "Data di nascita",
    "Telefono",
    "Laboratorio",
    "Data",
    "Ore",
    "N. tessera",
    "Note",
]
PEOPLE = [
    ["qqqzzz 70h15 e897q", "D'Amicò", "Niccolo'", date(1970, 6, 15), "376 0000000", "Cucito", date(2022, 1, 10), 2, "A-17", "parla con l'assistente"],
    ["QQQZZZ70H15E89TN", "Rossi", "Maria Grazia", date(2004, 1, 2), None, "Orto", datetime(2022, 1, 11, 14, 30), 1.5, "A-18", None],
    ["QQQZZZ70H15E897A", "Verdi", "Zoë", date(2004, 1, 1), None, "Orto", date(2022, 1, 12), 0, "a-17", None],
    [None, "De-Rossi", "Ñuño", date(1950, 12, 31), None, "Cucito", date(2022, 1, 13), 3, None, "=1+1"],
    [None, "de  rossi", "NUÑO", date(1950, 12, 31), None, "Cucito", date(2022, 1, 14), 3, 17, None],
    ["non ha", None, None, None, None, "Cucito", None, None, None, None],
    ["STP0301234567890", "Bianchi", "Ana", None, None, "Italiano <A1> & \"oltre\"", date(2022, 1, 15), 1, None, None],
]  # fmt: skip
#: What nobody may find in a coded file, whatever its packing.
SECRETS = ("QQQZZZ", "qqqzzz", "Amic", "Rossi", "rossi", "Verdi", "Grazia", "1950", "1970", "376 0", "STP03", "assistente", "SEGRETO")  # fmt: skip
KEY = bytes(range(32))
ON = date(2022, 1, 1)


def workbook() -> bytes:
    """Return a workbook that hides identifiers in every place beside the sheet's own cells."""
    from openpyxl import Workbook
    from openpyxl.comments import Comment
    from openpyxl.workbook.defined_name import DefinedName

    book = Workbook()
    sheet = book.active
    sheet.title = "Registro"
    sheet.append(["Presenze 2022 (SEGRETO)"])
    sheet.append(HEADINGS)
    for row in PEOPLE:
        sheet.append(row)
    for row in sheet.iter_rows():
        for cell in row:
            if cell.data_type == "f":
                cell.data_type = "s"
    sheet["F3"].comment = Comment("QQQZZZ70H15E897Q", "SEGRETO")
    hidden = book.create_sheet("Nascosto")
    hidden.append(["QQQZZZ70H55E897U"])
    hidden.sheet_state = "hidden"
    book.defined_names["SEGRETO"] = DefinedName("SEGRETO", attr_text='"QQQZZZ70H55E897U"')
    book.properties.creator = "SEGRETO"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def delimited(encoding: str = "cp1252", delimiter: str = ";", newline: str = "\r\n") -> bytes:
    """Return the same rows as delimited text, days as they are written in Italy."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=delimiter, lineterminator=newline)
    writer.writerow(HEADINGS)
    for row in PEOPLE:
        writer.writerow([_spelt(cell) for cell in row])
    return stream.getvalue().encode(encoding)


def _spelt(cell: object) -> str:
    if isinstance(cell, datetime):
        return cell.strftime("%d/%m/%Y %H:%M")
    if isinstance(cell, date):
        return cell.strftime("%d/%m/%Y")
    return "" if cell is None else str(cell)
