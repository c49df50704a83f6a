"""Sealed files: AES-256-GCM in pieces, so that big ones are written and read without being in memory.

Layout: mark (8 bytes), key id (8), salt (16), then pieces of 256 KiB, each with its tag (16). A
file has its own key (HMAC-SHA-256 of the salt); a piece's nonce is its number and whether it is
the last, so that pieces can be neither exchanged nor cut off (the STREAM construction: Hoang,
Reyhanitabar, Rogaway and Vizár, "Online authenticated-encryption and its nonce-reuse
misuse-resistance", CRYPTO 2015).
"""

from __future__ import annotations

import hashlib
import hmac
import io
import os
from pathlib import Path
from typing import Any, BinaryIO

MARK = b"LUNSEAL1"
PIECE = 1 << 18
_TAG = 16
_HEAD = len(MARK) + 8 + 16


class Broken(OSError):
    """A sealed file that was altered or cut short, or is of another key."""


def id_of(key: bytes) -> bytes:
    """Return what a key is recognised by in the head of a file: 8 bytes, nothing of the key."""
    return hmac.digest(key, b"lunattiva key id", "sha256")[:8]


def sealed_with(path: Path) -> bytes | None:
    """Return the id of the key a file is sealed with, ``None`` where it is not sealed."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD)
    return head[len(MARK) : len(MARK) + 8] if head.startswith(MARK) else None


def sealed_size(size: int) -> int:
    """Return how many bytes a file of ``size`` bytes has when it is sealed."""
    pieces = max(1, -(-size // PIECE))
    return _HEAD + size + pieces * _TAG


class Writer(io.RawIOBase):
    """Seals what is written; ``close`` adds the last piece."""

    def __init__(self, stream: BinaryIO, key: bytes) -> None:
        salt = os.urandom(16)
        self._stream, self._cipher = stream, _cipher(key, salt)
        self._held, self._number = bytearray(), 0
        stream.write(MARK + id_of(key) + salt)

    def writable(self) -> bool:
        """Return true."""
        return True

    def write(self, data: Any) -> int:
        """Take bytes; whole pieces go out as soon as another byte follows them."""
        given = memoryview(data).cast("B")
        for start in range(0, len(given), PIECE):
            self._held += given[start : start + PIECE]
            while len(self._held) > PIECE:
                self._out(bytes(self._held[:PIECE]), is_last=False)
                del self._held[:PIECE]
        return len(given)

    def close(self) -> None:
        """Write the last piece; the stream below stays open."""
        if not self.closed:
            self._out(bytes(self._held), is_last=True)
            self._held.clear()
            super().close()

    def _out(self, piece: bytes, *, is_last: bool) -> None:
        nonce = _nonce(self._number, is_last=is_last)
        self._stream.write(self._cipher.encrypt(nonce, piece, None))
        self._number += 1


class Reader(io.RawIOBase):
    """Reads a sealed file at any place; one piece at a time is in memory.

    ``start`` is where it begins in a file that holds something before it.
    """

    def __init__(self, path: Path, key: bytes, start: int = 0) -> None:
        self._stream = path.open("rb")
        self._stream.seek(start)
        self._start = start + _HEAD
        head = self._stream.read(_HEAD)
        body = path.stat().st_size - self._start
        at = len(MARK)
        if not head.startswith(MARK) or head[at : at + 8] != id_of(key) or body < _TAG:
            self._stream.close()
            raise Broken("not sealed with this key")
        self._cipher = _cipher(key, head[at + 8 :])
        self._pieces = -(-body // (PIECE + _TAG))
        self._size = body - self._pieces * _TAG
        self._at, self._held = 0, (-1, b"")

    def readable(self) -> bool:
        """Return true."""
        return True

    def seekable(self) -> bool:
        """Return true."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Move to another place."""
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, base + offset)
        return self._at

    def tell(self) -> int:
        """Return the place."""
        return self._at

    def readinto(self, buffer: Any) -> int:
        """Fill a buffer with what stands at the place, whole pieces checked."""
        wanted, done = memoryview(buffer).cast("B"), 0
        while done < len(wanted) and self._at < self._size:
            number, inside = divmod(self._at, PIECE)
            found = self._piece(number)[inside : inside + len(wanted) - done]
            wanted[done : done + len(found)] = found
            done, self._at = done + len(found), self._at + len(found)
        return done

    def readall(self) -> bytes:
        """Return all that follows; the last piece is checked even where nothing is in it."""
        self._piece(self._pieces - 1)
        made = bytearray(max(0, self._size - self._at))
        self.readinto(made)
        return bytes(made)

    def close(self) -> None:
        """Close the file; of one that could not be opened there is nothing to close."""
        if stream := getattr(self, "_stream", None):
            stream.close()
        super().close()

    def _piece(self, number: int) -> bytes:
        from cryptography.exceptions import InvalidTag

        if self._held[0] != number:
            self._stream.seek(self._start + number * (PIECE + _TAG))
            nonce = _nonce(number, is_last=number == self._pieces - 1)
            try:
                plain = self._cipher.decrypt(nonce, self._stream.read(PIECE + _TAG), None)
            except InvalidTag:
                raise Broken("altered or cut short") from None
            self._held = (number, plain)
        return self._held[1]


def _nonce(number: int, *, is_last: bool) -> bytes:
    return number.to_bytes(11, "big") + bytes([is_last])


def _cipher(key: bytes, salt: bytes) -> Any:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    return AESGCM(hmac.new(key, b"lunattiva file" + salt, hashlib.sha256).digest())
