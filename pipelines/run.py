"""The order of a run: is there anything to do, do it, say what came of it."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import TYPE_CHECKING, Any

from assets import seal
from assets.errors import ConfigurationError, LunattivaError
from assets.layout import Layout
from assets.versions import read_by_this_run
from pipelines import (
    adaptations,
    because,
    documents,
    erasing,
    quality,
    release_pages,
    sound,
    state,
    summary,
)
from pipelines.busy import only_one
from pipelines.messages import say
from pipelines.state import Made, MadeOf, State
from schemas.config import ConfigError, nearest

if TYPE_CHECKING:
    from pipelines.execute import Executor, Outcome
    from pipelines.summary import Summary

ALL = "all"
MakeExecutor = Callable[[Layout], "Executor"]


def run(
    layout: Layout, period: str | None, make_executor: MakeExecutor, *, wait_s: float = 0
) -> Summary:
    """Bring a programme up to date.

    Parameters
    ----------
    layout
        The programme's folders.
    period
        Quarter whose pages are wanted, ``all``, or ``None`` for the latest with data.
    make_executor
        Called only where there is something to do: it loads Dagster, which is slow.
    wait_s
        Seconds to wait for another run to end.

    Raises
    ------
    Busy
        Another run works on the programme.
    ConfigurationError
        A faulty ``programme.yml``, an unknown period, or a reason in ``adapted.yml`` that looks like
        data of a person. A mistake in what is written for the thesis stops the thesis only.
    KeyboardInterrupt
        Stopped half way; the last complete run's state is untouched.
    """
    _check_period(period, layout.definition.quarters())
    adaptations.insist_on_reasons(layout)
    with only_one(layout, wait_s):
        seal.settle(layout.store)
        sound.settle(layout)
        release_pages.settle(layout)
        erasing.complete(layout, date.today())
        of = state.made_of(layout)
        wanted = of.fingerprint
        before = state.read_state(layout)
        if before and _all_stands(layout, before, period, wanted):
            left = _thesis_again(layout, before)
            told = summary.summarise(layout, before.summary, _files(before, wanted))
            told.nothing_new = True
            told.pages = sorted({*told.pages, *_internal(layout, told.failures)})
            told.failures, told.suspects = [*told.failures, *left], documents.possible(layout)
            return told
        return _make(layout, before, period, of, make_executor(layout))


def _thesis_again(layout: Layout, known: State) -> documents.Told:
    """Bring up the thesis of a run that stands, and write down whether it came or went."""
    is_due = documents.is_due(layout, known)
    left = documents.bring_up(layout, known)
    if is_due:
        files = state.files_of_programme(layout, layout.definition.quarters())
        known.programme = Made(known.programme.fingerprint, files)
        state.finish(layout, known)
    return left


def _check_period(period: str | None, known: list[str]) -> None:
    if period in (None, ALL) or period in known:
        return
    values = {
        "period": period,
        "nearest": nearest(str(period), known) or "-",
        "known": ", ".join(known) or "-",
    }
    raise ConfigurationError(
        say("run.unknown_period", "it", **values), say("run.unknown_period", "en", **values)
    )


def _all_stands(layout: Layout, before: State, period: str | None, wanted: str) -> bool:
    if not layout.warehouse.is_file() or not state.stands(layout, before.programme, wanted):
        return False
    if not state.says_where_it_stands(layout, before):
        return False
    return all(_quarter_stands(layout, before, each, wanted) for each in _quarters(period, before))


def _quarter_stands(layout: Layout, known: State, quarter: str, wanted: str) -> bool:
    stands = state.stands(layout, known.quarters.get(quarter), wanted)
    return stands and state.says_where_it_stands(layout, known, quarter)


def _quarters(period: str | None, known: State) -> list[str]:
    """Return the quarters asked for; ``None`` asks for the latest with data."""
    if period == ALL:
        return known.known_quarters
    chosen = period or known.latest_quarter
    return [chosen] if chosen else []


def _make(
    layout: Layout, before: State | None, period: str | None, of: MadeOf, executor: Executor
) -> Summary:
    """Run what does not stand, then write down what was made."""
    wanted, reasons = of.fingerprint, list[dict[str, str]]()
    last = state.last_state(layout)
    state.begin(layout)
    failures, left = list[dict[str, str]](), documents.Told()
    now = before
    if now is None or not _programme_stands(layout, now, wanted):
        reasons = because.told(last.parts if last else None, of.parts, was_stopped=before is None)
        with read_by_this_run(of.seen):
            outcome = executor.run()
            if sound.mend(layout, outcome.failed_steps.values()):
                outcome = executor.run()
        now = after_programme(layout, before, of)
        left = documents.left_by(outcome, now)
        failures += told_failures(outcome)
    elif not state.says_where_it_stands(layout, now):
        release_pages.refresh(layout)  # the release was published: its tables stay as they are
        left = documents.draw(layout, now)
    else:
        left = documents.bring_up(layout, now)
    state.remember_mark(layout, now)
    pages = _internal(layout, failures)  # before the quarters: the list of pages names it
    has_data = period in (None, ALL, *now.known_quarters)
    for quarter in _quarters(period, now) if has_data and not failures else []:
        if not _quarter_stands(layout, now, quarter, wanted):
            failures += told_failures(executor.run(quarter=quarter))
            now.quarters[quarter] = Made(wanted, state.files_of_quarter(layout, quarter))
            state.remember_mark(layout, now, quarter)
    # Only now: the list of pages, which belongs to no quarter, names what the quarters made.
    quarters = layout.definition.quarters()
    now.programme = Made(wanted, state.files_of_programme(layout, quarters))
    if not failures and state.fingerprint(layout, of.seen) != wanted:
        # A file was replaced while it was read: what was made may be of neither.
        failures.append({lang: say("run.changed_meanwhile", lang) for lang in ("it", "en")})
    if failures:
        state.fail(layout, failures)
    else:
        sound.note(layout)
        state.finish(layout, now)
        _check_period(period, now.known_quarters)
    told = summary.summarise(layout, now.summary, _files(now, wanted))
    told.failures, told.because = [*failures, *left], reasons
    told.suspects = documents.possible(layout)
    told.pages = sorted({*told.pages, *pages})
    return told


def _internal(layout: Layout, failures: list[dict[str, str]]) -> list[str]:
    """Bring up the intern's page: a deadline may have passed though nothing new came."""
    from assets.outputs.render import RenderError

    try:
        return quality.bring_up(layout, date.today(), len(failures))
    except RenderError as error:
        values = {"asset": "quality", "detail": str(error)}
        failures.append({lang: say("run.step_failed", lang, **values) for lang in ("it", "en")})
        return []


def _programme_stands(layout: Layout, now: State, wanted: str) -> bool:
    return layout.warehouse.is_file() and state.stands(layout, now.programme, wanted)


def after_programme(layout: Layout, before: State | None, of: MadeOf) -> State:
    """Return the state after the programme's job; pages of older quarters are carried along."""
    manifest = _manifest(layout)
    known = list(manifest.get("quarters", []))
    older = before.quarters if before else {}
    return State(
        programme=Made(of.fingerprint, {}),
        quarters={name: made for name, made in older.items() if name in known},
        known_quarters=known,
        latest_quarter=manifest.get("latest_quarter"),
        summary=summary.counted(layout),
        marks={
            name: each for name, each in (before.marks if before else {}).items() if name in older
        },
        parts=of.parts,
    )


def _manifest(layout: Layout) -> dict[str, Any]:
    path = layout.released / "manifest.json"
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return found


def _files(now: State, wanted: str) -> list[str]:
    """Return the files that stand; pages made of older data are not among them."""
    current = [
        made for made in (*now.quarters.values(), now.programme) if made.fingerprint == wanted
    ]
    return sorted(path for made in current for path in made.files)


def told_failures(outcome: Outcome) -> list[dict[str, str]]:
    """Put into words what did not hold; a foreign exception is named by its kind only."""
    found = []
    for asset, check in outcome.failed_checks:
        values = {"asset": asset, "check": check}
        found.append({lang: say("run.check_failed", lang, **values) for lang in ("it", "en")})
    for asset, error in outcome.failed_steps.items():
        if type(error).__name__ == "DagsterAssetCheckFailedError":
            continue  # told above, as the check that it is
        found.append(
            {
                lang: say("run.step_failed", lang, asset=asset, detail=_detail(error, lang))
                for lang in ("it", "en")
            }
        )
    return found


def _detail(error: BaseException | None, lang: Any) -> str:
    if isinstance(error, (LunattivaError, ConfigError)):
        return error.say(lang)
    return type(error).__name__
