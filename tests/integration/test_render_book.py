"""The sample book and dashboard through the embedded renderer: content, sameness, cache."""

from __future__ import annotations

import html
import io
import re
import shutil
import zipfile
from collections import Counter
from pathlib import Path

import pypdf
import pytest

from assets.outputs.render import RenderJob, RenderResult, kernel, render, render_many
from assets.outputs.render.pandoc import pandoc_version
from tests import word_book
from tests.integration.test_render_quarto import facts

SAMPLES = Path(__file__).parent / "render_samples"
FORMATS = ("html", "pdf", "docx")
# What a reader must find in every format; the numbers follow from the order in the sources:
# chapter 2 holds fig-serie, tbl-base, fig-div, tbl-mano; the appendix holds fig-app.
SENTENCES = (
    "Si veda il Capitolo 1 e la Figura 2.1.",
    "Hanno risposto 84 persone (Tabella 2.1).",
    "Vedi anche 2.1 e Figura 2.1, Figura 2.2.",
    "Figura 2.2: Didascalia con numero: n = 84.",
    "Tabella 2.2: Tabella scritta a mano",
    "Figura A.1: Una figura in appendice",
    "rimando a Capitolo 2 e Appendice A.",
    "Un paragrafo incluso con la data 2022 in «Una comunità misurata».",
    "Secondo Rossi (2020, p. 3)",
    "(Bianchi e Verdi, 2019; Rossi, 2020)",
    "Equazione 1.1",
)


def book_job(out: Path, formats: tuple[str, ...] = FORMATS) -> RenderJob:
    return RenderJob(SAMPLES / "book", out, "libro", formats=formats)


def dashboard_job(out: Path, lang: str = "it", **other: object) -> RenderJob:
    params = {"period": "2022Q2", "lang": lang}
    source = SAMPLES / "reports" / "dashboard.qmd"
    return RenderJob(source, out, f"quadro-{lang}", params=params, lang=lang, **other)  # type: ignore[arg-type]


def words(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("\u00a0", " ").replace("\u200b", "")).strip()


def html_words(path: Path) -> str:
    text = re.sub(r"<(style|script|head).*?</\1>", "", path.read_text(encoding="utf-8"), flags=re.S)
    return words(html.unescape(re.sub(r"<[^>]+>", "", text)))


def docx_text(path: Path) -> str:
    with zipfile.ZipFile(path) as archive:
        return archive.read("word/document.xml").decode()


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory, cache: Path) -> RenderResult:
    return render(book_job(tmp_path_factory.mktemp("book")), cache_dir=cache, engine="embedded")


def test_what_is_compared_with_quarto_is_there_to_be_compared(book):
    found = facts(book.paths[:1])
    assert found["numbers"] == {"Hanno risposto 84 persone"}
    assert {"Figura 2.1", "Tabella 2.1", "Figura A.1"} <= found["captions"]
    assert {"fig-serie", "tbl-base"} <= found["references"]
    assert {"Prefazione", "Contesto", "Obiettivi", "Strumenti", "Andamento"} <= found["headings"]


def test_html_holds_numbers_references_and_citations(book):
    said = html_words(book.paths[0])
    assert [sentence for sentence in SENTENCES if sentence not in said] == []
    assert "Figura 2.1: Andamento mensile dei contatti (Rossi, 2020)" in said
    assert "Rossi, A. 2020. Comunità e salute. Bologna: Il Mulino." in said


def test_word_holds_the_same_text_with_real_styles(book):
    document = docx_text(book.paths[2])
    said = words(html.unescape(word_book.text_of(book.paths[2])))
    missing = [sentence for sentence in SENTENCES if sentence not in said]
    assert missing == []
    styles = set(re.findall(r'w:pStyle w:val="([^"]+)"', document))
    assert {"Heading1", "Heading2", "ImageCaption", "TableCaption", "Callout"} <= styles
    with zipfile.ZipFile(book.paths[2]) as archive:
        pictures = [name for name in archive.namelist() if "/media/" in name]
    assert len(pictures) == 3
    assert all(name.endswith(".png") for name in pictures)
    assert 'descr="Linea crescente da 1 a 9"' in document


def test_word_updates_numbers_references_and_lists_by_itself(book):
    path = book.paths[2]
    assert word_book.problems(path) == []
    fields = word_book.instructions(path)
    assert [each for each in fields if each.startswith("TOC")] == [
        'TOC \\o "1-2" \\h \\z \\u', 'TOC \\h \\z \\c "Figura"', 'TOC \\h \\z \\c "Tabella"',
    ]  # fmt: skip
    counted = Counter(each.split()[1] for each in fields if each.startswith("SEQ"))
    assert counted == {"Figura": 3, "Tabella": 2, "Equazione": 1}
    # «Capitolo 1» takes the number of its heading, «Figura 2.1» its whole label, «2.1» the number alone.
    for wanted in (
        "REF _Ref_sec_contesto \\r \\h",
        "REF _Ref_fig_serie \\h",
        "REF _Num_fig_serie \\h",
    ):
        assert wanted in fields
    parts = {name: data.decode("utf-8", "replace") for name, data in word_book.parts(path).items()}
    assert 'w:lang w:bidi="ar-SA" w:eastAsia="zh-CN" w:val="it-IT"' in parts["word/styles.xml"]
    assert '<w:updateFields w:val="true"/>' in parts["word/settings.xml"]
    assert 'w:w="11906"' in parts["word/document.xml"]  # A4
    headings = re.findall(r'pStyle w:val="Heading1"/>(.*?)</w:p>', parts["word/document.xml"])
    numbered = {
        re.sub("<[^>]+>", "", each): re.search(r'numId w:val="(\d+)"', each) for each in headings
    }
    assert numbered["Contesto"] is None  # from the style: its text holds no number any more
    assert (numbered["Strumenti"][1], numbered["Prefazione"][1]) == ("22", "0")
    assert 'w:lvlText w:val="Appendice %1."' in parts["word/numbering.xml"]


def test_pdf_is_tagged_titled_and_in_italian(book):
    content = book.paths[1].read_bytes()
    assert content.startswith(b"%PDF-")
    # Typst checks PDF/UA-1 while it writes; these marks say that it did.
    assert b"/MarkInfo" in content
    assert b"/Lang" in content
    assert b"pdfuaid:part" in content
    assert f"pandoc {pandoc_version()}".encode() in content


def test_html_is_one_file_that_says_who_made_it(book):
    text = book.paths[0].read_text(encoding="utf-8")
    assert f'content="lunattiva embedded renderer 1 / pandoc {pandoc_version()}"' in text
    assert '<html lang="it"' in text
    assert re.findall(r'(?:src|href)="(?!#|data:)[^"]*"', text) == []
    assert "<math" in text
    assert 'alt="Linea crescente da 1 a 9"' in text


def test_footnotes_of_two_chapters_may_share_a_name(book):
    said = html_words(book.paths[0])
    assert "Prima nota, capitolo uno." in said
    assert "Prima nota, capitolo due." in said


def test_second_rendering_gives_the_same_bytes(book, tmp_path, cache):
    fresh = tmp_path / "fresh"
    shutil.copytree(cache / "matplotlib", fresh / "matplotlib")  # only the font list is reused
    again = render(book_job(tmp_path), cache_dir=fresh, engine="embedded")
    assert not again.cached
    for before, after in zip(book.paths, again.paths, strict=True):
        assert before.read_bytes() == after.read_bytes(), before.suffix


def test_cache_answers_the_same_job_and_only_that(tmp_path, cache):
    job = dashboard_job(tmp_path, inputs_digest="a")
    first = render(job, cache_dir=cache, engine="embedded")
    bytes_before = first.paths[0].read_bytes()
    first.paths[0].unlink()
    second = render(job, cache_dir=cache, engine="embedded")
    assert (first.cached, second.cached) == (False, True)
    assert second.paths[0].read_bytes() == bytes_before
    other = dashboard_job(tmp_path, inputs_digest="b")
    assert not render(other, cache_dir=cache, engine="embedded").cached


def test_damaged_cache_entry_is_made_again(tmp_path):
    source = tmp_path / "doc.qmd"
    source.write_text("# Uno\n\nTesto.\n", encoding="utf-8")
    job = RenderJob(source, tmp_path / "out", "doc")
    good = render(job, cache_dir=tmp_path / "cache", engine="embedded").paths[0].read_bytes()
    for entry in (tmp_path / "cache" / "render").glob("*/doc.html"):
        entry.write_bytes(good[:-10])
    again = render(job, cache_dir=tmp_path / "cache", engine="embedded")
    assert not again.cached
    assert again.paths[0].read_bytes() == good


def test_changed_include_or_brand_is_noticed(tmp_path):
    folder = tmp_path / "reports"
    (folder / "brand").mkdir(parents=True)
    (folder / "brand" / "lunattiva.css").write_text(":root { --accent: #123456 }", encoding="utf-8")
    (folder / "_part.qmd").write_text("uno", encoding="utf-8")
    (folder / "doc.qmd").write_text("{{< include _part.qmd >}}\n", encoding="utf-8")
    job = RenderJob(folder / "doc.qmd", tmp_path / "out", "doc")
    cache_dir = tmp_path / "cache"
    page = render(job, cache_dir=cache_dir, engine="embedded").paths[0]
    assert "--accent: #123456" in page.read_text(encoding="utf-8")
    (folder / "_part.qmd").write_text("due", encoding="utf-8")
    changed = render(job, cache_dir=cache_dir, engine="embedded")
    assert not changed.cached
    assert "due" in page.read_text(encoding="utf-8")
    (folder / "brand" / "lunattiva.css").write_text("a { color: #000 }", encoding="utf-8")
    assert not render(job, cache_dir=cache_dir, engine="embedded").cached


def test_many_jobs_keep_their_order_parameters_and_language(tmp_path, cache):
    jobs = [dashboard_job(tmp_path, lang) for lang in ("it", "en")]
    results = render_many(jobs, cache_dir=cache, engine="embedded")
    assert [result.paths[0].name for result in results] == ["quadro-it.html", "quadro-en.html"]
    italian, english = (html_words(result.paths[0]) for result in results)
    assert "Nel trimestre 2022Q2 hanno partecipato 128 persone" in italian
    assert "In quarter 2022Q2, 128 people took part" in english
    assert "Trial quarterly page" in english
    assert "Persone raggiunte" not in english


def test_environment_and_project_modules_reach_the_kernel(tmp_path):
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "kitlet.py").write_text("import os\nWORD = os.environ['PAROLA']\n")
    source = tmp_path / "reports" / "doc.qmd"
    source.write_text(
        "```{python}\n#| include: false\nimport kitlet\n```\n\n`{python} kitlet.WORD`\n"
    )
    env = {"PYTHONPATH": str(tmp_path / "reports"), "PAROLA": "ciao*mondo"}
    made = render(RenderJob(source, tmp_path / "out", "doc", env=env), engine="embedded")
    assert "ciao*mondo" in html_words(made.paths[0])


def test_no_kernel_settings_of_the_user_are_read(tmp_path, monkeypatch):
    home = tmp_path / "home"
    startup = home / ".ipython" / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("intruder = 'intruso'\n")
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("IPYTHONDIR", str(home / ".ipython"))
    source = tmp_path / "doc.qmd"
    source.write_text("`{python} globals().get('intruder', 'nessuno')`\n")
    made = render(RenderJob(source, tmp_path / "out", "doc"), engine="embedded")
    assert "nessuno" in html_words(made.paths[0])


def test_where_a_kernel_needs_ports_of_the_machine_they_are_sealed_and_quiet(
    tmp_path, monkeypatch, capfd
):
    """As on Windows, which has no sockets in folders."""
    monkeypatch.setattr(kernel, "IN_FOLDER", False)
    source = tmp_path / "doc.qmd"
    source.write_text(
        "```{python}\n#| include: false\nimport json\nfrom pathlib import Path\n"
        "from ipykernel.connect import get_connection_file\n"
        "made = json.loads(Path(get_connection_file()).read_text(encoding='utf-8'))\n```\n\n"
        "`{python} made['transport']`, `{python} len(made.get('curve_publickey', ''))`\n"
    )
    page = render(RenderJob(source, tmp_path / "out", "doc"), engine="embedded").paths[0]
    assert "tcp, 40" in html_words(page)
    assert capfd.readouterr() == ("", "")


def test_title_given_by_the_caller_replaces_the_sources(tmp_path):
    source = tmp_path / "doc.qmd"
    source.write_text("---\ntitle: Uno\n---\n\nTesto.\n", encoding="utf-8")
    job = RenderJob(source, tmp_path / "out", "doc", meta={"title": "Due"})
    text = render(job, engine="embedded").paths[0].read_text(encoding="utf-8")
    assert "<title>Due</title>" in text
    assert "Uno" not in text


def test_text_of_a_cell_that_looks_like_markup_stays_text(tmp_path):
    source = tmp_path / "doc.qmd"
    source.write_text("A `{python} '<b>*x*</b> @fig-x $1'` B\n", encoding="utf-8")
    page = render(RenderJob(source, tmp_path / "out", "doc"), engine="embedded").paths[0]
    assert "A <b>*x*</b> @fig-x $1 B" in html_words(page)


def test_a_persons_name_is_letters_in_every_format_whatever_it_holds(tmp_path):
    name = 'Anna "Nina" O\'Dea \\ *#1* & Figli_ @x $y <z>'
    source = tmp_path / "a.qmd"
    source.write_text(
        "---\ntitle: T\nformat: {html: default, typst: default, docx: default}\n---\n\nCiao.\n",
        "utf-8",
    )
    made = render(RenderJob(source, tmp_path, "a", formats=FORMATS, meta={"author": name}))
    page, paper, word = (path.read_bytes() for path in made.paths)
    told = re.search(r'name="author" content="([^"]*)"', page.decode())[1]
    with zipfile.ZipFile(io.BytesIO(word)) as archive:
        core = archive.read("docProps/core.xml").decode()
    of_word = re.search(r"<dc:creator>(.*?)</dc:creator>", core)[1]
    curly = str.maketrans("“”’", '""\'')  # typography is no change of the name
    assert html.unescape(told).translate(curly) == html.unescape(of_word).translate(curly) == name
    assert pypdf.PdfReader(io.BytesIO(paper)).metadata.author == name
