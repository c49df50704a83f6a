"""Read a .qmd into prose and cells, keeping for every line the file and line it came from."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError

from assets.outputs.render.languages import localised, localised_line
from assets.outputs.render.problems import RenderError, nearest

FENCE = re.compile(r"^(\s*)(`{3,}|~{3,})\s*(.*?)\s*$")
CELL_INFO = re.compile(r"^\{\s*([A-Za-z]\w*)(.*)\}$")
SHORTCODE = re.compile(r"(?<!\{)\{\{<\s*(\S+)\s*(.*?)\s*>\}\}(?!\})")
INLINE = re.compile(r"`\{python\}\s+([^`]+?)\s*`")
SHORTCODES = ("include", "meta", "pagebreak")
CELL_OPTIONS = frozenset(
    [
        "label",
        "fig-cap",
        "fig-alt",
        "tbl-cap",
        "echo",
        "output",
        "tags",
        "title",
        "fig-width",
        "fig-height",
        "column",
        "expandable",
        "include",
        "warning",
        "code-fold",
        "eval",
        "width",
        "height",
        "padding",
    ]
)
#: How Quarto also writes a value box.
CELL_OF_A_BOX = ("content", "component")
MAX_INCLUDES = 10


@dataclass(frozen=True)
class Line:
    """One line of text and where a person finds it."""

    text: str
    file: Path
    number: int
    verbatim: bool = False

    def error(self, detail: str) -> RenderError:
        """Return an error placed at this line."""
        return RenderError(detail, file=self.file, line=self.number)

    def with_text(self, text: str) -> Line:
        """Return the same place holding other text."""
        return Line(text, self.file, self.number, self.verbatim)


@dataclass(frozen=True)
class Prose:
    """Consecutive lines of markdown between two cells."""

    lines: tuple[Line, ...]

    def inlines(self) -> list[tuple[str, Line]]:
        """Return the inline expressions, in order, each with its line."""
        return [
            (match.group(1), line)
            for line in self.lines
            if not line.verbatim
            for match in INLINE.finditer(line.text)
        ]


@dataclass(frozen=True)
class Cell:
    """One Python cell: its options (already in the job's language) and its code."""

    start: Line
    code: tuple[Line, ...]
    options: Mapping[str, Any]
    indent: str = ""

    @property
    def source(self) -> str:
        """Return the code as the kernel gets it."""
        return "\n".join(line.text for line in self.code)

    @property
    def tags(self) -> tuple[str, ...]:
        """Return the cell's tags."""
        tags = self.options.get("tags", ())
        return (tags,) if isinstance(tags, str) else tuple(tags)


@dataclass(frozen=True)
class Document:
    """One .qmd: front matter and blocks in order."""

    path: Path
    meta: dict[str, Any]
    blocks: tuple[Prose | Cell, ...]
    files: tuple[Path, ...] = field(default=())

    def cells(self) -> Iterator[Cell]:
        """Yield the cells in order."""
        return (block for block in self.blocks if isinstance(block, Cell))


def load_yaml(text: str, file: Path, first_line: int = 1) -> dict[str, Any]:
    """Parse a YAML mapping; a mistake is reported at its own line."""
    try:
        found = YAML(typ="safe", pure=True).load(io.StringIO(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark
        line = first_line + (mark.line if mark else 0)
        raise RenderError(f"YAML: {error.problem}", file=file, line=line) from None
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise RenderError("expected YAML of the form 'key: value'", file=file, line=first_line)
    return found


def read_document(
    path: Path, lang: str, shared: Mapping[str, Any] = MappingProxyType({})
) -> Document:
    """Read `path`, expand includes, and split it into prose and cells.

    `shared` is the book's metadata: what a chapter's own front matter does not say.
    """
    files: list[Path] = []
    lines = list(_read_lines(path, files, ()))
    meta, body = _front_matter(lines, path)
    meta = localised(meta, lang)
    meta["lang"] = lang  # the job's language, whatever the source was written in first
    blocks = tuple(_split(body, {**shared, **meta}, lang))
    return Document(path, meta, blocks, tuple(files))


def _read_lines(path: Path, files: list[Path], trail: tuple[Path, ...]) -> Iterator[Line]:
    files.append(path)
    open_fence = ""
    text = path.read_text(encoding="utf-8-sig")
    for number, content in enumerate(text.splitlines(), start=1):
        open_fence = _fence_state(content, open_fence)
        line = Line(content, path, number)
        code = None if open_fence else SHORTCODE.fullmatch(content.strip())
        if code is None or code.group(1) != "include":
            yield line
            continue
        target = (path.parent / code.group(2).strip("\"'")).resolve()
        if not target.is_file():
            raise line.error(f"the included file '{code.group(2)}' does not exist")
        if target in trail or len(trail) >= MAX_INCLUDES:
            raise line.error(f"'{code.group(2)}' includes itself")
        yield from _read_lines(target, files, (*trail, target))


def _fence_state(text: str, open_fence: str) -> str:
    """Return the fence still open after this line ('' for none)."""
    match = FENCE.match(text)
    if not match:
        return open_fence
    marks, info = match.group(2), match.group(3)
    if not open_fence:
        return "" if "`" in info else marks
    closes = marks[0] == open_fence[0] and len(marks) >= len(open_fence) and not info
    return "" if closes else open_fence


def _front_matter(lines: list[Line], path: Path) -> tuple[dict[str, Any], list[Line]]:
    if not lines or lines[0].text.strip() != "---":
        return {}, lines
    for index in range(1, len(lines)):
        if lines[index].text.strip() in ("---", "..."):
            text = "\n".join(line.text for line in lines[1:index])
            return load_yaml(text, path, 2), lines[index + 1 :]
    raise lines[0].error("the front matter is never closed with ---")


def _split(lines: list[Line], meta: Mapping[str, Any], lang: str) -> Iterator[Prose | Cell]:
    prose: list[Line] = []
    index = 0
    while index < len(lines):
        line = lines[index]
        fence = FENCE.match(line.text)
        if fence is None or "`" in fence.group(3):
            prose.append(_expand(line.with_text(localised_line(line.text, lang)), meta))
            index += 1
            continue
        end = _closing(lines, index, fence.group(2))
        info = CELL_INFO.match(fence.group(3))
        if info:
            yield Prose(tuple(prose))
            prose = []
            yield _cell(line, lines[index + 1 : end], info, fence.group(1), lang)
        else:
            prose += [Line(x.text, x.file, x.number, True) for x in lines[index : end + 1]]
        index = end + 1
    yield Prose(tuple(prose))


def _closing(lines: list[Line], start: int, fence: str) -> int:
    for index in range(start + 1, len(lines)):
        if not _fence_state(lines[index].text, fence):
            return index
    raise lines[start].error(f"the block opened with {fence} is never closed")


def _expand(line: Line, meta: Mapping[str, Any]) -> Line:
    def value(match: re.Match[str]) -> str:
        name, argument = match.groups()
        if name not in SHORTCODES:
            raise line.error(f"unknown shortcode '{name}'. {nearest(name, SHORTCODES)}")
        if name == "include":
            raise line.error("an include must stand alone on its line")
        if name == "pagebreak":
            return "[]{.pagebreak}"
        found: Any = meta
        for part in argument.split("."):
            if not isinstance(found, Mapping) or part not in found:
                names = [str(key) for key in meta]
                raise line.error(f"unknown metadata key '{argument}'. {nearest(argument, names)}")
            found = found[part]
        return str(found)

    return line.with_text(SHORTCODE.sub(value, line.text))


def _cell(start: Line, body: list[Line], info: re.Match[str], indent: str, lang: str) -> Cell:
    language, rest = info.group(1), info.group(2).strip()
    if language != "python":
        raise start.error(f"cells are written in python, not '{language}'")
    if rest:
        raise start.error("write cell options as '#| key: value' lines below the fence")
    body = [line.with_text(line.text.removeprefix(indent)) for line in body]
    count = 0
    while count < len(body) and body[count].text.startswith("#|"):
        count += 1
    text = "\n".join(line.text[2:].removeprefix(" ") for line in body[:count])
    options = localised(load_yaml(text, start.file, start.number + 1), lang)
    for name in options:
        if name in CELL_OF_A_BOX:
            raise start.error(
                "a value box is a block, '::: {.valuebox title=...}': of a cell, Quarto drops the note"
            )
        if name not in CELL_OPTIONS:
            place = next((x for x in body[:count] if x.text[2:].strip().startswith(name)), start)
            raise place.error(f"unknown cell option '{name}'. {nearest(name, CELL_OPTIONS)}")
    _check_options(options, start)
    return Cell(start, tuple(body[count:]), options, indent)


def _check_options(options: Mapping[str, Any], start: Line) -> None:
    if options.get("warning") is True:
        raise start.error("warnings never reach a page: set 'warning: false'")
    if options.get("output", True) not in (True, False, "asis"):
        raise start.error("output must be true, false or asis")
    for name in ("fig-cap", "fig-alt", "tbl-cap", "label", "title"):
        if name in options and not isinstance(options[name], str):
            raise start.error(f"'{name}' must be one text: put it in quotes")


def options_text(options: Mapping[str, Any], indent: str = "") -> list[str]:
    """Return options as ``#|`` lines again (JSON values are YAML too)."""
    return [
        f"{indent}#| {key}: {json.dumps(value, ensure_ascii=False)}"
        for key, value in options.items()
    ]
