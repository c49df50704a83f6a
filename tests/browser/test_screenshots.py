"""The pictures in the READMEs are taken of the demo run's own pages, and can be taken again.

``LUNATTIVA_SCREENSHOTS=update`` writes them anew into ``reports/screenshots``; without it they are taken into
a temporary folder and those committed must be there, as wide and high, small, and shown in a README. What the
run does not make (a comparison, papers, returns, the page for coding) is made only to be taken anew: a sheet
of a PDF or workbook needs ``pdftoppm`` and ``soffice``, which nothing else does.
"""

from __future__ import annotations

import io
import os
import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from assets.across.folder import write
from assets.across.releases import gather
from assets.coding.offline import page_html
from assets.layout import Layout
from assets.outputs.compare import render_comparison
from tests.across_cases import change, compared, programme, reached, staying
from tests.conftest import Ran, lunattiva

pytestmark = pytest.mark.browser
ROOT = Path(__file__).resolve().parents[2]
COMMITTED = ROOT / "reports" / "screenshots"


@dataclass(frozen=True)
class Shot:
    """One picture: its page below the run's folder (the last one where a name has a star), how it is taken."""

    page: str
    height: int
    width: int = 1280
    kept: int = 1280
    theme: str = "light"


REPORTS = "reports/_output/demo"
#: One of each kind of page; those that are only leafed through are kept at half their size.
SHOTS = {
    "dashboard_it": Shot(f"{REPORTS}/dashboard_20*_it.html", 1010),
    "dashboard_en": Shot(f"{REPORTS}/dashboard_20*_en.html", 1010),
    "index": Shot(f"{REPORTS}/index.html", 860),
    "quality_it": Shot(f"{REPORTS}/internal/quality_it.html", 860),
    "errors_it": Shot(f"{REPORTS}/internal/errors_it.html", 700),
    "whole_it": Shot(f"{REPORTS}/dashboard_all_it.html", 1400, kept=640),
    "thesis": Shot("thesis/_output/demo/tesi.html", 1200, kept=640),
    "anonymity_it": Shot(f"{REPORTS}/anonymity_it.html", 1200, kept=640, theme="dark"),
    "codebook_it": Shot(f"{REPORTS}/codebook_it.html", 1100, kept=640),
    "sheet_it": Shot(f"{REPORTS}/sheet/sheet_it.html", 1100, kept=640),
    "sheet_ar": Shot(f"{REPORTS}/sheet/sheet_ar.html", 1200, width=390, kept=390),
}
MOST_BYTES = 150_000
IS_UPDATE = os.environ.get("LUNATTIVA_SCREENSHOTS") == "update"


def coding(folder: Path, demo: Ran) -> Path:
    """Return the page that replaces names by codes on a partner's own machine."""
    path = folder / "coding.html"
    path.write_text(page_html(), "utf-8")
    return path


def comparison(folder: Path, demo: Ran) -> Path:
    """Return a comparison of four programmes: one of them measured too far apart, one that tells little."""
    told = {
        "alfa": ("Officina del borgo", [change(7.0, 2.0), staying(0.8, 0.05), reached(187), compared(6, 2)]),
        "beta": ("Cortile aperto", [change(3.0, 2.0), staying(0.6, 0.05), compared(4, 2)]),
        "delta": ("Ponte sul lago", [change(90.0, 2.0), staying(0.7, 0.05)]),
        "gamma": ("Portineria sociale", [change(5.0, 2.0), staying(None, None), reached(None)]),
    }  # fmt: skip
    folders = [
        programme(
            folder, name, cells, title={"it": title, "en": title},
            **({"apart_days": 250} if name == "delta" else {}),
        )
        for name, (title, cells) in told.items()
    ]  # fmt: skip
    place = folder / "comparison"
    write(gather(folders), place)
    return render_comparison(place, folder / "cache", is_draft=True, langs=["it"])[0]


def paper(folder: Path, demo: Ran) -> Path:
    """Return the latest half-yearly note."""
    shutil.copytree(demo.layout.root, folder, dirs_exist_ok=True)
    layout = Layout(folder, demo.layout.programme)
    assert lunattiva(layout, "papers").code == 0
    return sorted(layout.reports_output.glob("**/nota_*.pdf"))[-1]


def returned(folder: Path, demo: Ran) -> Path:
    """Return the workbook that goes back to the partner with most to mend."""
    shutil.copytree(demo.layout.root, folder, dirs_exist_ok=True)
    layout = Layout(folder, demo.layout.programme)
    assert lunattiva(layout, "returns").code == 0
    books = sorted(layout.store.glob("returns/*/riscontro_*.xlsx"), key=lambda x: x.stat().st_size)
    office = ["soffice", f"-env:UserInstallation={(folder / 'office').as_uri()}", "--headless"]
    office += ["--convert-to", "pdf", "--outdir", str(folder), str(books[-1])]
    subprocess.run(office, check=True, capture_output=True, timeout=300)
    return folder / f"{books[-1].stem}.pdf"


#: What is made to be looked at only; of a PDF, which sheet.
APART = {
    "coding_it": (coding, Shot("", 1000, kept=640), 0),
    "compare_it": (comparison, Shot("", 1700, kept=640), 0),
    "paper_it": (paper, Shot("", 1700, kept=640), 1),
    "return_it": (returned, Shot("", 560), 3),
}


def sheet_of(path: Path, number: int) -> Image.Image:
    """Return one sheet of a PDF as a picture."""
    made = path.with_suffix(".png")
    asked = ["pdftoppm", "-png", "-singlefile", "-f", str(number), "-scale-to-x", "1280"]
    subprocess.run([*asked, "-scale-to-y", "-1", str(path), str(made.with_suffix(""))], check=True)
    return Image.open(made).convert("RGB")


def looked_at(page: Any) -> Image.Image:
    """Return what a page shows, in Italian where it can be chosen."""
    chosen = page.get_by_role("button", name="Italiano", exact=True)
    if chosen.count():
        chosen.click()
        page.evaluate("document.activeElement.blur()")
    return Image.open(io.BytesIO(page.screenshot(animations="disabled"))).convert("RGB")


def page_of(layout: Layout, shot: Shot) -> Path:
    """Return the page that a picture shows."""
    return sorted(layout.root.glob(shot.page))[-1]


def kept_small(picture: Image.Image, shot: Shot) -> Image.Image:
    """Return a picture as it is kept: its size, in few colours; fewer where it is leafed through."""
    size = (shot.kept, shot.height * shot.kept // shot.width)
    return picture.resize(size, Image.Resampling.LANCZOS).quantize(256 if shot.kept == 1280 else 48)


def test_each_picture_can_be_taken_again_and_is_as_committed(demo: Ran, open_page):
    for name, shot in SHOTS.items():
        page, _, console = open_page(page_of(demo.layout, shot), shot.width, shot.height)
        page.emulate_media(color_scheme=shot.theme)
        taken = page.screenshot(animations="disabled")
        page.emulate_media(color_scheme="light")
        assert console == []
        fresh = Image.open(io.BytesIO(taken)).convert("RGB")
        assert fresh.size == (shot.width, shot.height), name
        assert len(fresh.resize((64, 64)).getcolors(64 * 64)) > 8, "the page is blank"
        target = COMMITTED / f"{name}.png"
        made = kept_small(fresh, shot)
        if IS_UPDATE:
            made.save(target, "PNG", optimize=True)
        assert Image.open(target).size == made.size, name
        assert target.stat().st_size < MOST_BYTES, name


@pytest.mark.parametrize("name", APART)
def test_what_the_run_does_not_make_is_shown_too(name, tmp_path, request):
    make, shot, sheet = APART[name]
    target = COMMITTED / f"{name}.png"
    if IS_UPDATE:
        made = make(tmp_path, request.getfixturevalue("demo"))
        if sheet:
            taken = sheet_of(made, sheet).crop((0, 0, shot.width, shot.height))
        else:
            page, _, _ = request.getfixturevalue("open_page")(made, shot.width, shot.height)
            taken = looked_at(page)
        kept_small(taken, shot).save(target, "PNG", optimize=True)
    assert Image.open(target).width == shot.kept
    assert target.stat().st_size < MOST_BYTES


def test_every_picture_is_shown_and_every_one_shown_is_there():
    shown = {
        name
        for readme in ("README.md", "README.it.md")
        for name in re.findall(
            r"!\[[^]]{40,}\]\(reports/screenshots/(\w+)\.png\)", (ROOT / readme).read_text("utf-8")
        )
    }
    assert shown == {path.stem for path in COMMITTED.iterdir()} == {*SHOTS, *APART}
