"""Which deliveries count: the same file again does not, nor one that a corrected file replaces."""

from __future__ import annotations

from datetime import date

from assets.errors import DeliveryRefused
from assets.intake.delivery import Delivery
from assets.intake.names import masked_name, same_name
from schemas.config import nearest


def settle(deliveries: list[Delivery]) -> None:
    """Decide which deliveries count: duplicates and superseded ones do not.

    A chain of notes holds even where its middle was refused: if the newest file is good, all that
    it replaces, directly or not, is out of use. Where the source replaces record by record, the
    earlier file stays in use, and sorting lets the later file's records win (``supersede_rank``).
    Changes the deliveries.
    """
    ordered = sorted(deliveries, key=lambda each: each.order)
    replaced = _targets(ordered)
    _set_copies(ordered)
    for each in ordered:
        if each.state not in ("in_use", "superseded"):
            continue
        seen = {each.delivery_id}
        target = replaced.get(each.delivery_id)
        while target is not None and target.delivery_id not in seen:
            seen.add(target.delivery_id)
            if target.state == "refused":
                target.is_settled = True
            elif not each.by_record:
                target.state = "superseded"
            target = replaced.get(target.delivery_id)
    _set_ranks(ordered, replaced)


def _set_copies(ordered: list[Delivery]) -> None:
    """Set the same file again aside; the same bytes elsewhere stay in use and are told."""
    first: dict[tuple, Delivery] = {}
    same_bytes: dict[str, Delivery] = {}
    for each in ordered:
        if not each.sha256:
            continue
        original = same_bytes.setdefault(each.sha256, each)
        each.copy_of = None if original is each else original.delivery_id
        if each.state != "in_use":
            continue
        period = each.period if each.by_period else ""
        key = (each.sha256, each.partner_code, each.source_code, period)
        if key in first:
            each.state, each.copy_of = "duplicate", first[key].delivery_id
        else:
            first[key] = each


def _set_ranks(ordered: list[Delivery], replaced: dict[str, Delivery]) -> None:
    """Number the deliveries by age: a later period, a later receipt, or a note that says so.

    Files of one period that nothing puts in order share a number: neither replaces the other.
    """
    keys = {each.delivery_id: _age(each, replaced) for each in ordered}
    place = {key: number for number, key in enumerate(sorted(set(keys.values())), start=1)}
    for each in ordered:
        each.supersede_rank = place[keys[each.delivery_id]]


def _age(delivery: Delivery, replaced: dict[str, Delivery]) -> tuple[date, date, int]:
    received, depth = delivery.received_date or date.min, 0
    seen = {delivery.delivery_id}
    target = replaced.get(delivery.delivery_id)
    while target is not None and target.delivery_id not in seen:
        seen.add(target.delivery_id)
        received = max(received, target.received_date or date.min)
        depth += 1
        target = replaced.get(target.delivery_id)
    return delivery.period_start, received, depth


def _targets(ordered: list[Delivery]) -> dict[str, Delivery]:
    """Return delivery id -> the delivery its note says it replaces; a note that errs is a refusal."""
    found: dict[str, Delivery] = {}
    in_folder: dict[tuple[str, str], list[Delivery]] = {}
    for each in ordered:
        in_folder.setdefault((each.partner_code, each.period), []).append(each)
    for each in ordered:
        if each.replaces is None:
            continue
        beside = [
            other
            for other in in_folder[each.partner_code, each.period]
            if other is not each
            and (other.source_code is None or each.source_code in (None, other.source_code))
        ]
        wanted = same_name(each.replaces)
        target = next((other for other in beside if same_name(other.true_name) == wanted), None)
        if target is not None:
            found[each.delivery_id] = target
            each.supersedes_id = target.delivery_id
        elif each.state != "refused":
            near = nearest(each.replaces, [other.true_name for other in beside]) or "-"
            each.refuse(
                DeliveryRefused(
                    "supersedes.unknown",
                    name=masked_name(each.replaces),
                    nearest=masked_name(near),
                )
            )
    _refuse_circles(ordered, found)
    return found


def _refuse_circles(ordered: list[Delivery], found: dict[str, Delivery]) -> None:
    """Two files that replace each other would both fall out of use without a word."""
    for each in ordered:
        seen = set()
        target = found.get(each.delivery_id)
        while target is not None and target.delivery_id not in seen:
            if target is each:
                if each.state != "refused":
                    each.refuse(DeliveryRefused("supersedes.circle", name=each.file_name))
                break
            seen.add(target.delivery_id)
            target = found.get(target.delivery_id)
