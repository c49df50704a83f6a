"""A source completed by its form: the XLSForm beside it, or the conventions of our own forms."""

from __future__ import annotations

from pathlib import Path

from assets.errors import DeliveryRefused
from assets.intake.exports.own import own_source
from assets.intake.exports.xlsform import read_form, with_form
from assets.intake.grid import Contents
from schemas.source import OWN_FORM, Source


def completed(source: Source, contents: Contents, programme: str, folder: Path) -> Source:
    """Return the source with the questions and code lists of its form; as it is where it has none.

    Our own form and a workbook of the same source may both be delivered: what the source maps by
    hand is for the workbook, an export of the form maps by itself.

    Parameters
    ----------
    contents
        After ``recognise``.
    folder
        Of the partner: where ``form`` lies beside ``source.yml``.

    Raises
    ------
    DeliveryRefused
        ``form.own``: not an export of our form for this source; ``form.*`` and ``file.*`` of an
        XLSForm that cannot be read or lacks a question.
    """
    if source.form is None:
        return source
    if source.form != OWN_FORM:
        headings = contents.survey.headings if contents.survey else ()
        return with_form(source, read_form(folder / source.form), headings)
    own = own_source(contents, programme)
    if own is not None and own.source == source.source:
        constants = {name: each for name, each in source.columns.items() if each.value is not None}
        made = {
            "columns": {**constants, **own.columns},
            "questions": own.questions,
            "ignore": [*source.ignore, *own.ignore],
            "form": None,
        }
        return source.model_copy(update=made)
    if own is None and source.columns:  # the workbook filled in instead of the form
        return source.model_copy(update={"form": None})
    raise DeliveryRefused("form.own", name=f"{programme}/{source.source}")


def form_bytes(source: Source, folder: Path) -> bytes:
    """Return the bytes of a source's XLSForm: when it changes, deliveries are read again."""
    if source.form in (None, OWN_FORM):
        return b""
    try:
        return (folder / str(source.form)).read_bytes()
    except OSError:
        return b""
