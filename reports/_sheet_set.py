"""The sheet for the neighbourhood as a page and as a PDF.

Run as a program it writes the sheets beside each other: ``python -m reports._sheet_set OUT DRAFTS``,
and prints what their pages must know of their numbers.
"""

from __future__ import annotations

import base64
import html
import io
import json
import re
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from string import Template
from typing import Any

from reports._origin import as_html, bare, number_id
from reports._released import KitError
from reports._sheet import Sheet, catalogue, sheet
from reports._sheet_origin import origins

HERE = Path(__file__).parent
BRAND = HERE / "brand" / "lunattiva.css"
FONT = "DejaVu Sans"
#: The kit's language whose numbers are written as in one it has no words of.
SPOKEN = {"fr": "it", "ar": "en"}
#: Sizes of the PDF's letters in points, tried in this order, and what sheet.typ says of one too large.
SIZES = (14.5, 14, 13.5, 13, 12, 11)
ONE_PAGE = "sheet must fit on one page"
#: A colour of a picture: on the page it is a name, which a theme gives another value.
COLOUR = re.compile(r'\b(fill|stroke)="#([0-9a-f]{6})"')


def as_page(made: Sheet) -> str:
    """Return the page: self-contained, its pictures described."""
    rows = [
        f"<li{' class=wide' if item.is_wide else ''}>"
        f"{_described(item.svg, alt)}<p>{as_html(text)}</p></li>"
        for item, text, alt in made.items
    ]
    system = 'system-ui, "Segoe UI", Roboto, "Noto Sans Arabic", "DejaVu Sans", Arial, sans-serif'
    own = made.direction == "rtl"
    return Template((HERE / "sheet.html").read_text(encoding="utf-8")).substitute(
        lang=made.lang,
        dir=made.direction,
        title=html.escape(made.title),
        dark=html.escape(catalogue()[made.lang]["dark"]),
        where=as_html(made.where),
        marks="\n".join(f'<p class="mark">{html.escape(mark)}</p>' for mark in made.marks),
        items="\n".join(rows),
        thanks=html.escape(made.thanks),
        about=html.escape(made.about),
        brand=BRAND.read_text(encoding="utf-8"),
        family=f"Sheet, {system}" if own else system,
        font=_font_face(_letters(made)) if own else "",
    )


def _described(svg: str, alt: str) -> str:
    svg = COLOUR.sub(r'\1="var(--f-\2, #\2)"', svg.replace('"#fff"', '"#ffffff"'))
    return svg.replace("<svg ", f'<svg role="img" aria-label="{html.escape(alt, quote=True)}" ', 1)


def _letters(made: Sheet) -> str:
    """Return every letter the page shows: also those of its buttons and of what a click says."""
    words = catalogue()[made.lang]
    said = [words["dark"], *words.get("origin", {}).values()]
    return "".join(sorted(set("".join([bare(made.where), *made.marks, *made.texts(), *said]))))


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
            (place / f"{number}.svg").write_text(item.svg, encoding="utf-8", newline="\n")
        (place / "sheet.typ").write_text(
            (HERE / "sheet.typ").read_text("utf-8"), encoding="utf-8", newline="\n"
        )
        for size in SIZES:
            told = json.dumps({**_told(made), "size": size})
            (place / "sheet.json").write_text(told, encoding="utf-8", newline="\n")
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
        {"svg": f"{n}.svg", "text": bare(text), "alt": alt, "wide": item.is_wide}
        for n, (item, text, alt) in enumerate(made.items)
    ]
    return {
        "lang": made.lang, "dir": made.direction, "title": made.title, "where": bare(made.where),
        "marks": list(made.marks), "items": rows, "thanks": made.thanks, "about": made.about,
        "font": FONT,
    }  # fmt: skip


def write(folder: Path, langs: Iterable[str], drafts: dict[str, str]) -> dict[str, Any]:
    """Write the sheets as HTML and PDF; ``drafts`` says in each language that nothing is approved.

    Returns
    -------
    dict
        Of each language what its page must know of its numbers.
    """
    from reports import kit

    folder.mkdir(parents=True, exist_ok=True)
    about: dict[str, Any] = {}
    for lang in langs:
        # The words are rounded coarsely as they are; to round twice would be to miss.
        exact = kit.open(SPOKEN.get(lang, lang), public=False)
        one = sheet(exact, lang, drafts.get(lang, ""))
        page, paper = folder / f"sheet_{lang}.html", folder / f"sheet_{lang}.pdf"
        page.write_text(as_page(one), encoding="utf-8", newline="\n")
        paper.write_bytes(as_pdf(one))
        about[lang] = _origins(lang, one)
    return about


def _origins(lang: str, made: Sheet) -> dict[str, Any]:
    """Return what a click says, counts of people as on every public page."""
    from reports import kit

    words = catalogue()[lang].get("origin")
    if words:
        return origins(kit.open(SPOKEN[lang]), made, words)
    names = [number_id(cell) for item, _, _ in made.items for cell in item.cells]
    return kit.origins(names, lang)


if __name__ == "__main__":
    made = write(Path(sys.argv[1]), list(catalogue()), json.loads(sys.argv[2]))
    json.dump(made, sys.stdout)
