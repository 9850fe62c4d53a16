"""What does not fit on its slide, measured in an installed browser."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from wann_core.deck.chromium import browser_page, require_browser
from wann_core.deck.problem import Problem, Severity
from wann_core.files.atomic import write_text
from wann_core.files.hashing import content_hash

TOLERANCE_PX: Final = 2.0
"""Rounding of sub-pixel layouts is no overflow."""

_READY: Final = "window.__deckReady"

# Each slide is shown with all its fragments, as the audience sees it last; boxes are measured in the slide's pixels.
# What an ancestor cuts off (a long code block that scrolls) is not seen either, so that counts as well.
_MEASURE: Final = """
(async (tolerance) => {
  const frame = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  await window.__deckReady;
  await document.fonts.ready;
  const { width, height } = Reveal.getConfig();
  const canvas = document.querySelector(".reveal .slides");
  const found = [];
  for (const slide of Reveal.getSlides()) {
    const { h, v } = Reveal.getIndices(slide);
    Reveal.slide(h, v, 9999);
    await frame();
    const scale = Reveal.getScale();
    const origin = canvas.getBoundingClientRect();
    let worst = { past: tolerance, what: "", side: "" };
    const note = (past, side, element) => {
      const what = [element.localName, ...element.classList].slice(0, 2).join(".");
      if (past > worst.past) worst = { past, side, what };
    };
    for (const element of slide.querySelectorAll("*")) {
      // What draws itself is measured by its frame.
      if (element.closest("aside.notes, svg *, math, .katex, .live *, .chart *")) continue;
      if (element.checkVisibility?.() === false) continue;
      const box = element.getBoundingClientRect();
      if (box.width === 0 || box.height === 0) continue;
      note((box.bottom - origin.top) / scale - height, "below the bottom", element);
      note((box.right - origin.left) / scale - width, "past the right edge", element);
      note((origin.top - box.top) / scale, "above the top", element);
      note((origin.left - box.left) / scale, "past the left edge", element);
      if (element.localName === "pre" || element.localName === "code") {
        note(element.scrollHeight - element.clientHeight, "below the end of its box", element);
        note(element.scrollWidth - element.clientWidth, "past the right end of its box", element);
      }
    }
    if (worst.side) found.push({ ...worst, source: slide.dataset.source ?? slide.id });
  }
  return found;
})(%s)
"""


@dataclass(frozen=True, slots=True)
class Overflow:
    """Content that does not fit.

    Attributes:
        source: file:line where the slide begins.
        what: the element that sticks out furthest.
        side: where it sticks out.
        past_px: how far, in the slide's pixels.
    """

    source: str
    what: str
    side: str
    past_px: float

    @property
    def line(self) -> int:
        """The line in the deck, from 1."""
        number = self.source.rpartition(":")[2]
        return int(number) if number.isdigit() else 1

    @property
    def message(self) -> str:
        """What is wrong."""
        return f"content overflows its slide: <{self.what}> reaches {self.past_px:.0f} px {self.side}"

    @property
    def hint(self) -> str:
        """What to do."""
        return "shorten it, split the slide, or use columns"

    def as_problem(self, deck: Path) -> Problem:
        """The same as a problem of a deck's source."""
        return Problem(deck, self.line, self.message, self.hint, Severity.WARNING)

    def __str__(self) -> str:
        return f"{self.source}: {self.message}; {self.hint}"


def overflows_of(index: Path, out: Path) -> list[Overflow]:
    """Return what does not fit on the slides of a built deck; measured once for each state of the deck.

    Args:
        index: the deck's ``index.html``.
        out: the builds' output; measurements are kept in its cache.

    Raises:
        BrowserError: it must be measured, and there is no browser, or the deck does not open in it.
    """
    known = known_overflows(index, out)
    if known is None:
        known = find_overflows(index)
        written = {"key": _state(index), "found": [asdict(overflow) for overflow in known]}
        kept = _kept(index, out)
        kept.parent.mkdir(parents=True, exist_ok=True)
        write_text(kept, json.dumps(written, ensure_ascii=False))
    return known


def known_overflows(index: Path, out: Path) -> list[Overflow] | None:
    """Return what was measured of this state of a built deck; None where nothing was."""
    try:
        written = json.loads(_kept(index, out).read_text(encoding="utf-8"))
        return [Overflow(**one) for one in written["found"]] if written["key"] == _state(index) else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _kept(index: Path, out: Path) -> Path:
    return out / ".cache" / "overflow" / f"{index.parent.name}.json"


def _state(index: Path) -> str:
    return content_hash(index, index.with_name("deck.css"), index.with_name("deck.js"), Path(__file__))


def find_overflows(index: Path) -> list[Overflow]:
    """Return what does not fit on the slides of a built deck, in their order.

    Args:
        index: the deck's ``index.html``.

    Raises:
        BrowserError: there is no browser, or the deck does not open in it.
    """
    browser = require_browser("measuring what overflows")
    with browser_page(browser, 1280, 720) as page:
        page.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-reduced-motion", "value": "reduce"}])
        page.open(index.resolve().as_uri(), _READY)
        found = page.evaluate(_MEASURE % TOLERANCE_PX)
    return [Overflow(one["source"], one["what"], one["side"], float(one["past"])) for one in found]
