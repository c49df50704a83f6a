"""Disclosure control as Dagster assets, and the questions asked before anything leaves."""

import dagster as dg
import pandas as pd

from assets.guard import guarded
from assets.release import (
    approval,
    archive,
    candidates,
    chain,
    control,
    figures,
    generalise,
    ledger,
    losses,
    manifest,
    publish,
    risk,
    sensitive,
    thresholds,
)
from assets.store import ProgrammeFolder
from assets.versions import code_version
from schemas.indicators import released_tables, threshold


def _least(folder: ProgrammeFolder) -> int:
    return _rules(folder).limits.minimum(is_sensitive=False)


def _earlier(folder: ProgrammeFolder) -> list[pd.DataFrame]:
    """Return what readers already have; what stands released is kept before anything replaces it."""
    store = folder.layout.store
    path = store / ledger.NAME
    stayed = ledger.stayed(path)
    archive.keep(store, folder.layout.released, stayed)
    archive.insist_kept(store, ledger.left(path), folder.layout.published)
    # A ledger that somebody altered frees nothing: then all that is kept binds.
    return archive.earlier(store, set() if chain.broken(path) else stayed)


def _rules(folder: ProgrammeFolder) -> control.Rules:
    programme = folder.layout.definition
    services = {} if programme.services == "open" else programme.services
    change = programme.evaluation.change
    places = {} if programme.neighbourhoods == "open" else programme.neighbourhoods
    return control.Rules(
        tables=thresholds.with_sensitive(released_tables(), programme.sensitive_tables),
        limits=thresholds.thresholds(programme.disclosure),
        sensitive_services=frozenset(code for code, each in services.items() if each.sensitive),
        first_wave=change.start if change else "",
        areas={code: each.role for code, each in places.items()},
        instruments=folder.layout.instruments,
    )


@dg.asset(group_name="release", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def release_candidates(
    measures_estimates: pd.DataFrame, impact_estimates: pd.DataFrame
) -> pd.DataFrame:
    """One row is one estimate that asks to leave, with the declared table it belongs to."""
    return candidates.candidates([measures_estimates, impact_estimates])


# Needs no candidates; it waits for them so that a reader sees the rooms at work in their order.
@dg.asset(
    group_name="release",
    kinds={"pandas"},
    io_manager_key="warehouse",
    deps=["release_candidates"],
)
@guarded
def release_risk(core_participants: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one set of characteristics and how many people it singles out (counts only)."""
    return risk.summary(core_participants, _least(folder))


@dg.asset(group_name="release", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def release_risk__uniques(core_participants: pd.DataFrame) -> pd.DataFrame:
    """One row is the code of one person whom a set of characteristics singles out; never released."""
    return risk.uniques(core_participants)


@dg.asset(group_name="release", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def release_risk__quarter(core_participants: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one set of characteristics and the people known by the end of one quarter."""
    quarters = folder.layout.definition.quarters()
    return risk.by_quarter(core_participants, quarters, _least(folder))


@dg.asset(group_name="release", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def release_risk__sensitive(
    core_participants: pd.DataFrame, core_contacts: pd.DataFrame, folder: ProgrammeFolder
) -> pd.DataFrame:
    """One row is one sensitive column and how well a set of characteristics hides it."""
    services = frozenset(_rules(folder).sensitive_services)
    return sensitive.summary(sensitive.attributes(core_participants, core_contacts, services))


@dg.asset(group_name="release", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def release_risk__steps(core_participants: pd.DataFrame, folder: ProgrammeFolder) -> pd.DataFrame:
    """One row is one way of making characteristics coarser and whom it would still single out."""
    return generalise.lattice(core_participants, _least(folder), threshold("left_out_share"))


@dg.asset(group_name="release", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def release_risk__figures(
    release_risk: pd.DataFrame,
    release_risk__quarter: pd.DataFrame,
    release_risk__sensitive: pd.DataFrame,
    release_risk__steps: pd.DataFrame,
    core_participants: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one figure about anonymity as it may leave: rounded, or nothing and why."""
    return figures.figures(
        release_risk,
        release_risk__quarter,
        release_risk__sensitive,
        release_risk__steps,
        _rules(folder).limits,
        core_participants,
    )


@dg.asset(group_name="release", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def release_tables(
    release_candidates: pd.DataFrame,
    measures_hours__activity: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one cell after disclosure control: a number, or nothing and the reason why."""
    # ``rule_code`` stays in the warehouse: which rule hides a cell says something of it.
    decided = control.decided(
        release_candidates,
        _rules(folder),
        contributions=measures_hours__activity,
        earlier=_earlier(folder),
    )
    hidden_n = int(decided["status"].str.startswith("suppressed").sum())
    decided.attrs |= {"cells_released": len(decided) - hidden_n, "cells_hidden": hidden_n}
    return decided


@dg.asset(group_name="release", kinds={"parquet", "json"}, io_manager_key="warehouse")
@guarded
def release_publication(
    release_tables: pd.DataFrame,
    release_candidates: pd.DataFrame,
    release_risk: pd.DataFrame,
    release_risk__figures: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one file of the released folder, the only one that reports can read."""
    rules, layout = _rules(folder), folder.layout
    outcome = control.examine(release_tables, release_candidates, rules, _earlier(folder))
    outcome.insist()
    outcome.reasons, outcome.loss = control.by_rule(release_tables), losses.loss(release_tables)
    about = manifest.manifest(layout, release_tables, rules.limits, code_version())
    about["anonymity"] = manifest.anonymity(release_risk__figures)
    published = publish.publish(release_tables, about, layout.released)
    counted = ledger.anonymity(release_risk)
    line = ledger.entry(published, about, outcome, counted, release_tables)
    path = layout.store / ledger.NAME
    ledger.enter(path, line)
    approval.note_maker(layout.store, published.digest)
    approval.write_note(layout.released, ledger.entries(path), published.digest)
    return published.files


@dg.asset_check(
    asset=release_tables,
    blocking=True,
    additional_ins={"release_candidates": dg.AssetIn()},
    description="Does every number that leaves rest on enough people, and is every other one blank?",
)
@guarded
def enough_people(
    release_tables: pd.DataFrame, release_candidates: pd.DataFrame, folder: ProgrammeFolder
) -> dg.AssetCheckResult:
    """Count cells that leave on too few people, or hidden ones that still hold a number."""
    bad = control.offences(release_tables, release_candidates, _rules(folder))
    return dg.AssetCheckResult(
        passed=not any(bad.values()), metadata={**bad, "cells": len(release_tables)}
    )


@dg.asset_check(
    asset=release_tables,
    blocking=True,
    additional_ins={"release_candidates": dg.AssetIn()},
    description="Is it impossible to work out a hidden number from those shown?",
)
@guarded
def hidden_stay_hidden(
    release_tables: pd.DataFrame, release_candidates: pd.DataFrame, folder: ProgrammeFolder
) -> dg.AssetCheckResult:
    """Count hidden cells that the audit can work out too closely."""
    outcome = control.examine(release_tables, release_candidates, _rules(folder), _earlier(folder))
    return dg.AssetCheckResult(
        passed=outcome.holds,
        metadata={"hidden_cells": sum(outcome.tables.values()), "found": len(outcome.findings)},
    )


@dg.asset_check(
    asset=release_publication,
    additional_ins={"release_risk": dg.AssetIn()},
    description="Is the share of people whom their characteristics single out no larger than in the release before?",
)
@guarded
def no_easier_than_before(
    release_risk: pd.DataFrame, folder: ProgrammeFolder
) -> dg.AssetCheckResult:
    """Compare with the last release made of other data; without one there is nothing to compare."""
    layout = folder.layout
    now = ledger.anonymity(release_risk)
    before = ledger.before(layout.store / ledger.NAME, manifest.data_version_of(layout))
    worse = ledger.easier(now, before)
    return dg.AssetCheckResult(
        passed=not worse,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "sets_n": len(now),
            "sets_worse_n": len(worse),
            "is_compared": bool(before),
        },
    )
