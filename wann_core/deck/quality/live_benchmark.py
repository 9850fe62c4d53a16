"""How fast the live demos are: ``python -m wann_core.deck.quality.live_benchmark [PAGE ...]``.

Opens the demos' own pages with ``?benchmark`` and prints what they measure; without arguments the pages of
``dist/wann/live``, which `python build.py slides/wann.md` makes. Times are the clock's, the best of several, in a
browser that draws without a GPU: on a machine that is busy with something else they say little.
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


def measure(page_file: Path) -> list[dict[str, Any]]:
    """Return what a demo's page measures: what, value, limit, unit, and atLeast where the limit is a lower one.

    Raises:
        BrowserError: there is no browser, or the page does not come to an end.
    """
    with browser_page(require_browser("the benchmark of live demos"), 1280, 720) as page:
        page.open(f"{page_file.resolve().as_uri()}?benchmark", "window.__benchmark !== undefined", LIMIT_S)
        found: list[dict[str, Any]] = page.evaluate("window.__benchmark")
    return found


def main(arguments: Sequence[str]) -> int:
    """Print the measurements of these pages; return 1 where one misses its limit or cannot be made."""
    pages = [Path(argument) for argument in arguments] or sorted((PROJECT / "dist" / "wann" / "live").glob("*.html"))
    if not pages:
        sys.stderr.write("dist/wann/live: no pages of live demos; make them with `python build.py slides/wann.md`\n")
        return 1
    all_hold = True
    for page in pages:
        try:
            found = measure(page)
        except BrowserError as error:
            sys.stderr.write(f"{page}: {error}\n")
            return 1
        for one in found:
            holds = one["value"] >= one["limit"] if one.get("atLeast") else one["value"] <= one["limit"]
            all_hold = all_hold and holds
            limit = f"{'at least' if one.get('atLeast') else 'at most'} {one['limit']:g} {one['unit']}"
            sys.stdout.write(
                f"{page.stem:<10} {one['what']:<44} {one['value']:>14,.3f} {one['unit']:<8} {limit:<24} "
                f"{'ok' if holds else 'MISSED'}\n"
            )
    return 0 if all_hold else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
