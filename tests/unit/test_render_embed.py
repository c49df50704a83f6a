"""Pictures put into a page, and marks of numbers that pass pandoc as plain letters."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assets.outputs.render import numbers
from assets.outputs.render.embed import NotThereError, aligned, embedded
from assets.outputs.render.kernel import SLOW_GRAMMAR, without_slow_grammar

DRAWING = """<?xml version="1.0"?>
<svg xmlns="http://www.w3.org/2000/svg" width="10pt" height="5pt" viewBox="0 0 10 5">
<g id="n-NABCDEFGH-1" clip-path="url(#p1)"><use xlink:href="#m1"/></g></svg>
"""


def test_a_drawing_becomes_part_of_the_page_under_names_of_its_own(tmp_path: Path) -> None:
    (tmp_path / "a.svg").write_text(DRAWING, encoding="utf-8")
    image = '<img src="a.svg" class="cell-figure inline-svg" alt="Two &quot;bars&quot;" />'
    page = embedded(f"{image}{image}", tmp_path)
    assert page.count('role="img" aria-label="Two &quot;bars&quot;"') == 2
    assert 'id="f1_n-NABCDEFGH-1" clip-path="url(#f1_p1)"><use xlink:href="#f1_m1"' in page
    assert 'id="f2_n-NABCDEFGH-1"' in page and "<?xml" not in page


def test_any_other_picture_becomes_its_own_address(tmp_path: Path) -> None:
    (tmp_path / "a b.png").write_bytes(b"\x89PNG")
    page = embedded('<img src="a%20b.png" alt="A" />', tmp_path)
    assert page == '<img src="data:image/png;base64,iVBORw==" alt="A" />'


@pytest.mark.parametrize("page", ['<img src="no.png" />', '<video src="film.mp4"></video>'])
def test_what_the_page_would_have_to_fetch_is_refused(tmp_path: Path, page: str) -> None:
    with pytest.raises(NotThereError):
        embedded(page, tmp_path)


def test_cells_to_the_right_say_so_in_a_word() -> None:
    left, right = (f'<td style="text-align: {side};">x' for side in ("left", "right"))
    assert aligned(left + right) == '<td>x<td class="right">x'


def test_marks_come_back_as_the_spans_they_stand_for() -> None:
    row = "| [12,3\u00a0%]{.num data-n=NABCDEFGH.low} | [2022]{.fixed data-why=date} |"
    made = numbers.shortened(f"| a |\n{row}")
    assert "{" not in made
    page = numbers.with_spans(made)
    assert '<span class="num" data-n="NABCDEFGH.low">12,3\u00a0%</span>' in page
    assert '<span class="fixed" data-why="date">2022</span>' in page
    assert numbers.without_marks(made).endswith("| 12,3\u00a0% | 2022 |")


def test_a_long_row_stays_long_and_prose_stays_as_it_is() -> None:
    """pandoc gives a table widths where a row is longer than 72 letters."""
    row = "| [1]{.num data-n=NABCDEFGH} | [2]{.num data-n=NABCDEFGH+NABCDEFGI} | text |"
    assert len(row) > numbers.WIDE < len(numbers.shortened(row))
    for text in ("In [12]{.num data-n=NABCDEFGH}", r"| [a\|b 1]{.fixed data-why=word} |"):
        assert numbers.shortened(text) == text


def test_an_import_goes_without_the_slow_grammar_and_leaves_no_trace(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delitem(sys.modules, SLOW_GRAMMAR, raising=False)
    with without_slow_grammar(), pytest.raises(ImportError):
        __import__(SLOW_GRAMMAR)
    assert SLOW_GRAMMAR not in sys.modules
