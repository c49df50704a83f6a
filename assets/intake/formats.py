"""What a file is, by its bytes: names of files lie, and Excel opens what is no workbook."""

from __future__ import annotations

import io
import json
import re
import zipfile
from typing import Any

from assets.errors import DeliveryRefused
from schemas.words import Words

ZIP = b"PK\x03\x04"
OLE = bytes.fromhex("d0cf11e0a1b11ae1")
_EMPTY_ZIP = b"PK\x05\x06"
#: Beginnings of the streams of Excel 5 and before, which stand alone in the file.
_BIFF = (b"\x09\x08\x08\x00", b"\x09\x08\x06\x00", b"\x09\x04\x06\x00", b"\x09\x02\x06\x00")
_SAV = (b"$FL2", b"$FL3")
_HEAD = 4096
#: Formats that a delivery may have -> how names of such files end.
SUFFIXES = {
    "csv": (".csv", ".tsv", ".tab", ".txt"),
    "xlsx": (".xlsx", ".xltx"),
    "xlsm": (".xlsm", ".xltm"),
    "xlsb": (".xlsb",),
    "xls": (".xls", ".xlt"),
    "ods": (".ods", ".ots"),
    "sav": (".sav", ".zsav"),
    "zip": (".zip",),
}

#: Beginnings of files that hold no table we read -> what they are.
_OTHERS: tuple[tuple[bytes, Words], ...] = (
    (b"%PDF-", Words(it="un PDF", en="a PDF")),
    (b"\x1f\x8b", Words(it="un archivio gz", en="a gz archive")),
    (b"7z\xbc\xaf\x27\x1c", Words(it="un archivio 7z", en="a 7z archive")),
    (b"Rar!\x1a\x07", Words(it="un archivio rar", en="a rar archive")),
    (b"BZh", Words(it="un archivio bz2", en="a bz2 archive")),
    (b"\xfd7zXZ\x00", Words(it="un archivio xz", en="an xz archive")),
    (b"{\\rtf", Words(it="un documento di testo RTF", en="an RTF document")),
    (b"\x89PNG", Words(it="un'immagine", en="an image")),
    (b"\xff\xd8\xff", Words(it="una fotografia", en="a photograph")),
    (b"GIF8", Words(it="un'immagine", en="an image")),
    (b"SQLite format 3\x00", Words(it="una base di dati SQLite", en="an SQLite database")),
    (b"\x00\x01\x00\x00Standard ", Words(it="una base di dati Access", en="an Access database")),
    (b"<stata_dta>", Words(it="un file di Stata", en="a Stata file")),
    (b"PAR1", Words(it="un file Parquet", en="a Parquet file")),
)
#: Parts of zip packages that hold no table we read -> what the package is.
_PACKAGES: tuple[tuple[str, Words], ...] = (
    (r"word/document\d*\.xml", Words(it="un documento di Word", en="a Word document")),
    (r"ppt/presentation\.xml", Words(it="una presentazione", en="a presentation")),
    (
        r"(.*/)?Index(/Document\.iwa|\.zip)",
        Words(it="un file di Numbers o Pages", en="a file of Numbers or Pages"),
    ),
)
#: Marks near the beginning of a text that starts with '<' -> what it is; the first that fits.
_MARKUP: tuple[tuple[str, Words], ...] = (
    (
        r"urn:schemas-microsoft-com:office:spreadsheet",
        Words(it="un foglio XML di Excel 2003", en="an Excel 2003 XML spreadsheet"),
    ),
    (
        r"<office:document\b",
        Words(it="un foglio OpenDocument in un solo XML (.fods)", en="a flat OpenDocument file"),
    ),
    (
        r"<(?:!doctype html|html|head|body|table|meta|style)\b",
        Words(
            it="una pagina HTML, anche se il nome dice altro", en="an HTML page, whatever its name"
        ),
    ),
    (r"\A\s*<\?xml\b", Words(it="un file XML", en="an XML file")),
)


def format_of(content: Any) -> str:
    """Return the format of a file: xlsx, xlsm, xlsb, xls, ods, sav, zip, or csv for any other text.

    Parameters
    ----------
    content
        ``bytes`` or a ``pyarrow.Buffer``.

    Raises
    ------
    DeliveryRefused
        Empty, or of a format that holds no table we read, which is named.
    """
    head = memoryview(content)[:_HEAD].tobytes()
    if not head:
        raise DeliveryRefused("file.empty")
    if head.startswith((ZIP, _EMPTY_ZIP)):
        return _zip_format(bytes(content))
    if head.startswith(OLE):
        return _ole_format(bytes(content))
    if head.startswith(_BIFF):
        return "xls"
    if head.startswith(_SAV):
        return "sav"
    for beginning, words in _OTHERS:
        if head.startswith(beginning):
            raise _other(words)
    _refuse_markup(head, content)
    return "csv"


def _other(words: Words) -> DeliveryRefused:
    return DeliveryRefused("file.other_format", found=words)


def _zip_format(data: bytes) -> str:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as package:
            names = package.namelist()
            types = _part(package, "[Content_Types].xml")
            declared = _part(package, "mimetype").strip()
    except Exception:  # noqa: BLE001 - truncated archives fail in many ways
        raise DeliveryRefused("file.unreadable", format="zip, xlsx, ods") from None
    lowered = [name.lower() for name in names]
    if any(name.endswith("xl/workbook.bin") for name in lowered):
        return "xlsb"
    if any(name.endswith("xl/workbook.xml") for name in lowered):
        return "xlsm" if b"macroEnabled" in types else "xlsx"
    if declared.startswith(b"application/vnd.oasis.opendocument"):
        if b"spreadsheet" not in declared:
            raise _other(Words(it="un documento di LibreOffice", en="a LibreOffice document"))
        return "ods"
    for pattern, words in _PACKAGES:
        if any(re.fullmatch(pattern, name) for name in names):
            raise _other(words)
    if "content.xml" in names and "META-INF/manifest.xml" in names:
        return "ods"
    if types and "_rels/.rels" in names:
        raise DeliveryRefused("file.unreadable", format="xlsx")  # an Office package without a book
    return "zip"


def _part(package: zipfile.ZipFile, name: str) -> bytes:
    if name not in package.namelist() or package.getinfo(name).file_size > _HEAD * 1000:
        return b""
    return package.read(name)


def _ole_format(data: bytes) -> str:
    if _utf16("EncryptedPackage") in data:
        raise DeliveryRefused("file.password")
    if _utf16("WordDocument") in data:
        raise _other(Words(it="un documento di Word", en="a Word document"))
    if _utf16("PowerPoint Document") in data:
        raise _other(Words(it="una presentazione", en="a presentation"))
    return "xls"


def _utf16(name: str) -> bytes:
    return name.encode("utf-16-le")


def _refuse_markup(head: bytes, content: Any) -> None:
    """Refuse pages and other markup, which Excel opens as if they were workbooks, and JSON."""
    encoding = "utf-16" if head.startswith((b"\xff\xfe", b"\xfe\xff")) else "utf-8-sig"
    text = head.decode(encoding, errors="replace").lstrip()
    if text.startswith("<"):
        for pattern, words in _MARKUP:
            if re.search(pattern, text, re.IGNORECASE):
                raise _other(words)
    if text.startswith(("{", "[")):
        try:
            json.loads(bytes(content))
        except (ValueError, RecursionError):
            return
        raise _other(Words(it="un file JSON", en="a JSON file"))
