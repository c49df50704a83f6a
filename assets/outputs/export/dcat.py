"""The package in the Italian profile of DCAT-AP: a catalogue, one dataset a table, its files.

Source: DCAT-AP_IT, ontology http://dati.gov.it/onto/dcatapit version 2.0 (2022-06-23) and AgID's
guidelines for data catalogues. Obligatory of a dataset are identifier, title, description, modified,
theme, rights holder and frequency; of a file access address, format and licence; of a catalogue
title, description, publisher, modified and datasets; of an agent identifier and name.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from assets.outputs.export.package import Package, Table
from assets.outputs.export.rdf import Iri, Literal, Node, Value
from assets.outputs.export.wording import LICENCES, describe, table_text, title
from schemas.open_data import Organisation
from schemas.words import LANGUAGES, Words

_EU = "http://publications.europa.eu/resource/authority"
_IANA = "http://www.iana.org/assignments/media-types"
#: The licences' place in the Italian vocabulary (A.2: attribution; A.1: public domain).
_LICENCE_TYPES = {
    "CC-BY-4.0": "http://purl.org/adms/licencetype/Attribution",
    "CC0-1.0": "http://purl.org/adms/licencetype/PublicDomain",
}


@dataclass(frozen=True)
class Kind:
    """A kind of file: its name in the EU vocabulary of file types, its media type, what it is called."""

    ending: str
    file_type: str
    media_type: str
    name: Words


KINDS = (
    Kind("csv", "CSV", "text/csv", Words(it="CSV", en="CSV")),
    Kind("parquet", "PARQUET", "application/vnd.apache.parquet", Words(it="Parquet", en="Parquet")),
    Kind("sav", "BIN", "application/x-spss-sav", Words(it="SPSS", en="SPSS")),
    Kind("dta", "BIN", "application/x-stata-dta", Words(it="Stata", en="Stata")),
)


def graph(package: Package, files: Mapping[str, bytes]) -> list[Node]:
    """Return what the catalogue says, the catalogue first.

    Parameters
    ----------
    files
        Path in the package -> content.
    """
    found = [_catalogue(package)]
    for table in package.tables:
        found.append(_dataset(package, table))
        found.extend(_distributions(package, table, files))
    found.append(_period(package))
    found.append(_licence(package))
    organisations = {_agent_iri(each).text: each for each in (_holder(package), package.publisher)}
    found.extend(_agent(each) for _, each in sorted(organisations.items()))
    if package.about.contact:
        found.append(_contact(package))
    return [*found, *_concepts(package)]


def _base(package: Package) -> str:
    """Return where the package stands; empty where addresses are relative to the description."""
    url = package.about.url
    return f"{url}{package.name}/" if url else ""


def _holder(package: Package) -> Organisation:
    return package.rights_holder


def _catalogue(package: Package) -> Node:
    said: list[tuple[str, Value]] = [
        *_texts("dct:title", title(package)),
        *_texts("dct:description", describe(package)),
        ("dct:publisher", _agent_iri(package.publisher)),
        ("dct:modified", _day(package)),
        ("dct:issued", _day(package)),
        *_languages(),
        ("dcat:themeTaxonomy", Iri(f"{_EU}/data-theme")),
        *(("dcat:dataset", _dataset_iri(each)) for each in package.tables),
    ]
    return Node(Iri("#catalogue"), ("dcatapit:Catalog", "dcat:Catalog"), said)


def _dataset_iri(table: Table) -> Iri:
    return Iri(f"#dataset-{table.code}")


def _dataset(package: Package, table: Table) -> Node:
    about = package.about
    own = package.title
    name = Words(it=f"{table.title.it}: {own.it}", en=f"{table.title.en}: {own.en}")
    if package.is_draft:
        name = Words(it=f"[BOZZA-DRAFT] {name.it}", en=f"[BOZZA-DRAFT] {name.en}")
    said: list[tuple[str, Value]] = [
        ("dct:identifier", Literal(f"{package.name}:{table.code}")),
        *_texts("dct:title", name),
        *_texts("dct:description", table_text(package, table)),
        ("dct:modified", _day(package)),
        ("dct:issued", _day(package)),
        *(("dcat:theme", Iri(f"{_EU}/data-theme/{each}")) for each in about.themes),
        ("dct:rightsHolder", _agent_iri(package.rights_holder)),
        ("dct:publisher", _agent_iri(package.publisher)),
        ("dct:accrualPeriodicity", Iri(f"{_EU}/frequency/{about.frequency}")),
        *_languages(),
        ("dct:temporal", Iri("#period")),
        ("owl:versionInfo", Literal(package.version)),
        *(("dcat:keyword", Literal(each)) for each in [package.programme, *about.keywords]),
    ]
    if about.contact:
        said.append(("dcat:contactPoint", Iri("#contact")))
    said += [("dcat:distribution", _file_iri(table, each)) for each in KINDS]
    return Node(_dataset_iri(table), ("dcatapit:Dataset", "dcat:Dataset"), said)


def _file_iri(table: Table, kind: Kind) -> Iri:
    return Iri(f"#file-{table.code}-{kind.ending}")


def path_of(package: Package, table: Table, ending: str) -> str:
    """Return where a table's file of one kind stands in the package."""
    folder = {"sav": "spss", "dta": "stata"}.get(ending, ending)
    return f"data/{folder}/{package.stem(table.code)}.{ending}"


def _distributions(package: Package, table: Table, files: Mapping[str, bytes]) -> Iterator[Node]:
    for kind in KINDS:
        path = path_of(package, table, kind.ending)
        address = Iri(_base(package) + path)
        name = Words(
            it=f"{table.title.it} ({kind.name.it})", en=f"{table.title.en} ({kind.name.en})"
        )
        checksum = Iri(f"#checksum-{table.code}-{kind.ending}")
        said: list[tuple[str, Value]] = [
            *_texts("dct:title", name),
            *_texts("dct:description", table_text(package, table)),
            ("dcat:accessURL", address),
            ("dcat:downloadURL", address),
            ("dct:format", Iri(f"{_EU}/file-type/{kind.file_type}")),
            ("dcat:mediaType", Iri(f"{_IANA}/{kind.media_type}")),
            ("dct:license", _licence_iri(package)),
            ("dct:modified", _day(package)),
            ("dcat:byteSize", Literal(str(len(files[path])), datatype="xsd:decimal")),
            ("spdx:checksum", checksum),
        ]
        yield Node(_file_iri(table, kind), ("dcatapit:Distribution", "dcat:Distribution"), said)
        value = Literal(hashlib.sha256(files[path]).hexdigest(), datatype="xsd:hexBinary")
        algorithm = Iri("http://spdx.org/rdf/terms#checksumAlgorithm_sha256")
        checks: list[tuple[str, Value]] = [
            ("spdx:algorithm", algorithm),
            ("spdx:checksumValue", value),
        ]
        yield Node(checksum, ("spdx:Checksum",), checks)


def _period(package: Package) -> Node:
    said = [
        ("dcatapit:startDate", Literal(package.first.isoformat(), datatype="xsd:date")),
        ("dcatapit:endDate", Literal(package.last.isoformat(), datatype="xsd:date")),
    ]
    return Node(Iri("#period"), ("dct:PeriodOfTime",), said)


def _licence_iri(package: Package) -> Iri:
    return Iri(LICENCES[package.about.licence].url)


def _licence(package: Package) -> Node:
    licence = LICENCES[package.about.licence]
    said: list[tuple[str, Value]] = [
        ("foaf:name", Literal(licence.title, lang="en")),
        ("dct:type", Iri(_LICENCE_TYPES[licence.code])),
        ("owl:versionInfo", Literal(licence.code.rsplit("-", 1)[-1])),
    ]
    return Node(_licence_iri(package), ("dcatapit:LicenseDocument", "dct:LicenseDocument"), said)


def _agent_iri(organisation: Organisation) -> Iri:
    return Iri(f"#agent-{_identifier(organisation).lower()}")


def _identifier(organisation: Organisation) -> str:
    """Return the IPA code or tax number; without one, a short digest of the name."""
    digest = hashlib.sha256(organisation.name.encode()).hexdigest()[:12]
    return organisation.code or digest


def _agent(organisation: Organisation) -> Node:
    said: list[tuple[str, Value]] = [
        ("dct:identifier", Literal(_identifier(organisation))),
        ("foaf:name", Literal(organisation.name, lang="it")),
    ]
    return Node(_agent_iri(organisation), ("dcatapit:Agent", "foaf:Agent"), said)


def _contact(package: Package) -> Node:
    contact = package.about.contact
    assert contact is not None
    said: list[tuple[str, Value]] = [
        ("vcard:fn", Literal(contact.name)),
        ("vcard:hasEmail", Iri(f"mailto:{contact.email}")),
    ]
    types = ("dcatapit:Organization", "vcard:Organization", "vcard:Kind")
    return Node(Iri("#contact"), types, said)


def _concepts(package: Package) -> list[Node]:
    """Return the classes of the vocabularies' terms in use, which a check would have to look up."""
    themes = [f"{_EU}/data-theme/{each}" for each in package.about.themes]
    themes.append(_LICENCE_TYPES[package.about.licence])
    found = [_term(iri, ("skos:Concept",)) for iri in themes]
    found.append(_term(f"{_EU}/data-theme", ("skos:ConceptScheme",)))
    found.append(_term(f"{_EU}/frequency/{package.about.frequency}", ("dct:Frequency",)))
    types = sorted({kind.file_type for kind in KINDS})
    found += [_term(f"{_EU}/file-type/{each}", ("dct:MediaTypeOrExtent",)) for each in types]
    for iri in _LANGUAGES:
        found.append(_term(iri, ("dct:LinguisticSystem",)))
    return found


def _term(iri: str, types: Sequence[str]) -> Node:
    return Node(Iri(iri), tuple(types), ())


_LANGUAGES = (f"{_EU}/language/ITA", f"{_EU}/language/ENG")


def _languages() -> list[tuple[str, Value]]:
    return [("dct:language", Iri(each)) for each in _LANGUAGES]


def _texts(name: str, words: Words) -> list[tuple[str, Value]]:
    return [(name, Literal(words.say(lang), lang=lang)) for lang in LANGUAGES]


def _day(package: Package) -> Literal:
    return Literal(package.last.isoformat(), datatype="xsd:date")
