"""What a person may ask of a release: a quarter that there is, a reason that names nobody."""

from __future__ import annotations

from assets.errors import ConfigurationError
from assets.layout import Layout
from pipelines import state
from schemas.config import nearest


def insist_on_period(layout: Layout, period: str) -> None:
    """Refuse a quarter without data, naming the nearest one."""
    known = state.last_state(layout)
    quarters = known.known_quarters if known else layout.definition.quarters()
    if period in quarters:
        return
    near, listed = nearest(period, quarters) or "-", ", ".join(quarters) or "-"
    raise ConfigurationError(
        f"«{period}» non è un trimestre del programma. Più simile: {near}. Trimestri: {listed}.",
        f"'{period}' is not a quarter of the programme. Nearest: {near}. Quarters: {listed}.",
    )


def insist_on_reason(why: str) -> None:
    """Refuse no reason, and one that looks like data of a person."""
    from assets.intake.single import identifier_kinds

    if not why.strip():
        raise ConfigurationError(
            'Manca il motivo: --why "...".', 'The reason is missing: --why "...".'
        )
    if identifier_kinds(why, is_typed=True):
        raise ConfigurationError(
            "--why resta scritto e si legge: un motivo, senza dati di persone.",
            "--why is kept and read: a reason, without data of people.",
        )
