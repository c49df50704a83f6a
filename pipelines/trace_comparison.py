"""A number of a comparison's page, followed back to the releases that it was made of."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines import comparing
from pipelines.messages import say
from pipelines.settings import Language
from reports import kit
from reports._origin import number_id, spelled

#: Kinds of what was made of one indicator's numbers: ``score_change__pooled``.
_OF = "__"
Row = dict[str, Any]


def place(root: Path, asked: Path | None) -> Path | None:
    """Return the folder of the comparison that was asked for, or of the latest; ``None`` without one.

    Raises
    ------
    ConfigurationError
        What was asked for is not there or is no comparison; a file of it was changed since.
    """
    from assets.across.folder import is_one

    folder = asked or comparing.default_place(root)
    if asked and not folder.is_dir():
        raise ConfigurationError(
            f"--in: la cartella {folder} non c'è.", f"--in: there is no folder {folder}."
        )
    if is_one(folder):
        return folder
    if asked:
        raise ConfigurationError(
            f"--in: {folder} non è un confronto di programmi (lunattiva compare).",
            f"--in: {folder} is no comparison of programmes (lunattiva compare).",
        )
    return None


def releases(root: Path, k: kit.Kit, cell: kit.Cell) -> list[Row]:
    """Return the releases behind a number of a comparison, in the comparison's order.

    Returns
    -------
    list of dict
        ``programme``, ``title``, ``release`` (which publication), ``manifest`` (its digest), ``number``
        (the programme's own number in the comparison), and ``here``: the name of that number in the
        release of a programme that stands here, for going on.
    """
    listed = {each["programme"]: each for each in k.manifest["comparison"]["programmes"]}
    return [_release(root, k, listed[own.level_1], own) for own in _behind(k, cell)]


def told(found: list[Row], lang: Language) -> list[str]:
    """Return the releases in words, line by line."""
    lines = [say("trace.releases", lang)]
    for each in found:
        lines.append(
            "  " + say("trace.release", lang, **{**each, "number": spelled(each["number"])})
        )
        if each["here"]:
            name = spelled(each["here"])
            lines.append("    " + say("trace.go_on", lang, name=name, programme=each["programme"]))
    return lines


def _behind(k: kit.Kit, cell: kit.Cell) -> Iterator[kit.Cell]:
    """Yield the programmes' own numbers of which one was made; of a programme's own, itself."""
    if cell.by_1 == "programme":
        yield cell
        return
    is_about = cell.by_1 == "compared"  # how much programmes differ
    indicator = cell.level_1 if is_about else cell.indicator.partition(_OF)[0]
    level = cell.level_2 if is_about else cell.level_1
    for question in k.manifest["comparison"]["questions"]:
        wanted = (question["indicator"], question["subject"], question["level"])
        if wanted != (indicator, cell.subject, level):
            continue
        own = {x.level_1: x for x in k.released.of(indicator)
               if (x.by_1, x.subject, x.level_2) == ("programme", cell.subject, level)}  # fmt: skip
        yield from (own[code] for code in question["agree"] if code in own)


def _release(root: Path, k: kit.Kit, about: Row, own: kit.Cell) -> Row:
    which = f"{about['period']}-r{about['number']}" if about["number"] else about["state"]
    return {
        "programme": about["programme"],
        "title": k.text_of(about["title"]),
        "release": which,
        "manifest": about["manifest"][:12],
        "number": number_id(own),
        "here": _here(root, about, own, k.lang),
    }


def _here(root: Path, about: Row, own: kit.Cell, lang: str) -> str:
    """Return the number's name in the programme's own release, where just that release stands here."""
    from assets.across.compare import cell_of
    from assets.across.releases import Release

    folder = Layout(root, about["programme"]).released
    path = folder / "manifest.json"
    if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != about["manifest"]:
        return ""
    row = cell_of(Release(folder), own.indicator, own.subject, own.by_2, own.level_2)
    if row is None:
        return ""
    wanted = ("indicator_code", "subject_code", "period", "by_1", "level_1", "by_2", "level_2")
    key = tuple(str(row[each] or "") for each in wanted)
    cells = kit.open(lang, folder=folder).released.cells.values()
    return next((number_id(each) for each in cells if each.coordinates == key), "")
