"""The intake benchmark's measure: the same parsing, rules and split, by hand in DuckDB's SQL.

Written as one who knows the file and DuckDB would: one pass over the csv, every rule a case in it,
the copies by a window, then the three tables. No gate, no vault, no places of cells, no words.
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb

from tests.bench.intake_data import (
    ACTIVITIES,
    FIRST_DAY,
    GENDERS,
    LAST_DAY,
    NEIGHBOURHOODS,
    PERSON_PATTERN,
)

HEADINGS = (
    "Numero",
    "Codice",
    "Laboratorio",
    "Data",
    "Presente",
    "Ore",
    "Prenotato",
    "Promemoria",
    "Sesso",
    "Anno nascita",
    "Quartiere",
)
_YES = "('sì', 'si', 's', 'x', '1', 'vero', 'yes', 'true')"
_NO = "('no', 'n', '0', 'falso', 'false')"


def _listed(codes: dict[str, str]) -> str:
    return "(" + ", ".join(f"'{code}'" for code in codes.values()) + ")"


def _translated(column: str, codes: dict[str, str]) -> str:
    cases = " ".join(f"when '{cell.lower()}' then '{code}'" for cell, code in codes.items())
    return f"case lower(trim({column})) {cases} else trim({column}) end"


def _boolean(column: str) -> str:
    return f"case when lower({column}) in {_YES} then true when lower({column}) in {_NO} then false end"


def judged(register: Path) -> str:
    """Return the query that reads, parses and judges every row."""
    columns = ", ".join(f"'{name}': 'VARCHAR'" for name in HEADINGS)
    return f"""
with text as (
    select *, row_number() over () + 1 as row_number
    from read_csv('{register}', delim = ';', quote = '"', escape = '"', header = true,
        nullstr = '', auto_detect = false, columns = {{{columns}}})
), typed as (
    select *,
        {_translated('"Laboratorio"', ACTIVITIES)} as activity_code,
        try_strptime("Data", '%d/%m/%Y') as session_date,
        {_boolean('"Presente"')} as is_present,
        try_cast(replace(case when regexp_full_match("Ore", '[+-]?[0-9]+(,[0-9]+)?') then "Ore" end,
            ',', '.') as double) as hours,
        try_strptime("Prenotato", '%d/%m/%Y') as booked_date,
        {_boolean('"Promemoria"')} as is_reminded,
        {_translated('"Sesso"', GENDERS)} as gender_code,
        try_cast(case when regexp_full_match("Anno nascita", '[+-]?[0-9]+') then "Anno nascita" end
            as bigint) as birth_year,
        {_translated('"Quartiere"', NEIGHBOURHOODS)} as neighbourhood_code
    from text
), judged as (
    select *,
        concat_ws(', ',
            case when not regexp_full_match("Numero", '[A-Za-z0-9][A-Za-z0-9_./-]{{0,39}}')
                then 'record_id.format' end,
            case when "Codice" is null then 'person_code.required'
                when not regexp_full_match("Codice", '{PERSON_PATTERN}')
                then 'person_code.pattern' end,
            case when "Laboratorio" is null then 'activity_code.required'
                when activity_code not in {_listed(ACTIVITIES)} then 'activity_code.code' end,
            case when "Data" is null then 'session_date.required'
                when session_date is null then 'session_date.parse'
                when session_date not between timestamp '{FIRST_DAY}' and timestamp '{LAST_DAY}'
                then 'session_date.window' end,
            case when "Presente" is null then 'is_present.required'
                when is_present is null then 'is_present.parse' end) as row_rules,
        concat_ws(', ',
            case when "Ore" is not null and hours is null then 'hours.parse'
                when not (hours > 0 and hours <= 12) then 'hours.range' end,
            case when "Prenotato" is not null and booked_date is null then 'booked_date.parse'
                when booked_date > session_date
                    and session_date between timestamp '{FIRST_DAY}' and timestamp '{LAST_DAY}'
                then 'booked_date.order' end,
            case when "Promemoria" is not null and is_reminded is null
                then 'is_reminded.parse' end,
            case when gender_code not in {_listed(GENDERS)} then 'gender_code.code' end,
            case when "Anno nascita" is not null and birth_year is null then 'birth_year.parse'
                when not birth_year between 1900 and 2023 then 'birth_year.range' end,
            case when neighbourhood_code not in {_listed(NEIGHBOURHOODS)}
                then 'neighbourhood_code.code' end) as cell_rules
    from typed
)
select *, row_rules = '' and row_number() over (
    partition by "Numero", row_rules = '' order by row_number) > 1 as again
from judged
"""


def _kept(column: str, rule: str) -> str:
    fine = f"cell_rules = '' or not contains(cell_rules, '{column}.{rule}')"
    return f"case when {fine} then {column} end as {column}"


def run(register: Path, warehouse: Path) -> None:
    """Make the tables accepted, quarantined and reasons."""
    rules = (
        "concat_ws(', ', case when again then 'record_id.unique' else nullif(row_rules, '') end, "
        "nullif(cell_rules, ''))"
    )
    with duckdb.connect(str(warehouse)) as connection:
        connection.execute("set enable_progress_bar = false")
        connection.execute("begin")
        connection.execute(f"create temp table judged as {judged(register)}")
        connection.execute(f"""
            create table accepted as select row_number, "Numero" as record_id,
                "Codice" as person_code, activity_code, session_date, is_present,
                {_kept("hours", "range")}, {_kept("booked_date", "order")}, is_reminded,
                {_kept("gender_code", "code")}, {_kept("birth_year", "range")},
                {_kept("neighbourhood_code", "code")}
            from judged where row_rules = '' and not again""")
        text = ", ".join(f'"{name}"' for name in HEADINGS)
        connection.execute(f"""
            create table quarantined as select row_number, {text}, {rules} as rules
            from judged where row_rules <> '' or again""")
        connection.execute(f"""
            create table reasons as select row_number, unnest(string_split({rules}, ', ')) as rule
            from judged where row_rules <> '' or again or cell_rules <> ''""")
        connection.execute("drop table judged")
        connection.execute("commit")


if __name__ == "__main__":
    run(Path(sys.argv[1]), Path(sys.argv[2]))
