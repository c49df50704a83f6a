"""The documents hold together: languages, names, labels, references, and no number written by hand."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest
import yaml

from assets.outputs.book import TITLE_PAGE, places
from reports import _figures, kit
from schemas.fields import AGE_BANDS, FIELDS
from schemas.indicators import indicators
from schemas.source import Source

ROOT = Path(__file__).resolve().parents[2]
BOOK = yaml.safe_load((ROOT / "thesis" / "_quarto.yml").read_text("utf-8"))["book"]
CHAPTERS = [ROOT / "thesis" / name for name in [*BOOK["chapters"], *BOOK["appendices"]]]
PAGES = [
    ROOT / "reports" / f"{name}.qmd"
    for name in (
        "anonymity",
        "codebook",
        "compare",
        "dashboard",
        "dashboard_file",
        "monitoraggio",
        "nota",
    )
]
DOCUMENTS = [*PAGES, *CHAPTERS]
WORDS = yaml.safe_load((ROOT / "reports" / "words.yml").read_text("utf-8"))
BIBLIOGRAPHY = (ROOT / "thesis" / "references.bib").read_text("utf-8")
CODE = re.compile(r"^```\{python\}.*?^```$|`\{python\}[^`]*`", re.DOTALL | re.MULTILINE)
NAMES = {
    "table": kit.TABLES,
    "figure": _figures.FIGURES,
    "show": _figures.FIGURES,
    "text": kit.TEXTS,
}


def ids(paths: list[Path]) -> list[str]:
    return [path.name for path in paths]


def calls(path: Path) -> list[ast.Call]:
    """Every call in the cells and inline expressions of a document."""
    found = []
    for code in CODE.findall(path.read_text("utf-8")):
        plain = re.sub(r"^```.*$|^`\{python\}|`$", "", code, flags=re.MULTILINE)
        tree = ast.parse("\n".join(x for x in plain.splitlines() if not x.startswith("#|")).strip())
        found += [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    return found


def test_the_book_lists_every_chapter_once():
    there = {path.name for path in (ROOT / "thesis").glob("*.qmd") if not path.name.startswith("_")}
    assert there == {path.name for path in CHAPTERS}
    assert len(CHAPTERS) == len(set(CHAPTERS))


@pytest.mark.parametrize("path", CHAPTERS, ids=ids(CHAPTERS))
def test_every_chapter_is_stamped_where_data_are_invented(path):
    if path.name == "riferimenti.qmd":
        return
    assert "{{< include _apertura.qmd >}}" in path.read_text("utf-8")
    assert 'k.text("stamp")' in (ROOT / "thesis" / "_apertura.qmd").read_text("utf-8")


@pytest.mark.parametrize("path", DOCUMENTS, ids=ids(DOCUMENTS))
def test_documents_ask_the_kit_for_names_that_exist(path):
    seen = 0
    for call in calls(path):
        if not isinstance(call.func, ast.Attribute) or not call.args:
            continue
        known = NAMES.get(call.func.attr)
        first = call.args[0]
        if known is not None and isinstance(first, ast.Constant):
            assert first.value in known, f"{path.name}: {call.func.attr} '{first.value}'"
            seen += 1
        for word in call.keywords:
            if word.arg == "indicator" and isinstance(word.value, ast.Constant):
                assert word.value.value in indicators()
    assert seen or path.name in ("riferimenti.qmd", "disegno.qmd", "discussione.qmd", "conclusioni.qmd",
                                 "contesto.qmd", "metodi.qmd")  # fmt: skip


@pytest.mark.parametrize("path", DOCUMENTS, ids=ids(DOCUMENTS))
def test_every_reference_has_its_target_and_every_citation_its_entry(path):
    whole = "\n".join(each.read_text("utf-8") for each in CHAPTERS)
    labels = set(re.findall(r"\{#((?:sec|tbl|fig|eq)-[\w-]+)", whole))
    labels |= set(re.findall(r"#\| label: ([\w-]+)", whole))
    keys = set(re.findall(r"^@\w+\{([\w-]+),", BIBLIOGRAPHY, re.MULTILINE))
    text = CODE.sub("", path.read_text("utf-8"))
    for name in re.findall(r"(?<![\w\\])@([A-Za-z][\w-]*)", text):
        assert name in labels | keys, f"{path.name}: @{name}"


def test_every_entry_of_the_bibliography_is_cited_and_can_be_checked():
    cited = "\n".join(path.read_text("utf-8") for path in CHAPTERS)
    for entry in re.split(r"\n(?=@)", BIBLIOGRAPHY.strip()):
        key = re.match(r"@\w+\{([\w-]+),", entry)[1]
        assert f"@{key}" in cited, f"{key} is never cited"
        fields = set(re.findall(r"(\w+) = \{", entry))
        assert {"author", "title", "year"} <= fields, key
        doi, url = (re.search(rf"\b{x} = \{{([^}}]+)\}}", entry) for x in ("doi", "url"))
        assert doi or url or "isbn" in fields, f"{key} cannot be looked up"
        assert not doi or re.fullmatch(r"10\.\d{4,9}/\S+", doi[1]), key
        assert not url or re.fullmatch(r"https://[\w.-]+\.\w+/\S+", url[1]), key


@pytest.mark.parametrize(
    "name", ["risultati.qmd", "discussione.qmd", "conclusioni.qmd", "replicabilita.qmd"]
)
def test_no_result_is_written_by_hand(name):
    text = CODE.sub("", (ROOT / "thesis" / name).read_text("utf-8"))
    text = re.sub(r"\{[^}]*\}|95 %|@[\w-]+|^\d\. ", "", text, flags=re.MULTILINE)
    assert not re.findall(r"\d+", text), f"{name} holds a number that no data made"


def test_each_place_of_the_thesis_stands_in_it_once_or_on_its_title_page():
    whole = "\n".join(path.read_text("utf-8") for path in CHAPTERS)
    asked = re.findall(r'k\.text\("slot", place="(\w+)"\)', whole)
    assert sorted(asked) == sorted(set(places()) - set(TITLE_PAGE))
    assert "Da scrivere" not in whole  # a box of its own would be overwritten with the document


def test_every_figure_of_a_document_has_words_in_its_languages():
    dashboard = (ROOT / "reports" / "dashboard.qmd").read_text("utf-8")
    for cell in re.findall(r"```\{python\}\n(.*?)```", dashboard, re.DOTALL):
        if "k.show(" in cell:
            assert "#| fig-alt:" in cell and "#| fig-alt-en:" in cell and "#| title-en:" in cell
    for path in CHAPTERS:
        for cell in re.findall(r"```\{python\}\n(.*?)```", path.read_text("utf-8"), re.DOTALL):
            if "k.figure(" in cell:
                assert "#| fig-cap:" in cell and "#| fig-alt:" in cell, path.name
            if "k.table(" in cell and "print" not in cell:
                assert "#| tbl-cap:" in cell and "#| label: tbl-" in cell, path.name


def test_the_kits_labels_agree_with_the_declarations():
    for name in ("gender_code", "tenure_code"):
        declared = {code: words.model_dump() for code, words in FIELDS[name].codes.items()}
        assert WORDS["levels"][name] == declared
    assert list(WORDS["levels"]["age_band"]) == list(AGE_BANDS)
    assert set(WORDS["levels"]["dataset"]) == set(
        Source.model_fields["dataset"].annotation.__args__
    )


def test_every_dimension_of_the_measures_has_a_name():
    text = "\n".join(
        path.read_text("utf-8") for path in (ROOT / "assets" / "measures").glob("*.py")
    )
    used = set(
        re.findall(
            r'"(\w+_code|age_band|area_role|is_reminded|answer|state|dataset|day|to_service|services_n)"',
            text,
        )
    )
    people = {
        "person_code",
        "household_code",
        "item_code",
        "instrument_code",
        "answer_code",
        "user_code",
    }
    codes = {
        "wave_code",
        "scale_code",
        "subject_code",
        "indicator_code",
        "source_code",
        "status_code",
    }
    rest = {"population_code", "method_code", "citizenship_code", "table_code", "category_code"}
    assert used - people - codes - rest <= set(WORDS["dimensions"])


def test_figures_and_pages_fetch_nothing():
    for path in [
        *(ROOT / "reports" / "brand").iterdir(),
        ROOT / "assets" / "outputs" / "index.html",
    ]:
        assert not re.search(r"https?://|@import|url\(", path.read_text("utf-8")), path.name
