"""Signs in a person's text that a page would run, follow or print as they stand: told before it is drawn.

Each function yields what ``passages`` looks for: a pattern of the text, and the problem in two languages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import unquote

from schemas.words import Words

#: A pattern to look for, and what is wrong in Italian and English.
Sign = tuple[str, str, str]

#: Whatever else a link begins with runs in the page, opens a file of somebody's, or leads nowhere.
_ADDRESS = re.compile(r"(?:https?://[^\s/]|mailto:|#)", re.I)
#: Where pandoc keeps the attributes of what may have them.
_ATTRIBUTES = {"Link": 0, "Span": 0, "Div": 0, "Code": 0, "CodeBlock": 0, "Table": 0, "Header": 1}
#: What a browser runs, fetches or draws elsewhere; a title or a language is only words.
_RUNS = re.compile(r"on.*|style|src.*|href|action|formaction|data.*|poster", re.I)
_CELL = re.compile(r"\{[A-Za-z]\w*[^{}]*\}")
_FENCE = re.compile(r"^\s*(`{3,}(?=[^`]*$)|~{3,})(.*)$")
OPEN = Words(
    it="un blocco di codice aperto con ``` o ~~~ non è chiuso: ripetere il segno da solo dove finisce",
    en="a block of code opened with ``` or ~~~ is not closed: repeat the sign alone where it ends",
)
_SHORTCODE = "{{<"
_LONGEST = 40


def of_node(kind: str, inside: Any) -> Iterator[Sign]:
    """Yield what one piece of pandoc's reading should not hold."""
    if kind in _ATTRIBUTES:
        yield from _attributes(inside[_ATTRIBUTES[kind]][2])
    if kind == "Link":
        yield from _link(str(inside[2][0]))
    elif kind == "Str" and _SHORTCODE in str(inside):
        yield _as_it_stands(_SHORTCODE)
    elif kind == "Code" and (cell := _CELL.match(str(inside[1]))):
        yield _as_it_stands(cell[0])


def _attributes(given: list[list[str]]) -> Iterator[Sign]:
    for name, _ in given:
        if not _RUNS.fullmatch(name):
            continue
        yield (
            rf"{re.escape(name)}\s*=",
            f"«{name}=» qui non si può scrivere: nella pagina farebbe altro che mostrare il testo; toglierlo",
            f"'{name}=' cannot stand here: in the page it would do more than show the text; take it out",
        )


def _link(target: str) -> Iterator[Sign]:
    if _ADDRESS.match(target):
        return
    shown = target[:_LONGEST]
    yield (
        re.escape(shown),
        f"il collegamento «{shown}» non porta a una pagina: scrivere l'indirizzo intero, con https://",
        f"the link '{shown}' leads to no page: write the whole address, with https://",
    )


def _as_it_stands(sign: str) -> Sign:
    return (
        re.escape(sign),
        f"«{sign}» si leggerebbe così com'è: questi testi non eseguono comandi; scrivere il risultato a parole",
        f"'{sign}' would be read as it stands: these texts run no commands; write the result in words",
    )


def open_fence(text: str) -> int | None:
    r"""Return how many lines above it a block of code has that is opened and never closed.

    Examples
    --------
    >>> open_fence("uno\n~~~\ndue"), open_fence("~~~\ndue\n~~~")
    (1, None)
    """
    opened, at = "", None
    for number, line in enumerate(text.split("\n")):
        found = _FENCE.match(line)
        if found is None:
            continue
        if not opened:
            opened, at = found[1], number
        elif found[1].startswith(opened) and not found[2].strip():
            opened, at = "", None
    return at


def stray_pictures(tree: Any, files: Iterable[str]) -> Iterator[Sign]:
    """Yield each picture that pandoc reads elsewhere than alone on its line, where ``files`` are placed.

    Or the other way round: one that looks like a picture and is read as words, as in a block of code.
    """
    left = Counter(files)
    for written, is_alone in _images(tree):
        # pandoc quotes an address's letters, and makes a link to its own document of an empty one.
        target = "" if written.startswith("#") else unquote(written)
        if is_alone and left[target]:
            left[target] -= 1
        else:
            yield _misplaced(target, written)
    yield from (_misplaced(file, file) for file in sorted(+left) if file)


def _images(tree: Any, is_alone: bool = False) -> Iterator[tuple[str, bool]]:
    """Yield the address of each picture in pandoc's tree, and whether it is all there is in its paragraph."""
    if isinstance(tree, list):
        for each in tree:
            yield from _images(each, is_alone and len(tree) == 1)
    elif isinstance(tree, dict):
        kind, inside = tree.get("t"), tree.get("c", [])
        if kind == "Image":
            yield str(inside[2][0]), is_alone
            yield from _images(inside[1])
        elif kind == "Figure":
            yield from _images(inside[2], is_alone=True)
        elif kind:
            yield from _images(inside, kind == "Para" or (kind == "Plain" and is_alone))
        else:
            yield from _images(list(tree.values()))


def _misplaced(target: str, written: str) -> Sign:
    return (
        f"{re.escape(target)}|{re.escape(written)}" if target else r"!\[.*\]\(\)",
        f"l'immagine «{target}» va da sola su una riga, tra due righe vuote, così: "
        '![Didascalia](file.jpg){fig-alt="che cosa si vede"}, con il file accanto al testo',
        f"the picture '{target}' stands alone on a line, between two empty lines, like this: "
        '![Caption](file.jpg){fig-alt="what is seen"}, with its file beside the text',
    )
