"""A person's own text in a document: its numbers are theirs, its citations and references stay."""

from __future__ import annotations

import re

from reports._origin import plain, worded
from reports._tables import Markdown, escape

COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
ORDERED = re.compile(r"^( *)\d+[.)] ", re.MULTILINE)
NOTE = re.compile(r"\[\^([^\]\s]+)\]")
ADDRESS = re.compile(r"<(https?://[^<>\s]+)>")
LETTERS = str.maketrans("0123456789", "abcdefghij")
#: Notes, citations, references, code, formulas and addresses are left as they stand.
KEPT = re.compile(
    r"\[\^[^\]\s]+\]|\[[^\[\]]*@[^\[\]]+\]|(?<![\w\\])@[A-Za-z][\w:-]*|`[^`]*`|\$\$[^$]+\$\$|\$[^$]+\$|\]\([^)]*\)|\{[^{}]*\}"
)


def written(text: str, heading: re.Pattern[str]) -> dict[str, str]:
    """Return place -> what stands below its heading in a file, without comments."""
    parts = heading.split(COMMENT.sub("", text))
    return {name: body.strip() for name, body in zip(parts[1::2], parts[2::2], strict=True)}


def shown(text: str, place: str) -> Markdown:
    """Return a person's text for a document.

    Lists number themselves; a note is called by its place and letters, since two places of one
    chapter may both have a first note; an address between angles is a link like any other.
    """

    def note(found: re.Match[str]) -> str:
        return f"[^{place}-{found[1].translate(LETTERS)}]"

    text = ADDRESS.sub(r"[\1](\1)", NOTE.sub(note, ORDERED.sub(r"\1#. ", text)))
    return Markdown(own_words(text))


def asked(title: str, ask: str) -> Markdown:
    """Return the marked box where nothing is written yet."""
    return Markdown(f'::: {{.callout-important title="{title}"}}\n{escape(ask)}\n:::')


def own_words(text: str) -> str:
    """Return a person's text, its numbers marked as theirs; citations and references stay."""
    made, last = [], 0
    for found in KEPT.finditer(text):
        made += [worded(text[last : found.start()]), _kept(found[0])]
        last = found.end()
    return "".join([*made, worded(text[last:])])


def _kept(piece: str) -> str:
    """Return a piece as it stands; code and formulas are marked whole, a digit in them with them."""
    is_inline = len(piece) > 2 and piece[0] in "`$" and "\n\n" not in piece
    return plain(piece, "word") if is_inline else piece
