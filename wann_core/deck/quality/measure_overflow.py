"""Measure, in an installed browser, what does not fit on its slide."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from wann_core.deck.browsers import require_browser
from wann_core.deck.chromium import browser_page
from wann_core.deck.quality.overflow import Overflow, keep_overflows, known_overflows

TOLERANCE_PX: Final = 2.0
"""Overflow up to this size is rounding of sub-pixel layouts."""


def overflows_of(index: Path, out: Path) -> list[Overflow]:
    """Return what does not fit on the slides of a built deck; each state of the deck is measured once.

    Args:
        index: the deck's ``index.html``.
        out: the builds' output; measurements are kept in its cache.

    Raises:
        BrowserError: a measurement is needed, but there is no browser, or the deck does not open in it.
    """
    known = known_overflows(index, out)
    if known is None:
        known = find_overflows(index)
        keep_overflows(index, out, known)
    return known


def find_overflows(index: Path) -> list[Overflow]:
    """Measure what does not fit on the slides of a built deck, in the order of the slides.

    Args:
        index: the deck's ``index.html``.

    Raises:
        BrowserError: there is no browser, or the deck does not open in it.
    """
    browser = require_browser("measuring what overflows")
    with browser_page(browser, 1280, 720) as page:
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        page.open(index.resolve().as_uri(), "window.__deckReady")
        found = page.run("overflow", TOLERANCE_PX)
    return [Overflow(one["source"], one["what"], one["side"], float(one["past"])) for one in found]
