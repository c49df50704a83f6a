"""What a heading announces: an identifier, a running number, a place where a service is held.

The cells have the last word where a heading is not enough: ``counts`` says which of them can be
what the heading announces.
"""

from __future__ import annotations

import re

from assets.intake.identifiers import plain_text

_PERSON = (
    r"(?:utente|partecipante|bambin[oa]|minore|genitore|beneficiari[oa]|referente|assistit[oa]|"
    r"persona|alunn[oa]|ragazz[oa]|iscritt[oa]|figli[oa]|madre|padre|intestatari[oa]|paziente|"
    r"richiedente|capofamiglia|operatore|operatrice|tutor|volontari[oa]|cliente|socio|socia)"
)
_NUMBER = r"(?:(?:n\.?|nr\.?|num\.?|numero|codice|number of) (?:d(?:el|ella|i) ?)?)?"
_NAME_WORD = r"(?:nome|cognome|nominativo)"
_HEADINGS: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(rf"\A(?:{pattern})\Z"))
    for kind, pattern in (
        (
            "tax_code",
            r".*\b(?:codice fiscale|cod\.? ?fisc\w*\.?|c\.?f\.?|tax code|fiscal code)\b.*|c\.f\.",
        ),
        (
            "vat_number",
            r".*\b(?:partita iva|p\.? ?iva|part\. ?iva|vat (?:number|no\.?|id))\b.*|vat",
        ),
        (
            "card",
            r".*\b(?:carta (?:di credito|di debito|prepagata)|postepay|bancomat|credit card|debit card|"
            r"payment card|card number)\b.*|n(?:\.|r\.?|umero)? carta di .*",
        ),
        (
            "identity_card",
            rf"{_NUMBER}(?:carta (?:d' ?|di )identit[aà]'?|c\.i\.|cie|documento(?: (?:di|d')? ?identit[aà]'?)?|"
            r"identity card|id card|id document)(?: (?:n\.?|nr\.?|numero|number))?|estremi (?:del )?documento",
        ),
        ("passport", rf"{_NUMBER}(?:passaporto|passport)(?: (?:n\.?|nr\.?|numero|number|no\.?))?"),
        (
            "driving_licence",
            rf"{_NUMBER}(?:patente(?: di guida)?|driving licen[cs]e|driver'?s licen[cs]e)"
            r"(?: (?:n\.?|nr\.?|numero|number|no\.?))?",
        ),
        (
            "health_code",
            rf"{_NUMBER}(?:tessera (?:sanitaria|san\.?)|codice (?:stp|eni)|stp|eni|stp ?/ ?eni|team|health card)"
            r"(?: (?:n\.?|nr\.?|numero|number))?",
        ),
        ("plate", r".*\b(?:targa|targhe|licen[cs]e plate|plate number)\b.*"),
        (
            "permit",
            rf"{_NUMBER}(?:permesso (?:di )?sogg\w*\.?|pds|carta di soggiorno|residence permit)(?: (?:n\.?|nr\.?|numero|number))?",
        ),
        ("ip_address", r"(?:indirizzo )?ip(?: address| addr)?|ipv[46]"),
        (
            "place",
            r"(?:lat|lon|lng|long|latitud[ei]n?e?|longitud[ei]n?e?|gps|coord\w*(?: [xy])?|geo ?locali[sz]\w+|"
            r"posizione gps|lat ?[,/-]? ?(?:lon|lng|long))",
        ),
        ("iban", r".*\biban\b.*"),
        ("email", r".*\b(?:e-?mail|mail|posta elettronica|pec)\b.*"),
        (
            "phone",
            r".*\b(?:telefon\w*|tel\.?|cellulare|cell\.?|phone\w*|mobile|recapit[oi]|whatsapp)(?:\b|\Z).*",
        ),
        (
            "name",
            rf"{_NAME_WORD}|{_NAME_WORD}(?: ?[e/,&-] ?| ){_NAME_WORD}|"
            rf"(?:.*\b)?{_NAME_WORD} (?:e {_NAME_WORD} )?(?:d\w+[' ] ?)?{_PERSON}|"
            rf"{_PERSON} ?[:(-]? ?{_NAME_WORD}\)?|cognome.*|nominativ\w*|"
            r"(?:full|first|last|given|family|sur|middle)[ -]?names?|names?|surname",
        ),
        (
            "address",
            r"residenza|domicilio|abitazione|dimora|indirizzo(?: (?:di )?(?:residenza|domicilio|abitazione|completo))?|via(?: ?\(?(?:di )?residenza\)?)?|"
            r"via(?: ?[,/e] ?| e )(?:numero|n\.?|civico|n\. civico).*|residenza \(?via.*|"
            r"(?:home |street |postal )?address|street",
        ),
        (
            "birth_date",
            r"(?:data|luogo|luogo e data|data e luogo|giorno)(?: di)? nascita.*|nat[oa](?:/a)? (?:il|a)|data nasc\.?|"
            r"nascita|nat[oa]/a|compleanno|d\.? ?n\.?|ddn|d\.d\.n\.|(?:date|place) of birth|birth ?(?:date|day|place)|d\.?o\.?b\.?",
        ),
    )
)
_LONGEST_HEADING = 6


def heading_kind(heading: str) -> str | None:
    """Return the kind of identifier a heading announces, or ``None``.

    A long heading is a question ("Do you have a mobile phone?"), not the name of a column.
    """
    plain = " ".join(re.sub(r"[_*:?]", " ", plain_text(heading)).casefold().split())
    if not plain or len(plain.split()) > _LONGEST_HEADING:
        return None
    return next((kind for kind, pattern in _HEADINGS if pattern.match(plain)), None)


def _split(heading: str) -> str:
    """Return the words of a heading in lower case: ``RespondentID`` -> ``respondent id``."""
    parted = re.sub(r"(?<=[a-zà-ÿ])(?=[A-Z])", " ", plain_text(heading))
    return " ".join(re.sub(r"[^\w.#°]+|_", " ", parted).casefold().split())


#: Headings under which any number is an id, however much it looks like a telephone.
_ID = re.compile(
    r"\b(?:id|ids|uid|uuid|guid|identificativo|codice|codici|cod|code|respondent|response|risposta|"
    r"protocollo|prot|pratica|fascicolo|tessera|record|key|chiave|matricola|token|ticket|ordine|order|"
    r"fattura|collector|rif|riferimento|ref)\b"
)
#: Headings that say nothing: there the numbers must look like a series.
_WEAK_ID = re.compile(
    r"(?:(?:numero|number|num|nr?|no|n[.°]|progressivo|prog|riga|row|index|indice|#|unnamed)[ .:0-9]*)?"
)
_SITE = re.compile(
    r"\b(?:sede|sedi|luogo|laboratorio|attivit[aà]|sportello|punto|spazio|struttura|ubicazione|venue|"
    r"location|site|place|dove|servizio|cantiere|immobile|segnalazione)\b"
)
_BARE_NAME = re.compile(r"nom[ei]|names?")
_YEAR_OR_BAND = re.compile(
    r"(?:(?:19|20)[0-9]{2}(?:\.0)?|[0-9]{1,3}(?: ?[-–/] ?[0-9]{1,3}| ?\+|(?: anni)?)|"
    r"(?:19|20)[0-9]{2} ?[-–/] ?(?:19|20)[0-9]{2})"
)
_SHORT_ANSWER = re.compile(
    r"(?:s[iì]'?|no|yes|true|false|vero|falso|n\.?[ad]\.?|n/[ad]|na|nd|-+|/|\?|non (?:dato|disponibile)|nessun[oa]?)"
)
_PRECISE = re.compile(r"[0-9]{1,3}[.,][0-9]{3,}|[0-9]{1,3} ?[°º]")


def is_id(heading: str) -> bool:
    """Say whether a heading announces ids: ``RespondentID``, ``Cod. pratica``, ``N. protocollo``."""
    return _ID.search(_split(heading)) is not None


def is_nothing(heading: str) -> bool:
    """Say whether a heading says nothing of what stands below: empty, ``Numero``, ``n.``, ``#``."""
    return _WEAK_ID.fullmatch(_split(heading)) is not None


def is_site(heading: str) -> bool:
    """Say whether a heading announces where a service is held, whose address is nobody's."""
    return _SITE.search(_split(heading)) is not None


def is_bare_name(heading: str) -> bool:
    """Say whether a heading is just ``Nome`` or ``Name``, of a person or of anything."""
    return _BARE_NAME.fullmatch(_split(heading)) is not None


def counts(kind: str, heading: str, cell: str) -> bool:
    """Say whether a cell can be what its heading announces: ``sì`` is no telephone, 1970 no day."""
    text = " ".join(cell.casefold().split())
    if not text or _SHORT_ANSWER.fullmatch(text):
        return False
    if kind == "phone":
        return sum(each.isdigit() for each in text) >= 6
    if kind == "birth_date" and "luogo" not in heading.casefold():
        if not any(each.isdigit() for each in text) and not _PLACE_OF_BIRTH.search(
            heading.casefold()
        ):
            return False
        return _YEAR_OR_BAND.fullmatch(text) is None
    if kind == "place" and heading_kind(heading) == "place":  # a tool's own columns count anyway
        return _PRECISE.search(text) is not None
    if kind == "address" and _HOME.fullmatch(_split(heading)):
        return _HOUSE.fullmatch(text) is not None
    if kind == "plate":
        return _PLATE.fullmatch(text) is not None
    if kind in _NUMBERED:
        return sum(each.isdigit() for each in text) >= 5
    return True


#: Headings under which a town may stand as well as a street: only with a number it is an address.
_HOME = re.compile("residenza|domicilio|abitazione|dimora")
_HOUSE = re.compile(
    r"[^\W\d_][^\d]{2,50}\s[0-9]{1,4}(?: ?[/-]? ?[a-z0-9]{1,3})?(?:[ ,].*)?|(?:via|viale|vicolo|piazza|corso|strada) .+"
)
_PLACE_OF_BIRTH = re.compile(r"nat[oa] a\b|place")
_PLATE = re.compile(r"(?=.*[0-9].*[0-9].*[0-9])[a-z]{2}[a-z0-9 -]{5,8}")
#: Headings for people: which of their cells name one, the lists of names say.
_ROLES = re.compile(
    rf"(?:{_PERSON}|educator[ei]|educatrice|assistente(?: sociale)?|mediator[ei]|mediatrice|responsabile|compilatore|"
    r"accompagnatore|coniuge|marito|moglie|dirigente|docente|insegnante|ospite|caregiver|badante)(?: [0-9])?"
)
#: Headings for things that bear the names of people: a school, a film, a firm.
_THINGS = re.compile(
    r"\b(?:scuola|istituto|plesso|ente|titolo|libro|film|ditta|azienda|impresa|organizzazione|associazione|cooperativa|"
    r"fornitore|comune|citt[aà]|via|prodotto|articolo|modello|lotto|marca)\b"
)
_GOODS = re.compile(
    r"\b(?:prodotto|articolo|modello|lotto|seriale|barcode|ean|sku|cespite|inventario)\b"
)


def is_role(heading: str) -> bool:
    """Say whether a heading announces people without saying "name": ``Utente``, ``Referente``."""
    return _ROLES.fullmatch(_split(heading)) is not None


def is_thing(heading: str) -> bool:
    """Say whether a heading announces what may bear a person's name: ``Scuola``, ``Titolo``."""
    return _THINGS.search(_split(heading)) is not None


def is_goods(heading: str) -> bool:
    """Say whether a heading announces goods, whose numbers look like those of documents."""
    return _GOODS.search(_split(heading)) is not None


_NUMBERED = (
    "permit",
    "vat_number",
    "card",
    "identity_card",
    "passport",
    "driving_licence",
    "health_code",
)
