"""A small released folder to read from: invented numbers in the released shape, some of them hidden.

The manifest takes indicators, tables and labels from the schemas, as the release room does, so that
documents tested on it meet every declared name. ``bare=True`` is a programme with little in it: no
scales, no funder, no shocks, an open list of 81 neighbourhoods.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from schemas.claims import claims
from schemas.codebook import codebook
from schemas.estimates import TOTAL, UNKNOWN
from schemas.fields import AGE_BANDS, FIELDS
from schemas.indicators import indicators, released_tables
from schemas.instruments import shipped
from schemas.method_checks import checks, modules
from schemas.methods import methods
from schemas.released import RELEASED_COLUMNS
from schemas.released_words import released_columns, table_titles

TYPES = {"VARCHAR": pa.string(), "DOUBLE": pa.float64(), "BIGINT": pa.int64()}
SCHEMA = pa.schema([(name, TYPES[kind]) for name, (kind, _) in RELEASED_COLUMNS.items()])
QUARTERS = ["2021Q2", "2021Q3", "2021Q4", "2022Q1", "2022Q2"]
REACHED = dict(zip(QUARTERS, [41, 66, 58, 63, 92], strict=True))
PLACES = {
    "lunetta": ("Lunetta", "pilot"),
    "frassino": ("Frassino", "extension"),
    "virgiliana": ("Virgiliana", "comparison"),
}
ACTIVITIES = {
    "italiano_donne": ("Italiano per donne", "Italian for women"),
    "cucito_riuso": ("Cucito e riuso", "Sewing and reuse"),
    "bilancio_familiare": ("Bilancio familiare", "Household budget"),
    "cene_condominio": ("Cene di condominio", "Condominium dinners"),
}
SERVICES = {
    "emporio": ("Emporio solidale", "Solidarity store"),
    "ascolto": ("Centro di ascolto", "Listening centre"),
    "casa": ("Sportello casa", "Housing desk"),
}
MONTHS = [f"{2021 + (5 + i) // 12}-{(5 + i) % 12 + 1:02d}" for i in range(13)]
PARTNERS = {"agape": "Agape", "aler": "Aler", "solco": "SolCo"}
HIDDEN = "suppressed"


def released_sample(folder: Path, *, bare: bool = False) -> Path:
    """Write a released folder and return it."""
    rows = _bare_rows() if bare else _rows()
    tables = {}
    (folder / "tables").mkdir(parents=True, exist_ok=True)
    for code, declared in released_tables().items():
        mine = [
            {**row, "table_code": code}
            for row in rows
            if row["indicator_code"] in declared.indicators
        ]
        path = folder / "tables" / f"{code}.parquet"
        pq.write_table(pa.Table.from_pylist(mine, SCHEMA), path)
        hidden = sum(row["status"].startswith("suppressed") for row in mine)
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        tables[code] = {"sha256": digest, "rows": len(mine), "hidden": hidden}
    manifest = _bare_manifest() if bare else _manifest()
    manifest |= {"tables": tables, "indicators": _indicators(), "codebook": codebook()}
    manifest |= _released_words()
    manifest |= {"claims": claims().model_dump(), "methods": _methods(), "checks": _checks()}
    text = json.dumps(manifest, ensure_ascii=False, indent=1)
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    return folder


def row(
    indicator: str, value: float | None, status: str = "released", **more: Any
) -> dict[str, Any]:
    """Return one released row; hidden ones lose every number."""
    base: dict[str, Any] = dict.fromkeys(RELEASED_COLUMNS)
    texts = [name for name, (kind, _) in RELEASED_COLUMNS.items() if kind == "VARCHAR"]
    base |= dict.fromkeys(texts, "")
    base |= {"indicator_code": indicator, "value": value, "status": status, "design": "descriptive"}
    base |= {"period": "all", "n_unit": "persons", "method_code": "sample", **more}
    if value is None:
        base |= dict.fromkeys(("value", "se", "ci_low", "ci_high", "p_value", "n", "n_missing"))
    names = ("indicator_code", "subject_code", "period", "by_1", "level_1", "by_2", "level_2")
    base["estimate_id"] = "/".join(str(base[name]) for name in names)
    return base


def _released_words() -> dict[str, Any]:
    columns = {
        name: {"label": each.label.model_dump(), "meaning": each.meaning.model_dump()}
        for name, each in released_columns().items()
    }
    titles = {code: each.model_dump() for code, each in table_titles().items()}
    return {"released_columns": columns, "table_titles": titles}


def _methods() -> dict[str, Any]:
    return {code: each.model_dump() for code, each in methods().items()}


def _checks() -> list[dict[str, Any]]:
    return [each.model_dump() for name in modules() for each in checks(name)]


def _levels(indicator: str, by: str, values: dict[str, float | None], **more: Any) -> list[dict]:
    made = []
    for level, value in values.items():
        status = "released" if value is not None else HIDDEN
        made.append(row(indicator, value, status, by_1=by, level_1=level, **more))
    return made


def _rows() -> list[dict]:
    return [*_reach(), *_participation(), *_contacts(), *_survey(), *_quality(), *_together()]


def _reach() -> list[dict]:
    made = []
    for period, total in [*REACHED.items(), ("all", 187)]:
        small = period != "all"
        by: dict[str, dict[str, float | None]] = {
            "gender_code": {"female": round(total * 0.66), "male": None, "other": None, UNKNOWN: 0},
            "tenure_code": {
                "sap_aler": total - 26,
                "sap_municipal": None,
                "private": None,
                "other": 6,
            },
            "age_band": {"00-17": 8, "18-29": 9, "30-44": total - 37, "45-64": 12, "65+": 8},
            "neighbourhood_code": {
                "lunetta": total - 20,
                "frassino": 14,
                "virgiliana": None if small else 6,
                UNKNOWN: None if small else 0,
            },
        }
        for name, values in by.items():
            made += _levels("reached_n", name, {**values, TOTAL: total}, period=period, n=total)
    return made


def _participation() -> list[dict]:
    made = []
    for i, period in enumerate([*QUARTERS, "all"]):
        total = 300 if period == "all" else 40 + 6 * i
        made.append(row("sessions_n", total, period=period))
        parts = dict(zip(ACTIVITIES, (16 + i, 12, 8 + i, None), strict=True))
        made += _levels("sessions_n", "activity_code", parts, period=period)
        hours = dict(zip(ACTIVITIES, (420.5 + i, 300.0, 180.0, None), strict=True))
        made += _levels(
            "hours_sum", "activity_code", {**hours, TOTAL: 960.5 + 40 * i}, period=period
        )
        made.append(row("absence_rate", 0.182, period=period, ci_low=0.15, ci_high=0.22, n=520))
        if period != "all":
            made.append(row("retention_rate", 0.71, period=period, ci_low=0.6, ci_high=0.8, n=60))
    return made


def _contacts() -> list[dict]:
    made = []
    for i, month in enumerate(MONTHS):
        august = month.endswith("-08")
        found = {
            "emporio": 60 + 2 * i + (25 if i > 6 else 0),
            "ascolto": None if august else 31 + i,
        }
        values: dict[str, float | None] = {**found, "casa": 18 + (i % 4)}
        made += _levels("contacts_n", "service_code", {**values, TOTAL: 120 + 3 * i}, period=month)
    whole = {"emporio": 1111.0, "ascolto": None, "casa": 250.0, TOTAL: 1800.0}
    made += _levels("contacts_n", "service_code", whole)
    model = {"design": "quasi_experimental", "n": 13, "n_unit": "months"}
    made.append(
        row("contacts_step", 1.31, subject_code="emporio", ci_low=1.12, ci_high=1.53, **model)
    )
    made.append(
        row("contacts_slope", 1.004, subject_code="emporio", ci_low=0.99, ci_high=1.02, **model)
    )
    return made


def _survey() -> list[dict]:
    made = []
    pre = {"design": "pre_post"}
    who = {"ci_low": 3.1, "ci_high": 11.3, "n": 84}
    made.append(row("score_change", 7.2, subject_code="who5", **who, **pre))
    bscs = {"ci_low": -0.05, "ci_high": 0.21, "n": 81}
    made.append(row("score_change", 0.08, subject_code="bscs", **bscs, **pre))
    for scale, value in (("who5", 7.2), ("bscs", 0.08)):
        group = {"by_1": "gender_code", "subject_code": scale, **pre}
        ends = {"ci_low": value - 0.9 * value, "ci_high": value + 0.9 * value, "n": 55}
        made.append(row("score_change", value, level_1="female", **ends, **group))
        made.append(row("score_change", None, HIDDEN, level_1="male", **group))
        made.append(
            row("score_change_gz", 0.38, subject_code=scale, ci_low=0.16, ci_high=0.6, n=84, **pre)
        )
        made.append(row("eligible_n", 132, subject_code=scale, n=132))
        made.append(row("linked_n", 84, subject_code=scale, n=84))
        for wave, shift in (("pre", 0), ("post", 1)):
            mean = 52.1 + 7 * shift if scale == "who5" else 3.2 + 0.1 * shift
            ends = {"ci_low": mean * 0.96, "ci_high": mean * 1.04, "n": 120}
            made.append(row("score_mean", mean, subject_code=scale, period=wave, **ends))
            made.append(row("reliability_alpha", 0.86, subject_code=scale, period=wave, n=118))
    return made


def _quality() -> list[dict]:
    made = []
    for partner, dataset, read, bad in (
        ("agape", "service_access", 1240, 18),
        ("aler", "service_access", 310, 0),
        ("solco", "attendance", 2955, 61),
    ):
        where = {"by_1": "partner_code", "level_1": partner, "by_2": "dataset", "level_2": dataset}
        for code, value in (("read", read), ("accepted", read - bad), ("quarantined", bad)):
            status = "released" if value else "true_zero"
            made.append(row(f"rows_{code}_n", value, status, n_unit="rows", **where))
    return made


def _together() -> list[dict]:
    """Who still attends, and what services share: without what the tests of findings put there."""
    made = []
    for day, value in (("30", 0.935), ("90", 0.771), ("180", None)):
        status = "released" if value else HIDDEN
        ends = {"ci_low": 0.7, "ci_high": 0.96, "n": 90}
        made.append(row("attending_share", value, status, by_1="day", level_1=day, **ends))
    for first, second, value in (("ascolto", "casa", 40.0), ("ascolto", "emporio", None)):
        pair = {"subject_code": first, "by_1": "service_code", "level_1": second, "n": 40}
        made.append(row("co_use_n", value, "released" if value else HIDDEN, **pair))
    for i, quarter in enumerate(QUARTERS):
        value = None if i == 1 else 0.5 + i / 100
        ends = {"ci_low": 0.42, "ci_high": 0.6, "n": 70}
        status = "released" if value else HIDDEN
        made.append(row("continuity_coc", value, status, period=quarter, **ends))
    return made


def _bare_rows() -> list[dict]:
    made = []
    places = {f"BAIRRO {i:02d}": (None if i < 3 else 40.0 * i) for i in range(81)}
    for period in ("2016Q2", "all"):
        made += _levels(
            "reached_n", "neighbourhood_code", {**places, TOTAL: 62299.0}, period=period
        )
        made.append(
            row("absence_rate", 0.20193256, period=period, ci_low=0.1996, ci_high=0.2043, n=110527)
        )
    where = {
        "by_1": "partner_code",
        "level_1": "vitoria",
        "by_2": "dataset",
        "level_2": "attendance",
    }
    made.append(row("rows_read_n", 110527, **where))
    return made


def _indicators() -> dict[str, Any]:
    found = {}
    for code, each in indicators().items():
        words = {"label": each.label.model_dump(), "definition": each.definition.model_dump()}
        found[code] = {**words, "unit": each.unit, "decimals": each.decimals, "class": each.kind}
    return found


def _manifest() -> dict[str, Any]:
    two = {code: {"it": it, "en": en} for code, (it, en) in {**ACTIVITIES, **SERVICES}.items()}
    waves = {"pre": ("Prima", "Before"), "mid": ("Metà", "Midway"), "post": ("Dopo", "After")}
    places = {
        code: {"it": name, "en": name, "role": role, "residents": None}
        for code, (name, role) in PLACES.items()
    }
    places["lunetta"] |= {"residents": 3730, "residents_source": "Gazzetta di Mantova, 2017"}
    return {
        "programme": "demo",
        "title": {"it": "Lunattiva dimostrativa", "en": "Lunattiva demonstration"},
        "synthetic": True,
        "from": "2021-06-01",
        "to": "2023-05-31",
        "funder": {"name": "Fondazione dimostrativa", "contribution_eur": 270000.0},
        "lead": "Comune dimostrativo",
        "quarters": QUARTERS,
        "latest_quarter": QUARTERS[-1],
        "data_version": "0123456789ab",
        "code_version": "ba9876543210",
        "labels": {
            "activities": {code: two[code] for code in ACTIVITIES},
            "services": {code: two[code] for code in SERVICES},
            "neighbourhoods": places,
            "waves": {c: {"it": it, "en": en} for c, (it, en) in waves.items()},
            "partners": {code: {"it": name, "en": name} for code, name in PARTNERS.items()},
            "scales": _scales(),
            "fields": _field_labels(),
            "age_bands": list(AGE_BANDS),
        },
        "evaluation": {"scales": ["who5", "bscs"], "answers": []},
        "shocks": [
            {
                "code": "green_pass",
                "label": {"it": "Green pass rafforzato", "en": "Super green pass"},
                "from": "2022-01-10",
                "to": "2022-04-30",
            }
        ],
        "steps": [
            {
                "service": "emporio",
                "on": "2022-01-15",
                "label": {
                    "it": "apertura dello sportello unico",
                    "en": "opening of the single desk",
                },
            }
        ],
        "change": {"from": "pre", "to": "post"},
        "targets": {"reached_n": 200},
        "thresholds": {"minimum_count": 5.0, "sensitive_minimum_count": 10.0, "public_round_to": 5},
    }


def _bare_manifest() -> dict[str, Any]:
    title = {"it": "Appuntamenti medici", "en": "Medical appointments"}
    return {
        "programme": "real",
        "title": title,
        "synthetic": False,
        "from": "2016-04-01",
        "to": "2016-06-30",
        "funder": None,
        "lead": None,
        "quarters": ["2016Q2"],
        "latest_quarter": "2016Q2",
        "data_version": "aaaaaaaaaaaa",
        "code_version": "bbbbbbbbbbbb",
        "labels": {"partners": {"vitoria": {"it": "Vitória", "en": "Vitória"}}},
        "shocks": [],
        "steps": [],
        "change": None,
        "thresholds": {"minimum_count": 5.0, "sensitive_minimum_count": 10.0, "public_round_to": 5},
    }


def _scales() -> dict[str, Any]:
    found = {}
    for code, each in shipped().items():
        names = ("score_low", "score_high", "better", "notable_change", "licence", "citation")
        found[code] = {
            **each.label.model_dump(),
            **{name: getattr(each, name) for name in names},
            "unit": each.unit.model_dump(),
            "items": {i.code: i.text.model_dump() if i.text else None for i in each.items},
            "parts": {part.code: part.label.model_dump() for part in each.parts},
        }
    return found


def _field_labels() -> dict[str, Any]:
    return {
        name: {"codes": {code: words.model_dump() for code, words in each.codes.items()}}
        for name, each in FIELDS.items()
    }
