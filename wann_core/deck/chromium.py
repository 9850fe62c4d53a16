"""An installed Chromium, Chrome or Edge, driven through its own DevTools protocol: for printing and for measuring.

Source: https://chromedevtools.github.io/devtools-protocol/
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from websockets.exceptions import WebSocketException
from websockets.sync.client import ClientConnection, connect

from wann_core.deck.browsers import BrowserError
from wann_core.paths import ASSETS

START_LIMIT_S: Final = 30.0
ANSWER_LIMIT_S: Final = 120.0
PAGE_SCRIPTS: Final = ASSETS / "page-scripts"
_EXPORT: Final = "export default "

_FLAGS: Final = (
    "--headless=new",
    "--disable-gpu",
    "--disable-quic",
    "--disable-extensions",
    "--disable-sync",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--no-first-run",
    "--no-default-browser-check",
    "--hide-scrollbars",
    "--mute-audio",
    "--remote-debugging-port=0",
)


class Page:
    """A tab that is controlled by DevTools commands."""

    def __init__(self, connection: ClientConnection, session: str) -> None:
        self._connection = connection
        self._session = session
        self._numbers = itertools.count(1000)

    def call(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a command and return its result.

        Raises:
            BrowserError: the browser refused it, or did not answer in time.
        """
        return _call(self._connection, next(self._numbers), method, parameters, self._session)

    def evaluate(self, expression: str) -> Any:  # noqa: ANN401  # any JSON value
        """Return the JSON value of a JavaScript expression; a promise is awaited.

        Raises:
            BrowserError: the expression threw.
        """
        answer = self.call("Runtime.evaluate", expression=expression, awaitPromise=True, returnByValue=True)
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            thrown = details.get("exception", {}).get("description") or details.get("text")
            raise BrowserError(f"the page failed: {thrown}")
        return answer["result"].get("value")

    def run(self, name: str, *arguments: object) -> Any:  # noqa: ANN401  # any JSON value
        """Call the function of a script in the page and return its result; a promise is awaited.

        Args:
            name: a module in assets/page-scripts that exports one function and imports nothing.
            arguments: JSON values.

        Raises:
            BrowserError: the function threw.
        """
        code = script_file(name).read_text(encoding="utf-8").replace(_EXPORT, "return ", 1)
        return self.evaluate(f"(() => {{\n{code}\n}})()(...{json.dumps(arguments)})")

    def open(self, url: str, ready: str, limit_s: float = 60.0) -> None:
        """Open ``url`` and return once the JavaScript expression ``ready`` is true.

        Raises:
            BrowserError: the page cannot be opened, or does not become ready in time.
        """
        answer = self.call("Page.navigate", url=url)
        if answer.get("errorText"):
            raise BrowserError(f"{url} cannot be opened: {answer['errorText']}")
        end = time.monotonic() + limit_s
        while not self.evaluate(f"document.readyState === 'complete' && Boolean({ready})"):
            if time.monotonic() > end:
                raise BrowserError(f"{url} did not get ready within {limit_s:g} s ({ready})")
            time.sleep(0.03)


def script_file(name: str) -> Path:
    """Return the file of a script for pages."""
    return PAGE_SCRIPTS / f"{name}.mjs"


@contextmanager
def browser_page(browser: Path, width: int, height: int, *, offline: bool = True) -> Iterator[Page]:
    """Start ``browser`` without a window, and yield a page of ``width`` x ``height`` CSS pixels; end it afterwards.

    Raises:
        BrowserError: the browser does not start.
    """
    with tempfile.TemporaryDirectory(prefix="wann-browser-", ignore_cleanup_errors=True) as profile:
        # Root cannot set up a sandbox, and programs in a container often run as root.
        as_root = hasattr(os, "geteuid") and os.geteuid() == 0
        flags = [*_FLAGS, *(["--no-sandbox"] if as_root else []), f"--user-data-dir={profile}"]
        process = subprocess.Popen(
            [str(browser), *flags, "about:blank"],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            address = _debugging_address(process, Path(profile), browser)
            with connect(address, max_size=None, proxy=None, compression=None) as connection:
                page = _new_page(connection)
                page.call(
                    "Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=False
                )
                if offline:
                    page.call("Network.enable")
                    # Blocking patterns would not do: "http://*" also matches a data: URI that names SVG's namespace.
                    page.call(
                        "Network.emulateNetworkConditions",
                        offline=True,
                        latency=0,
                        downloadThroughput=-1,
                        uploadThroughput=-1,
                    )
                yield page
                _call(connection, 1, "Browser.close", {}, None)
            process.wait(timeout=10)
        finally:
            if process.poll() is None:
                process.kill()
                process.wait()


def _new_page(connection: ClientConnection) -> Page:
    target = _call(connection, 2, "Target.createTarget", {"url": "about:blank"}, None)["targetId"]
    attached = _call(connection, 3, "Target.attachToTarget", {"targetId": target, "flatten": True}, None)
    page = Page(connection, attached["sessionId"])
    page.call("Page.enable")
    return page


def _call(
    connection: ClientConnection, number: int, method: str, parameters: dict[str, object], session: str | None
) -> dict[str, Any]:
    message: dict[str, Any] = {"id": number, "method": method, "params": parameters}
    if session is not None:
        message["sessionId"] = session
    connection.send(json.dumps(message))
    end = time.monotonic() + ANSWER_LIMIT_S
    while True:
        try:
            answer = json.loads(connection.recv(timeout=max(end - time.monotonic(), 0.0)))
        except TimeoutError:
            raise BrowserError(f"the browser did not answer {method} within {ANSWER_LIMIT_S:g} s") from None
        except WebSocketException as error:
            raise BrowserError(f"the browser ended during {method}: {error}") from None
        if answer.get("id") != number:
            continue  # an event, or a late answer
        if "error" in answer:
            raise BrowserError(f"the browser refused {method}: {answer['error'].get('message')}")
        result: dict[str, Any] = answer["result"]
        return result


def _debugging_address(process: subprocess.Popen[bytes], profile: Path, browser: Path) -> str:
    written = profile / "DevToolsActivePort"
    end = time.monotonic() + START_LIMIT_S
    while time.monotonic() < end:
        lines = written.read_text(encoding="utf-8").split() if written.is_file() else []
        if len(lines) == 2:
            return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
        if process.poll() is not None:
            raise BrowserError(f"{browser} ended at once with code {process.returncode}; try to start it by hand")
        time.sleep(0.02)
    raise BrowserError(f"{browser} did not start within {START_LIMIT_S:g} s")
