"""What a run makes is a draft, and every page and table of it says so."""

from __future__ import annotations

import json
import re
import zipfile

from assets.release import archive, chain, ledger
from tests.conftest import Ran

STRIP = re.compile(r'<aside class="watermark"[^>]*><p>(.*?)</p></aside>')
CAPTION = re.compile(r"<(caption|figcaption)[^>]*>(.*?)</\1>", re.DOTALL)
WORDS = {"it": ("BOZZA - non diffondere", "BOZZA"), "en": ("DRAFT - do not circulate", "DRAFT")}


def test_a_run_leaves_a_draft_in_a_ledger_that_holds(demo: Ran):
    path = demo.layout.store / ledger.NAME
    digest = archive.digest_in(demo.layout.released)
    line = ledger.entries(path)[-1]
    assert chain.broken(path) == []
    assert (line["release"], line["state"]) == (digest, "draft")
    assert not {"by", "at", "made_by"} & set(line)  # the same line on every machine
    manifest = json.loads((demo.layout.released / "manifest.json").read_text("utf-8"))
    for code, about in manifest["tables"].items():
        assert sum(line["cells"].get(code, {}).values()) == about["rows"]
    told = json.loads((demo.layout.released / archive.STATE).read_text("utf-8"))
    assert (told["release"], told["state"], told["number"]) == (digest, "draft", None)
    assert archive.kept(demo.layout.store) == []


def test_every_page_and_table_of_a_draft_says_so(demo: Ran):
    folder = demo.layout.reports_output
    pages = [*sorted(folder.glob("dashboard_*.html")), *sorted(folder.glob("anonymity_*.html"))]
    pages.append(demo.layout.thesis_output / "tesi.html")
    assert len(pages) >= 5
    captions_n = 0
    for page in pages:
        text = page.read_text("utf-8")
        whole, word = WORDS["en" if page.stem.endswith("_en") else "it"]
        assert STRIP.findall(text) == [whole], page.name
        captions = [each for _, each in CAPTION.findall(text)]
        assert text.count("<table") <= len(captions)
        assert all(re.match(rf"\s*(<p>)?\s*<strong>{word}</strong>", x) for x in captions), (
            page.name
        )
        captions_n += len(captions)
    assert captions_n > 50


def test_every_page_of_the_thesis_in_word_is_headed(demo: Ran):
    with zipfile.ZipFile(demo.layout.thesis_output / "tesi.docx") as word:
        assert WORDS["it"][0] in word.read("word/header1.xml").decode("utf-8")
        body = word.read("word/document.xml").decode("utf-8")
    sections = re.findall(r"<w:sectPr\b.*?</w:sectPr>", body, re.DOTALL)
    assert sections and all("w:headerReference" in each for each in sections)
