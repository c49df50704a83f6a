"""What readers need besides the numbers: names, units, questions, thresholds, in two languages."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Mapping
from typing import Any

import pandas as pd

from assets import adapted
from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.release.candidates import rows
from assets.release.figures import MAIN
from assets.release.thresholds import Thresholds
from schemas.anonymity import KNOWN_TOGETHER, QUASI_IDENTIFIERS
from schemas.claims import claims
from schemas.codebook import codebook
from schemas.fields import AGE_BANDS, FIELDS
from schemas.indicators import indicators, threshold
from schemas.instruments import Instrument
from schemas.method_checks import checks, modules
from schemas.methods import methods
from schemas.programme import Programme
from schemas.released_words import released_columns, table_titles
from schemas.words import Words, catalogue

#: How a reader is told why there is no number.
STATUS_WORDS: dict[str, Words] = {
    "released": Words(it="rilasciato", en="released"),
    "true_zero": Words(it="zero vero", en="true zero"),
    "suppressed": Words(
        it="nascosto: riguarda troppo poche persone, o farebbe ricavare un altro numero nascosto",
        en="hidden: it rests on too few people, or would give another hidden number away",
    ),
    "not_applicable": Words(it="non calcolabile", en="cannot be computed"),
}


def manifest(
    layout: Layout, released: pd.DataFrame, limits: Thresholds, code_version: str
) -> dict[str, Any]:
    """Describe a release: what it is about, made from what, and the words to show it with.

    Parameters
    ----------
    layout
        The programme.
    released
        All released cells; they give the data version and the latest quarter.

    Raises
    ------
    ConfigurationError
        When the estimates come from more than one version of the data.
    """
    programme = layout.definition
    return {
        "programme": programme.programme,
        "title": _words(programme.title),
        "synthetic": programme.synthetic,
        "from": programme.start.isoformat(),
        "to": programme.end.isoformat(),
        "funder": programme.funder.model_dump() if programme.funder else None,
        "lead": programme.lead,
        "quarters": programme.quarters(),
        "latest_quarter": latest_quarter(released, programme.quarters()),
        "data_version": _data_version(released),
        "code_version": code_version,
        "targets": dict(programme.targets),
        "population": [each.model_dump() for each in programme.population],
        "budget": _budget(programme),
        "labels": _labels(programme, layout.instruments),
        "indicators": {code: _indicator(each) for code, each in indicators().items()},
        "codebook": codebook(),
        "table_titles": {code: _words(each) for code, each in table_titles().items()},
        "released_columns": {
            name: {"label": _words(each.label), "meaning": _words(each.meaning)}
            for name, each in released_columns().items()
        },
        "thresholds": limits.declared(),
        "evaluation": _evaluation(programme),
        "shocks": [
            {"code": code, "label": _words(each.label), **_dates(each)}
            for code, each in programme.evaluation.shocks.items()
        ],
        "steps": [
            {
                "service": each.service,
                "on": each.on.isoformat(),
                "label": _words(each.label),
                "compared_with": each.compared_with,
            }
            for each in programme.evaluation.steps
        ],
        "change": _change(programme),
        "status": {code: _words(each) for code, each in STATUS_WORDS.items()},
        "claims": claims().model_dump(),
        "methods": {code: each.model_dump() for code, each in methods().items()},
        "checks": [each.model_dump() for name in modules() for each in checks(name)],
        "kit": adapted.kit(layout),
        "adapted": adapted.told(layout),
    }


def _budget(programme: Programme) -> dict[str, Any] | None:
    """Return the declared costs, each line with its dates: the programme's where it has none."""
    if programme.budget is None:
        return None
    lines = [
        {
            "label": _words(each.label),
            "eur": each.eur,
            "from": (each.start or programme.start).isoformat(),
            "to": (each.end or programme.end).isoformat(),
        }
        for each in programme.budget.lines
    ]
    note = _words(programme.budget.note) if programme.budget.note else None
    return {"source": programme.budget.source, "note": note, "lines": lines}


def anonymity(figures: pd.DataFrame) -> dict[str, Any]:
    """Return what readers are told about anonymity: figures that may leave, and what they are about.

    Parameters
    ----------
    figures
        ``figures.figures``.
    """
    return {
        "main": MAIN,
        "known_together": [", ".join(columns) for columns in KNOWN_TOGETHER],
        "ladders": list(QUASI_IDENTIFIERS),
        "left_out_share": threshold("left_out_share"),
        "figures": [
            {
                "figure": row.figure,
                "subject": row.subject,
                "period": row.period,
                "value": None if pd.isna(row.value) else float(row.value),
                "status": row.status,
            }
            for row in rows(figures)
        ],
    }


def data_version_of(layout: Layout) -> str | None:
    """Return the data version of what stands in the released folder; ``None`` where nothing does."""
    path = layout.released / "manifest.json"
    if not path.is_file():
        return None
    found: str | None = json.loads(path.read_text(encoding="utf-8"))["data_version"]
    return found


def latest_quarter(released: pd.DataFrame, quarters: Collection[str]) -> str | None:
    """Return the last of the quarters for which any number is shown, by quarter or by month."""
    shown = released.loc[released["value"].notna(), "period"].unique()
    found = [quarter for quarter in map(_quarter, shown) if quarter]
    return max(set(found).intersection(quarters), default=None)


def _quarter(period: str) -> str | None:
    if re.fullmatch(r"\d{4}Q[1-4]", period):
        return period
    month = re.fullmatch(r"(\d{4})-(\d{2})", period)
    return f"{month[1]}Q{(int(month[2]) - 1) // 3 + 1}" if month else None


def _data_version(released: pd.DataFrame) -> str | None:
    found = sorted(released["data_version"].dropna().unique())
    if len(found) > 1:
        raise ConfigurationError(
            f"Le stime vengono da {len(found)} versioni dei dati: rilanciare «lunattiva run».",
            f"The estimates come from {len(found)} versions of the data: run 'lunattiva run' again.",
        )
    return str(found[0]) if found else None


def _labels(programme: Programme, scales: Mapping[str, Instrument]) -> dict[str, Any]:
    return {
        "activities": _listed(programme.activities),
        "services": _listed(programme.services),
        "neighbourhoods": {
            code: {
                **_words(each.label),
                "role": each.role,
                "residents": each.residents,
                "residents_source": each.residents_source,
            }
            for code, each in _entries(programme.neighbourhoods)
        },
        "waves": {
            code: {**_words(each.label), **_dates(each)} for code, each in programme.waves.items()
        },
        "partners": _listed(programme.partners),
        "scales": {code: _scale(each) for code, each in sorted(scales.items())},
        "fields": {
            name: {
                **_words(each.label),
                "codes": {code: _words(w) for code, w in each.codes.items()},
            }
            for name, each in FIELDS.items()
        },
        "age_bands": list(AGE_BANDS),
        "rules": {rule: _words(each) for rule, each in catalogue("rules.yml").items()},
    }


def _scale(scale: Instrument) -> dict[str, Any]:
    return {
        **_words(scale.label),
        "score_low": scale.score_low,
        "score_high": scale.score_high,
        "better": scale.better,
        "notable_change": scale.notable_change,
        "notable_change_source": scale.notable_change_source,
        "unit": _words(scale.unit),
        "items": {each.code: _words(each.text) if each.text else None for each in scale.items},
        "answers": {code: _words(each) for code, each in scale.answers.items()},
        "parts": {each.code: _words(each.label) for each in scale.parts},
        "bands": {
            each.code: {
                **_words(each.label),
                "low": each.low,
                "high": each.high,
                "source": each.source,
            }
            for each in scale.bands
        },
        "edition": scale.edition,
        "warnings": [_words(each) for each in scale.warnings],
        "licence": scale.licence,
        "citation": scale.citation,
    }


def _indicator(each: Any) -> dict[str, Any]:
    return {
        "label": _words(each.label),
        "definition": _words(each.definition),
        "unit": each.unit,
        "decimals": each.decimals,
        "class": each.kind,
    }


def _evaluation(programme: Programme) -> dict[str, list[str]]:
    return {"scales": programme.evaluation.scales, "answers": programme.evaluation.answers}


def _change(programme: Programme) -> dict[str, str] | None:
    change = programme.evaluation.change
    return {"from": change.start, "to": change.end} if change else None


def _entries(declared: Any) -> Iterable[tuple[str, Any]]:
    return () if declared == "open" else declared.items()


def _listed(declared: Any) -> dict[str, dict[str, str]]:
    return {code: _words(each.label) for code, each in _entries(declared)}


def _dates(each: Any) -> dict[str, str]:
    return {"from": each.start.isoformat(), "to": each.end.isoformat()}


def _words(words: Words) -> dict[str, str]:
    return {"it": words.it, "en": words.en}
