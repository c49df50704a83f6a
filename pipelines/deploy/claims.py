"""Who works on a run: a session lock in PostgreSQL, which is gone when its holder is.

A killed worker, a machine without power, a cut cable: the server ends the session, the lock goes with
it, and Dagster's monitor sees at its next look that nobody works on the run any more.
"""

from __future__ import annotations

import hashlib
from types import TracebackType

import psycopg2

#: Seconds for workers to take their locks again after the server came back.
RETURNING_S = 60
#: So that the server notices within a minute a worker that vanished without a word.
_NOTICED = """
SET tcp_keepalives_idle = 20; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3
"""
_HELD = """
SELECT now() - pg_postmaster_start_time() < make_interval(secs => %s) OR EXISTS (
  SELECT FROM pg_locks
  WHERE locktype = 'advisory' AND objsubid = 1 AND granted
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
    AND (classid::bigint << 32 | objid::bigint) = %s
)
"""


def key_of(run_id: str) -> int:
    """Return the number of a run's lock: 64 bits of its digest, signed as PostgreSQL wants it."""
    return int.from_bytes(hashlib.sha256(run_id.encode()).digest()[:8], "big", signed=True)


def _connect(url: str) -> psycopg2.extensions.connection:
    connection = psycopg2.connect(
        url,
        connect_timeout=10,
        keepalives=1,
        keepalives_idle=20,
        keepalives_interval=10,
        keepalives_count=3,
    )
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(_NOTICED)
    return connection


def _is(connection: psycopg2.extensions.connection, question: str, *values: int) -> bool:
    with connection.cursor() as cursor:
        cursor.execute(question, values)
        return bool(cursor.fetchall()[0][0])


def is_claimed(url: str, run_id: str) -> bool:
    """Say whether somebody works on a run, or may: a server that has just come back knows no locks yet."""
    connection = _connect(url)
    try:
        return _is(connection, _HELD, RETURNING_S, key_of(run_id))
    finally:
        connection.close()


class Claim:
    """The right to work on one run, for as long as this object lives and the server knows it.

    Use as a context manager; ``taken`` says whether it was free.
    """

    def __init__(self, url: str, run_id: str) -> None:
        self._url, self._key = url, key_of(run_id)
        self._connection = _connect(url)
        self.taken = self._take()

    def _take(self) -> bool:
        return _is(self._connection, "SELECT pg_try_advisory_lock(%s)", self._key)

    def renew(self) -> bool:
        """Say whether the claim holds; one that went with its connection is taken again if it is free.

        Raises
        ------
        psycopg2.OperationalError
            The server does not answer: nobody knows.
        """
        try:
            _is(self._connection, "SELECT true")
        except psycopg2.Error:
            self._connection.close()
            self._connection = _connect(self._url)
            self.taken = self._take()
        return self.taken

    def __enter__(self) -> Claim:
        """Return the claim."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Give the run free."""
        self._connection.close()
