"""What operation adds to the assets: who minds them, whether people stand in them, when they are made again."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import dagster as dg

from assets.errors import LunattivaError
from assets.layout import Layout
from schemas.config import ConfigError

#: Who is asked about a room's tables.
_OWNERS = {
    "intake": "team:interns",
    "sorting": "team:interns",
    "core": "team:interns",
    "measures": "team:researchers",
    "impact": "team:researchers",
    "release": "team:data_protection",
    "outputs": "team:researchers",
}
#: Rooms whose tables hold rows of people; of the others one table does.
_ROWS_OF_PEOPLE = {"intake", "sorting", "core", "measures"}
_CODES = "release_risk__uniques"
_RELEASE = dg.AssetKey("release_publication")
#: A programme that runs gets deliveries each quarter: after so long nobody looks after it.
_WARN, _FAIL = timedelta(days=100), timedelta(days=130)
#: Programmes are looked after so long beyond their last day.
_AFTER = timedelta(days=180)


def described(loaded: Sequence[Any], layout: Layout, today: date) -> list[Any]:
    """Return the assets with owners, tags, conditions and freshness; what is no asset stays as it is.

    Parameters
    ----------
    today
        A programme that is over is not expected to be fresh.
    """
    runs = _runs(layout, today)
    return [
        each.map_asset_specs(lambda spec: _spec(spec, runs=runs))
        if isinstance(each, dg.AssetsDefinition)
        else each
        for each in loaded
    ]


def _spec(spec: dg.AssetSpec, *, runs: bool) -> dg.AssetSpec:
    room = spec.group_name or ""
    has_people = room in _ROWS_OF_PEOPLE or spec.key.to_user_string() == _CODES
    # The folder of what is released and the pages are files; all else is a table of the warehouse.
    is_table = room != "outputs" and spec.key != _RELEASE
    more: dict[str, Any] = {
        "kinds": spec.kinds | ({"duckdb"} if is_table else set()),
        "owners": [*spec.owners, _OWNERS.get(room, "team:researchers")],
        "tags": {**spec.tags, "lunattiva/rows_of_people": "yes" if has_people else "no"},
    }
    if room == "outputs":
        # Pages follow their release by themselves, whoever made it and whichever part of it.
        more["automation_condition"] = dg.AutomationCondition.eager()
    if runs and spec.key == _RELEASE:
        more["freshness_policy"] = dg.FreshnessPolicy.time_window(
            fail_window=_FAIL, warn_window=_WARN
        )
    return spec.replace_attributes(**more)


def _runs(layout: Layout, today: date) -> bool:
    try:
        programme = layout.definition
    except (LunattivaError, ConfigError):
        return False  # the run says what is wrong with it
    return programme.start <= today <= programme.end + _AFTER
