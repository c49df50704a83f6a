"""One framework's way through the register; run by ``intake_peers`` in their own environment.

Stands alone: nothing of this repository is installed there. Cells that cannot be parsed become
null, which the rule of required columns then finds.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from typing import Any

ACTIVITIES = [
    "Cucito; base",
    "Cucito; avanzato",
    "Italiano",
    "Informatica",
    "Teatro; ragazzi",
    "Orto",
    "Musica",
    "Disegno",
    "Calcio",
    "Ginnastica; dolce",
    "Coro",
    "Lettura",
]
NEIGHBOURHOODS = ["Lunetta", "Frassino", "Virgiliana", "Colle Aperto; nord"]
GENDERS = ["F", "M", "altro"]
RECORD, PERSON = r"^[A-Za-z0-9][A-Za-z0-9_./-]{0,39}$", r"^MN-[0-9]{6}$"
YES, NO = ["sì", "si", "s", "x", "1", "vero", "yes", "true"], ["no", "n", "0", "falso", "false"]


LOADED = {
    "pandera_polars": ("pandera.polars",),
    "pandera_pandas": ("pandera.pandas",),
    "pointblank": ("pointblank", "polars"),
    "great_expectations": ("great_expectations.expectations",),
    "frictionless": ("frictionless",),
}


def polars_frame(register: str) -> Any:
    """Read and parse with polars."""
    import polars as pl

    text = pl.read_csv(register, separator=";", infer_schema=False)

    def answered(name: str) -> Any:
        low = pl.col(name).str.to_lowercase()
        return pl.when(low.is_in(YES)).then(True).when(low.is_in(NO)).then(False).alias(name)

    def day(name: str) -> Any:
        return pl.col(name).str.to_date("%d/%m/%Y", strict=False)

    return text.with_columns(
        day("Data"),
        day("Prenotato"),
        answered("Presente"),
        answered("Promemoria"),
        pl.col("Ore").str.replace(",", ".").cast(pl.Float64, strict=False),
        pl.col("Anno nascita").cast(pl.Int64, strict=False),
    )


def pandas_frame(register: str) -> Any:
    """Read with pandas and Arrow, parse with pandas."""
    import pandas as pd

    text = pd.read_csv(register, sep=";", dtype="str", engine="pyarrow")
    words = dict.fromkeys(YES, True) | dict.fromkeys(NO, False)
    for name in ("Data", "Prenotato"):
        text[name] = pd.to_datetime(text[name], format="%d/%m/%Y", errors="coerce")
    for name in ("Presente", "Promemoria"):
        text[name] = text[name].str.lower().map(words).astype("boolean")
    text["Ore"] = pd.to_numeric(text["Ore"].str.replace(",", "."), errors="coerce")
    text["Anno nascita"] = pd.to_numeric(text["Anno nascita"], errors="coerce")
    return text


def _pandera(pa: Any, ordered: Any, first: Any, last: Any) -> Any:
    column = pa.Column
    return pa.DataFrameSchema(
        {
            "Numero": column(checks=pa.Check.str_matches(RECORD), unique=True),
            "Codice": column(checks=pa.Check.str_matches(PERSON), nullable=False),
            "Laboratorio": column(checks=pa.Check.isin(ACTIVITIES), nullable=False),
            "Data": column(checks=pa.Check.in_range(first, last), nullable=False),
            "Presente": column(nullable=False),
            "Ore": column(
                checks=pa.Check.in_range(0, 12, include_min=False), nullable=True
            ),
            "Prenotato": column(nullable=True),
            "Promemoria": column(nullable=True),
            "Sesso": column(checks=pa.Check.isin(GENDERS), nullable=True),
            "Anno nascita": column(checks=pa.Check.in_range(1900, 2023), nullable=True),
            "Quartiere": column(checks=pa.Check.isin(NEIGHBOURHOODS), nullable=True),
        },
        checks=pa.Check(ordered),
    )  # fmt: skip


def pandera_polars(register: str) -> int:
    """Validate all rows with pandera on polars."""
    from datetime import date

    import pandera.polars as pa
    import polars as pl

    def ordered(data: Any) -> Any:
        fine = (pl.col("Prenotato") <= pl.col("Data")).fill_null(True)
        return data.lazyframe.select(fine)

    return _failures(
        _pandera(pa, ordered, date(2019, 1, 1), date(2023, 12, 31)), polars_frame(register)
    )


def pandera_pandas(register: str) -> int:
    """Validate all rows with pandera on pandas."""
    import pandas as pd
    import pandera.pandas as pa

    def ordered(rows: Any) -> Any:
        return ~(rows["Prenotato"] > rows["Data"])

    first, last = pd.Timestamp(2019, 1, 1), pd.Timestamp(2023, 12, 31)
    return _failures(_pandera(pa, ordered, first, last), pandas_frame(register))


def _failures(schema: Any, frame: Any) -> int:
    from pandera.errors import SchemaErrors

    try:
        schema.validate(frame, lazy=True)
    except SchemaErrors as errors:
        return len(errors.failure_cases)
    return 0


def pointblank(register: str) -> int:
    """Validate all rows with pointblank on polars."""
    from datetime import date

    import pointblank as pb

    steps = (
        pb.Validate(polars_frame(register))
        .rows_distinct(columns_subset=["Numero"])
        .col_vals_regex(columns="Numero", pattern=RECORD)
        .col_vals_not_null(columns=["Codice", "Laboratorio", "Data", "Presente"])
        .col_vals_regex(columns="Codice", pattern=PERSON, na_pass=True)
        .col_vals_in_set(columns="Laboratorio", set=ACTIVITIES)
        .col_vals_between(
            columns="Data", left=date(2019, 1, 1), right=date(2023, 12, 31), na_pass=True
        )
        .col_vals_between(
            columns="Ore", left=0, right=12, inclusive=(False, True), na_pass=True
        )
        .col_vals_le(columns="Prenotato", value=pb.col("Data"), na_pass=True)
        .col_vals_in_set(columns="Sesso", set=GENDERS)
        .col_vals_between(columns="Anno nascita", left=1900, right=2023, na_pass=True)
        .col_vals_in_set(columns="Quartiere", set=NEIGHBOURHOODS)
    )  # fmt: skip
    done = steps.interrogate()
    return int(sum(done.n_failed().values()))


def great_expectations(register: str) -> int:
    """Validate all rows with Great Expectations on pandas."""
    import great_expectations as gx
    import pandas as pd
    from great_expectations import expectations as e

    context = gx.get_context(mode="ephemeral")
    source = context.data_sources.add_pandas("register")
    asset = source.add_dataframe_asset("register")
    batch = asset.add_batch_definition_whole_dataframe("whole").get_batch(
        {"dataframe": pandas_frame(register)}
    )
    first, last = pd.Timestamp(2019, 1, 1), pd.Timestamp(2023, 12, 31)
    required = ("Codice", "Laboratorio", "Data", "Presente")
    suite = gx.ExpectationSuite(
        "rules",
        expectations=[
            e.ExpectColumnValuesToBeUnique(column="Numero"),
            e.ExpectColumnValuesToMatchRegex(column="Numero", regex=RECORD),
            *[e.ExpectColumnValuesToNotBeNull(column=name) for name in required],
            e.ExpectColumnValuesToMatchRegex(column="Codice", regex=PERSON),
            e.ExpectColumnValuesToBeInSet(column="Laboratorio", value_set=ACTIVITIES),
            e.ExpectColumnValuesToBeBetween(column="Data", min_value=first, max_value=last),
            e.ExpectColumnValuesToBeBetween(
                column="Ore", min_value=0, max_value=12, strict_min=True
            ),
            e.ExpectColumnPairValuesAToBeGreaterThanB(
                column_A="Data",
                column_B="Prenotato",
                or_equal=True,
                ignore_row_if="either_value_is_missing",
            ),
            e.ExpectColumnValuesToBeInSet(column="Sesso", value_set=GENDERS),
            e.ExpectColumnValuesToBeBetween(column="Anno nascita", min_value=1900, max_value=2023),
            e.ExpectColumnValuesToBeInSet(column="Quartiere", value_set=NEIGHBOURHOODS),
        ],
    )
    found = batch.validate(suite, result_format="COMPLETE")
    return int(sum(each.result.get("unexpected_count", 0) for each in found.results))


def frictionless(register: str) -> int:
    """Validate all rows with frictionless, which parses and checks the text itself."""
    from pathlib import Path

    from frictionless import Checklist, Dialect, Resource, Schema, checks, formats, system

    day = {"type": "date", "format": "%d/%m/%Y"}
    answer = {"type": "boolean", "trueValues": [*YES, "Sì"], "falseValues": [*NO, "NO"]}
    required = {"constraints": {"required": True}}
    fields = [
        {"name": "Numero", "type": "string", "constraints": {"pattern": RECORD, "unique": True}},
        {"name": "Codice", "type": "string", "constraints": {"pattern": PERSON, "required": True}},
        {
            "name": "Laboratorio",
            "type": "string",
            "constraints": {"enum": ACTIVITIES, "required": True},
        },
        {
            "name": "Data",
            **day,
            "constraints": {"required": True, "minimum": "01/01/2019", "maximum": "31/12/2023"},
        },
        {"name": "Presente", **answer, **required},
        {"name": "Ore", "type": "number", "decimalChar": ",", "constraints": {"maximum": "12"}},
        {"name": "Prenotato", **day},
        {"name": "Promemoria", **answer},
        {"name": "Sesso", "type": "string", "constraints": {"enum": GENDERS}},
        {
            "name": "Anno nascita",
            "type": "integer",
            "constraints": {"minimum": 1900, "maximum": 2023},
        },
        {"name": "Quartiere", "type": "string", "constraints": {"enum": NEIGHBOURHOODS}},
    ]
    schema = Schema.from_descriptor({"fields": fields})
    order = checks.row_constraint(formula="not Prenotato or not Data or Prenotato <= Data")
    dialect = Dialect(controls=[formats.CsvControl(delimiter=";")])
    path = Path(register)
    with system.use_context(trusted=True):
        resource_ = Resource(
            path=path.name, basepath=str(path.parent), schema=schema, dialect=dialect
        )
        report = resource_.validate(Checklist(checks=[order]), limit_errors=10_000_000)
    return int(report.stats["errors"])


if __name__ == "__main__":
    way = globals()[sys.argv[1]]
    for module in LOADED[sys.argv[1]]:  # loading is not what is measured
        importlib.import_module(module)
    start = time.perf_counter()
    failures_n = way(sys.argv[2])
    seconds = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps({"seconds": seconds, "mb": most, "failures": failures_n}))
