"""The demo's thesis as a run leaves it: the log bound to the release, marked places, Word's references."""

from __future__ import annotations

import html
import json
import re

from assets.outputs import book, cycles
from tests import word_book
from tests.conftest import Ran


def page(demo: Ran) -> str:
    text = (demo.layout.thesis_output / "tesi.html").read_text("utf-8")
    body = re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.DOTALL)
    said = html.unescape(re.sub(r"<[^>]+>", "", body)).replace("\u200b", "")
    return re.sub(r"\s+", " ", said.replace("\u2019", "'"))


def test_every_decision_of_the_log_is_bound_to_the_release(demo: Ran):
    said = page(demo)
    log = cycles.read_cycles(demo.layout)
    about = json.loads((demo.layout.released / "release.json").read_text("utf-8"))
    data = json.loads((demo.layout.released / "manifest.json").read_text("utf-8"))["data_version"]
    decisions = [each for cycle in log.cycles for each in cycle.decisions]
    assert said.count(f"bozza {about['release'][:12]}, dati {data}") == len(decisions) == 4
    assert all(f"Decisioni del ciclo «{cycle.title}»" in said for cycle in log.cycles)
    assert all(each.decided in said and each.expected in said for each in decisions)


def test_every_place_to_write_is_marked_and_the_file_waits(demo: Ran):
    said, path = page(demo), demo.layout.narrative / book.TEXT
    assert path.is_file() and not any(book.written(demo.layout).values())
    for place in set(book.places()) - set(book.TITLE_PAGE):
        assert f"sotto il titolo «## {place}»" in said


def test_word_finds_every_figure_table_and_reference(demo: Ran):
    path = demo.layout.thesis_output / "tesi.docx"
    assert word_book.problems(path) == []
    fields = word_book.instructions(path)
    text = (demo.layout.thesis_output / "tesi.html").read_text("utf-8")
    # As many labels in Word as the page has, and every reference of the text a field.
    for word, prefix in (("Figura", "fig-"), ("Tabella", "tbl-")):
        labels = set(re.findall(rf'id="({prefix}[\w-]+)"', text))
        assert sum(each.startswith(f"SEQ {word} ") for each in fields) == len(labels) > 5
    # The entries of the two lists are references in the page, and hyperlinks with their page in Word.
    prose = re.sub(r'<div class="list-of-\w+">.*?</div>', "", text, flags=re.DOTALL)
    references = re.findall(r'<a\b[^>]*class="crossref"', prose)
    assert sum(each.startswith("REF ") for each in fields) == len(references) > 50
