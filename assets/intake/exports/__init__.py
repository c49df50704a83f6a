"""Survey exports, known by their own marks and made readable.

What belongs here: one module per tool that looks for its marks (``kobo``, ``limesurvey``,
``google_forms``, ``microsoft_forms``, ``surveymonkey``, ``qualtrics``), the joining of repeat groups,
the XLSForm behind an export, our own forms, and what changed between versions of a form. A file
that no tool knows, or two tools claim, is left as it is.
"""

from __future__ import annotations

from assets.intake.exports.complete import completed, form_bytes
from assets.intake.exports.metadata import metadata_kind
from assets.intake.exports.own import own_source
from assets.intake.exports.recognise import recognise
from assets.intake.exports.xlsform import Form, read_form, read_xlsform, with_form

__all__ = [
    "Form",
    "completed",
    "form_bytes",
    "metadata_kind",
    "own_source",
    "read_form",
    "read_xlsform",
    "recognise",
    "with_form",
]
