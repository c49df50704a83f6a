"""What people write for documents is read outside: it goes through the identifier gate first.

The gate's own detectors judge it, line by line; the programme's sources say what its codes look like.
What is unmistakable stops the document; what may be something else (a name, a road, a day) is told.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from assets.errors import ConfigurationError
from pipelines.messages import say
from schemas.words import Language, Words

if TYPE_CHECKING:
    from assets.layout import Layout

#: Kinds whose form leaves no doubt in prose; others may be an office's address or a law's day.
CERTAIN = frozenset(
    ["tax_code", "email", "iban", "phone", "health_code", "card", "identity_card"]
    + ["driving_licence", "code"]
)
#: In a book everybody is named whom it cites or thanks: a name counts behind a title, and not here.
OF_NAMES = frozenset(["autore", "relatore", "ringraziamenti"])
CODE = Words(it="codice di una persona o di un nucleo", en="code of a person or household")
_CODES = ("person_code", "household_code")
_HEADING = re.compile(r"##[ \t]+(\w+)[ \t]*\Z")
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
#: Signs that Markdown takes out: mario\@example.it, 347**1234567**.
_SIGNS = re.compile(r"\\(?=[^\w\s])|[*`]+")
#: Long numbers of books and addresses of pages look like telephones, and are nobody's.
_SOURCES = re.compile(
    r"https?://[^\s<>)\]]+|\b(?:doi:?\s*)?10\.[0-9]{4,9}/\S+|\bIS[BS]N(?:-1[03])?:?\s*[0-9][0-9Xx\s-]{6,}",
    re.I,
)
_TOKEN = re.compile(r"\w[\w./-]*\w")
#: A code made of fewer digits and nothing else would be any year.
_LEAST_SIGNS = 5


@dataclass(frozen=True, order=True)
class Suspect:
    """Where a text seems to tell of somebody: never the text itself."""

    file: str
    line: int
    kind: str
    is_certain: bool

    @property
    def words(self) -> Words:
        """Return the kind's name for readers."""
        from assets.intake.identifiers import KINDS
        from assets.outputs.pictures import PICTURE

        return {"code": CODE, "picture": PICTURE}.get(self.kind) or KINDS[self.kind]

    def said(self, lang: Language) -> str:
        """Return a line that tells of it."""
        told = {"file": self.file, "line": self.line, "kind": self.words.say(lang)}
        return say("thesis.suspect", lang, **told)


def of_the_thesis(layout: Layout) -> list[Path]:
    """Return the files whose words the thesis shows, those that are there."""
    from assets.outputs import book, cycles

    return [x for x in (layout.narrative / book.TEXT, layout.raw / cycles.LOG) if x.is_file()]


def insist(layout: Layout, paths: Iterable[Path]) -> None:
    """Refuse texts in which somebody can be found for certain.

    Raises
    ------
    ConfigurationError
        With file, line and kind of each, never the value.
    """
    certain = [each for each in suspects(layout, paths) if each.is_certain]
    if not certain:
        return
    first, more = certain[0], certain[1:]
    it = "".join(f" Anche {x.file}, riga {x.line}: {x.words.it}." for x in more)
    en = "".join(f" Also {x.file}, line {x.line}: {x.words.en}." for x in more)
    raise ConfigurationError(
        f"{first.file}, riga {first.line}: c'è ciò che identifica una persona ({first.words.it}); il "
        f"documento non si fa finché non è tolto.{it}",
        f"{first.file}, line {first.line}: there is something that identifies a person "
        f"({first.words.en}); the document is not made until it is taken out.{en}",
    )


def possible(layout: Layout, paths: Iterable[Path]) -> list[Suspect]:
    """Return what may identify somebody and stops nothing: a person looks at it."""
    return [each for each in suspects(layout, paths) if not each.is_certain]


def suspects(layout: Layout, paths: Iterable[Path]) -> list[Suspect]:
    """Return what in people's texts may identify somebody, file by file and line by line."""
    codes = _codes(layout)
    return [found for path in paths for found in _of_file(path, codes)]


def _of_file(path: Path, codes: list[re.Pattern[str]]) -> Iterator[Suspect]:
    from assets.outputs.pictures import LINE

    lines = _lines(path)
    place = ""
    for number, line in enumerate(lines, start=1):
        heading = _HEADING.match(line)
        place = heading[1] if heading else place
        here = _kinds(line, codes)
        if place in OF_NAMES:
            here.discard("name")
        # A number may go on in the next line: in Markdown that is the same sentence.
        following = lines[number].strip() if number < len(lines) else ""
        if line.strip() and following:
            across = _kinds(f"{line.rstrip()} {following}", codes) & CERTAIN
            here |= across - _kinds(following, codes)
        here |= {"picture"} if LINE.match(line) else set()
        for kind in sorted(here):
            yield Suspect(path.name, number, kind, kind in CERTAIN)


def _lines(path: Path) -> list[str]:
    """Return a file's lines as a document shows them; comments leave their line breaks."""
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    text = _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), text)
    return [_SIGNS.sub("", html.unescape(line)) for line in text.split("\n")]


def _kinds(line: str, codes: list[re.Pattern[str]]) -> set[str]:
    """Return the kinds of identifiers in one line."""
    from assets.intake.identifiers import EVERYWHERE, plain_text
    from assets.intake.in_text import kinds_in_text
    from assets.intake.numbers import documents_alone
    from assets.intake.phones import has_written_phone, is_bare_phone
    from assets.intake.prose import has_titled_name

    text = plain_text(line)
    if not text.strip():
        return set()
    found = {kind for kind, test in EVERYWHERE.items() if test(text)}
    found |= {kind for kind in kinds_in_text(text) if kind != "name"}
    found |= {"name"} if has_titled_name(text) else set()
    found |= set(documents_alone(text))
    is_phone = has_written_phone(_SOURCES.sub(" ", text)) or is_bare_phone(text.strip())
    found |= {"phone"} if is_phone else set()
    return found | ({"code"} if any(_has_code(text, each) for each in codes) else set())


def _has_code(text: str, pattern: re.Pattern[str]) -> bool:
    """Say whether a word of a text is a code: one that no year and no word of the prose could be."""
    words = (part for found in _TOKEN.findall(text) for part in {found, *found.split("/")})
    return any(
        len(word) >= _LEAST_SIGNS
        and not word.isdigit()
        and any(map(str.isdigit, word))
        and pattern.fullmatch(word)
        for word in words
    )


def _codes(layout: Layout) -> list[re.Pattern[str]]:
    """Return the forms of the programme's own codes of people and households."""
    declared = {
        column.pattern
        for partner in layout.readable_sources.values()
        for source in partner.sources
        for name, column in source.columns.items()
        if name in _CODES and column.pattern
    }
    return [re.compile(each) for each in sorted(declared)]
