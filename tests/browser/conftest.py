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


@pytest.fixture
def open_page(context: Any) -> Iterator[Callable[..., tuple[Any, list[str], list[str]]]]:
    """Give ``open_page(path, width, height) -> (page, requests, console)``.

    Any request that leaves the file fails the test when it ends (and is never sent).
    """
    pages: list[Any] = []
    outside: list[str] = []

    def opened(
        path: Path, width: int = 1280, height: int = 900
    ) -> tuple[Any, list[str], list[str]]:
        page = context.new_page()
        pages.append(page)
        page.set_viewport_size({"width": width, "height": height})
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
    for page in pages:
        page.close()
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
