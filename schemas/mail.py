"""Where notices are sent: the file ``.store/mail.yml``, which git never sees."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from schemas.config import ConfigProblem, Strict

#: Machines to which a message may go in clear: it does not leave this one.
HERE = ("localhost", "127.0.0.1", "::1")


class Mail(Strict):
    """The mail server and who is told.

    ``security`` is ``starttls`` (port 587), ``tls`` (port 465) or, on this machine only, ``none``.
    The password may stand in ``LUNATTIVA_SMTP_PASSWORD`` instead.
    """

    host: str
    port: int = Field(default=587, ge=1, le=65535)
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str | None = None
    password: str | None = Field(default=None, repr=False)
    sender: str = Field(alias="from", pattern=r"^[^@\s]+@[^@\s]+$")
    to: list[str] = Field(min_length=1)
    lang: Literal["it", "en"] = "it"

    @model_validator(mode="after")
    def _not_in_clear(self) -> Mail:
        """A password or a notice does not cross a network in clear."""
        if self.security == "none" and self.host not in HERE:
            raise ConfigProblem(
                "'security: none' vale solo per un server su questo computer",
                "'security: none' is for a server on this machine only",
                ("security",),
            )
        return self
