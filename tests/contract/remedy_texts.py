"""The texts of every error, read from the code itself: what ``schemas/remedies.yml`` must explain."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from pipelines.messages import messages

ROOT = Path(__file__).resolve().parents[2]
Text = dict[str, str]
#: Catalogues of texts that stand beside the code that says them.
CODING = "assets/coding/page/words.json"
REVIEW = "assets/outputs/link_review.yml"
_MAKERS = re.compile(r"ConfigurationError|_refusal\(|BadParameter|_bad\(|coding_words\(|\"it\"[,)]")
_ERRORS_OF_CODING = ("bad.other_key", "left")


def said_by_the_code() -> list[Text]:
    """Return each error's text in both languages, ``{}`` where a value stands; each text once."""
    found: dict[str, Text] = {}
    for folder in ("assets", "pipelines"):
        for path in sorted((ROOT / folder).rglob("*.py")):
            for text in _of_module(path):
                if text["en"].replace("{}", "").strip(" :\n"):  # others only hand a text on
                    found.setdefault(text["en"], text)
    for key, text in _catalogue(REVIEW).items():
        if key.startswith("refused."):
            found.setdefault(text["en"], text)
    return list(found.values())


def _of_module(path: Path) -> Iterator[Text]:
    text = path.read_text("utf-8")
    if not _MAKERS.search(text):
        return  # most modules raise nothing, and to parse them takes a second
    tree = ast.parse(text)
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and _named(node.bases, "ConfigurationError"):
            yield from (_pair(c) for c in ast.walk(node) if _is_super(c) and len(c.args) == 2)
        if not isinstance(node, ast.Call):
            continue
        name, first = _name(node.func), _literal(node.args[0]) if node.args else ""
        if name == "ConfigurationError":
            yield _pair(node)
        elif first in messages() and (name == "_refusal" or _is_said_in_both(node)):
            yield _blank(messages()[first])
        elif name == "BadParameter" and isinstance(node.args[0], ast.Call):
            yield _blank(messages()[_literal(node.args[0].args[0])])
        elif name == "_bad":
            yield _blank(_catalogue(CODING)[f"bad.{first}"])
        elif name == "coding_words" and first in _ERRORS_OF_CODING:
            yield _blank(_catalogue(CODING)[first])


def _pair(node: ast.Call) -> Text:
    given = dict(zip(("it", "en"), node.args, strict=False))
    given |= {each.arg: each.value for each in node.keywords if each.arg}
    return {lang: _literal(given[lang]) for lang in ("it", "en")}


def _is_said_in_both(node: ast.Call) -> bool:
    """Whether it is ``say(key, "it", ...)``: only errors are put together in both languages."""
    return _name(node.func) == "say" and _literal(node.args[-1]) == "it"


def _is_super(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr == "__init__"
    )


def _named(nodes: list[ast.expr], name: str) -> bool:
    return any(_name(each) == name for each in nodes)


def _name(node: ast.expr) -> str:
    return getattr(node, "id", getattr(node, "attr", ""))


def _literal(node: ast.expr) -> str:
    """Return the text as written, ``{}`` for what is filled in."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(_literal(part) for part in node.values)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        return _literal(node.left) + _literal(node.right)
    return "{}"


def _blank(text: Text) -> Text:
    return {lang: re.sub(r"{\w+}", "{}", text[lang]).rstrip("\n") for lang in ("it", "en")}


def _catalogue(name: str) -> dict[str, Text]:
    text = (ROOT / name).read_text("utf-8")
    found: dict[str, Text] = json.loads(text) if name.endswith(".json") else yaml.safe_load(text)
    return found
