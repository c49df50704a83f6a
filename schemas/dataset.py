"""What a dataset is: its columns, what is required, its key and its rules, as one Pandera schema.

Cells are parsed from text before Pandera sees them (a coercing schema hides later failures and
quotes cells), so the schema here judges typed values only. Each check carries its rule id; the
words of every rule are in ``rules.yml``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from schemas.field import STORAGE, Field
from schemas.fields import FIELDS
from schemas.words import Language, catalogue

if TYPE_CHECKING:
    import pandas as pd
    import pandera.pandas as pa

#: A code that a spreadsheet took for a number and shows as a power of ten: 1,23457E+15. What somebody
#: may have written so (9377952927E-5) is not one.
EXPONENT = r"\A[+-]?[0-9]+(?:(?:[.,][0-9]+)?[Ee]\+|[.,][0-9]+[Ee]-?)[0-9]+\Z"

#: ``row``: the whole row is quarantined. ``cell``: the cell is set aside (null) and listed, the
#: row stays: a wrong age must not cost an attendance.
Severity = Literal["row", "cell"]


@dataclass(frozen=True)
class RowRule:
    """A rule across columns: ``holds`` returns True for each row that is right (or not judged).

    ``reads`` names the columns it looks at, and no other: rows equal in them are judged once.
    """

    rule_id: str
    column: str
    reads: tuple[str, ...]
    holds: Callable[[pd.DataFrame], pd.Series]


@dataclass(frozen=True)
class Dataset:
    """One kind of data partners deliver.

    Attributes
    ----------
    required
        Columns that a row cannot do without: a missing or unreadable cell quarantines the row.
        In all other columns it costs the cell only.
    key
        Columns that tell one record from another, unless the source names its own.
    """

    name: str
    columns: tuple[str, ...]
    required: tuple[str, ...]
    key: tuple[str, ...]
    row_rules: tuple[RowRule, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The declarations of the columns, in storage order."""
        return tuple(FIELDS[name] for name in self.columns)

    def storage(self) -> dict[str, str]:
        """Return column -> DuckDB type."""
        return {each.name: STORAGE[each.kind] for each in self.fields}

    def severity(self, column: str) -> Severity:
        """Say what a failed rule on a column costs: the row or only the cell."""
        return "row" if column in self.required or column in self.key else "cell"

    def pandera(
        self, codes: dict[str, list[str]], extra_patterns: dict[str, str]
    ) -> pa.DataFrameSchema:
        """Build the Pandera schema for typed rows.

        Parameters
        ----------
        codes
            Allowed codes of the columns whose list the programme declares: column -> codes. A
            column that is absent here is an open list.
        extra_patterns
            Patterns a source adds, column -> regular expression for the whole cell.
        """
        import pandera.pandas as pa

        columns = {
            each.name: pa.Column(
                checks=_checks(each, codes, extra_patterns.get(each.name)),
                nullable=True,  # "required" is a rule of its own, so that it has its own words
                required=True,
                metadata={"role": each.role, "unit": each.unit, "kind": each.kind},
                title=each.label.en,
                description=each.description.en,
            )
            for each in self.fields
        }
        whole = [
            pa.Check(rule.holds, error=rule.rule_id, ignore_na=False) for rule in self.row_rules
        ]
        return pa.DataFrameSchema(columns, checks=whole, name=self.name, strict=False)


def _checks(each: Field, codes: dict[str, list[str]], pattern: str | None) -> list[Any]:
    import pandera.pandas as pa

    checks = []
    allowed = list(each.codes) or codes.get(each.name)
    if allowed:
        checks.append(pa.Check.isin(allowed, error=f"{each.name}.code"))
    if each.low is not None or each.high is not None:
        checks.append(
            pa.Check.in_range(
                each.low, each.high, include_min=not each.low_open, error=f"{each.name}.range"
            )
        )
    if each.pattern:
        checks.append(pa.Check.str_matches(each.pattern, error=f"{each.name}.format"))
    if pattern:
        checks.append(pa.Check.str_matches(pattern, error=f"{each.name}.pattern"))
    if each.role == "pseudonym":
        checks.append(pa.Check(_has_its_digits, error=f"{each.name}.exponent"))
    return checks


def _has_its_digits(codes: pd.Series) -> pd.Series:
    return ~codes.str.contains(EXPONENT, regex=True)


def rule_text(rule_id: str, lang: Language, codes: str | None = None) -> str:
    """Say a rule in plain words: what is wrong and what to do.

    The specific text (``hours.range``) wins over the text of its kind (``range``). Bounds and
    labels are taken from the declaration, so words and checks cannot drift.

    Parameters
    ----------
    codes
        What is said in the place of the labels of the codes; '' where they are listed elsewhere.

    Raises
    ------
    KeyError
        When neither the rule nor its kind has a text.
    """
    column, _, kind = rule_id.rpartition(".")
    texts = catalogue("rules.yml")
    words = texts.get(rule_id) or texts[kind]
    declared = FIELDS.get(column)
    if declared is None:
        return words.say(lang)
    listed = ", ".join(code.say(lang) for code in declared.codes.values())
    return words.say(
        lang,
        label=declared.say(lang),
        low=declared.low,
        high=declared.high,
        codes=listed if codes is None else codes,
    ).rstrip()
