"""Names of files, folders and sheets, as they may be stored and said. Light: no cells are read here."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import pairwise

from assets.intake.identifiers import EVERYWHERE, plain_text
from assets.intake.people import is_both_names, is_of_nobody
from assets.intake.phones import has_prefixed_phone


@lru_cache(maxsize=1 << 14)
def masked_name(name: str) -> str:
    """Return a name that can be stored and said: the whole stem is hidden if it holds an identifier.

    Marks that cannot be shown or stored (line breaks, broken encodings) become ``\ufffd``.
    """
    shown = "".join(each if each.isprintable() else "\ufffd" for each in name)
    if not kinds_in_names([name]):
        return shown
    return "***" + ("." + shown.rsplit(".", 1)[-1] if "." in shown else "")


def masked_text(text: str) -> str:
    """Return a text of ours that quotes somebody, or nothing of it where it holds an identifier."""
    return "***" if kinds_in_names([text]) else text


def kinds_in_names(names: list[str]) -> list[str]:
    """Return the kinds of identifiers that stand in names of files, folders or sheets."""
    tests = {**EVERYWHERE, "phone": has_prefixed_phone}
    texts = [plain_text(re.sub(r"_", " ", name)) for name in names if name]
    found = [kind for kind, test in tests.items() if any(test(text) for text in texts)]
    return [*found, "name"] if any(map(_names_somebody, texts)) else found


def _names_somebody(text: str) -> bool:
    """Say whether given name and surname stand side by side: scheda Rossi Maria.xlsx."""
    words = re.findall(r"[^\W\d_]+", text)
    return any(is_both_names(f"{a} {b}") for a, b in pairwise(words)) and not is_of_nobody(words)


def same_name(name: str) -> str:
    """Return a file's name as it is compared: macOS takes accents apart, Windows ignores case."""
    if name.isascii():
        return name.lower()
    return unicodedata.normalize("NFC", name).casefold()
