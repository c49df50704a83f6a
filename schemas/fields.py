"""Each column of the three datasets, declared once.

A field feeds validation (Pandera), storage types (DuckDB), the codebook, partner templates, the
synthetic data and the open-data description; a second list of columns anywhere else is a mistake.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from schemas.words import Language, Words

Kind = Literal["text", "code", "date", "integer", "number", "boolean"]

#: Disclosure role of a column, from least to most delicate.
#: ``public``            says nothing about a person (an activity's name);
#: ``pseudonym``         a code standing for a person or household: never leaves;
#: ``quasi_identifier``  known to neighbours, can single out in combination;
#: ``sensitive``         debt, health, citizenship: the strict threshold applies.
Role = Literal["public", "pseudonym", "quasi_identifier", "sensitive"]

#: DuckDB storage type of each kind.
STORAGE: dict[Kind, str] = {
    "text": "VARCHAR",
    "code": "VARCHAR",
    "date": "TIMESTAMP",  # midnight; DATE would come back to pandas as Python objects
    "integer": "BIGINT",
    "number": "DOUBLE",
    "boolean": "BOOLEAN",
}


@dataclass(frozen=True)
class Field:
    r"""One column: what it is, what it may hold, what it gives away.

    Attributes
    ----------
    codes
        Allowed codes with their labels; empty where the programme declares them (``codes_from``).
    codes_from
        Name of the list in ``programme.yml`` that holds the codes (``activities``, ``services``,
        ``neighbourhoods``, ``waves``), or ``None``.
    low, high
        Inclusive bounds; ``low_open`` makes the lower one exclusive.
    pattern
        Regular expression for the whole cell, written ``\A...\Z``.
    synonyms
        Headings under which partners are known to deliver the column.
    """

    name: str
    kind: Kind
    label: Words
    description: Words
    role: Role
    unit: str | None = None
    codes: dict[str, Words] = field(default_factory=dict)
    codes_from: str | None = None
    low: float | date | None = None
    high: float | date | None = None
    low_open: bool = False
    pattern: str | None = None
    synonyms: tuple[str, ...] = ()

    def say(self, lang: Language) -> str:
        """Return the column's label in one language."""
        return self.label.say(lang)


def _w(it: str, en: str) -> Words:
    return Words(it=it, en=en)


_CODE = r"\A[A-Za-z0-9][A-Za-z0-9_./-]{0,39}\Z"

_ALL = (
    Field(
        "record_id",
        "text",
        _w("Numero della registrazione", "Record number"),
        _w(
            "Codice con cui il partner distingue una registrazione dalle altre.",
            "Code by which the partner tells one record from another.",
        ),
        "pseudonym",
        pattern=_CODE,
        synonyms=(
            "id",
            "numero",
            "protocollo",
            "appointment id",
            "id contatto",
            "n. pratica",
            "numero pratica",
            "scheda n.",
            "n. scheda",
            "id pratica",
            "id accesso",
            "id presenza",
            "id registrazione",
            "n. protocollo",
            "progressivo",
            "codice pratica",
            "ticket",
            "record id",
        ),
    ),
    Field(
        "person_code",
        "text",
        _w("Codice persona", "Person code"),
        _w(
            "Codice che sta per una persona; mai nome, codice fiscale o telefono.",
            "Code standing for one person; never a name, tax code or telephone number.",
        ),
        "pseudonym",
        pattern=_CODE,
        synonyms=(
            "codice utente",
            "id utente",
            "codice beneficiario",
            "cod. persona",
            "tessera",
            "codice persona",
            "codice assegnatario",
            "codice assistito",
            "codice partecipante",
            "cod. utente",
            "cod. beneficiario",
            "id persona",
            "id beneficiario",
            "id partecipante",
            "numero tessera",
            "n. tessera",
            "codice",
            "pseudonimo",
            "codice anonimo",
            "person code",
            "participant id",
            "respondent id",
            "scrivi il tuo codice",
            "codice questionario",
        ),
    ),
    Field(
        "household_code",
        "text",
        _w("Codice nucleo", "Household code"),
        _w(
            "Codice che sta per il nucleo familiare come lo intende il servizio.",
            "Code standing for the household as the service understands it.",
        ),
        "pseudonym",
        pattern=_CODE,
        synonyms=(
            "nucleo",
            "codice famiglia",
            "cod. nucleo",
            "id nucleo",
            "codice nucleo",
            "nucleo familiare",
            "famiglia",
            "id famiglia",
            "cod. famiglia",
            "codice nucleo familiare",
            "household id",
        ),
    ),
    Field(
        "gender_code",
        "code",
        _w("Genere", "Gender"),
        _w("Genere come dichiarato al servizio.", "Gender as stated to the service."),
        "quasi_identifier",
        codes={
            "female": _w("donna", "woman"),
            "male": _w("uomo", "man"),
            "other": _w("altro", "other"),
        },
        synonyms=(
            "sesso",
            "genere",
            "gender",
            "m/f",
            "sei",
            "di che genere sei",
            "sex",
        ),
    ),
    Field(
        "birth_year",
        "integer",
        _w("Anno di nascita", "Year of birth"),
        _w("Solo l'anno: il giorno identifica.", "The year only: the day would identify."),
        "quasi_identifier",
        unit="year",
        low=1900,
        high=2023,
        synonyms=(
            "anno nascita",
            "nato/a nel",
            "anno di nascita",
            "anno di nasc.",
            "a. nascita",
            "classe",
            "nato nel",
            "year of birth",
            "in che anno sei nato",
        ),
    ),
    Field(
        "age_years",
        "integer",
        _w("Età", "Age"),
        _w("Età in anni compiuti.", "Age in completed years."),
        "quasi_identifier",
        unit="years",
        low=0,
        high=120,
        synonyms=(
            "età",
            "eta",
            "age",
            "anni",
            "età anni",
            "quanti anni hai",
            "età compiuta",
            "eta compiuta",
        ),
    ),
    Field(
        "tenure_code",
        "code",
        _w("Titolo dell'abitazione", "Housing tenure"),
        _w(
            "A che titolo la famiglia abita: SAP è la casa popolare.",
            "By what title the household lives there: SAP is public housing.",
        ),
        "quasi_identifier",
        codes={
            "sap_aler": _w("SAP Aler", "public housing (Aler)"),
            "sap_municipal": _w("SAP Comune", "public housing (municipal)"),
            "private": _w("privato", "private"),
            "other": _w("altro", "other"),
        },
        synonyms=(
            "alloggio",
            "titolo abitazione",
            "tipo alloggio",
            "casa",
            "titolo di godimento",
            "titolo",
            "abitazione",
            "tipologia alloggio",
            "tipo di abitazione",
            "housing",
            "proprietà alloggio",
        ),
    ),
    Field(
        "citizenship_code",
        "code",
        _w("Cittadinanza", "Citizenship"),
        _w(
            "In tre gruppi soltanto: la nazionalità, in un quartiere, indica una persona.",
            "In three groups only: in a neighbourhood a nationality points at one person.",
        ),
        "sensitive",
        codes={
            "italian": _w("italiana", "Italian"),
            "eu": _w("altro Paese UE", "other EU country"),
            "non_eu": _w("Paese non UE", "non-EU country"),
        },
        synonyms=(
            "cittadinanza",
            "citizenship",
            "citt.",
            "nazionalità",
            "cittadinanza raggruppata",
        ),
    ),
    Field(
        "neighbourhood_code",
        "code",
        _w("Quartiere", "Neighbourhood"),
        _w("Quartiere di residenza.", "Neighbourhood of residence."),
        "quasi_identifier",
        codes_from="neighbourhoods",
        synonyms=(
            "quartiere",
            "zona",
            "neighbourhood",
            "residenza",
            "zona di residenza",
            "quartiere di residenza",
            "rione",
            "in quale quartiere abiti",
            "area",
        ),
    ),
    Field(
        "municipality_code",
        "text",
        _w("Codice ISTAT del Comune", "ISTAT municipality code"),
        _w(
            "Sei cifre, zeri iniziali compresi (Mantova: 020030).",
            "Six digits, leading zeros kept (Mantova: 020030).",
        ),
        "public",
        pattern=r"\A[0-9]{6}\Z",
        synonyms=(
            "istat",
            "codice istat",
            "cod. comune",
            "istat comune",
            "cod. istat",
            "codice comune",
            "comune istat",
        ),
    ),
    Field(
        "activity_code",
        "code",
        _w("Laboratorio", "Workshop"),
        _w("Laboratorio o attività del programma.", "Workshop or activity of the programme."),
        "public",
        codes_from="activities",
        synonyms=(
            "laboratorio",
            "attività",
            "attivita",
            "corso",
            "workshop",
            "laboratorio frequentato",
            "nome laboratorio",
            "nome attività",
            "iniziativa",
            "gruppo",
            "evento",
        ),
    ),
    Field(
        "session_date",
        "date",
        _w("Data dell'incontro", "Session date"),
        _w("Giorno in cui l'incontro si è tenuto.", "Day on which the session was held."),
        "public",
        synonyms=(
            "data",
            "data incontro",
            "giorno",
            "appointment day",
            "data dell'incontro",
            "data lezione",
            "data presenza",
            "data attività",
            "data sessione",
            "dt. incontro",
            "del",
        ),
    ),
    Field(
        "is_present",
        "boolean",
        _w("Presenza", "Present"),
        _w(
            "Sì se la persona era presente. Nessuna riga non vuol dire assente.",
            "Yes if the person attended. No row does not mean absent.",
        ),
        "public",
        synonyms=(
            "presente",
            "presenza",
            "frequenza",
            "presenze",
            "presente/assente",
            "p/a",
            "pres.",
            "frequentato",
            "ha partecipato",
            "partecipazione",
            "attendance",
            "attended",
        ),
    ),
    Field(
        "hours",
        "number",
        _w("Ore", "Hours"),
        _w("Ore di presenza della persona.", "Hours the person was present."),
        "public",
        unit="hours",
        low=0,
        low_open=True,
        high=12,
        synonyms=(
            "ore",
            "durata",
            "n. ore",
            "ore presenza",
            "ore frequentate",
            "durata ore",
            "h",
            "tot. ore",
            "ore svolte",
            "ore effettive",
            "n° ore",
            "numero ore",
            "minuti",
            "durata minuti",
        ),
    ),
    Field(
        "booked_date",
        "date",
        _w("Data di prenotazione", "Booking date"),
        _w("Giorno in cui l'incontro è stato fissato.", "Day on which the session was booked."),
        "public",
        synonyms=(
            "prenotato il",
            "data prenotazione",
            "scheduled day",
            "data appuntamento preso",
            "prenotazione",
            "data iscrizione",
            "booked on",
        ),
    ),
    Field(
        "is_reminded",
        "boolean",
        _w("Promemoria inviato", "Reminder sent"),
        _w("Sì se è stato inviato un promemoria.", "Yes if a reminder was sent."),
        "public",
        synonyms=(
            "sms",
            "promemoria",
            "sms received",
            "promemoria inviato",
            "sms inviato",
            "avviso",
            "reminder",
        ),
    ),
    Field(
        "wave_code",
        "code",
        _w("Rilevazione", "Survey wave"),
        _w("Prima, durante o dopo il programma.", "Before, during or after the programme."),
        "public",
        codes_from="waves",
        synonyms=(
            "rilevazione",
            "fase",
            "tempo",
            "wave",
            "somministrazione",
            "momento",
            "t0/t1",
            "a che punto siamo",
            "ondata",
            "turno",
        ),
    ),
    Field(
        "response_date",
        "date",
        _w("Data di compilazione", "Date of response"),
        _w("Giorno in cui il questionario è stato compilato.", "Day the form was filled in."),
        "public",
        synonyms=(
            "data compilazione",
            "informazioni cronologiche",
            "submitdate",
            "timestamp",
            "data questionario",
            "data di invio",
            "data invio",
            "ora di completamento",
            "submission time",
            "end",
            "data e ora",
            "recorded date",
            "completed",
            "date submitted",
        ),
    ),
    Field(
        "instrument_code",
        "text",
        _w("Scala", "Instrument"),
        _w("Scala o blocco di domande.", "Scale or block of questions."),
        "public",
    ),
    Field(
        "item_code",
        "text",
        _w("Domanda", "Item"),
        _w("Codice della domanda, non la sua posizione.", "Code of the item, not its position."),
        "public",
    ),
    Field(
        "answer_code",
        "text",
        _w("Risposta", "Answer"),
        _w(
            "Risposta come codice; vuota se la domanda è rimasta senza risposta.",
            "The answer as a code; empty where the item was left unanswered.",
        ),
        "sensitive",
    ),
    Field(
        "answer_value",
        "number",
        _w("Valore della risposta", "Value of the answer"),
        _w(
            "Punteggio della risposta nelle scale; vuoto per le domande a scelta.",
            "Score of the answer for scales; empty for plain multiple choice.",
        ),
        "sensitive",
        unit="points",
    ),
    Field(
        "form_version",
        "text",
        _w("Versione del modulo", "Form version"),
        _w("Versione del questionario usata.", "Version of the form that was used."),
        "public",
        synonyms=(
            "versione",
            "__version__",
            "versione modulo",
            "form version",
        ),
    ),
    Field(
        "service_code",
        "code",
        _w("Servizio", "Service"),
        _w("Servizio a cui la persona si è rivolta.", "Service that was contacted."),
        "public",
        codes_from="services",
        synonyms=(
            "servizio",
            "sportello",
            "tipo servizio",
            "servizio richiesto",
            "ente",
            "tipo sportello",
        ),
    ),
    Field(
        "contact_date",
        "date",
        _w("Data del contatto", "Contact date"),
        _w(
            "Giorno del contatto; primo del mese per i conteggi mensili.",
            "Day of the contact; first of the month for monthly counts.",
        ),
        "public",
        synonyms=(
            "data",
            "data accesso",
            "data contatto",
            "data spesa",
            "creato",
            "mese",
            "data colloquio",
            "data visita",
            "data intervento",
            "data richiesta",
            "data erogazione",
            "data ingresso",
            "data prestazione",
            "giorno",
            "date",
        ),
    ),
    Field(
        "opened_date",
        "date",
        _w("Data di apertura", "Opening date"),
        _w(
            "Giorno in cui la pratica è stata aperta: decide quale elenco di codici vale.",
            "Day on which the case was opened: it decides which code list holds.",
        ),
        "public",
        synonyms=("data apertura", "aperta il", "apertura pratica", "presa in carico"),
    ),
    Field(
        "closed_date",
        "date",
        _w("Data di chiusura", "Closing date"),
        _w("Giorno in cui la richiesta è stata chiusa.", "Day on which the request was closed."),
        "public",
        synonyms=(
            "chiusa",
            "data chiusura",
            "chiusura",
            "chiusa il",
            "chiuso il",
            "data fine",
            "fine pratica",
            "conclusa il",
            "closed",
        ),
    ),
    Field(
        "status_code",
        "text",
        _w("Stato della richiesta", "Status of the request"),
        _w("Stato come lo registra il servizio.", "Status as the service records it."),
        "public",
        synonyms=(
            "stato",
            "esito",
            "stato pratica",
            "status",
            "stato richiesta",
            "situazione",
        ),
    ),
    Field(
        "category_code",
        "text",
        _w("Categoria", "Category"),
        _w("Tipo di richiesta come lo registra il servizio.", "Kind of request, as recorded."),
        "public",
        synonyms=(
            "categoria",
            "tipo richiesta",
            "tipologia",
            "motivo",
            "bisogno",
            "bisogni",
            "problematica",
            "oggetto",
            "tipo di richiesta",
            "area di bisogno",
            "causale",
            "tipo intervento",
            "category",
        ),
    ),
    Field(
        "contact_n",
        "integer",
        _w("Numero di contatti", "Number of contacts"),
        _w(
            "1 per una riga che riguarda una persona; il totale per i conteggi mensili.",
            "1 for a row about one person; the total for monthly counts.",
        ),
        "public",
        unit="contacts",
        low=0,
        high=1_000_000,
        synonyms=(
            "accessi",
            "ingressi",
            "n. contatti",
            "numero accessi",
            "n. accessi",
            "n. ingressi",
            "totale accessi",
            "contatti",
            "passaggi",
            "conteggio",
            "visits",
        ),
    ),
    Field(
        "isee_eur",
        "number",
        _w("ISEE", "ISEE (means indicator)"),
        _w("Indicatore ISEE in euro; può mancare per scelta.", "ISEE in euro; may be withheld."),
        "sensitive",
        unit="eur",
        low=0,
        high=200_000,
        synonyms=(
            "isee",
            "valore isee",
            "isee €",
            "isee euro",
            "importo isee",
            "isee in corso",
            "attestazione isee",
        ),
    ),
    Field(
        "arrears_eur",
        "number",
        _w("Morosità", "Rent arrears"),
        _w(
            "Morosità in euro alla data: una consistenza, non un flusso.",
            "Arrears in euro at the date: a stock, not a flow.",
        ),
        "sensitive",
        unit="eur",
        low=0,
        high=100_000,
        synonyms=(
            "morosità",
            "morosita",
            "arretrati",
            "debito affitto",
            "morosità €",
            "morosita euro",
            "debito",
            "debito canone",
            "canoni arretrati",
            "importo morosità",
            "insoluti",
        ),
    ),
    Field(
        "points_n",
        "number",
        _w("Punti", "Points"),
        _w("Punti spesi o riconosciuti.", "Points spent or granted."),
        "public",
        unit="points",
        low=0,
        high=10_000,
        synonyms=(
            "punti",
            "punti spesi",
            "puntiluna",
            "punti utilizzati",
            "punti tessera",
            "saldo punti",
            "points",
            "punti luna",
        ),
    ),
)

#: Every column of the house by name.
FIELDS: dict[str, Field] = {each.name: each for each in _ALL}

#: Characteristics of a person, carried by any dataset and gathered in ``core_participants``.
PERSON_FIELDS = (
    "household_code",
    "gender_code",
    "birth_year",
    "age_years",
    "tenure_code",
    "citizenship_code",
    "neighbourhood_code",
    "municipality_code",
)

#: Age bands used wherever age leaves the warehouse: inclusive lower and upper bounds in years.
AGE_BANDS: dict[str, tuple[int, int]] = {
    "00-17": (0, 17),
    "18-29": (18, 29),
    "30-44": (30, 44),
    "45-64": (45, 64),
    "65+": (65, 120),
}
