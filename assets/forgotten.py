"""Tombstones: how a forgotten person's code is recognised when it comes back, without keeping it.

The digest is HMAC-SHA-256 under a random key of the programme. The key lies beside the store and
the digests beside the deliveries, so that a copy of one of the two is not enough to try codes.
"""

from __future__ import annotations

import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from assets import private
from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.config import ConfigError, read_config
from schemas.forgotten import ErasedFile, ForgottenBook, Tombstone

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd


def plain_code(code: str) -> str:
    """Return a code as it is compared: no spaces or invisible marks, one case, one form of letters."""
    text = unicodedata.normalize("NFKC", code)
    kept = (each for each in text if not each.isspace() and unicodedata.category(each) != "Cf")
    return "".join(kept).casefold()


@dataclass(frozen=True)
class Forgotten:
    """The codes of a programme's forgotten people, as digests."""

    book: ForgottenBook = field(default_factory=ForgottenBook)
    key: bytes = field(default=b"", repr=False)

    @property
    def version(self) -> str:
        """What changes when another person is forgotten; '' where nobody is."""
        return " ".join(sorted({each.digest for each in self.book.tombstones}))

    def digest(self, code: str, partner: str | None = None) -> str:
        """Return what a code is recognised by, of one partner or of all."""
        text = f"{partner or '*'}\0{plain_code(code)}"
        return hmac.digest(self.key, text.encode("utf-8", "surrogatepass"), "sha256").hex()

    def names(self, code: str, partner: str) -> bool:
        """Say whether a code is a forgotten person's."""
        known = {each.digest for each in self.book.tombstones}
        return bool(known) and not known.isdisjoint((self.digest(code), self.digest(code, partner)))

    def mask(self, cells: pd.Series, partner: str) -> np.ndarray:
        """Return which cells hold a forgotten person's code; each distinct word is tried once."""
        import numpy as np
        import pandas as pd

        if not self.book.tombstones:
            return np.zeros(len(cells), dtype=bool)
        places, words = pd.factorize(cells)
        named = [self.names(str(each), partner) for each in words]
        return np.array([*named, False], dtype=bool)[places]  # -1, no cell, is the last

    def without(self, rows: pd.DataFrame, partner: str) -> tuple[pd.DataFrame, int]:
        """Return rows without those of forgotten people, and how many were left out."""
        if not self.book.tombstones or "person_code" not in rows:
            return rows, 0
        gone = self.mask(rows["person_code"], partner)
        if not gone.any():
            return rows, 0
        kept = rows.loc[~gone].reset_index(drop=True)
        for name in kept.select_dtypes("category"):  # their words would stay in the file
            kept[name] = kept[name].cat.remove_unused_categories()
        return kept, int(gone.sum())


def book_path(layout: Layout) -> Path:
    """Return where a programme's tombstones are kept."""
    return layout.raw / "_forgotten.yml"


def key_path(layout: Layout) -> Path:
    """Return where the key of the digests is kept: beside the store, which may be deleted."""
    return layout.store.parent / f"{layout.programme}.forgotten.key"


def load_forgotten(layout: Layout) -> Forgotten:
    """Read a programme's tombstones; nobody where there is no file.

    Raises
    ------
    ConfigurationError
        The file cannot be read, or its key is missing: the run must not bring people back.
    """
    path, key = book_path(layout), key_path(layout)
    if not path.is_file():
        return Forgotten()
    try:
        book = read_config(path, ForgottenBook)
    except ConfigError as error:
        raise ConfigurationError(
            f"Le cancellazioni non si leggono. {error.say('it')}",
            f"The erasures cannot be read. {error.say('en')}",
        ) from None
    try:
        found = bytes.fromhex(key.read_text(encoding="ascii").strip())
    except (OSError, ValueError):
        found = b""
    if len(found) != 32:
        place = f".store/{key.name}"
        raise ConfigurationError(
            f"Manca {place}, la chiave che riconosce chi è stato cancellato: rimetterla dalla copia di "
            "riserva. Senza, le persone cancellate potrebbero tornare: il programma si ferma.",
            f"{place} is missing, the key that recognises who was forgotten: put it back from the "
            "backup. Without it forgotten people could come back: the programme stops here.",
        )
    return Forgotten(book, found)


def with_key(layout: Layout) -> Forgotten:
    """Return the tombstones, with a key made where there is none yet."""
    found = load_forgotten(layout)
    if found.key:
        return found
    path = key_path(layout)
    private.folder(path.parent)
    if path.is_file():  # an erasure that was interrupted before its first tombstone
        return Forgotten(found.book, bytes.fromhex(path.read_text(encoding="ascii").strip()))
    made = secrets.token_bytes(32)
    private.write(path, f"{made.hex()}\n".encode())
    return Forgotten(found.book, made)


def write_book(
    layout: Layout, gone: Forgotten, tombstones: list[Tombstone], files: list[ErasedFile]
) -> Forgotten:
    """Add tombstones and erased files to the record, in one step."""
    known = {each.digest for each in gone.book.tombstones}
    made = ForgottenBook(
        tombstones=[
            *gone.book.tombstones,
            *(each for each in tombstones if each.digest not in known),
        ],
        files=[*gone.book.files, *(each for each in files if each not in gone.book.files)],
    )
    tree = made.model_dump(mode="json", exclude_none=True)
    head = (
        "# Chi è stato cancellato, senza dire chi: lo scrive «lunattiva forget», non cambiarlo.\n"
        "# Who was forgotten, without saying who: written by 'lunattiva forget', do not change it.\n"
    )
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=4096)
    private.write(book_path(layout), (head + text).encode("utf-8"))
    return Forgotten(made, gone.key)
