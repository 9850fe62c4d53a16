"""A real Chromium without network access, for tests of what a presenter sees."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Final

import pytest
from playwright.sync_api import Browser, BrowserContext, Playwright, sync_playwright

_EXECUTABLES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "microsoft-edge")
_ARGUMENTS: Final = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # No host name is found, so a page can reach only 127.0.0.1 and files.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


def find_browser() -> str | None:
    """Return the path of an installed Chromium, Chrome or Edge."""
    return next((path for name in _EXECUTABLES if (path := shutil.which(name))), None)


@pytest.fixture(scope="session")
def browser_executable() -> str:
    """Path of the browser. If there is none, a test fails under CI and is skipped elsewhere."""
    path = find_browser()
    if path is None:
        reason = f"no browser on PATH (looked for {', '.join(_EXECUTABLES)}); install Chromium to run these tests"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    return path


@pytest.fixture(scope="session")
def playwright_engine() -> Iterator[Playwright]:
    with sync_playwright() as engine:
        yield engine


@pytest.fixture(scope="session")
def browser(browser_executable: str, playwright_engine: Playwright) -> Iterator[Browser]:
    """One browser for all tests; contexts keep them apart."""
    started = playwright_engine.chromium.launch(executable_path=browser_executable, args=list(_ARGUMENTS))
    yield started
    started.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh window state of 1280 x 720 in which every request to a host is an error."""
    opened = browser.new_context(viewport={"width": 1280, "height": 720})
    opened.set_default_timeout(30_000)  # browsers share the machine with the rest of the tests
    yield opened
    opened.close()
