"""Code a file on the partner's own machine: read it, decide on columns, rewrite, look again, write."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from assets.coding.columns import ACTIONS, Action, propose, tells_a_name
from assets.coding.found import kinds_in
from assets.coding.grid import Dialect, Grid, csv_bytes, find_header
from assets.coding.keys import Key
from assets.coding.normalise import register_number, text_of
from assets.coding.rewrite import Coded, Plan, rewrite
from assets.coding.words import coding_words
from assets.coding.workbook import read_workbook, xlsx_bytes
from assets.errors import ConfigurationError
from schemas.config import nearest
from schemas.words import Words

_PROGRAMME = re.compile(r"\A[a-z0-9][a-z0-9_-]*\Z")


@dataclass(frozen=True)
class Wish:
    """What was asked for; None and empty where the file itself decides."""

    programme: str
    columns: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
    sheet: str | None = None
    header_row: int | None = None
    on: date | None = None
    register: str = ""


@dataclass(frozen=True)
class Made:
    """A coded file that may be written, and what is to be told; no cell is in ``lines``."""

    name: str
    programme: str
    header_row: int
    data: bytes
    columns: list[tuple[str, Action]]
    coded: Coded
    left_out: tuple[str, ...]
    sheet: str


def pseudonymise(file: Path, key: Key, wish: Wish) -> Made:
    """Return the file with codes instead of identifiers.

    Raises
    ------
    ConfigurationError
        The file cannot be read, a column or action is unknown, a day or register is missing, or
        something that identifies people would be left.
    DeliveryRefused
        Delimited text that cannot be read for sure.
    """
    grid = read_grid(_bytes_of(file), file.name, wish.sheet)
    header = find_header(grid.rows) if wish.header_row is None else wish.header_row - 1
    if not 0 <= header < len(grid.rows):
        raise _bad("header")
    headings = [text_of(cell) for cell in grid.rows[header]]
    actions = decide(headings, grid, header, wish)
    coded = rewrite(grid.rows, plan_of(header, actions, wish), key)
    if coded.left:
        raise _left([(heading, kind, n) for (heading, kind), n in coded.left.items()])
    below = grid.rows[header + 1 :]

    def identifies(text: str) -> bool:
        return bool(kinds_in(text.replace("_", " "))) or tells_a_name(
            text, headings, below, actions
        )

    name = new_name(file, grid, key, "file" if identifies(file.stem) else file.stem)
    data = _written(coded, grid, "Dati" if identifies(grid.sheet) else grid.sheet)
    _look_again(data, name)
    return Made(
        name,
        wish.programme,
        header + 1,
        data,
        list(zip(headings, actions, strict=True)),
        coded,
        grid.left_out,
        grid.sheet,
    )


def read_grid(data: bytes, file_name: str, sheet: str | None) -> Grid:
    """Read a workbook with its types, or delimited text as intake reads it."""
    from assets.intake.formats import format_of

    kind = format_of(data)
    if kind in ("xlsx", "xlsm", "xlsb", "xls", "ods"):
        return read_workbook(data, sheet)
    if kind != "csv":
        raise _bad("format")
    from assets.intake.readers import read_contents

    contents = read_contents(data, file_name, None)
    columns = [column.to_pylist() for column in contents.sheet.columns]
    spelling = contents.spelling
    if not columns or spelling is None:
        raise _bad("empty")
    first = data[:64].decode(spelling.encoding, errors="ignore").lstrip("\ufeff")[:1]
    dialect = Dialect(
        spelling.encoding,
        spelling.delimiter,
        spelling.quotechar,
        spelling.escapechar,
        spelling.newline,
        quotes_all=bool(spelling.quotechar) and first == spelling.quotechar,
    )
    return Grid([list(row) for row in zip(*columns, strict=True)], dialect=dialect)


def decide(headings: list[str], grid: Grid, header: int, wish: Wish) -> list[Action]:
    """Return an action for each column: as asked for, else as proposed."""
    asked: dict[str, Action] = {_known(each, headings): "keep" for each in wish.keep}
    for each in wish.columns:
        heading, _, action = each.rpartition("=")
        if action not in ACTIONS:
            near = nearest(action, list(ACTIONS)) or "-"
            raise ConfigurationError(
                f"--columns vuole INTESTAZIONE=AZIONE. Azioni: {', '.join(ACTIONS)}. Più simile: {near}.",
                f"--columns takes HEADING=ACTION. Actions: {', '.join(ACTIONS)}. Nearest: {near}.",
            )
        asked[_known(heading, headings)] = action
    below = grid.rows[header + 1 :]
    return [
        asked.get(heading.strip()) or propose(heading, [row[place] for row in below])
        for place, heading in enumerate(headings)
    ]


def plan_of(header: int, actions: list[Action], wish: Wish) -> Plan:
    """Return the plan, once everything it needs is there."""
    if not _PROGRAMME.match(wish.programme):
        raise _bad("programme")
    if "birth_band" in actions and wish.on is None:
        raise ConfigurationError(
            "Per le fasce di età serve il giorno a cui contare l'età: --on 2022-01-01, oppure --period 2022Q1.",
            "Age bands need the day on which age is counted: --on 2022-01-01, or --period 2022Q1.",
        )
    register = register_number(wish.register).lower()
    if "register" in actions and not register:
        raise ConfigurationError(
            "Per i numeri di un registro serve il suo nome: --register 'tessere agape'.",
            "Numbers of a register need its name: --register 'agape cards'.",
        )
    return Plan(header, actions, wish.programme, wish.on, register)


def new_name(file: Path, grid: Grid, key: Key, stem: str) -> str:
    """Return the coded file's name: it tells the key id, and no identifier of the old name."""
    suffix = (file.suffix or ".csv") if grid.dialect else ".xlsx"
    return f"{stem}-codici-{key.id}{suffix}"


def _written(coded: Coded, grid: Grid, sheet: str) -> bytes:
    if grid.dialect is None:
        return xlsx_bytes(coded.rows, sheet)
    return csv_bytes(coded.rows, grid.dialect)


def _look_again(data: bytes, name: str) -> None:
    """Hold the new file to the very gate that will receive it.

    Raises
    ------
    ConfigurationError
        Naming columns, kinds and counts.
    """
    from assets.intake.gate import inspect
    from assets.intake.grid import letter
    from assets.intake.identifiers import KINDS
    from assets.intake.readers import read_contents

    found = inspect(read_contents(data, name, None), [name], None)
    if found:
        places = [
            each.heading or ("-" if each.position is None else letter(each.position))
            for each in found
        ]
        raise _left(
            [
                (place, KINDS[each.kind], each.cells_n)
                for place, each in zip(places, found, strict=True)
            ]
        )


def _left(found: list[tuple[str, str | Words, int]]) -> ConfigurationError:
    lines = [
        coding_words("left_one", heading=heading, n=n,
                     kind=coding_words(f"kind.{kind}") if isinstance(kind, str) else kind)
        for heading, kind, n in found
    ]  # fmt: skip
    head = coding_words("left")
    return ConfigurationError(
        "\n".join([head.it, *(f"- {each.it}" for each in lines)]),
        "\n".join([head.en, *(f"- {each.en}" for each in lines)]),
    )


def _known(heading: str, headings: list[str]) -> str:
    names = [each.strip() for each in headings]
    if heading.strip() in names:
        return heading.strip()
    near = nearest(heading.strip(), names) or "-"
    raise ConfigurationError(
        f"Nessuna colonna si chiama «{heading}». Più simile: {near}.",
        f"No column is called '{heading}'. Nearest: {near}.",
    )


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:
        raise ConfigurationError(f"Non si può leggere {file}.", f"{file} cannot be read.") from None


def _bad(word: str) -> ConfigurationError:
    said = coding_words(f"bad.{word}")
    return ConfigurationError(said.it, said.en)
