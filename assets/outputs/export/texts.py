"""What people read first: the README in two languages, the licence, how to cite."""

from __future__ import annotations

from typing import Any

import yaml

from assets.outputs.export.package import NOT_YET, Package
from assets.outputs.export.wording import LICENCES, citation, describe, sources, summary, title
from schemas.words import Language, Words, catalogue


def readme(package: Package, lang: Language) -> str:
    """Return what is in the package, how to read it and how to cite it."""
    words = catalogue("open_data.yml")
    licence = LICENCES[package.about.licence]
    files = "\n".join(f"- `{name}`: {words[f'file.{name}'].say(lang)}" for name in _FILES)
    rows = "\n".join(
        f"| `{each.code}` | {each.title.say(lang)} | {each.data.num_rows} | {_hidden(each.rows)} |"
        for each in package.tables
    )
    left_out = words["left_out"].say(lang, names=", ".join(package.left_out))
    contact = package.about.contact
    parts = [
        f"# {title(package).say(lang)}",
        *(f"**{mark.say(lang)}**" for mark in package.marks),
        summary(package).say(lang),
        f"## {words['head.files'].say(lang)}\n\n{files}",
        f"## {words['head.tables'].say(lang)}\n\n{words['tables.heads'].say(lang)}\n"
        f"|---|---|---:|---:|\n{rows}",
        *([left_out] if package.left_out else []),
        f"## {words['head.read'].say(lang)}\n\n{words['read'].say(lang)}",
        f"## {words['head.sources'].say(lang)}\n\n" + "\n".join(f"- {x}" for x in sources(package)),
        f"## {words['head.use'].say(lang)}\n\n"
        + (f"{NOT_YET.say(lang)}\n\n" if package.is_draft else "")
        + words["use"].say(lang, licence=licence.title, url=licence.url)
        + f"\n\n> {citation(package).say(lang)}",
        words["version"].say(
            lang,
            version=package.version,
            day=package.last.isoformat(),
            data=package.manifest.get("data_version") or "-",
            code=package.manifest.get("code_version") or "-",
            digest=package.digest,
        ),
        *([f"{contact.name} <{contact.email}>"] if contact else []),
    ]
    return "\n\n".join(parts) + "\n"


_FILES = (
    "data/csv",
    "data/parquet",
    "data/spss",
    "data/stata",
    "datapackage.json",
    "csv-metadata.json",
    "ddi-codebook.xml",
    "dcat-ap_it.ttl",
    "dcat-ap_it.jsonld",
    "LICENSE.txt",
    "CITATION.cff",
    "checksums.sha256",
)


def _hidden(rows: list[dict[str, Any]]) -> int:
    return sum(row["status"].startswith("suppressed") for row in rows)


def licence(package: Package) -> str:
    """Return the licence by its name and address, and whom to name."""
    chosen = LICENCES[package.about.licence]
    lines = [
        *(mark.say(lang) for mark in package.marks for lang in ("it", "en")),
        f"{chosen.title} ({chosen.code})",
        chosen.url,
        chosen.legal_code,
        "",
        *([NOT_YET.it, NOT_YET.en, ""] if package.is_draft else []),
        f"© {package.last.year} {package.rights_holder.name}",
    ]
    return "\n".join(lines) + "\n"


def cff(package: Package) -> str:
    """Return ``CITATION.cff`` (Citation File Format 1.2.0)."""
    own = title(package)
    message = Words(it="Citare così questi dati.", en="Please cite these data as below.")
    about: dict[str, Any] = {
        "cff-version": "1.2.0",
        "message": " ".join(
            [*(f"{each.it} {each.en}" for each in package.marks), message.it, message.en]
        ),
        "type": "dataset",
        "title": own.it if own.it == own.en else f"{own.it} / {own.en}",
        "abstract": describe(package).en,
        "authors": [{"name": package.rights_holder.name}],
        "version": package.version,
        "date-released": package.last.isoformat(),
        "license": package.about.licence,
        "keywords": list(dict.fromkeys([package.programme, *package.about.keywords])),
    }
    contact = package.about.contact
    if contact:
        about["contact"] = [{"name": contact.name, "email": contact.email}]
    if package.about.url:
        about["url"] = package.about.url
    return yaml.safe_dump(about, allow_unicode=True, sort_keys=False, width=1000)
