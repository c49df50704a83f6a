"""What the intake benchmark reads: a register of attendance as one csv, and the programme around it."""

from __future__ import annotations

import json
import os
from pathlib import Path

import duckdb

from assets.layout import Layout

ACTIVITIES = {
    "Cucito; base": "cucito_base",
    "Cucito; avanzato": "cucito_avanzato",
    "Italiano": "italiano",
    "Informatica": "informatica",
    "Teatro; ragazzi": "teatro",
    "Orto": "orto",
    "Musica": "musica",
    "Disegno": "disegno",
    "Calcio": "calcio",
    "Ginnastica; dolce": "ginnastica",
    "Coro": "coro",
    "Lettura": "lettura",
}
NEIGHBOURHOODS = {
    "Lunetta": "lunetta",
    "Frassino": "frassino",
    "Virgiliana": "virgiliana",
    "Colle Aperto; nord": "colle",
}
GENDERS = {"F": "female", "M": "male", "altro": "other"}
PERSON_PATTERN = "MN-[0-9]{6}"
FIRST_DAY, LAST_DAY = "2019-01-01", "2023-12-31"

#: Thirteen in a thousand rows hold a mistake, a different one each; the seed is the row's number.
_ROWS = """
with numbered as (
    select i, hash(i * 7 + 1) as h, hash(i * 13 + 5) as g, (hash(i * 31 + 9) % 1000)::int as fault
    from range({rows}) as t(i)
), dated as (
    select *, date '2019-01-02' + ((h // 11) % 1800)::int as day from numbered
)
select
    case when fault = 0 and i > 5000 then 'R' || lpad((i - 5000)::varchar, 9, '0')
        else 'R' || lpad(i::varchar, 9, '0') end as "Numero",
    case fault when 1 then '' when 2 then 'XX' || lpad((h % 10000000)::varchar, 7, '0')
        else 'MN-' || lpad((h % {persons})::varchar, 6, '0') end as "Codice",
    case fault when 3 then 'Cucina' else {activities}[1 + (g % 12)::int] end as "Laboratorio",
    case fault when 4 then '31/02/2021' when 5 then strftime(day, '%Y-%m-%d')
        when 6 then '01/03/2031' else strftime(day, '%d/%m/%Y') end as "Data",
    case fault when 7 then 'forse' when 8 then ''
        else ['sì', 'si', 'x', 'no', 'Sì', 'NO'][1 + ((g // 12) % 6)::int] end as "Presente",
    case when fault = 9 then '99,5' when fault = 10 then 'due' when (g // 72) % 9 = 0 then ''
        else ['0,5', '1', '1,5', '2', '2,5', '3', '3,25', '4'][1 + ((g // 700) % 8)::int]
        end as "Ore",
    strftime(case fault when 11 then day + 3 else day - ((g // 7000) % 30)::int end, '%d/%m/%Y')
        as "Prenotato",
    ['sì', 'no'][1 + ((g // 210000) % 2)::int] as "Promemoria",
    case fault when 12 then 'Q' else ['F', 'M', 'altro'][1 + ((h // 20011) % 3)::int] end as "Sesso",
    case fault when 13 then '19' else (1930 + (h // 60033) % 90)::varchar end as "Anno nascita",
    {neighbourhoods}[1 + ((h // 5400000) % 4)::int] as "Quartiere"
from dated order by i
"""


def write_register(path: Path, rows: int) -> None:
    """Write ``rows`` records of attendance: semicolons, decimal commas, dd/mm/yyyy, quoted cells."""
    query = _ROWS.format(
        rows=rows,
        persons=max(20_000, rows // 20),
        activities=list(ACTIVITIES),
        neighbourhoods=list(NEIGHBOURHOODS),
    )
    with duckdb.connect() as connection:
        connection.execute(f"copy ({query}) to '{path}' (header, delimiter ';')")


def lay_out(root: Path, register: Path) -> Layout:
    """Lay out a programme whose one delivery is the register."""
    raw = root / "raw" / "misura"
    (raw / "alfa" / "all").mkdir(parents=True)
    os.link(register, raw / "alfa" / "all" / "registro.csv")

    def labelled(codes: list[str]) -> dict:
        return {code: {"label": {"it": code, "en": code}} for code in codes}

    programme = {
        "programme": "misura",
        "title": {"it": "Misura", "en": "Measure"},
        "from": FIRST_DAY,
        "to": LAST_DAY,
        "partners": labelled(["alfa"]),
        "activities": labelled(list(ACTIVITIES.values())),
        "neighbourhoods": {
            code: {**each, "role": "pilot"}
            for code, each in labelled(list(NEIGHBOURHOODS.values())).items()
        },
    }
    source = {
        "source": "registro",
        "dataset": "attendance",
        "label": {"it": "Registro", "en": "Register"},
        "files": ["registro*"],
        "key": ["record_id"],
        "reader": {"format": "csv"},
        "columns": {
            "record_id": {"from": "Numero"},
            "person_code": {"from": "Codice", "pattern": PERSON_PATTERN},
            "activity_code": {"from": "Laboratorio", "codes": ACTIVITIES},
            "session_date": {"from": "Data"},
            "is_present": {"from": "Presente"},
            "hours": {"from": "Ore"},
            "booked_date": {"from": "Prenotato"},
            "is_reminded": {"from": "Promemoria"},
            "gender_code": {"from": "Sesso", "codes": GENDERS},
            "birth_year": {"from": "Anno nascita"},
            "neighbourhood_code": {"from": "Quartiere", "codes": NEIGHBOURHOODS},
        },
    }
    # JSON is YAML.
    (raw / "programme.yml").write_text(_unquoted_days(json.dumps(programme)), encoding="utf-8")
    partner = json.dumps({"partner": "alfa", "sources": [source]})
    (raw / "alfa" / "source.yml").write_text(partner, encoding="utf-8")
    return Layout(root, "misura")


def _unquoted_days(text: str) -> str:
    """Let days be days: in YAML a quoted one is text."""
    for day in (FIRST_DAY, LAST_DAY):
        text = text.replace(f'"{day}"', day)
    return text
