"""What kind of thing a cell looks like, and of what kind the cells of a column are.

Only to tell headings, units and totals from data: what a cell means is decided in sorting.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_CURRENCY = r"(?:€|\$|£|EUR)"
_NUMBER = re.compile(
    rf"[+-]?\s?{_CURRENCY}?\s?[+-]?[0-9][0-9.,'’\u00a0\u202f ]*(?:[eE][+-]?[0-9]+)?\s?(?:%|{_CURRENCY})?"
)
_DATE = re.compile(
    r"(?:[0-9]{1,4}[-/. ][0-9]{1,2}[-/. ][0-9]{1,4}|(?:[0-9]{1,2}[-/. ])?[A-Za-zì]{3,9}\.?[-/. ][0-9]{2,4})"
    r"(?:[T ,]+[0-9]{1,2}[:.][0-9]{2}(?:[:.][0-9]{2}(?:[.,][0-9]+)?)?(?:\s?[AaPp]\.?[Mm]\.?)?"
    r"(?:Z|\s?[+-][0-9:]{2,6})?)?"
)
_TIME = re.compile(r"[0-9]{1,2}[:.][0-9]{2}(?::[0-9]{2})?")
_MONTH = re.compile(
    r"gen|feb|mar|apr|mag|giu|lug|ago|set|ott|nov|dic|jan|may|jun|jul|aug|sep|oct|dec",
    re.IGNORECASE,
)
#: A code has digits; a heading such as Q1 has too few marks to be told from one.
_CODE = re.compile(r"(?=\S*[0-9])[^\W_][\w./-]{3,39}")
_MISSING = re.compile(
    r"[-–—./?*_x]{1,3}|n\.?\s?[adcpr]\.?|n/[adr]|nan|null|none|#n/?[ad]!?|non disp\.?|missing|vuoto|"
    r"non (?:disponibile|rilevato|noto|risponde|pervenuto)",
    re.IGNORECASE,
)
_UNIT = re.compile(
    r"[(\[]?\s*(?:€|eur|euro|\$|%|‰|n\.?|n°|nr\.?|num\.?|numero|ore|h|hh|min\.?|minuti|sec\.?|gg\.?|giorni|"
    r"mesi|anni|kg|g|gr\.?|km|m|mq|m²|m2|cm|l|lt|litri|"
    r"g{1,2}[/.-]m{1,2}[/.-]a{2,4}|d{1,2}[/.-]m{1,2}[/.-]y{2,4}|y{4}-m{2}-d{2}|a{4}-m{2}-g{2}|aaaa|yyyy|"
    r"hh[:.]mm|m/f|f/m|s[iì]/no|s/n|testo|codice|data|0/1|1-5|0-10|hours|years|months|days|minutes|text|"
    r"date|code)\s*[)\]]?",
    re.IGNORECASE,
)
#: Words that name a column and are nobody's answer, name or street.
_HEADING_WORDS = frozenset(
    [
        "codice",
        "cod",
        "id",
        "data",
        "giorno",
        "mese",
        "anno",
        "ore",
        "durata",
        "età",
        "eta",
        "sesso",
        "genere",
        "nome",
        "cognome",
        "cittadinanza",
        "nazionalità",
        "quartiere",
        "laboratorio",
        "attività",
        "corso",
        "presenza",
        "presenze",
        "presente",
        "frequenza",
        "nucleo",
        "famiglia",
        "tessera",
        "note",
        "annotazioni",
        "osservazioni",
        "servizio",
        "motivo",
        "stato",
        "esito",
        "tipo",
        "categoria",
        "totale",
        "numero",
        "comune",
        "indirizzo",
        "telefono",
        "email",
        "scheda",
        "pratica",
        "utente",
        "partecipante",
        "domanda",
        "risposta",
        "punteggio",
        "date",
        "code",
        "day",
        "month",
        "year",
        "hours",
        "age",
        "sex",
        "gender",
        "name",
        "surname",
        "activity",
        "service",
        "status",
        "type",
        "category",
        "notes",
        "count",
        "amount",
        "time",
        "value",
        "number",
        "question",
        "answer",
        "score",
    ]
)
#: From so many on, 1, 2, 3... are days: fewer may well be somebody's counts.
_LEAST_DAYS = 5
_TOTAL = re.compile(
    r"\W?\s*(?:(?:(?:sub|gran|grand)[\s-]?)?tot(?:al[ei]?s?|\.)?(?!\s+(?:dis)?accordo|\s+\w*dipenden|\s+autonom)(?:[\s:(].*)?|somm[ae](?: total[ei])?|sum|medi[ae]|average|mean)\s*[:=]?",
    re.IGNORECASE,
)
_LONGEST_TOTAL = 60
#: A kind is a column's when this share of its cells has it.
_SHARE = 0.8


@dataclass(frozen=True)
class Kind:
    """What the cells of one column look like.

    Attributes
    ----------
    name
        number, date, time, code or text; '' where nothing is known.
    shape
        For a code, the form that its cells have.
    common
        Texts that stand in the column (so often as was asked).
    is_list
        Whether the same few texts come again and again.
    """

    name: str
    shape: str = ""
    common: frozenset[str] = frozenset()
    is_list: bool = False

    @property
    def is_telling(self) -> bool:
        """Whether a heading can be told from the cells by looks."""
        return self.name not in ("", "text")

    def holds(self, cell: str) -> bool:
        """Say whether a cell looks like those of the column."""
        found = kind_of(cell)
        if self.name == "code":
            return found == "code" and shape_of(cell) == self.shape
        if self.name == "date":  # a date may stand as Excel's number of days
            return found in ("number", "date")
        return found == self.name


def kind_of(cell: str) -> str:
    """Return number, date, time, code or text; '' for a blank or a mark for 'missing'."""
    text = cell.strip()
    if not text or _MISSING.fullmatch(text):
        return ""
    if _DATE.fullmatch(text) and (text[0].isdigit() and text[-1].isdigit() or _MONTH.match(text)):
        return "date"
    if _NUMBER.fullmatch(text):
        return "number"
    if _TIME.fullmatch(text):
        return "time"
    return "code" if _CODE.fullmatch(text) else "text"


def shape_of(cell: str) -> str:
    """Return a code's form: AAA-0001 -> A-9, b12/c -> a9/a."""
    text = re.sub(r"[0-9]+", "9", cell.strip())
    return re.sub(r"[^\W\d_a-zà-ÿ]+", "A", re.sub(r"[a-zà-ÿ]+", "a", text))


def kind_of_column(cells: Iterable[str], least: int = 1) -> Kind:
    """Return what nearly all cells of a sample look like; ``common`` are texts found ``least`` times."""
    texts = [each for each in cells if each.strip()]
    often = Counter(each.strip().casefold() for each in texts)
    common = frozenset(text for text, count in often.items() if count >= least)
    kinds = Counter(filter(None, map(kind_of, texts)))
    total = sum(kinds.values())
    text_kind = Kind(
        "text", common=common, is_list=len(texts) >= 4 and len(often) * 2 <= len(texts)
    )
    if not total:
        return Kind("", common=common)
    if kinds["number"] + kinds["date"] >= total * _SHARE:
        return Kind("number" if kinds["number"] >= kinds["date"] else "date", common=common)
    name, count = kinds.most_common(1)[0]
    if count < total * _SHARE or name == "text":
        return text_kind
    if name != "code":
        return Kind(name, common=common)
    shapes = Counter(shape_of(each) for each in texts if kind_of(each) == "code")
    shape, alike = shapes.most_common(1)[0]
    return Kind("code", shape, common) if alike >= total * _SHARE else text_kind


def is_unit(cell: str) -> bool:
    """Say whether a cell is no more than a unit or a pattern: '€', '(ore)', 'gg/mm/aaaa'."""
    return _UNIT.fullmatch(cell.strip()) is not None


def is_total_label(cell: str) -> bool:
    """Say whether a cell says no more than that its row sums others: 'Totale', 'Subtotale Lunetta'."""
    return len(cell) <= _LONGEST_TOTAL and _TOTAL.fullmatch(cell) is not None


def is_heading_word(cell: str) -> bool:
    """Say whether a cell begins with a word that partners name columns by."""
    first = re.match(r"[\W_]*([^\W_]+)", cell.casefold())
    return first is not None and first[1] in _HEADING_WORDS


def are_numbered(cells: list[str]) -> bool:
    """Say whether number-like headings count on: years, or the days of a month from 1 on."""
    texts = [each.strip() for each in cells]
    if len(texts) < 2 or not all(re.fullmatch(r"[0-9]{1,4}", each) for each in texts):
        return False
    numbers = [int(each) for each in texts]
    counts_on = all(b - a == 1 for a, b in zip(numbers, numbers[1:], strict=False))
    return counts_on and (is_year(texts[0]) or (numbers[0] == 1 and len(numbers) >= _LEAST_DAYS))


def is_year(cell: str) -> bool:
    """Say whether a cell could be a year of our time."""
    return re.fullmatch(r"19[5-9][0-9]|20[0-4][0-9]", cell.strip()) is not None
