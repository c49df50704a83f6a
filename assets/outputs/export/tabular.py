"""CSV files, and what describes them: a Frictionless data package and CSV on the Web metadata.

Sources: RFC 4180; Frictionless Data Package and Table Schema v1; W3C Model for Tabular Data and
Metadata on the Web (CSVW), 2015.
"""

from __future__ import annotations

import csv
import hashlib
import io
import math
import re
from collections.abc import Mapping
from typing import Any, get_args

from assets.outputs.export.package import Package, Table
from assets.outputs.export.wording import LICENCES, both, describe, sources, table_text, title
from schemas.open_data import Organisation
from schemas.released import ReleaseStatus
from schemas.released_words import ReleasedColumn
from schemas.words import LANGUAGES, Words

#: Cells that are never empty.
REQUIRED = ("table_code", "estimate_id", "indicator_code", "period", "design", "status")
KEY = "estimate_id"
_TYPES = {"VARCHAR": "string", "DOUBLE": "number", "BIGINT": "integer"}
_CSVW = {"VARCHAR": "string", "DOUBLE": "double", "BIGINT": "integer"}


def csv_path(package: Package, table: Table) -> str:
    """Return where a table's CSV file stands in the package."""
    return f"data/csv/{package.stem(table.code)}.csv"


def as_csv(table: Table) -> bytes:
    r"""Return a table as CSV: UTF-8, commas, ``\r\n``, a heading, empty cells for null."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, lineterminator="\r\n")
    writer.writerow(table.data.column_names)
    writer.writerows([_cell(value) for value in row.values()] for row in table.rows)
    return stream.getvalue().encode("utf-8")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return _number(value)
    return str(value)


def _number(value: float) -> str:
    """Return the shortest text that reads back as the same number."""
    if math.isnan(value):
        return ""
    if math.isinf(value):
        return "INF" if value > 0 else "-INF"
    return repr(value)


# -- Frictionless ----------------------------------------------------------------------------------
def datapackage(package: Package, files: Mapping[str, bytes]) -> dict[str, Any]:
    """Describe the CSV files as a tabular data package.

    Parameters
    ----------
    files
        Path in the package -> content; the CSV files must be there.
    """
    licence = LICENCES[package.about.licence]
    return {
        "profile": "tabular-data-package",
        "name": package.name.lower(),
        "id": f"urn:lunattiva:{package.programme}:{package.digest}",
        "title": both(title(package)),
        "description": both(describe(package)),
        "version": package.version,
        "keywords": [package.programme, *package.about.keywords],
        "licenses": [{"name": licence.code, "path": licence.url, "title": licence.title}],
        "sources": [{"title": each} for each in sources(package)],
        "contributors": _contributors(package),
        "resources": [_resource(package, table, files) for table in package.tables],
    }


def _contributors(package: Package) -> list[dict[str, str]]:
    found = [_contributor(package.rights_holder, "author")]
    found.append(_contributor(package.publisher, "publisher"))
    contact = package.about.contact
    if contact:
        found.append({"title": contact.name, "email": contact.email, "role": "contributor"})
    return found


def _contributor(organisation: Organisation, role: str) -> dict[str, str]:
    return {"title": organisation.name, "organization": organisation.name, "role": role}


def _resource(package: Package, table: Table, files: Mapping[str, bytes]) -> dict[str, Any]:
    path = csv_path(package, table)
    return {
        "profile": "tabular-data-resource",
        "name": table.code,
        "path": path,
        "title": both(table.title),
        "description": both(table_text(package, table)),
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "bytes": len(files[path]),
        "hash": f"sha256:{hashlib.sha256(files[path]).hexdigest()}",
        "dialect": {"delimiter": ",", "lineTerminator": "\r\n", "quoteChar": '"', "header": True},
        "schema": {
            "fields": [_field(table, each) for each in package.columns.values()],
            "missingValues": [""],
            "primaryKey": [KEY],
        },
    }


def _field(table: Table, column: ReleasedColumn) -> dict[str, Any]:
    constraints = _constraints(table, column)
    field = {
        "name": column.name,
        "type": _TYPES[column.kind],
        "title": both(column.label),
        "description": both(column.meaning),
    }
    return {**field, "constraints": constraints} if constraints else field


def _constraints(table: Table, column: ReleasedColumn) -> dict[str, Any]:
    found: dict[str, Any] = {"required": True} if column.name in REQUIRED else {}
    if column.name == KEY:
        found["unique"] = True
    if column.name in ("n", "n_missing", "se"):
        found["minimum"] = 0
    allowed = _allowed(table, column.name)
    return {**found, "enum": allowed} if allowed else found


def _allowed(table: Table, column: str) -> list[str]:
    if column == "status":
        return list(get_args(ReleaseStatus))
    if column == "table_code":
        return [table.code]
    if column == "indicator_code":
        return sorted({row["indicator_code"] for row in table.rows})
    return []


# -- CSV on the Web --------------------------------------------------------------------------------
def csvw(package: Package) -> dict[str, Any]:
    """Describe the CSV files as a CSVW table group."""
    return {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "it"}],
        "dc:title": _texts(title(package)),
        "dc:description": _texts(describe(package)),
        "dc:identifier": f"urn:lunattiva:{package.programme}:{package.digest}",
        "dc:license": {"@id": LICENCES[package.about.licence].url},
        "dc:rights": package.rights_holder.name,
        "dc:publisher": package.publisher.name,
        "dc:date": package.last.isoformat(),
        "dc:source": sources(package),
        "dialect": {"delimiter": ",", "doubleQuote": True, "encoding": "utf-8", "header": True},
        "tables": [_csvw_table(package, table) for table in package.tables],
    }


def _csvw_table(package: Package, table: Table) -> dict[str, Any]:
    columns = [_csvw_column(table, each) for each in package.columns.values()]
    return {
        "url": csv_path(package, table),
        "dc:title": _texts(table.title),
        "dc:description": _texts(table_text(package, table)),
        "tableSchema": {"columns": columns, "primaryKey": KEY},
    }


def _csvw_column(table: Table, column: ReleasedColumn) -> dict[str, Any]:
    datatype: dict[str, Any] = {"base": _CSVW[column.kind]}
    allowed = _allowed(table, column.name)
    if allowed:
        datatype["format"] = "|".join(map(re.escape, allowed))
    if column.name in ("n", "n_missing", "se"):
        datatype["minimum"] = 0
    found = {
        "name": column.name,
        "titles": column.name,
        "datatype": datatype,
        "dc:title": _texts(column.label),
        "dc:description": _texts(column.meaning),
    }
    return {**found, "required": True} if column.name in REQUIRED else found


def _texts(words: Words) -> list[dict[str, str]]:
    return [{"@value": words.say(lang), "@language": lang} for lang in LANGUAGES]
