"""Reading a .qmd: places, options, languages, includes; no kernel and no pandoc."""

from __future__ import annotations

from pathlib import Path

import pytest

from assets.outputs.render.parameters import (
    check_parameters,
    declared_parameters,
    parameter_cell,
)
from assets.outputs.render.problems import RenderError
from assets.outputs.render.quarto import in_language
from assets.outputs.render.source import Cell, Prose, localised_line, read_document


def written(folder: Path, text: str, name: str = "doc.qmd") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_cells_and_prose_keep_their_file_and_line(tmp_path):
    written(tmp_path, "incluso\n\n```{python}\nx = 1\n```\n", "_part.qmd")
    path = written(tmp_path, "---\ntitle: T\n---\nuno\n\n{{< include _part.qmd >}}\n\nfine\n")
    document = read_document(path, "it")
    cell = next(document.cells())
    assert (cell.start.file.name, cell.start.number, cell.source) == ("_part.qmd", 3, "x = 1")
    last = [line for line in document.blocks[-1].lines if line.text == "fine"][0]
    assert (last.file.name, last.number) == ("doc.qmd", 8)
    assert [file.name for file in document.files] == ["doc.qmd", "_part.qmd"]


def test_code_that_is_only_shown_is_left_alone(tmp_path):
    text = "````\n```{python}\nx\n```\n{{< nothing >}}\n`{python} y`\n````\n"
    document = read_document(written(tmp_path, text), "it")
    assert len(document.blocks) == 1
    assert isinstance(document.blocks[0], Prose)
    assert document.blocks[0].inlines() == []
    assert "\n".join(line.text for line in document.blocks[0].lines) + "\n" == text


@pytest.mark.parametrize(
    ("lang", "title", "caption"), [("it", "Prova", "Ciao"), ("en", "Trial", "Hello")]
)
def test_language_variants_replace_the_plain_key(tmp_path, lang, title, caption):
    text = (
        "---\ntitle: Prova\ntitle-en: Trial\n---\n"
        "```{python}\n#| fig-cap: Ciao\n#| fig-cap-en: Hello\n1\n```\n"
    )
    document = read_document(written(tmp_path, text), lang)
    assert document.meta["title"] == title
    assert dict(next(document.cells()).options) == {"fig-cap": caption}


@pytest.mark.parametrize(
    ("source", "italian", "english"),
    [
        ('## Persone {title-en="People"}', "## Persone", "## People"),
        ('## Uno {.tabset title-en="One"}', "## Uno {.tabset }", "## One {.tabset }"),
        (
            '::: {.card title="Casa" title-en="Home"}',
            '::: {.card title="Casa"}',
            '::: {.card title="Home"}',
        ),
        (
            'Testo con title-en="x" dentro',
            'Testo con title-en="x" dentro',
            'Testo con title-en="x" dentro',
        ),
    ],
)
def test_language_variants_on_headings_and_blocks(source, italian, english):
    assert localised_line(source, "it").replace(" }", "}") == italian.replace(" }", "}")
    assert localised_line(source, "en").replace(" }", "}") == english.replace(" }", "}")


def test_quarto_gets_a_source_without_variants(tmp_path):
    text = (
        '# Uno {title-en="One"}\n\n```{python}\n#| label: fig-a\n#| fig-cap: "Ciao: a"\n'
        '#| fig-cap-en: "Hello: a"\nx = 1\n```\n\n```\n# Uno {title-en="One"}\n```\n'
    )
    path = written(tmp_path, text)
    english = in_language(text, path, "en")
    assert english.startswith("# One\n")
    assert '#| fig-cap: "Hello: a"' in english
    assert "fig-cap-en" not in english
    assert english.endswith('```\n# Uno {title-en="One"}\n```\n')
    again = read_document(written(tmp_path, english, "again.qmd"), "en")
    assert next(again.cells()).options == next(read_document(path, "en").cells()).options


@pytest.mark.parametrize(
    ("text", "line", "words"),
    [
        ("a\n\n```{python}\n#| fig-captoin: x\n1\n```\n", 4, "Did you mean 'fig-cap'"),
        ("a\n{{< embed x.ipynb >}}\n", 2, "unknown shortcode 'embed'"),
        ("{{< include manca.qmd >}}\n", 1, "'manca.qmd' does not exist"),
        ("a\n\n{{< include doc.qmd >}}\n", 3, "includes itself"),
        ("{{< meta anno >}}\n", 1, "unknown metadata key 'anno'"),
        ("a\n```{r}\n1\n```\n", 2, "not 'r'"),
        ("a\n\n```{python}\n1\n", 3, "never closed"),
        ("---\ntitle: T\n", 1, "never closed"),
        ("---\ntitle: T\nx: [1\n---\n", 3, "YAML"),
        ("```{python}\n#| component: valuebox\n1\n```\n", 1, "a value box is a block"),
        ("```{python}\n#| warning: true\n1\n```\n", 1, "warnings never reach"),
        ("```{python}\n#| label: a\n#| fig-cap: [1, 2]\n1\n```\n", 1, "put it in quotes"),
    ],
)
def test_mistakes_are_named_with_their_line(tmp_path, text, line, words):
    with pytest.raises(RenderError) as caught:
        read_document(written(tmp_path, text), "it")
    assert words in str(caught.value)
    assert caught.value.line == line
    assert caught.value.file.endswith("doc.qmd")


def test_parameters_are_those_the_cell_assigns(tmp_path):
    text = '# T\n\n```{python}\n#| tags: [parameters]\nperiod = ""\nn: int = 3\n# x = 1\nif n == 2: pass\n```\n'
    document = read_document(written(tmp_path, text), "it")
    cell = parameter_cell(document)
    assert isinstance(cell, Cell)
    assert declared_parameters(cell) == {"period", "n"}
    check_parameters([document], {"period": "2022Q1", "n": 4})
    with pytest.raises(
        RenderError, match="unknown parameter 'perid'. Did you mean 'period'"
    ) as caught:
        check_parameters([document], {"perid": "2022Q1"})
    assert caught.value.line == 3


def test_parameters_for_a_document_without_any(tmp_path):
    document = read_document(written(tmp_path, "# T\n"), "it")
    with pytest.raises(RenderError, match="takes no parameters"):
        check_parameters([document], {"period": "2022Q1"})


def test_an_error_speaks_both_languages_and_hides_this_machines_folders(tmp_path):
    error = RenderError("x", file=tmp_path / "reports" / "a.qmd", line=7)
    assert error.say("en") == "reports/a.qmd:7: x"
    assert "reports/a.qmd:7" in error.say("it")
    assert str(tmp_path) not in str(error)
