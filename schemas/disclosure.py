"""The rules of ``disclosure.yml``, read and checked: what may leave is data, not code."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import cache
from math import isfinite
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, ValidationError, model_validator

from schemas.config import ConfigProblem, nearest
from schemas.words import SCHEMAS_FOLDER, Words, read_yaml

FILE = "disclosure.yml"

#: Kinds of number that control has rules for. ``extreme`` (minimum, maximum) is known to be refused;
#: ``process`` is about files, not people, and has no rule.
OutputKind = Literal[
    "count",
    "sum",
    "mean",
    "median",
    "quantile",
    "extreme",
    "rate",
    "change",
    "survival",
    "reliability",
    "model",
    "network",
    "process",
]
KINDS: tuple[str, ...] = get_args(OutputKind)

#: Rules that judge something else than a number: a page, a suggestion.
_ELSEWHERE = ("public_pages", "suggestions")

#: Every rule that code carries out, and whether it has a number. None may be missing from the file.
RULES: dict[str, bool] = {
    "minimum_count": True,
    "sensitive_minimum_count": True,
    "floor": True,
    "rest_of_total": True,
    "mean_base": True,
    "median_base": True,
    "quantile_tail": True,
    "no_extremes": False,
    "same_for_all": False,
    "spread_base": True,
    "rate_base": True,
    "rate_numerator": True,
    "rate_remainder": True,
    "all_or_none": False,
    "group_share": True,
    "change_base": True,
    "dominance_n": True,
    "dominance_share": True,
    "p_percent": True,
    "prior_percent": True,
    "residual_df": True,
    "never_alone": False,
    "newcomers": False,
    "counts_wait": False,
    "models_apart": False,
    "told_once": False,
    "all_together": False,
    "left_over": False,
    "public_round_to": True,
    "left_out_share": True,
}

#: Counts of people that may not be set below ``floor``.
_COUNTS = (
    "minimum_count",
    "sensitive_minimum_count",
    "rest_of_total",
    "mean_base",
    "median_base",
    "quantile_tail",
    "spread_base",
    "rate_base",
    "rate_numerator",
    "rate_remainder",
    "change_base",
)


class Rule(BaseModel):
    """One rule of disclosure control.

    Attributes
    ----------
    value
        Its number; None where it has none.
    stricter
        Which way the number is stricter.
    applies_to
        Kinds of number (``KINDS``) it judges.
    rule, why
        What it says and why, for whoever answers for the data.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    code: str
    value: float | None = None
    unit: Words | None = None
    stricter: Literal["higher", "lower"] | None = None
    applies_to: tuple[str, ...]
    rule: Words
    why: Words

    @model_validator(mode="after")
    def _whole(self) -> Rule:
        given = [each is not None for each in (self.value, self.unit, self.stricter)]
        if any(given) and not all(given):
            raise ValueError("value, unit and stricter go together")
        if not self.applies_to:
            raise ValueError("applies_to is empty")
        return self

    def is_laxer(self, value: float) -> bool:
        """Say whether another value would let more out."""
        if self.value is None or self.stricter is None:
            raise ConfigProblem(
                f"la regola «{self.code}» non ha un numero", f"rule '{self.code}' has no number"
            )
        is_strict = value >= self.value if self.stricter == "higher" else value <= self.value
        return not (is_strict and isfinite(value))  # what is no number would switch the rule off


@cache
def rules() -> dict[str, Rule]:
    """Return the rules of the house by code.

    Raises
    ------
    ConfigProblem
        When the file does not say every rule in full.
    """
    return checked(read_yaml(FILE))


def checked(entries: Mapping[str, Any]) -> dict[str, Rule]:
    """Check the content of ``disclosure.yml``.

    Parameters
    ----------
    entries
        Rule code -> what the file says of it.

    Raises
    ------
    ConfigProblem
        A rule missing, unknown (with the nearest), incomplete, given to an unknown kind of number,
        or a count below ``floor``; with the line where it stands.
    """
    for code in entries:
        if code not in RULES:
            raise problem(FILE, code, *unknown("la regola", "rule", code, RULES))
    missing = [code for code in RULES if code not in entries]
    if missing:
        raise ConfigProblem(
            f"{FILE}: mancano le regole {', '.join(missing)}. Senza, nulla esce.",
            f"{FILE}: the rules {', '.join(missing)} are missing. Without them nothing leaves.",
        )
    found = {code: _rule(code, entry) for code, entry in entries.items()}
    for code in _COUNTS:
        value, floor = found[code].value, found["floor"].value
        if value is not None and floor is not None and value < floor:
            raise problem(
                FILE,
                code,
                f"{value:g} è sotto la soglia che nessuno può abbassare ({floor:g})",
                f"{value:g} is below the floor that nobody may lower ({floor:g})",
            )
    return found


def _rule(code: str, entry: Any) -> Rule:
    try:
        rule = Rule(code=code, **entry)
    except (ValidationError, TypeError) as error:
        said = first_mistake(error)
        raise problem(FILE, code, f"non si legge: {said}", f"cannot be read: {said}") from None
    for kind in rule.applies_to:
        if kind not in (*KINDS, *_ELSEWHERE):
            raise problem(FILE, code, *unknown("la specie", "kind", kind, KINDS))
    if (rule.value is not None) != RULES[code]:
        it, en = ("serve un numero", "a number is needed") if RULES[code] else ("", "")
        raise problem(FILE, code, it or "non ha un numero", en or "it has no number")
    return rule


def first_mistake(error: Exception) -> str:
    """Return the place and kind of the first mistake in an entry."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc'])) or '-'}: {first['msg']}"
    return "a mapping is needed"


def unknown(it: str, en: str, code: str, known: Collection[str]) -> tuple[str, str]:
    """Say in both languages that a name is not known, with the nearest."""
    near = nearest(code, list(known)) or "-"
    return (
        f"{it} «{code}» non si conosce. Più simile: {near}. Noti: {', '.join(known)}",
        f"unknown {en} '{code}'. Nearest: {near}. Known: {', '.join(known)}",
    )


def problem(file: str, key: str, it: str, en: str) -> ConfigProblem:
    """Return an error that names a file of declarations, the line of a key in it, and the key."""
    where = f"{file}{_line_of(file, key)}, «{key}»"
    return ConfigProblem(f"{where}: {it}.", f"{where}: {en}.")


def _line_of(file: str, key: str) -> str:
    lines = (SCHEMAS_FOLDER / file).read_text(encoding="utf-8").splitlines()
    found = [number for number, line in enumerate(lines, 1) if line.startswith(f"{key}:")]
    return f":{found[0]}" if found else ""
