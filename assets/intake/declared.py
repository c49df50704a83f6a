"""What a partner declares in ``source.yml``, held against its folder, the programme and the scales."""

from __future__ import annotations

from assets.errors import DeliveryRefused
from assets.intake.identifiers import KINDS
from assets.intake.names import masked_name, masked_text
from assets.layout import Layout
from schemas.config import ConfigError, ConfigProblem, line_in, nearest
from schemas.questions import Questions
from schemas.source import PartnerSources, Source
from schemas.source_columns import unknown_code, unknown_codes
from schemas.words import LANGUAGES, Words


def partner_sources(
    layout: Layout, partner: str
) -> tuple[PartnerSources | None, DeliveryRefused | None]:
    """Return what a partner declares, or why its files must be refused."""
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
        return None, DeliveryRefused("source.invalid", detail=told(error, f"{partner}/"))
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
    for name, code, place in unknown_codes(source.columns, lists):
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


def told(error: ConfigError, folder: str = "") -> Words:
    """Say the mistakes of a file in one line; a note may quote what somebody wrote about a person."""
    place = folder + masked_name(error.path.name)
    it, en = (
        "; ".join(f"{place}:{line}: {masked_text(words.say(lang))}" for line, words in error.found)
        for lang in LANGUAGES
    )
    return Words(it=it, en=en)
