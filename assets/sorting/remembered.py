"""How a source's rows were judged, remembered until a file of it, a rule or the program changes.

With many partners a new file belongs to one source; the others need not be judged again. Only small
sources are remembered: a big one costs more to write down than it saves. Files lie beside the staged
rows (they hold rows of people), and like them may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pyarrow as pa

from assets import private, seal, staging
from assets.sorting.outcome import tally
from assets.sorting.rules import Rulebook
from assets.versions import code_version, digest

_ENDING, _INCOMING = ".judged", ".judging-"
#: Bytes of the digest with which a file begins.
_DIGEST = 32
_PARTS = ("accepted", "quarantined", "reasons")
#: Sources of more rows are judged anew each time.
MOST_ROWS = 1 << 18


@dataclass(frozen=True)
class Judged:
    """Some rows of one source, judged: each part as its table takes it."""

    accepted: pa.Table
    quarantined: pa.Table
    reasons: pa.Table

    def tally(self) -> pd.DataFrame:
        """Return the counts by delivery."""
        return tally(self.accepted, self.quarantined, self.reasons)


def recipe(book: Rulebook, partner: str, staged: pd.DataFrame) -> str:
    """Return the name of all that decides how a source's rows are judged.

    Parameters
    ----------
    staged
        The source's deliveries in order: ``delivery_id``, ``file`` (named after bytes, columns and
        corrected cells), ``period``, ``supersede_rank``.
    """
    corrected = book.corrections
    mine = "" if corrected is None else corrected[corrected["partner_code"] == partner].to_csv()
    scales = sorted(book.instruments)
    # The numbers go over all deliveries of the programme: only their order decides here.
    ranks = staged["supersede_rank"].rank(method="dense")
    order = ranks if book.source.supersede == "record" else 0
    return digest(
        [
            code_version(),
            book.programme.model_dump_json(),
            book.dataset.name,
            book.source.model_dump_json(),
            *(book.instruments[each].model_dump_json() for each in scales),
            mine,
            staged[["delivery_id", "file", "period"]].assign(order=order).to_csv(index=False),
        ]
    )


def take(folder: Path, name: str) -> list[Judged] | None:
    """Return the rows remembered under a name; ``None`` where they are not there, or not whole."""
    path = folder / f"{name}{_ENDING}"
    try:
        with seal.opened(path, folder.parent) as stream:
            found = stream.read()
        if hashlib.sha256(memoryview(found)[_DIGEST:]).digest() != found[:_DIGEST]:
            return None  # altered since it was written
        pieces = (
            pa.ipc.open_stream(pa.py_buffer(found).slice(_DIGEST)).read_all()["piece"].to_pylist()
        )
        tables = [pa.ipc.open_stream(each).read_all() for each in pieces]
    except (OSError, pa.ArrowInvalid):
        return None
    size = len(_PARTS)
    return [Judged(*tables[at : at + size]) for at in range(0, len(tables), size)]


def keep(folder: Path, name: str, judged: Iterable[Judged]) -> None:
    """Remember rows under a name, in one step."""
    pieces = [_bytes(getattr(each, part)) for each in judged for part in _PARTS]
    private.folder(folder)
    handle, incoming = tempfile.mkstemp(dir=folder, prefix=_INCOMING)
    try:
        with os.fdopen(handle, "wb") as stream, seal.writing(stream, folder.parent) as into:
            content = _bytes(pa.table({"piece": pa.array(pieces, pa.large_binary())}))
            into.write(hashlib.sha256(content).digest() + content)
        private.restrict(Path(incoming), private.FILE)
        private.put_in_place(Path(incoming), folder / f"{name}{_ENDING}")
    except BaseException:
        Path(incoming).unlink(missing_ok=True)
        raise


def sweep(folder: Path, keep: set[str]) -> None:
    """Forget what no source was judged by now, and what an interrupted run left half written."""
    wanted = {f"{name}{_ENDING}" for name in keep}
    for path in _ours(folder):
        if path.name not in wanted:
            path.unlink(missing_ok=True)


def _ours(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()) if folder.is_dir() else []:
        if path.name.endswith(_ENDING) or path.name.startswith(_INCOMING):
            yield path


def _bytes(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return bytes(sink.getvalue())


def judged(accepted: pa.Table, quarantined: pa.Table, reasons: pd.DataFrame) -> Judged:
    """Put the parts together as they are handed on."""
    return Judged(accepted, quarantined, staging.to_arrow(reasons))
