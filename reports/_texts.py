"""Pieces of text a page is made of: the answer first, lists of sentences, cautions, the signature.

Each is Markdown made of the catalogue's sentences and released numbers; nothing is claimed here.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from reports import _findings, _tables, _wording
from reports._findings import bullets
from reports._tables import Markdown, escape
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit


def banner(k: Kit) -> Markdown:
    """The mark of invented data; empty where the data are real."""
    return Markdown(k.word("synthetic_banner") if k.is_synthetic else "")


def stamp(k: Kit) -> Markdown:
    """The same mark for a chapter, as a block; empty where the data are real."""
    if not k.is_synthetic:
        return Markdown("")
    title, words = k.word("synthetic_short"), k.word("synthetic_chapter")
    return Markdown(f'::: {{.callout-warning title="{title}"}}\n{words}\n:::')


def answer(k: Kit) -> Markdown:
    """The answer first: whom the quarter reached, what was done, what changed, how sure that is."""
    done = [k.sentence("reach")] if k.has("reached_n") else []
    if k.has("sessions_n", period=k.period):
        done.append(k.sentence("sessions"))
    scales = [scale for scale in k.scales if k.has("score_change", scale)]
    aloud, quiet = _findings.spoken(k, "score_change", scales)
    changed = [_wording.change_short(k, scale) for scale in aloud]
    changed += _findings.named_together(k, "quiet_change", quiet)
    if changed:
        changed[-1] = " ".join([changed[-1], *_findings.change_doubts(k), *_no_comparison(k)])
    compared = _findings.comparison(k, is_warned=bool(quiet))
    moved = [_wording.step(k, each) for each in k.steps]
    served = [k.sentence("contacts")] if k.has("contacts_n", period="all") else []
    scattered = _findings.fragmentation(k)
    said = [" ".join(done), k.sentence("retention"), *changed, compared, *served, *moved, scattered]
    return bullets(said) if any(said) else Markdown(k.word("no_data_period"))


def _no_comparison(k: Kit) -> list[str]:
    """Say that there is nothing to compare a change with, where that is so."""
    is_alone = not _findings.is_compared(k)
    is_pre_post = any(c.design == "pre_post" for c in k.released.of("score_change"))
    return [say("sentences", "no_comparison", k.lang)] if is_alone and is_pre_post else []


def changes(k: Kit) -> Markdown:
    """One sentence a scale, how many people were found again, and the cautions that apply."""
    scales = [s for s in k.scales if k.has("score_change", s)]
    if not scales:
        return Markdown(k.word("no_scales"))
    aloud, quiet = _findings.spoken(k, "score_change", scales)
    said = [_wording.change(k, s, tail=False) for s in aloud]
    said += _findings.named_together(k, "quiet_change", quiet)
    said += [*_findings.everybody(k, aloud), *_findings.change_doubts(k), *_no_comparison(k)]
    linked = [k.sentence("linkage", s) for s in aloud or scales if k.has("linked_n", s)]
    linked += [say("sentences", "lost", k.lang)] if linked else []
    return bullets([*said, *linked, *_change_cautions(k)])


def steps(k: Kit) -> Markdown:
    """One sentence a turning date, then the events that move the series."""
    if not k.steps:
        return Markdown(k.word("no_steps"))
    said = [_wording.step(k, each, tail=False) for each in k.steps]
    further = [*_findings.steps_compared(k), *_findings.step_doubts(k)]
    return bullets([*said, *further, *_shocks(k)])


def _shocks(k: Kit) -> Sequence[str]:
    return [text for text in k.warnings("shocks") if text not in k.warnings()]


def absences(k: Kit, period: str | None = None) -> Markdown:
    """The share of recorded absences with its interval and caution."""
    cell = k.cell("absence_rate", period=period)
    if cell is None or not cell.is_shown:
        return Markdown(k.shown(cell))
    words = {"value": k.shown(cell), "interval": _wording.interval(k, cell), "n": k.n_of(cell)}
    said = [k.word("absences", **words)]
    said += [text for text in k.warnings("unrecorded") if text not in k.warnings()]
    return Markdown(escape(" ".join(said)))


def cautions(k: Kit, codes: Sequence[str] = ()) -> Markdown:
    """Cautions from the fixed list."""
    return bullets(k.warnings(*codes))


def _change_cautions(k: Kit) -> list[str]:
    cells = k.released.of("score_change")
    codes = ["self_reported"]
    codes += ["small_base"] if any(c.n is not None and c.n < k.small_base for c in cells) else []
    codes += ["hidden"] if any(c.is_hidden for c in cells) else []
    return [text for text in k.warnings(*codes) if text not in k.warnings()]


def quality(k: Kit) -> Markdown:
    """Rows read and accepted by partner, and where the others went."""
    return Markdown(f"{_tables.data_quality(k)}\n\n{k.word('quarantine_note')}")


def signature(k: Kit) -> Markdown:
    """Who pays, who leads, and the dates of the programme."""
    funder, lead = k.manifest.get("funder"), k.manifest.get("lead")
    said = [k.word("programme_dates", start=k.day(k.manifest["from"]), end=k.day(k.manifest["to"]))]
    if funder:
        said.append(k.word("funded_by", funder=funder["name"]))
    if lead:
        said.append(k.word("signed_by", lead=lead))
    return Markdown(escape(". ".join(said) + "."))


def method(k: Kit) -> Markdown:
    """How the numbers were made and what they cannot say."""
    keys = ["method_counts", "method_privacy"]
    keys += ["method_rounded"] if k.released.base > 1 else []
    keys += ["method_change", "method_series"]
    keys += ["method_compared"] if _findings.is_compared(k) else []
    keys += ["method_followed"] if k.has("continuity_coc") else []
    keys.append("method_missing")
    told = {"least": k.threshold("minimum_count"), "base": k.threshold("public_round_to")}
    return bullets(k.word(key, **told) for key in keys)


def version(k: Kit) -> Markdown:
    """What the page was made from."""
    codes = {name: k.version(name) for name in ("data", "code")}
    return Markdown(escape(k.word("footer", **codes)))


#: What ``k.text(name, ...)`` knows.
TEXTS: dict[str, Callable[..., Markdown]] = {
    "banner": banner,
    "stamp": stamp,
    "answer": answer,
    "changes": changes,
    "steps": steps,
    "absences": absences,
    "cautions": cautions,
    "quality": quality,
    "signature": signature,
    "method": method,
    "version": version,
}
