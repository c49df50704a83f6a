"""Lists of sentences by question: compared with elsewhere, still attending, services together.

Every sentence is a claim of ``schemas/claims.yml``; what is in doubt is said once, after the list.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from reports import _wording
from reports._released import Cell
from reports._tables import Markdown, escape
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit

#: With more scales than these, those that cannot be told from nothing share one sentence.
MAX_SPOKEN = 3
TREATED = ("pilot", "extension", "other")


def bullets(texts: Iterable[str]) -> Markdown:
    """Return a Markdown list."""
    return Markdown("\n".join(f"- {escape(text)}" for text in texts if text))


def is_compared(k: Kit) -> bool:
    """Say whether a number of a comparison may be said."""
    return any(c.is_shown for code in ("did_staggered", "did_effect") for c in k.released.of(code))


def spoken(k: Kit, indicator: str, scales: list[str]) -> tuple[list[str], list[str]]:
    """Part the scales with a sentence of their own from those named together.

    Where scales are many, those that cannot be told from nothing share one sentence: each is named.
    """
    if len(scales) <= MAX_SPOKEN:
        return scales, []
    quiet = [s for s in scales if (c := k.cell(indicator, s, period="all")) and _is_none(k, c)]
    return [s for s in scales if s not in quiet], quiet


def told_apart(k: Kit, indicator: str) -> tuple[list[str], list[str]]:
    """Part the scales with a number that is shown: those told apart from nothing, and the others."""
    found = [(s, k.cell(indicator, s, period="all")) for s in k.scales if k.has(indicator, s)]
    shown = [(s, c) for s, c in found if c is not None and c.is_shown]
    apart = [s for s, c in shown if not _is_none(k, c)]
    return apart, [s for s, _ in shown if s not in apart]


#: The p corrected for the number of scales, of what is said of each scale.
CORRECTED = {"score_change": "score_change_p_holm", "did_staggered": "did_p_holm"}
LARGEST_P = 0.05


def _is_none(k: Kit, cell: Cell) -> bool:
    """Say whether chance alone may have made it, all the scales asked counted."""
    if not cell.is_shown:
        return False
    code = CORRECTED.get(cell.indicator)
    corrected = k.released.find(code, cell.subject) if code else None
    by_chance = corrected is not None and (corrected.value or 0.0) >= LARGEST_P
    return cell.crosses or by_chance


def named_together(k: Kit, key: str, scales: list[str], *, is_warned: bool = False) -> list[str]:
    """Return what is said of scales that cannot be told from nothing together; none where all speak.

    With it goes what many scales do to chance, unless the reader was warned just before.
    """
    if not scales:
        return []
    said = say("sentences", key, k.lang, list=", ".join(k.label("scale", s) for s in scales))
    return [said if is_warned else f"{said} {say('sentences', 'many_scales', k.lang)}"]


def comparison(k: Kit, *, is_warned: bool = False) -> str:
    """Return the comparison in one line: each scale, then every doubt once."""
    scales = [s for s in k.scales if _shown(k, "did_staggered", s)]
    if not scales:
        return ""
    aloud, quiet = spoken(k, "did_staggered", scales)
    said = [_wording.claim(k, "compared_short", s, tail=False) for s in aloud]
    said += named_together(k, "quiet_compared", quiet, is_warned=is_warned)
    return " ".join([*said, *_wording.doubts(k, _comparisons(k, scales))])


def _shown(k: Kit, indicator: str, subject: str) -> bool:
    return any(c.subject == subject and c.is_shown and not c.by_1 for c in k.released.of(indicator))


def _comparisons(k: Kit, scales: Iterable[str]) -> list[Cell]:
    """The cells whose doubts weigh on a comparison, in any of its forms."""
    wanted = set(scales)
    names = ("did_effect", "did_staggered")
    return [c for code in names for c in k.released.of(code) if c.subject in wanted]


def compared(k: Kit, short: bool = False) -> Markdown:
    """Each scale: all places together, each kind of place, and the test on the waves before.

    ``short`` leaves to the figure what it shows: one sentence a scale, and one for each kind of
    place whose difference can be told from none.
    """
    scales = [s for s in k.scales if k.has("did_staggered", s) or k.has("did_effect", s)]
    if not scales:
        return Markdown(k.word("no_comparison_asked"))
    said = []
    aloud, quiet = spoken(k, "did_staggered", scales) if short else (scales, [])
    for scale in aloud:
        if k.has("did_staggered", scale):
            said.append(_wording.claim(k, "compared_all", scale, tail=False))
            if short:
                said += _by_place(k, scale, clear=True)
                continue
        said += [*_by_place(k, scale), *_before(k, scale)]
    said += [each for scale in quiet for each in _by_place(k, scale, clear=True)]
    said += named_together(k, "quiet_compared", quiet)
    cells = _comparisons(k, scales)
    always = say("sentences", "unmeasured", k.lang)
    return bullets([*said, *_wording.doubts(k, cells), always])


def _by_place(k: Kit, scale: str, *, clear: bool = False) -> list[str]:
    cells = [c for c in k.released.of("did_effect") if c.subject == scale and c.by_1 == "area_role"]
    cells = [c for c in cells if not clear or (c.is_shown and not c.crosses)]
    cells = sorted(cells, key=lambda c: (c.level_1 not in TREATED, _rank(c.level_1), c.level_1))
    return [
        _wording.claim(
            k,
            "compared",
            scale,
            {"place": k.label("area_role", c.level_1)},
            tail=False,
            by="area_role",
            level=c.level_1,
        )
        for c in cells
    ]


def _rank(role: str) -> int:
    return TREATED.index(role) if role in TREATED else len(TREATED)


def _before(k: Kit, scale: str) -> list[str]:
    by = "waves_since_start"
    found = [c for c in k.released.of("did_placebo") if c.subject == scale and c.by_1 == by]
    return [
        _wording.claim(k, "compared_before", scale, tail=False, by=by, level=c.level_1)
        for c in sorted(found, key=lambda c: -int(c.level_1))[:1]
    ]


def everybody(k: Kit, scales: Iterable[str]) -> list[str]:
    """Return the change counting those who did not come back, and how many changed by what matters."""
    said = []
    for scale in scales:
        if k.has("score_change_imputed", scale):
            said.append(_wording.claim(k, "change_everybody", scale, tail=False))
        if k.has("important_change_share", scale):
            least = k.in_units(k.scale(scale)["notable_change"], scale, plain=True)
            said.append(
                _wording.claim(k, "important_change", scale, {"minimum": least}, tail=False)
            )
    return said


def change_doubts(k: Kit) -> list[str]:
    """Return what is in doubt about the changes of whole scales, each doubt once."""
    names = ("score_change", "score_change_imputed", "important_change_share")
    cells = [k.cell(code, s, period="all") for s in k.scales for code in names if k.has(code, s)]
    return _wording.doubts(k, cells)


def attending(k: Kit) -> Markdown:
    """How many still attend after the last of the days asked, the median, and who stops."""
    if not k.has("attending_share"):
        return Markdown(k.word("no_data_period"))
    days = sorted({c.level_1 for c in k.released.of("attending_share") if c.by_1 == "day"}, key=int)
    said = []
    for day in days[-1:]:
        said.append(
            _wording.claim(k, "attending", "", {"day": k.plain(day, "label")}, by="day", level=day)
        )
    if k.has("attending_median"):
        said.append(k.claim("attending_median"))
    return bullets([*said, say("sentences", "what_stopping_is", k.lang)])


def stopping(k: Kit) -> Markdown:
    """Who stops and who stays, by characteristic: who, not why."""
    asked = (
        ("who_stops", "stop_hazard", "term"),
        ("who_stays", "stay_odds_ratio", "characteristic"),
    )
    said = [
        _wording.claim(k, code, "", {"who": k.label(by, c.level_1)}, by=by, level=c.level_1)
        for code, indicator, by in asked
        for c in k.released.of(indicator)
        if c.by_1 == by
    ]
    return bullets(said) if said else Markdown(k.word("no_data_period"))


def dose(k: Kit) -> Markdown:
    """Whether those who came more have another score: words of association only."""
    said = [k.claim("dose", s) for s in k.scales if k.has("dose_sessions", s)]
    said += [k.claim("dose_trend", s) for s in k.scales if k.has("dose_trend", s)]
    return bullets(said) if said else Markdown(k.word("no_data_period"))


def fragmentation(k: Kit) -> str:
    """Return the trend of fragmentation in one line; nothing where it was not asked."""
    if not any(c.is_shown for c in k.released.of("continuity_trend")):
        return ""
    return f"{k.claim('fragmentation')} {say('sentences', 'not_needed', k.lang)}"


def together(k: Kit) -> Markdown:
    """How many services a household uses, how soon a second, and whether contacts scatter less."""
    asked = (
        ("services_per_household", "services_per_user"),
        ("next_service", "next_service_median"),
        ("fragmentation", "continuity_trend"),
    )
    said = [k.claim(code) for code, indicator in asked if k.has(indicator)]
    if not said:
        return Markdown(k.word("no_data_period"))
    return bullets([*said, *(say("sentences", x, k.lang) for x in ("not_needed", "followed_only"))])


def steps_compared(k: Kit) -> list[str]:
    """Return the turning dates against a service where nothing changed, and the days to closing."""
    said = []
    for each in k.steps:
        service = each["service"]
        if each.get("compared_with") and k.has("contacts_step_compared", service):
            said.append(_wording.step(k, each, "step_compared", tail=False))
        if any(c.is_shown or c.is_hidden for c in _of(k, "closing_step", service)):
            said.append(_wording.step(k, each, "closing_step", tail=False))
    return said


def step_doubts(k: Kit) -> list[str]:
    """Return what is in doubt about the turning dates, each doubt once."""
    names = ("contacts_step", "contacts_step_compared", "closing_step")
    services = {each["service"] for each in k.steps}
    return _wording.doubts(
        k, [c for code in names for s in sorted(services) for c in _of(k, code, s)]
    )


def _of(k: Kit, indicator: str, subject: str) -> list[Cell]:
    return [c for c in k.released.of(indicator) if c.subject == subject and c.period == "all"]


def food(k: Kit) -> Markdown:
    """Food insecurity by degree and wave; nothing where it was not asked."""
    said = [
        _wording.claim(
            k,
            "food_insecurity",
            c.subject,
            {"degree": k.label(c.by_1, c.level_1), "wave": k.label("wave", c.period)},
            period=c.period,
            by=c.by_1,
            level=c.level_1,
        )
        for c in k.released.of("food_insecurity_share")
        if c.by_1 == "food_insecurity" and not c.by_2
    ]
    return bullets(said)


#: What ``k.text(name, ...)`` knows of findings.
TEXTS: dict[str, Callable[..., Markdown]] = {
    "compared": compared,
    "attending": attending,
    "stopping": stopping,
    "dose": dose,
    "together": together,
    "food": food,
}
