"""What a partner is asked for: the columns of a source as headings, allowed words and bounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from schemas.datasets import DATASETS
from schemas.field import Kind
from schemas.fields import FIELDS
from schemas.instruments import Instrument
from schemas.programme import Programme
from schemas.source import Source
from schemas.words import Words


@dataclass(frozen=True)
class Asked:
    """One column of an empty form.

    Attributes
    ----------
    name
        Our column, item or service code.
    heading
        As the source reads it.
    choices
        The only words allowed in its cells, as the partner writes them -> what they mean; empty
        where any text, number or date of the kind will do.
    meaning
        What to write, in plain words.
    instrument
        The scale the column is an item of, '' for none.
    """

    name: str
    heading: str
    kind: Kind
    meaning: Words
    is_required: bool = False
    choices: dict[str, Words] = field(default_factory=dict)
    low: float | date | None = None
    high: float | date | None = None
    pattern: str | None = None
    instrument: str = ""


def asked_of(
    source: Source, programme: Programme, instruments: dict[str, Instrument]
) -> list[Asked]:
    """Return the columns a filled form of this source must have, in the order of ``source.yml``.

    Constants stand nowhere in a file and are left out; so are multiple choices known only by a
    pattern of headings, whose options are the survey tool's.
    """
    return [
        *_plain(source, programme),
        *_counts(source),
        *_items(source, instruments),
    ]


def left_out(source: Source) -> list[str]:
    """Name the questions that an empty form cannot hold: their options stand only in the survey tool."""
    return [base for block in source.questions for base in block.several]


def _plain(source: Source, programme: Programme) -> Iterator[Asked]:
    needed = DATASETS[source.dataset].required
    for name, column in source.columns.items():
        if column.value is not None:
            continue
        declared = FIELDS[name]
        is_date = declared.kind == "date"
        yield Asked(
            name=name,
            heading=_heading(column.heading, declared.label.it),
            kind="text" if column.month_of_period else declared.kind,
            meaning=declared.description,
            is_required=name in needed or name in source.key,
            choices=_choices(name, source, programme),
            low=programme.start if is_date and name in needed else declared.low,
            high=programme.end if is_date and name in needed else declared.high,
            pattern=column.pattern,
        )


def _choices(name: str, source: Source, programme: Programme) -> dict[str, Words]:
    """Return the partner's own words for the codes of a column; the codes where it has none."""
    declared, column = FIELDS[name], source.columns[name]
    labels = dict(declared.codes) or _programme_labels(name, programme)
    own = own_words(column.codes)
    if own:
        return {cell: labels.get(code, Words(it=code, en=code)) for cell, code in own.items()}
    if declared.kind == "boolean":
        yes, no = source.reader.true[0], source.reader.false[0]
        return {yes: Words(it="sì", en="yes"), no: Words(it="no", en="no")}
    return labels if declared.kind == "code" else {}


def own_words(codes: object) -> dict[str, str]:
    """Return cell -> code; of lists that hold for a while, the words of all of them."""
    if isinstance(codes, dict):
        return dict(codes)
    found: dict[str, str] = {}
    for dated in codes if isinstance(codes, list) else []:
        found.update(dated.codes)
    return found


def _programme_labels(name: str, programme: Programme) -> dict[str, Words]:
    lists = {
        "neighbourhood_code": programme.neighbourhoods,
        "activity_code": programme.activities,
        "service_code": programme.services,
        "wave_code": programme.waves,
    }
    found = lists.get(name)
    return {code: each.label for code, each in found.items()} if isinstance(found, dict) else {}


def _counts(source: Source) -> Iterator[Asked]:
    declared = FIELDS["contact_n"]
    for service, heading in source.counts.items():
        yield Asked(
            name=service,
            heading=_heading(heading, service),
            kind="integer",
            meaning=declared.description,
            is_required=True,
            low=declared.low,
            high=declared.high,
        )


def _items(source: Source, instruments: dict[str, Instrument]) -> Iterator[Asked]:
    for block in source.questions:
        scale = instruments.get(block.instrument or "")
        texts = {item.code: item.text for item in scale.items} if scale else {}
        choices = _answers(block.answers, scale)
        for code, heading in block.items.items():
            text = texts.get(code)
            shown = _heading(heading, text.it if text else code)
            yield Asked(
                name=code,
                heading=shown,
                kind="integer" if scale and not block.answers else "code",
                meaning=text or Words(it=shown, en=shown),
                choices=choices,
                low=scale.low if scale else None,
                high=scale.high if scale else None,
                instrument=block.instrument or "",
            )


def _answers(answers: dict[str, float | str], scale: Instrument | None) -> dict[str, Words]:
    """Return the words of the answers: the source's own, else the codes of the scale."""
    labels = scale.answers if scale else {}
    if answers:
        return {
            cell: labels.get(_code(value), Words(it=cell, en=cell))
            for cell, value in answers.items()
        }
    if scale is None:
        return {}
    codes = map(str, range(scale.low, scale.high + 1))
    return {code: labels.get(code, Words(it=code, en=code)) for code in codes}


def _code(value: float | str) -> str:
    return value if isinstance(value, str) else str(int(value))


def _heading(heading: str | list[str] | None, label: str) -> str:
    """Return the heading to write: of several form versions the last, the one in use now.

    A star in it stands for any text; the label serves.
    """
    if heading is None:
        return label
    chosen = heading if isinstance(heading, str) else heading[-1]
    return chosen.replace("*", label)
