"""Excel files that are the same bytes each time they are made. Shared by the rooms that write them."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from openpyxl import Workbook

#: The moment written into a workbook that belongs to no day of its own.
STAMP = datetime(2021, 6, 1)


def workbook_bytes(book: Workbook, moment: datetime = STAMP) -> bytes:
    """Return a workbook as bytes in which neither the archive nor the properties hold the clock."""
    book.properties.created = moment
    stream = io.BytesIO()
    book.save(stream)
    return with_fixed_times(stream.getvalue(), moment)


def with_fixed_times(data: bytes, moment: datetime = STAMP) -> bytes:
    """Rewrite a workbook's archive with its members in order of name and one moment for all."""
    said = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w") as new:
        for name in sorted(old.namelist()):
            content = old.read(name)
            if name == "docProps/core.xml":
                content = re.sub(rb"(<dcterms:modified[^>]*>)[^<]*", rb"\g<1>" + said, content)
            member = zipfile.ZipInfo(name, moment.timetuple()[:6])
            member.compress_type = zipfile.ZIP_DEFLATED
            new.writestr(member, content, compresslevel=9)
    return stream.getvalue()
