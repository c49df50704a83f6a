"""Forgetting a person: who is it, which codes, carry it out, rebuild, certify without saying who."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from assets import private, seal
from assets.errors import ConfigurationError
from assets.forgotten import Forgotten, book_path, plain_code, with_key, write_book
from assets.layout import Layout
from pipelines import erasing
from pipelines.busy import only_one
from pipelines.messages import say
from schemas.forgotten import ForgottenBook, Tombstone
from schemas.linkage import KEYED
from schemas.words import LANGUAGES

#: Brings the programme up to date; true where everything held.
Rebuild = Callable[[Layout], bool]


@dataclass(frozen=True)
class Person:
    """The codes under which one person stands, each of one partner or of all (``None``)."""

    codes: list[tuple[str, str | None]] = field(repr=False)
    linked_n: int = 0
    #: Households of which nobody else is known; rows that name them and no person stay.
    lone_households_n: int = 0


@dataclass
class Done:
    """What was done, for the certificate: counts, paths and digests of releases only."""

    number: int
    person: Person
    removed: erasing.Removed
    releases: list[dict[str, Any]]
    rebuilt: bool
    certificate: Path | None = None

    @property
    def held(self) -> bool:
        """True where no file holds the person any more and the rebuild succeeded."""
        return self.rebuilt and not self.removed.left


def forget(
    layout: Layout,
    code: str,
    by: str,
    reason: str | None,
    on: date,
    rebuild: Rebuild,
    *,
    partner: str | None = None,
) -> Done:
    """Remove a person from deliveries, vault, warehouse and everything derived.

    Parameters
    ----------
    partner
        Where codes are each partner's own: whose the code is.

    Raises
    ------
    ConfigurationError
        No row names the code; or it is a partner's own, and more than one partner may mean it.
    Busy
        A run works on the programme.
    """
    _check(layout, code, by, reason, partner)
    with only_one(layout):
        seal.settle(layout.store)
        person = _person(layout, code, partner)
        gone = with_key(layout)
        known = {each.digest for each in gone.book.tombstones}
        made = [
            Tombstone(digest=gone.digest(each, whose), partner=whose, by=by, on=on, reason=reason)
            for each, whose in person.codes
        ]
        if not all(each.digest in known for each in made):
            _require_rows(layout, gone, made)
            erasing.drop_derived(layout)
        write_book(layout, gone, made, [])  # from here on the next run completes it
        removed = erasing.complete(layout, on)
        erasing.drop_derived(layout)
        number = len(with_key(layout).book.tombstones)
    done = Done(number, person, removed, _releases(layout), rebuild(layout))
    done.certificate = _certify(layout, done, by, on)
    return done


def tried(layout: Layout, code: str, partner: str | None = None) -> tuple[Person, erasing.Removed]:
    """Say what ``forget`` would remove from the deliveries; nothing is changed."""
    _check(layout, code, "-", None, partner)
    person = _person(layout, code, partner)
    return person, erasing.look(layout, _trial(with_key(layout), person.codes))


def _trial(gone: Forgotten, codes: list[tuple[str, str | None]]) -> Forgotten:
    made = [
        Tombstone(digest=gone.digest(code, whose), partner=whose, by="-", on=date.min)
        for code, whose in codes
    ]
    return Forgotten(ForgottenBook(tombstones=made), gone.key)


def _check(layout: Layout, code: str, by: str, reason: str | None, partner: str | None) -> None:
    from assets.intake.single import identifier_kinds

    known = sorted(layout.definition.partners)
    if partner is not None and partner not in known:
        listed = ", ".join(known)
        raise ConfigurationError(
            f"Il partner «{partner}» non c'è. Partner: {listed}.",
            f"There is no partner '{partner}'. Partners: {listed}.",
        )
    if not code.strip():
        raise ConfigurationError("Manca il codice.", "The code is missing.")
    if any(identifier_kinds(text, is_typed=True) for text in (by, reason or "")):
        raise ConfigurationError(
            "--by e --reason restano scritti: un ufficio e un motivo, senza dati di persone.",
            "--by and --reason are kept: an office and a reason, without data of people.",
        )
    if code.strip().casefold() in (reason or "").casefold():
        raise ConfigurationError(
            "--reason contiene il codice: resterebbe scritto. Toglierlo.",
            "--reason holds the code: it would be kept. Take it out.",
        )
    is_keyed = re.match(KEYED, plain_code(code).upper()) is not None
    if partner is None and not is_keyed and _are_local(layout):
        raise ConfigurationError(
            "Qui ogni partner ha i suoi codici: aggiungere --partner, altrimenti si cancellerebbero "
            "anche altre persone con lo stesso codice.",
            "Here each partner has codes of its own: add --partner, or other people with the same "
            "code would be erased too.",
        )


def _are_local(layout: Layout) -> bool:
    kinds = {
        each.person_codes or layout.definition.linkage.person_codes
        for sources in layout.readable_sources.values()
        for each in sources.sources
    }
    return "local" in kinds


def _person(layout: Layout, code: str, partner: str | None) -> Person:
    """Return all codes that the last run held for the same person with certainty, and the household."""
    wanted = [(code, partner)]
    links = _rows(
        layout, "core_links", "partner_code, person_code, participant_code, link_certainty"
    )
    same = [
        each
        for each in links
        if plain_code(each["person_code"]) == plain_code(code)
        and partner in (None, each["partner_code"])
    ]
    participants = {each["participant_code"] for each in same}
    others = {
        (each["person_code"], each["partner_code"])
        for each in links
        if each["participant_code"] in participants
        and each["link_certainty"] != "ambiguous"
        and plain_code(each["person_code"]) != plain_code(code)
    }
    codes = wanted + sorted(others)
    return Person(codes, len(others), _lone_households(layout, participants))


def _lone_households(layout: Layout, participants: set[str]) -> int:
    members = _rows(layout, "core_participants", "person_code, household_code")
    inside: dict[str, set[str]] = {}
    for each in members:
        if each["household_code"]:
            inside.setdefault(each["household_code"], set()).add(each["person_code"])
    return sum(bool(people) and people <= participants for people in inside.values())


def _rows(layout: Layout, table: str, columns: str) -> list[dict[str, Any]]:
    from pipelines.look import rows

    return rows(layout, f'select {columns} from "{table}"')


def _require_rows(layout: Layout, gone: Forgotten, made: list[Tombstone]) -> None:
    codes = Forgotten(ForgottenBook(tombstones=made), gone.key)
    found = erasing.look(layout, codes)
    if not found.files and not found.left:
        raise ConfigurationError(
            "Nessuna riga delle consegne ha questo codice: controllare come è scritto (e --partner). "
            "Non è cambiato nulla.",
            "No row of the deliveries names this code: check its spelling (and --partner). Nothing "
            "was changed.",
        )


def _releases(layout: Layout) -> list[dict[str, Any]]:
    """Return the releases made so far, from the ledger: digests and counts."""
    from assets.release import ledger

    return [
        {
            "release": str(each.get("release", ""))[:12],
            "data": str(each.get("data_version", "")),
            "tables": len(each.get("tables", {})),
        }
        for each in ledger.releases(layout.store / ledger.NAME)
    ]


def _certify(layout: Layout, done: Done, by: str, on: date) -> Path:
    """Write the certificate in both languages; nothing in it tells who was forgotten."""
    folder = private.folder(layout.store / "certificates")
    path = folder / f"erasure_{on.isoformat()}_{done.number:03d}.md"
    texts = [
        "\n".join(["# " + say("forget.title", lang), "", *lines(layout, done, lang, by=by, on=on)])
        for lang in LANGUAGES
    ]
    path.write_text("\n\n---\n\n".join(texts) + "\n", encoding="utf-8", newline="\n")
    private.restrict(path, private.FILE)
    return path


def lines(layout: Layout, done: Done, lang: Any, *, by: str, on: date) -> list[str]:
    """Return what was done, line by line, as screen and certificate say it."""
    removed, name = done.removed, book_path(layout).name
    found = [
        say("forget.head", lang, programme=layout.programme, by=by, on=on.isoformat()),
        say("forget.rows", lang, rows=removed.rows_n, files=len(removed.files)),
        say("forget.copies", lang, vault=removed.vault_n, corrections=removed.corrections_n,
            decisions=removed.decisions_n),
    ]  # fmt: skip
    if done.person.linked_n:
        found.append(say("forget.linked", lang, codes=done.person.linked_n))
    if done.person.lone_households_n:
        found.append(say("forget.household", lang, households=done.person.lone_households_n))
    found += [say("forget.left", lang, path=each) for each in sorted(removed.left)]
    found += [say("forget.closed", lang, path=each) for each in sorted(removed.closed)]
    found.append(say("forget.rebuilt" if done.rebuilt else "forget.not_rebuilt", lang))
    found.append(say("forget.tombstone", lang, name=name))
    found.append(say("forget.releases" if done.releases else "forget.no_releases", lang))
    found += [say("forget.release", lang, **each) for each in done.releases]
    found.append(say("forget.outside", lang))
    return [f"- {each}" for each in found]
