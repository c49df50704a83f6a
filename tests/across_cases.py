"""Tiny releases of invented programmes, with the product's own manifest and tables: what comparisons read."""

from __future__ import annotations

import hashlib
import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd

from assets.layout import Layout
from assets.release.manifest import manifest
from assets.release.publish import parquet_bytes
from assets.release.thresholds import thresholds
from assets.released import digest_of_content, tables_of
from schemas.released import RELEASED_COLUMNS

FIRST = date(2022, 1, 1)


def cell(table: str, indicator: str, value: float | None, **more: Any) -> dict[str, Any]:
    """Return one released row; a hidden one loses every number."""
    texts = [name for name, (kind, _) in RELEASED_COLUMNS.items() if kind == "VARCHAR"]
    row: dict[str, Any] = {**dict.fromkeys(RELEASED_COLUMNS), **dict.fromkeys(texts, "")}
    row |= {"table_code": table, "indicator_code": indicator, "value": value, "period": "all"}
    row |= {"status": "released", "design": "descriptive", "n_unit": "persons", **more}
    if value is None:
        row |= dict.fromkeys(("value", "se", "ci_low", "ci_high", "p_value", "n", "n_missing"))
        row["status"] = more.get("status", "suppressed")
    names = ("indicator_code", "subject_code", "period", "by_1", "level_1")
    row["estimate_id"] = "/".join(str(row[name]) for name in names)
    return row


def change(value: float | None, se: float | None, **more: Any) -> dict[str, Any]:
    """Return the mean change of WHO-5 with its error."""
    ends = {"ci_low": None, "ci_high": None}
    if value is not None and se is not None:
        ends = {"ci_low": value - 2 * se, "ci_high": value + 2 * se}
    about = {"subject_code": "who5", "design": "pre_post", "population_code": "respondents"}
    about |= {"method_code": "mean_change_paired_t", "unit": "points", "n": 60, "se": se}
    return cell("change", "score_change", value, **{**about, **ends, **more})


def compared(value: float, se: float) -> dict[str, Any]:
    """Return the difference from the comparison areas, groups that joined on different dates."""
    about = {"subject_code": "who5", "design": "compared", "population_code": "respondents"}
    about |= {"method_code": "group_time_simple", "unit": "points", "n": 90, "se": se}
    ends = {"ci_low": value - 2 * se, "ci_high": value + 2 * se}
    return cell("compared", "did_staggered", value, **{**about, **ends})


def staying(value: float | None, se: float | None) -> dict[str, Any]:
    """Return the share that still attends after 90 days, with its error."""
    about = {"by_1": "day", "level_1": "90", "population_code": "participants", "se": se}
    about |= {"method_code": "kaplan_meier_survival", "unit": "share", "n": 80}
    ends = {} if value is None else {"ci_low": value - 0.1, "ci_high": min(1.0, value + 0.1)}
    return cell("attending", "attending_share", value, **{**about, **ends})


def reached(value: float | None) -> dict[str, Any]:
    """Return how many people were reached."""
    about = {"by_1": "gender_code", "level_1": "_total", "unit": "persons"}
    about |= {"population_code": "participants", "method_code": "count", "n": value}
    return cell("reach", "reached_n", value, **about)


def declare(root: Path, name: str, *, apart_days: int = 600, **more: Any) -> Layout:
    """Write a programme with two rounds of WHO-5 so many days apart, and return it."""
    after = FIRST + timedelta(days=apart_days)
    waves = {
        "pre": {"label": _words("Prima"), "from": FIRST, "to": FIRST + timedelta(days=30)},
        "post": {"label": _words("Dopo"), "from": after, "to": after + timedelta(days=30)},
    }
    about: dict[str, Any] = {
        "programme": name,
        "title": _words(name.capitalize()),
        "synthetic": True,
        "from": FIRST,
        "to": after + timedelta(days=60),
        "partners": {"ente": {"label": _words("Ente")}},
        "waves": waves,
        "evaluation": {"scales": ["who5"], "change": {"from": "pre", "to": "post"}},
    }
    folder = root / "raw" / name
    folder.mkdir(parents=True)
    text = json.dumps({**about, **more}, default=str)  # JSON is YAML
    (folder / "programme.yml").write_text(text, encoding="utf-8")
    return Layout(root, name)


def release(
    layout: Layout, rows: list[dict[str, Any]], *, data: str = "", state: str = "published"
) -> Path:
    """Write the release of a programme and say where it stands; returns its folder."""
    frame = pd.DataFrame(rows, columns=list(RELEASED_COLUMNS))
    frame["data_version"] = data or layout.programme
    about = manifest(layout, frame, thresholds(layout.definition.disclosure), "tests")
    (layout.released / "tables").mkdir(parents=True)
    about["tables"] = {}
    for code in sorted({row["table_code"] for row in rows}):  # the empty ones would take the time
        content = parquet_bytes(frame[frame["table_code"] == code])
        (layout.released / "tables" / f"{code}.parquet").write_bytes(content)
        about["tables"][code] = {
            "sha256": hashlib.sha256(content).hexdigest(),
            "rows": 1,
            "hidden": 0,
        }
    (layout.released / "manifest.json").write_text(json.dumps(about), encoding="utf-8")
    sign(layout.released, state)
    return layout.released


def sign(folder: Path, state: str | None = None) -> None:
    """Write where a release stands, with its digest as it is now: what whoever publishes it does."""
    path = folder / "release.json"
    if state is None:
        state = json.loads(path.read_text("utf-8"))["state"]
    digest = digest_of_content(tables_of(folder))
    note = {"release": digest, "state": state, "period": "2022Q4", "number": 1}
    path.write_text(json.dumps(note), encoding="utf-8")


def programme(
    root: Path,
    name: str,
    rows: list[dict[str, Any]],
    *,
    data: str = "",
    state: str = "published",
    **declared: Any,
) -> Path:
    """Declare a programme and write its release; returns the released folder."""
    return release(declare(root, name, **declared), rows, data=data, state=state)


def _words(text: str) -> dict[str, str]:
    return {"it": text, "en": text}
