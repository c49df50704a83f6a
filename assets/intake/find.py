"""Find the files partners left under ``raw/<programme>``, and what is known about each before it is opened."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path

from assets.errors import DeliveryRefused
from assets.intake.declared import partner_sources, told
from assets.intake.files import DATA, Beside, is_litter, is_named_as_data, unusable
from assets.intake.names import masked_name, same_name
from assets.layout import Layout
from assets.periods import Period, find_period, read_period
from schemas.config import ConfigError, nearest, read_config
from schemas.sidecar import Sidecar
from schemas.source import PartnerSources, Source

_OURS = (".yml", ".yaml")
#: The folder of the partners' corrections, which is no partner's.
CORRECTIONS = "_corrections"
#: Folders in which nothing but data lies -> what the files were found by, and they: names decide all
#: that is known before a file is opened, and a run asks several times.
_PLAIN: dict[str, tuple[tuple[object, ...], list[Found]]] = {}


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
    here, partners = Beside(layout.raw).files(), layout.partner_folders()
    found = [_astray(path, "") for path in here if path.suffix.lower() not in _OURS]
    for folder in partners:
        try:
            found.extend(_partner_files(layout, folder))
        except OSError:  # no right to look into the folder: the others go on
            found.append(Found(folder, folder.name, "", refusal=DeliveryRefused("file.locked")))
    known = {folder.name for folder in partners}
    for folder in sorted((x for x in layout.raw.iterdir() if x.is_dir()), key=lambda x: x.name):
        if folder.name not in known and folder.name != CORRECTIONS:
            found.extend(_hidden_folder(folder, "partner.hidden", folder.name))
    return found


def _partner_files(layout: Layout, folder: Path) -> list[Found]:
    sources, fault = partner_sources(layout, folder.name)
    found = []
    forms = {each.form for each in sources.sources} if sources else set()
    beside = Beside(folder)
    for path in beside.files():
        if path.name == "source.yml" or beside.is_note(path) or path.name in forms:
            continue
        period = _noted_period(path, beside)
        if period is None:
            found.append(_astray(path, folder.name, fault))
        else:
            found.append(_one_file(layout, path, folder.name, period, sources, fault, beside))
    for inner in beside.folders():
        found.extend(_period_files(layout, inner, sources, fault))
    for inner in beside.hidden():
        found.extend(_hidden_folder(inner, "period.hidden", folder.name))
    return found


def _astray(path: Path, partner: str, fault: DeliveryRefused | None = None) -> Found:
    """Return a file that lies in no period folder and has no note that names its period."""
    refusal = DeliveryRefused("period.missing", name=masked_name(path.name))
    return Found(path, partner, "", refusal=fault or unusable(path) or refusal)


def _noted_period(path: Path, beside: Beside) -> str | None:
    """Return the period that the note beside a file names, if any; a faulty note is told later."""
    try:
        return _sidecar(path, beside).period
    except DeliveryRefused:
        return ""


def _period_files(
    layout: Layout, folder: Path, sources: PartnerSources | None, fault: DeliveryRefused | None
) -> list[Found]:
    beside, key = Beside(folder), str(folder)
    made_of = (beside.listed, sources, layout.definition)
    known, found = _PLAIN.get(key, ((), []))
    if beside.is_plain and fault is None and _are_the_same(known, made_of):
        return list(found)
    found = _anew(layout, folder, sources, fault, beside)
    if beside.is_plain and fault is None and not any(each.refusal for each in found):
        _PLAIN[key] = (made_of, found)
    return found


def _are_the_same(known: tuple[object, ...], now: tuple[object, ...]) -> bool:
    """Say whether names are equal and declarations the very same: a text that stays is one object."""
    return bool(known) and known[0] == now[0] and known[1] is now[1] and known[2] is now[2]


def _anew(
    layout: Layout,
    folder: Path,
    sources: PartnerSources | None,
    fault: DeliveryRefused | None,
    beside: Beside,
) -> list[Found]:
    partner = folder.parent.name
    period = find_period(folder.name, layout.definition)
    found = [
        _one_file(layout, path, partner, folder.name, sources, fault, beside)
        for path in beside.files()
        if not beside.is_note(path)
    ]
    for inner in beside.folders():
        nested = fault or DeliveryRefused("file.nested", name=masked_name(inner.name))
        within = [
            each for each in sorted(inner.rglob("*"), key=lambda x: x.parts) if not each.is_dir()
        ]
        found.extend(
            Found(path, partner, folder.name, period, refusal=nested)
            for path in within
            if not is_litter(path)
        )
        if not within and is_named_as_data(inner):
            found.append(_folder_as_file(inner, partner, folder.name))
    for inner in beside.hidden():
        found.extend(_hidden_folder(inner, "period.hidden", partner))
    if not found and is_named_as_data(folder):
        found.append(_folder_as_file(folder, partner, ""))
    return found


def _hidden_folder(folder: Path, code: str, partner: str) -> list[Found]:
    """Report a folder that is passed over, if there is something in it that looks like a delivery.

    A folder of the system (``.git``) holds none; one that somebody set aside (``_old``) may.
    """
    try:
        within = [path for path in folder.rglob("*") if not path.is_dir() and not is_litter(path)]
    except OSError:
        return [Found(folder, partner, "", refusal=DeliveryRefused("file.locked"))]
    data = [path for path in within if path.suffix.lower() in DATA]
    count = len(data if folder.name.startswith(".") else within)  # '_old' is somebody's doing
    if not count:
        return []
    refusal = DeliveryRefused(code, name=masked_name(folder.name), count=count)
    return [Found(folder, partner, "", refusal=refusal)]


def _folder_as_file(folder: Path, partner: str, period_name: str) -> Found:
    refusal = DeliveryRefused("file.folder", name=masked_name(folder.name))
    return Found(folder, partner, period_name, refusal=refusal)


def _one_file(
    layout: Layout,
    path: Path,
    partner: str,
    folder: str,
    sources: PartnerSources | None,
    fault: DeliveryRefused | None,
    beside: Beside,
) -> Found:
    """Put together what place and note say of a file; the note's period wins over the folder's."""
    sidecar, source, period, name = Sidecar(), None, None, folder
    refusal = fault or unusable(path)
    try:
        sidecar = _sidecar(path, beside)
        name = sidecar.period or folder
        period = read_period(name, layout.definition)
        if sources is not None:
            source = source_of(path.name, sources)
    except DeliveryRefused as mistake:
        refusal = refusal or mistake
    return Found(path, partner, name, period, source, sidecar, refusal)


def source_of(file_name: str, sources: PartnerSources) -> Source:
    """Return the one source that expects a file of this name.

    Raises
    ------
    DeliveryRefused
        None does (with the nearest pattern), or several do.
    """
    if file_name.lower().endswith((".yml", ".yaml")):
        raise DeliveryRefused("sidecar.alone", name=masked_name(file_name))
    fitting = [
        each
        for each in sources.sources
        if any(fnmatch.fnmatchcase(same_name(file_name), same_name(p)) for p in each.files)
    ]
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        known = ", ".join(each.source for each in fitting)
        raise DeliveryRefused("file.several_sources", known=known)
    patterns = [pattern for each in sources.sources for pattern in each.files]
    near = nearest(file_name, patterns) or ", ".join(patterns)
    raise DeliveryRefused("file.unknown", partner=sources.partner, nearest=near)


_NO_NOTE = Sidecar()


def _sidecar(path: Path, beside: Beside) -> Sidecar:
    note = beside.note_of(path)
    if note is None:
        return _NO_NOTE
    try:
        return read_config(note, Sidecar)
    except ConfigError as error:
        raise DeliveryRefused("sidecar.invalid", detail=told(error)) from None
