"""How fast the live demos are: ``python -m wann_core.deck.quality.live_benchmark [PAGE ...]``.

Opens the demos' own pages with ``?benchmark`` and prints what they measure; without arguments the pages of
``dist/wann/live``, which `python build.py slides/wann.md` makes. Then it opens the deck beside them and counts the
frames per second of each demo on its slide. Times are elapsed times, the best of several tries, in a browser that draws
without a GPU. On a busy machine they say little.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from wann_core.deck.browsers import BrowserError, require_browser
from wann_core.deck.chromium import browser_page
from wann_core.paths import PROJECT

LIMIT_S: Final = 240.0
SIZES: Final = ((1280, 720, 58.0), (1920, 1080, 30.0))
"""Window sizes for counting frames, and the required frames per second; a browser shows at most 60."""

# The best of three counts, because other programs may disturb one.
_COUNT_FRAMES: Final = """
(async () => {
  const windowMs = 1500;
  const count = () => new Promise((done) => {
    const begin = performance.now();
    let frames = 0;
    const tick = () => {
      const passed = performance.now() - begin;
      if (passed >= windowMs) return done((1000 * frames) / passed);
      frames += 1;
      requestAnimationFrame(tick);
    };
    requestAnimationFrame(tick);
  });
  const counted = {};
  for (const place of document.querySelectorAll(".live[data-demo]")) {
    if (place.dataset.demo in counted) continue;
    const { h, v } = Reveal.getIndices(place.closest("section"));
    Reveal.slide(h, v);
    await new Promise((done) => setTimeout(done, 2000));
    counted[place.dataset.demo] = Math.max(await count(), await count(), await count());
  }
  return counted;
})()
"""


def measure(page_file: Path) -> list[dict[str, Any]]:
    """Return the measurements of a demo's page: what, value, limit, unit, and atLeast if the limit is a minimum.

    Raises:
        BrowserError: there is no browser, or the page does not finish.
    """
    with browser_page(require_browser("the benchmark of live demos"), 1280, 720) as page:
        page.open(f"{page_file.resolve().as_uri()}?benchmark", "window.__benchmark !== undefined", LIMIT_S)
        found: list[dict[str, Any]] = page.evaluate("window.__benchmark")
    return found


def frames_per_second(deck: Path, width: int, height: int) -> dict[str, float]:
    """Count the frames of each demo of a deck on its slide.

    Args:
        deck: its ``index.html``.
        width: width of the window, in pixels.
        height: height of the window, in pixels.

    Raises:
        BrowserError: there is no browser, or the deck does not open in it.
    """
    with browser_page(require_browser("the benchmark of live demos"), width, height) as page:
        page.open(deck.resolve().as_uri(), "window.__deckReady && window.Reveal.isReady()", LIMIT_S)
        found: dict[str, float] = page.evaluate(_COUNT_FRAMES)
    return found


def main(arguments: Sequence[str]) -> int:
    """Print the measurements of these pages; return 1 if one misses its limit or cannot be made."""
    pages = [Path(argument) for argument in arguments] or sorted((PROJECT / "dist" / "wann" / "live").glob("*.html"))
    if not pages:
        sys.stderr.write("dist/wann/live: no pages of live demos; make them with `python build.py slides/wann.md`\n")
        return 1
    all_hold = True
    try:
        for page in pages:
            for one in measure(page):
                all_hold &= _tell(page.stem, one)
        for deck in dict.fromkeys(page.resolve().parent.parent / "index.html" for page in pages):
            if not deck.is_file():
                continue  # a page without a deck beside it
            for width, height, least in SIZES:
                for demo, rate in frames_per_second(deck, width, height).items():
                    what = f"frames on its slide at {width} x {height}"
                    all_hold &= _tell(
                        demo, {"what": what, "value": rate, "limit": least, "unit": "1/s", "atLeast": True}
                    )
    except BrowserError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0 if all_hold else 1


def _tell(demo: str, one: dict[str, Any]) -> bool:
    """Print a measurement; return whether it is within its limit."""
    holds = one["value"] >= one["limit"] if one.get("atLeast") else one["value"] <= one["limit"]
    limit = f"{'at least' if one.get('atLeast') else 'at most'} {one['limit']:g} {one['unit']}"
    said = "ok" if holds else "MISSED"
    sys.stdout.write(f"{demo:<10} {one['what']:<44} {one['value']:>14,.3f} {one['unit']:<8} {limit:<24} {said}\n")
    return bool(holds)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
