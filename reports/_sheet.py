"""Back to the neighbourhood: one page in plain words and pictures, in four languages.

Run as a program it writes the sheets beside each other: ``python -m reports._sheet OUT``. It reads
released cells only (``LUNATTIVA_RELEASED``); a number that is not shown leaves its picture out. The
Italian is measured before it is written.
"""

from __future__ import annotations

import base64
import html
import io
import json
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Any

import yaml

from reports import _pictures
from reports._gulpease import PLAIN, gulpease
from reports._released import KitError

if TYPE_CHECKING:
    from reports.kit import Kit

HERE = Path(__file__).parent
WORDS = HERE / "sheet_words.yml"
FONT = "DejaVu Sans"
DAYS = "90"
SCALE = "who5"
TEN = 10
#: Sizes of the PDF's letters in points, tried in this order, and what sheet.typ says of one too large.
SIZES = (14.5, 14, 13.5, 13, 12, 11)
ONE_PAGE = "sheet must fit on one page"


@dataclass(frozen=True)
class Item:
    """One statement with its picture; ``n`` is the number said in the words, already rounded."""

    key: str
    words: str
    n: int | None
    svg: str
    is_wide: bool = False


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """Return the words by language, in the order of the file."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return found


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


def _value(k: Kit, indicator: str, **where: str) -> float | None:
    if not k.has(indicator, period="all"):
        return None
    try:
        cell = k.cell(indicator, period="all", **where)
    except KitError:  # this release does not know the level
        return None
    return cell.value if cell else None


def _counted(k: Kit, key: str, indicator: str, svg: str) -> Item | None:
    value = _value(k, indicator)
    return Item(key, key, readable(value), svg) if value else None


def _women(k: Kit) -> Item | None:
    women = _value(k, "reached_n", by="gender_code", level="female")
    everybody = _value(k, "reached_n")
    if not women or not everybody:
        return None
    return _of_ten("women", women / everybody)


def _stay(k: Kit) -> Item | None:
    share = _value(k, "attending_share", by="day", level=DAYS)
    return _of_ten("stay", share) if share is not None else None


def _of_ten(key: str, share: float) -> Item:
    filled = int(share * TEN + 0.5)
    return Item(key, key, filled, _pictures.row(filled), is_wide=True)


def _change(k: Kit) -> Item | None:
    cell = k.cell("score_change", SCALE, period="all") if k.has("score_change", SCALE) else None
    if cell is None or cell.value is None:
        return None
    direction = 0 if cell.crosses else (1 if cell.value > 0 else -1)
    words = {1: "up", 0: "same", -1: "down"}[direction]
    return Item("change", f"{SCALE}_{words}", None, _pictures.face(direction))


@dataclass(frozen=True)
class Sheet:
    """One sheet in one language: its words put together, not yet set."""

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
        return [self.title, *(text for _, text, _ in self.items), self.thanks, self.about]


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
        text = str(words[item.words]).format(n=n)
        alt = str(words[f"{item.key}_alt"]).format(n=n, text=text)
        if item.is_wide and words["dir"] == "rtl":
            item = replace(item, svg=_pictures.row(item.n or 0, from_right=True))
        made.append((item, text, alt))
    marks = [draft] if draft else []
    marks += [words["synthetic"]] if k.is_synthetic else []
    marks += [] if words.get("source") or words["reviewed_by"] else [words["unreviewed"]]
    years = {"start": k.manifest["from"][:4], "end": k.manifest["to"][:4]}
    done = Sheet(
        lang, words["dir"], words["title"], words["where"].format(**years), tuple(marks),
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


def as_html(made: Sheet) -> str:
    """Return the page: self-contained, its pictures described."""
    rows = [
        f"<li{' class=wide' if item.is_wide else ''}>"
        f"{_described(item.svg, alt)}<p>{html.escape(text)}</p></li>"
        for item, text, alt in made.items
    ]
    system = 'system-ui, "Segoe UI", Roboto, "Noto Sans Arabic", "DejaVu Sans", Arial, sans-serif'
    own = made.direction == "rtl"
    return Template((HERE / "sheet.html").read_text(encoding="utf-8")).substitute(
        lang=made.lang,
        dir=made.direction,
        title=html.escape(made.title),
        where=html.escape(made.where),
        marks="\n".join(f'<p class="mark">{html.escape(mark)}</p>' for mark in made.marks),
        items="\n".join(rows),
        thanks=html.escape(made.thanks),
        about=html.escape(made.about),
        family=f"Sheet, {system}" if own else system,
        font=_font_face(_letters(made)) if own else "",
    )


def _described(svg: str, alt: str) -> str:
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt, quote=True)}" ', 1)


def _letters(made: Sheet) -> str:
    return "".join(sorted(set("".join([made.where, *made.marks, *made.texts()]))))


def font_file() -> Path:
    """Return the file of the font the PDFs are set in, which comes with matplotlib (free licence)."""
    import importlib.util

    spec = importlib.util.find_spec("matplotlib")
    folder = Path(next(iter((spec.submodule_search_locations if spec else None) or [])))
    return folder / "mpl-data" / "fonts" / "ttf" / "DejaVuSans.ttf"


def _font_face(letters: str) -> str:
    """Return the letters of a script that not every machine has a font for, inside the page."""
    from fontTools import subset  # type: ignore[import-untyped]
    from fontTools.ttLib import TTFont  # type: ignore[import-untyped]

    font = TTFont(font_file(), recalcTimestamp=False)
    options = subset.Options()
    options.layout_features = ["*"]
    options.hinting = False
    options.drop_tables += ["FFTM"]  # a time stamp of the font's editor
    maker = subset.Subsetter(options)
    maker.populate(text=letters)
    maker.subset(font)
    font.flavor = "woff"
    out = io.BytesIO()
    font.save(out)
    data = base64.b64encode(out.getvalue()).decode()
    return f'@font-face {{ font-family: Sheet; src: url("data:font/woff;base64,{data}") format("woff"); }}'


def as_pdf(made: Sheet) -> bytes:
    """Return the sheet as a tagged PDF of one A4 page, in the largest letters that fit.

    Raises
    ------
    KitError
        It does not fit on one page in small letters, or a letter has no font.
    """
    import typst

    with tempfile.TemporaryDirectory(prefix="lunattiva-") as folder:
        place = Path(folder)
        for number, (item, _, _) in enumerate(made.items):
            (place / f"{number}.svg").write_text(item.svg, encoding="utf-8")
        (place / "sheet.typ").write_text((HERE / "sheet.typ").read_text("utf-8"), encoding="utf-8")
        for size in SIZES:
            told = json.dumps({**_told(made), "size": size})
            (place / "sheet.json").write_text(told, encoding="utf-8")
            try:
                return _set(place)
            except typst.TypstError as error:
                if ONE_PAGE not in str(error):
                    raise
    raise KitError(f"the {made.lang} {ONE_PAGE}")


def _set(place: Path) -> bytes:
    import typst

    content, warnings = typst.compile_with_warnings(
        str(place / "sheet.typ"),
        root=str(place),
        font_paths=[str(font_file().parent)],
        ignore_system_fonts=True,
        pdf_standards=["ua-1"],
    )
    if warnings:
        said = "; ".join(sorted({str(each.message) for each in warnings}))
        raise KitError(f"the sheet cannot be set faithfully: {said}")
    return content


def _told(made: Sheet) -> dict[str, Any]:
    rows = [
        {"svg": f"{n}.svg", "text": text, "alt": alt, "wide": item.is_wide}
        for n, (item, text, alt) in enumerate(made.items)
    ]
    return {
        "lang": made.lang, "dir": made.direction, "title": made.title, "where": made.where,
        "marks": list(made.marks), "items": rows, "thanks": made.thanks, "about": made.about,
        "font": FONT,
    }  # fmt: skip


def write(folder: Path, langs: Iterable[str], drafts: dict[str, str]) -> list[Path]:
    """Write the sheets as HTML and PDF; ``drafts`` says in each language that nothing is approved."""
    from reports import kit

    k = kit.open("it")
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for lang in langs:
        one = sheet(k, lang, drafts.get(lang, ""))
        page, paper = folder / f"sheet_{lang}.html", folder / f"sheet_{lang}.pdf"
        page.write_text(as_html(one), encoding="utf-8", newline="\n")
        paper.write_bytes(as_pdf(one))
        made += [page, paper]
    return made


if __name__ == "__main__":
    write(Path(sys.argv[1]), list(catalogue()), json.loads(sys.argv[2]) if sys.argv[2:] else {})
