"""For unit tests only: a run with stand-ins starts no kernel for the intern's page."""

from __future__ import annotations

import pytest

from assets.layout import Layout
from assets.outputs import quality


@pytest.fixture(autouse=True)
def internal_pages_without_a_kernel(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put files in the place of the pages; what is written in them has tests of its own."""

    def render(layout: Layout, title: dict[str, str], wanted: str) -> None:
        for path in quality.pages(layout):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"<title>{title['it']}</title>{wanted}", encoding="utf-8")

    monkeypatch.setattr(quality, "_render", render)
