"""Columns that survey tools add about who answered, on what device, from where.

These identify people by what they are, whatever stands in their cells, so the identifier gate asks
here about every heading. Names after each tool's own documentation.
"""

from __future__ import annotations

import re

#: Kind of identifier -> headings, compared without case; the kinds are those of the gate.
_NAMED: dict[str, tuple[str, ...]] = {
    # ODK's metadata questions and what the servers add; Google's quiz user; LimeSurvey's token,
    # which is the key to its list of invited people.
    "account": (
        "_submitted_by",
        "_submission__submitted_by",
        "username",
        "user name",
        "nome utente",
        "submitterid",
        "submittername",
        "subscriberid",
        "token",
        "externalreference",
        "external data reference",
        "externaldatareference",
        "custom data 1",
    ),
    "device": ("deviceid", "device_id", "simserial", "sim_serial", "simid", "imei"),
    "phone": ("phonenumber", "phone_number", "devicephonenum"),
    "ip_address": ("ipaddr", "ipaddress", "ip_address", "ip address", "indirizzo ip"),
    "place": (
        "_geolocation",
        "locationlatitude",
        "locationlongitude",
        "location latitude",
        "location longitude",
    ),
    "email": (
        "recipientemail",
        "recipient email",
        "email",
        "email address",
        "emailaddress",
        "posta elettronica",
        "indirizzo email",
    ),
    "name": (
        "recipientlastname",
        "recipientfirstname",
        "recipient last name",
        "recipient first name",
        "firstname",
        "lastname",
        "first name",
        "last name",
    ),
}
_KIND = {heading: kind for kind, headings in _NAMED.items() for heading in headings}

#: The parts a GPS question is exported in: ``_casa_latitude`` (Kobo), ``casa-Latitude`` (ODK Central).
_GPS = re.compile(
    r"\A(?:_.+_(?:latitude|longitude|altitude|precision)|.+[-:](?:latitude|longitude|altitude|accuracy))\Z"
)
#: ``ipaddr. IP address`` (LimeSurvey, code and text).
_CODE = re.compile(r"\A([a-z_]+)\. ")


def metadata_kind(heading: str) -> str | None:
    """Return the kind of identifier a tool's own column holds, or ``None``.

    Parameters
    ----------
    heading
        As it stands in the file; a group before a slash is set aside.

    Returns
    -------
    str or None
        'account', 'device', 'phone', 'ip_address', 'place', 'email' or 'name'.
    """
    plain = " ".join(heading.split()).casefold()
    if _GPS.search(plain.rsplit("/", 1)[-1]):
        return "place"
    coded = _CODE.match(plain)
    for each in (plain, plain.rsplit("/", 1)[-1], coded.group(1) if coded else ""):
        if each in _KIND:
            return _KIND[each]
    return None
