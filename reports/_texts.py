"""Pieces of text a page is made of: the answer first, lists of sentences, cautions, the signature.

Each is Markdown made of the catalogue's sentences and released numbers; nothing is claimed here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

from reports import _tables, _wording
from reports._tables import Markdown, escape
from reports._words import say

if TYPE_CHECKING:
    from reports.kit import Kit


def bullets(texts: Iterable[str]) -> Markdown:
    """Return a Markdown list."""
    return Markdown("\n".join(f"- {escape(text)}" for text in texts if text))


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
    changed = [
        _wording.change_short(k, scale) for scale in k.scales if k.has("score_change", scale)
    ]
    if changed and _is_pre_post(k):
        changed[-1] += " " + say("sentences", "no_comparison", k.lang)
    moved = [k.sentence("step", each["service"]) for each in k.steps]
    served = [k.sentence("contacts")] if k.has("contacts_n", period="all") else []
    said = [" ".join(done), k.sentence("retention"), *changed, *served, *moved]
    return bullets(said) if any(said) else Markdown(k.word("no_data_period"))


def _is_pre_post(k: Kit) -> bool:
    return any(c.design == "pre_post" for c in k.released.of("score_change"))


def changes(k: Kit) -> Markdown:
    """One sentence a scale, how many people were found again, and the cautions that apply."""
    scales = [s for s in k.scales if k.has("score_change", s)]
    if not scales:
        return Markdown(k.word("no_scales"))
    said = [_wording.change(k, s, tail=False) for s in scales]
    said += [say("sentences", "no_comparison", k.lang)] if _is_pre_post(k) else []
    linked = [k.sentence("linkage", s) for s in scales if k.has("linked_n", s)]
    linked += [say("sentences", "lost", k.lang)] if linked else []
    return bullets([*said, *linked, *_change_cautions(k)])


def steps(k: Kit) -> Markdown:
    """One sentence a turning date, then the events that move the series."""
    if not k.steps:
        return Markdown(k.word("no_steps"))
    return bullets([*(k.sentence("step", s["service"]) for s in k.steps), *_shocks(k)])


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
    keys = ["method_counts", "method_privacy", "method_change", "method_series", "method_missing"]
    return bullets(k.word(key, least=k.threshold("minimum_count")) for key in keys)


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
