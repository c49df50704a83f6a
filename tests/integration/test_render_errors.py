"""What the embedded renderer refuses, each with the file and line to mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.outputs.render import RenderError, RenderJob, render

BOOK = "project: {type: book}\nbook:\n  title: T\n  chapters:\n    - a.qmd\nformat: {html: default, typst: default}\n"


def failure(tmp_path: Path, text: str, **job: object) -> RenderError:
    source = tmp_path / "doc.qmd"
    source.write_text(text, encoding="utf-8")
    with pytest.raises(RenderError) as caught:
        render(RenderJob(source, tmp_path / "out", "doc", **job), engine="embedded")  # type: ignore[arg-type]
    assert not list((tmp_path / "out").glob("*")), "a failed render leaves nothing"
    return caught.value


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n\n::: {.foo-bar}\nx\n:::\n", 3, "'.foo-bar'"),
        ("a\n\nvedi @fig-manca\n", 3, "nothing is labelled 'fig-manca'"),
        ("a\n\nvedi [@rossi1999, p. 3]\n", 3, "no entry 'rossi1999'"),
        ("a\n\n# X {#sec-a}\n\n# Y {#sec-a}\n", 3, "Duplicate identifier"),
        ("![](x.png)\n", 1, "'x.png' does not exist"),
        ("a\n\n::: {.callout-danger}\nx\n:::\n", 3, "'.callout-danger'"),
        ("::: {#tbl-a}\nnessuna\n\nTitolo\n:::\n", 1, "holds no table"),
        ("---\nformat: revealjs\n---\n", 2, "unknown format 'revealjs'"),
        ("---\ntitle: T\ndate: today\n---\n", 3, "would change the page every day"),
        ("---\ntitle: T\nbibliography: manca.bib\n---\n", 3, "'manca.bib' does not exist"),
        ("a\n\n![x](https://example.org/a.png)\n", 3, "network"),
    ],
)
def test_construct_is_refused(tmp_path, text, line, words):
    error = failure(tmp_path, text)
    assert words in str(error)
    assert (error.file.split("/")[-1], error.line) == ("doc.qmd", line)


def test_every_problem_is_told_at_once(tmp_path):
    error = failure(tmp_path, "@fig-uno\n\n@tbl-due\n")
    assert "doc.qmd:1" in str(error)
    assert "doc.qmd:3" in str(error)


def test_failing_cell_names_its_line_and_no_local_value(tmp_path):
    text = "a\n\n```{python}\n#| echo: false\nsecret = 'CANARINO'\n\nraise ValueError('manca il trimestre')\n```\n"
    error = failure(tmp_path, text)
    assert "ValueError: manca il trimestre" in str(error)
    assert error.line == 7
    assert "CANARINO" not in str(error)


def test_failing_inline_expression_names_its_line(tmp_path):
    error = failure(tmp_path, "Uno `{python} 1 + 1`.\n\nDue `{python} manca`.\n")
    assert "NameError" in str(error)
    assert error.line == 3


def test_cell_that_shows_html_only_is_refused(tmp_path):
    text = "x\n\n```{python}\nfrom IPython.display import HTML\nHTML('<b>x</b>')\n```\n"
    error = failure(tmp_path, text)
    assert "HTML only" in str(error)
    assert error.line == 3


def test_figure_without_description_is_refused(tmp_path):
    text = "x\n\n```{python}\nimport matplotlib.pyplot as plt\nplt.plot([1]); plt.show()\n```\n"
    error = failure(tmp_path, text)
    assert "neither fig-alt nor" in str(error)
    assert error.line == 3


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("```{python}\n#| content: valuebox\n1\n```", 5, "a value box is a block"),
        ("## Persone {height=20%}", 5, "Quarto shows no words of a row"),
        ("## Row\n\n### Chi resta\n\nTesto", 7, "Quarto shows no words of a row"),
        ("## Row\n\n::: {.card .opens title=T}\nA\n\nB\n:::", 7, "a title and one paragraph"),
        ("## Row\n\n::: {.card .opens}\nA\n:::", 7, "a title and one paragraph"),
        ("## Row\n\nA\n\n::: {.card .opens title=T}\nB\n:::", 9, "stands alone in its row"),
    ],
)
def test_what_quarto_would_drop_from_a_dashboard_is_refused(tmp_path, text, line, words):
    error = failure(tmp_path, f"---\nformat: dashboard\n---\n\n{text}\n")
    assert words in str(error)
    assert error.line == line


@pytest.mark.parametrize(
    ("mark", "words"), [("icon=persn", "unknown icon"), ("color=pink", "colour")]
)
def test_unknown_icon_or_colour_is_refused(tmp_path, mark, words):
    text = f"---\nformat: dashboard\n---\n\n::: {{.valuebox {mark}}}\nT\n\n1\n:::\n"
    error = failure(tmp_path, text)
    assert words in str(error)
    assert error.line == 5


def test_a_dashboard_has_no_pdf(tmp_path):
    error = failure(tmp_path, "---\nformat: dashboard\n---\n", formats=("pdf",))
    assert "declares no format for 'pdf'" in str(error)


def test_unknown_parameter_names_the_nearest(tmp_path):
    text = "```{python}\n#| tags: [parameters]\nperiod = ''\n```\n"
    error = failure(tmp_path, text, params={"preiod": "x"})
    assert "Did you mean 'period'?" in str(error)


def test_book_names_a_missing_chapter_where_it_is_listed(tmp_path):
    book = tmp_path / "book"
    book.mkdir()
    (book / "_quarto.yml").write_text(BOOK, encoding="utf-8")
    (book / "aa.qmd").write_text("# A\n", encoding="utf-8")
    with pytest.raises(RenderError, match="Did you mean 'aa.qmd'") as caught:
        render(RenderJob(book, tmp_path / "out", "b"), engine="embedded")
    assert (caught.value.file, caught.value.line) == ("book/_quarto.yml", 5)


def test_mistake_in_an_include_is_placed_in_the_include(tmp_path):
    (tmp_path / "_part.qmd").write_text("uno\n\n@sec-manca\n", encoding="utf-8")
    error = failure(tmp_path, "{{< include _part.qmd >}}\n")
    assert (error.file.split("/")[-1], error.line) == ("_part.qmd", 3)


def test_quarto_asked_for_and_absent(tmp_path, monkeypatch):
    monkeypatch.setattr("assets.outputs.render.door.find_quarto", lambda: None)
    (tmp_path / "doc.qmd").write_text("# A\n", encoding="utf-8")
    with pytest.raises(RenderError, match="not installed"):
        render(RenderJob(tmp_path / "doc.qmd", tmp_path, "x"), engine="quarto")
