"""What one programme may take over from another: definitions with their versions, never data.

A *kit* is what leaves with every release: the definitions a programme works by, each with a version
(a digest of what it says), and those that another installation would need in full. Nobody is in it:
no person, no number, no partner, no place, no mapping of a partner's file. ``adapted.yml`` in a new
programme's folder says which kit it began from, and why it departs from it.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from fnmatch import fnmatchcase
from typing import Any, Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict
from schemas.disclosure import rules
from schemas.indicators import indicators
from schemas.instruments import Instrument, shipped
from schemas.programme import Programme, Wave
from schemas.words import Words

#: Kinds of definition that have a version, in the order in which they are told.
KINDS: dict[str, Words] = {
    "instrument": Words(it="Strumento", en="Instrument"),
    "scoring": Words(it="Regola di punteggio", en="Scoring rule"),
    "indicator": Words(it="Indicatore", en="Indicator"),
    "activity": Words(it="Laboratorio", en="Activity"),
    "service": Words(it="Servizio", en="Service"),
    "wave": Words(it="Rilevazione", en="Survey round"),
    "question": Words(it="Domanda di valutazione", en="Evaluation question"),
    "threshold": Words(it="Soglia di riservatezza", en="Disclosure threshold"),
}
#: What becomes of a definition that was taken over.
Change = Literal["changed", "added", "removed"]
#: Digits of a version: enough to tell any two apart.
_DIGITS = 12
#: What no reason or office may look like: it is printed on a page.
_PERSONAL = re.compile(
    r"@|[(\[]\s?(?:at|chiocciola)\s?[)\]]|\d{6,}"
    # a code of a person or household, as programmes make them: LUN-0041
    r"|(?-i:\b[A-Z]{2,6}(?:-\d{3,}|[_/.]?\d{4,})\b)"
    r"|\b[A-Z]{6}[0-9LMNPQRSTUV]{2}[ABCDEHLMPRST][0-9LMNPQRSTUV]{2}[A-Z]",
    re.IGNORECASE,
)
#: What a page would not print as it stands: tags, links, code, formulas, cells of tables.
_MARKUP = re.compile(r"<[a-z/!]|\]\s?[(\[{]|`|\{\{|\$[^$]+\$|\\|\||!\[|\*\*|&#?\w+;", re.IGNORECASE)


class Origin(Strict):
    """Where definitions were taken over from."""

    programme: str
    title: Words
    code_version: str | None = None


class Adaptation(Strict):
    """Why some definitions differ from the origin; ``definition`` may end in a star."""

    definition: str = Field(pattern=r"\A[a-z]+\.[a-z0-9_*]+\z")
    reason: Words
    by: str = Field(min_length=1)

    def is_of(self, definition: str) -> bool:
        """Say whether a definition (``service.emporio``) is meant."""
        return fnmatchcase(definition, self.definition)

    @model_validator(mode="after")
    def _names_nobody(self) -> Adaptation:
        for key, text in (("reason", f"{self.reason.it} {self.reason.en}"), ("by", self.by)):
            if _PERSONAL.search(text):
                raise ConfigProblem(
                    "il testo si legge su una pagina: senza indirizzi, numeri o codici di persone",
                    "the text is read on a page: without addresses, numbers or codes of people",
                    (key,),
                )
            if _MARKUP.search(text):
                raise ConfigProblem(
                    "solo parole: senza < >, collegamenti, barre | \\, asterischi doppi, ` e formule",
                    "words only: without < >, links, bars | \\, double stars, ` and formulas",
                    (key,),
                )
        return self


class Adapted(Strict):
    """``adapted.yml``: where a programme's definitions come from, and what was adapted and why."""

    origin: Origin
    taken: dict[str, dict[str, str]]
    adaptations: list[Adaptation] = []

    @model_validator(mode="after")
    def _known(self) -> Adapted:
        for kind in self.taken:
            if kind not in KINDS:
                raise ConfigProblem(
                    f"«{kind}» non è una specie di definizione. Note: {', '.join(KINDS)}",
                    f"'{kind}' is no kind of definition. Known: {', '.join(KINDS)}",
                    ("taken",),
                )
        return self

    def reason_for(self, definition: str) -> Adaptation | None:
        """Return what is said of a definition (``service.emporio``), the first that fits."""
        return next((x for x in self.adaptations if x.is_of(definition)), None)


def kit_of(programme: Programme, scales: Mapping[str, Instrument]) -> dict[str, Any]:
    """Return what a release tells of the definitions it was made by.

    Parameters
    ----------
    scales
        Every scale that may be scored in the programme.

    Returns
    -------
    dict
        ``versions``: kind -> code -> version; ``programme``: what ``programme.yml`` of another may
        say alike; ``instruments``: declarations in full of the scales that the programme asks.
    """
    asked = _asked(programme, scales)
    content = _content(programme, asked)
    return {
        "versions": {
            kind: {code: version_of(each) for code, each in sorted(found.items())}
            for kind, found in content.items()
        },
        "programme": _passed_on(programme),
        "instruments": {code: _declared(each) for code, each in sorted(asked.items())},
    }


def version_of(content: Any) -> str:
    """Return the version of a definition: the same words and numbers, the same version."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:_DIGITS]


def differences(
    taken: Mapping[str, Mapping[str, str]], now: Mapping[str, Mapping[str, str]]
) -> Iterator[tuple[str, Change]]:
    """Yield each definition that is no longer as it was taken over, with what became of it."""
    for kind in KINDS:
        before, after = taken.get(kind, {}), now.get(kind, {})
        for code in sorted({*before, *after}):
            if code not in after:
                yield f"{kind}.{code}", "removed"
            elif code not in before:
                yield f"{kind}.{code}", "added"
            elif before[code] != after[code]:
                yield f"{kind}.{code}", "changed"


def _asked(programme: Programme, scales: Mapping[str, Instrument]) -> dict[str, Instrument]:
    """Return the scales the programme evaluates, and those that only its own sources declare."""
    own = set(scales) - set(shipped())
    return {
        code: each for code, each in scales.items() if code in own | {*programme.evaluation.scales}
    }


def _content(
    programme: Programme, scales: Mapping[str, Instrument]
) -> dict[str, dict[str, dict[str, Any]]]:
    """Return what decides each version: what changes an answer or a number, not how it is called."""
    passed = _passed_on(programme)
    house = {code: rule.value for code, rule in rules().items() if rule.value is not None}
    return {
        "instrument": {code: _asked_of_people(each) for code, each in scales.items()},
        "scoring": {code: scoring_of(each) for code, each in scales.items()},
        "indicator": {
            code: {"definition": each.definition.it, "unit": each.unit, "class": each.kind}
            for code, each in indicators().items()
        },
        "activity": passed["activities"],
        "service": passed["services"],
        "wave": {
            code: {name: each[name] for name in ("starts_after_days", "lasts_days")}
            for code, each in passed["waves"].items()
        },
        "question": {code: {"is": each} for code, each in passed["evaluation"].items()},
        "threshold": {
            code: {"value": value} for code, value in {**house, **programme.disclosure}.items()
        },
    }


def _asked_of_people(scale: Instrument) -> dict[str, Any]:
    told = scale.model_dump(mode="json", by_alias=True)
    names = ("instruction", "low", "high", "answers", "edition", "respondent")
    items = [{"code": each["code"], "text": each["text"]} for each in told["items"]]
    return {**{name: told[name] for name in names}, "items": items}


def scoring_of(scale: Instrument) -> dict[str, Any]:
    """Return everything that decides how answers become a score."""
    told = scale.model_dump(mode="json", by_alias=True)
    names = ("scoring", "score_low", "score_high", "better", "rasch")
    items = [
        {name: each[name] for name in ("code", "reversed", "counts")} for each in told["items"]
    ]
    parts = [{**each, "label": None} for each in told["parts"]]
    bands = [{**each, "label": None} for each in told["bands"]]
    return {**{name: told[name] for name in names}, "items": items, "parts": parts, "bands": bands}


def _passed_on(programme: Programme) -> dict[str, Any]:
    """Return what another programme's ``programme.yml`` may say alike; dates as days since the first."""
    evaluation = programme.evaluation.model_dump(mode="json", by_alias=True)
    kept = ("scales", "change", "compared", "answers", "dropout_weeks")
    services = {} if programme.services == "open" else programme.services
    activities = {} if programme.activities == "open" else programme.activities
    return {
        "activities": {
            code: {"label": each.label.model_dump()} for code, each in activities.items()
        },
        "services": {
            code: {"label": each.label.model_dump(), "sensitive": each.sensitive}
            for code, each in services.items()
        },
        "waves": {code: _since(each, programme.start) for code, each in programme.waves.items()},
        "evaluation": {name: evaluation[name] for name in kept},
        "disclosure": dict(programme.disclosure),
        "sensitive_tables": list(programme.sensitive_tables),
    }


def _since(wave: Wave, first: date) -> dict[str, Any]:
    days = {"starts_after_days": (wave.start - first).days}
    return {"label": wave.label.model_dump(), **days, "lasts_days": (wave.end - wave.start).days}


def _declared(scale: Instrument) -> dict[str, Any]:
    """Return a scale as ``scales:`` of a source may say it; words that a permission covers stay here.

    A permission was given to one programme: another asks for its own.
    """
    told: dict[str, Any] = scale.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    if not scale.ship:
        told.pop("permission", None)
        told.pop("instruction", None)
        for each in told["items"]:
            each.pop("text", None)
    return told
