"""The names of numbers as people type them, and which number of a release is meant."""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from pathlib import Path

from assets.errors import ConfigurationError
from reports import kit

#: Letters and digits that are read for one another: the names have no 0, 1, 8 and 9.
READ_AS = str.maketrans({"0": "O", "1": "I", "8": "B", "-": "", " ": "", "_": ""})


def spelled(name: str) -> str:
    """Return a number's name as it is read aloud: N-K7QX-2P4A."""
    return f"{name[0]}-{name[1:5]}-{name[5:]}"


def read_name(given: str) -> str:
    """Return a name however it was typed: hyphens, small letters, a part (``.n``), 0 for O."""
    return given.partition(".")[0].strip().upper().translate(READ_AS)


def named(folder: Path | None, k: kit.Kit | None, given: str) -> str:
    """Return the name of a number of a release, given by its name or its key; empty without one."""
    if folder is None or k is None:
        return ""
    name = read_name(given)
    name = name if name in k.numbers else _of_estimate(folder, k, given.strip())
    return name if name in k.numbers else ""


def _of_estimate(folder: Path, k: kit.Kit, estimate: str) -> str:
    """Return the name of the number whose key in the exported tables is given; empty without one."""
    import pyarrow.parquet as pq

    about = ("indicator_code", "subject_code", "period", "by_1", "level_1", "by_2", "level_2")
    for path in sorted((folder / "tables").glob("*.parquet")):
        wanted = [("estimate_id", "=", estimate)]
        for row in pq.read_table(path, columns=list(about), filters=wanted).to_pylist():
            wanted_key = tuple(str(row[each] or "") for each in about)
            for name, thing in k.numbers.items():
                if isinstance(thing, kit.Cell) and thing.coordinates == wanted_key:
                    return name
    return ""


def unknown(given: str, known: Sequence[str]) -> ConfigurationError:
    """Return the error for a name that no number has, with the nearest."""
    name = given.strip()
    near = difflib.get_close_matches(read_name(given), known, n=1, cutoff=0.5)
    it = f" Il più simile: {spelled(near[0])}." if near else ""
    en = f" Nearest: {spelled(near[0])}." if near else ""
    return ConfigurationError(
        f"Nessun numero del rilascio si chiama «{name}».{it} I nomi sono nelle pagine: basta un clic.",
        f"No number of the release is called '{name}'.{en} The names are in the pages: a click shows them.",
    )
