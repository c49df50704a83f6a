"""Lines of a proposal: YAML with its comments in two languages, and what is left to be decided."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

from assets.intake.propose_match import LIKELY, SURE

CONFIRM = "DA CONFERMARE"


@dataclass
class Writer:
    """Lines of the proposal, and what is left for a person to decide."""

    lines: list[str] = field(default_factory=list)
    to_confirm: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: {"sure": 0, "likely": 0, "unsure": 0})

    def add(self, line: str, it: str = "", en: str = "") -> None:
        """Add a line, with a comment in two languages."""
        comment = f"   # {it} / {en}" if it and en else f"   # {it}" if it else ""
        self.lines.append(line + comment)

    def decide(self, what: str) -> None:
        """Note something that a person has to decide."""
        if what not in self.to_confirm:
            self.to_confirm.append(what)

    def rate(self, percent: int) -> str:
        """Count a guess and return its certainty in words."""
        name, said = certainty(percent)
        self.counts[name] += 1
        return said


def certainty(percent: int) -> tuple[str, str]:
    """Return how a percentage is called: for counting, and in words."""
    name = "sure" if percent >= SURE else "likely" if percent >= LIKELY else "unsure"
    said = {"sure": "sicuro/sure", "likely": "probabile/likely", "unsure": "incerto/unsure"}
    return name, f"{said[name]} {percent} %"


def quoted(text: str) -> str:
    """Return a text as YAML writes it in double quotes."""
    return json.dumps(" ".join(text.split()), ensure_ascii=False)
