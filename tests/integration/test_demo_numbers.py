"""Every number in the demo run's own pages is an object, and each name leads on."""

from __future__ import annotations

import re

import pytest

from pipelines.trace import trace
from tests.conftest import Ran
from tests.pages_numbers import SOURCES, stray_numbers


def pages(demo: Ran) -> dict[str, str]:
    """Return the pages that were rendered from the released tables, by name."""
    paths = [demo.layout.root / page for page in demo.told["pages"] if page.endswith(".html")]
    found = {path.name: path.read_text("utf-8") for path in paths}
    return {name: text for name, text in found.items() if 'id="numbers"' in text}


def test_every_number_of_the_demo_is_an_object_that_resolves(demo: Ran):
    found = pages(demo)
    assert {"tesi.html", "anonymity_it.html"} <= set(found) and len(found) >= 5
    for name, text in found.items():
        assert stray_numbers(text, SOURCES) == [], name
        assert len(text) < 1_500_000, name


def test_the_reading_of_pages_can_fail(demo: Ran):
    text = pages(demo)["tesi.html"]
    bare = text.replace('<span class="num"', '<span class="word"', 1)
    assert len(stray_numbers(bare, SOURCES)) == 1
    renamed = re.sub(r'data-n="[A-Z2-7]{9}"', 'data-n="NAAAAAAAA"', text, count=1)
    assert stray_numbers(renamed, SOURCES) == ["no origin: NAAAAAAAA"]


@pytest.mark.parametrize("lang", ["it", "en"])
def test_a_number_of_the_thesis_leads_to_the_deliveries(demo: Ran, lang):
    text = pages(demo)["tesi.html"]
    name = re.search(r'data-n="(N[A-Z2-7]{8})"', text).group(1)
    found = trace(demo.layout, name, lang)
    assert found.deliveries and found.tables and any("tesi.html" in x for x in found.documents)
