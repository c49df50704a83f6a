"""Words may claim no more than the design: pre/post is 'associated with', never 'caused'."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml

from reports import kit
from schemas.indicators import released_tables
from tests.unit.released_sample import SCHEMA, released_sample, row

ROOT = Path(__file__).resolve().parents[2]
WORDS = yaml.safe_load((ROOT / "reports" / "words.yml").read_text("utf-8"))
#: Claims of cause, in either language. "Impatto" needs a design that supports it.
CLAIMS = re.compile(
    r"\b(ha causato|hanno causato|causat[oaie]|provocat[oaie]|grazie al|per effetto d|merito del"
    r"|ha prodotto|caused|because of|thanks to|due to the programme|led to|resulted in|proves?|dimostra)\b",
    re.IGNORECASE,
)
TEXTS = [
    (f"{section}.{key}", entry)
    for section in ("words", "sentences", "warnings", "alts", "traits", "steps", "anonymity")
    for key, entry in WORDS[section].items()
]


def reader(folder: Path, lang: str = "it", **cell: Any) -> kit.Kit:
    """Open the sample with the WHO-5 change replaced by one cell."""
    released_sample(folder)
    path = folder / "tables" / "change.parquet"
    others = [
        each
        for each in pq.read_table(path).to_pylist()
        if not (each["indicator_code"] == "score_change" and each["subject_code"] == "who5")
    ]
    about = {"subject_code": "who5", "design": "pre_post", "table_code": "change"}
    value, status = cell.pop("value"), cell.pop("status", "released")
    mine = row("score_change", value, status, **{**about, **cell})
    pq.write_table(pa.Table.from_pylist([*others, mine], SCHEMA), path)
    return kit.open(lang, "2022Q1", folder)


@pytest.mark.parametrize(("key", "entry"), TEXTS, ids=[key for key, _ in TEXTS])
def test_every_text_exists_in_both_languages_and_claims_no_cause(key, entry):
    assert set(entry) == {"it", "en"} and all(text.strip() for text in entry.values())
    places = [set(re.findall(r"\{(\w+)\}", text)) for text in entry.values()]
    assert places[0] == places[1], f"{key}: the two languages ask for different values"
    for text in entry.values():
        assert not CLAIMS.search(text), f"{key} claims a cause"


def test_the_filter_of_claims_can_fail():
    assert CLAIMS.search("Il laboratorio ha causato un aumento")
    assert CLAIMS.search("The change is thanks to the programme")


def test_a_clear_change_is_associated_and_judged_by_the_scale(tmp_path):
    said = reader(tmp_path, value=12.0, ci_low=3.0, ci_high=21.0, n=40).sentence("change", "who5")
    assert "è associato a un aumento medio di 12,0 punti" in said
    assert "40 persone" in said and "«Prima»" in said and "«Dopo»" in said
    assert "È un miglioramento." in said
    assert "Supera la soglia di 10 punti" in said
    assert said.endswith(
        "Manca un confronto con chi non ha partecipato: non si può dire che la differenza dipenda dal programma."
    )


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (9.9, "Resta sotto la soglia di 10 punti"),
        (10.0, "Supera la soglia di 10 punti"),
        (-10.0, "È un peggioramento. Supera la soglia di 10 punti"),
    ],
)
def test_the_notable_change_just_below_and_at_the_threshold(tmp_path, value, expected):
    ends = sorted((value * 0.5, value * 1.5))
    said = reader(tmp_path, value=value, ci_low=ends[0], ci_high=ends[1], n=40)
    assert expected in said.sentence("change", "who5")


@pytest.mark.parametrize(("low", "high"), [(-0.1, 8.0), (0.0, 8.0), (-8.0, 0.0), (None, None)])
def test_an_interval_that_holds_zero_is_no_change(tmp_path, low, high):
    said = reader(tmp_path, value=4.0, ci_low=low, ci_high=high, n=40).sentence("change", "who5")
    assert "non si distingue da zero" in said
    assert "aumento" not in said and "miglioramento" not in said and "soglia" not in said


def test_an_interval_just_off_zero_is_a_change(tmp_path):
    said = reader(tmp_path, value=4.0, ci_low=0.01, ci_high=8.0, n=40).sentence("change", "who5")
    assert "è associato a un aumento" in said


def test_below_the_base_nothing_is_said_but_why(tmp_path):
    said = reader(tmp_path, value=None, status="suppressed").sentence("change", "who5")
    assert said == (
        "Benessere (WHO-5): la variazione non si mostra, perché riguarda troppo poche persone (riservatezza)."
    )
    assert not re.search(r"\d", said.replace("WHO-5", ""))


def test_what_cannot_be_computed_is_not_called_hidden(tmp_path):
    said = reader(tmp_path, value=None, status="not_applicable").sentence("change", "who5")
    assert "non si può calcolare" in said and "riservatezza" not in said


@pytest.mark.parametrize(
    ("design", "must", "must_not"),
    [
        ("descriptive", "12.0 points", "associated"),
        ("pre_post", "associated with", "compared with"),
        ("compared", "compared with the comparison group", "associated"),
    ],
)
def test_each_design_has_its_own_words(tmp_path, design, must, must_not):
    said = reader(tmp_path, "en", value=12.0, ci_low=3.0, ci_high=21.0, n=40, design=design)
    text = said.sentence("change", "who5")
    assert must in text and must_not not in text
    assert not CLAIMS.search(text)


def test_a_step_is_an_estimate_against_the_earlier_trend(tmp_path):
    k = kit.open("en", "2022Q1", released_sample(tmp_path))
    said = k.sentence("step", "emporio")
    # 1.31 with an interval from 1.12 to 1.53: 31 % higher, from 12 to 53.
    assert "31% higher than the earlier trend (95% interval +12% to +53%)" in said
    assert "estimated" in said


def test_a_step_whose_interval_holds_one_is_no_step(tmp_path):
    released_sample(tmp_path)
    path = tmp_path / "tables" / "step.parquet"
    about = {"subject_code": "emporio", "design": "quasi_experimental", "table_code": "step"}
    mine = row("contacts_step", 0.95, ci_low=0.8, ci_high=1.0, n=24, **about)
    pq.write_table(pa.Table.from_pylist([mine], SCHEMA), path)
    said = kit.open("it", "2022Q1", tmp_path).sentence("step", "emporio")
    assert "non si distinguono dall'andamento precedente" in said
    assert "step" in released_tables()


def test_the_answer_first_names_people_and_stays_within_the_design(tmp_path):
    for lang, mark in (("it", "associat"), ("en", "associated")):
        text = kit.open(lang, "2022Q1", released_sample(tmp_path)).text("answer")
        first = text.splitlines()[0]
        assert "63" in first and "187" in first and "200" in first
        assert mark in text and not CLAIMS.search(text)


def test_documents_claim_no_cause():
    for path in [*(ROOT / "reports").glob("*.qmd"), *(ROOT / "thesis").glob("*.qmd")]:
        assert not CLAIMS.search(path.read_text("utf-8")), path.name


@pytest.mark.parametrize(
    ("change", "said", "not_said"),
    [
        (
            None,
            "In Q1 2022 no attendance is on record; the whole programme has reached 187",
            "no data",
        ),
        (0.0, "In Q1 2022 no attendance is on record", " 0 people"),
        ("suppressed", "In Q1 2022 the number of people who took part is not shown", "63"),
    ],
)
def test_a_quarter_without_a_number_is_a_sentence_all_the_same(tmp_path, change, said, not_said):
    path = released_sample(tmp_path) / "tables" / "reach.parquet"
    rows = []
    for each in pq.read_table(path).to_pylist():
        if each["indicator_code"] != "reached_n" or each["period"] != "2022Q1":
            rows.append(each)
        elif isinstance(change, str):
            rows.append({**each, "value": None, "n": None, "status": change})
        elif change is not None:
            rows.append({**each, "value": change, "n": 0})
    pq.write_table(pa.Table.from_pylist(rows, SCHEMA), path)
    text = kit.open("en", "2022Q1", tmp_path).sentence("reach").replace("\u00a0", " ")
    assert text.startswith(said) and not_said not in text


def test_a_change_is_not_ascribed_to_taking_part(tmp_path):
    # The people compared are those who answered twice, whether they came to a workshop or not.
    for lang in ("it", "en"):
        text = reader(tmp_path / lang, lang, value=12.0, ci_low=3.0, ci_high=21.0, n=40)
        for said in (text.sentence("change", "who5"), text.text("answer"), text.text("changes")):
            assert not re.search(r"partecipazione è associat|taking part is associated", said)
