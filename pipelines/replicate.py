"""A new programme that begins from another's definitions: which they are, and how they are written down."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from assets import adapted
from assets.errors import ConfigurationError
from assets.layout import Layout, programmes
from assets.release.thresholds import thresholds
from assets.released import STATE, digest_of_content, tables_of
from pipelines import scaffold
from schemas.config import nearest, read_config
from schemas.datasets import DATASETS
from schemas.instruments import Instrument, shipped
from schemas.programme import Programme
from schemas.replication import Adapted

FILES = Path(__file__).with_name("new_programme_from")
_MANIFEST = "manifest.json"
#: The other programme's dates in the name of a survey round: "Before (June 2021)".
_UNDATED = re.compile(r"\s*\([^()]*\d{4}[^()]*\)")


@dataclass(frozen=True)
class Taken:
    """What is taken over: the definitions (``schemas/replication.py``) and whose they are."""

    programme: str
    title: dict[str, str]
    code_version: str | None
    kit: dict[str, Any]


def find(root: Path, given: str) -> Taken:
    """Return the definitions of a programme configured here, or of a released folder of another.

    Raises
    ------
    ConfigurationError
        No such programme or folder, with the nearest; or a release that tells no definitions.
    """
    known = programmes(root)
    if given in known:
        layout = Layout(root, given)
        from assets.versions import code_version

        title = layout.definition.title.model_dump()
        return Taken(given, title, code_version(), adapted.kit(layout))
    path = Path(given) / _MANIFEST
    if not path.is_file():
        near = nearest(given, known) or "-"
        listed = ", ".join(known) or "-"
        raise ConfigurationError(
            f"«{given}» non è un programma di qui né la cartella di una pubblicazione (con {_MANIFEST}). "
            f"Più simile: {near}. Programmi: {listed}.",
            f"'{given}' is neither a programme here nor the folder of a release (with {_MANIFEST}). "
            f"Nearest: {near}. Programmes: {listed}.",
        )
    try:
        about = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError):
        raise _unreadable() from None
    if not isinstance(about, dict) or not _is_as_left(Path(given)):
        raise _unreadable()
    if not about.get("kit"):
        raise ConfigurationError(
            f"La pubblicazione in {given} è di una versione che non portava con sé le definizioni: "
            "chiederne una più recente.",
            f"The release in {given} is of a version that did not carry its definitions: ask for a "
            "newer one.",
        )
    return Taken(
        about.get("programme", ""), about.get("title", {}), about.get("code_version"), about["kit"]
    )


def _is_as_left(folder: Path) -> bool:
    """Say whether a release has the digest that the note beside it has; without a note nobody can tell."""
    path = folder / STATE
    try:
        noted = json.loads(path.read_text(encoding="utf-8"))["release"] if path.is_file() else ""
    except (ValueError, KeyError, TypeError, RecursionError):
        return False
    return not noted or noted == digest_of_content(tables_of(folder))


def _unreadable() -> ConfigurationError:
    return ConfigurationError(
        "Le definizioni di quella pubblicazione non si leggono: il file manifest.json è stato cambiato o è "
        "incompleto. Richiedere la cartella a chi l'ha pubblicata.",
        "The definitions of that release cannot be read: its manifest.json was changed or is "
        "incomplete. Ask for the folder again from whoever published it.",
    )


def make_programme(layout: Layout, title: str, start: date, end: date, origin: Taken) -> Path:
    """Write the folder of a new programme with the definitions of another, whole or not at all.

    Returns
    -------
    pathlib.Path
        The folder, ``raw/<programme>``: ``programme.yml``, ``adapted.yml``, an example partner that
        reads the empty forms, the guide.

    Raises
    ------
    ConfigurationError
        As ``scaffold.make_programme``; or the definitions were changed by hand, or are laxer about
        small numbers than the house.
    """
    try:
        return scaffold.finish(layout, _written(layout, title, start, end, origin))
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
        raise _unreadable() from None
    finally:
        scaffold.clear(layout)


def _written(layout: Layout, title: str, start: date, end: date, origin: Taken) -> Path:
    passed = origin.kit["programme"]
    texts = {
        "@origin@": " ".join(origin.title["it"].split()),
        "@activities@": _block("activities", passed["activities"] or "open"),
        "@services@": _block("services", _services(passed["services"]) or "open"),
        "@waves@": _block("waves", _waves(passed["waves"], start)),
        "@evaluation@": _evaluation(passed["evaluation"]),
        "@disclosure@": _stricter(passed),
    }
    new = scaffold.begin(layout, title, start, end, {**texts, "@origin_and_taken@": _taken(origin)})
    made = read_config(new / "programme.yml", Programme)
    thresholds(
        made.disclosure
    )  # laxer ones than the house's would be refused by the first run only
    read_config(new / adapted.FILE, Adapted)
    (new / "esempio" / "source.yml").write_text(_forms(made, origin), "utf-8", newline="\n")
    return scaffold.finish(layout, new)


def _block(name: str, content: Any) -> str:
    """Return one key of ``programme.yml``; nothing where there is nothing to say."""
    if isinstance(content, str):  # alone on its line it would be written in braces
        return f"{name}: {content}\n"
    return _yaml({name: content}) if content else ""


def _services(services: Mapping[str, Any]) -> dict[str, Any]:
    """Return services without what is the default."""
    return {
        code: {name: value for name, value in each.items() if value}
        for code, each in services.items()
    }


def _waves(waves: Mapping[str, Any], start: date) -> dict[str, Any]:
    found = {}
    for code, each in waves.items():
        first = start + timedelta(days=each["starts_after_days"])
        last = first + timedelta(days=each["lasts_days"])
        label = {lang: _UNDATED.sub("", text) for lang, text in each["label"].items()}
        found[code] = {"label": label, "from": first, "to": last}
    return found


def _evaluation(asked: Mapping[str, Any]) -> str:
    """Return the evaluation; a comparison waits until the places are written down."""
    kept = {name: value for name, value in asked.items() if value and name != "compared"}
    text = _yaml({"evaluation": kept}) if kept else ""
    if asked.get("compared"):
        later = _yaml({"compared": asked["compared"]}).splitlines()
        told = "Il confronto fra zone, quando ci sono i quartieri / The comparison, once places stand above"
        text += "\n".join([f"  # {told}:", *(f"  # {line}" for line in later)]) + "\n"
    return text


def _stricter(passed: Mapping[str, Any]) -> str:
    names = ("disclosure", "sensitive_tables")
    return "".join(_block(name, passed[name]) for name in names)


def _taken(origin: Taken) -> str:
    about = {
        "programme": origin.programme,
        "title": origin.title,
        "code_version": origin.code_version,
    }
    return _yaml({"origin": about, "taken": origin.kit["versions"]}, in_lines=True)


def _forms(programme: Programme, origin: Taken) -> str:
    """Return a ``source.yml`` that reads the house's empty forms, with the scales they ask."""
    from assets.outputs.templates.standard import standard_source

    given = origin.kit["instruments"]
    foreign = {code: each for code, each in given.items() if code not in shipped()}
    own = {code: Instrument.model_validate(each) for code, each in foreign.items()}
    sources = []
    for dataset in DATASETS:
        source = standard_source(dataset, programme, {**shipped(), **own})
        told = source.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        if dataset == "survey" and foreign:
            told["scales"] = list(foreign.values())
        sources.append(told)
    head = (
        "# yaml-language-server: $schema=../../../schemas/source.schema.json\n"
        "# Legge i moduli vuoti di «lunattiva template»: chi li usa non ha altro da scrivere. Dopo aver\n"
        "# elencato i quartieri in programme.yml, rifarli: lunattiva template attendance\n"
        "# / Reads the empty forms; after listing the places in programme.yml, make them again.\n"
    )
    return head + _yaml({"partner": "esempio", "sources": sources}, in_lines=True)


def _yaml(content: Any, *, in_lines: bool = False) -> str:
    """Return YAML as people write it: leaves on one line, or everything in lines."""
    from ruamel.yaml import YAML

    writer = YAML()
    writer.default_flow_style = False if in_lines else None
    writer.width = 4096  # a folded text is hard to edit, and a folded list is read wrongly
    writer.representer.ignore_aliases = lambda *_: True
    stream = io.StringIO()
    writer.dump(content, stream)
    return stream.getvalue()
