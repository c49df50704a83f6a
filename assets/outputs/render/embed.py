"""Put a page's pictures into the page itself, and say briefly how its tables stand.

pandoc can embed too, by reading the whole finished page again, which takes as long as writing it.
"""

from __future__ import annotations

import base64
import html
import mimetypes
import re
from itertools import count
from pathlib import Path
from urllib.parse import unquote

IMAGE = re.compile(r"<img\b[^>]*>")
ATTRIBUTE = re.compile(r'\s([\w:-]+)="([^"]*)"')
OUTSIDE = re.compile(r'<[a-z]+\b[^>]*\s(?:src|srcset|poster)="(?!data:)([^"]*)"')
ROOT = re.compile(r"<svg\b[^>]*>")
#: Where names stand in a drawing: two drawings in one page may use the same.
NAMES = re.compile(r'(\sid="|\burl\(#|href="#)')
KEPT = ("width", "height", "viewBox")
#: A colour of a drawing, which a style sheet may give another value by its name: ``--f-1b5e7b``.
COLOUR = re.compile(r"\b(fill|stroke): #([0-9a-f]{6})\b")
ALIGNED = re.compile(r'(<t[dh]) style="text-align: (left|right);"')
INLINE = "inline-svg"


class NotThereError(Exception):
    """A page names a file that is not below its folder."""


def embedded(page: str, folder: Path) -> str:
    """Return the page with the pictures it names in `folder` inside it.

    Drawings of the class ``inline-svg`` become part of the page, described by their alternative text;
    their identifiers get a prefix each, and their colours names that a theme can give other values. Any other picture becomes a ``data:`` address.

    Raises
    ------
    NotThereError
        Something the page would fetch is not there; its text is what the page names.
    """
    numbers = count(1)

    def picture(match: re.Match[str]) -> str:
        found = {name: html.unescape(text) for name, text in ATTRIBUTE.findall(match.group())}
        source = found.get("src", "")
        if not source or source.startswith("data:"):
            return match.group()
        path = folder / unquote(source)
        if not path.is_file():
            raise NotThereError(source)
        if INLINE in found.get("class", "").split():
            return _drawing(path.read_text(encoding="utf-8"), found, next(numbers))
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        data = base64.b64encode(path.read_bytes()).decode()
        return match.group().replace(
            f'src="{html.escape(source)}"', f'src="data:{kind};base64,{data}"'
        )

    made = IMAGE.sub(picture, page)
    outside = OUTSIDE.search(made)
    if outside:
        raise NotThereError(outside.group(1))
    return made


def _drawing(svg: str, about: dict[str, str], number: int) -> str:
    root = ROOT.search(svg)
    if root is None:
        raise NotThereError(about["src"])
    own = dict(ATTRIBUTE.findall(root.group()))
    said = {"id": f"f{number}", "role": "img", "aria-label": about.get("alt", "")}
    if "style" in about:
        said["style"] = about["style"]
    said = {name: html.escape(text) for name, text in said.items()}
    said |= {name: own[name] for name in KEPT if name in own}
    head = "".join(f' {name}="{text}"' for name, text in said.items())
    body = NAMES.sub(rf"\g<1>f{number}_", svg[root.end() :].rstrip())
    body = COLOUR.sub(r"\1: var(--f-\2, #\2)", body)
    return f"<svg{head}>{body}"


def aligned(page: str) -> str:
    """Return the page with a class for cells that stand to the right; the style sheet knows the others."""
    return ALIGNED.sub(lambda m: m[1] + (' class="right"' if m[2] == "right" else ""), page)
