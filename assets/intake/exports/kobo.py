"""KoboToolbox and ODK (Central, Briefcase, Aggregate): columns the servers add around the questions.

Names of the added columns: formpack's export (``_id``, ``_uuid``, ``_submission__uuid``, ...) and ODK
Central's briefcase layout (``SubmissionDate``, ``KEY``, ``PARENT_KEY``, ``SubmitterID``, ...).
"""

from __future__ import annotations

import re

from assets.intake.exports.marks import Look, Top

#: Heading -> what the column is.
KOBO = {
    "_id": "id",
    "_uuid": "id",
    "_submission_time": "time",
    "_submitted_by": "account",
    "_validation_status": "state",
    "_status": "state",
    "_notes": "state",
    "_tags": "state",
    "__version__": "version",
    "_version_": "version",
    "_index": "structure",
    "_parent_index": "structure",
    "_parent_table_name": "structure",
    "_submission__id": "structure",
    "_submission__uuid": "structure",
    "_submission__submission_time": "time",
    "_submission__validation_status": "state",
    "_submission__status": "state",
    "_submission__notes": "state",
    "_submission__tags": "state",
    "_submission__submitted_by": "account",
    "_submission___version__": "version",
    "_submission_meta/rootUuid": "id",
    "_attachments": "structure",
    "_geolocation": "place",
    "_xform_id_string": "structure",
    "formhub/uuid": "id",
    "meta/instanceID": "id",
    "meta/rootUuid": "id",
    "meta/deprecatedID": "id",
}
_KOBO_SURE = {
    "_uuid",
    "_submission_time",
    "__version__",
    "_submission__uuid",
    "_parent_table_name",
    "formhub/uuid",
}
#: A form that was imported again carries one version column more: ``_version__001``.
_VERSION = re.compile(r"\A_version__[0-9]+\Z")

ODK = {
    "SubmissionDate": "time",
    "KEY": "id",
    "PARENT_KEY": "structure",
    "SubmitterID": "account",
    "SubmitterName": "account",
    "AttachmentsPresent": "structure",
    "AttachmentsExpected": "structure",
    "Status": "state",
    "ReviewState": "state",
    "DeviceID": "account",
    "Edits": "state",
    "FormVersion": "version",
    "formdef_version": "version",
    "meta-instanceID": "id",
    "meta:instanceID": "id",
    "meta-instanceName": "id",
    "meta:instanceName": "id",
    "instanceID": "id",
    "instanceName": "id",
    "*meta-instance-id*": "id",
    "*meta-model-version*": "version",
    "*meta-ui-version*": "version",
    "*meta-submission-date*": "time",
    "*meta-is-complete*": "state",
    "*meta-date-marked-as-complete*": "time",
}
_ODK_SURE = {"KEY", "PARENT_KEY", "meta-instanceID", "meta:instanceID", "*meta-instance-id*"}
_SET_OF = re.compile(r"\ASET-OF-.+\Z")
#: The key of a row of a repeat: that of its parent, the group and a number.
_REPEAT_KEY = re.compile(r".+/.+\[[0-9]+\]\Z")
#: Questions a form may ask the device; no marks by themselves, since anybody may use such names.
ASKED = {"start": "time", "end": "time", "today": "time", "audit": "structure"}
_LEAST = 3


def look(top: Top) -> Look | None:
    """Find at least three of the added columns, one of them beyond doubt."""
    for number in top.numbers():
        row = top.row(number)
        for tool, known, sure in (("kobo", KOBO, _KOBO_SURE), ("odk", ODK, _ODK_SURE)):
            own = _own(row, known)
            marks = tuple(dict.fromkeys(row[at] for at in own))
            is_sure = bool(sure & set(marks))
            is_repeat = tool == "odk" and _is_repeat(top, row, number)
            if (is_sure and len(marks) >= _LEAST) or is_repeat:
                own.update({at: ASKED[each] for at, each in enumerate(row) if each in ASKED})
                return Look(tool, marks, (number,), top.headings(number), own=own)
    return None


def _own(row: list[str], known: dict[str, str]) -> dict[int, str]:
    found = {at: known[each] for at, each in enumerate(row) if each in known}
    if known is KOBO:
        found.update({at: "version" for at, each in enumerate(row) if _VERSION.match(each)})
    else:
        found.update({at: "structure" for at, each in enumerate(row) if _SET_OF.match(each)})
    return dict(sorted(found.items()))


def _is_repeat(top: Top, row: list[str], number: int) -> bool:
    """Say whether this is a repeat of ODK's: two marks only, but keys that name the group."""
    if not {"KEY", "PARENT_KEY"} <= set(row):
        return False
    keys = top.below(row.index("KEY"), number)
    return bool(keys) and all(_REPEAT_KEY.match(each) for each in keys)
