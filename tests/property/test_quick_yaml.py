"""The quick reader of configuration says what the exact one says, or leaves the text to it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.config import _plain, _tree
from schemas.quick_yaml import DEEPEST, NotPlainError, read

REPOSITORY = Path(__file__).resolve().parents[2]
WRITTEN = [
    *sorted((REPOSITORY / "raw" / "demo").glob("*/source.yml")),
    REPOSITORY / "raw" / "demo" / "programme.yml",
    REPOSITORY / "raw" / "demo" / "cycles.yml",
    REPOSITORY / "schemas" / "instruments" / "who5.yml",
]
SCALARS = """
a:|b|-|1|07|1.50|1e3|0o17|0x1F|12:30|2021-03-04|2021-02-30|2021-03|00-17|+39|1_000|.5|yes|No|true|FALSE|null|~
.inf|.nan|http://x|a:b|a#b|?|?a|=|<<|perché|'it''s'|"x\\n"|'1'|è: |!!str 1|&a x|*a|{|}|[|]| |'a|>-
"""
PLAIN = st.sampled_from(SCALARS.replace("\n", "|").split("|"))
LETTERS = st.text("ab1: '\"è{-\n", max_size=5)


def exact(text: str) -> Any:
    return _plain(_tree(Path("a.yml"), text))


def same(one: Any, other: Any) -> bool:
    """Say whether two trees are equal, kinds of scalars and order of keys included."""
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    return one == other and isinstance(other, type(one)) and str(one) == str(other)


@pytest.mark.parametrize("path", WRITTEN, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_people_wrote_is_plain_and_reads_alike(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert same(_plain(read(text)), exact(text))


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("lead: # chi guida\n  Comune di Mantova\n\n", {"lead": "Comune di Mantova"}),
        ("k: |  # c\n  a\n  b\n# d\n", {"k": "a\nb\n"}),
        ("a: ['x', \"y:z\"] # e\n# f\n", {"a": ["x", "y:z"]}),
        ("a: # b\n  # c\n  - x # d\n\n  # e\n  - y\n", {"a": ["x", "y"]}),
    ],
)
def test_comments_stop_neither_reader(text: str, tree: dict) -> None:
    assert same(tree, _plain(read(text))) and same(tree, exact(text))


@pytest.mark.parametrize("text", ["k: 270.000\n", "k: [-1.234, 3730.000]\n", "k: 0.125\n"])
def test_a_decimal_that_may_be_thousands_keeps_its_text(text: str) -> None:
    quick, slow = _plain(read(text)), exact(text)
    assert same(quick, slow)
    each = [getattr(x, "written", None) for x in (quick["k"] if "[" in text else [quick["k"]])]
    assert each == [
        getattr(x, "written", None) for x in (slow["k"] if "[" in text else [slow["k"]])
    ]
    assert each == ([None] if "0.125" in text else text.strip("k: []\n").split(", "))


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(
        ["k: {}\n", "- {}\n", "k: [{}, z]\n", "k: {{x: {}}}\n", "{}: v\n", "k:\n  {}\n"]
    ),
    PLAIN,
)
def test_each_way_of_writing_a_scalar_reads_alike(place: str, scalar: str) -> None:
    text = place.format(scalar)
    try:
        found = read(text)
    except NotPlainError:
        return
    assert same(_plain(found), exact(text)), text


TREES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | LETTERS,
    lambda each: st.lists(each, max_size=3) | st.dictionaries(LETTERS, each, max_size=3),
    max_leaves=6,
)


@settings(max_examples=50, deadline=None)
@given(st.dictionaries(st.sampled_from("abc"), TREES, min_size=1))
def test_what_is_in_brackets_reads_back(tree: dict) -> None:
    text = json.dumps(tree, ensure_ascii=False)
    assert same(read(text), tree)


@pytest.mark.parametrize(
    "text",
    [
        "a: 1\na: 2\n", "a: 1\n'a': 2\n", "a: &x 1\nb: *x\n", "a: !!int '1'\n", "a: 1\n---\nb: 2\n",
        "%YAML 1.1\n---\na: yes\n", "<<: {a: 1}\n", "a:\t1\n", "{a: 1", "[a]: 1\n", "\ufeffa: 1\n",
        "['x':y]\n", "{'x': {\"y\":z}}\n", "k: |#x\n  a\n", "k: >-#x\n  a\n", "k: v\n...\n...\n", "k: v\n...\n",
        "k: |\n  \n    text\n", "k: >-  # c\n\n  text\n", "|\n a\n", "- >+\n\n\n", f"k: {'1' * 5000}\n",
        f"k: {'9' * 400}.5\n", "a: " + "[" * (DEEPEST + 1) + "]" * (DEEPEST + 1), "a: 2021-02-30\n", "a: 12:30\n", "null: 1\n",
    ],
)  # fmt: skip
def test_what_is_not_plain_is_left_to_the_exact_reader(text: str) -> None:
    with pytest.raises(NotPlainError):
        read(text)
