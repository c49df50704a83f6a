"""Find the files partners left under ``raw/<programme>``, and what is known about each before it is opened."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path

from assets.errors import DeliveryRefused
from assets.layout import Layout
from assets.periods import Period, read_period
from schemas.config import ConfigError, nearest, read_config
from schemas.source import PartnerSources, Sidecar, Source

_LITTER = {"thumbs.db", "desktop.ini"}
_NOTES = (".md",)
#: Files that look like data, so that one left in the wrong folder is reported and not overlooked.
_DATA = {".csv", ".tsv", ".txt", ".xlsx", ".xlsm", ".xls", ".ods", ".zip"}


@dataclass(frozen=True)
class Found:
    """One file, its place in the tree, and why it cannot be used if it cannot."""

    path: Path
    partner: str
    period_name: str
    period: Period | None = None
    source: Source | None = None
    sidecar: Sidecar = Sidecar()
    refusal: DeliveryRefused | None = None


def find_files(layout: Layout) -> list[Found]:
    """Return every file delivered to a programme, in order of path.

    A file that cannot be used carries its ``refusal``; nothing here stops the others.
    """
    found = [
        Found(path, "", "", refusal=DeliveryRefused("period.missing", name=path.name))
        for path in _files(layout.raw)
        if path.suffix.lower() in _DATA
    ]
    for folder in layout.partner_folders():
        found.extend(_partner_files(layout, folder))
    return found


def _partner_files(layout: Layout, folder: Path) -> list[Found]:
    sources, fault = _partner_sources(layout, folder.name)
    found = []
    for path in _files(folder):
        if path.name != "source.yml":
            refusal = DeliveryRefused("period.missing", name=path.name)
            found.append(Found(path, folder.name, "", refusal=fault or refusal))
    for inner in _folders(folder):
        found.extend(_period_files(layout, inner, sources, fault))
    return found


def _period_files(
    layout: Layout, folder: Path, sources: PartnerSources | None, fault: DeliveryRefused | None
) -> list[Found]:
    partner = folder.parent.name
    period = None
    try:
        period = read_period(folder.name, layout.definition)
    except DeliveryRefused as refusal:
        fault = fault or refusal
    found = []
    for path in _files(folder):
        if _is_sidecar(path):
            continue
        found.append(_one_file(path, partner, folder.name, period, sources, fault))
    for inner in _folders(folder):
        for path in sorted(each for each in inner.rglob("*") if each.is_file()):
            if not _is_litter(path):
                nested = fault or DeliveryRefused("file.nested", name=inner.name)
                found.append(Found(path, partner, folder.name, period, refusal=nested))
    return found


def _one_file(
    path: Path,
    partner: str,
    period_name: str,
    period: Period | None,
    sources: PartnerSources | None,
    fault: DeliveryRefused | None,
) -> Found:
    sidecar, source = Sidecar(), None
    try:
        if fault:
            raise fault
        assert sources is not None  # no fault means that source.yml was read
        sidecar = _sidecar(path)
        source = source_of(path.name, sources)
    except DeliveryRefused as refusal:
        return Found(path, partner, period_name, period, source, sidecar, refusal)
    return Found(path, partner, period_name, period, source, sidecar)


def source_of(file_name: str, sources: PartnerSources) -> Source:
    """Return the one source that expects a file of this name.

    Raises
    ------
    DeliveryRefused
        None does (with the nearest pattern), or several do.
    """
    if file_name.lower().endswith((".yml", ".yaml")):
        raise DeliveryRefused("sidecar.alone", name=file_name)
    fitting = [
        each
        for each in sources.sources
        if any(fnmatch.fnmatchcase(file_name.casefold(), p.casefold()) for p in each.files)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        known = ", ".join(each.source for each in fitting)
        raise DeliveryRefused("file.several_sources", known=known)
    patterns = [pattern for each in sources.sources for pattern in each.files]
    near = nearest(file_name, patterns) or ", ".join(patterns)
    raise DeliveryRefused("file.unknown", partner=sources.partner, nearest=near)


def _partner_sources(
    layout: Layout, partner: str
) -> tuple[PartnerSources | None, DeliveryRefused | None]:
    known = sorted(layout.definition.partners)
    if partner not in known:
        near = nearest(partner, known) or "-"
        return None, DeliveryRefused(
            "partner.unknown", name=partner, nearest=near, known=", ".join(known)
        )
    sources = layout.readable_sources.get(partner)
    try:
        sources = sources or layout.partner_sources(partner)
    except FileNotFoundError:
        return None, DeliveryRefused("source.missing", name=partner)
    except ConfigError as error:
        return None, DeliveryRefused("source.invalid", detail=_detail(error))
    problem = _disagreement(sources, partner, layout)
    if problem:
        return None, DeliveryRefused("source.invalid", detail=problem)
    return sources, None


def _disagreement(sources: PartnerSources, partner: str, layout: Layout) -> str | None:
    """Say what in a readable ``source.yml`` does not fit the folder or the known instruments."""
    if sources.partner != partner:
        return f"source.yml:1: 'partner' is '{sources.partner}', the folder '{partner}'"
    known = {**layout.instruments, **{s.code: s for each in sources.sources for s in each.scales}}
    for source in sources.sources:
        for block in source.questions:
            if block.instrument is None:
                continue
            scale = known.get(block.instrument)
            if scale is None:
                near = nearest(block.instrument, sorted(known)) or "-"
                return f"{source.source}: unknown instrument '{block.instrument}'; nearest: {near}"
            unknown = sorted(set(block.items) - set(scale.item_codes))
            if unknown:
                items = ", ".join(scale.item_codes)
                return f"{source.source}: {scale.code} has no item '{unknown[0]}'. Items: {items}"
    return None


def _sidecar(path: Path) -> Sidecar:
    beside = path.with_name(path.name + ".yml")
    if not beside.is_file():
        return Sidecar()
    try:
        return read_config(beside, Sidecar)
    except ConfigError as error:
        raise DeliveryRefused("sidecar.invalid", detail=_detail(error)) from None


def _detail(error: ConfigError) -> str:
    return "; ".join(f"{error.path.name}:{line}: {text}" for line, text in error.problems)


def _is_sidecar(path: Path) -> bool:
    return path.suffix == ".yml" and path.with_suffix("").is_file()


def _is_litter(path: Path) -> bool:
    name = path.name
    return name.startswith((".", "~$")) or name.lower() in _LITTER


def _files(folder: Path) -> list[Path]:
    return sorted(
        each
        for each in folder.iterdir()
        if each.is_file() and not _is_litter(each) and each.suffix.lower() not in _NOTES
    )


def _folders(folder: Path) -> list[Path]:
    return sorted(e for e in folder.iterdir() if e.is_dir() and not e.name.startswith("."))
