"""RDF written by hand: a few statements as Turtle and as JSON-LD, in the order they are given.

A library would bring a second store and its own order; the two texts are held to be the same graph
by a test that reads both with one.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

PREFIXES = {
    "adms": "http://www.w3.org/ns/adms#",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "owl": "http://www.w3.org/2002/07/owl#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "vcard": "http://www.w3.org/2006/vcard/ns#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_FORBIDDEN = re.compile(r'[\x00-\x20<>"{}|^`\\]')


@dataclass(frozen=True)
class Iri:
    """A thing by its address: absolute, or relative to the document."""

    text: str

    def __post_init__(self) -> None:
        """Refuse what Turtle could not hold."""
        if _FORBIDDEN.search(self.text):
            raise ValueError("an address with characters that no address may have")


@dataclass(frozen=True)
class Literal:
    """A text in a language, a typed value, or plain text; ``datatype`` is a prefixed name."""

    text: str
    lang: str = ""
    datatype: str = ""


Value = Iri | Literal


@dataclass(frozen=True)
class Node:
    """One thing and what is said of it: prefixed property -> values."""

    iri: Iri
    types: Sequence[str]
    said: Sequence[tuple[str, Value]]


def turtle(nodes: Iterable[Node]) -> str:
    """Return the statements as Turtle."""
    heads = [f"@prefix {name}: <{iri}> ." for name, iri in sorted(PREFIXES.items())]
    blocks = [_turtle_node(node) for node in nodes]
    return "\n".join([*heads, "", *blocks])


def _turtle_node(node: Node) -> str:
    lines = [f"  a {', '.join(node.types)}"]
    lines += [f"  {name} {_turtle_value(value)}" for name, value in node.said]
    return f"<{node.iri.text}>\n" + " ;\n".join(lines) + " .\n"


def _turtle_value(value: Value) -> str:
    if isinstance(value, Iri):
        return f"<{value.text}>"
    text = '"' + "".join(_ESCAPES.get(sign, sign) for sign in value.text) + '"'
    if value.lang:
        return f"{text}@{value.lang}"
    return f"{text}^^{value.datatype}" if value.datatype else text


def json_ld(nodes: Iterable[Node]) -> str:
    """Return the statements as JSON-LD 1.1."""
    graph = [_json_node(node) for node in nodes]
    whole = {"@context": dict(sorted(PREFIXES.items())), "@graph": graph}
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def _json_node(node: Node) -> dict[str, Any]:
    found: dict[str, Any] = {"@id": node.iri.text, "@type": list(node.types)}
    for name, value in node.said:
        found.setdefault(name, []).append(_json_value(value))
    return found


def _json_value(value: Value) -> dict[str, str]:
    if isinstance(value, Iri):
        return {"@id": value.text}
    if value.lang:
        return {"@value": value.text, "@language": value.lang}
    typed = {"@type": value.datatype} if value.datatype else {}
    return {"@value": value.text, **typed}
