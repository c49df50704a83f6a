"""The package as a DDI-Codebook 2.5 document: the study, its files, each variable with its codes.

Source: DDI Alliance, DDI-Codebook 2.5 XML Schema (2012-01-17); the order of elements is the
schema's.
"""

from __future__ import annotations

import hashlib
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping

from assets.outputs.export.labels import LEVELS, NAMED, PLAIN, codes, definition, label
from assets.outputs.export.package import Package, Table
from assets.outputs.export.tabular import csv_path
from assets.outputs.export.wording import (
    LICENCES,
    both,
    citation,
    describe,
    sources,
    table_text,
    title,
)
from schemas.released_words import ReleasedColumn
from schemas.words import LANGUAGES, Words

NAMESPACE = "ddi:codebook:2_5"
_XML_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: What a column holds, by the names of one of the lists of formats that DDI knows ("other" would
#: have to declare a vocabulary of its own).
_XML_DATA = "http://www.w3.org/TR/1998/NOTE-XML-data/"
_FORMATS = {"VARCHAR": "string", "BIGINT": "int", "DOUBLE": "float"}
_REASONS = ("suppressed", "not_applicable")


def codebook(package: Package, files: Mapping[str, bytes]) -> bytes:
    """Return the DDI-Codebook document of a package.

    Parameters
    ----------
    files
        Path in the package -> content; the CSV files must be there.
    """
    ET.register_namespace("", NAMESPACE)
    root = ET.Element(_tag("codeBook"), {"version": "2.5", _XML_LANG: "it"})
    _citation(_add(root, "docDscr"), package)
    _study(root, package)
    for table in package.tables:
        _file(root, package, table, files)
    data = _add(root, "dataDscr")
    where = " ".join(_file_id(table.code) for table in package.tables)
    for column in package.columns.values():
        _variable(data, package, column, where)
    ET.indent(root, " ")
    return ET.tostring(root, encoding="utf-8", xml_declaration=True) + b"\n"


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _add(parent: ET.Element, tag: str, text: str = "", /, **attributes: str) -> ET.Element:
    made = ET.SubElement(parent, _tag(tag), attributes)
    made.text = text or None
    return made


def _say(parent: ET.Element, tag: str, words: Words, /, **attributes: str) -> None:
    """Add one element a language, in the order of the house; one only where both say the same."""
    langs = LANGUAGES[:1] if words.it == words.en else LANGUAGES
    for lang in langs:
        _add(parent, tag, words.say(lang), **{_XML_LANG: lang, **attributes})


def _citation(parent: ET.Element, package: Package) -> None:
    """Add the citation: title statement, responsibility, production, distribution, version."""
    about, made = package.about, _add(parent, "citation")
    own, licence = title(package), LICENCES[about.licence]
    titles = _add(made, "titlStmt")
    _add(titles, "titl", own.it, **{_XML_LANG: "it"})
    _add(titles, "parTitl", own.en, **{_XML_LANG: "en"})
    _add(titles, "IDNo", f"urn:lunattiva:{package.programme}:{package.digest}", agency="lunattiva")
    _add(_add(made, "rspStmt"), "AuthEnty", package.rights_holder.name)
    production = _add(made, "prodStmt")
    _add(production, "producer", package.rights_holder.name)
    _add(production, "copyright", f"{licence.title} ({licence.url})")
    _add(production, "prodDate", package.last.isoformat(), date=package.last.isoformat())
    _add(production, "software", "lunattiva", version=str(package.manifest.get("code_version", "")))
    if package.manifest.get("funder"):
        _add(production, "fundAg", str(package.manifest["funder"]["name"]))
    distribution = _add(made, "distStmt")
    _add(distribution, "distrbtr", package.publisher.name)
    if about.contact:
        _add(distribution, "contact", about.contact.name, email=about.contact.email)
    _add(distribution, "distDate", package.last.isoformat(), date=package.last.isoformat())
    version = _add(_add(made, "verStmt"), "version", package.version)
    version.set("date", package.last.isoformat())
    # biblCit (2.5 of 2012) and fileCont may stand once, whatever the languages
    _add(made, "biblCit", both(citation(package)))


def _study(root: ET.Element, package: Package) -> None:
    study = _add(root, "stdyDscr")
    _citation(study, package)
    info = _add(study, "stdyInfo")
    subject = _add(info, "subject")
    for keyword in [package.programme, *package.about.keywords]:
        _add(subject, "keyword", keyword)
    for theme in package.about.themes:
        vocabulary = "http://publications.europa.eu/resource/authority/data-theme"
        _add(subject, "topcClas", theme, vocab="EU data theme", vocabURI=vocabulary)
    _say(info, "abstract", describe(package))
    summary = _add(info, "sumDscr")
    for event, day in (("start", package.first), ("end", package.last)):
        _add(summary, "timePrd", day.isoformat(), event=event, date=day.isoformat())
    _add(summary, "nation", "Italia", abbr="IT")
    for place in package.manifest.get("labels", {}).get("neighbourhoods", {}).values():
        _add(summary, "geogCover", str(place["it"]))
    _say(summary, "dataKind", Words(it="Dati aggregati", en="Aggregate data"))
    collection = _add(_add(study, "method"), "dataColl")
    delivered = _add(collection, "sources")
    for source in sources(package):
        _add(delivered, "dataSrc", source)
    _access(study, package)


def _access(study: ET.Element, package: Package) -> None:
    licence = LICENCES[package.about.licence]
    use = _add(_add(study, "dataAccs"), "useStmt")
    privacy = Words(
        it="Nessuna riga riguarda una persona; le celle che poggiano su poche persone sono nascoste.",
        en="No row is about a person; cells that rest on few people are hidden.",
    )
    _say(use, "confDec", privacy, required="no")
    _say(use, "citReq", citation(package))
    _add(use, "conditions", f"{licence.title}: {licence.url}")
    for mark in package.marks:
        _say(use, "disclaimer", mark)


def _file_id(code: str) -> str:
    return f"F_{code}"


def _file(root: ET.Element, package: Package, table: Table, files: Mapping[str, bytes]) -> None:
    path = csv_path(package, table)
    text = _add(_add(root, "fileDscr", ID=_file_id(table.code), URI=path), "fileTxt")
    _add(text, "fileName", path)
    fingerprint = _add(text, "dataFingerprint", type="dataFile")
    _add(fingerprint, "digitalFingerprintValue", hashlib.sha256(files[path]).hexdigest())
    _add(fingerprint, "algorithmSpecification", "SHA-256")
    _add(text, "fileCont", both(_content(package, table)))
    sizes = _add(text, "dimensns")
    _add(sizes, "caseQnty", str(table.data.num_rows))
    _add(sizes, "varQnty", str(table.data.num_columns))
    _add(text, "fileType", "text/csv", charset="UTF-8")


def _content(package: Package, table: Table) -> Words:
    text = table_text(package, table)
    return Words(it=f"{table.title.it}. {text.it}", en=f"{table.title.en}. {text.en}")


def _variable(data: ET.Element, package: Package, column: ReleasedColumn, where: str) -> None:
    is_coded = column.name in NAMED or column.name in LEVELS or column.name in PLAIN
    is_text = column.kind == "VARCHAR"
    attributes = {"ID": f"V_{column.name}", "name": column.name, "files": where}
    attributes["intrvl"] = "discrete" if is_text or column.kind == "BIGINT" else "contin"
    made = _add(data, "var", **attributes)
    _say(made, "labl", column.label, level="variable")
    _say(made, "txt", column.meaning)
    for code, names in _categories(package, column.name) if is_coded else ():
        _category(made, package, column.name, code, names)
    kind = {"type": "character" if is_text else "numeric", "formatname": _FORMATS[column.kind]}
    _add(made, "varFormat", **kind, schema="XML-Data", URI=_XML_DATA)


def _category(
    parent: ET.Element, package: Package, column: str, code: str, names: list[Words]
) -> None:
    missing = {"missing": "Y"} if column == "status" and code in _REASONS else {}
    made = _add(parent, "catgry", **missing)
    _add(made, "catValu", code)
    for words in names:
        _say(made, "labl", words, level="category")
    meaning = definition(package, code) if column == "indicator_code" else None
    if meaning:
        _say(made, "txt", meaning)


def _categories(package: Package, column: str) -> Iterable[tuple[str, list[Words]]]:
    """Yield each code as the files hold it, with its names: a level has one a dimension."""
    found: dict[str, list[Words]] = {}
    for code in codes(package, column):
        words = label(package, column, code)
        if column in LEVELS:
            dimension, code = code.split("=", 1)
            of = label(package, LEVELS[column], dimension)
            words = Words(it=f"{of.it}: {words.it}", en=f"{of.en}: {words.en}")
        found.setdefault(code, []).append(words)
    yield from sorted(found.items())
