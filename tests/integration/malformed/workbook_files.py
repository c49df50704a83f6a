"""Makes odd workbooks byte by byte: what Excel, LibreOffice, libraries and accidents write."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import xlwt

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
STRICT_MAIN = "http://purl.oclc.org/ooxml/spreadsheetml/main"
STRICT_LINKS = "http://purl.oclc.org/ooxml/officeDocument/relationships"
#: Cell formats: 0 General, 1 dd/mm/yyyy, 2 date and time, 3 [h]:mm, 4 hh:mm:ss, 5 percent, 6 text.
_STYLES = f"""<styleSheet xmlns="{MAIN}"><numFmts count="1"><numFmt numFmtId="164"
 formatCode="[h]:mm"/></numFmts><cellXfs count="7"><xf numFmtId="0"/><xf numFmtId="14"/>
<xf numFmtId="22"/><xf numFmtId="164"/><xf numFmtId="21"/><xf numFmtId="10"/><xf numFmtId="49"/>
</cellXfs></styleSheet>"""


def zipped(parts: dict[str, str | bytes]) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name, content)
    return stream.getvalue()


def unzipped(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as package:
        return {name: package.read(name) for name in package.namelist()}


def xlsx(
    rows: str,
    *,
    main: str = MAIN,
    links: str = LINKS,
    book: str = "",
    shared: str = "",
    sheet: str = "",
    after: str = "",
    part: str = "xl/worksheets/sheet1.xml",
    target: str = "worksheets/sheet1.xml",
    more: dict[str, str] | None = None,
) -> bytes:
    """Return an xlsx whose one sheet, Foglio1, has ``rows`` as its data."""
    shared_link = (
        f'<Relationship Id="rId3" Type="{links}/sharedStrings" Target="sharedStrings.xml"/>'
    )
    parts: dict[str, str | bytes] = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{links}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{links}">{book}<sheets>'
        '<sheet name="Foglio1" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId1" '
        f'Type="{links}/worksheet" Target="{target}"/><Relationship Id="rId2" Type="{links}/styles" '
        f'Target="styles.xml"/>{shared_link if shared else ""}</Relationships>',
        "xl/styles.xml": _STYLES.replace(MAIN, main),
        part: sheet
        or f'<worksheet xmlns="{main}"><sheetData>{rows}</sheetData>{after}</worksheet>',
        **(more or {}),
    }
    if shared:
        parts["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{shared}</sst>'
    return zipped(parts)


def made_by_openpyxl(fill: Callable[[openpyxl.Workbook], None]) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "Foglio1"
    fill(book)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def xls(fill: Callable[[xlwt.Workbook, Any], None], dates_1904: bool = False) -> bytes:
    book = xlwt.Workbook()
    book.dates_1904 = dates_1904
    fill(book, book.add_sheet("Foglio1", cell_overwrite_ok=True))
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


_ODF = "urn:oasis:names:tc:opendocument:xmlns:"
_ODS_NAMES = (
    f'xmlns:office="{_ODF}office:1.0" xmlns:table="{_ODF}table:1.0" xmlns:text="{_ODF}text:1.0" '
    f'xmlns:style="{_ODF}style:1.0" xmlns:xlink="http://www.w3.org/1999/xlink" '
    'xmlns:calcext="urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0"'
)


def ods(
    rows: str, *, styles: str = "", table: str = 'table:name="Foglio1"', manifest: str = ""
) -> bytes:
    """Return an ods whose one sheet has ``rows`` (whole ``table:table-row`` elements)."""
    return zipped(
        {
            "mimetype": "application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f"<m>{manifest}</m>",
            "content.xml": f"<office:document-content {_ODS_NAMES}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:spreadsheet><table:table {table}>{rows}"
            "</table:table></office:spreadsheet></office:body></office:document-content>",
        }
    )


def ods_cell(kind: str = "", inner: str = "", **attributes: str) -> str:
    """Return a cell; attributes are written as office:... unless they name their prefix (a__b)."""
    said = f' office:value-type="{kind}"' if kind else ""
    for name, value in attributes.items():
        prefix, _, rest = name.rpartition("__")
        said += f' {prefix or "office"}:{rest.replace("_", "-")}="{value}"'
    return f"<table:table-cell{said}>{inner}</table:table-cell>"


def ods_row(*cells: str, **attributes: str) -> str:
    said = "".join(
        f' table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items()
    )
    return f"<table:table-row{said}>{''.join(cells)}</table:table-row>"


def _record(kind: int, body: bytes = b"") -> bytes:
    """Return one record of [MS-XLSB] 2.1.4: kind and size in seven bits a byte, then the body."""
    head = bytes([kind]) if kind < 0x80 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, sizes = len(body), b""
    while True:
        size, low = size >> 7, size & 0x7F
        sizes += bytes([low | (0x80 if size else 0)])
        if not size:
            return head + sizes + body


def _wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def xlsb(
    rows: dict[int, list[tuple[int, int, Any]]],
    *,
    date1904: bool = False,
    hidden_rows: tuple[int, ...] = (),
    merged: tuple[int, int, int, int] | None = None,
    state: int = 0,
) -> bytes:
    """Return an xlsb with one sheet, Foglio1.

    ``rows`` holds (column from 0, cell format, value) by row from 0; a value is a text, a number,
    a boolean, None (formatted but empty) or ('error', code). Formats: 0 General, 1 dd/mm/yyyy.
    """
    last = max(column for cells in rows.values() for column, *_ in cells)
    extent = struct.pack("<4I", min(rows), max(rows), 0, last)
    sheet = _record(129) + _record(148, extent) + _record(145)
    for at, cells in rows.items():
        flags = 0x10 if at in hidden_rows else 0
        sheet += _record(0, struct.pack("<IIHBBBI", at, 0, 300, 0, flags, 0, 0))
        for column, style, value in cells:
            sheet += _xlsb_cell(struct.pack("<II", column, style), value)
    sheet += _record(146)
    if merged:
        sheet += _record(177, struct.pack("<I", 1)) + _record(176, struct.pack("<4I", *merged))
        sheet += _record(178)
    sheet += _record(130)
    link = f'<Relationships xmlns="{_PACKAGE}"><Relationship Id="rId%d" Type="{LINKS}/%s" Target="%s"/>'
    book = _record(131) + _record(153, struct.pack("<III", 1 if date1904 else 0, 0, 0))
    book += _record(143) + _record(
        156, struct.pack("<II", state, 1) + _wide("rId1") + _wide("Foglio1")
    )
    book += _record(144) + _record(132)
    formats = b"".join(
        _record(47, struct.pack("<HHHHHHI", 0xFFFF, each, 0, 0, 0, 0, 0)) for each in (0, 14)
    )
    styles = (
        _record(278) + _record(617, struct.pack("<I", 2)) + formats + _record(618) + _record(279)
    )
    return zipped(
        {
            "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/'
            'content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-'
            'package.relationships+xml"/><Override PartName="/xl/workbook.bin" ContentType="application/'
            'vnd.ms-excel.sheet.binary.macroEnabled.main"/><Override PartName="/xl/worksheets/sheet1.bin" '
            'ContentType="application/vnd.ms-excel.worksheet"/><Override PartName="/xl/styles.bin" '
            'ContentType="application/vnd.ms-excel.styles"/></Types>',
            "_rels/.rels": link % (1, "officeDocument", "xl/workbook.bin") + "</Relationships>",
            "xl/workbook.bin": book,
            "xl/_rels/workbook.bin.rels": link % (1, "worksheet", "worksheets/sheet1.bin")
            + f'<Relationship Id="rId2" Type="{LINKS}/styles" Target="styles.bin"/></Relationships>',
            "xl/worksheets/sheet1.bin": sheet,
            "xl/styles.bin": styles,
        }
    )  # fmt: skip


def _xlsb_cell(head: bytes, value: Any) -> bytes:
    if value is None:
        return _record(1, head)
    if isinstance(value, tuple):
        return _record(3, head + bytes([value[1]]))
    if isinstance(value, bool):
        return _record(4, head + bytes([value]))
    if isinstance(value, str):
        return _record(6, head + _wide(value))
    return _record(5, head + struct.pack("<d", value))
