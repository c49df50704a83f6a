"""Look at one file as intake and sorting would, and store nothing.

The rooms are joined here because they do not know each other. Heavy on purpose: only
``lunattiva check`` imports it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path

from assets.errors import DeliveryRefused, LunattivaError, UnexpectedError
from assets.guard import value_free
from assets.intake.exports import completed, recognise
from assets.intake.gate import Finding, inspect, stop_identifiers
from assets.intake.grid import Contents, Sheet
from assets.intake.headings import Mapping, resolve, wanted_of
from assets.intake.long_numbers import refuse_long_numbers
from assets.intake.names import masked_name
from assets.intake.readers import read_contents, read_loosely
from assets.intake.table import Table, find_table
from assets.layout import Layout
from pipelines.check_source import Chosen, choose
from schemas.reader import Reader
from schemas.source import Source

#: Beyond this no file of this field goes; a wrong file (a video, a disk image) is not read at all.
MOST_BYTES = 2_000_000_000


@dataclass
class SheetChecked:
    """One sheet: its table, or why there is none."""

    sheet: Sheet
    table: Table | None = None
    refusal: LunattivaError | None = None


@dataclass(frozen=True)
class RuleChecked:
    """One rule broken in one column, and the rows of the file where it is.

    ``cost`` is what it costs: the row, the cell, or nothing (tolerated).
    """

    column: str
    letter: str
    heading: str
    rule: str
    cost: str
    rows: list[int]


@dataclass
class Checked:
    """All that was seen of a file.

    Attributes
    ----------
    refusal
        Why the file cannot be used as it is; ``None`` where it can be read.
    is_unread
        Whether it could not even be read; else only its place or name stands in the way.
    sheets
        The sheet that is read first; without a source every other visible one that holds anything.
    counts
        With a source: records read, accepted, quarantined, and cells set aside.
    """

    file: str
    chosen: Chosen = field(default_factory=Chosen)
    contents: Contents | None = None
    refusal: LunattivaError | None = None
    is_unread: bool = False
    sheets: list[SheetChecked] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    mapping: Mapping | None = None
    rules: list[RuleChecked] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)

    @property
    def is_usable(self) -> bool:
        """Whether nobody has to do anything before this file is used."""
        is_clean = self.refusal is None and not self.findings
        return is_clean and not self.counts.get("quarantined") and not self._refused_sheets()

    def _refused_sheets(self) -> bool:
        return any(each.refusal for each in self.sheets)


def check(path: Path, layout: Layout | None, source: str | None) -> Checked:
    """Look at a file; whatever is wrong with it is in the answer, nothing is raised or stored.

    Parameters
    ----------
    layout
        The programme, where one is known.
    source
        ``code`` or ``partner/code``; ``None``: the source that expects the file where it lies.
    """
    told = Checked(masked_name(path.name))
    try:
        with value_free():
            told.chosen = choose(path, layout, source)
            _fill(told, path, layout)
            told.is_unread = told.refusal is not None
            # Where it lies a run would refuse it, though it can be read by itself.
            told.refusal = told.refusal or told.chosen.refusal
    except (DeliveryRefused, UnexpectedError) as error:
        told.refusal, told.is_unread = told.refusal or _plain(error), True
    except LunattivaError as error:  # a source that is not there: nothing was read
        told.refusal, told.is_unread = error, True
    return told


def _plain(error: LunattivaError) -> LunattivaError:
    if isinstance(error, UnexpectedError):
        return DeliveryRefused("file.unforeseen", detail=error.words)
    return error


def _fill(told: Checked, path: Path, layout: Layout | None) -> None:
    data = _bytes(path)
    source = told.chosen.source
    names = [path.name, path.parent.name] if told.chosen.partner else [path.name]
    try:
        contents = read_contents(data, path.name, source.reader if source else None)
        told.contents = contents = recognise(contents, joins=source is not None)
    except DeliveryRefused:
        told.findings = inspect(read_loosely(data, path.name), names, source)
        raise
    told.findings = inspect(contents, [*names, contents.member], source)
    if source is not None and layout is not None:
        folder = layout.raw / told.chosen.partner
        source = completed(source, contents, layout.definition.programme, folder)
        told.chosen = replace(told.chosen, source=source)
    _tables(told, contents)
    main = told.sheets[0]
    if told.findings:
        told.refusal = _stopped(contents, [*names, contents.member], source)
    elif main.refusal is not None:
        told.refusal = main.refusal
    if source is None or main.table is None or layout is None:
        return
    told.mapping = resolve(main.table.headings, main.table.filled, source, main.table.header_rows)
    refuse_long_numbers(contents.sheet, main.table, told.mapping)
    if not told.findings:
        from pipelines.check_rules import judge

        told.rules, told.counts = judge(contents, main.table, told.mapping, told.chosen, layout)


def _tables(told: Checked, contents: Contents) -> None:
    """Cut the table out of every sheet that is looked at; one refused sheet stops no other."""
    source = told.chosen.source
    wanted = wanted_of(source) if source else None
    reader = source.reader if source else Reader()
    others = [] if source else [each for each in contents.others if each.state == "visible"]
    for sheet in (contents.sheet, *others):
        is_main = sheet is contents.sheet
        found = SheetChecked(sheet)
        try:
            with value_free():
                if is_main:
                    found.table = find_table(sheet, reader, wanted, contents.survey)
                else:
                    found.table = find_table(sheet, Reader())
        except (DeliveryRefused, UnexpectedError) as error:
            found.refusal = _plain(error)
            if not is_main and getattr(error, "code", "") == "file.empty":
                continue
        told.sheets.append(found)


def _stopped(contents: Contents, names: list[str], source: Source | None) -> LunattivaError | None:
    """Return the gate's own words."""
    try:
        stop_identifiers(contents, names, source)
    except DeliveryRefused as refusal:
        return refusal
    return None


def _bytes(path: Path) -> bytes:
    """Return a file's bytes.

    Raises
    ------
    DeliveryRefused
        Missing, a folder, too large, or not to be read.
    """
    shown = masked_name(path.name)
    try:
        if path.is_dir():
            raise DeliveryRefused("file.folder", name=shown)
        if not path.exists():
            raise DeliveryRefused("file.missing", name=shown)
        if not path.is_file():
            raise DeliveryRefused("file.locked")
        if path.stat().st_size > MOST_BYTES:
            raise DeliveryRefused("file.huge", size=f"{path.stat().st_size / 1e9:.1f}")
        return path.read_bytes()
    except (OSError, ValueError):
        raise DeliveryRefused("file.locked") from None
    except MemoryError:
        raise DeliveryRefused("file.huge", size=f"{path.stat().st_size / 1e9:.1f}") from None
