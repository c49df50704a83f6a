"""The judgement of the schema on typed rows, and the only module in which Pandera's errors are caught.

They hold cells in message, cases and data; only index, check and column go on from here.
"""

from __future__ import annotations

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from assets.errors import ConfigurationError
from schemas.dataset import Dataset

#: One broken rule in one cell: the row's position, the column and the rule.
BROKEN = ("position", "column", "rule")


def broken_rules(
    typed: pd.DataFrame, dataset: Dataset, codes: dict[str, list[str]], patterns: dict[str, str]
) -> pd.DataFrame:
    """Return the rules of the schema that rows break.

    Parameters
    ----------
    typed
        Parsed columns of the dataset on a fresh RangeIndex.
    codes, patterns
        Lists of the programme and patterns of the source (see ``Dataset.pandera``).

    Returns
    -------
    pandas.DataFrame
        ``position`` (of the row), ``column``, ``rule``; one row per broken rule.

    Raises
    ------
    ConfigurationError
        A rule could not be applied at all: a mistake in a pattern or list, not in a row.
    """
    if typed.empty:
        return nothing_broken()
    schema = dataset.pandera(codes, patterns)
    try:
        schema.validate(typed, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases[["index", "check", "column"]]
    except Exception as error:  # noqa: BLE001 - its message may quote a cell
        raise _not_applied(dataset, type(error).__name__) from None
    else:
        return nothing_broken()
    rules = _rules_of(schema)
    if cases["index"].isna().any() or not set(cases["check"]) <= set(rules):
        # Without a row it is no row's fault; the check may carry an exception's text, so only
        # names that are ours are repeated.
        named = sorted(set(cases.loc[cases["index"].isna(), "check"]) & set(rules))
        raise _not_applied(dataset, ", ".join(named) or "schema")
    found = pd.DataFrame(
        {
            "position": cases["index"].astype("int64"),
            "column": cases["check"].map(rules),
            "rule": cases["check"],
        }
    )
    return found.drop_duplicates().sort_values(list(BROKEN), ignore_index=True)


def nothing_broken() -> pd.DataFrame:
    """Return the empty frame of broken rules."""
    return pd.DataFrame(
        {
            "position": pd.Series([], dtype="int64"),
            "column": pd.Series([], dtype="str"),
            "rule": pd.Series([], dtype="str"),
        }
    )


def _rules_of(schema: pa.DataFrameSchema) -> dict[str, str]:
    """Return rule id -> column, for every check of the schema.

    A check over the whole frame is reported once per column, so its column is taken from its id.
    """
    columns = [
        (str(check.error), name)
        for name, column in schema.columns.items()
        for check in column.checks
    ]
    whole = [(str(check.error), str(check.error).rpartition(".")[0]) for check in schema.checks]
    return dict([*columns, *whole])


def _not_applied(dataset: Dataset, what: str) -> ConfigurationError:
    return ConfigurationError(
        f"Una regola di {dataset.name} non si può applicare ({what}): controllare i 'pattern' in "
        "source.yml e gli elenchi in programme.yml.",
        f"A rule of {dataset.name} cannot be applied ({what}): check the patterns in source.yml "
        "and the lists in programme.yml.",
    )
