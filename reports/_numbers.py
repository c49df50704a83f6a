"""Numbers and dates as an Italian or an English reader writes them."""

from __future__ import annotations

from datetime import date

NBSP = "\u00a0"
MINUS = "\u2212"
MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "en": "January February March April May June July August September October November December",
}
ORDINALS = {"it": ("I", "II", "III", "IV"), "en": ("Q1", "Q2", "Q3", "Q4")}


def number(value: float, decimals: int, lang: str, *, signed: bool = False) -> str:
    """Return a number with the language's separators; halves round away from zero.

    Examples
    --------
    >>> number(1234.5, 1, "it"), number(1234.5, 1, "en"), number(-2, 0, "it")
    ('1.234,5', '1,234.5', '−2')
    """
    text = f"{_rounded(abs(value), decimals):,.{decimals}f}"
    if lang == "it":
        text = text.translate(str.maketrans(",.", ".,"))
    if _rounded(abs(value), decimals) == 0:
        return text
    if value < 0:
        return MINUS + text
    return f"+{text}" if signed else text


def percent(share: float, decimals: int, lang: str, *, signed: bool = False) -> str:
    r"""Return a share (0-1) as a percentage.

    Examples
    --------
    >>> percent(0.1234, 1, "it"), percent(0.1234, 1, "en")
    ('12,3\xa0%', '12.3%')
    """
    return number(share * 100, decimals, lang, signed=signed) + (NBSP if lang == "it" else "") + "%"


def p_value(value: float, lang: str) -> str:
    """Return a p to three decimals: 0.043, or < 0.001."""
    return f"< {number(0.001, 3, lang)}" if value < 0.001 else number(value, 3, lang)


def day(text: str, lang: str) -> str:
    """Return an ISO date in words: 10 gennaio 2022, 10 January 2022."""
    when = date.fromisoformat(text[:10])
    return f"{when.day}{NBSP}{month_name(when.month, lang)} {when.year}"


def month_name(month: int, lang: str) -> str:
    """Return the name of a month (1-12)."""
    return MONTHS[lang].split()[month - 1]


def short_quarter(text: str, lang: str, between: str = NBSP) -> str:
    """Return a quarter where space is short: T1 2022, Q1 2022."""
    year, index = text.split("Q")
    return f"{'T' if lang == 'it' else 'Q'}{index}{between}{year}"


def quarter(text: str, lang: str) -> str:
    """Return a quarter in words: I trimestre 2022, Q1 2022."""
    year, index = text.split("Q")
    name = ORDINALS[lang][int(index) - 1]
    return f"{name}{NBSP}trimestre{NBSP}{year}" if lang == "it" else f"{name}{NBSP}{year}"


def _rounded(value: float, decimals: int) -> float:
    from decimal import ROUND_HALF_UP, Decimal

    step = Decimal(1).scaleb(-decimals)
    return float(Decimal(repr(float(value))).quantize(step, rounding=ROUND_HALF_UP))
