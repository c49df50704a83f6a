"""Find the files partners left under ``raw/<programme>``, and what is known about each before it is opened."""

from __future__ import annotations

import fnmatch
from dataclasses import dataclass
from pathlib import Path

from assets.errors import DeliveryRefused
from assets.intake.files import (
    DATA,
    Beside,
    is_litter,
    is_named_as_data,
    unusable,
)
from assets.intake.identifiers import KINDS
from assets.intake.names import masked_name, masked_text, same_name
from assets.layout import Layout
from assets.periods import Period, find_period, read_period
from schemas.config import ConfigError, ConfigProblem, line_in, nearest, read_config
from schemas.questions import Questions
from schemas.sidecar import Sidecar
from schemas.source import PartnerSources, Source, unknown_code
from schemas.words import LANGUAGES, Words

_OURS = (".yml", ".yaml")
#: The folder of the partners' corrections, which is no partner's.
CORRECTIONS = "_corrections"


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
    for folder in sorted(each for each in layout.raw.iterdir() if each.is_dir()):
        if folder.name not in known and folder.name != CORRECTIONS:
            found.extend(_hidden_folder(folder, "partner.hidden", folder.name))
    return found


def _partner_files(layout: Layout, folder: Path) -> list[Found]:
    sources, fault = _partner_sources(layout, folder.name)
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
    partner = folder.parent.name
    period = find_period(folder.name, layout.definition)
    beside = Beside(folder)
    found = [
        _one_file(layout, path, partner, folder.name, sources, fault, beside)
        for path in beside.files()
        if not beside.is_note(path)
    ]
    for inner in beside.folders():
        nested = fault or DeliveryRefused("file.nested", name=masked_name(inner.name))
        within = [each for each in sorted(inner.rglob("*")) if not each.is_dir()]
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


def _partner_sources(
    layout: Layout, partner: str
) -> tuple[PartnerSources | None, DeliveryRefused | None]:
    known = sorted(layout.definition.partners)
    shown = masked_name(partner)
    if partner not in known:
        near = nearest(partner, known) or "-"
        return None, DeliveryRefused(
            "partner.unknown", name=shown, nearest=near, known=", ".join(known)
        )
    sources = layout.readable_sources.get(partner)
    try:
        sources = sources or layout.partner_sources(partner)
    except FileNotFoundError:
        return None, DeliveryRefused("source.missing", name=shown)
    except ConfigError as error:
        return None, DeliveryRefused("source.invalid", detail=_detail(error, f"{partner}/"))
    problem = _disagreement(sources, partner, layout)
    if problem:
        line = line_in(layout.raw / partner / "source.yml", problem.at)
        it, en = (f"{partner}/source.yml:{line}: {problem.words.say(lang)}" for lang in LANGUAGES)
        return None, DeliveryRefused("source.invalid", detail=Words(it=it, en=en))
    return sources, None


def _disagreement(sources: PartnerSources, partner: str, layout: Layout) -> ConfigProblem | None:
    """Say what in a readable ``source.yml`` does not fit the folder, the programme or a scale."""
    if sources.partner != partner:
        return ConfigProblem(
            f"'partner' dice '{sources.partner}', la cartella '{partner}'",
            f"'partner' is '{sources.partner}', the folder '{partner}'",
            at=("partner",),
        )
    for number, source in enumerate(sources.sources):
        problem = _unknown_names(source, layout)
        for at, block in enumerate(source.questions):
            problem = problem or _unfit_scale(source, block, at, layout)
        if problem:
            problem.at = ("sources", number, *problem.at)
            return problem
    return None


def _unknown_names(source: Source, layout: Layout) -> ConfigProblem | None:
    """Say which code the programme does not have, or which kind the gate does not know."""
    lists = layout.definition.codes()
    for name, code, place in source.unknown_codes(lists):
        return unknown_code(name, code, lists[name], place)
    for at, release in enumerate(source.not_identifiers):
        if release.kind not in KINDS:
            near = nearest(release.kind, list(KINDS)) or "-"
            known = ", ".join(KINDS)
            return ConfigProblem(
                f"'{release.kind}' non è un tipo. Più simile: {near}. Tipi: {known}",
                f"'{release.kind}' is no kind. Nearest: {near}. Kinds: {known}",
                at=("not_identifiers", at, "kind"),
            )
    return None


def _unfit_scale(
    source: Source, block: Questions, number: int, layout: Layout
) -> ConfigProblem | None:
    if block.instrument is None:
        return None
    place = ("questions", number)
    known = {**layout.instruments, **{scale.code: scale for scale in source.scales}}
    scale = known.get(block.instrument)
    if scale is None:
        near = nearest(block.instrument, sorted(known)) or "-"
        listed = ", ".join(sorted(known))
        return ConfigProblem(
            f"la scala '{block.instrument}' non si conosce. Più simile: {near}. Scale: {listed}",
            f"unknown instrument '{block.instrument}'. Nearest: {near}. Instruments: {listed}",
            at=(*place, "instrument"),
        )
    unknown = sorted(set(block.items) - set(scale.item_codes))
    if unknown:
        items = ", ".join(scale.item_codes)
        return ConfigProblem(
            f"{scale.code} non ha la domanda '{unknown[0]}'. Domande: {items}",
            f"{scale.code} has no item '{unknown[0]}'. Items: {items}",
            at=(*place, "items", unknown[0]),
        )
    for cell, value in block.answers.items():
        if isinstance(value, str) or not scale.low <= value <= scale.high:
            return ConfigProblem(
                f"'{value}' non è un punteggio di {scale.code}: da {scale.low} a {scale.high}",
                f"'{value}' is no score of {scale.code}: {scale.low} to {scale.high}",
                at=(*place, "answers", cell),
            )
    return None


_NO_NOTE = Sidecar()


def _sidecar(path: Path, beside: Beside) -> Sidecar:
    note = beside.note_of(path)
    if note is None:
        return _NO_NOTE
    try:
        return read_config(note, Sidecar)
    except ConfigError as error:
        raise DeliveryRefused("sidecar.invalid", detail=_detail(error)) from None


def _detail(error: ConfigError, folder: str = "") -> Words:
    """Say the mistakes of a file in one line; a note may quote what somebody wrote about a person."""
    place = folder + masked_name(error.path.name)
    it, en = (
        "; ".join(f"{place}:{line}: {masked_text(words.say(lang))}" for line, words in error.found)
        for lang in LANGUAGES
    )
    return Words(it=it, en=en)
