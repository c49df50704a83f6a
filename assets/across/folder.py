"""The comparison as a folder that documents read: tables and manifest, the same bytes each time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from assets import folders
from assets.across import compare
from assets.across.compare import BY, Question
from assets.across.foreign import Manifest
from assets.across.releases import DRAFT, PUBLISHED, Gathered, Release, Row
from assets.errors import ConfigurationError
from assets.released import MANIFEST, STATE, altered_table
from schemas.claims import claims
from schemas.comparison import IndicatorWords, comparison
from schemas.indicators import indicators
from schemas.method_checks import checks
from schemas.methods import methods
from schemas.released import RELEASED_COLUMNS
from schemas.words import LANGUAGES, Words

_ARROW = {"VARCHAR": "string", "DOUBLE": "float64", "BIGINT": "int64"}
TABLES = ("programmes", "pooled")
MODULE = "meta_analysis"
LEAST = 2
#: Letters of a programme's title: a table has a column for each of them.
LONGEST = 120


def write(gathered: Gathered, folder: Path) -> list[Question]:
    """Write the comparison of some releases; what stood in the folder before makes way.

    Returns
    -------
    list of Question
        What was asked, and what came of it.

    Raises
    ------
    ConfigurationError
        Fewer than two programmes.
    """
    releases = gathered.releases
    if len(releases) < LEAST:
        found = ", ".join(each.programme for each in releases) or "-"
        left = ", ".join(f"{each.programme} ({why})" for each, why in gathered.left_out) or "-"
        raise ConfigurationError(
            f"Per un confronto servono le tabelle pubblicate di almeno due programmi. Trovati: {found}; "
            f"lasciati fuori: {left}. Le bozze si prendono solo con --drafts.",
            f"A comparison needs the published tables of two programmes at least. Found: {found}; left "
            f"out: {left}. Drafts are taken with --drafts only.",
        )
    asked = compare.questions(releases)
    rows = compare.rows(releases, asked)
    content = {f"tables/{code}.parquet": _parquet(rows, code) for code in TABLES}
    about = _manifest(gathered, asked, rows)
    about["tables"] = {
        code: {
            "sha256": hashlib.sha256(content[f"tables/{code}.parquet"]).hexdigest(),
            "rows": sum(row["table_code"] == code for row in rows),
            "hidden": sum(
                row["table_code"] == code and row["status"] == "suppressed" for row in rows
            ),
        }
        for code in TABLES
    }
    content[MANIFEST] = _json(about)
    content[STATE] = _json(_standing(releases, content[MANIFEST]))
    folders.put(folder, content)
    return asked


def is_draft(releases: Iterable[Release]) -> bool:
    """Say whether some of what is compared is not published."""
    return any(each.state != PUBLISHED for each in releases)


def is_one(folder: Path) -> bool:
    """Say whether a folder holds a comparison that is as it was made.

    Raises
    ------
    ConfigurationError
        A file of it is missing or was changed since.
    """
    if not (folder / MANIFEST).is_file():
        return False
    altered: str | None = MANIFEST
    try:
        manifest = (folder / MANIFEST).read_bytes()
        if "comparison" not in json.loads(manifest):
            return False
        noted = json.loads((folder / STATE).read_bytes())["release"]
        if noted == hashlib.sha256(manifest).hexdigest():
            altered = altered_table(folder)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass  # no longer what was written
    if altered:
        raise ConfigurationError(
            f"Nel confronto {folder} il file {altered} manca o è cambiato da quando è stato fatto: "
            "rifarlo con «lunattiva compare».",
            f"Of the comparison {folder} the file {altered} is missing or has changed since it was "
            "made: make it anew with 'lunattiva compare'.",
        )
    return True


def _standing(releases: Sequence[Release], manifest: bytes) -> Row:
    state = DRAFT if is_draft(releases) else PUBLISHED
    return {"release": hashlib.sha256(manifest).hexdigest(), "state": state, "number": None}


def _manifest(gathered: Gathered, asked: Sequence[Question], rows: Sequence[Row]) -> dict[str, Any]:
    releases = gathered.releases
    manifests = [each.manifest for each in releases]
    used = {row["indicator_code"] for row in rows}
    rounded = max(int(each.thresholds["public_round_to"]) for each in manifests)
    return {
        "programme": "comparison",
        "title": {"it": "Programmi a confronto", "en": "Programmes compared"},
        "synthetic": any(each.synthetic for each in manifests),
        "from": min(each.start for each in manifests),
        "to": max(each.end for each in manifests),
        "quarters": [],
        "latest_quarter": None,
        "data_version": hashlib.sha256("".join(x.digest for x in releases).encode()).hexdigest()[
            :12
        ],
        "code_version": manifests[0].code_version,
        "thresholds": {"public_round_to": rounded},
        "labels": _labels(manifests),
        "indicators": {code: each for code, each in _indicators().items() if code in used},
        "codebook": {},
        "claims": claims().model_dump(),
        "methods": {
            code: each.model_dump()
            for code, each in methods().items()
            if code in {row["method_code"] for row in rows}
        },
        "checks": [each.model_dump() for each in checks(MODULE)],
        "comparison": {
            "programmes": [_programme(each) for each in releases],
            "left_out": [
                {"programme": each.programme, "title": _titles(each.manifest), "state": why}
                for each, why in gathered.left_out
            ],
            "aspects": {code: _words(each) for code, each in comparison().aspects.items()},
            "beside": [code for code in comparison().beside if code in used],
            "questions": [_question(each) for each in asked],
            "enough_programmes": comparison().enough_programmes,
            "window_tolerance": comparison().window_tolerance,
        },
    }


def _programme(release: Release) -> Row:
    about = release.manifest
    return {
        "programme": release.programme,
        "title": _titles(about),
        "synthetic": about.synthetic,
        "from": about.start,
        "to": about.end,
        "state": release.state,
        "period": release.period,
        "number": release.number,
        "manifest": release.digest,
        "code_version": about.code_version,
        "target": about.target,
        "thresholds": dict(about.thresholds),
        "adapted": about.adapted.model_dump() if about.adapted else None,
        "tells_definitions": about.kit is not None,
    }


def _titles(about: Manifest) -> dict[str, str]:
    """Return a programme's titles, each short enough for the head of a column."""
    found = {lang: " ".join(text.split()) for lang, text in about.title.model_dump().items()}
    return {lang: x if len(x) <= LONGEST else f"{x[:LONGEST]} …" for lang, x in found.items()}


def _question(asked: Question) -> Row:
    declared = comparison().pooled[asked.indicator]
    return {
        "indicator": asked.indicator,
        "subject": asked.subject,
        "by": declared.by,
        "level": asked.level,
        "scale": declared.scale,
        "agree": [each.programme for each in asked.verdict.agree],
        "differ": {each.programme: list(why) for each, why in asked.verdict.differ},
        "windows": {
            each.programme: each.aspects["window"]
            for each in (*asked.verdict.agree, *(x for x, _ in asked.verdict.differ))
            if each.aspects.get("window") is not None
        },
        "without": dict(sorted(asked.without.items())),
        "absent": list(asked.absent),
        "no_error": list(asked.no_error),
        "is_pooled": bool(asked.pooled),
    }


def _labels(manifests: Sequence[Manifest]) -> dict[str, Any]:
    scales: dict[str, Any] = {}
    for each in manifests:  # the first programme that asks a scale names it
        for code, scale in each.labels.scales.items():
            scales.setdefault(code, scale.model_dump(exclude_none=True))
    names = {each.programme: _titles(each) for each in manifests}
    compared = {code: _words(indicators()[code].label) for code in comparison().pooled}
    return {"scales": scales, BY: names, "compared": compared, "fields": {}}


def _indicators() -> dict[str, Row]:
    found: dict[str, Row] = {}
    for code in (*comparison().beside, *comparison().pooled):
        each = indicators()[code]
        told = {"unit": each.unit, "decimals": each.decimals, "class": each.kind}
        found[code] = {"label": _words(each.label), "definition": _words(each.definition), **told}
        if code in comparison().pooled:
            for kind, words in comparison().indicators.items():
                label = _named(words, each.label)
                found[f"{code}__{kind}"] = {**found[code], **label}
    for code, words in comparison().general.items():
        told = {"unit": words.unit, "decimals": words.decimals, "class": words.kind}
        found[code] = {"label": _words(words.label), "definition": _words(words.definition), **told}
    return found


def _named(words: IndicatorWords, name: Words) -> Row:
    label = {lang: words.label.say(lang, name=name.say(lang)) for lang in LANGUAGES}
    return {"label": label, "definition": _words(words.definition)}


def _words(words: Words) -> dict[str, str]:
    return words.model_dump()


def _parquet(rows: Sequence[Row], table: str) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    schema = pa.schema(
        [(name, pa.type_for_alias(_ARROW[kind])) for name, (kind, _) in RELEASED_COLUMNS.items()]
    )
    mine = [
        {name: row[name] for name in RELEASED_COLUMNS} for row in rows if row["table_code"] == table
    ]
    sink = pa.BufferOutputStream()
    pq.write_table(pa.Table.from_pylist(mine, schema), sink, compression="zstd", version="2.6")
    return bytes(sink.getvalue().to_pybytes())


def _json(content: Any) -> bytes:
    return (json.dumps(content, ensure_ascii=False, indent=1) + "\n").encode("utf-8")
