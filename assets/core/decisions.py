"""What people decided about links: one file beside the partners' folders, guarded by what was seen."""

from __future__ import annotations

from pathlib import Path

import yaml

from assets import private
from assets.errors import ConfigurationError
from assets.layout import Layout
from schemas.config import ConfigError, read_config
from schemas.linkage import LinkDecision, LinkDecisions


def decisions_path(layout: Layout) -> Path:
    """Return where a programme's decisions about links are kept."""
    return layout.raw / "_links.yml"


def load_decisions(layout: Layout) -> list[LinkDecision]:
    """Read every decision about links; none where there is no file.

    Raises
    ------
    ConfigurationError
        The file cannot be read: lines, never its content.
    """
    path = decisions_path(layout)
    if not path.is_file():
        return []
    try:
        return list(read_config(path, LinkDecisions).decisions)
    except ConfigError as error:  # its text may quote a code
        lines = ", ".join(str(line) for line, _ in error.found)
        raise ConfigurationError(
            f"Le decisioni in {path.name} non si possono leggere (riga {lines}): rimettere il file "
            "com'era.",
            f"The decisions in {path.name} cannot be read (line {lines}): put the file back as it "
            "was.",
        ) from None


def write_decisions(layout: Layout, decisions: list[LinkDecision]) -> Path:
    """Write every decision anew, in order of codes, for this account only and in one step."""
    made = LinkDecisions(decisions=sorted(decisions, key=lambda each: each.codes))
    tree = made.model_dump(mode="json", exclude_none=True)
    path = decisions_path(layout)
    waiting = path.with_suffix(".new")
    waiting.touch(mode=private.FILE)
    private.restrict(waiting, private.FILE)
    # Codes such as 007, 1e5 or no must come back as they are: every text in quotes.
    text = yaml.safe_dump(tree, sort_keys=False, allow_unicode=True, width=4096, default_style='"')
    waiting.write_text(text, encoding="utf-8", newline="\n")
    private.put_in_place(waiting, path)
    return path
