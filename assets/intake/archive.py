"""Zip archives: the one data file inside, or a refusal that counts what is there."""

from __future__ import annotations

import contextlib
import io
import zipfile

from assets.errors import DeliveryRefused

_MOST_BYTES = 1_000_000_000
#: Text is packed to a tenth or a thirtieth; what swells more than this is one line again and again.
_MOST_RATIO = 200
_SMALL_BYTES = 20_000_000
#: Files that computers add by themselves.
_LITTER = frozenset({"thumbs.db", "desktop.ini", "icon\r"})
_IS_ENCRYPTED = 0x1


def only_member(data: bytes) -> tuple[str, bytes]:
    """Return name and bytes of the one data file in a zip archive, whatever folder it lies in.

    Raises
    ------
    DeliveryRefused
        None or several files, a password, too large, damaged.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = [
                each
                for each in archive.infolist()
                if not each.is_dir() and not _is_litter(each.filename)
            ]
            if len(members) != 1:
                raise DeliveryRefused("file.archive", count=len(members))
            return members[0].filename, _unpacked(archive, members[0])
    except DeliveryRefused:
        raise
    except Exception:  # noqa: BLE001 - truncated archives fail in many ways
        raise DeliveryRefused("file.unreadable", format="zip") from None


def written_on(data: bytes) -> str:
    """Return the comment that stands in an archive beside its files; empty where there is none."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            return archive.comment.decode("utf-8", errors="replace")
    except Exception:  # noqa: BLE001 - truncated archives fail in many ways
        return ""


def all_members(data: bytes) -> list[tuple[str, bytes]]:
    """Return name and bytes of every file in an archive that can be unpacked, the smaller first.

    For the identifier gate, of an archive that is refused: what is too large is passed over.
    """
    found: list[tuple[str, bytes]] = []
    left = _MOST_BYTES
    with contextlib.suppress(Exception), zipfile.ZipFile(io.BytesIO(data)) as archive:
        for each in sorted(archive.infolist(), key=lambda one: (one.file_size, one.filename)):
            left -= each.file_size
            if left < 0:
                break
            content = b""
            with contextlib.suppress(Exception):
                content = b"" if each.is_dir() else _unpacked(archive, each)
            found.append((each.filename, content))
    return found


def _unpacked(archive: zipfile.ZipFile, member: zipfile.ZipInfo) -> bytes:
    if member.flag_bits & _IS_ENCRYPTED:
        raise DeliveryRefused("file.password")
    swollen = member.file_size > _MOST_RATIO * max(member.compress_size, 1)
    if member.file_size > _MOST_BYTES or (swollen and member.file_size > _SMALL_BYTES):
        raise DeliveryRefused("file.too_large", limit=_MOST_BYTES // 1_000_000)
    return archive.read(member)  # never more than the size that was looked at


def _is_litter(member: str) -> bool:
    folders, _, name = member.replace("\\", "/").rpartition("/")
    return "__MACOSX" in folders.split("/") or name.startswith(".") or name.lower() in _LITTER
