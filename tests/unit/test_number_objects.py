"""Every number is an object: its name, its span, and the door that no bare number passes."""

from __future__ import annotations

import base64
import dataclasses
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import matplotlib.pyplot as plt
import pytest

from assets.outputs.render import numbers
from assets.outputs.render.problems import RenderError
from assets.outputs.render.source import Line
from reports import _origin, kit
from reports._released import KitError
from reports._style import HouseFigure
from reports._tables import Markdown, pipe
from tests.unit.released_sample import released_sample

ROOT = Path(__file__).resolve().parents[2]
LINE = Line("k.table('x')", Path("reports/page.qmd"), 12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return released_sample(tmp_path_factory.mktemp("released"))


@pytest.fixture
def k(folder, monkeypatch) -> kit.Kit:
    monkeypatch.setenv(_origin.MODE, "reports.kit")
    _origin.shown.clear()
    return kit.open("it", "2022Q1", folder)


def test_a_name_is_what_the_number_is_about_and_nothing_else(folder, monkeypatch):
    monkeypatch.setenv(_origin.MODE, "reports.kit")
    italian, english = kit.open("it", "2022Q1", folder), kit.open("en", "2022Q2", folder)
    cell = italian.cell("reached_n", by="gender_code", level="female")
    # By hand: base32 (RFC 4648) of the SHA-256 of the coordinates, its first eight letters.
    about = "/".join(cell.coordinates).encode()
    assert about.decode().startswith("reached_n//2022Q1/gender_code/female")
    expected = "N" + base64.b32encode(hashlib.sha256(about).digest()).decode()[:8]
    other = english.cell("reached_n", period="2022Q1", by="gender_code", level="female")
    assert _origin.number_id(cell) == _origin.number_id(other) == expected
    changed = dataclasses.replace(cell, value=99.0, n=99, data_version="another")
    assert _origin.number_id(changed) == expected, "a revised number keeps its name"
    assert len({_origin.number_id(each) for each in italian.released.cells.values()}) == len(
        italian.released.cells
    )


def test_a_number_a_sentence_and_a_table_carry_their_names(k):
    name = _origin.number_id(k.cell("reached_n"))
    span = f"[63]{{.num data-n={name}}}"
    assert k.number("reached_n")._repr_markdown_() == span
    assert f"hanno partecipato {span} persone" in str(k.sentence("reach"))
    row = str(k.table("quarters", indicators=("reached_n",)))
    assert span in row and "[T1\u00a02022]{.fixed data-why=period}" in row


def test_base_and_ends_of_an_interval_are_parts_of_the_same_object(k):
    name = _origin.number_id(k.cell("retention_rate"))
    assert str(k.n("retention_rate")) == f"[60]{{.num data-n={name}.n}}"
    said = str(k.interval("retention_rate"))
    assert f"{{.num data-n={name}.low}}" in said and f"{{.num data-n={name}.high}}" in said
    assert "[95 %]{.fixed data-why=word}" in said


def test_a_hidden_number_is_an_object_too_and_says_why_it_is_hidden(k):
    cell = k.cell("reached_n", by="gender_code", level="male")
    assert f"data-n={_origin.number_id(cell)}" in str(
        k.table("levels", indicator="reached_n", by="gender_code")
    )
    told = k.origin(_origin.number_id(cell))
    assert told["value"] == "n.d. (riservatezza)" and "troppo poche persone" in told["status"]
    assert not set(told) & {"base", "interval", "p", "missing"}


def test_a_share_names_both_numbers_it_is_made_of(k):
    text = str(k.table("levels", indicator="reached_n", by="gender_code"))
    part = k.cell("reached_n", by="gender_code", level="female")
    whole = k.cell("reached_n", by="gender_code", level="_total")
    both = "+".join(_origin.number_id(each) for each in (part, whole))
    assert f"{{.num data-n={both}}}" in text


@pytest.mark.parametrize("text", ["In tutto 12 persone", "- 3,5 punti", "| 7 % |", "[9]{.other}"])
def test_the_kit_lets_no_bare_number_into_markdown(k, text):
    with pytest.raises(KitError, match="where it comes from"):
        Markdown(text)
    assert Markdown(k.plain("12", "date")) == "[12]{.fixed data-why=date}"
    with pytest.raises(KitError, match="no measure"):
        k.plain("12", "because")


def test_a_table_row_with_one_bare_cell_is_refused(k):
    good = k.shown(k.cell("reached_n"))
    assert "data-n=" in pipe(["Persone"], [[good]])
    with pytest.raises(KitError, match="64"):
        pipe(["Persone"], [[good], ["64"]])


def test_outside_a_rendering_nothing_is_marked(folder, monkeypatch):
    monkeypatch.delenv(_origin.MODE, raising=False)
    reader = kit.open("it", "2022Q1", folder)
    assert reader.number("reached_n") == "63" and type(reader.number("reached_n")) is str
    assert Markdown("12") == "12"


def test_figures_name_bars_points_and_labels_and_refuse_a_bare_label(k):
    figure = k.figure("reach_quarters")
    data, about = figure._repr_mimebundle_()
    name = _origin.number_id(k.cell("reached_n"))
    ids = re.findall(rf'id="(n-{name}-\d+)"', data["image/svg+xml"])
    assert len(ids) == 2 and len(set(ids)) == 2, "the bar and the number on it"
    assert about["image/svg+xml"]["traced"] and not _origin.MARKS.search(data["image/svg+xml"])
    assert not _origin.MARKS.search(about["image/svg+xml"]["alt"])
    bad = plt.figure(FigureClass=HouseFigure)
    bad.subplots().text(0, 0, "42")
    with pytest.raises(KitError, match="42"):
        bad._repr_mimebundle_()
    plt.close("all")


def test_every_number_of_a_release_tells_what_it_is(k):
    for name in k.numbers:
        told = k.origin(name)
        assert told["what"] and _origin.ID.fullmatch(name)
        assert not any(_origin.MARKS.search(text) for text in told.values())
    with pytest.raises(KitError, match="Did you mean"):
        k.origin(next(iter(k.numbers))[:-1] + "7")


def test_the_page_learns_of_the_shown_numbers_only_and_each_text_once(k):
    k.table("levels", indicator="reached_n", by="gender_code")
    about = kit.origins()
    assert 3 <= len(about["numbers"]) < len(k.numbers)
    assert len(about["texts"]) == len(set(about["texts"]))
    assert all(len(x) == len(about["labels"]) for x in about["numbers"].values())
    assert kit.origins() == {}, "asked once, told once"


# -- the renderer's own reading -------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("[12]{.num data-n=NAAAAAAAA} e [2022]{.fixed data-why=date}", ""),
        ("[a \\[b\\] 1]{.fixed data-why=word}", ""),
        ("[[9]{.num data-n=NAAAAAAAA} di 10]{.fixed data-why=word}", ""),
        ("vedi [qui](pagina1.html){width=3in}", ""),
        ("in tutto 12 persone", "12"),
        ("[12]{.num}", "[12]"),
        ("[12]{.numero data-n=NAAAAAAAA}", "[12]"),
    ],
)  # fmt: skip
def test_the_renderer_finds_the_bare_number(text, stray):
    assert numbers.stray(text) == stray


def test_a_bare_number_stops_the_render_at_its_place():
    numbers.insist("[3]{.num data-n=NAAAAAAAA}", LINE, "the cell")
    with pytest.raises(RenderError, match=r"reports/page\.qmd:12: the cell shows the number '3,5'"):
        numbers.insist("una media di 3,5 punti", LINE, "the cell")


@pytest.mark.parametrize("text", ["nel 2022, 3 incontri", "`k.x(1.5)`", "[@rossi2020]", "{width=50%}", "[3,5]{.fixed data-why=source}"])  # fmt: skip
def test_prose_may_hold_years_and_counts(text):
    numbers.insist_on_prose(LINE.with_text(text))


@pytest.mark.parametrize("text", ["in media 3,5 punti", "il 12 % delle persone", "the 12% who"])
def test_prose_may_not_hold_a_measure_nobody_marked(text):
    with pytest.raises(RenderError, match="the text holds the number"):
        numbers.insist_on_prose(LINE.with_text(text))


def test_chapters_are_one_page_with_each_text_once():
    one = {"texts": ["", "a", "b"], "numbers": {"N1": [1, 2]}, "labels": ["x", "y"]}
    two = {"texts": ["", "b", "c"], "numbers": {"N2": [1, 0]}, "labels": ["x", "y"]}
    both = numbers.merged([one, {}, two])
    assert [both["texts"][i] for i in both["numbers"]["N1"]] == ["a", "b"]
    assert [both["texts"][i] for i in both["numbers"]["N2"]] == ["b", ""]
    assert "</script" not in numbers.script({"texts": ["</script>"]})


def test_a_page_of_another_engine_learns_of_its_numbers_too(folder, k):
    name = _origin.number_id(k.cell("reached_n"))
    page = f'<body><span class="num" data-n="{name}.n+NAAAAAAAA">63</span><g id="x_n-{name}-4"/></body>'
    assert numbers.names_in(page) == [name, "NAAAAAAAA"]
    done = subprocess.run(
        [sys.executable, "-c", numbers.ASK, "reports.kit", "en"],
        input=json.dumps(numbers.names_in(page)),
        capture_output=True, text=True, check=True,
        env={**os.environ, kit.ENVIRONMENT: str(folder), "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    told = numbers.told_in(page, json.loads(done.stdout))
    assert "People reached" in told and told.endswith("</body>")
    assert list(json.loads(done.stdout)["numbers"]) == [name], "what is unknown is left to say so"


def test_a_number_says_where_its_own_quarters_release_stands(tmp_path):
    folder = released_sample(tmp_path)
    assert "draft" in kit.open("en", "2022Q1", folder).versions["release"], "no file: a draft"
    states = {"2022Q1": {"state": "published", "number": 2}}
    about = {"release": "f" * 64, "state": "published", "number": 2, "periods": states}
    (folder / "release.json").write_text(json.dumps(about), "utf-8")
    told = {q: kit.open("en", q, folder).versions["release"] for q in ("2022Q1", "2022Q2", "")}
    assert told["2022Q1"] == told[""] == f"published (release 2) {'f' * 12}"
    assert told["2022Q2"].startswith("draft, not published")
