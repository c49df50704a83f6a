"""What would leave, put together from the ledger and the released cells, and said in plain words."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from assets.release import approval, archive, chain, ledger
from pipelines import release_pages, state
from pipelines.messages import say
from pipelines.settings import Language

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from assets.layout import Layout
    from pipelines.release import Desk

_SHOWN = ("released", "true_zero")
_NUMBER = 1e-9


@dataclass
class Report:
    """Where the release of a quarter stands.

    Attributes
    ----------
    cells
        Table -> status -> cells.
    changed
        Against the last publication of the quarter (else of any): ``than`` and counts; empty
        where nothing was published.
    lapsed
        Who gave an approval that no longer counts; empty where there is none.
    altered, folders
        Publications that are not as they left; of these, those whose folder changed.
    broken
        What is wrong with the ledger, by language.
    is_current
        Whether files, code and pages are still those of the last run.
    """

    programme: str
    period: str
    release: str
    state: str
    number: int | None
    data_version: str
    code_version: str
    rules: str
    made_by: list[str]
    approvers: list[str]
    approved_by: str
    approved_at: str
    withdrawn_because: str
    cells: dict[str, dict[str, int]]
    audit: dict[str, Any]
    changed: dict[str, Any]
    lapsed: str
    is_current: bool
    published: list[dict[str, Any]] = field(default_factory=list)
    altered: list[str] = field(default_factory=list)
    folders: list[str] = field(default_factory=list)
    broken: list[dict[str, Any]] = field(default_factory=list)


def report(desk: Desk) -> Report:
    """Return what there is to say of a quarter's release."""
    layout, standing = desk.layout, desk.standing
    cells = archive.cells(layout.released)
    lapsed = approval.lapsed(desk.lines, desk.release, desk.period) or {}
    return Report(
        programme=layout.programme,
        period=desk.period,
        release=desk.release,
        state=standing.state,
        number=standing.number,
        data_version=str(desk.made.get("data_version") or ""),
        code_version=str(desk.made.get("code_version") or ""),
        rules=str(desk.made.get("rules") or ""),
        made_by=desk.made_by,
        approvers=list(layout.definition.releases.approvers),
        approved_by=standing.approved_by,
        approved_at=standing.approved_at,
        withdrawn_because=standing.why,
        # Which of two ways a cell is hidden stands in the ledger; what leaves has one word for both.
        cells=dict(desk.made.get("cells") or ledger.cells_by_status(cells)),
        audit=dict(desk.made.get("audit") or {}),
        changed=_changed(desk, cells),
        lapsed=str(lapsed.get("by", "")),
        is_current=_is_current(desk),
        published=[_published(each) for each in approval.publications(desk.lines, desk.period)],
        altered=release_pages.altered(layout, desk.lines, chain.lines(desk.path)),
        folders=release_pages.altered_folders(layout, desk.lines),
        broken=[{"line": e.line, **e.why.model_dump()} for e in chain.broken(desk.path)],
    )


def standing_line(layout: Layout, lang: Language) -> str:
    """Return one line about the latest quarter's release for ``status``; empty before the first run."""
    path = layout.store / ledger.NAME
    known, digest = state.last_state(layout), archive.digest_in(layout.released)
    if known is None or digest is None or not known.latest_quarter:
        return ""
    lines, period = ledger.entries(path), known.latest_quarter
    if wrong := _wrong(layout, lines, path):
        return say(wrong[0], lang, period=period, where=wrong[1])
    standing = approval.standing(lines, digest, period)
    last = approval.publications(lines, period)
    values = {"period": period, "state": say(f"release.state.{standing.state}", lang)}
    told = say("release.status", lang, **values)
    if last and last[-1]["release"] != digest:
        told += " " + say("release.status_older", lang, name=release_pages.name_of(last[-1]))
    return told


def _wrong(layout: Layout, lines: list[dict[str, Any]], path: Path) -> tuple[str, str] | None:
    """Return which message tells what is not as it was left, and where: the ledger, or only folders."""
    altered = release_pages.altered(layout, lines, chain.lines(path))
    if chain.broken(path) or (altered and altered != release_pages.altered_folders(layout, lines)):
        return "release.status_broken", ""
    return ("release.status_folder", ", ".join(altered)) if altered else None


def as_json(found: Report) -> str:
    """Return the report for another program."""
    return json.dumps(asdict(found), indent=2, ensure_ascii=False)


def lines(found: Report, lang: Language) -> list[str]:
    """Return the report as a person reads it; the last line says who does what next."""
    name = f"{found.period}-r{found.number}" if found.number else found.period
    is_wrong = found.broken or found.altered
    told = [next_step(found, lang), ""] if is_wrong else []
    told += [
        say("release.head", lang, programme=found.programme, period=found.period),
        say("release.state", lang, state=say(f"release.state.{found.state}", lang), name=name),
        "",
        *_tables(found, lang),
        "",
        _why(found, lang),
        *_by_rule(found, lang),
        _audit(found, lang),
        _difference(found, lang),
        say("release.versions", lang, release=found.release[:12], rules=found.rules[:12] or "-",
            data=found.data_version or "-", code=found.code_version or "-"),
    ]  # fmt: skip
    told += [say("release.made_by", lang, names=", ".join(found.made_by) or "-")]
    if found.approved_by:
        told.append(say("release.approved_by", lang, by=found.approved_by, at=found.approved_at))
    if found.lapsed:
        told.append(say("release.lapsed", lang, by=found.lapsed))
    told += [say("release.published", lang, **each) for each in found.published]
    told += [
        say("release.withdrawn", lang, name=each["name"], why=each["why"])
        for each in found.published
        if each["why"]
    ]
    return [*told, "", next_step(found, lang)]


def next_step(found: Report, lang: Language) -> str:
    """Return who must do what next."""
    if found.folders and not found.broken and found.folders == found.altered:
        return say("release.next_folder", lang, where=", ".join(found.folders))
    if found.broken or found.altered:
        where = [
            say("release.broken_line", lang, line=e["line"], why=e[lang]) for e in found.broken
        ]
        where += [say("release.altered", lang, name=each) for each in found.altered]
        return say("release.next_broken", lang, where="; ".join(where))
    if not found.is_current:
        return say("release.next_run", lang)
    if found.state in ("approved", "published", "withdrawn"):
        return say(f"release.next_{found.state}", lang, period=found.period)
    if found.state == "draft":
        return say("release.next_draft", lang, period=found.period)
    may = [
        each for each in found.approvers if len(found.approvers) < 2 or not _is_maker(each, found)
    ]
    who = ", ".join(may) or say("release.anyone", lang)
    if found.approvers and not may:
        return say("release.next_nobody", lang)
    return say("release.next_approve", lang, who=who, period=found.period)


def _is_maker(name: str, found: Report) -> bool:
    return name.casefold() in {each.casefold() for each in found.made_by}


def _tables(found: Report, lang: Language) -> list[str]:
    told = [say("release.tables", lang)]
    for code, counts in found.cells.items():
        shown = sum(counts.get(each, 0) for each in _SHOWN)
        few, tell = counts.get("suppressed_primary", 0), counts.get("suppressed_secondary", 0)
        told.append(say("release.table", lang, code=code, shown=shown, few=few, tell=tell))
    return told


def _why(found: Report, lang: Language) -> str:
    def total(*statuses: str) -> int:
        return sum(counts.get(each, 0) for counts in found.cells.values() for each in statuses)

    values = {"few": total("suppressed_primary"), "tell": total("suppressed_secondary")}
    told = say("release.why", lang, shown=total(*_SHOWN), none=total("not_applicable"), **values)
    loss = {key: found.audit.get(key) for key in ("hidden_n", "by_rule_n")}
    if None not in loss.values():
        told += " " + say("release.loss", lang, **loss)
        if "proved" in found.audit:
            told += " " + say(f"release.{'least' if found.audit['proved'] else 'safe'}", lang)
    return told


def _by_rule(found: Report, lang: Language) -> list[str]:
    """Return how many cells each rule hides, the most first, in the rule's own words."""
    from schemas.disclosure import rules

    counts: Counter[str] = Counter()
    for each in found.audit.get("reasons", {}).values():
        counts.update(each)
    known = rules()
    words = {code: known[code].rule.say(lang) if code in known else code for code in counts}
    ordered = sorted(counts, key=lambda code: (-counts[code], code))
    return [say("release.rule", lang, cells=counts[code], rule=words[code]) for code in ordered]


def _audit(found: Report, lang: Language) -> str:
    hidden = sum(found.audit.get("hidden_cells", {}).values())
    key = "release.audit_holds" if found.audit.get("holds") else "release.audit_missing"
    return say(key, lang, hidden=hidden)


def _difference(found: Report, lang: Language) -> str:
    if not found.changed:
        return say("release.first", lang)
    return say("release.changed", lang, **found.changed)


def _changed(desk: Desk, cells: pd.DataFrame) -> dict[str, Any]:
    out = [each for each in approval.publications(desk.lines) if not each["withdrawn"]]
    earlier = [each for each in out if each["period"] == desk.period] or out
    if not earlier:
        return {}
    folder = desk.layout.store / archive.NAME / earlier[-1]["release"]
    if archive.digest_in(folder) != folder.name:  # after a withdrawal: nothing to compare with
        return {}
    before = archive.cells(folder)
    keys = ["table_code", "estimate_id"]
    both = before[[*keys, "status", "value"]].merge(
        cells[[*keys, "status", "value"]],
        on=keys,
        how="outer",
        suffixes=("_was", "_is"),
        indicator=True,
    )
    shared = both[both["_merge"] == "both"]
    was, now = shared["status_was"].isin(_SHOWN), shared["status_is"].isin(_SHOWN)
    moved = (shared["value_was"] - shared["value_is"]).abs() > _NUMBER
    return {
        "than": release_pages.name_of(earlier[-1]),
        "new": int((both["_merge"] == "right_only").sum()),
        "gone": int((both["_merge"] == "left_only").sum()),
        "moved": int((was & now & moved).sum()),
        "hidden": int((was & ~now).sum()),
        "shown": int((~was & now).sum()),
    }


def _published(line: dict[str, Any]) -> dict[str, Any]:
    withdrawn = line["withdrawn"] or {}
    names = {"by": line.get("approved_by", "-"), "at": line.get("at", "-")}
    return {"name": release_pages.name_of(line), **names, "why": withdrawn.get("why", "")}


def _is_current(desk: Desk) -> bool:
    known = state.read_state(desk.layout)
    if known is None or not desk.made:
        return False
    return state.stands(desk.layout, known.programme, state.fingerprint(desk.layout))
