"""Telling a person what only a person can decide: one mail for what is new, never twice the same."""

from __future__ import annotations

import hashlib
import json
import os
import smtplib
import ssl
import time
from collections.abc import Callable, Iterable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from assets import private
from assets.layout import Layout
from pipelines.decisions import Decision
from pipelines.messages import say
from schemas.config import read_config
from schemas.mail import Mail

#: What was told, by digest; beside the decisions themselves.
TOLD = "told.json"
PASSWORD_VARIABLE = "LUNATTIVA_SMTP_PASSWORD"
#: Seconds before each further try: a mail server may be busy, and only there does waiting help.
WAITS_S = (2.0, 8.0)
_TIMEOUT_S = 20

Send = Callable[[Mail, EmailMessage], None]


def settings_path(layout: Layout) -> Path:
    """Return where the mail settings stand: in the folder of all stores, which git ignores."""
    return layout.store.parent / "mail.yml"


def mail_settings(layout: Layout) -> Mail | None:
    """Return the mail settings; ``None`` where there are none, and then nobody is written to.

    Raises
    ------
    ConfigError
        With file, line and the allowed keys.
    """
    path = settings_path(layout)
    if not path.is_file():
        return None
    private.restrict(path, private.FILE)  # it may hold a password
    found = read_config(path, Mail)
    secret = os.environ.get(PASSWORD_VARIABLE)
    return found.model_copy(update={"password": secret}) if secret else found


def tell(
    layout: Layout,
    found: Iterable[Decision],
    failures: Iterable[dict[str, str]] = (),
    send: Send | None = None,
) -> int:
    """Write one mail about what was not told yet; return how many points it held.

    What no longer waits is forgotten, so that it is told again when it comes back. A mail that
    could not be sent leaves everything untold: the next look tries again.

    Raises
    ------
    ConfigError
        Faulty mail settings.
    """
    lines: list[tuple[list[str], dict[str, str]]] = [([_key(each)], each) for each in failures]
    failed_n = len(lines)
    lines += [(each.keys, {"it": each.it, "en": each.en}) for each in found]
    current = {key for keys, _ in lines for key in keys}
    told = _told(layout)
    fresh = [place for place, (keys, _) in enumerate(lines) if not told.issuperset(keys)]
    mail = mail_settings(layout)
    if mail is None:
        fresh = []
    elif fresh:
        words = [lines[place][1][mail.lang] for place in fresh]
        message = _message(layout, mail, words, has_failed=fresh[0] < failed_n)
        if not _sent(mail, message, send or deliver):
            fresh = []
    _keep(layout, sorted((told & current).union(*(lines[place][0] for place in fresh))))
    return len(fresh)


def deliver(mail: Mail, message: EmailMessage) -> None:
    """Hand a message to the mail server.

    Raises
    ------
    OSError, smtplib.SMTPException
        It could not be handed over.
    """
    context = ssl.create_default_context()
    if mail.security == "tls":
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            mail.host, mail.port, timeout=_TIMEOUT_S, context=context
        )
    else:
        server = smtplib.SMTP(mail.host, mail.port, timeout=_TIMEOUT_S)
    with server:
        if mail.security == "starttls":
            server.starttls(context=context)
        if mail.user and mail.password:
            server.login(mail.user, mail.password)
        server.send_message(message)


def _sent(mail: Mail, message: EmailMessage, send: Send) -> bool:
    for wait in (*WAITS_S, None):
        try:
            send(mail, message)
        except (OSError, smtplib.SMTPException):
            if wait is not None:
                time.sleep(wait)
        else:
            return True
    return False


def _message(layout: Layout, mail: Mail, lines: list[str], *, has_failed: bool) -> EmailMessage:
    """Return the mail: plain text, no cell of a row, no attachment."""
    title = layout.definition.title.say(mail.lang)
    subject = "mail.subject_failed" if has_failed else "mail.subject"
    body = [say("mail.head", mail.lang, title=title), ""]
    body += [f"- {' '.join(line.split())}" for line in lines]
    body += ["", say("mail.foot", mail.lang, programme=layout.programme)]
    message = EmailMessage()
    message["Subject"] = say(subject, mail.lang, programme=layout.programme, count=len(lines))
    message["From"], message["To"] = mail.sender, ", ".join(mail.to)
    message["Auto-Submitted"] = "auto-generated"
    message.set_content("\n".join(body) + "\n")
    return message


def _key(failure: dict[str, str]) -> str:
    return hashlib.sha256(f"failed\0{failure['en']}".encode()).hexdigest()[:16]


def _told(layout: Layout) -> set[str]:
    try:
        found: dict[str, Any] = json.loads((layout.store / TOLD).read_text(encoding="utf-8"))
        return {str(each) for each in found["told"]}
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def _keep(layout: Layout, keys: list[str]) -> None:
    path = layout.store / TOLD
    text = json.dumps({"told": keys}) + "\n"
    if not path.is_file() or path.read_text(encoding="utf-8") != text:
        private.write(path, text.encode("utf-8"))
