"""Two languages in one source: ``key-en`` and ``title-en="..."`` take the place of the plain ones."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LANGUAGE_KEY = re.compile(r"^(.+)-(it|en)$")
VARIANT = re.compile(r"""\s*([A-Za-z-]+)-(it|en)=("[^"]*"|'[^']*')""")
HEADING = re.compile(r"^(#{1,6})\s+(.*?)\s*(\{[^{}]*\})\s*$")


def localised(options: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """Let ``key-it``/``key-en`` of the wanted language take the place of ``key``."""
    plain = {key: value for key, value in options.items() if not LANGUAGE_KEY.match(str(key))}
    for key, value in options.items():
        match = LANGUAGE_KEY.match(str(key))
        if match and match.group(2) == lang:
            plain[match.group(1)] = value
    return plain


def localised_line(text: str, lang: str) -> str:
    """Apply ``title-en="..."`` variants on a heading or a fenced div to the line's text."""
    if not (text.startswith("#") or text.lstrip().startswith(":::")):
        return text
    chosen = {name: value for name, code, value in VARIANT.findall(text) if code == lang}
    if not VARIANT.search(text):
        return text
    text = VARIANT.sub("", text)
    heading = HEADING.match(text)
    if heading:
        marks, words, attributes = heading.groups()
        words = chosen.pop("title", f'"{words}"')[1:-1]
        return f"{marks} {words}" + ("" if attributes.strip("{} ") == "" else f" {attributes}")
    for name, value in chosen.items():
        replaced, count = re.subn(rf"""\b{name}=("[^"]*"|'[^']*')""", f"{name}={value}", text)
        text = replaced if count else re.sub(r"\}\s*$", f" {name}={value}}}", text)
    return text
