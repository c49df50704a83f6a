"""Which headings of a questionnaire are items of the scales we know, and what their answers mean."""

from __future__ import annotations

import re
from dataclasses import dataclass

from rapidfuzz import fuzz

from assets.intake.grid import tidy
from assets.intake.propose_match import Column
from assets.intake.propose_text import plain
from schemas.instruments import Instrument
from schemas.words import Language

_LIKE = 82
_LETTERED = re.compile(r"\A[A-Za-z]([0-9]{1,2})\Z")


@dataclass(frozen=True)
class Block:
    """The items of one scale found in a file.

    Attributes
    ----------
    items
        Item code -> position of its column.
    percent
        How alike the wordings are, on the whole.
    answers
        Word -> score; empty where the cells are the scores.
    is_by_number
        Whether the scores were taken from answer codes (``A1``): their order is a guess.
    """

    instrument: Instrument
    items: dict[str, int]
    percent: int
    answers: dict[str, int]
    is_by_number: bool = False
    unknown_n: int = 0

    @property
    def lacking(self) -> list[str]:
        """Items of the scale that no heading fits."""
        return [code for code in self.instrument.item_codes if code not in self.items]


def find_blocks(columns: list[Column], instruments: dict[str, Instrument]) -> list[Block]:
    """Return the scales of which at least half the items are among the headings."""
    pairs = []
    for scale in instruments.values():
        for item in scale.items:
            texts = [item.text.it, item.text.en] if item.text else []
            for column in columns:
                score = 0 if column.is_blocked else _alike(column.heading, item.code, texts)
                if score >= _LIKE:
                    pairs.append((score, scale.code, item.code, column.position))
    pairs.sort(key=lambda each: (-each[0], each[1], each[2], each[3]))
    items: dict[str, dict[str, tuple[int, int]]] = {}
    used: set[int] = set()
    for score, scale_code, item_code, position in pairs:
        mine = items.setdefault(scale_code, {})
        if item_code not in mine and position not in used:
            mine[item_code] = (position, score)
            used.add(position)
    by_position = {column.position: column for column in columns}
    return [
        _block(instruments[code], found, by_position)
        for code, found in sorted(items.items())
        if len(found) * 2 >= len(instruments[code].items)
    ]


def _block(
    scale: Instrument, found: dict[str, tuple[int, int]], columns: dict[int, Column]
) -> Block:
    places = {code: found[code][0] for code in scale.item_codes if code in found}
    percent = sum(score for _, score in found.values()) // len(found)
    if len(places) < len(scale.items):
        percent = min(percent, 89)  # a question that is missing is for a person to explain
    texts = sorted({text for at in places.values() for text in columns[at].values.texts})
    answers, is_by_number, unknown_n = _answers(texts, scale)
    return Block(scale, places, min(99, percent), answers, is_by_number, unknown_n)


def _answers(texts: list[str], scale: Instrument) -> tuple[dict[str, int], bool, int]:
    """Return word -> score, in our words of the scale; whether by number; how many words are unknown.

    Only words of the scale itself are written, whether they stand in the file or not: nothing is
    repeated that a person answered.
    """
    if all(re.fullmatch(r"[0-9]{1,2}(?:[.,]0+)?", text) for text in texts):
        return {}, False, 0
    lang: Language = "it" if any(tidy(text) in _spoken(scale, "it") for text in texts) else "en"
    spoken = _spoken(scale, lang)
    known = [text for text in texts if tidy(text) in spoken]
    if known:
        said = {words.say(lang): int(code) for code, words in scale.answers.items()}
        return said, False, len(texts) - len(known)
    lettered = [found for text in texts if (found := _LETTERED.match(text))]
    if lettered and len(lettered) * 2 >= len(texts):
        letter = lettered[0].string[0]
        steps = range(scale.high - scale.low + 1)
        return {f"{letter}{n + 1}": scale.low + n for n in steps}, True, len(texts) - len(lettered)
    return {}, False, len(texts)


def _spoken(scale: Instrument, lang: Language) -> set[str]:
    return {tidy(words.say(lang)) for words in scale.answers.values()}


def _alike(heading: str, code: str, texts: list[str]) -> int:
    """Return how alike a heading is to an item: by its code, or by the text it holds."""
    parts = [heading, *re.findall(r"\[([^\[\]]*)\]", heading)]
    parts += [re.split(r"[/.:]\s*", heading, maxsplit=1)[-1], heading.rpartition("/")[2]]
    asked = {plain(part) for part in parts} - {""}
    if plain(code) in asked:
        return 100
    wanted = [plain(text) for text in texts]
    scores = [fuzz.ratio(one, other) for one in asked for other in wanted]
    return int(max(scores, default=0))


def tick_groups(columns: list[Column], used: set[int]) -> list[tuple[str, list[Column]]]:
    """Return (what stands before the first bracket, its columns) of questions with several answers."""
    groups: dict[str, list[Column]] = {}
    for column in columns:
        base, bracket, _ = column.heading.partition("[")
        is_free = column.position not in used and not column.is_blocked
        if bracket and base.strip() and "]" in column.heading and is_free:
            groups.setdefault(base, []).append(column)
    ticks = {"yes", "si", "1", "0", "no", "y", "n", "x", "true", "false"}
    return [
        (base, members)
        for base, members in groups.items()
        if len(members) > 1 and all({plain(t) for t in m.values.texts} <= ticks for m in members)
    ]
