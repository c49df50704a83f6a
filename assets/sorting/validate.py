"""The judgement of the schema on typed values, and the only module in which Pandera's errors are caught.

They hold cells in message, cases and data; only index, check and column go on from here. A value is
judged once, however many rows hold it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from assets.errors import ConfigurationError
from schemas.dataset import Dataset, RowRule

#: One broken rule in one cell: the row's position, the column and the rule.
BROKEN = ("position", "column", "rule")
#: Columns with fewer words are judged side by side, filled up with nulls, which no check looks at.
_SHORT = 5_000

Marks = dict[str, np.ndarray]


class Judge:
    """The schema of a dataset as one source applies it.

    Parameters
    ----------
    codes, patterns
        Lists of the programme and patterns of the source (see ``Dataset.pandera``).

    Attributes
    ----------
    judged_n
        How many values Pandera was given so far.
    """

    def __init__(
        self, dataset: Dataset, codes: dict[str, list[str]], patterns: dict[str, str]
    ) -> None:
        self.dataset = dataset
        self.schema = dataset.pandera(codes, patterns)
        self.judged_n = 0

    def broken_words(self, values: Mapping[str, pd.Series]) -> dict[str, Marks]:
        """Return the rules that values break: column -> rule -> mark of each value.

        Parameters
        ----------
        values
            Column -> its distinct typed values, on a fresh RangeIndex.

        Raises
        ------
        ConfigurationError
            A rule could not be applied at all: a mistake in a pattern or list, not in a value.
        """
        found: dict[str, Marks] = {}
        for part in _parts(values):
            columns = {str(name): self.schema.columns[name] for name in part}
            rules = {str(c.error): name for name, each in columns.items() for c in each.checks}
            cases = self._cases(pa.DataFrameSchema(columns), part, rules)
            for check, mine in cases.groupby("check"):
                rule = str(check)
                marks = np.zeros(len(values[rules[rule]]), dtype=bool)
                marks[mine["index"].astype("int64")] = True
                found.setdefault(rules[rule], {})[rule] = marks
        return found

    def broken_rows(self, rule: RowRule, rows: pd.DataFrame) -> np.ndarray:
        """Mark the rows that break a rule across columns; ``rows`` are distinct, with its columns."""
        check = next(each for each in self.schema.checks if each.error == rule.rule_id)
        cases = self._cases(pa.DataFrameSchema(checks=check), rows, {rule.rule_id: rule.column})
        marks = np.zeros(len(rows), dtype=bool)
        marks[cases["index"].astype("int64")] = True
        return marks

    def _cases(
        self, schema: pa.DataFrameSchema, frame: pd.DataFrame, rules: dict[str, str]
    ) -> pd.DataFrame:
        """Return index and check of every failure."""
        self.judged_n += int(frame.notna().sum().sum())
        try:
            schema.validate(frame, lazy=True)
        except SchemaErrors as errors:
            cases = errors.failure_cases[["index", "check"]]
        except Exception as error:  # noqa: BLE001 - its message may quote a cell
            raise _not_applied(self.dataset, type(error).__name__) from None
        else:
            return pd.DataFrame({"index": [], "check": []})
        if cases["index"].isna().any() or not set(cases["check"]) <= set(rules):
            # Without a row it is no row's fault; the check may carry an exception's text, so only
            # names that are ours are repeated.
            named = sorted(set(cases.loc[cases["index"].isna(), "check"]) & set(rules))
            raise _not_applied(self.dataset, ", ".join(named) or "schema")
        return cases


def _parts(values: Mapping[str, pd.Series]) -> Iterator[pd.DataFrame]:
    """Yield frames to be judged: short columns side by side, each long one alone."""
    filled = {name: each for name, each in values.items() if len(each)}
    short = {name: each for name, each in filled.items() if len(each) < _SHORT}
    if short:
        rows = pd.RangeIndex(max(map(len, short.values())))
        yield pd.DataFrame({name: each.reindex(rows) for name, each in short.items()})
    for name, each in filled.items():
        if name not in short:
            yield each.to_frame(name)


def nothing_broken() -> pd.DataFrame:
    """Return the empty frame of broken rules."""
    return pd.DataFrame(
        {
            "position": pd.Series([], dtype="int64"),
            "column": pd.Series([], dtype="str"),
            "rule": pd.Series([], dtype="str"),
        }
    )


def _not_applied(dataset: Dataset, what: str) -> ConfigurationError:
    return ConfigurationError(
        f"Una regola di {dataset.name} non si può applicare ({what}): controllare i 'pattern' in "
        "source.yml e gli elenchi in programme.yml.",
        f"A rule of {dataset.name} cannot be applied ({what}): check the patterns in source.yml "
        "and the lists in programme.yml.",
    )
