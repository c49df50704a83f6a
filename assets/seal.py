"""The key with which a programme's store is closed, and the passage from one key to another.

``LUNATTIVA_KEY`` holds it (64 hexadecimal digits, or a long passphrase), or says ``keyring`` to take
it from the system's keyring. ``seal.json`` in the store says that the store is closed, never with
what. Without the key a closed store is not read; nothing stands in it that is readable on disk.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import BinaryIO

from assets import private, sealed
from assets.errors import ConfigurationError

KEY_VARIABLE = "LUNATTIVA_KEY"
FORMER_VARIABLE = "LUNATTIVA_KEY_OLD"
#: Values of ``LUNATTIVA_KEY`` that are no key.
KEYRING, OFF = "keyring", "off"
#: Name under which the system's keyring holds the key; the user is the programme.
KEYRING_SERVICE = "lunattiva"

NAME = "seal.json"
_SHORTEST = 16
_HEX = re.compile(r"\A[0-9A-Fa-f]{64}\Z")
#: scrypt: 32 MiB and a tenth of a second, once in each process.
_COST = {"n": 1 << 15, "r": 8, "p": 1, "maxmem": 1 << 26}


@dataclass(frozen=True)
class Seal:
    """The key of one store; parts of the store have keys of their own, made from it."""

    key: bytes = field(repr=False)

    def part(self, name: str) -> bytes:
        """Return the key of one part of the store."""
        return hmac.digest(self.key, b"lunattiva part " + name.encode(), "sha256")

    @property
    def id(self) -> str:
        """What the key is recognised by in ``seal.json``."""
        return sealed.id_of(self.part("files")).hex()

    def hidden_name(self, name: str) -> str:
        """Return a name that only who has the key can connect with ``name``."""
        return hmac.digest(self.part("names"), name.encode(), "sha256").hex()


def seal_of(store: Path) -> Seal | None:
    """Return the key of a closed store; ``None`` where the store is open.

    A key that is set for the first time closes the store at the next run (``settle``).

    Raises
    ------
    ConfigurationError
        The store is closed, and no key or another one is set.
    """
    closed = _closed(store)
    if closed is None:
        return None
    secret = _secret(store, is_closed=True)
    if secret is None:
        raise ConfigurationError(
            f"I dati di «{store.name}» sono cifrati: impostare {KEY_VARIABLE} con la loro chiave. Se è "
            f"persa: cancellare .store/{store.name} e rilanciare, tutto si rifà da raw/.",
            f"The data of '{store.name}' are encrypted: set {KEY_VARIABLE} to their key. If it is lost: "
            f"delete .store/{store.name} and run again, everything is made anew from raw/.",
        )
    made = _stretched(secret, closed["salt"])
    if made.id != closed["key"]:
        raise _another_key(store)
    return made


def settle(store: Path) -> None:
    """Close, open or close anew a store, as the environment wants it; does nothing where all is so.

    The vault is written anew file by file; the warehouse and the staged rows are disposable and
    deleted. ``seal.json`` says from what to what before the first file: a passage that was
    interrupted is taken up where it stopped.

    Raises
    ------
    ConfigurationError
        The store is closed with another key and the former one is not given, or the key is short.
    """
    closed = _closed(store)
    wanted = _secret(store, is_closed=closed is not None)
    if closed is None:
        if wanted is not None:
            _begin(store, wanted, {"key": "", "salt": ""})
        return
    now = _stretched(wanted, closed["salt"]) if wanted else None
    if now and now.id == closed["key"]:
        if "former" in closed:
            _complete(store, now, closed)
        return
    if FORMER_VARIABLE not in os.environ or (wanted and "former" in closed):
        seal_of(store)  # says what is wrong: no key, or another
    former = _former(closed, store)
    if wanted is None:
        _write(store, {**closed, "former": {"key": "", "salt": ""}})
        _write_anew(store, former, None)
        (store / NAME).unlink()
    else:
        _begin(store, wanted, closed)


def of_secret(secret: str, salt: str) -> Seal:
    """Return the key that a secret stands for with a salt (hexadecimal), for a file of its own.

    Raises
    ------
    ConfigurationError
        The secret is too short.
    """
    if len(secret) < _SHORTEST:
        raise ConfigurationError(
            f"La frase segreta è troppo corta: almeno {_SHORTEST} caratteri.",
            f"The passphrase is too short: at least {_SHORTEST} characters.",
        )
    return _stretched(secret, salt)


def given_secret(store: Path) -> str | None:
    """Return the secret that the environment or the keyring gives for a store."""
    return _secret(store, is_closed=is_closed(store))


def is_closed(store: Path) -> bool:
    """Say whether a store is closed with a key."""
    return _closed(store) is not None


def is_set(store: Path) -> bool:
    """Say whether the environment gives a key for a store; an unusable one is an error."""
    return _secret(store, is_closed=is_closed(store)) is not None


@contextmanager
def writing(stream: BinaryIO, store: Path) -> Iterator[BinaryIO]:
    """Yield a stream into which a file of the store is written, sealed where the store is closed."""
    seal = seal_of(store)
    if seal is None:
        yield stream
        return
    made = sealed.Writer(stream, seal.part("files"))
    yield made  # type: ignore[misc]
    made.close()


def opened(path: Path, store: Path) -> BinaryIO:
    """Open a file of the store for reading, sealed or not.

    Raises
    ------
    OSError
        It is not there, or was altered.
    """
    seal = seal_of(store)
    if seal is None:
        return path.open("rb")
    return sealed.Reader(path, seal.part("files"))  # type: ignore[return-value]


def _begin(store: Path, secret: str, former: dict) -> None:
    """Say that the store passes to a new key, and do it."""
    salt = secrets.token_hex(16)
    now = _stretched(secret, salt)
    state = {"key": now.id, "salt": salt, "former": former}
    _write(store, state)
    _complete(store, now, state)


def _complete(store: Path, now: Seal, state: dict) -> None:
    former = _former(state["former"], store) if state["former"]["key"] else None
    _write_anew(store, former, now)
    _write(store, {"key": state["key"], "salt": state["salt"]})


def _write_anew(store: Path, former: Seal | None, now: Seal | None) -> None:
    for path in sorted((store / "vault").glob("*")):
        if path.is_file() and not path.name.startswith("."):
            _anew(path, former, now)
    for path in store.glob("warehouse.duckdb*"):
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
    shutil.rmtree(store / "staged", ignore_errors=True)


def _anew(path: Path, former: Seal | None, now: Seal | None) -> None:
    """Write one file of the vault under another key; what is so already stays."""
    found = sealed.sealed_with(path)
    if found == (sealed.id_of(now.part("files")) if now else None):
        return
    if found is None:
        data = path.read_bytes()
    elif former is not None and found == sealed.id_of(former.part("files")):
        with sealed.Reader(path, former.part("files")) as stream:
            data = stream.readall()
    else:
        return  # of a key that nobody gives: the run takes the bytes from raw/ again
    sha256 = hashlib.sha256(data).hexdigest()
    target = path.with_name(now.hidden_name(sha256) if now else sha256)
    incoming = path.with_name(f".incoming-{target.name}")
    with incoming.open("wb") as stream:
        private.restrict(incoming, private.FILE)
        if now is None:
            stream.write(data)
        else:
            with sealed.Writer(stream, now.part("files")) as writer:
                writer.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    incoming.replace(target)
    if path != target:
        path.unlink(missing_ok=True)


def _closed(store: Path) -> dict | None:
    try:
        found: dict = json.loads((store / NAME).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError):
        found = {}
    if not {"key", "salt"} <= set(found):
        raise ConfigurationError(
            f".store/{store.name}/{NAME} non si legge: prenderlo dalla copia di riserva, o cancellare "
            f".store/{store.name} e rilanciare.",
            f".store/{store.name}/{NAME} cannot be read: take it from the backup, or delete "
            f".store/{store.name} and run again.",
        )
    return found


def _write(store: Path, state: dict) -> None:
    private.write(store / NAME, f"{json.dumps(state)}\n".encode())


def _former(closed: dict, store: Path) -> Seal:
    """Return the key a store was closed with, as the environment gives it."""
    text = os.environ.get(FORMER_VARIABLE, "").strip()
    made = _stretched(text, closed["salt"]) if text else None
    if made is None or made.id != closed["key"]:
        raise _another_key(store)
    return made


def _another_key(store: Path) -> ConfigurationError:
    return ConfigurationError(
        f"I dati di «{store.name}» sono cifrati con un'altra chiave. Rimettere quella in {KEY_VARIABLE}; "
        f"per cambiarla, {FORMER_VARIABLE} con la vecchia e {KEY_VARIABLE} con la nuova (o «{OFF}» per "
        f"togliere la cifratura), poi «lunattiva run».",
        f"The data of '{store.name}' are encrypted with another key. Put that one into {KEY_VARIABLE}; to "
        f"change it, {FORMER_VARIABLE} with the former and {KEY_VARIABLE} with the new one (or '{OFF}' to "
        "take the encryption away), then 'lunattiva run'.",
    )


def _secret(store: Path, *, is_closed: bool) -> str | None:
    given = os.environ.get(KEY_VARIABLE, "").strip()
    if given == OFF:
        return None
    if given == KEYRING or (not given and is_closed):
        found = _from_keyring(store.name)
        if not found and given == KEYRING:
            raise ConfigurationError(
                f"Il portachiavi del sistema è chiuso o non ha la chiave: «keyring set {KEYRING_SERVICE} "
                f"{store.name}» (pacchetto keyring), o {KEY_VARIABLE}.",
                f"The system keyring is locked or holds no key: 'keyring set {KEYRING_SERVICE} {store.name}' "
                f"(package keyring), or {KEY_VARIABLE}.",
            )
        given = found or ""
    if not given:
        return None
    if len(given) < _SHORTEST:
        raise ConfigurationError(
            f"La chiave in {KEY_VARIABLE} è troppo corta: 64 cifre esadecimali (python -c "
            f'"import secrets; print(secrets.token_hex(32))"), o almeno {_SHORTEST} caratteri.',
            f"The key in {KEY_VARIABLE} is too short: 64 hexadecimal digits (python -c "
            f'"import secrets; print(secrets.token_hex(32))"), or at least {_SHORTEST} characters.',
        )
    return given


def _from_keyring(programme: str) -> str | None:
    """Ask the system's keyring, where the package ``keyring`` is installed."""
    try:
        import keyring
    except ImportError:
        return None
    try:
        found: str | None = keyring.get_password(KEYRING_SERVICE, programme)
    except Exception:  # noqa: BLE001 - locked, none there, no session: each backend has its own kind
        return None
    return found


@lru_cache(maxsize=8)
def _stretched(secret: str, salt: str) -> Seal:
    """Return the key that a secret stands for in this store."""
    if _HEX.match(secret):  # 256 random bits need no stretching
        return Seal(hmac.digest(bytes.fromhex(secret), bytes.fromhex(salt), "sha256"))
    made = hashlib.scrypt(secret.encode(), salt=bytes.fromhex(salt), dklen=32, **_COST)
    return Seal(made)
