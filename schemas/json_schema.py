"""JSON Schemas of the files people write, so that editors complete and explain them.

Made from the models: ``python -m schemas.json_schema`` writes ``schemas/<name>.schema.json`` anew.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue

from schemas.cycles import Cycles
from schemas.fields import FIELDS
from schemas.programme import Programme
from schemas.replication import Adapted
from schemas.sidecar import Sidecar
from schemas.source import PartnerSources
from schemas.words import SCHEMAS_FOLDER, catalogue

#: Name of the file -> the model it is of.
MODELS: dict[str, type[BaseModel]] = {
    "source": PartnerSources,
    "programme": Programme,
    "sidecar": Sidecar,
    "cycles": Cycles,
    "adapted": Adapted,
}


class _Generate(GenerateJsonSchema):
    """Say what our models accept in the words of editors."""

    def str_schema(self, schema: Any) -> JsonSchemaValue:
        """Let a number stand where a text is meant, and write patterns as JavaScript knows them."""
        made = super().str_schema(schema)
        if "pattern" in made:
            made["pattern"] = re.sub(
                r"\\A|\\[zZ]", lambda m: "^" if m[0] == r"\A" else "$", made["pattern"]
            )
        return {**made, "type": ["string", "number"]}


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema of one kind of file, every key explained in Italian and English.

    Raises
    ------
    KeyError
        A key of a model has no words in ``keys.yml``.
    """
    model = MODELS[name]
    made = model.model_json_schema(by_alias=True, schema_generator=_Generate)
    blocks = {model.__name__: made, **made.get("$defs", {})}
    for block, body in blocks.items():
        body.pop("description", None)
        for key, about in body.get("properties", {}).items():
            words = catalogue("keys.yml")[f"{block}.{key}"]
            about["title"] = key
            about["description"] = f"{words.it} / {words.en}"
        if "properties" in body:
            body["title"] = block
    if name == "source":
        _name_columns(blocks["Source"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}


def _name_columns(source: dict[str, Any]) -> None:
    """Let editors complete our columns, with what each is; the dataset decides which are allowed."""
    column = source["properties"]["columns"].pop("additionalProperties")
    source["properties"]["columns"]["additionalProperties"] = False
    source["properties"]["columns"]["properties"] = {
        name: {
            **column,
            "title": f"{each.label.it} / {each.label.en}",
            "description": f"{each.description.it} / {each.description.en}",
        }
        for name, each in FIELDS.items()
    }
    source["properties"]["key"]["items"] = {"enum": list(FIELDS)}


def text_of(name: str) -> str:
    """Return the schema as it stands in its file."""
    return json.dumps(schema_of(name), ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def keys_of(model: type[BaseModel]) -> Iterator[str]:
    """Yield ``Model.key`` for every key of a model and of those in it, each model once."""
    yield from _keys_of(model, set())


def _keys_of(model: type[BaseModel], seen: set[str]) -> Iterator[str]:
    if model.__name__ in seen:
        return
    seen.add(model.__name__)
    for name, each in model.model_fields.items():
        yield f"{model.__name__}.{each.alias or name}"
    for each in model.model_fields.values():
        for inner in _models_in(each.annotation):
            yield from _keys_of(inner, seen)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in getattr(annotation, "__args__", ()):
        yield from _models_in(inner)


def path_of(name: str) -> Path:
    """Return where the schema of one kind of file lies."""
    return SCHEMAS_FOLDER / f"{name}.schema.json"


def main() -> None:
    """Write every schema anew."""
    for name in MODELS:
        path_of(name).write_text(text_of(name), encoding="utf-8", newline="\n")
        sys.stdout.write(f"{path_of(name).name}\n")


if __name__ == "__main__":
    main()
