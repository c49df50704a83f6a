"""What people write for documents goes through the identifier gate: refused or told, never quoted."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from assets.errors import ConfigurationError
from assets.layout import REPOSITORY, Layout
from assets.outputs import book, index, papers, thesis
from assets.outputs.assets import outputs_index, outputs_thesis
from pipelines import papers as making_papers
from pipelines import person_texts
from pipelines.explain import code_of
from pipelines.session import KeptFolder
from tests.unit.released_sample import released_sample


@pytest.fixture(scope="module")
def layout(tmp_path_factory) -> Layout:
    """Return the demo's configuration: its sources declare LUN-0041 and NUC-027."""
    made = Layout(tmp_path_factory.mktemp("root"), "demo")
    for name in ("programme.yml", "agape/source.yml"):
        (made.raw / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(REPOSITORY / "raw" / "demo" / name, made.raw / name)
    released_sample(made.released)
    return made


def found(layout: Layout, text: str) -> list[tuple[int, str, bool]]:
    path = layout.narrative / book.TEXT
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return [(x.line, x.kind, x.is_certain) for x in person_texts.suspects(layout, [path])]


# The forms of telephones are those of the Italian numbering plan, the codes the demo's own.
@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("cell. 347 1234567.", "phone"),
        ("al 347-123.45.67 dopo", "phone"),
        ("e 0376 123456", "phone"),
        ("3471234567", "phone"),
        ("347**1234567**", "phone"),
        ("di LUN-0041 / altri", "code"),
        ("nuclei (NUC-027)", "code"),
        ("il documento CA12345AA", "identity_card"),
        ("RSSMRA85C52E897X", "tax_code"),
        ("scrivere a mario\\@example.org", "email"),
        ("scrivere a mario&#64;example.org", "email"),
    ],
)
def test_what_is_unmistakable_is_refused_by_line_and_kind_and_never_quoted(layout, text, kind):
    assert found(layout, f"## cicli\n\n{text}\n") == [(3, kind, True)]
    with pytest.raises(ConfigurationError) as caught:
        person_texts.insist(layout, person_texts.of_the_thesis(layout))
    assert caught.value.say("it").startswith("tesi.md, riga 3: ")
    assert caught.value.say("en").startswith("tesi.md, line 3: ")
    assert code_of(caught.value) == "L598"
    said = caught.value.say("it") + caught.value.say("en")
    assert not any(word in said for word in text.split() if any(map(str.isdigit, word)))


def test_a_number_broken_over_two_lines_is_one(layout):
    assert found(layout, "## cicli\nchiamare il 347\n1234567 dopo\n") == [(2, "phone", True)]


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("nata il 12/03/1985", ["birth_date"]),
        ("la signora Maria Bianchi di via Roma 12", ["address", "name"]),
    ],
)
def test_what_may_be_something_else_is_told_and_stops_nothing(layout, text, kinds):
    assert found(layout, f"## cicli\n{text}\n") == [(2, kind, False) for kind in kinds]
    paths = person_texts.of_the_thesis(layout)
    person_texts.insist(layout, paths)
    said = [each.said("it") for each in person_texts.possible(layout, paths)]
    assert all("tesi.md, riga 2" in each and "Bianchi" not in each for each in said)


@pytest.mark.parametrize(
    "text",
    [
        "Come scrive @lewin1946 [p. 34; @fig-2022] nella @tbl-ciclo-primo del 2022.",
        "L. 3/2012, D.Lgs. 101/2018, dal 24/01/2022 al 31/03/2022; 270.000,00 euro.",
        "ISBN 978 88 06 12345 6, ISSN 0376-1234, doi 10.1037/0376-123456",
        "https://www.istat.it/it/archivio/3471234567",
        "<!-- 347 1234567: da chiedere, non si stampa -->",
    ],
)
def test_a_books_own_numbers_are_nobodys(layout, text):
    assert found(layout, f"## relatore\nProf. Rossi\n## cicli\n{text}\n") == []


def test_a_paper_is_refused_before_it_is_drawn(layout, monkeypatch):
    monkeypatch.setattr(papers, "render_papers", lambda *_: pytest.fail("drawn"))
    paper = papers.chosen(papers.manifest(layout), None)[0]
    papers.narrative(layout, paper).write_text("## sintesi\nTel. 0376 123456\n", "utf-8")
    with pytest.raises(ConfigurationError, match=f"{paper.stem}.md, line 2"):
        making_papers.make(layout, paper.span, "it")


def test_the_step_of_the_web_interface_refuses_too_and_keeps_no_older_book(layout, monkeypatch):
    monkeypatch.setattr(index, "write_index", lambda _: None)
    monkeypatch.setattr(thesis, "render_thesis", lambda _: pytest.fail("drawn"))
    found(layout, "## cicli\n347 1234567\n")
    old: Path = thesis.files(layout)[0]
    old.parent.mkdir(parents=True, exist_ok=True)
    old.touch()
    folder = KeptFolder(root=str(layout.root), programme=layout.programme)
    with pytest.raises(ConfigurationError, match="line 2"):
        outputs_thesis(folder=folder)
    assert not old.exists()
    # What a person wrote for the thesis does not keep back the list of pages.
    assert outputs_thesis.key not in outputs_index.asset_deps[outputs_index.key]
