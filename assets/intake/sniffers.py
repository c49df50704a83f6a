"""What the sniffers of CleverCSV and DuckDB make of a text: a second opinion, never the only one."""

from __future__ import annotations

import threading

_LINES, _CHARACTERS = 100, 20_000


def other_opinion(sample: str, chosen: str, delimiters: list[str]) -> str | None:
    """Return the separator that both sniffers find instead of ours; None where they do not.

    Parameters
    ----------
    sample
        The beginning of the text; a hundred lines of it are looked at.
    chosen
        Our own decision; '' where each row is one cell.
    delimiters
        Those that it may be.

    References
    ----------
    van den Burg, Nazabal, Sutton (2019), Wrangling messy CSV files by detecting row and type
    patterns, Data Mining and Knowledge Discovery 33; DuckDB, ``sniff_csv``.
    """
    short = "".join(sample.splitlines(keepends=True)[:_LINES])[:_CHARACTERS]
    clever = _clevercsv(short, delimiters)
    if clever not in delimiters or clever in (chosen, chosen.strip(" ")):
        return None
    return clever if clever == _duckdb(short) else None


def _clevercsv(sample: str, delimiters: list[str]) -> str | None:
    import clevercsv

    try:
        found = clevercsv.Detector().detect(sample, delimiters=delimiters)
    except Exception:  # noqa: BLE001 - an opinion that cannot be had is none
        return None
    return found.delimiter if found else None


def _duckdb(sample: str) -> str | None:
    import duckdb
    from fsspec.implementations.memory import MemoryFileSystem  # type: ignore[import-untyped]

    memory = MemoryFileSystem()
    place = f"/lunattiva-{threading.get_ident()}.csv"  # all memory file systems share one store
    try:
        memory.pipe_file(place, sample.encode())
        with duckdb.connect() as connection:
            connection.register_filesystem(memory)
            found = connection.execute(
                "select Delimiter from sniff_csv(?)", [f"memory:/{place}"]
            ).fetchone()
    except Exception:  # noqa: BLE001 - its error quotes rows, and an opinion is not needed
        return None
    finally:
        memory.store.pop(place, None)
    return str(found[0]) if found else None
