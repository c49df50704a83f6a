"""Back to the neighbourhood: one page in plain words and pictures, in four languages; what it says.

It reads released cells only; a number that is not shown leaves its picture out. The Italian is
measured before it is written. ``_sheet_set`` sets it as a page and as a PDF.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reports import _catalogue, _pictures
from reports._gulpease import PLAIN, gulpease
from reports._origin import bare, plain, worded
from reports._released import Cell, KitError

if TYPE_CHECKING:
    from reports.kit import Kit

DAYS = "90"
SCALE = "who5"
TEN = 10


@dataclass(frozen=True)
class Item:
    """One statement with its picture; ``n`` is the number said in the words, already rounded.

    ``cells`` are the released numbers it rests on: none where it is a rule of the release.
    """

    key: str
    words: str
    n: int | None
    svg: str
    cells: tuple[Cell, ...] = ()
    is_wide: bool = False


def catalogue() -> dict[str, dict[str, Any]]:
    """Return the words by language, in the order of the file."""
    return _catalogue.catalogue("sheet_words.yml")


def readable(value: float) -> int:
    """Return a number rounded for reading: to ten, a hundred, a thousand as it grows.

    Examples
    --------
    >>> readable(8), readable(217), readable(759), readable(6427), readable(13714)
    (8, 220, 760, 6400, 14000)
    """
    step = next((s for most, s in ((20, 1), (1000, 10), (10_000, 100)) if value < most), 1000)
    return int(value / step + 0.5) * step


def items(k: Kit) -> list[Item]:
    """Return what can be said of a release, in the order of the sheet."""
    made = [
        _counted(k, "reached", "reached_n", _pictures.people()),
        _counted(k, "sessions", "sessions_n", _pictures.calendar()),
        _women(k),
        _stay(k),
        _counted(k, "contacts", "contacts_n", _pictures.house()),
        _change(k),
        Item("private", "private", int(_least(k)), _pictures.shield()),
    ]
    return [each for each in made if each is not None]


def _least(k: Kit) -> float:
    found = k.manifest["thresholds"]["minimum_count"]
    return float(found["value"] if isinstance(found, dict) else found)


def _cell(k: Kit, indicator: str, **where: str) -> Cell | None:
    """Return a cell of the whole programme that is shown."""
    if not k.has(indicator, period="all"):
        return None
    try:
        cell = k.cell(indicator, period="all", **where)
    except KitError:  # this release does not know the level
        return None
    return cell if cell is not None and cell.is_shown else None


def _counted(k: Kit, key: str, indicator: str, svg: str) -> Item | None:
    cell = _cell(k, indicator)
    return Item(key, key, readable(cell.value), svg, (cell,)) if cell and cell.value else None


def _women(k: Kit) -> Item | None:
    women = _cell(k, "reached_n", by="gender_code", level="female")
    everybody = _cell(k, "reached_n")
    if not women or not everybody or not women.value or not everybody.value:
        return None
    return _of_ten("women", women.value / everybody.value, women, everybody)


def _stay(k: Kit) -> Item | None:
    cell = _cell(k, "attending_share", by="day", level=DAYS)
    return _of_ten("stay", cell.value, cell) if cell and cell.value is not None else None


def _of_ten(key: str, share: float, *cells: Cell) -> Item:
    filled = int(share * TEN + 0.5)
    return Item(key, key, filled, _pictures.row(filled), cells, is_wide=True)


def _change(k: Kit) -> Item | None:
    cell = k.cell("score_change", SCALE, period="all") if k.has("score_change", SCALE) else None
    if cell is None or cell.value is None:
        return None
    direction = 0 if cell.crosses else (1 if cell.value > 0 else -1)
    words = {1: "up", 0: "same", -1: "down"}[direction]
    return Item("change", f"{SCALE}_{words}", None, _pictures.face(direction), (cell,))


@dataclass(frozen=True)
class Sheet:
    """One sheet in one language: its words put together with their marks, not yet set."""

    lang: str
    direction: str
    title: str
    where: str
    marks: tuple[str, ...]
    items: tuple[tuple[Item, str, str], ...]
    thanks: str
    about: str

    def texts(self) -> list[str]:
        """Return what a resident reads, block by block; marks and notes of ours are not for them."""
        said = [self.title, *(text for _, text, _ in self.items), self.thanks, self.about]
        return [bare(text) for text in said]


def sheet(k: Kit, lang: str, draft: str = "") -> Sheet:
    """Put the words of one language together.

    Raises
    ------
    KitError
        The Italian is harder to read than it may be.
    """
    words = catalogue()[lang]
    made = []
    for item in items(k):
        n = "" if item.n is None else _said(item.n, lang)
        n = k.mark(n, *item.cells) if item.cells else plain(n, "threshold")
        text = worded(words[item.words]).format(n=n)
        alt = bare(str(words[f"{item.key}_alt"]).format(n=n, text=text))
        if item.is_wide and words["dir"] == "rtl":
            item = replace(item, svg=_pictures.row(item.n or 0, from_right=True))
        made.append((item, text, alt))
    marks = [draft] if draft else []
    marks += [words["synthetic"]] if k.is_synthetic else []
    marks += [] if words.get("source") or words["reviewed_by"] else [words["unreviewed"]]
    years = {"start": k.manifest["from"][:4], "end": k.manifest["to"][:4]}
    done = Sheet(
        lang, words["dir"], words["title"], plain(words["where"].format(**years), "date"), tuple(marks),
        tuple(made), words["thanks"], words["about"],
    )  # fmt: skip
    score = gulpease(done.texts())
    if lang == "it" and score < PLAIN:
        raise KitError(
            f"the sheet is hard to read: Gulpease {score:.0f}, at least {PLAIN} is wanted"
        )
    return done


def _said(value: int, lang: str) -> str:
    """Return a number as the language writes it; Arabic with the figures used in Italy."""
    mark = {"it": ".", "fr": "\u202f"}.get(lang, ",")
    return f"{value:,}".replace(",", mark)
