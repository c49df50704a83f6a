"""Excel files that are the same bytes each time they are made. Shared by the rooms that write them."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook

#: Unpacked, no workbook of ours comes near this.
_MOST_BYTES = 200_000_000
#: The moment written into a workbook that belongs to no day of its own.
STAMP = datetime(2021, 6, 1)


def workbook_bytes(book: Workbook, moment: datetime = STAMP) -> bytes:
    """Return a workbook as bytes in which neither the archive nor the properties hold the clock."""
    book.properties.created = moment
    stream = io.BytesIO()
    book.save(stream)
    return with_fixed_times(stream.getvalue(), moment)


def member(name: str, moment: tuple[int, int, int, int, int, int]) -> zipfile.ZipInfo:
    """Return a member of an archive (Excel and Word files are such) that tells not which system wrote it."""
    made = zipfile.ZipInfo(name, moment)
    made.create_system = 3
    return made


def with_fixed_times(data: bytes, moment: datetime = STAMP) -> bytes:
    """Rewrite a workbook's archive with its members in order of name and one moment for all."""
    said = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + said, content)
            made = member(name, moment.timetuple()[:6])
            made.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(made, content, compresslevel=9)
    return stream.getvalue()


def open_workbook(data: bytes, sheets: Sequence[str]) -> Workbook | None:
    """Open a workbook of ours that came back; ``None`` where it is none of ours, or damaged.

    Parameters
    ----------
    sheets
        Names of the sheets without which it is not ours.
    """
    import openpyxl

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            if sum(each.file_size for each in package.infolist()) > _MOST_BYTES:
                return None
        book = openpyxl.load_workbook(io.BytesIO(data))
    except Exception:  # noqa: BLE001 - a damaged file fails in many ways, and may be quoted
        return None
    return book if set(sheets) <= set(book.sheetnames) else None
