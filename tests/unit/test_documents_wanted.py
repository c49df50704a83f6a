"""A programme says what its runs draw besides the pages: ``documents`` in ``programme.yml``."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.outputs import sheet, thesis
from tests.intake_sample import programme


def asking(root: Path, line: str) -> Layout:
    """Return a programme with one more line, and a book and a sheet of other data."""
    layout = programme(root)
    with (layout.raw / "programme.yml").open("a", encoding="utf-8") as declared:
        declared.write(f"{line}\n")
    for name in ("sheet/sheet_it.html", "sheet/sheet_it.pdf", "index.html"):
        (layout.reports_output / name).parent.mkdir(parents=True, exist_ok=True)
        (layout.reports_output / name).touch()
    layout.thesis_output.mkdir(parents=True)
    for kind in thesis.FORMATS:
        (layout.thesis_output / f"tesi.{kind}").touch()
    return layout


@pytest.mark.parametrize(
    ("line", "drawn", "left"),
    [
        ("", ["thesis", "sheet"], 5),
        ("documents: [thesis]", ["thesis"], 3),
        ("documents: [sheet]", ["sheet"], 2),
        ("documents: []", [], 0),
    ],
)
def test_what_is_not_asked_for_is_not_drawn_nor_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, line: str, drawn: list[str], left: int
) -> None:
    layout = asking(tmp_path, line)
    done: list[str] = []
    monkeypatch.setattr(thesis, "render_thesis", lambda _: done.append("thesis") or [])
    monkeypatch.setattr(sheet, "render_sheets", lambda _: done.append("sheet") or [])
    thesis.bring_up(layout)
    sheet.bring_up(layout)
    assert done == drawn
    assert len([*layout.thesis_output.iterdir(), *sheet.pages(layout)]) == left
    assert (layout.reports_output / "index.html").is_file()


def test_an_unknown_document_is_told_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="did you mean 'thesis'"):
        _ = asking(tmp_path, "documents: [tesis]").definition
