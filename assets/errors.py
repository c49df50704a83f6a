"""Errors a person can act on, in two languages, never holding a cell of a person's row."""

from __future__ import annotations

from schemas.words import LANGUAGES, Language, Words, catalogue


class LunattivaError(Exception):
    """Base of all our errors: ``say`` gives the text in a reader's language."""

    def __init__(self, words: Words) -> None:
        self.words = words
        super().__init__(words.en)

    def say(self, lang: Language) -> str:
        """Return the message in one language."""
        return self.words.say(lang)


class DeliveryRefused(LunattivaError):
    """A delivery that cannot be used as it is; the run goes on with the others.

    Parameters
    ----------
    code
        Key of ``schemas/refusals.yml``.
    values
        What the text names: headings, sheets, row numbers, counts. Never a cell of a data row.
        ``Words`` are said in the language of the text.
    """

    def __init__(self, code: str, **values: object) -> None:
        template = catalogue("refusals.yml")[code]
        self.code = code
        said = {lang: _said(values, lang) for lang in LANGUAGES}
        self.values = said["en"]
        super().__init__(
            Words(it=template.it.format(**said["it"]), en=template.en.format(**said["en"]))
        )


class ConfigurationError(LunattivaError):
    """A programme, source or setting that cannot be used; names file, line and what is allowed."""

    def __init__(self, it: str, en: str) -> None:
        super().__init__(Words(it=it, en=en))


class UnexpectedError(LunattivaError):
    """A failure nobody foresaw, reported by its kind and place in the code and nothing else.

    The original message may quote a person's row (DuckDB, pandas and Pandera all do), so it stops
    here.
    """

    def __init__(self, kind: str, place: str) -> None:
        super().__init__(
            Words(
                it=f"Errore imprevisto ({kind}) in {place}. I dati delle persone non sono mostrati.",
                en=f"Unexpected error ({kind}) at {place}. People's data are not shown.",
            )
        )


def _said(values: dict[str, object], lang: Language) -> dict[str, str]:
    return {
        key: value.say(lang) if isinstance(value, Words) else str(value)
        for key, value in values.items()
    }
