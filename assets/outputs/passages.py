"""Whether a document can hold what a person wrote: told before it is rendered, in the person's words.

pandoc reads each text as the document will; what it or the document would stumble over, or lose
without a word, is said with file, line and what to do.
"""

from __future__ import annotations

import json
import re
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from assets.errors import ConfigurationError
from assets.outputs import pictures
from assets.outputs.narrative import Passage
from assets.outputs.passage_signs import OPEN, of_node, open_fence, stray_pictures
from schemas.config import nearest
from schemas.words import Words

if TYPE_CHECKING:
    from assets.outputs.render import RenderError

TIMEOUT_S = 60
#: Blocks that a person may open with ``:::``.
BLOCKS = ("callout-note", "callout-tip", "callout-warning", "callout-important", "callout-caution")
LABEL = re.compile(r"^(?:fig|tbl|sec|eq)-")
_PLACED = re.compile(r"(\d+)\.md(?:_chunk)? line (\d+) column \d+")
_NOTE = re.compile(r"\[\^([^\]\s]+)\](?!:)")
_KINDS = (
    (
        re.compile(r"Div at .* unclosed"),
        Words(
            it="un riquadro aperto con ::: non è chiuso: scrivere ::: da solo su una riga dove finisce",
            en="a block opened with ::: is not closed: write ::: alone on a line where it ends",
        ),
    ),
    (
        re.compile(r"Note with key .* not used"),
        Words(
            it="una nota è scritta e mai richiamata nel testo: richiamarla con [^nome] o toglierla",
            en="a note is written and never called in the text: call it with [^name] or take it out",
        ),
    ),
    (
        re.compile(r"Duplicate note reference"),
        Words(
            it="due note hanno lo stesso nome: dare un altro nome alla seconda, anche nel testo",
            en="two notes have the same name: give the second another one, in the text too",
        ),
    ),
)
_SLOT = re.compile(r'slot", (?:paper="\w+", )?place="(\w+)"')
#: A cell that shows a person's text: its fence, its options, one line of code.
_CELL_ROWS = 3
_FORMULA = re.compile(r"Could not convert TeX math (.*), rendering as TeX")


@dataclass(frozen=True)
class Citable:
    """Entries of a bibliography and labels that an ``@name`` may stand for."""

    entries: frozenset[str] = frozenset()
    labels: frozenset[str] = frozenset()


@dataclass(frozen=True, order=True)
class _Problem:
    line: int
    place: str
    it: str
    en: str


def check_passages(
    path: Path, passages: Mapping[str, Passage], citable: Citable, bare: tuple[str, ...] = ()
) -> None:
    """Refuse a text that the document cannot hold, all its problems at once; ``bare`` places hold no picture.

    Raises
    ------
    ConfigurationError
        With file, line and place of the first problem; the others below it.
    """
    written = {place: each for place, each in passages.items() if each.text}
    if not written:
        return
    shown = pictures.pictures_in(written)
    found = [
        _Problem(each.line, each.place, words.it, words.en)
        for each, words in pictures.problems(path.parent, shown, citable.labels, bare)
    ]
    labels = citable.labels.union(each.label for each in shown)
    files = [each.file for each in shown]
    found = sorted({*found, *_read(written, Citable(citable.entries, labels), files)})
    if found:
        first, more = found[0], found[1:]
        raise ConfigurationError(
            f"{path.name}, riga {first.line}, posto «{first.place}»: {first.it}."
            f"{''.join(f' Anche riga {each.line}: {each.it}.' for each in more)}",
            f"{path.name}, line {first.line}, place '{first.place}': {first.en}."
            f"{''.join(f' Also line {each.line}: {each.en}.' for each in more)}",
        )


def blamed(
    error: RenderError, folder: Path, path: Path, passages: Mapping[str, Passage]
) -> Exception:
    """Return a document's error as one of the person's file, where a person's text stands there.

    Parameters
    ----------
    error
        What the renderer says of a document in ``folder``.
    path
        The person's file.
    """
    document = folder / Path(error.file).name
    rows = document.read_text(encoding="utf-8").splitlines() if document.is_file() else []
    asked = _SLOT.search("\n".join(rows[error.line - 1 : error.line + _CELL_ROWS]))
    here = passages.get(asked[1]) if asked else None
    if asked is None or here is None or not here.text:
        return error
    return ConfigurationError(
        f"{path.name}, riga {here.line}, posto «{asked[1]}»: il documento non si può fare con questo "
        f"testo. Il software dice (in inglese): {error.detail}",
        f"{path.name}, line {here.line}, place '{asked[1]}': the document cannot be made with this "
        f"text. The software says: {error.detail}",
    )


def _read(written: dict[str, Passage], citable: Citable, files: list[str]) -> Iterator[_Problem]:
    places = list(written)
    for place, each in written.items():
        above = open_fence(each.text)
        if above is not None:
            yield _Problem(each.line + above, place, OPEN.it, OPEN.en)
    read, said = _pandoc(written, "json")
    for row in said:
        problem = _of_warning(row, written, places)
        if problem:
            yield problem
    if any("$" in each.text for each in written.values()):
        for row in _pandoc(written, "html", "--mathml")[1]:
            formula = _FORMULA.search(row)
            if formula:
                yield _at(written, re.escape(formula[1]), *_unreadable(formula[1]))
    tree = json.loads(read)["blocks"]
    for needle, it, en in (*_of_tree(tree, citable), *stray_pictures(tree, files)):
        yield _at(written, needle, it, en)


def _pandoc(written: dict[str, Passage], to: str, *more: str) -> tuple[str, list[str]]:
    """Return what pandoc makes of the texts, each a file of its own whose lines are the person's."""
    from assets.outputs.render.pandoc import READER, pandoc_path

    with tempfile.TemporaryDirectory(prefix="lunattiva-") as folder:
        names = []
        for number, each in enumerate(written.values()):
            names.append(f"{number}.md")
            text = "\n" * (each.line - 1) + each.text + "\n"
            (Path(folder) / names[-1]).write_text(text, encoding="utf-8", newline="\n")
        done = subprocess.run(
            [pandoc_path(), "--file-scope", "-f", READER, "-t", to, *more, *names],
            cwd=folder,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=TIMEOUT_S,
            check=True,
        )
    return done.stdout, [row for row in done.stderr.splitlines() if row.startswith("[WARNING]")]


def _of_warning(row: str, written: dict[str, Passage], places: list[str]) -> _Problem | None:
    words = next((each for pattern, each in _KINDS if pattern.search(row)), None)
    where = _PLACED.search(row)
    if words is None or where is None:
        return None  # what the document would not stumble over either
    place, line = places[int(where[1])], int(where[2])
    return _Problem(max(line, written[place].line), place, words.it, words.en)


def _at(written: dict[str, Passage], needle: str, it: str, en: str) -> _Problem:
    """Return a problem at the first line that a pattern matches."""
    for place, each in written.items():
        found = re.search(needle, each.text, re.MULTILINE)
        if found:
            line = each.line + each.text.count("\n", 0, found.start())
            return _Problem(line, place, it, en)
    place, each = next(iter(written.items()))
    return _Problem(each.line, place, it, en)


def _unreadable(formula: str) -> tuple[str, str]:
    return (
        f"la formula «{formula}» non si legge: rivedere parentesi e nomi",
        f"the formula '{formula}' cannot be read: look at its brackets and names",
    )


def _of_tree(tree: Any, citable: Citable) -> Iterator[tuple[str, str, str]]:
    """Yield a pattern to look for, and the problem in both languages, for each that the text holds."""
    if isinstance(tree, list):
        for each in tree:
            yield from _of_tree(each, citable)
        return
    if not isinstance(tree, dict):
        return
    kind, inside = str(tree.get("t")), tree.get("c", [])
    yield from of_node(kind, inside)
    if kind == "Cite":
        for each in inside[0]:
            yield from _of_citation(str(each["citationId"]), citable)
    elif kind in _REFUSED:
        yield from _REFUSED[kind](inside)
    yield from _of_tree(list(tree.values()), citable)


def _of_citation(name: str, citable: Citable) -> Iterator[tuple[str, str, str]]:
    known = citable.labels if LABEL.match(name) else citable.entries
    if name in known:
        return
    near = nearest(name, sorted(known)) or "-"
    if not citable.entries and not LABEL.match(name):
        yield (
            f"@{re.escape(name)}",
            f"«@{name}»: questo documento non ha bibliografia; scrivere la fonte per esteso",
            f"'@{name}': this document has no bibliography; write the source out",
        )
    elif LABEL.match(name):
        yield (
            f"@{re.escape(name)}",
            f"nel documento nulla si chiama «{name}»; il nome più simile è {near}",
            f"nothing in the document is called '{name}'; the nearest name is {near}",
        )
    else:
        yield (
            f"@{re.escape(name)}",
            f"la bibliografia non ha «{name}» (la più simile: {near}); aggiungere la voce a "
            "thesis/references.bib, o scrivere \\@ se non è una citazione",
            f"the bibliography has no '{name}' (the nearest: {near}); add the entry to "
            "thesis/references.bib, or write \\@ if it is no citation",
        )


def _raw(inside: Any) -> Iterator[tuple[str, str, str]]:
    code = str(inside[1]).strip().partition("\n")[0][:40]
    if code.startswith("</"):
        return  # what opens it was named
    yield (
        re.escape(code),
        f"«{code}» è codice che PDF e Word perderebbero: usare **grassetto**, *corsivo*, elenchi, "
        "o \\ davanti al segno se va letto così",
        f"'{code}' is code that PDF and Word would lose: use **bold**, *italics*, lists, or \\ before "
        "the sign if it is to be read as it is",
    )


def _heading(inside: Any) -> Iterator[tuple[str, str, str]]:
    if int(inside[0]) == 1:
        yield (
            r"^# ",
            "un titolo con un solo # comincerebbe un capitolo: usarne tre (###)",
            "a heading with a single # would begin a chapter: use three (###)",
        )


def _block(inside: Any) -> Iterator[tuple[str, str, str]]:
    for name in inside[0][1]:
        if name not in BLOCKS:
            yield (
                rf"^\s*:::.*{re.escape(name)}",
                f"il riquadro «{name}» non esiste; ci sono {', '.join(BLOCKS)}",
                f"there is no block '{name}'; there are {', '.join(BLOCKS)}",
            )


def _letters(inside: Any) -> Iterator[tuple[str, str, str]]:
    for name in _NOTE.findall(str(inside)):
        yield (
            re.escape(f"[^{name}]"),
            f"la nota «[^{name}]» è richiamata ma non scritta: aggiungere una riga «[^{name}]: testo»",
            f"the note '[^{name}]' is called but not written: add a line '[^{name}]: text'",
        )


_REFUSED = {
    "RawInline": _raw,
    "RawBlock": _raw,
    "Header": _heading,
    "Div": _block,
    "Str": _letters,
}
