"""Instruments as data: what they must say, and the gate of the licence."""

from __future__ import annotations

import pandas as pd
import pytest

from assets.sorting.rules import Rulebook, broken_answers
from schemas.config import ConfigError, read_config
from schemas.instruments import Instrument, shipped
from schemas.programme import Programme
from schemas.source import Source
from schemas.survey import SURVEY

PLAIN = """\
code: made_up
label: {it: "x", en: "x"}
items: [{code: i1}, {code: i2}, {code: i3}]
low: 1
high: 3
scoring: {method: sum, min_answered: 3}
score_low: 3
score_high: 9
better: higher
unit: {it: punti, en: points}
licence: none
citation: none
"""


def _read(tmp_path, *changes: tuple[str, str]) -> Instrument:
    text = PLAIN
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path = tmp_path / "made_up.yml"
    path.write_text(text, encoding="utf-8")
    return read_config(path, Instrument)


TEXT = ("{code: i2}", '{code: i2, text: {it: "Segreto?", en: "Secret?"}}')
KEPT = ("licence: none", "licence: ask\nship: false")


def test_words_that_the_licence_keeps_are_refused_in_two_languages(tmp_path):
    with pytest.raises(ConfigError) as caught:
        _read(tmp_path, TEXT, KEPT)
    italian, english = (caught.value.say(lang) for lang in ("it", "en"))
    assert "made_up.yml:3" in italian
    assert "non si può" in italian and "may not be kept" in english
    assert "permission" in english
    assert "Secret" not in italian + english


def test_words_may_stand_with_a_permission_and_codes_always(tmp_path):
    permitted = ("licence: none", "licence: ask\nship: false\npermission: the author, 2022-03-01")
    assert _read(tmp_path, TEXT, permitted).items[1].text is not None
    assert _read(tmp_path, KEPT).item_codes == ["i1", "i2", "i3"]


def test_an_instruction_is_words_too(tmp_path):
    with pytest.raises(ConfigError, match="may not be kept"):
        _read(tmp_path, KEPT, ("better:", 'instruction: {it: "x", en: "x"}\nbetter:'))


def test_the_house_keeps_no_words_it_may_not_ship():
    for each in shipped().values():
        assert each.permission is None
        if not each.ship:
            assert not any(item.text for item in each.items) and each.instruction is None
        else:
            assert all(item.text for item in each.items)


def test_every_instrument_says_where_its_words_come_from():
    for each in shipped().values():
        assert each.licence and each.citation
        if each.ship:
            assert set(each.languages) == {"it", "en"}
        if any(said.wording == "working" for said in each.languages.values()):
            assert each.translation_note is not None


@pytest.mark.parametrize("code", sorted(shipped()))
def test_score_limits_follow_from_the_rule(code):
    each = shipped()[code]
    k, scoring = len(each.items), each.scoring
    low, high = {
        "sum": (k * each.low, k * each.high),
        "mean": (each.low, each.high),
        "count": (0, k),
    }[scoring.method]
    assert (each.score_low, each.score_high) == (low * scoring.multiply, high * scoring.multiply)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (("score_low: 3", "score_low: 9"), "below the highest"),
        (("method: sum", "method: count"), "counts"),
        (("{code: i1}", "{code: i1, counts: [1]}"), "counts"),
        (("better: higher", 'better: higher\nanswers: {"4": {it: x, en: x}}'), "low to high"),
        (("better: higher", "better: higher\nnotable_change: 1"), "notable_change_source"),
        (
            (
                "better: higher",
                "better: higher\nbands: [{code: b, label: {it: x, en: x}, low: 1, high: 2, source: x}]",
            ),
            "score_low",
        ),
    ],
)
def test_a_declaration_that_cannot_be_scored_is_refused(tmp_path, change, says):
    with pytest.raises(ConfigError, match=says):
        _read(tmp_path, change)


PROGRAMME = Programme.model_validate(
    {
        "programme": "made_up",
        "title": {"it": "x", "en": "x"},
        "from": "2022-01-01",
        "to": "2022-12-31",
        "partners": {"agape": {"label": {"it": "x", "en": "x"}}},
        "neighbourhoods": "open",
        "activities": "open",
        "services": "open",
    }
)
SOURCE = Source.model_validate(
    {
        "source": "survey_2022",
        "dataset": "survey",
        "label": {"it": "x", "en": "x"},
        "files": ["*.csv"],
        "columns": {"person_code": {"letter": "A"}, "wave_code": {"value": "pre"}},
        "questions": [{"items": {"fies_hungry": "hungry"}}],
    }
)


@pytest.mark.parametrize("scale", ["fies", None])
@pytest.mark.parametrize(("value", "is_broken"), [(0, False), (1, False), (2, True), (0.5, True)])
def test_an_answer_outside_its_instrument_goes_to_quarantine(scale, value, is_broken):
    # Also where the block of questions names no scale: scores rest on the item's code.
    rows = pd.DataFrame(
        {
            "item_code": pd.array(["fies_hungry"], dtype="string"),
            "instrument_code": pd.array([scale], dtype="string"),
            "answer_code": pd.array([str(value)], dtype="string"),
            "answer_value": [float(value)],
        }
    )
    found = broken_answers(rows, Rulebook(PROGRAMME, SURVEY, SOURCE, dict(shipped())))
    assert found["answer_value", "answer_value.range"].tolist() == [is_broken]
    assert found["answer_code", "answer_code.code"].tolist() == [False]
