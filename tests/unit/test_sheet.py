"""The sheet for the neighbourhood: plain words, pictures that are described, honest translations."""

from __future__ import annotations

import re
import string

import pytest

from reports import _sheet, kit
from reports._gulpease import PLAIN, gulpease
from reports._origin import number_id
from reports._released import KitError
from reports._sheet import catalogue, readable, sheet
from reports._sheet_set import as_page, as_pdf, write
from tests.unit.released_sample import released_sample


@pytest.fixture(scope="module")
def k(tmp_path_factory):
    return kit.open(folder=released_sample(tmp_path_factory.mktemp("released")))


def test_gulpease_is_the_published_formula():
    # Lucisano & Piemontese 1988: 89 + (300 x sentences - 10 x letters) / words. Here 10 words of
    # 40 letters in 2 sentences: 89 + (600 - 400) / 10 = 109.
    assert gulpease(["Anna vede sole mare rosa. Luca vede nave mare cane."]) == 109
    # One sentence of 5 words of 12 letters: 89 + (300 - 600) / 5 = 29.
    assert gulpease(["amministrare " * 5]) == 29
    with pytest.raises(ValueError, match="no word"):
        gulpease(["..."])


def test_gulpease_knows_office_italian_from_plain_italian():
    office = "La rimodulazione delle progettualità intersettoriali presuppone la concertazione."
    assert gulpease([office]) < 40 < PLAIN <= gulpease(["Ci siamo visti tante volte. Grazie."])


def test_the_italian_page_itself_is_plain(k):
    page = as_page(sheet(k, "it"))
    body = page[page.index("<main>") :]
    blocks = [
        re.sub(r"<[^>]+>", "", each) for each in re.findall(r"<(?:h1|p)\b.*?</(?:h1|p)>", body)
    ]
    assert len(blocks) > 7
    assert gulpease(blocks) >= PLAIN


def test_a_sheet_that_is_hard_to_read_is_not_made(k, monkeypatch):
    hard = {**catalogue()["it"], "thanks": "Amministrativamente " * 60}
    monkeypatch.setattr(_sheet, "catalogue", lambda: {"it": hard})
    with pytest.raises(KitError, match="Gulpease"):
        sheet(k, "it")


def test_every_language_says_the_same_things_with_the_same_blanks():
    def blanks(text):
        return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)

    words = catalogue()
    assert list(words) == ["it", "en", "fr", "ar"]
    for lang, texts in words.items():
        assert set(texts) - {"source", "origin"} == set(words["it"]) - {"source"}, lang
        for key, text in words["it"].items():
            if isinstance(text, str):
                assert blanks(texts[key]) == blanks(text), f"{lang}: {key}"


def test_a_click_is_answered_in_the_sheets_own_language_and_with_rounded_people(
    tmp_path, monkeypatch
):
    folder = released_sample(tmp_path / "released")
    monkeypatch.setenv("LUNATTIVA_RELEASED", str(folder))
    monkeypatch.setenv("LUNATTIVA_PUBLIC", "1")
    words = catalogue()
    about = write(tmp_path, list(words), {})
    assert set(words["fr"]["origin"]) == set(words["ar"]["origin"])
    for lang, told in about.items():
        assert told["lang"] == lang and told.get("dir", "ltr") == words[lang]["dir"]
        own = words[lang].get("origin")
        if own:
            assert told["words"]["close"] == own["close"] and told["labels"][0] == own["what"]
    ids = [set(told["numbers"]) for told in about.values()]
    assert ids[0] and all(each == ids[0] for each in ids)
    exact = kit.open(folder=folder, public=False).cell("reached_n", period="all")
    public = kit.open(folder=folder, public=True).cell("reached_n", period="all")
    assert exact.n != public.n, "the sample's count is no multiple of five"
    for told in about.values():
        said = [told["texts"][place].split()[:1] for place in told["numbers"][number_id(exact)]]
        assert [str(public.n)] in said


@pytest.mark.parametrize("lang", ["it", "en", "fr", "ar"])
def test_pictures_are_described_and_translations_nobody_read_say_so(k, lang):
    page = as_page(sheet(k, lang))
    assert f'<html lang="{lang}" dir="{"rtl" if lang == "ar" else "ltr"}">' in page
    assert page.count("<svg") == page.count('role="img" aria-label="') >= 4
    assert ("rivedere" in page) is (lang != "it")
    assert not re.search(r"(?:src|href)=.?https?:|<table", page)


def test_a_translation_somebody_answers_for_carries_no_note(k, monkeypatch):
    read = {**catalogue()["fr"], "reviewed_by": "una lettrice"}
    monkeypatch.setattr(_sheet, "catalogue", lambda: {"fr": read})
    assert "rivedere" not in as_page(sheet(k, "fr"))


def test_arabic_fills_one_tagged_page_from_the_right(k):
    made = sheet(k, "ar", draft="مسودة")
    assert as_pdf(made).startswith(b"%PDF-")  # a missing letter or a second page is an error
    wide = [item for item, _, _ in made.items if item.is_wide]
    italian = [item for item, _, _ in sheet(k, "it").items if item.is_wide]
    assert wide and all(a.svg != b.svg for a, b in zip(wide, italian, strict=True) if a.n != 10)


def test_what_is_not_shown_leaves_its_picture_out(tmp_path):
    bare = kit.open(folder=released_sample(tmp_path, bare=True))
    keys = [item.key for item, _, _ in sheet(bare, "it").items]
    assert "change" not in keys and keys[-1] == "private"


def test_numbers_are_rounded_for_reading():
    assert [readable(n) for n in (8, 217, 759, 6427, 13714)] == [8, 220, 760, 6400, 14000]
