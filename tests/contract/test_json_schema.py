"""The schemas that editors read: up to date, explained in two languages, and true of every file here."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import jsonschema
import pytest
import yaml

from schemas.json_schema import MODELS, keys_of, path_of, text_of
from schemas.words import catalogue

ROOT = Path(__file__).resolve().parents[2]
SHIPPED = {
    "source": sorted(
        [*ROOT.glob("raw/demo/*/source.yml"), *ROOT.glob("pipelines/new_programme/*/source.yml")]
    ),
    "programme": [ROOT / "raw" / "demo" / "programme.yml"],
    "sidecar": sorted(p for p in ROOT.glob("raw/demo/*/*/*.yml")),
    "cycles": [ROOT / "raw" / "demo" / "cycles.yml"],
    "adapted": [],  # each new programme has its own
}
TRIED = {
    **SHIPPED,
    "source": [*SHIPPED["source"], *sorted(ROOT.glob("tests/integration/real/raw/*/*/source.yml"))],
    "programme": [
        *SHIPPED["programme"],
        *sorted(ROOT.glob("tests/integration/real/raw/*/programme.yml")),
    ],
}


class Loader(yaml.SafeLoader):
    """YAML as editors read it (1.2): dates are texts, yes and no are words."""


Loader.yaml_implicit_resolvers = {
    mark: [(tag, form) for tag, form in found if not tag.endswith((":timestamp", ":bool"))]
    for mark, found in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
for _mark, _words in (("t", "true"), ("f", "false")):
    Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(rf"\A{_words}\Z"), [_mark])


@cache
def validator(name: str) -> jsonschema.Draft202012Validator:
    schema = json.loads(path_of(name).read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def read(path: Path) -> object:
    return json.loads(json.dumps(yaml.load(path.read_text("utf-8"), Loader)))


@pytest.mark.parametrize("name", MODELS)
def test_the_schema_is_the_one_that_the_models_make(name: str):
    assert path_of(name).read_text("utf-8") == text_of(name), "run: python -m schemas.json_schema"


def test_every_key_is_explained_once_and_no_other():
    keys = {key for model in MODELS.values() for key in keys_of(model)}
    assert keys == set(catalogue("keys.yml"))
    assert all(w.it.endswith(".") and w.en.endswith(".") for w in catalogue("keys.yml").values())


@pytest.mark.parametrize(("name", "path"), [(n, p) for n, found in TRIED.items() for p in found])
def test_every_file_of_the_repository_is_right_by_its_schema(name: str, path: Path):
    validator(name).validate(read(path))


@pytest.mark.parametrize(("name", "path"), [(n, p) for n, found in SHIPPED.items() for p in found])
def test_every_file_names_the_schema_that_editors_find(name: str, path: Path):
    first = path.read_text("utf-8").splitlines()[0]
    mark, _, place = first.partition("$schema=")
    assert mark == "# yaml-language-server: "
    if "raw" in path.parts:  # the others are copied there
        assert (path.parent / place).resolve() == path_of(name).resolve()


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("dataset: attendance", "dataset: attendace"),
        ("session_date:", "session_dat:"),
        ("files:", "fils:"),
        ("every: quarter", "every: quarterly"),
        ("header_row: 4", "header_row: vier"),
        ("label: {it:", "label: {fr:"),
    ],
)
def test_a_mistake_is_one_for_editors_too(old: str, new: str):
    text = (ROOT / "raw" / "demo" / "alcenero" / "source.yml").read_text("utf-8")
    assert old in text
    wrong = json.loads(json.dumps(yaml.load(text.replace(old, new), Loader)))
    with pytest.raises(jsonschema.ValidationError):
        validator("source").validate(wrong)


def test_dated_code_lists_and_numbers_as_texts_are_accepted():
    text = (ROOT / "raw" / "demo" / "agape" / "source.yml").read_text("utf-8")
    assert "until: 2022-07-14" in text
    tree = yaml.load(text, Loader)
    tree["sources"][0]["reader"]["missing"] = [99]
    validator("source").validate(json.loads(json.dumps(tree)))
