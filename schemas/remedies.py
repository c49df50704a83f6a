"""Why each error comes and what to do, under a short code that stays: ``remedies.yml``."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

import yaml

from schemas.words import LANGUAGES, SCHEMAS_FOLDER, Language, Words, catalogue

#: Errors shown for a question that none answers.
MOST_NEAR = 5
_CODE = re.compile(r"\bL\d{3}\b", re.IGNORECASE)
_BLANK = re.compile(r"{\w*}")
_SENTENCE = re.compile(r"(?<=\.)\s+(?=[A-ZÈ«'{])")
#: Such as "Nearest: {nearest}.", which says nothing without its value.
_ONLY_A_VALUE = re.compile(r"(^|: [^;]*){\w+}\.?$")
#: A word shorter than this says little of what a text is about.
_LEAST_LETTERS = 4


@dataclass(frozen=True)
class Remedy:
    """One error: its texts (``{}`` where a value stands), why it comes, what to do."""

    code: str
    name: str
    texts: tuple[Words, ...]
    cause: Words
    remedy: Words

    def shown(self, lang: Language) -> list[str]:
        """Return its texts as a reader sees them, an ellipsis where a value stands."""
        return [_BLANK.sub("…", each.say(lang)) for each in self.texts] or [self.name]

    def advice(self, lang: Language) -> str:
        """Return what to do, an ellipsis where a value stands."""
        return _BLANK.sub("…", self.remedy.say(lang))


@cache
def remedies() -> dict[str, Remedy]:
    """Return every error by its code, in the order of ``remedies.yml``."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = (SCHEMAS_FOLDER / "remedies.yml").read_text(encoding="utf-8")
    return {code: _remedy(code, entry) for code, entry in yaml.load(text, loader).items()}


@cache
def code_of_name(name: str) -> str | None:
    """Return the code of a refusal, a rule or a class of errors."""
    return next((each.code for each in remedies().values() if each.name == name), None)


@cache
def code_of_text(text: str) -> str | None:
    """Return the code of an error's text, in either language; the most telling where several fit."""
    text = " ".join(text.casefold().split())  # a terminal breaks lines where it likes
    fitting = [
        (sum(map(len, parts)), code) for parts, code in _all_parts() if _stand_in(parts, text)
    ]
    return max(fitting)[1] if fitting else None


def find(question: str) -> list[Remedy]:
    """Return the errors meant by a code, a name or a pasted text; else the nearest few, or none."""
    known = remedies()
    codes = [each.upper() for each in _CODE.findall(question)]
    if found := [known[code] for code in dict.fromkeys(codes) if code in known]:
        return found
    code = code_of_name(question.strip()) or code_of_text(question)
    if code:
        return [known[code]]
    asked = " ".join(question.casefold().split())
    return [each for each in known.values() if asked in _all_of(each).casefold()][
        :MOST_NEAR
    ] or _near(question)


def _near(question: str) -> list[Remedy]:
    asked = _words_of(question)
    scored = sorted(
        ((len(asked & _words_of(_all_of(each))), each) for each in remedies().values()),
        key=lambda pair: -pair[0],
    )
    best = scored[0][0]
    return [each for n, each in scored if n == best][:MOST_NEAR] if best else []


def _all_of(each: Remedy) -> str:
    return " ".join(f"{words.it} {words.en}" for words in (*each.texts, each.cause, each.remedy))


def _words_of(text: str) -> set[str]:
    return {each for each in re.findall(r"\w+", text.casefold()) if len(each) >= _LEAST_LETTERS}


@cache
def _all_parts() -> list[tuple[list[str], str]]:
    """Return what of each text does not change, in both languages, with the code it leads to."""
    found = [
        (_parts(words.say(lang)), each.code)
        for each in remedies().values()
        for words in each.texts
        for lang in LANGUAGES
    ]
    return [(parts, code) for parts, code in found if parts]


def _parts(text: str) -> list[str]:
    found = [" ".join(each.casefold().split()) for each in _BLANK.split(text)]
    return [each for each in found if each]


def _stand_in(parts: list[str], text: str) -> bool:
    at = 0
    for part in parts:
        at = text.find(part, at)
        if at < 0:
            return False
        at += len(part)
    return True


def _remedy(code: str, entry: dict[str, Any]) -> Remedy:
    name = entry.get("refusal") or entry.get("rule") or entry.get("kind") or ""
    texts = tuple(Words(**each) for each in _texts(entry))
    said = {lang: entry[lang] for lang in LANGUAGES}
    cause = Words(it=said["it"][0], en=said["en"][0])
    told = {
        lang: said[lang][1] if len(said[lang]) > 1 else _last(texts, lang) for lang in LANGUAGES
    }
    return Remedy(code, name, texts, cause, Words(it=told["it"], en=told["en"]))


def _texts(entry: dict[str, Any]) -> Iterator[dict[str, str]]:
    if "says" in entry:
        yield from entry["says"]
    for kind, file in (("refusal", "refusals.yml"), ("rule", "rules.yml")):
        if kind in entry:
            words = catalogue(file)[entry[kind]]
            yield {"it": words.it, "en": words.en}


def _last(texts: tuple[Words, ...], lang: Language) -> str:
    """Return what follows a text's first sentence: refusals and rules end with what to do."""
    whole = texts[0].say(lang) if texts else ""
    sentences = _SENTENCE.split(whole)[1:]
    return " ".join(each for each in sentences if not _ONLY_A_VALUE.search(each)) or whole
