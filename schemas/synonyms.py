"""How partners write the codes of our lists, and columns that mean nothing to us: for proposals only.

Nothing here translates a cell by itself: ``lunattiva map`` proposes, a person confirms. Numbers are
left out on purpose: 1 is a woman for Caritas and a man nearly everywhere else.
"""

from __future__ import annotations

#: Column -> code -> words partners write for it, besides the labels.
CODE_SYNONYMS: dict[str, dict[str, tuple[str, ...]]] = {
    "gender_code": {
        "female": ("F", "D", "femmina", "femminile", "donna", "una donna", "female", "woman"),
        "male": ("M", "U", "maschio", "maschile", "uomo", "un uomo", "male", "man"),
        "other": ("altro", "non binario", "altro genere", "other", "X"),
    },
    "age_band": {
        "00-17": ("0-17", "<18", "minorenne", "minorenni", "meno di 18 anni", "under 18", "minore"),
        "18-29": ("18 - 29", "da 18 a 29 anni", "18/29"),
        "30-44": ("30 - 44", "da 30 a 44 anni", "30/44"),
        "45-64": ("45 - 64", "da 45 a 64 anni", "45/64"),
        "65+": ("65 +", "65 e oltre", "65 anni e oltre", "65 e più", "da 65 anni", ">=65", ">64"),
    },
    "tenure_code": {
        "sap_aler": ("Aler", "SAP Aler", "alloggio Aler", "casa Aler", "ERP Aler"),
        "sap_municipal": ("Comune", "SAP Comune", "alloggio comunale", "ERP comunale"),
        "private": ("affitto", "affitto privato", "locazione privata", "proprietà", "privato"),
        "other": ("altro", "altro titolo", "comodato", "ospite"),
    },
    "citizenship_code": {
        "italian": ("italiana", "italiano", "Italia", "IT"),
        "eu": ("UE", "Unione Europea", "comunitaria", "comunitario", "altro Paese UE"),
        "non_eu": (
            "non UE",
            "Extra UE",
            "extracomunitaria",
            "extracomunitario",
            "straniera non UE",
        ),
    },
}

#: Words for yes and no in registers, in the order in which a proposal lists them.
YES = ("sì", "si", "s", "x", "1", "vero", "yes", "y", "true", "p", "presente", "pres.")
NO = ("no", "n", "0", "falso", "false", "a", "assente", "ass.", "ag", "assente giustificato")

#: Cells that say "not stated", never a value. "NA" and "None" are not here: they may be answers.
NOT_STATED = (
    "n.d.",
    "nd",
    "n/d",
    "n.d",
    "n.p.",
    "n.r.",
    "-",
    "--",
    "?",
    ".",
    "/",
    "non disponibile",
    "non dichiarato",
    "non dichiarata",
    "non specificato",
    "non noto",
    "non rilevato",
    "non risponde",
    "preferisco non rispondere",
    "#n/d",
    "#n/a",
)

#: Headings of columns that tools add and no analysis needs, as they are compared.
TOOL_COLUMNS = (
    "_id",
    "_uuid",
    "_index",
    "_notes",
    "_status",
    "_tags",
    "_validation_status",
    "_submission_time",
    "_parent_index",
    "_parent_table_name",
    "_submission__id",
    "_submission__uuid",
    "_submission__submission_time",
    "meta/instanceid",
    "formhub/uuid",
    "start",
    "startdate",
    "startlanguage",
    "lastpage",
    "seed",
    "id. id risposta",
    "startlanguage. lingua iniziale",
    "startlanguage. lingua",
    "lastpage. ultima pagina",
    "lingua",
    "progress",
    "finished",
    "responseid",
    "collectorid",
    "userlanguage",
    "ora di inizio",
    "punteggio",
)

#: Beginnings of headings of free text, which is never read: it may hold anything about anybody.
FREE_TEXT = ("note", "annotazioni", "osservazioni", "commenti", "commento", "descrizione", "notes")
