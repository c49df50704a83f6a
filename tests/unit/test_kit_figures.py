"""Figures: hidden numbers are gaps with a mark, text stays text, the same data gives the same bytes."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reports import kit
from tests.unit.released_sample import released_sample

FIGURES = [
    ("reach_quarters", {}),
    ("levels", {"indicator": "reached_n", "by": "gender_code"}),
    ("activities", {}),
    ("contacts", {}),
    ("change", {}),
    ("attending", {}),
    ("co_use", {}),
    ("continuity", {}),
]


@pytest.fixture(scope="module")
def k(tmp_path_factory: pytest.TempPathFactory) -> kit.Kit:
    return kit.open("it", "2022Q1", released_sample(tmp_path_factory.mktemp("released")))


def bundle(figure):
    return figure._repr_mimebundle_()


@pytest.mark.parametrize(("name", "options"), FIGURES)
def test_a_figure_is_the_same_twice_and_describes_itself(k, name, options):
    first, marks = bundle(k.figure(name, **options))
    second, _ = bundle(k.figure(name, **options))
    assert first == second
    assert first["image/png"].startswith(b"\x89PNG")
    assert len(marks["image/svg+xml"]["alt"]) > 40
    assert marks["image/svg+xml"]["alt"] == k.alt(name, **options)
    assert "<dc:date>" not in first["image/svg+xml"]


@pytest.mark.parametrize(("name", "options"), FIGURES)
def test_text_is_text_and_decimals_are_italian(k, name, options):
    svg = bundle(k.figure(name, **options))[0]["image/svg+xml"]
    words = re.findall(r"<text[^>]*>([^<]*)</text>", svg)
    assert words, "text was drawn as outlines"
    assert not [word for word in words if re.search(r"\d\.\d(?!\d\d)", word)], "a decimal point"


def test_a_hidden_level_has_a_mark_and_no_bar(k):
    figure = k.figure("levels", indicator="reached_n", by="gender_code")
    [axes] = figure.axes
    assert [round(bar.get_width()) for bar in axes.patches] == [42], "one bar: the only shown level"
    assert [text.get_text() for text in axes.texts] == ["42", "n.d.", "n.d."]


def test_a_hidden_month_is_a_gap_with_a_cross(k):
    figure = k.figure("contacts")
    panel = next(axes for axes in figure.axes if axes.get_title(loc="left") == "Centro di ascolto")
    series, crosses = panel.lines[0].get_ydata(), panel.lines[1]
    # August 2021 is the third of thirteen months; it is hidden in the sample.
    assert [index for index, value in enumerate(series) if value != value] == [2]
    assert crosses.get_marker() == "x" and len(crosses.get_xdata()) == 1


def test_known_events_and_turning_dates_are_marked(k):
    texts = [t.get_text() for axes in k.figure("contacts").axes for t in axes.texts]
    assert any("Green pass" in text for text in texts)
    assert any("sportello unico" in text for text in texts)


def test_the_descriptions_never_give_a_hidden_number_away(k):
    alt = k.alt("levels", indicator="reached_n", by="gender_code")
    assert "uomo: n.d. (riservatezza)" in alt


@pytest.mark.parametrize("name", ["activities", "contacts", "change"])
def test_nothing_to_draw_is_said(tmp_path: Path, name):
    reader = kit.open("en", "2016Q2", released_sample(tmp_path, bare=True))
    assert reader.show(name) == "No data for this period."
    assert bundle(reader.figure(name))[1]["image/svg+xml"]["alt"] == "No data for this period."


def test_no_text_runs_over_another_or_off_the_figure(k):
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    for name, options in FIGURES:
        figure = k.figure(name, **options)
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        boxes = []
        for axes in figure.axes:
            titles = [axes.title, axes._left_title, axes.xaxis.label]
            # A tick beyond the axis has a label that is never drawn.
            ends = axes.get_xlim()
            drawn = [t for t in axes.get_xticklabels() if ends[0] <= t.get_position()[0] <= ends[1]]
            labels = [*drawn, *axes.get_yticklabels()]
            for text in [*axes.texts, *titles, *labels]:
                if text.get_text().strip() and text.get_visible():
                    boxes.append((text.get_text(), text.get_window_extent(canvas.get_renderer())))
        width, height = figure.bbox.width, figure.bbox.height
        for text, box in boxes:
            inside = box.x0 >= -1 and box.x1 <= width + 1 and box.y0 >= -1 and box.y1 <= height + 1
            assert inside, (name, text)
        for i, (text, box) in enumerate(boxes):
            clash = [
                other
                for other, around in boxes[i + 1 :]
                if box.shrunk(0.9, 0.9).overlaps(around.shrunk(0.9, 0.9))
            ]
            assert not clash, (name, text, clash)
