"""The partners' key: made, read, stretched from a passphrase. It never comes to those who analyse."""

from __future__ import annotations

import hashlib
import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path

from assets.coding.shared import pattern, plain, shared
from assets.errors import ConfigurationError

#: scrypt needs 128 * N * r bytes, and a little more.
_MEMORY = 160 * 1024 * 1024


@dataclass(frozen=True)
class Key:
    """256 secret bits; never shown, not even by ``repr``."""

    secret: bytes = field(repr=False)

    @property
    def id(self) -> str:
        """Eight hexadecimal digits by which partners see that they use the same key."""
        domain = shared()["key_id_domain"].encode()
        return hashlib.sha256(domain + self.secret).hexdigest()[:8]

    @property
    def line(self) -> str:
        """The key as a key file holds it: mark, key in hexadecimal digits, key id as a check."""
        return f"{shared()['key_file_mark']}{self.secret.hex()}:{self.id}"


def new_key_file(path: Path) -> Key:
    """Make a key from the system's random numbers and write it to a new file only its owner reads.

    Raises
    ------
    ConfigurationError
        The file exists (a key is never written over), or cannot be written.
    """
    key = Key(secrets.token_bytes(32))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise ConfigurationError(
            f"{path} c'è già: una chiave non si sovrascrive mai. Scegliere un altro nome.",
            f"{path} exists: a key is never written over. Choose another name.",
        ) from None
    except OSError:
        raise ConfigurationError(
            f"Non si può scrivere {path}: controllare la cartella e i permessi.",
            f"{path} cannot be written: check the folder and the permissions.",
        ) from None
    with os.fdopen(handle, "w", encoding="ascii", newline="\n") as file:
        file.write(key.line + "\n")
    return key


def read_key_file(path: Path) -> Key:
    """Read a key file.

    Raises
    ------
    ConfigurationError
        It cannot be read, is no key file, or was damaged (the check does not fit).
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError):
        text = ""
    mark = shared()["key_file_mark"]
    found = pattern(f"^{mark}([0-9a-f]{{64}}):([0-9a-f]{{8}})$").search(text.strip())
    key = Key(bytes.fromhex(found[1])) if found else None
    if found is None or key is None or key.id != found[2]:
        raise ConfigurationError(
            f"{path} non è una chiave di Lunattiva, o è rovinata. Chiedere una copia a chi la "
            "custodisce; una chiave nuova darebbe codici diversi.",
            f"{path} is no Lunattiva key, or is damaged. Ask its keeper for a copy; a new key "
            "would give other codes.",
        )
    return key


def key_from_passphrase(passphrase: str, programme: str) -> Key:
    """Stretch a long passphrase to a key with scrypt (RFC 7914), parameters in ``shared.json``.

    The salt is a fixed text and the programme's name, so that all partners get the same key.

    Raises
    ------
    ConfigurationError
        Shorter than 20 characters, or fewer than 8 different ones.
    """
    rules = shared()["scrypt"]
    said = " ".join(each for each in plain(passphrase).split(" ") if each)
    is_long = len(said) >= rules["least_characters"]
    if not is_long or len(set(said)) < rules["least_different"]:
        raise ConfigurationError(
            "La frase segreta è troppo corta o ripetitiva: almeno 20 caratteri, 8 diversi. "
            "Meglio sei parole prese a caso.",
            "The passphrase is too short or repetitive: at least 20 characters, 8 of them "
            "different. Six words drawn at random are better.",
        )
    secret = hashlib.scrypt(
        said.encode(),
        salt=(rules["salt_domain"] + programme).encode(),
        n=rules["N"],
        r=rules["r"],
        p=rules["p"],
        dklen=rules["length"],
        maxmem=_MEMORY,
    )
    return Key(secret)
