"""Slides of a built deck as PNG: ``python -m wann_core.deck.quality.screenshot dist/wann/index.html --out shots/``.

Used to review a whole deck, and for the picture in the README.
"""

from __future__ import annotations

import argparse
import base64
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Literal

from wann_core.deck.browsers import BrowserError, require_browser
from wann_core.deck.chromium import Page, browser_page
from wann_core.files.atomic import write_bytes

Theme = Literal["light", "dark"]

_ALL_FRAGMENTS: Final = 9999


def screenshots(
    index: Path,
    width: int,
    height: int,
    theme: Theme = "light",
    *,
    slides: tuple[str, ...] = (),
    with_fragments: bool = True,
    settle_ms: int = 300,
) -> Iterator[tuple[str, bytes]]:
    """Yield the id and the PNG of slides, in their order.

    Args:
        index: the deck's ``index.html``.
        width: width of the window, in pixels.
        height: height of the window, in pixels.
        theme: the system's colour scheme.
        slides: ids of slides; empty for all.
        with_fragments: show each slide's last state instead of its first.
        settle_ms: waiting time before a picture is taken.

    Raises:
        BrowserError: there is no browser, the deck does not open in it, or it has no such slide.
    """
    browser = require_browser("taking pictures of slides")
    with browser_page(browser, width, height) as page:
        features = [
            {"name": "prefers-color-scheme", "value": theme},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        page.call("Emulation.setEmulatedMedia", features=features)
        page.open(index.resolve().as_uri(), "window.__deckReady && window.Reveal.isReady()")
        for slide in _wanted(page, slides):
            page.run("show-slide", slide, _ALL_FRAGMENTS if with_fragments else -1, settle_ms)
            yield slide, base64.b64decode(page.call("Page.captureScreenshot", format="png")["data"])


def _wanted(page: Page, slides: tuple[str, ...]) -> list[str]:
    there: list[str] = page.run("slide-ids")
    for slide in slides:
        if slide not in there:
            raise BrowserError(f'no slide "{slide}"; there are: {", ".join(there)}')
    return [slide for slide in there if slide in slides] if slides else there


def main(arguments: list[str] | None = None) -> int:
    """Write the pictures; return the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m wann_core.deck.quality.screenshot", description="Take pictures of a deck's slides."
    )
    parser.add_argument("index", type=Path, help="a built deck, such as dist/wann/index.html")
    parser.add_argument("--out", type=Path, required=True, help="folder, or with one --slide a .png")
    parser.add_argument("--slide", action="append", default=[], metavar="ID", help="only this slide")
    parser.add_argument("--size", default="1280x720", metavar="WxH", help="of the window (default: 1280x720)")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--first-state", action="store_true", help="before any fragment is shown")
    options = parser.parse_args(arguments)
    width, _, height = options.size.partition("x")
    if not (width.isdigit() and height.isdigit()):
        parser.error(f"--size {options.size}: write width and height in pixels, such as 1920x1080")
    if not options.index.is_file():
        parser.error(f"{options.index}: no such deck; `python build.py` makes it")
    one = options.out if options.out.suffix == ".png" else None
    if one and len(options.slide) != 1:
        parser.error(f"--out {options.out}: one file takes one --slide")
    try:
        shots = screenshots(
            options.index,
            int(width),
            int(height),
            options.theme,
            slides=tuple(options.slide),
            with_fragments=not options.first_state,
        )
        for number, (slide, png) in enumerate(shots, start=1):
            target = one or options.out / f"{number:02d}-{slide}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            write_bytes(target, png)
            sys.stdout.write(f"{target}\n")
    except BrowserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
