"""Dagster's storage on a PostgreSQL server, a schema for each programme; SQLite where none is set.

``LUNATTIVA_DATABASE`` names the server, never a password: libpq takes that from ``PGPASSFILE`` (a
file only its owner reads) or ``PGPASSWORD``, so it stands in no file of ours, no log and no error.
"""

from __future__ import annotations

import json
import os
from urllib.parse import parse_qsl, quote, urlencode, urlsplit

from assets.errors import ConfigurationError
from pipelines.settings import DATABASE_VARIABLE

#: Seconds until a server that does not answer is told as such.
_PATIENCE_S = 10


def address() -> str | None:
    """Return the address of the PostgreSQL server that is set, or ``None``.

    Raises
    ------
    ConfigurationError
        It is no such address, or it holds a password.
    """
    given = os.environ.get(DATABASE_VARIABLE, "").strip()
    if not given:
        return None
    parts = urlsplit(given)
    if parts.scheme != "postgresql" or not parts.path.strip("/"):
        raise ConfigurationError(
            f"{DATABASE_VARIABLE} non è l'indirizzo di un database: "
            "postgresql://UTENTE@MACCHINA:5432/DATABASE.",
            f"{DATABASE_VARIABLE} is not the address of a database: "
            "postgresql://USER@HOST:5432/DATABASE.",
        )
    if parts.password is not None or "password" in dict(parse_qsl(parts.query)):
        raise ConfigurationError(
            f"{DATABASE_VARIABLE} contiene una password: toglierla e metterla in PGPASSFILE o "
            "PGPASSWORD.",
            f"{DATABASE_VARIABLE} holds a password: take it out and put it in PGPASSFILE or "
            "PGPASSWORD.",
        )
    return given


def address_for(programme: str) -> str | None:
    """Return the address at which one programme's own schema is the one that is used."""
    given = address()
    if given is None:
        return None
    parts = urlsplit(given)
    query = dict(parse_qsl(parts.query))
    query["options"] = f"{query.get('options', '')} -csearch_path={schema_of(programme)}".strip()
    return parts._replace(query=urlencode(query, quote_via=quote)).geturl()


def schema_of(programme: str) -> str:
    """Return the name of a programme's schema."""
    return f"lunattiva_{programme}"


def storage(programme: str) -> str:
    """Return the part of ``dagster.yaml`` that says where history is kept; empty for SQLite."""
    url = address_for(programme)
    # A JSON string is a YAML string.
    return f"storage:\n  postgres:\n    postgres_url: {json.dumps(url)}\n" if url else ""


def prepare(programme: str) -> None:
    """Make the programme's schema where it is missing; nothing where no server is set.

    Raises
    ------
    ConfigurationError
        The extra is not installed, or the server does not answer.
    """
    url = address()
    if url is None:
        return
    try:
        import dagster_postgres  # noqa: F401
        import psycopg2
        from psycopg2 import errors, sql
    except ImportError:
        raise ConfigurationError(
            f"{DATABASE_VARIABLE} chiede PostgreSQL: installare l'aggiunta «cluster» "
            "(pip install lunattiva[cluster]).",
            f"{DATABASE_VARIABLE} asks for PostgreSQL: install the extra 'cluster' "
            "(pip install lunattiva[cluster]).",
        ) from None
    try:
        connection = psycopg2.connect(url, connect_timeout=_PATIENCE_S)
    except psycopg2.OperationalError:
        raise _no_answer(url) from None
    try:
        connection.autocommit = True
        name = sql.Identifier(schema_of(programme))
        with connection.cursor() as cursor:
            cursor.execute(sql.SQL("CREATE SCHEMA IF NOT EXISTS {}").format(name))
    except (errors.UniqueViolation, errors.DuplicateSchema):
        pass  # another process made it at the same moment
    finally:
        connection.close()


def _no_answer(url: str) -> ConfigurationError:
    where = urlsplit(url).hostname or "localhost"
    return ConfigurationError(
        f"Il database di {DATABASE_VARIABLE} ({where}) non risponde o non accetta l'utente. "
        "I dati del programma non sono toccati: riprovare quando risponde.",
        f"The database of {DATABASE_VARIABLE} ({where}) does not answer or refuses the user. "
        "The programme's data are untouched: try again when it answers.",
    )
