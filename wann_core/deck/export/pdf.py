"""A built deck as PDF, printed by an installed browser."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Final, Literal
from urllib.parse import urlencode

from wann_core.deck.browsers import require_browser
from wann_core.deck.chromium import browser_page
from wann_core.files.atomic import write_bytes

PdfKind = Literal["handout", "steps"]
PDF_KINDS: Final[tuple[PdfKind, ...]] = ("handout", "steps")

_READY: Final = "window.__deckReady"


def print_deck(index: Path, target: Path, kind: PdfKind, *, with_notes: bool = False) -> int:
    """Print a built deck.

    Args:
        index: the deck's ``index.html``.
        target: the PDF to write.
        kind: ``handout`` prints one page per slide in its last state, ``steps`` one page per fragment.
        with_notes: after each page with speaker notes, print a page with the notes.

    Returns:
        The number of pages that show a slide.

    Raises:
        BrowserError: there is no browser, or the deck does not open in it.
    """
    browser = require_browser("--pdf")
    settings = {
        "view": "print",
        "pdfSeparateFragments": "true" if kind == "steps" else "false",
        "pdfMaxPagesPerSlide": "1",
        "showNotes": "separate-page" if with_notes else "false",
    }
    with browser_page(browser, 1280, 720) as page:
        # Paper is white, and print has no motion.
        features = [
            {"name": "prefers-color-scheme", "value": "light"},
            {"name": "prefers-reduced-motion", "value": "reduce"},
        ]
        page.call("Emulation.setEmulatedMedia", media="print", features=features)
        page.open(f"{index.resolve().as_uri()}?{urlencode(settings)}", _READY)
        n_pages = int(page.run("settle-print"))
        printed = page.call("Page.printToPDF", printBackground=True, preferCSSPageSize=True)
    write_bytes(target, base64.b64decode(printed["data"]))
    return n_pages
