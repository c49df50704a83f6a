"""Which encoding a text is in: decided from its bytes, and refused where they do not settle it."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from typing import Any

import pyarrow as pa

from assets.errors import DeliveryRefused
from assets.intake.accents import judged

_BOMS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_STEP = 1 << 22
_SAMPLE = 20_000
_AROUND = 200
#: Bytes that cp1252 leaves undefined, and its sign for any currency, which nobody writes.
_NOT_CP1252 = re.compile(rb"[\x81\x8d\x8f\x90\x9d\xa4]")
_HIGH = re.compile(rb"[\x80-\xff]")
_C1 = re.compile(rb"[\x80-\x9f]")
#: A character of two or three bytes in UTF-8.
_UTF8_CHARACTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}")
#: Characters that Western European text is written with.
_WESTERN = re.compile(
    r"[\xa0-\xff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u20ac\u2010-\u2026\u2030\u2039\u203a\u2122\u0192\u02c6\u02dc\u2122]"
)
#: What UTF-8 looks like once it was read as cp1252 or latin-1: a lead byte and its continuation.
_DOUBLED = re.compile(
    "[ÃÂÄÅâÐÑÎÏ][\x80-\xbf\u20ac\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152"
    "\u017d\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u017e\u0178]"
    "|(?<=[a-z])Ã(?![\\w~])"
)
#: What lines of ASCII become when they are read as UTF-16: their line end is half of a letter.
_ASCII_AS_WIDE = re.compile("[\u0a20-\u0a7e\u0d20-\u0d7e]|[\u300a-\u7e0a]")
_LEADS = "ÃÂÄÅâÐÑÎÏ"


def to_utf8(data: Any, declared: str | None) -> tuple[pa.Buffer, str]:
    """Return the text as UTF-8 without mark, and the encoding it was in.

    Parameters
    ----------
    data
        ``bytes`` or a ``pyarrow.Buffer`` (which may be a mapped file); UTF-8 is not copied.
    declared
        Encoding that the source declares; None to decide from the bytes.

    Raises
    ------
    DeliveryRefused
        ``file.encoding`` (declared and not true), ``file.encoding_mixed``,
        ``file.encoding_unknown``, ``file.encoding_damaged``, ``file.nul``: with the row.
    """
    buffer = data if isinstance(data, pa.Buffer) else pa.py_buffer(data)
    view = memoryview(buffer)
    encoding = declared or decide(view)
    skip = _mark(view, encoding)
    while encoding.startswith("utf-8") and bytes(view[skip : skip + 3]) == codecs.BOM_UTF8:
        skip += 3
    if encoding in ("utf-8", "utf-8-sig"):
        _look_through(view[skip:], encoding, declared)
        return buffer.slice(skip), encoding
    if declared:
        _refuse_utf8(view, declared)
    sink = pa.BufferOutputStream()
    text = ""
    for text in _decoded(view[skip:], _codec(view, encoding), encoding):
        _refuse_nul(text, view, encoding)
        if encoding.startswith("utf-16"):
            _refuse_ascii_within(text)
        sink.write(text.encode("utf-8"))
    return sink.getvalue(), encoding


def decide(view: memoryview) -> str:
    """Return the encoding of a text.

    Raises
    ------
    DeliveryRefused
        Where its bytes do not settle it; see ``to_utf8``.
    """
    start = bytes(view[:4])
    for mark, encoding in _BOMS:
        if start.startswith(mark):
            return encoding
    wide = _wide(view)
    if wide:
        return wide
    fault = _first_fault(view)
    if fault is None:
        return "utf-8"
    return _single_byte(view, fault)


def _mark(view: memoryview, encoding: str) -> int:
    """Return the length of the byte order mark, where the encoding has one."""
    start = bytes(view[:4])
    family = encoding.removesuffix("-sig").removesuffix("-le").removesuffix("-be")
    for mark, name in _BOMS:
        if start.startswith(mark) and name.startswith(family):
            return len(mark)
    return 0


def _codec(view: memoryview, encoding: str) -> str:
    """Return the codec to decode with once the mark is gone."""
    if encoding in ("utf-16", "utf-32"):
        start = bytes(view[:4])
        for mark, name in _BOMS:
            if start.startswith(mark) and name.startswith(encoding):
                return name
        return _wide(view) or f"{encoding}-le"
    return encoding


def _wide(view: memoryview) -> str:
    """Return UTF-16 or UTF-32 where the zeros of Latin text stand in their places, else ''."""
    sample = bytes(view[:4096])
    if b"\0" not in sample:
        return ""
    for width, first, name in (
        (4, 0, "utf-32-le"),
        (4, 3, "utf-32-be"),
        (2, 0, "utf-16-le"),
        (2, 1, "utf-16-be"),
    ):
        whole = sample[: len(sample) // width * width]
        if not whole:
            continue
        other = b"".join(whole[at::width] for at in range(width) if at != first)
        zeros = other.count(0) / len(other)
        if zeros > 0.7 and whole[first::width].count(0) == 0:
            return name
    return ""


def _decoded(view: memoryview, codec: str, encoding: str) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder(codec)()
    for at in range(0, len(view), _STEP):
        left = len(decoder.getstate()[0])
        try:
            text = decoder.decode(view[at : at + _STEP], final=at + _STEP >= len(view))
        except UnicodeError as error:
            row = _row_of_wide(view, at - left + getattr(error, "start", 0), codec)
            raise DeliveryRefused("file.encoding", encoding=encoding, row=row) from None
        yield text


def _row_of_wide(view: memoryview, at: int, codec: str) -> int:
    return 1 + bytes(view[:at]).decode(codec, errors="ignore").count("\n")


def row_of(view: memoryview, at: int) -> int:
    """Return the line, from 1, of a place in the bytes; line ends are LF, CRLF or CR."""
    before = bytes(view[:at])
    return 1 + max(before.count(b"\n"), before.count(b"\r"))


def _first_fault(view: memoryview) -> int | None:
    """Return where the bytes stop being UTF-8, or None where they are throughout."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    at, left = 0, 0
    try:
        for at in range(0, len(view), _STEP):
            left = len(decoder.getstate()[0])
            decoder.decode(view[at : at + _STEP])
        at, left = len(view), len(decoder.getstate()[0])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError as error:
        return at - left + error.start
    return None


def _look_through(view: memoryview, encoding: str, declared: str | None) -> None:
    """Refuse faults of UTF-8, zeros, and (nothing being declared) damage done before it came."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for at in range(0, len(view), _STEP):
        left = len(decoder.getstate()[0])
        try:
            text = decoder.decode(view[at : at + _STEP], final=at + _STEP >= len(view))
        except UnicodeDecodeError as error:
            row = row_of(view, at - left + error.start)
            raise DeliveryRefused("file.encoding", encoding=encoding, row=row) from None
        if "\0" in text:
            _refuse_nul(text, view[:at], encoding)
        if text.isascii() or declared:
            continue
        if "\ufffd" in text:
            row = row_of(view, at) + _line(text, text.index("\ufffd"))
            raise DeliveryRefused("file.encoding_damaged", row=row)
        if any(lead in text for lead in _LEADS):
            _refuse_doubled(text, view, at)


def _line(text: str, at: int) -> int:
    return max(text.count("\n", 0, at), text.count("\r", 0, at))


def _refuse_nul(text: str, before: memoryview, encoding: str) -> None:
    at = text.find("\0")
    if at >= 0:
        raise DeliveryRefused("file.nul", row=row_of(before, len(before)) + _line(text, at))


def _refuse_ascii_within(text: str) -> None:
    """Refuse UTF-16 with single-byte lines among it, as two exports put into one file have."""
    for found in _ASCII_AS_WIDE.finditer(text):
        if {0x0A, 0x0D} & set(divmod(ord(found.group()), 256)):
            raise DeliveryRefused("file.encoding_mixed", row=1 + _line(text, found.start()))


def _refuse_doubled(text: str, view: memoryview, start: int) -> None:
    """Refuse text that was UTF-8, was read as something else and saved again as UTF-8."""
    for found in _DOUBLED.finditer(text):
        begin, end = max(0, found.start() - 20), found.end() + 20
        before = re.split(r"[\r\n]", text[begin : found.start()])[-1]
        after = re.split(r"[\r\n]", text[found.start() : end])[0]
        if _is_doubled(found.group(), before + after):
            row = row_of(view, start) + _line(text, found.start())
            raise DeliveryRefused("file.encoding_doubled", row=row)


def _is_doubled(found: str, around: str) -> bool:
    if found == "Ã":  # "cittÃ ": the no-break space that followed became a space
        return True
    import ftfy
    from ftfy.badness import is_bad

    return any(is_bad(each) and ftfy.fix_encoding(each) != each for each in (found, around))


def _refuse_utf8(view: memoryview, encoding: str) -> None:
    """Refuse text that is UTF-8 beyond doubt: read as ``encoding`` its accents would come out wrong."""
    if encoding.startswith(("utf-16", "utf-32")):
        return
    first = _HIGH.search(view)
    if first and _first_fault(view) is None:
        raise DeliveryRefused("file.encoding", encoding=encoding, row=row_of(view, first.start()))


def _single_byte(view: memoryview, fault: int) -> str:
    """Return the single-byte encoding of a text that is no UTF-8."""
    zero = re.search(rb"\0", view)
    if zero:
        raise DeliveryRefused("file.nul", row=row_of(view, zero.start()))
    row = row_of(view, fault)
    if _is_mixed(view, fault):
        raise DeliveryRefused("file.encoding_mixed", row=row)
    sample = _lines_with_accents(view)
    chosen = judged(sample)
    if chosen is None:
        raise DeliveryRefused("file.encoding_unknown", row=row)
    if chosen == "cp1252":  # the sample may have missed them; 0xa4 is the euro of latin-9
        odd = _NOT_CP1252.search(view)
        if odd:
            raise DeliveryRefused("file.encoding_unknown", row=row_of(view, odd.start()))
    return chosen


def _is_mixed(view: memoryview, fault: int) -> bool:
    """Say whether characters of UTF-8 stand beside bytes that are none, or the file was cut in one."""
    if fault >= len(view) - 3 and not _HIGH.search(view[:fault]):
        lead = view[fault]
        if lead >= 0xC2 and all(0x80 <= each <= 0xBF for each in view[fault + 1 :]):
            return lead in (0xC2, 0xC3, 0xE2)
    return any(
        _WESTERN.fullmatch(found.group().decode("utf-8", errors="replace"))
        for found in _UTF8_CHARACTER.finditer(view)
    )


def _lines_with_accents(view: memoryview) -> bytes:
    """Return up to 20 kB of lines, or parts of long ones, that have bytes above 127."""
    lines, size, done = [], 0, 0
    for found in _HIGH.finditer(view):
        at = found.start()
        if at < done:
            continue
        before = re.split(rb"[\r\n]", bytes(view[max(done, at - _AROUND) : at]))[-1]
        after = re.split(rb"[\r\n]", bytes(view[at : at + _AROUND]))[0]
        done = at + len(after)
        lines.append(before + after)
        size += len(lines[-1])
        if size > _SAMPLE:
            break
    return b"\n".join(lines)
