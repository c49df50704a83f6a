"""The held-out sets of the identifier gate: texts, columns and split numbers of ``spec/identifiers``.

What they say of recall and precision is nearer to what a partner's file will meet than
``identifier_cases``, the corpus that the recognisers were made with.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import yaml

from assets.intake.gate import inspect
from assets.intake.grid import Contents, make_sheet
from tests.identifier_cases import check_letter

FOLDER = Path(__file__).parent / "spec" / "identifiers"
#: ``heldout`` was written before most recognisers were looked at and has served to mend them since;
#: ``fresh`` was measured once, after that, and nothing was changed for it.
SETS = ("heldout", "fresh")
_SPOTS = (6, 7, 9, 10, 12, 13, 14)
_CYRILLIC = str.maketrans("ABEHMTCXKOP", "АВЕНМТСХКОР")
_NOT_KINDS = ("columns", "split", "nothing", "nothing_columns")


@cache
def held_out(name: str = "heldout") -> dict[str, Any]:
    """Return one of the files as it is."""
    found: dict[str, Any] = yaml.safe_load((FOLDER / f"{name}.yml").read_text(encoding="utf-8"))
    return found


def omocodia(code: str) -> Iterator[str]:
    """Yield the 128 forms of a tax code: every set of its seven digits turned to letters."""
    for count in range(len(_SPOTS) + 1):
        for spots in combinations(_SPOTS, count):
            first = [
                "LMNPQRSTUV"[int(each)] if place in spots else each
                for place, each in enumerate(code[:15])
            ]
            yield "".join(first) + check_letter("".join(first))


def tax_codes() -> Iterator[str]:
    """Yield every spelling of every form; a code without digits is only told from words unspaced."""
    given = held_out()["tax_code"]
    for each in given["codes"]:
        for form in omocodia(each["code"]):
            digits_n = sum(mark.isdigit() for mark in form)
            for spelling in given["spellings"]:
                if digits_n >= 3 or not any(f"{{{s}}}" in spelling for s in "sdpunzoyx"):
                    yield spelling.format_map(_spelt(form, given["groups"]))
        for spelling in given["numeric_spellings"]:
            yield spelling.format_map(_spelt(each["code"], given["groups"]))


def _spelt(code: str, groups: list[int]) -> dict[str, str]:
    ends = [sum(groups[: n + 1]) for n in range(len(groups))]
    parts = [code[end - size : end] for end, size in zip(ends, groups, strict=True)]
    return {
        "c": code, "l": code.lower(), "s": " ".join(parts), "d": "-".join(parts), "p": ".".join(parts),
        "u": "_".join(parts), "n": "\u00a0".join(parts), "z": "\u200b".join(parts), "x": " ".join(code),
        "w": "".join(chr(ord(each) + 0xFEE0) for each in code), "y": code.translate(_CYRILLIC),
        "o": code[:6] + code[6:].replace("0", "O"),
    }  # fmt: skip


def texts(name: str = "heldout") -> dict[str, list[str]]:
    """Return kind -> texts, each of which holds an identifier of the kind."""
    found = {
        kind: [text for group in groups for text in group["texts"]]
        for kind, groups in held_out(name).items()
        if kind not in _NOT_KINDS and kind != "tax_code"
    }
    return {"tax_code": list(tax_codes()), **found} if "tax_code" in held_out(name) else found


def kinds_of(text: str) -> set[str]:
    """Return the kinds found where a text is one cell of a column of short notes."""
    return kinds_of_columns(["Osservazioni"], [["ok", text, "bene"]])


def kinds_of_columns(headings: list[str], columns: list[list[str]]) -> set[str]:
    """Return the kinds found in columns beside one of codes."""
    longest = max(map(len, columns))
    whole = [[*map(str, each), *[""] * (longest - len(each))] for each in columns]
    rows = [["Codice", *headings]]
    rows += [[f"MN-{n:04d}", *row] for n, row in enumerate(zip(*whole, strict=True))]
    return {each.kind for each in inspect(Contents(make_sheet("x", rows)), [], None)}


def cells_of(kind: str, some: list[str]) -> int:
    """Return how many of the texts are found to hold a kind, all in one column."""
    if kind != "tax_code":
        return (
            -1
        )  # many cells of a kind are more telling than one: only tax codes are told one by one
    rows = [["Codice", "Osservazioni"], *(["MN-0001", each] for each in some)]
    found = inspect(Contents(make_sheet("x", rows)), [], None)
    return sum(each.cells_n for each in found if each.kind == kind)


def _missed(kind: str, some: list[str]) -> list[str]:
    return [text for text in some if kind not in kinds_of(text)]


def missed(name: str = "heldout", but: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """Return kind -> what was not found; headings and cells of columns joined by a bar."""
    found = {
        kind: [] if cells_of(kind, some) == len(some) else _missed(kind, some)
        for kind, some in texts(name).items()
        if kind not in but
    }
    for kind, columns in held_out(name)["columns"].items():
        if kind in but:
            continue
        for each in columns:
            if kind not in kinds_of_columns([each["heading"]], [each["cells"]]):
                found.setdefault(kind, []).append(
                    f"{each['heading']} | " + " | ".join(map(str, each["cells"]))
                )
    for kind, tables in held_out(name)["split"].items():
        if kind in but:
            continue
        for rows in tables:
            columns = [list(each) for each in zip(*rows, strict=True)]
            if kind not in kinds_of_columns([f"c{n}" for n in range(len(columns))], columns):
                found.setdefault(kind, []).append(" + ".join(rows[0]))
    return found


def alarms(name: str = "heldout") -> list[tuple[str, str]]:
    """Return (kind, text or heading) of everything found where there is nobody."""
    given = held_out(name)
    some = [text for group in given["nothing"] for text in group["texts"]]
    found = [(kind, text) for text in some for kind in sorted(kinds_of(text))]
    for each in given["nothing_columns"]:
        kinds = kinds_of_columns([each["heading"]], [each["cells"]])
        found += [(kind, f"{each['heading']} | {each['cells'][0]}") for kind in sorted(kinds)]
    return found


def sizes(name: str = "heldout") -> dict[str, int]:
    """Return kind -> number of texts, columns and split numbers that hold it."""
    given = held_out(name)
    found = {kind: len(some) for kind, some in texts(name).items()}
    for part in ("columns", "split"):
        for kind, each in given[part].items():
            found[kind] = found.get(kind, 0) + len(each)
    return found


def nothing_size(name: str = "heldout") -> int:
    """Return the number of texts and columns that hold nobody."""
    given = held_out(name)
    return sum(len(group["texts"]) for group in given["nothing"]) + len(given["nothing_columns"])


def measured(name: str = "heldout", but: tuple[str, ...] = ()) -> dict[str, tuple[int, int, int]]:
    """Return kind -> found, all, false alarms; kinds of ``but`` are left out."""
    lost, wrong = missed(name, but), alarms(name)
    return {
        kind: (size - len(lost.get(kind, [])), size, sum(kind == each for each, _ in wrong))
        for kind, size in sizes(name).items()
        if kind not in but
    }
