"""Disclosure control as Dagster assets, and the questions asked before anything leaves."""

import dagster as dg
import pandas as pd

from assets.guard import guarded
from assets.release import candidates, control, ledger, manifest, publish, risk, thresholds
from assets.store import ProgrammeFolder
from assets.versions import code_version
from schemas.indicators import released_tables


def _rules(folder: ProgrammeFolder) -> control.Rules:
    programme = folder.layout.definition
    services = {} if programme.services == "open" else programme.services
    change = programme.evaluation.change
    return control.Rules(
        tables=thresholds.with_sensitive(released_tables(), programme.sensitive_tables),
        limits=thresholds.thresholds(programme.disclosure),
        sensitive_services=frozenset(code for code, each in services.items() if each.sensitive),
        first_wave=change.start if change else "",
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
    return risk.summary(core_participants, _rules(folder).limits.minimum(is_sensitive=False))


@dg.asset(group_name="release", kinds={"pandas"}, io_manager_key="warehouse")
@guarded
def release_tables(
    release_candidates: pd.DataFrame,
    measures_hours__activity: pd.DataFrame,
    folder: ProgrammeFolder,
) -> pd.DataFrame:
    """One row is one cell after disclosure control: a number, or nothing and the reason why."""
    return control.release(
        release_candidates, _rules(folder), contributions=measures_hours__activity
    )


@dg.asset(group_name="release", kinds={"parquet", "json"}, io_manager_key="warehouse")
@guarded
def release_publication(
    release_tables: pd.DataFrame, release_candidates: pd.DataFrame, folder: ProgrammeFolder
) -> pd.DataFrame:
    """One row is one file of the released folder, the only one that reports can read."""
    rules, layout = _rules(folder), folder.layout
    outcome = control.examine(release_tables, release_candidates, rules)
    outcome.insist()
    about = manifest.manifest(layout, release_tables, rules.limits, code_version())
    published = publish.publish(release_tables, about, layout.released)
    ledger.enter(layout.store / ledger.NAME, ledger.entry(published, about, outcome))
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
    outcome = control.examine(release_tables, release_candidates, _rules(folder))
    return dg.AssetCheckResult(
        passed=outcome.holds,
        metadata={"hidden_cells": sum(outcome.tables.values()), "found": len(outcome.findings)},
    )
