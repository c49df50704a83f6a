"""The evaluator's papers: released numbers in the framework, and places nobody but a person writes in."""

from __future__ import annotations

import re
import zipfile

import pytest

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.outputs import papers
from assets.outputs.papers import Paper, chosen, narrative, papers_of, render_papers
from reports import _papers, kit
from reports._released import KitError
from tests.unit.released_sample import released_sample

#: Front matter and cells: the rest of a document is words.
CELLS = re.compile(r"\A---.*?^---$|^```.*?^```$", re.DOTALL | re.MULTILINE)
ABOUT = {
    "quarters": ["2021Q2", "2021Q3", "2021Q4", "2022Q1", "2022Q2"],
    "latest_quarter": "2022Q1",
}


@pytest.fixture(scope="module")
def layout(tmp_path_factory):
    made = Layout(tmp_path_factory.mktemp("root"), "demo")
    released_sample(made.released)
    return made


@pytest.fixture
def k(layout):
    return kit.open(folder=layout.released, period="2021Q4")


def test_papers_follow_the_quarters_that_have_data():
    assert papers_of(ABOUT) == [
        Paper("nota", "2021S1", "2021Q2"),
        Paper("nota", "2021S2", "2021Q4"),
        Paper("nota", "2022S1", "2022Q1"),
        Paper("monitoraggio", "2021", "2021Q4"),
        Paper("monitoraggio", "2022", "2022Q1"),
    ]
    assert [each.span for each in chosen(ABOUT, None)] == ["2022S1", "2022"]
    assert [each.kind for each in chosen(ABOUT, "2021")] == ["monitoraggio"]


def test_a_half_year_without_data_is_refused_with_the_nearest():
    with pytest.raises(ConfigurationError, match="2022S1"):
        chosen(ABOUT, "2022S2")


def test_what_a_person_wrote_is_kept(layout):
    path = narrative(layout, Paper("nota", "2021S2", "2021Q4"))
    places = list(_papers._catalogue()["slots"]["nota"])
    assert re.findall(r"^## (\w+)$", path.read_text("utf-8"), re.MULTILINE) == places
    path.write_text("## sintesi\nMio testo.\n", "utf-8")
    assert narrative(layout, Paper("nota", "2021S2", "2021Q4")) == path
    assert path.read_text("utf-8") == "## sintesi\nMio testo.\n"
    path.unlink()


@pytest.mark.parametrize(
    "text", ["## sintesi\na\n## sintesi\nb\n", "## altro\na\n", "<!-- qui\na\n"]
)
def test_text_that_would_be_lost_is_refused(layout, text):
    paper = Paper("nota", "2021S2", "2021Q4")
    narrative(layout, paper).write_text(text, "utf-8")
    try:
        with pytest.raises(ConfigurationError, match="would be lost"):
            render_papers(layout, [paper])
    finally:
        narrative(layout, paper).unlink()


def test_an_empty_place_is_a_marked_box_and_a_written_one_is_not(k, tmp_path, monkeypatch):
    path = tmp_path / "nota_2021S2.md"
    path.write_text(
        "<!-- nota -->\n## sintesi\n1. Visti 12 volte.\n## criticita\n<!-- ? -->\n", "utf-8"
    )
    monkeypatch.setenv("LUNATTIVA_NARRATIVE", str(path))
    assert k.text("paper_slot", paper="nota", place="sintesi") == "#. Visti 12 volte."
    box = k.text("paper_slot", paper="nota", place="criticita")
    assert 'title="Da scrivere"' in box and "nota\\_2021S2.md" in box
    with pytest.raises(KitError, match="sintesi"):
        k.text("paper_slot", paper="nota", place="sintes")


def rows_of(table):
    return {line.split(" | ")[0].strip("| "): line.split(" | ") for line in table.splitlines()}


def test_quarters_are_summed_only_where_they_add_up(k):
    found = rows_of(k.table("paper_outputs", span="2021S2"))
    quarters = [k.cell("sessions_n", period=each).value for each in ("2021Q3", "2021Q4")]
    assert found["Incontri svolti"][3] == k.count(sum(quarters))
    assert found["Persone raggiunte"][3] == "non si somma"


def test_a_hidden_quarter_hides_the_sum(k, monkeypatch):
    hidden = next(c for c in k.released.cells.values() if c.is_hidden)
    shown = k.cell("sessions_n", period="2021Q4")
    assert _papers.summed(k, "sessions_n", [shown, hidden]) == k.shown(hidden)
    assert _papers.summed(k, "sessions_n", [shown, None]) == k.word("no_data")


def test_the_framework_tells_its_levels_and_that_a_target_is_not_set(k):
    table = k.table("paper_framework")
    assert table.index("realizzazione (output)") < table.index("esito") < table.index("impatto")
    assert "non fissato" in table
    assert "Nessun indicatore di impatto" in table
    with pytest.raises(KitError):
        k.table("paper_outputs", span="2019S1")


def test_the_note_is_a_word_document_with_styles_heads_and_feet(layout):
    paper = Paper("nota", "2021S2", "2021Q4")
    narrative(layout, paper).write_text("## sintesi\nUn semestre pieno.\n", "utf-8")
    made = render_papers(layout, [paper])
    assert [path.name for path in made] == ["nota_2021S2.pdf", "nota_2021S2.docx"]
    assert made[0].read_bytes().startswith(b"%PDF-")
    with zipfile.ZipFile(made[1]) as file:
        document = file.read("word/document.xml").decode("utf-8")
        parts = [
            name for name in file.namelist() if re.search(r"word/(header|footer)\w*\.xml$", name)
        ]
        feet = "".join(file.read(name).decode("utf-8") for name in parts)
    assert len(parts) == 2 and "NUMPAGES" in feet
    assert {"Title", "Heading1", "TableCaption"} <= set(
        re.findall(r'pStyle w:val="(\w+)"', document)
    )
    assert document.count("<w:tblHeader") >= 4
    assert 'w:w="11906"' in document, "A4"
    assert "Un semestre pieno." in document and document.count("Da scrivere a mano") == 2
    assert papers.made(layout) == {"nota_2021S2": papers.manifest(layout).get("data_version")}


def test_a_paper_in_english_has_a_name_and_a_text_of_its_own(layout):
    (paper,) = chosen(ABOUT, "2022S1", "en")
    assert paper.stem == "nota_2022S1_en"
    assert papers.title_of(paper) == "Summary note, half-year I, 2022"
    assert "the difficulties met" in narrative(layout, paper).read_text("utf-8")
    narrative(layout, paper).unlink()


@pytest.mark.parametrize("name", ["nota", "monitoraggio"])
def test_every_heading_and_caption_of_a_paper_is_said_in_english(name):
    text = (REPOSITORY / "reports" / f"{name}.qmd").read_text("utf-8")
    heads = re.findall(r"^#+ \w.*$", text, re.MULTILINE)
    assert len(heads) > 6 and all('{title-en="' in each for each in heads)
    assert text.count("#| tbl-cap:") == text.count("#| tbl-cap-en:") > 2
    assert "title-en:" in text
    prose = [
        x for x in CELLS.sub("", text).splitlines() if x and not x.startswith(("#", "[`{python}"))
    ]
    assert prose == [], "words outside the catalogue have one language"
