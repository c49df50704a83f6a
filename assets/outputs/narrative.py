"""The files a person writes in: one heading a place, comments that say what belongs there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from assets.errors import ConfigurationError
from schemas.config import nearest

HEADING = re.compile(r"^##[ \t]+(.*?)[ \t]*$")
COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_OPENS = "<!--"
#: Signs that are no letters: a document would lose them, or all that follows.
_STRANGE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Passage:
    """What a person wrote in one place, and the line of the file it begins at (1-based)."""

    text: str
    line: int


def passages_in(
    path: Path, known: list[str], heading: re.Pattern[str] = HEADING
) -> dict[str, Passage]:
    """Return place -> what a person wrote below its heading in a file, without comments.

    Every known place is there; its text is '' where nothing is written yet.

    Raises
    ------
    ConfigurationError
        A heading that is no known place or stands there twice, text above the first heading, a
        comment that takes in what was written after it, or a file that is no UTF-8 text.
    """
    found: dict[str, list[str]] = {}
    begins: dict[str, int] = {}
    name = ""
    for number, line in enumerate(_without_comments(path).split("\n"), start=1):
        title = heading.match(line)
        if title:
            name = title[1]
            if name not in known or name in found:
                raise _no_place(path, number, name, known)
            found[name], begins[name] = [], number + 1
        elif name:
            found[name].append(line)
        elif line.strip():
            raise _no_place(path, number, line.strip()[:40], known)
    return {place: _passage(found.get(place, []), begins.get(place, 1)) for place in known}


def _passage(lines: list[str], begins: int) -> Passage:
    empty = next((n for n, line in enumerate(lines) if line.strip()), 0)
    return Passage("\n".join(lines).strip(), begins + empty)


def _without_comments(path: Path) -> str:
    """Return a file's text; a comment leaves its line breaks, so that lines are counted as seen."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise ConfigurationError(
            f"{path.name} non è testo UTF-8: riaprirlo e salvarlo come «testo UTF-8».",
            f"{path.name} is not UTF-8 text: open it and save it as 'UTF-8 text'.",
        ) from None
    strange = _STRANGE.search(text)
    if strange:
        raise _no_letter(path, text.count("\n", 0, strange.start()) + 1)
    for each in COMMENT.finditer(text):
        if _OPENS in each[0].removeprefix(_OPENS):
            raise _open_comment(path, text, each.start())
    text = COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    if _OPENS in text:
        raise _open_comment(path, text, text.index(_OPENS))
    return text


def _open_comment(path: Path, text: str, at: int) -> ConfigurationError:
    line = text.count("\n", 0, at) + 1
    return ConfigurationError(
        f"{path.name}, riga {line}: il commento che comincia con <!-- non è chiuso da -->: il testo che "
        "segue andrebbe perso.",
        f"{path.name}, line {line}: the comment that begins with <!-- is not closed by -->: the text "
        "after it would be lost.",
    )


def _no_letter(path: Path, line: int) -> ConfigurationError:
    return ConfigurationError(
        f"{path.name}, riga {line}: c'è un carattere che non è testo e non si vede: riscrivere la riga.",
        f"{path.name}, line {line}: there is a character that is no text and does not show: write the "
        "line again.",
    )


def _no_place(path: Path, number: int, name: str, known: list[str]) -> ConfigurationError:
    near = nearest(name.lower(), known) or "-"
    return ConfigurationError(
        f"{path.name}, riga {number}: «{name}» non è un posto del documento, o c'è due volte: il testo "
        f"andrebbe perso. Più simile: ## {near}. Posti: {', '.join(known)}.",
        f"{path.name}, line {number}: '{name}' is no place of the document, or stands there twice: the "
        f"text would be lost. Nearest: ## {near}. Places: {', '.join(known)}.",
    )
