"""The steps of a release: audited, approved, published, or withdrawn; each is a line in the ledger."""

from __future__ import annotations

import contextlib
from datetime import UTC, datetime
from typing import Any

from assets import seal
from assets.errors import ConfigurationError
from assets.layout import Layout
from assets.release import approval, archive, chain, ledger
from assets.release.approval import Standing
from pipelines import release_intact, release_pages, state
from pipelines.busy import only_one
from pipelines.release_asked import insist_no_code, insist_on_period, insist_on_reason

Line = dict[str, Any]


class Desk:
    """One programme's ledger and released folder, held while something is done with them.

    Raises
    ------
    ConfigurationError
        An unknown quarter; nothing released; a released folder that no run made.
    """

    def __init__(self, layout: Layout, period: str) -> None:
        insist_on_period(layout, period)
        self.layout, self.period = layout, period
        self.path = layout.store / ledger.NAME
        self.lines = ledger.entries(self.path)
        self.release = _digest(layout)
        self.made = next(
            (each for each in ledger.releases(self.path) if each.get("release") == self.release), {}
        )

    @property
    def standing(self) -> Standing:
        """Where the present release stands for the quarter."""
        return approval.standing(self.lines, self.release, self.period)

    @property
    def made_by(self) -> list[str]:
        """Who ran what made the release."""
        return approval.makers(self.layout.store, self.lines, self.release)

    def enter(self, act: Line) -> Line:
        """Add a line about the quarter and bring ``release.json`` up to it."""
        whole = {"release": self.release, "period": self.period, **act}
        chain.append(self.path, chain.line(self.path, whole))
        return self.entered(whole)

    def entered(self, whole: Line) -> Line:
        """Take in a line that was just added."""
        self.lines = ledger.entries(self.path)
        approval.write_note(self.layout.released, self.lines)
        return whole

    def insist_intact(self) -> None:
        """Refuse where the ledger, a published folder or what is kept of it was altered."""
        self.insist_ledger_intact()
        release_intact.insist_folders(self.layout, self.lines)
        self.insist_kept()

    def insist_kept(self) -> None:
        """Refuse where a release that left is no longer kept as it left; mended where it can be."""
        archive.insist_kept(self.layout.store, ledger.left(self.path), self.layout.published)

    def insist_ledger_intact(self) -> None:
        """Refuse where the ledger was altered or does not know a published folder, saying where."""
        release_intact.insist_ledger(self.layout, self.lines, self.path)

    def insist_current(self) -> None:
        """Refuse where files, code or pages moved since the last complete run."""
        known = state.read_state(self.layout)
        wanted = state.fingerprint(self.layout) if known else ""
        if known is None or not self.made or not state.stands(self.layout, known.programme, wanted):
            raise ConfigurationError(
                "I dati, il programma o le tabelle sono cambiati dall'ultima elaborazione: lanciare "
                "«lunattiva run», poi riguardare e approvare ciò che ne esce.",
                "Data, program or tables changed since the last run: run 'lunattiva run', then look "
                "at what comes of it and approve that.",
            )

    def audit(self) -> None:
        """Audit what would leave against all that has left, and write it down."""
        self.insist_kept()
        stayed = set() if chain.broken(self.path) else ledger.stayed(self.path)
        against = [each for each in archive.kept(self.layout.store) if each not in stayed]
        before = _last(self.lines, "audited", self.release, self.period)
        is_open = self.standing.state in ("draft", "withdrawn")
        if before and before.get("against") == against and not is_open:
            return
        from assets.release.again import audit_again

        outcome = audit_again(self.layout, stayed)
        hidden = {code: outcome.tables[code] for code in sorted(outcome.tables)}
        self.enter(
            {
                "state": "audited",
                "audit": {"holds": outcome.holds, "hidden_cells": hidden},
                "against": against,
                "rules": self.made.get("rules"),
                "made_by": self.made_by,
            }
        )


def look(layout: Layout, period: str) -> Desk:
    """Audit what would leave for a quarter, unless that is done, and return what there is to say.

    Where files moved or the ledger was altered nothing is written: what is told says so.

    Raises
    ------
    ConfigurationError
        What has left is no longer kept as it left.
    """
    with _held(layout):
        desk = Desk(layout, period)
        desk.insist_kept()
        with contextlib.suppress(ConfigurationError):
            desk.insist_intact()
            desk.insist_current()
            if desk.standing.state == "draft":
                desk.audit()
        return desk


def approve(layout: Layout, period: str, name: str) -> tuple[Desk, bool]:
    """Enter an approval of what stands in the released folder; says whether it is new.

    Raises
    ------
    ConfigurationError
        The ledger was altered; data moved; the audit does not hold; NAME may not approve.
    """
    with _held(layout):
        insist_no_code(layout, name)
        desk = Desk(layout, period)
        desk.insist_intact()
        desk.insist_current()
        approvers = layout.definition.releases.approvers
        by = approval.insist_on_approver(name, approvers, desk.made_by, at_keyboard=approval.who())
        if desk.standing.state in ("approved", "published"):
            return desk, False
        desk.audit()
        act = {"state": "approved", "by": by, "entered_by": approval.who(), "at": _now()}
        desk.enter({**act, "made_by": desk.made_by, "approvers_n": len(approvers)})
        return desk, True


def publish(layout: Layout, period: str) -> tuple[Desk, Line, bool]:
    """Publish what was approved: pages and tables in a folder that is never changed again.

    Returns
    -------
    Desk, dict, bool
        The ledger, the line of the publication, and whether it is new.

    Raises
    ------
    ConfigurationError
        Not approved; the ledger was altered; data moved; the audit does not hold any more.
    """
    with _held(layout):
        desk = Desk(layout, period)
        desk.insist_intact()
        standing = desk.standing
        if standing.state == "published":
            return desk, approval.publications(desk.lines, period)[-1], False
        desk.insist_current()
        if standing.state != "approved":
            raise _not_approved(desk)
        approval.insist_on_approver(
            standing.approved_by, layout.definition.releases.approvers, desk.made_by
        )
        desk.audit()
        line = _publish(desk)
        release_pages.bring_out(layout, line)
        return desk, line, True


def _publish(desk: Desk) -> Line:
    layout = desk.layout
    number = 1 + len(approval.publications(desk.lines, desk.period))
    line: Line = {"release": desk.release, "period": desk.period, "number": number}
    line["pages"] = release_pages.stage(layout, line)
    archive.keep(layout.store, layout.released)
    if _digest(layout) != desk.release:
        raise ConfigurationError(
            "Le tabelle sono cambiate durante la pubblicazione: non è uscito nulla. Rilanciare.",
            "The tables changed while they were published: nothing left. Run again.",
        )
    line |= {"state": "published", "entered_by": approval.who(), "at": _now()}
    line["approved_by"] = desk.standing.approved_by
    new = chain.line(desk.path, line)
    release_pages.anchor(layout, line, chain.sha256(new))
    chain.append(desk.path, new)  # from here on it is published; ``settle`` completes the rest
    release_pages.settle(layout)
    return desk.entered(line)


def withdraw(layout: Layout, period: str, why: str) -> tuple[Desk, Line]:
    """Withdraw the last publication of a quarter; where there is none, its approval.

    What was published keeps binding later releases: whoever read it has read it.

    Raises
    ------
    ConfigurationError
        Nothing to withdraw; no reason; a reason that looks like data of a person.
    """
    with _held(layout):
        insist_on_reason(layout, why)
        desk = Desk(layout, period)
        desk.insist_ledger_intact()  # a folder that changed is a reason to withdraw it
        act = {"state": "withdrawn", "why": why.strip(), "entered_by": approval.who(), "at": _now()}
        published = [e for e in approval.publications(desk.lines, period) if not e["withdrawn"]]
        if published:
            last = published[-1]
            line = desk.enter({**act, "release": last["release"], "number": last["number"]})
            release_pages.settle(layout)
            release_pages.take_back(layout, last)
            return desk, line
        if desk.standing.state == "approved":
            return desk, desk.enter({**act, "number": None})
        raise ConfigurationError(
            f"Per {period} non c'è nulla di approvato o pubblicato da ritirare.",
            f"For {period} nothing is approved or published that could be withdrawn.",
        )


@contextlib.contextmanager
def _held(layout: Layout) -> Any:
    """Hold the programme as a run does, after completing what a kill left half done."""
    with only_one(layout):
        seal.settle(layout.store)
        release_pages.settle(layout)
        yield


def _digest(layout: Layout) -> str:
    from assets.release.publish import recover

    recover(layout.released)
    found = archive.digest_in(layout.released)
    if found is None:
        raise ConfigurationError(
            f"Non c'è ancora nulla da pubblicare per «{layout.programme}»: lanciare «lunattiva run».",
            f"There is nothing to release yet for '{layout.programme}': run 'lunattiva run'.",
        )
    return found


def _not_approved(desk: Desk) -> ConfigurationError:
    last = approval.lapsed(desk.lines, desk.release, desk.period)
    it = en = ""
    if last:
        it = f" L'approvazione di {last['by']} è decaduta: era di dati diversi."
        en = f" The approval by {last['by']} lapsed: it was of other data."
    ask = f"lunattiva release {desk.period} --approve"
    return ConfigurationError(
        f"Non si può pubblicare: manca l'approvazione.{it} Chi approva lanci: {ask} NOME",
        f"It cannot be published: it is not approved.{en} Whoever approves runs: {ask} NAME",
    )


def _last(lines: list[Line], what: str, release: str, period: str) -> Line | None:
    found = [
        each
        for each in lines
        if (each.get("state"), each.get("release"), each.get("period")) == (what, release, period)
    ]
    return found[-1] if found else None


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")
