"""A real Chromium for pages on disk: one browser, one context, no network, nothing said to the console."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

NAMES = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
)
OFFLINE = ("file:", "data:", "blob:", "about:")


def chromium_path() -> str | None:
    """Return the browser named in LUNATTIVA_CHROMIUM, or the first one found on the PATH."""
    named = os.environ.get("LUNATTIVA_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def context() -> Iterator[Any]:
    """One context of a headless Chromium for the session; skipped with a reason where there is none."""
    program = chromium_path()
    if program is None:
        pytest.skip("no Chromium found: install one or name it in LUNATTIVA_CHROMIUM")
    from playwright.sync_api import sync_playwright

    # --no-sandbox: in containers the sandbox of Chromium cannot be set up for root.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        # Smooth scrolling would let a test look before the page is where it goes.
        yield started.new_context(reduced_motion="reduce")
        started.close()


@pytest.fixture(scope="session")
def idle() -> list[Any]:
    """Pages that a test is done with: to open a new one costs more than to go somewhere else."""
    return []


class _Visit:
    """One page on loan: what it asked for and said while a test had it."""

    def __init__(self, page: Any) -> None:
        self.page = page
        self.requests: list[str] = []
        self.console: list[str] = []
        page.route("**/*", self._asked)
        page.on("console", self._said)
        page.on("pageerror", self._failed)

    def _asked(self, route: Any) -> None:
        url = route.request.url
        self.requests.append(url)
        if url.startswith(OFFLINE):
            route.continue_()
        else:
            route.abort()

    def _said(self, said: Any) -> None:
        self.console.append(f"{said.type}: {said.text}")

    def _failed(self, error: Any) -> None:
        self.console.append(f"pageerror: {error}")

    def end(self) -> list[str]:
        """Give the page back as it came; return what it asked for outside its own file."""
        self.page.unroute("**/*", self._asked)
        self.page.remove_listener("console", self._said)
        self.page.remove_listener("pageerror", self._failed)
        self.page.emulate_media(media="screen", color_scheme="light")
        return [url for url in self.requests if not url.startswith(OFFLINE)]


@pytest.fixture
def open_page(
    context: Any, idle: list[Any]
) -> Iterator[Callable[..., tuple[Any, list[str], list[str]]]]:
    """Give ``open_page(path, width, height) -> (page, requests, console)``.

    Any request that leaves the file fails the test when it ends (and is never sent).
    """
    visits: list[_Visit] = []

    def opened(
        path: Path, width: int = 1280, height: int = 900
    ) -> tuple[Any, list[str], list[str]]:
        visit = _Visit(idle.pop() if idle else context.new_page())
        visits.append(visit)
        visit.page.set_viewport_size({"width": width, "height": height})
        visit.page.goto(Path(path).resolve().as_uri(), wait_until="load")
        return visit.page, visit.requests, visit.console

    yield opened
    outside = [url for visit in visits for url in visit.end()]
    idle.extend(visit.page for visit in visits)
    assert outside == [], "the page asked for something outside its own file"


@pytest.fixture(scope="session")
def axe_violations() -> Callable[[Any], list[str]]:
    """Give ``axe_violations(page)``: one text per violation of WCAG 2.0-2.2 level A or AA."""
    from tests.browser.checks import Looked

    def violations(page: Any) -> list[str]:
        looked = Looked(page, "page")
        looked.axe("axe")
        return looked.wrong

    return violations
