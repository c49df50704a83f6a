"""The open data package holds to the standards it names, each looked at with a tool that is not ours.

Frictionless Data Package v1 by frictionless-py; CSV on the Web by csvw; Citation File Format 1.2.0 by its
own JSON Schema; DDI-Codebook 2.5 by lxml against the part of its schema that we use; DCAT-AP_IT by
pyshacl against the restrictions of its ontology; RDF by rdflib, in both spellings.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import jsonschema
import pytest
import yaml
from csvw import CSVW
from frictionless import Dialect, Package, Schema, validate
from frictionless import Resource as FrictionlessResource
from lxml import etree
from pyshacl import validate as shacl
from rdflib import Graph, URIRef
from rdflib.compare import isomorphic
from rdflib.namespace import DCAT, DCTERMS, RDF

from assets.outputs.export.write import contents, read_package
from schemas.open_data import Theme
from tests.unit.test_export import TABLES, few_tables

REFERENCE = Path(__file__).parent / "reference"
BASE = "https://dati.esempio.it/lunattiva/"
DCATAPIT = "http://dati.gov.it/onto/dcatapit#"


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    root = tmp_path_factory.mktemp("standards")
    layout = few_tables(root)
    place = root / "package"
    for name, data in contents(read_package(layout)).items():
        (place / name).parent.mkdir(parents=True, exist_ok=True)
        (place / name).write_bytes(data)
    return place


@pytest.fixture
def spoilt(folder, tmp_path) -> Path:
    shutil.copytree(folder, tmp_path / "package")
    return tmp_path / "package"


def alter(path: Path, change: Callable[[str], str]) -> None:
    text = path.read_bytes().decode("utf-8")
    changed = change(text)
    assert changed != text
    path.write_bytes(changed.encode("utf-8"))


def table(folder: Path, code: str) -> Path:
    return next((folder / "data" / "csv").glob(f"{code}_*.csv"))


# -- Frictionless ----------------------------------------------------------------------------------
def test_frictionless_finds_nothing_wrong(folder):
    report = validate(str(folder / "datapackage.json"))
    assert report.valid, report.flatten(["type", "note"])
    package = Package(str(folder / "datapackage.json"))
    assert [each.name for each in package.resources] == list(TABLES)
    profile = json.loads((folder / "datapackage.json").read_text("utf-8"))
    assert profile["profile"] == "tabular-data-package"
    assert profile["licenses"][0]["name"] == "CC-BY-4.0"


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (lambda text: text.replace("true_zero", "zero", 1), "constraint-error"),
        (lambda text: text.replace(",persons,", ",persons,x", 1), "type-error"),
    ],
)
def test_frictionless_finds_what_is_wrong(folder, change, found):
    """A cell that the description does not allow is found (without the digest that finds any change)."""
    about = json.loads((folder / "datapackage.json").read_text("utf-8"))
    code = "deliveries" if found == "constraint-error" else "reach"
    schema = next(each["schema"] for each in about["resources"] if each["name"] == code)
    text = table(folder, code).read_bytes().decode("utf-8")
    assert change(text) != text
    resource = FrictionlessResource(
        data=change(text).encode("utf-8"),
        format="csv",
        encoding="utf-8",
        schema=Schema.from_descriptor(schema),
        dialect=Dialect(),
    )
    assert found in {each[0] for each in resource.validate().flatten(["type"])}


# -- CSV on the Web --------------------------------------------------------------------------------
def test_csvw_finds_nothing_wrong(folder):
    read = CSVW(str(folder / "csv-metadata.json"), validate=True)
    assert read.is_valid, [str(each.message) for each in read.warnings]


def test_csvw_finds_what_is_wrong(spoilt):
    alter(table(spoilt, "deliveries"), lambda text: text.replace("true_zero", "zero", 1))
    assert not CSVW(str(spoilt / "csv-metadata.json"), validate=True).is_valid


# -- DDI-Codebook ----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def ddi_schema() -> etree.XMLSchema:
    return etree.XMLSchema(etree.parse(str(REFERENCE / "ddi_codebook_2_5_used.xsd")))


def test_ddi_codebook_is_valid(folder, ddi_schema):
    document = etree.parse(str(folder / "ddi-codebook.xml"))
    assert ddi_schema.validate(document), ddi_schema.error_log
    space = {"d": "ddi:codebook:2_5"}
    names = document.xpath("//d:var/@name", namespaces=space)
    header = table(folder, "reach").read_text("utf-8").splitlines()[0].split(",")
    assert names == header
    assert set(document.xpath("//d:fileDscr/@ID", namespaces=space)) == {f"F_{x}" for x in TABLES}
    # libxml2 does not follow references
    for files in document.xpath("//d:var/@files", namespaces=space):
        assert files.split() == [f"F_{each}" for each in TABLES]
    missing = document.xpath("//d:catgry[@missing='Y']/d:catValu/text()", namespaces=space)
    assert "suppressed" in missing and "released" not in missing


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("<titl ", "<title ").replace("</titl>", "</title>"),
        lambda text: text.replace('event="start"', 'event="begin"', 1),
        lambda text: text.replace("</biblCit>", "</biblCit><biblCit>x</biblCit>", 1),
    ],
)
def test_ddi_schema_refuses_what_is_wrong(spoilt, ddi_schema, change):
    path = spoilt / "ddi-codebook.xml"
    alter(path, change)
    assert not ddi_schema.validate(etree.parse(str(path)))


# -- DCAT-AP_IT ------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def graph(folder) -> Graph:
    return Graph().parse(str(folder / "dcat-ap_it.ttl"), format="turtle", publicID=BASE)


@pytest.fixture(scope="module")
def shapes() -> Graph:
    return Graph().parse(str(REFERENCE / "dcat_ap_it.shapes.ttl"), format="turtle")


def test_dcat_ap_it_holds_what_is_obligatory(graph, shapes):
    conforms, _, text = shacl(graph, shacl_graph=shapes)
    assert conforms, text
    datasets = set(graph.subjects(RDF.type, URIRef(f"{DCATAPIT}Dataset")))
    assert len(datasets) == len(TABLES)
    files = set(graph.subjects(RDF.type, URIRef(f"{DCATAPIT}Distribution")))
    assert len(files) == 4 * len(TABLES)


@pytest.mark.parametrize(
    "lost",
    [
        DCTERMS.identifier,
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.modified,
        DCAT.theme,
        DCTERMS.rightsHolder,
        DCTERMS.accrualPeriodicity,
        DCTERMS.format,
        DCTERMS.license,
        DCAT.accessURL,
        DCAT.distribution,
    ],
)
def test_shapes_miss_what_is_not_there(graph, shapes, lost):
    """One dataset and its first file are enough to see that a loss is seen."""
    one = URIRef(f"{BASE}#dataset-reach")
    small = Graph()
    kept = [one, URIRef(f"{BASE}#file-reach-csv")]
    for triple in graph:
        others = triple[2] in set(graph.objects(one, DCAT.distribution)) - set(kept)
        is_other = str(triple[0]).startswith((f"{BASE}#dataset-", f"{BASE}#file-"))
        if not others and (triple[0] in kept or not is_other):
            small.add(triple)
    small.remove((URIRef(f"{BASE}#catalogue"), DCAT.dataset, None))
    small.add((URIRef(f"{BASE}#catalogue"), DCAT.dataset, one))
    assert shacl(small, shacl_graph=shapes)[0]
    for subject in kept:
        small.remove((subject, lost, None))
    assert not shacl(small, shacl_graph=shapes)[0]


def test_both_spellings_are_the_same_graph(folder, graph):
    other = Graph().parse(str(folder / "dcat-ap_it.jsonld"), format="json-ld", base=BASE)
    assert isomorphic(graph, other)


def test_addresses_are_those_of_the_files(folder, graph):
    for address in graph.objects(None, DCAT.downloadURL):
        assert (folder / str(address).removeprefix(BASE)).is_file()


def test_themes_are_of_the_european_vocabulary(shapes):
    text = (REFERENCE / "dcat_ap_it.shapes.ttl").read_text("utf-8")
    assert all(f"{each}|" in text or f"|{each})" in text for each in Theme.__args__)


# -- Citation File Format --------------------------------------------------------------------------
def test_citation_file_is_valid(folder):
    schema = json.loads((REFERENCE / "citation-file-format-1.2.0.json").read_text("utf-8"))
    about = yaml.safe_load((folder / "CITATION.cff").read_text("utf-8"))
    validator = jsonschema.Draft7Validator(schema, format_checker=jsonschema.FormatChecker())
    assert not list(validator.iter_errors(about))
    assert list(validator.iter_errors({**about, "type": "people"}))
    assert about["authors"] == [{"name": "Comune dimostrativo"}]
