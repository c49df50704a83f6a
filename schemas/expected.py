"""What a cell should have held: the question behind a rule, and the answer that would be right.

Everything is put together from the declarations (columns, programme, source, scales), in the words
and spelling of the partner's own files, so that what is asked and what is checked cannot drift.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from schemas.columns import Column, said_lists
from schemas.datasets import DATASETS, MAIN_DATE
from schemas.field import Field
from schemas.fields import FIELDS
from schemas.instruments import Instrument
from schemas.programme import Programme
from schemas.questions import Questions
from schemas.reader import Reader
from schemas.source import Source
from schemas.words import Language, Words, catalogue

EntryKind = Literal["list", "date", "integer", "number", "text"]

#: How many entries of a list a sentence names; a longer list stands in the cell's own.
_MOST_LISTED = 8
_LONGEST = 120

Bound = float | date | None


@dataclass(frozen=True)
class Expected:
    """What may be written into a cell.

    Attributes
    ----------
    choices
        The only entries allowed, as the partner writes them (``list``).
    low, high
        Inclusive bounds, in the partner's unit; ``low_open`` makes the lower one exclusive.
    text
        The same in words.
    """

    kind: EntryKind
    text: Words
    choices: tuple[str, ...] = ()
    low: Bound = None
    high: Bound = None
    low_open: bool = False


@dataclass(frozen=True)
class Setting:
    """Where a rule was broken: the source, its programme, the scales, the period of the delivery.

    ``item`` is the item's code where the cell is a survey answer.
    """

    source: Source
    programme: Programme
    instruments: dict[str, Instrument]
    period: tuple[date, date] | None = None
    item: str = ""


def rule_question(rule_id: str, lang: Language) -> str:
    """Ask in plain words what the cell of a broken rule should say.

    Raises
    ------
    KeyError
        Neither the rule, nor its kind, nor its column has a question.
    """
    column, _, kind = rule_id.rpartition(".")
    texts = catalogue("rule_questions.yml")
    return (texts.get(rule_id) or texts.get(kind) or texts[column]).say(lang)


def expected_text(rule_id: str, lang: Language, setting: Setting) -> str:
    """Say what would be right in the cell of a broken rule."""
    return expected(rule_id, setting).text.say(lang)


def expected(rule_id: str, setting: Setting, column: str | None = None) -> Expected:
    """Return what would be right in the cell of a broken rule.

    Parameters
    ----------
    column
        Our column of the cell that is to be mended, where it is not the rule's own (a copy is
        often told apart by its date).
    """
    own, _, kind = rule_id.rpartition(".")
    cell = _entry(column or own, kind, setting)
    texts = catalogue("rule_expected.yml")
    key = rule_id if rule_id in texts else kind
    if key not in texts or key in ("code", "text"):
        return cell
    return Expected(
        cell.kind,
        Words(
            it=texts[key].it.format(**_blanks(rule_id, setting, "it")),
            en=texts[key].en.format(**_blanks(rule_id, setting, "en")),
        ),
        cell.choices,
        cell.low,
        cell.high,
        cell.low_open,
    )


def _blanks(rule_id: str, setting: Setting, lang: Language) -> dict[str, str]:
    own, _, kind = rule_id.rpartition(".")
    source = setting.source
    if kind == "unique":
        return {"key": " + ".join(f"«{FIELDS[name].say(lang)}»" for name in key_of(own, source))}
    if kind == "dates":
        pattern = day_pattern(source.reader)
        waves = setting.programme.waves.values()
        said = [f"{w.label.say(lang)} {w.start:{pattern}} - {w.end:{pattern}}" for w in waves]
        return {"listed": "; ".join(said)}
    mapped = source.columns.get(own)
    return {"listed": said_lists(mapped, lang) if mapped else "-"}


def key_of(column: str, source: Source) -> list[str]:
    """Return the columns of the file that tell records apart, for the copies a rule names by one."""
    if source.key:
        return list(source.key)
    if column == "record_id":
        return [column]
    whole = [name for name in DATASETS[source.dataset].key if name != "record_id"]
    return [name for name in whole if name in source.columns] or [column]


def _entry(name: str, kind: str, setting: Setting) -> Expected:
    """Return what may stand in a cell of one of our columns."""
    declared = FIELDS.get(name)
    if declared is None:
        return Expected("text", catalogue("rule_expected.yml")["text"])
    if name.startswith("answer_"):
        return _answer(setting)
    mapped = setting.source.columns.get(name)
    choices = _choices(declared, mapped, setting)
    if choices:
        return _list(choices)
    reader = setting.source.reader
    if declared.kind == "date" and not (mapped and mapped.month_of_period):
        return _day(declared, kind, setting)
    if declared.kind in ("integer", "number"):
        factor = (mapped.unit_factor if mapped else None) or 1
        low, high = (
            None if each is None else float(each / factor)  # type: ignore[operator]
            for each in (declared.low, declared.high)
        )
        whole: EntryKind = "integer" if declared.kind == "integer" and factor == 1 else "number"
        return _number(whole, low, high, declared.low_open, reader)
    return Expected("text", _form(declared, mapped))


def _choices(declared: Field, mapped: Column | None, setting: Setting) -> tuple[str, ...]:
    """Return the entries of a code column as the partner writes them in its files."""
    if mapped is not None:
        cells = tuple(dict.fromkeys(cell for cell, _, _ in mapped.all_codes()))
        if cells:
            return cells
    reader = setting.source.reader
    if declared.kind == "boolean":
        return (reader.true[0], reader.false[0])
    return tuple(declared.codes) or tuple(setting.programme.codes().get(declared.name, ()))


def _list(choices: tuple[str, ...]) -> Expected:
    long = len(choices) > _MOST_LISTED or len(", ".join(choices)) > _LONGEST
    text = catalogue("rule_expected.yml")["list_long" if long else "list"]
    values = {"listed": ", ".join(choices[:3] if long else choices), "count": len(choices)}
    return Expected("list", _said(text, values), choices)


def _day(declared: Field, kind: str, setting: Setting) -> Expected:
    programme, pattern = setting.programme, day_pattern(setting.source.reader)
    example = programme.start.strftime(pattern)
    if declared.name != MAIN_DATE[setting.source.dataset]:
        text = catalogue("rule_expected.yml")["date"]
        return Expected("date", _said(text, {"example": example}))
    low, high = programme.start, programme.end
    if setting.source.dataset == "survey" and programme.waves:
        low = min(low, *(wave.start for wave in programme.waves.values()))
        high = max(high, *(wave.end for wave in programme.waves.values()))
    if setting.period is not None:
        low, high = max(low, setting.period[0]), min(high, setting.period[1])
    text = catalogue("rule_expected.yml")["date_between"]
    values = {"low": low.strftime(pattern), "high": high.strftime(pattern)}
    return Expected("date", _said(text, values), (), low, high)


def day_pattern(reader: Reader) -> str:
    """Return how the partner writes a day: the first of its dates, without the time."""
    written = [each for each in reader.dates if "%" in each] or ["%d/%m/%Y"]
    return re.split("[T ]%H", written[0], maxsplit=1)[0]


def _number(
    kind: EntryKind, low: float | None, high: float | None, low_open: bool, reader: Reader
) -> Expected:
    if low is None or high is None:
        return Expected(kind, _said(catalogue("rule_expected.yml")[kind], {"mark": reader.decimal}))
    text = catalogue("rule_expected.yml")[f"{kind}_{'above' if low_open else 'between'}"]
    values: dict[str, Any] = {"low": f"{low:g}", "high": f"{high:.15g}", "mark": reader.decimal}
    values = {name: value.replace(".", reader.decimal) for name, value in values.items()}
    return Expected(kind, _said(text, values), (), low, high, low_open)


def _answer(setting: Setting) -> Expected:
    """Return the answers of a question: the source's own words, else the codes of the scale."""
    block = _block(setting)
    if block is not None and setting.item in block.items:
        if block.answers:
            return _list(tuple(block.answers))
        scale = setting.instruments.get(block.instrument or "")
        if scale is not None:
            return _number("integer", scale.low, scale.high, False, setting.source.reader)
    return Expected("text", catalogue("rule_expected.yml")["text"])


def _block(setting: Setting) -> Questions | None:
    fitting = [each for each in setting.source.questions if setting.item in each.items]
    return fitting[0] if fitting else None


def _form(declared: Field, mapped: Column | None) -> Words:
    texts = catalogue("rule_expected.yml")
    pattern = (mapped.pattern if mapped else None) or ""
    if pattern:
        form = shape(pattern)
        return _said(texts["shape"], {"shape": form}) if form else texts["agreed"]
    form = shape(declared.pattern) if declared.pattern else None
    if form:
        return _said(texts["shape"], {"shape": form})
    return texts["code_text" if declared.pattern else "text"]


#: One piece of a plain pattern: a class of signs or a sign, and how many times.
_PIECE = re.compile(r"(\[A-Z\]|\[a-z\]|\[0-9\]|\\d|\\?[-_./ ]|[A-Za-z0-9])(?:\{([0-9]{1,2})\})?")
_SIGNS = {"[A-Z]": "A", "[a-z]": "a", "[0-9]": "0", r"\d": "0"}


def shape(pattern: str) -> str | None:
    r"""Return the shape that a plain pattern asks for (``[A-Z]{3}-[0-9]{4}`` -> ``AAA-0000``).

    Returns
    -------
    str or None
        ``None`` for patterns that allow several lengths or forms.
    """
    rest = pattern.removeprefix(r"\A").removesuffix(r"\Z").removesuffix(r"\z")
    made = ""
    while rest:
        found = _PIECE.match(rest)
        if found is None:
            return None
        made += _SIGNS.get(found[1], found[1].removeprefix("\\")) * int(found[2] or 1)
        rest = rest[found.end() :]
    return made or None


def _said(text: Words, values: dict[str, Any]) -> Words:
    return Words(it=text.it.format(**values), en=text.en.format(**values))
