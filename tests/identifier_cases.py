"""Texts that hold an identifier and texts that hold none, spelt in many ways: what the gate is measured on.

Public vectors: test card numbers that payment processors publish (Stripe, Adyen), example IBANs of the SWIFT
registry, documentation addresses of RFC 5737 and RFC 3849, names of RFC 2606, example numbers that
``phonenumbers`` ships for Italy. Nothing here is anybody's: tax codes begin with QQQZZZ, or are drawn
with places that were never assigned (X999); their check letters are computed as the decree of 23
December 1976 says, apart from the library that is measured.

``python -m tests.bench.bench_identifiers`` prints recall and precision of each kind.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator

import phonenumbers

from assets.intake.gate import inspect
from assets.intake.grid import Contents, make_sheet

_ODD = dict(zip("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8,
    12, 14, 16, 10, 22, 25, 24, 23,
), strict=True))  # fmt: skip
_SPOTS = (14, 13, 12, 10, 9, 7, 6)
#: FACTS 7.1: invented, with omocodia of one, four and seven letters, and a wrong check letter.
TAX_CODES = [
    "QQQZZZ70H15E897Q", "QQQZZZ70H55E897U", "QQQZZZ70H15E897A", "QQQZZZ70H15E89TN", "QQQZZZ70H1REUVTR",
    "QQQZZZTLHMREUVTK", "QQQZZZ70H15X999P", "QQQZZZ70H55X999T",
]  # fmt: skip
CARDS = [
    "4242424242424242", "4000056655665556", "5555555555554444", "2223003122003222", "5105105105105100",
    "378282246310005", "371449635398431", "6011111111111117", "30569309025904", "36227206271667",
    "3566002020360505", "4111111111111111", "5454545454545454", "2222400070000005", "6771798021000008",
]  # fmt: skip
IBANS = [
    "IT60X0542811101000000123456", "DE89370400440532013000", "FR1420041010050500013M02606",
    "ES9121000418450200051332", "RO49AAAA1B31007593840000", "SM86U0322509800000000270100",
    "CH9300762011623852957", "GB29NWBK60161331926819", "IT78X0000000000000000000000",
]  # fmt: skip


def check_letter(first: str) -> str:
    """Return the check letter of the first fifteen characters of a tax code."""
    total = sum(
        _ODD[each] if place % 2 == 0 else (int(each) if each.isdigit() else ord(each) - 65)
        for place, each in enumerate(first)
    )
    return chr(65 + total % 26)


def made_tax_codes(rng: random.Random, count: int) -> list[str]:
    """Return invented tax codes, each with none to seven digits turned to letters."""
    found = []
    for _ in range(count):
        day = rng.randint(1, 28) + rng.choice((0, 40))
        first = list(f"QQQZZZ{rng.randint(20, 99)}{rng.choice('ABCDEHLMPRST')}{day:02d}X999")
        for spot in _SPOTS[: rng.randint(0, 7)]:
            first[spot] = "LMNPQRSTUV"[int(first[spot])]
        found.append("".join(first) + check_letter("".join(first)))
    return found


def vat_numbers(rng: random.Random, count: int) -> list[str]:
    """Return numbers of eleven digits with the check digit of a VAT number, of no province (000)."""
    found = []
    for _ in range(count):
        first = f"{rng.randint(1, 9_999_999):07d}000"
        doubled = [int(each) * 2 for each in first[1::2]]
        total = sum(map(int, first[::2])) + sum(each - 9 * (each > 9) for each in doubled)
        found.append(first + str(-total % 10))
    return found


def spelt(code: str, groups: tuple[int, ...]) -> Iterator[str]:
    """Yield a code as people type it: small, spaced, dashed, in a sentence."""
    parts, at = [], 0
    for each in groups:
        parts.append(code[at : at + each])
        at += each
    yield from (code, code.lower(), " ".join(parts), "-".join(parts), f"  {code} ")
    yield f"il codice è {code}, verificato"


def alone(kind: str) -> list[str]:
    """Return texts that tell a kind wherever they stand."""
    rng = random.Random(f"identifiers/{kind}")
    return sorted(set(_ALONE[kind](rng)))


def _tax(rng: random.Random) -> Iterator[str]:
    for code in [*TAX_CODES, *made_tax_codes(rng, 60)]:
        for each in spelt(code, (3, 3, 5, 5)):
            # All digits turned to letters: only unspaced is such a code told from words.
            if sum(c.isdigit() for c in code) >= 3 or each.strip().casefold() == code.casefold():
                yield each
    yield from ("QQQZZZ7OH15E897Q", "C.F. QQQ ZZZ 70H15 E897Q", "QQQ.ZZZ.70H15.E897Q")


def _phone(rng: random.Random) -> Iterator[str]:
    kinds = phonenumbers.PhoneNumberType
    for kind in (kinds.MOBILE, kinds.FIXED_LINE):
        number = phonenumbers.example_number_for_type("IT", kind)
        assert number is not None
        for way in (
            phonenumbers.PhoneNumberFormat.INTERNATIONAL,
            phonenumbers.PhoneNumberFormat.E164,
            phonenumbers.PhoneNumberFormat.RFC3966,
        ):
            yield phonenumbers.format_number(number, way)
        yield "tel. " + phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.NATIONAL)
    for _ in range(25):
        a, b = (
            rng.choice(("333", "347", "320", "388", "392", "366")),
            f"{rng.randint(1000000, 9999999)}",
        )
        c = f"{rng.randint(200000, 399999)}"
        yield from (
            f"+39{a}{b}", f"+39 {a} {b}", f"0039{a}{b}", f"0039 {a} {b[:3]} {b[3:]}", f"(+39) {a}-{b}",
            f"+39.{a}.{b}", f"{a} {b}", f"{a}/{b}", f"{a}-{b}", f"{a}.{b}", f"{a} {b[:3]} {b[3:]}",
            f"{a} {b[:2]} {b[2:4]} {b[4:]}", f"{a}-{b[:3]}-{b[3:]}", f"{a}.{b[:3]}.{b[3:]}", f"39 {a} {b}",
            f"cell {a}{b}", f"Cell.: {a}{b}", f"chiamare {a}{b} dopo le 18", f"la mamma {a}{b} risponde",
            f"0376 {c}", f"0376/{c}", f"0376-{c}", f"0376.{c}", f"(0376) {c}", f"tel 0376{c}",
            f"+39 0376 {c}", f"02 {b}", f"06/{b}", f"{a}{b} / 0376{c}", f"whatsapp {a} {b}",
        )  # fmt: skip


def _cards(_: random.Random) -> Iterator[str]:
    for card in CARDS:
        blocks = (4, 6, 5) if len(card) == 15 else (4, 6, 4) if len(card) == 14 else (4, 4, 4, 4)
        yield from (each for each in list(spelt(card, blocks))[2:4])
        yield from (f"carta {card}", f"Postepay n. {card}", f"pagato con Visa {card} ieri")


def _documents(*texts: str) -> Callable[[random.Random], list[str]]:
    return lambda _: list(texts)


_ALONE: dict[str, Callable[[random.Random], Iterator[str] | list[str]]] = {
    "tax_code": _tax,
    "email": _documents(
        "anna@example.org", "Anna.Verdi+x@example.com", "scrivere a a_b@mail.example.it grazie",
        "<info@example.net>", "x-y@sub.example.org;", "NOME@EXAMPLE.ORG", "anna @ example.org",
        "mailto:anna@example.org", "anna.verdi(at)example.org", "anna [at] example.org", "o'hara@example.com", "pec: ufficio@pec.example.it",
    ),
    "iban": lambda _: [each for code in IBANS for each in spelt(code, (4, 4, 4, 4, 4, 4, 4)) if "-" not in each],
    "phone": _phone,
    "health_code": _documents(
        "STP0302010000001", "STP 030 201 0000001", "ENI0302010000001", "eni 0302010000001", "cod. STP0302010000001",
        "80380000301234567890", "8038 0000 3012 3456 7890", "tessera 80380000301234567890",
    ),
    "vat_number": lambda rng: [
        form.format(each) for each in vat_numbers(rng, 20)
        for form in ("P.IVA {}", "p. iva: {}", "Partita IVA {}", "IT{}", "ditta con P.IVA n. {}", "VAT IT{}")
    ],
    "card": _cards,
    "identity_card": _documents(
        "CA00000AA", "C.I. CA00000AA", "carta d'identità AX1234567", "carta di identità n. AX 1234567",
        "documento: AY0000000", "CIE CB12345XY", "C.I. n. 1234567AB", "identity card CA12345AA", "ci AX1234567",
    ),
    "passport": _documents(
        "passaporto YA1234567", "Passaporto n. YB0000000", "passport AA1234567", "passaporto italiano n° YA0000001",
        "passaporto del Marocco A123456",
    ),
    "driving_licence": _documents(
        "patente MN1234567X", "Patente di guida n. U1B234567C", "patente B U1B234567D",
        "driving licence RM0000000A", "MI1234567Z", "patente n. mn1234567x",
    ),
    "name": _documents(
        "la sig.ra Rossi ha chiamato", "Sig. Bianchi", "SIG.RA VERDI", "il sig Rossi", "dott.ssa Neri", "Dott. Verdi",
        "la signora Fatima è passata", "sentita la signora Brambilla", "signor Esposito, ore 10", "avv. Gallo",
        "prof.ssa Conti", "Mr. Smith called", "ha parlato con Mario Rossi del corso", "è venuto Rossi Mario oggi",
        "Cognome: Rossi", "il figlio Ahmed ha saltato", "torna con la moglie Fatima", "colloquio con Giulia Bianchi e figli", "accompagnata dal marito Ahmed Alami ieri",
    ),
    "address": _documents(
        "via Roma 12", "Via Roma, 12", "VIA ROMA 12", "Via G. Verdi n. 3/A", "viale Risorgimento, 45 int. 2",
        "piazza Sordello 12", "P.zza Virgiliana n.5", "P.le Gramsci 7", "vicolo Stretto 4", "c.so Garibaldi 10",
        "Corso Vittorio Emanuele II, 22", "strada Chiesanuova 100", "abita in via Chiesanuova",
        "residente in viale Te da due anni", "domiciliata in Piazza Cavallotti", "largo Pradella 3",
        "via Valle d'Aosta, 12 scala B", "la famiglia sta in via Indipendenza 7", "via dei Mille 18", "12 Baker Street",
    ),
    "birth_date": _documents(
        "nato il 12/03/1985", "nata a Mantova il 3 maggio 1985", "Nata il 1.1.1990", "nato/a il 01-02-1970",
        "data di nascita: 1985-03-12", "figlio nato il 3/4/2015", "born on 12/03/1985", "n. 12/03/1985",
        "DOB 1985-03-12", "nascita 5 giugno 1964",
    ),
    "place": _documents(
        "45.15642, 10.79145", "45.156 10.791", "45,15642; 10,79145", "(45.15642, 10.79145)", "POINT(10.79145 45.15642)",
        "lat 45.156 lon 10.791", "45°09'23\"N 10°47'29\"E", "45° 9' 23\" N", "45°09’23”N, 10°47’29”E",
        "[45.15642,10.79145]", "https://maps.example.org/@45.15642,10.79145", "45.15642 N, 10.79145 E", "-33.86882, 151.20929",
    ),
    "ip_address": _documents(
        "192.0.2.1", "198.51.100.77", "203.0.113.254", "2001:db8::8a2e:370:7334", "2001:db8:0:1:1:1:1:1",
        "IP 192.0.2.44", "da 198.51.100.1 alle 10", "fe80::1:2:3", "2001:DB8::1", "ip: 10.1.2.3",
    ),
}  # fmt: skip

#: Texts of a register, a form, a ledger that hold nobody; looked for under all kinds.
NOTHING = [
    "Via libera al progetto", "via Teams alle 15:30", "via e-mail", "Rosa", "rosa antico", "Marino", "Borgo Virgilio",
    "Cucito creativo", "Corso Excel 2", "Corso di italiano 2021", "corso base 12 lezioni", "Italiano per stranieri",
    "Lunetta", "Te Brunetti", "Valletta Valsecchi", "Borgochiesanuova", "San Giorgio Bigarello", "Santa Lucia",
    "Castel Goffredo", "Reggio Emilia", "Marina di Ravenna", "Villa Carlotta", "scuola Anna Frank", "Giugno",
    "Cooperativa Solco", "Ferramenta Bianchi srl", "Istituto Maria Montessori", "piazza", "piazza del mercato",
    "ha frequentato 12 lezioni su 20", "arriva in ritardo", "porta una torta", "da richiamare", "in via di guarigione",
    "torna con i documenti", "accompagnata al patronato", "la signora era in ritardo", "il dott. ha firmato",
    "sig. presidente", "nato come progetto nel 2020", "progetto nato nel 2015", "classe 2A", "classe terza 2021",
    "12/03/2022", "2022-03-12", "2016-04-29T18:38:08Z", "03.05.2022", "01-02-2022 10:30:00", "08.30-12.30",
    "dalle 09.00 - 13.00", "14:30:00", "2021/2022", "1.234,56", "1.234.567,89", "12.000,00 €", "350.000.000",
    "45.000 / 12.500", "45,1 10,7", "0,123", "12.345", "978-88-06-21945-1", "9788806219451", "8001120000123",
    "MN-0001", "LUN-0042", "NUC-017", "AA-12345", "AB123456", "R000000123", "AA123AA", "550e8400-e29b-41d4-a716-446655440000",
    "0123456789ABCDEF", "prot. n. 3331234567", "pratica 3401234567", "ordine 3471234567", "id 3292879998",
    "3292879998", "12345678901", "12345678903", "4242424242424241", "1.2.3.4", "v2.10.3", "versione 3.11.7",
    "20030", "46100", "AA12 3456 7890 1234", "stp 12", "eni gas", "300 euro", "importo 3500000000", "numero verde 800 123456", "Don Bosco", "Sala Isabella d'Este", "la figlia Piccola", "3 su 10", "2 @ 3 euro", "n. 12 del 3/4",
    "cie", "carta", "patente B", "passaporto scaduto", "documento mancante", "iva 22%", "C.I. scaduta il 12/03/2022",
    "Straordinariamente", "per niente d'accordo", "Né d'accordo né in disaccordo", "UE", "non UE", "80380",
    "delibera 123 del 12/05/2021", "D.Lgs. 14/2019", "art. 12 comma 3", "bus 12 e 13", "strada facendo 3 pause",
    "University of Mantova", "Star Wars: Episode IV A New Hope", "Very often", "Master degree", "New York",
    "Buche stradali", "App Municipium", "Ingresso gratuito", "tel aviv", "cella 12", "temperatura 21.5",
    "camera 3 piano 2", "la rosa e il marino", "ottima giornata a tutti", "mail inviata", "telefonare domani",
]  # fmt: skip


def kinds_of(text: str, heading: str = "Osservazioni") -> set[str]:
    """Return the kinds the gate finds where a text is the one special cell of a column of notes."""
    rows = [["Codice", heading], ["MN-0001", "ok"], ["MN-0002", text], ["MN-0003", "bene"]]
    return {each.kind for each in inspect(Contents(make_sheet("x", rows)), [], None)}


def measured() -> dict[str, tuple[int, int, int]]:
    """Return kind -> texts of the kind found, texts of the kind, false alarms among all other texts."""
    found = {kind: [kinds_of(each) for each in alone(kind)] for kind in _ALONE}
    alarms = [kinds_of(each) for each in NOTHING]
    return {
        kind: (
            sum(kind in each for each in found[kind]),
            len(found[kind]),
            sum(kind in each for each in alarms),
        )
        for kind in _ALONE
    }
