"""Codes that a programme gives to what it has: what they may look like, and which words they may not be."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from schemas.config import ConfigProblem

_LONGEST = 40
_CODE = re.compile(rf"[a-z][a-z0-9_]{{0,{_LONGEST - 1}}}")
_WINDOWS = {"con", "prn", "aux", "nul", *(f"{n}{i}" for n in ("com", "lpt") for i in range(1, 10))}
#: Names of files that Windows keeps for itself, and what readers of YAML and CSV take for no word.
RESERVED = _WINDOWS | {"true", "false", "yes", "no", "on", "off", "null", "none", "nan"}


def check_spelling(name: str, listed: Mapping[str, Any]) -> None:
    """Refuse a code that is a sentence: it stands in tables, file names and ``adapted.yml``.

    Raises
    ------
    ConfigProblem
        At the first such code of the list ``name``, with the likely one.
    """
    for code in listed:
        if not _CODE.fullmatch(code):
            likely = _code_like(code)
            raise ConfigProblem(
                f"'{code}' non è un codice: minuscole senza accenti, cifre e _, una lettera "
                f"all'inizio, al massimo {_LONGEST}, come '{likely}'. Il nome da leggere va in label",
                f"'{code}' is no code: small letters without accents, digits and _, a letter "
                f"first, {_LONGEST} at most, such as '{likely}'. The name to be read goes into label",
                (name, code),
            )


def check_free(code: str, at: tuple[str | int, ...]) -> None:
    """Refuse a code that names no folder on some systems, or is no word in a file of data.

    Raises
    ------
    ConfigProblem
        At the key of the code.
    """
    if code.lower() in RESERVED:
        raise ConfigProblem(
            f"'{code}' è una parola riservata (a Windows, o ai file di dati) e non può essere un "
            f"codice: per esempio '{code}_1'. Il nome da leggere va in label",
            f"'{code}' is a reserved word (of Windows, or of data files) and cannot be a code: "
            f"for example '{code}_1'. The name to be read goes into label",
            at,
        )


def _code_like(text: str) -> str:
    """Return the code that could be meant: ``Orto di città`` -> ``orto_di_citta``."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST].rstrip("_")
    return made if _CODE.fullmatch(made) else f"attivita_{made}".rstrip("_")[:_LONGEST]
