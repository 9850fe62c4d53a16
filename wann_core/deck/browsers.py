"""Which installed Chromium, Chrome or Edge is used; nothing here starts one."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from wann_core.errors import WannError

BROWSER_VARIABLE: Final = "BROWSER_PATH"
_NAMES: Final = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "microsoft-edge",
    "microsoft-edge-stable",
    "msedge",
    "brave-browser",
)
_MAC_APPS: Final = (
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Chromium.app/Contents/MacOS/Chromium",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
)
_WINDOWS_PROGRAMS: Final = (
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"Chromium\Application\chrome.exe",
)


class BrowserError(WannError):
    """There is no browser, or it failed."""


def find_browser() -> Path | None:
    """Return the browser: ``$BROWSER_PATH``, else one on PATH, else one at its usual place; None if there is none."""
    chosen = os.environ.get(BROWSER_VARIABLE)
    if chosen:
        return Path(chosen) if Path(chosen).is_file() else None
    on_path = (shutil.which(name) for name in _NAMES)
    return next((Path(path) for path in on_path if path), None) or next(
        (path for path in _usual_places() if path.is_file()), None
    )


def require_browser(purpose: str) -> Path:
    """Return the browser to use.

    Args:
        purpose: what needs the browser; the error message begins with it.

    Raises:
        BrowserError: none is installed.
    """
    browser = find_browser()
    if browser is None:
        raise BrowserError(
            f"{purpose} needs an installed Chromium, Chrome or Edge; none was found on PATH or at the usual places: "
            f"install one (Debian: `apt install chromium`), or name it in the variable {BROWSER_VARIABLE}"
        )
    return browser


def _usual_places() -> Iterator[Path]:
    apps = (Path("/Applications"), Path.home() / "Applications")
    programs = (os.environ.get(name) for name in ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA"))
    yield from (folder / app for folder in apps for app in _MAC_APPS)
    yield from (Path(root) / program for root in programs if root for program in _WINDOWS_PROGRAMS)
