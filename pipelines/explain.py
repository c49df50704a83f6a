"""What an error means and what to do: for ``lunattiva explain``, and the code after a message."""

from __future__ import annotations

from pipelines.messages import say
from pipelines.settings import Language


def coded(text: str, name: str = "") -> str:
    """Return an error's text with its code, such as ``[L102]``, where it has one."""
    from schemas.remedies import code_of_name, code_of_text

    code = code_of_name(name) if name else None
    code = code or code_of_text(text)
    return f"{text} [{code}]" if code else text


def code_of(error: Exception) -> str | None:
    """Return the code of an error: of its class, of its refusal, or of its text."""
    from schemas.remedies import code_of_name, code_of_text

    named = code_of_name(type(error).__name__) or code_of_name(getattr(error, "code", "-"))
    return named or code_of_text(str(error))


def told(error: Exception, text: str, lang: Language) -> str:
    """Return an error's text, its code, and the command that explains it."""
    code = code_of(error)
    return f"{text} [{code}]\n{say('explain.how', lang, code=code)}" if code else text


def explained(question: str, lang: Language) -> list[str] | None:
    """Return lines on the errors meant, or one line an error without a question; none found: None."""
    from schemas.remedies import find, remedies

    if not question.strip():
        return [
            *(f"{each.code}  {each.shown(lang)[0]}" for each in remedies().values()),
            "",
            say("explain.one", lang),
        ]
    lines: list[str] = []
    for each in find(question):
        lines += [f"{each.code}  {text}" for text in each.shown(lang)[:1]]
        lines += [f"      {text}" for text in each.shown(lang)[1:]]
        lines += [
            say("explain.cause", lang, text=each.cause.say(lang)),
            say("explain.remedy", lang, text=each.advice(lang)),
            "",
        ]
    return lines[:-1] if lines else None
