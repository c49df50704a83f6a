"""A real Chromium for pages on disk: no network, no console error, no accessibility violation."""

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
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
OFFLINE = ("file:", "data:", "blob:", "about:")


def chromium_path() -> str | None:
    """Return the browser named in LUNATTIVA_CHROMIUM, or the first one found on the PATH."""
    named = os.environ.get("LUNATTIVA_CHROMIUM")
    if named:
        return named if Path(named).is_file() else None
    return next((found for name in NAMES if (found := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One headless Chromium for the session; skipped with a reason where there is none."""
    program = chromium_path()
    if program is None:
        pytest.skip("no Chromium found: install one or name it in LUNATTIVA_CHROMIUM")
    from playwright.sync_api import sync_playwright

    # --no-sandbox: in containers the sandbox of Chromium cannot be set up for root.
    arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking"]
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=arguments)
        yield started
        started.close()


@pytest.fixture
def open_page(browser: Any) -> Iterator[Callable[..., tuple[Any, list[str], list[str]]]]:
    """Give ``open_page(path, width, height) -> (page, requests, console)``.

    Any request that leaves the file fails the test when it ends (and is never sent).
    """
    contexts: list[Any] = []
    outside: list[str] = []

    def opened(
        path: Path, width: int = 1280, height: int = 900
    ) -> tuple[Any, list[str], list[str]]:
        context = browser.new_context(viewport={"width": width, "height": height})
        contexts.append(context)
        page = context.new_page()
        requests: list[str] = []
        console: list[str] = []

        def seen(route: Any) -> None:
            url = route.request.url
            requests.append(url)
            if url.startswith(OFFLINE):
                route.continue_()
            else:
                outside.append(url)
                route.abort()

        page.route("**/*", seen)
        page.on("console", lambda said: console.append(f"{said.type}: {said.text}"))
        page.on("pageerror", lambda error: console.append(f"pageerror: {error}"))
        page.goto(Path(path).resolve().as_uri(), wait_until="load")
        return page, requests, console

    yield opened
    for context in contexts:
        context.close()
    assert outside == [], "the page asked for something outside its own file"


@pytest.fixture(scope="session")
def axe_violations() -> Callable[[Any], list[str]]:
    """Give ``axe_violations(page)``: one text per violation of WCAG 2.0-2.2 level A or AA."""
    from axe_playwright_python.sync_playwright import Axe

    axe = Axe()

    def violations(page: Any) -> list[str]:
        # Only what is wrong is worked out in full: the lists of what is right are long, and unread.
        options = {"runOnly": {"type": "tag", "values": TAGS}, "resultTypes": ["violations"]}
        found = axe.run(page, options=options).response["violations"]
        return [
            f"{each['id']}: {each['help']}: {[node['target'] for node in each['nodes']]}"
            for each in found
        ]

    return violations
