"""Checks of operation: has each partner delivered in time? One for each partner, a warning only."""

from datetime import date

import dagster as dg

from assets.errors import ConfigurationError
from assets.guard import value_free
from assets.layout import Layout
from pipelines.expected import Expectation, expectations
from pipelines.messages import say
from pipelines.settings import language

_TABLE = dg.AssetKey("intake_deliveries")


def lateness(layout: Layout) -> list[dg.AssetChecksDefinition]:
    """Return the checks of a programme's partners; none where its folder cannot be read.

    They judge the calendar, not the bytes: what they find changes no table and stops nothing.
    """
    try:
        partners = [each.name for each in layout.partner_folders() if _is_name(each.name)]
    except (OSError, ConfigurationError):
        partners = []
    if not partners:
        return []
    specs = [
        dg.AssetCheckSpec(
            name=f"in_time_{partner}",
            asset=_TABLE,
            description=say("late.question", language(), partner=partner),
            blocking=False,
        )
        for partner in partners
    ]

    @dg.multi_asset_check(specs=specs, name="partners_in_time")
    def in_time():  # type: ignore[no-untyped-def]
        with value_free():
            found = expectations(layout, date.today())
        for partner in partners:
            yield _result(partner, [each for each in found if each.partner == partner])

    return [in_time]


def _result(partner: str, sources: list[Expectation]) -> dg.AssetCheckResult:
    missing = sum(len(each.missing) for each in sources)
    expected = sum(len(each.expected) for each in sources)
    return dg.AssetCheckResult(
        asset_key=_TABLE,
        check_name=f"in_time_{partner}",
        passed=missing == 0,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={
            "expected": expected,
            "missing": missing,
            "late": sum(len(each.late) for each in sources),
            "files": sum(each.received for each in sources),
            "completeness": round(1 - missing / expected, 4) if expected else 1.0,
        },
    )


def _is_name(partner: str) -> bool:
    """Say whether Dagster takes the folder's name as a part of a check's."""
    return partner.isascii() and partner.replace("_", "").isalnum()
