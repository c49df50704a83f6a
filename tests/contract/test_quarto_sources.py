"""The documents use only what Quarto documents: held against its reference where Quarto itself is not at hand.

The names were read in Quarto's reference (code cells for Jupyter, dashboards, value boxes, books,
Typst, cross-references, callouts, shortcodes), in the schemas of its sources, which its YAML checks use, and in
the Lua that lays out its dashboards (``src/resources/filters``).
Each document is looked at as Quarto gets it: in one language, its variants resolved.
"""

from __future__ import annotations

import ast
import re
import subprocess
from pathlib import Path

import pytest
import yaml
from defusedxml import ElementTree

from assets.outputs.render import RenderError, RenderJob
from assets.outputs.render.book import plan
from assets.outputs.render.pandoc import READER, pandoc_path
from assets.outputs.render.quarto import in_language

ROOT = Path(__file__).resolve().parents[2]
REPORTS = sorted((ROOT / "reports").glob("*.qmd"))
CHAPTERS = sorted((ROOT / "thesis").glob("*.qmd"))
BOOK = yaml.safe_load((ROOT / "thesis" / "_quarto.yml").read_text("utf-8"))
LANGUAGES = ("it", "en")
#: Options of a code cell for Jupyter; those of cards and value boxes in dashboards.
CELL_OPTIONS = {
    "label", "classes", "tags", "id", "eval", "echo", "code-fold", "output", "warning", "error", "include",
    "fig-cap", "fig-subcap", "fig-alt", "fig-align", "tbl-cap", "tbl-colwidths", "layout", "layout-ncol",
    "column", "cap-location",
}  # fmt: skip
CARD_OPTIONS = {"title", "padding", "expandable", "width", "height"}
BOX_COLOURS = {"primary", "secondary", "success", "info", "warning", "danger", "light", "dark"}
#: Names of Bootstrap's icons that the boxes use.
ICONS = {"people", "calendar", "clock", "arrow-repeat", "cash-coin"}
FRONT_MATTER = {
    "title", "subtitle", "author", "date", "lang", "format", "execute", "toc", "toc-depth", "number-sections",
    "bibliography", "csl",
}  # fmt: skip
FORMATS = {
    "html": {"theme", "html-math-method", "toc", "toc-depth"},
    "dashboard": {"orientation", "scrolling", "expandable", "theme"},
    "typst": {"columns", "citeproc"},
    "docx": {"reference-doc", "toc"},
}
CALLOUTS = {f"callout-{x}" for x in ("note", "tip", "warning", "important", "caution")}
#: A heading of a dashboard's rows and columns: Quarto shows no words of it (``quarto-post/dashboard.lua``
#: makes a container of what follows it); a width or height, and a class, which it passes on.
LAYOUT = re.compile(
    r'(?:##|###) (?:Row|Column)(?: \{(?:\.apart|(?:width|height)="\d+(?:\.\d+)?(?:%|px)")\})?'
)
#: Classes of blocks in dashboards: those of Quarto's, and ours for a card that opens a section.
CARDS = {"card", "opens", "valuebox"}
LISTS = {"list-of-figures", "list-of-tables"}
BLOCK = re.compile(r"^(:{3,}) \{([^}]*)\}\n(.*?)^\1$", re.MULTILINE | re.DOTALL)
CELL = re.compile(r"^```\{python\}\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FENCED = re.compile(r"^```.*?^```$", re.MULTILINE | re.DOTALL)
LABEL = re.compile(r"(?:fig|tbl|sec|eq)-[a-z0-9]+(?:-[a-z0-9]+)*")


def as_quarto_gets_it(path: Path, lang: str) -> str:
    return in_language(path.read_text("utf-8"), path, lang)


def front_matter(path: Path) -> dict:
    found = re.match(r"---\n(.*?)\n---\n", path.read_text("utf-8"), re.DOTALL)
    return yaml.safe_load(found[1]) if found else {}


def cells(text: str) -> list[tuple[dict, str]]:
    """Return of each cell its options and its code."""
    found = []
    for body in CELL.findall(text):
        lines = body.splitlines()
        options = [line[2:].strip() for line in lines if line.startswith("#|")]
        code = "\n".join(line for line in lines if not line.startswith("#|"))
        found.append((yaml.safe_load("\n".join(options)) or {}, code))
    return found


def is_dashboard(path: Path) -> bool:
    declared = front_matter(path).get("format")
    return isinstance(declared, dict) and "dashboard" in declared


BOTH = pytest.mark.parametrize("lang", LANGUAGES)
EVERY = pytest.mark.parametrize("path", [*REPORTS, *CHAPTERS], ids=lambda path: path.name)


@EVERY
@BOTH
def test_cells_have_options_that_quarto_knows_and_none_of_ours_is_left(path, lang):
    known = CELL_OPTIONS | (CARD_OPTIONS if is_dashboard(path) else set())
    for options, _ in cells(as_quarto_gets_it(path, lang)):
        # A card's title in a page that is no dashboard would be dropped; the intern's page has none.
        assert set(options) <= known, f"{path.name}: {set(options) - known}"
        assert options.get("output", True) in (True, False, "asis")
        assert not any(isinstance(x, str) and not x for x in options.values()), path.name


@EVERY
def test_front_matter_is_of_the_forms_the_schema_takes(path):
    about = front_matter(path)
    ours = {key for key in about if key.startswith("lunattiva-") or key.endswith(("-it", "-en"))}
    assert set(about) - ours <= FRONT_MATTER, path.name
    declared = about.get("format", "html")
    # A list is refused: a format is one name, or a mapping of names to their options.
    assert isinstance(declared, (str, dict)), path.name
    for name, options in ({declared: None} if isinstance(declared, str) else declared).items():
        assert name in FORMATS, path.name
        assert options == "default" or set(options or {}) <= FORMATS[name], path.name
        assert options is not None or isinstance(declared, str), "an empty format is left out"
    execute = about.get("execute") or {}
    assert not {"freeze", "cache"} & set(execute), "results would be those of older data"


def test_the_book_is_declared_as_quarto_wants_it():
    assert BOOK["project"]["type"] == "book" and BOOK["book"]["chapters"][0] == "index.qmd"
    listed = [*BOOK["book"]["chapters"], *BOOK["book"]["appendices"]]
    assert all(isinstance(each, str) for each in listed)  # Word drops the headings of parts
    included = {path.name for path in CHAPTERS if path.name.startswith("_")}
    assert sorted(listed) == sorted({path.name for path in CHAPTERS} - included)
    assert set(BOOK) - {"project", "book"} <= FRONT_MATTER
    assert set(BOOK["format"]) == {"html", "typst", "docx"}
    for name, options in BOOK["format"].items():
        assert options == "default" or set(options) <= FORMATS[name]
    assert BOOK["format"]["typst"]["citeproc"] is True, "else Typst cites, numbered, at the end"
    assert BOOK["format"]["html"]["html-math-method"] == "mathml", "others fetch a script"
    assert BOOK["format"]["html"]["theme"] == "default", "others fetch fonts"
    assert (ROOT / "thesis" / BOOK["bibliography"]).is_file()
    style = ElementTree.parse(ROOT / "thesis" / BOOK["csl"]).getroot()
    assert style.tag == "{http://purl.org/net/xbiblio/csl}style" and style.get("version") == "1.0"


@pytest.mark.parametrize("path", [x for x in CHAPTERS if x.name[0] != "_"], ids=lambda x: x.name)
def test_a_chapter_begins_with_its_only_first_heading(path):
    headings = re.findall(r"^(#+) ", FENCED.sub("", path.read_text("utf-8")), re.MULTILINE)
    assert headings[0] == "#" and headings.count("#") == 1


@EVERY
@BOTH
def test_labels_captions_and_references_are_quartos(path, lang):
    text = as_quarto_gets_it(path, lang)
    for options, code in cells(text):
        label = options.get("label", "")
        kind = label.partition("-")[0]
        if kind in ("fig", "tbl"):
            assert LABEL.fullmatch(label), label
            assert f"{kind}-cap" in options, f"{label}: what is referred to needs a caption"
        assert "fig-cap" not in options or "fig-alt" in options or "k.show" in code, label
    for name in re.findall(r"\{#([\w-]+)", FENCED.sub("", text)):
        assert name == "refs" or LABEL.fullmatch(name), name


@EVERY
@BOTH
def test_blocks_are_closed_and_of_classes_with_a_meaning(path, lang):
    text = FENCED.sub("", as_quarto_gets_it(path, lang))
    open_blocks = []
    for line in text.splitlines():
        mark = re.match(r"(:{3,})\s*(.*)", line)
        if mark and mark[2]:
            open_blocks.append(mark[1])
            classes = set(re.findall(r"\.([\w-]+)", re.sub(r'"[^"]*"', "", mark[2])))
            known = CALLOUTS | LISTS | (CARDS if is_dashboard(path) else set())
            assert classes <= known | set(front_matter(path).get("lunattiva-classes", ())), line
            attributes = set(re.findall(r'\b([\w-]+)="', mark[2]))
            assert attributes <= {
                "title",
                "collapse",
                *(("icon", "color") * ("valuebox" in classes)),
            }, line
            assert 'collapse="' not in line or 'collapse="true"' in line, line
        elif mark:
            assert open_blocks, f"{path.name}: a block is closed that was never opened"
            open_blocks.pop()
    assert not open_blocks, path.name


@EVERY
def test_shortcodes_are_quartos_and_an_include_stands_alone(path):
    lines = path.read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        for name, argument in re.findall(r"\{\{<\s*(\S+)\s*(.*?)\s*>\}\}", line):
            assert name in ("include", "meta", "pagebreak")
            if name == "include":
                assert (path.parent / argument).is_file() and argument.startswith("_")
                around = [*lines[max(number - 1, 0) : number], *lines[number + 1 : number + 2]]
                assert not any(around), (
                    f"{path.name}:{number + 1}: blank lines go around an include"
                )


@pytest.mark.parametrize("path", [x for x in REPORTS if is_dashboard(x)], ids=lambda x: x.name)
@BOTH
def test_a_dashboard_is_rows_and_columns_and_shows_one_value_a_cell(path, lang):
    text = as_quarto_gets_it(path, lang)
    for heading in re.findall(r"^#+ .*$", FENCED.sub("", text), re.MULTILINE):
        assert LAYOUT.fullmatch(heading), f"Quarto would show nothing of '{heading}'"
    for options, code in cells(text):
        if options.get("include") is False:
            continue
        # Each expression line of a dashboard's cell is shown: there is one, and it is the last.
        shown = [each for each in ast.parse(code).body if isinstance(each, ast.Expr)]
        assert len(shown) == 1 and ast.parse(code).body[-1].lineno == shown[0].lineno, code
        assert options.get("title"), "a card without a title: the row's heading would not show"


@pytest.mark.parametrize("path", [x for x in REPORTS if is_dashboard(x)], ids=lambda x: x.name)
@BOTH
def test_boxes_and_cards_hold_what_quarto_shows_of_them(path, lang):
    """Of a cell Quarto's value box shows the value alone (``valueboxContent``); of a block the rest as well."""
    text = as_quarto_gets_it(path, lang)
    for _, attributes, inside in BLOCK.findall(text):
        found = dict(re.findall(r'([\w-]+)="([^"]*)"', attributes))
        paragraphs = [each for each in re.split(r"\n\s*\n", inside.strip()) if each]
        if ".card" in attributes:
            # A card without a body is none, and what it is called would not show.
            assert found.get("title") and paragraphs, attributes
        if ".opens" in attributes:
            assert len(paragraphs) == 1, attributes
            before, after = text.split(inside, 1)
            assert re.search(r"^## Row\n\n::: \{[^}]*\}\n\Z", before, re.MULTILINE), attributes
            assert after.startswith(":::\n\n## Row"), attributes
        if ".valuebox" in attributes:
            assert found["title"] and found["icon"] in ICONS and found["color"] in BOX_COLOURS
            assert len(paragraphs) == 2, "the value, and its note"


def test_the_book_lists_its_figures_and_tables_itself():
    """Quarto knows no such lists for pages and Word: whatever stands in these blocks is all it shows."""
    text = (ROOT / "thesis" / "index.qmd").read_text("utf-8")
    made = {re.sub(r"[.{}]", "", kind): inside for _, kind, inside in BLOCK.findall(text)}
    assert set(made) == LISTS
    assert all(cells(inside) for inside in made.values())


def test_pandoc_reads_every_document_without_a_word(tmp_path):
    names = []
    for path in (*REPORTS, *CHAPTERS):
        for lang in LANGUAGES:
            names.append(f"{path.stem}-{lang}.md")
            body = re.sub(r"\A---\n.*?\n---\n", "", as_quarto_gets_it(path, lang), flags=re.DOTALL)
            (tmp_path / names[-1]).write_text(body, "utf-8")
    asked = [
        pandoc_path(),
        "--file-scope",
        "--fail-if-warnings",
        "-f",
        READER,
        "-t",
        "json",
        *names,
    ]
    read = subprocess.run(
        asked, cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60
    )
    assert (read.returncode, read.stderr) == (0, "")
    assert '":::' not in read.stdout, "a fence that opens or closes nothing is a paragraph"


@pytest.mark.parametrize("path", REPORTS, ids=lambda path: path.name)
def test_parameters_are_declared_in_one_cell_since_quarto_says_nothing_of_others(path):
    tagged = [
        code
        for options, code in cells(path.read_text("utf-8"))
        if "parameters" in options.get("tags", ())
    ]
    assert len(tagged) == 1
    for each in ast.parse(tagged[0]).body:
        assert isinstance(each, ast.Assign) and isinstance(each.value, ast.Constant)


def test_a_list_of_formats_is_refused_here_as_there(tmp_path):
    source = tmp_path / "a.qmd"
    source.write_text("---\ntitle: T\nformat: [html, docx]\n---\n\nCiao.\n", "utf-8")
    with pytest.raises(RenderError, match="no list of formats") as caught:
        plan(RenderJob(source, tmp_path, "a", formats=("html",)))
    assert caught.value.line == 3
