"""Every error that a person can meet has a code, a cause and a remedy in both languages; none is left over."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from assets.errors import DeliveryRefused, UnexpectedError
from assets.layout import Layout
from assets.outputs.errors_page import write_errors
from pipelines.explain import code_of, coded, explained
from schemas.remedies import code_of_text, find, remedies
from schemas.words import LANGUAGES, catalogue
from tests.contract.remedy_texts import said_by_the_code

KNOWN = remedies()
KINDS = ("ConfigError", "RenderError", "UnexpectedError")


def test_every_text_that_the_code_says_as_an_error_is_explained_and_no_other():
    names = {each.name for each in KNOWN.values()}
    listed = {text.en: text.it for each in KNOWN.values() if not each.name for text in each.texts}
    said = {text["en"]: text["it"] for text in said_by_the_code()}
    assert len(said) > 100  # the reader of the code finds errors at all
    assert listed == said, "add it to schemas/remedies.yml under the next free code, or take it out"
    wanted = [*catalogue("refusals.yml"), *catalogue("rules.yml"), *KINDS]
    assert names - {""} == set(wanted)
    assert Counter(each.name for each in KNOWN.values() if each.name) == Counter(wanted)


@pytest.mark.parametrize("lang", LANGUAGES)
def test_each_has_a_cause_and_a_remedy_of_its_own(lang):
    for each in KNOWN.values():
        cause, remedy = each.cause.say(lang), each.advice(lang)
        assert re.fullmatch(r"L[13579]\d\d", each.code)
        assert len(cause.split()) >= 3, each.code
        assert len(remedy.split()) >= 3, each.code
        assert cause != remedy and not re.search(r"[{}]", cause + remedy), each.code
        assert remedy not in each.shown(lang), f"{each.code}: the text is no remedy of its own"


def test_each_text_leads_to_its_own_code():
    for each in KNOWN.values():
        for text in each.texts:
            for lang in LANGUAGES:
                filled = re.sub(r"{\w*}", "2022Q1", text.say(lang))
                assert code_of_text(filled) == each.code, filled
                assert code_of_text(filled.replace(" ", "\n  ", 3)) == each.code  # a broken line


def test_errors_that_are_raised_carry_their_code():
    assert code_of(DeliveryRefused("file.empty")) == "L103"
    assert code_of(UnexpectedError("KeyError", "assets/x.py:1")) == "L903"
    assert code_of(ValueError("something of another library")) is None
    assert coded("Il file è vuoto. Chiedere di nuovo il file al partner.").endswith("[L103]")
    assert coded("something else") == "something else"


def test_explain_finds_by_code_name_and_text():
    pasted = "a.csv: the file\n is empty. Ask the partner for it again."
    for question in ("L103", "l103", "file.empty", pasted):
        assert [each.code for each in find(question)] == ["L103"]
    assert "L504" in {each.code for each in find("disco pieno")}
    assert explained("zzzz", "it") is None
    listed = explained("", "it") or []
    assert {line[:4] for line in listed if line.startswith("L")} == set(KNOWN)


def test_the_page_holds_every_error_once(tmp_path):
    for lang, path in zip(LANGUAGES, write_errors(Layout(tmp_path, "x")), strict=True):
        text = path.read_text("utf-8")
        assert re.findall(r'<section id="(L\d+)">', text) == sorted(KNOWN)
        assert f'<html lang="{lang}">' in text
        assert "http" not in text and "<script " not in text  # its one script fetches nothing
