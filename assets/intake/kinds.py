"""What a file is that is named as delimited text and is none."""

from __future__ import annotations

import json
import re

_BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "xls"),
    (b"%PDF-", "pdf"),
    (b"{\\rtf", "rtf"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf\x27\x1c", "7z"),
    (b"Rar!\x1a\x07", "rar"),
    (b"PAR1", "parquet"),
    (b"SQLite format 3\0", "sqlite"),
    (b"$FL2", "sav"),
    (b"$FL3", "sav"),
    (b"\x89PNG\r\n", "png"),
    (b"\xff\xd8\xff", "jpeg"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\0", "xz"),
)
_MARKUP = re.compile(
    rb"\s*(?:<\?xml|<!doctype\s|<!--|<html|<head|<body|<table|<\?mso|</?[a-z][\w:.-]*(?:\s[^<>]*)?/?>)",
    re.IGNORECASE,
)
_JSON = re.compile(rb"\s*(?:\{\s*\"|\[\s*[\[{\"])")
_MOST_JSON = 1 << 22


def kind_of_bytes(start: bytes) -> str:
    """Return the format that the first bytes are the mark of, '' for none of them.

    Parameters
    ----------
    start
        The first thousands of bytes, as they stand in the file.
    """
    for mark, kind in _BEGINNINGS:
        if start.startswith(mark):
            return kind
    if not start.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return ""
    names = ((b"xl/", "xlsx"), (b"word/", "docx"), (b"opendocument.spreadsheet", "ods"))
    return next((kind for mark, kind in names if mark in start), "zip")


def kind_of_text(text: bytes) -> str:
    """Return html, xml or json where the text is that, '' where it may be a table.

    Parameters
    ----------
    text
        UTF-8 without byte order mark.
    """
    start = text[:4096]
    if _MARKUP.match(start):
        lowered = start.lower()
        return "html" if re.search(rb"<(?:!doctype html|html|table|body|head)", lowered) else "xml"
    if not _JSON.match(start):
        return ""
    if len(text) > _MOST_JSON:
        return "json"
    try:
        json.loads(text)
    except ValueError:
        try:  # one object a line
            lines = text.split(b"\n")
            json.loads(lines[0])
        except ValueError:
            return ""
    except RecursionError:
        return "json"
    return "json"
