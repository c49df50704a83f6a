"""Every column is described in two languages, and every rule that can fail has its words."""

from __future__ import annotations

import pytest
import yaml

from schemas.datasets import DATASETS
from schemas.estimates import ESTIMATE_COLUMNS
from schemas.field import STORAGE, Field
from schemas.fields import FIELDS
from schemas.released import RELEASED_COLUMNS
from schemas.words import LANGUAGES, SCHEMAS_FOLDER

from schemas.dataset import Dataset, rule_text  # isort: skip

ROLES = {"public", "pseudonym", "quasi_identifier", "sensitive"}


@pytest.mark.parametrize("field", FIELDS.values(), ids=FIELDS)
def test_every_column_is_described(field: Field):
    for lang in LANGUAGES:
        assert field.label.say(lang).strip()
        assert field.description.say(lang).strip().endswith(".")
        assert all(words.say(lang).strip() for words in field.codes.values())
    assert field.role in ROLES
    assert field.kind in STORAGE
    if field.kind in ("integer", "number"):
        assert field.unit, f"{field.name} is a number without a unit"


def test_every_column_of_a_dataset_is_declared_and_none_is_left_over():
    used = {column for dataset in DATASETS.values() for column in dataset.columns}
    assert used == set(FIELDS)


@pytest.mark.parametrize(
    "columns", [ESTIMATE_COLUMNS, RELEASED_COLUMNS], ids=["estimate", "released"]
)
def test_every_column_of_a_result_has_a_meaning(columns):
    assert all(kind and meaning.strip() for kind, meaning in columns.values())


def rule_ids(dataset: Dataset) -> set[str]:
    """Every rule that a row of this dataset can fail."""
    found = {f"{name}.required" for name in dataset.required}
    found |= {f"{name}.unique" for name in dataset.key}
    found |= {rule.rule_id for rule in dataset.row_rules}
    for each in dataset.fields:
        found |= {f"{each.name}.parse", f"{each.name}.pattern", f"{each.name}.code_date"}
        if each.kind == "code" or each.codes or each.codes_from:
            found.add(f"{each.name}.code")
        if each.low is not None or each.high is not None:
            found.add(f"{each.name}.range")
        if each.pattern:
            found.add(f"{each.name}.format")
        if each.kind == "date":
            found |= {f"{each.name}.window", f"{each.name}.period"}
    if dataset.name == "survey":
        found |= {"answer_value.range", "answer_code.code", "wave_code.dates"}
    return found


@pytest.mark.parametrize("lang", LANGUAGES)
@pytest.mark.parametrize("dataset", DATASETS.values(), ids=DATASETS)
def test_every_rule_says_what_is_wrong_and_what_to_do(dataset: Dataset, lang):
    for rule_id in sorted(rule_ids(dataset)):
        text = rule_text(rule_id, lang)
        assert "{" not in text, f"{rule_id}: a placeholder was not filled"
        sentences = [each for each in text.replace("?", ".").split(".") if each.strip()]
        assert len(sentences) >= 2, f"{rule_id} does not say what to do: {text}"


@pytest.mark.parametrize("name", ["rules.yml", "refusals.yml"])
def test_every_text_exists_in_both_languages_with_the_same_blanks(name):
    texts = yaml.safe_load((SCHEMAS_FOLDER / name).read_text("utf-8"))
    for key, entry in texts.items():
        assert set(entry) == set(LANGUAGES), key
        assert blanks(entry["it"]) == blanks(entry["en"]), key


def blanks(text: str) -> set[str]:
    return {piece.split("}")[0] for piece in text.split("{")[1:]}
