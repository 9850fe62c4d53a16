"""Shared parts of browser tests: decks built by the project's command, and watched pages."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest
from playwright.sync_api import BrowserContext, Frame, Page

from wann_core.paths import PROJECT

PATIENCE_S: Final = 60.0
"""A machine that is busy with other tests is slow, not wrong."""

COUNTERS: Final = """
window.__frames = 0;
const frame = window.requestAnimationFrame.bind(window);
window.requestAnimationFrame = (callback) => frame((now) => { window.__frames += 1; callback(now); });
window.__workers = 0;
window.__means = [];
const Original = window.Worker;
window.Worker = class extends Original {
  constructor(...given) {
    super(...given);
    window.__workers += 1;
    this.addEventListener("message", ({ data }) => window.__means.push(data.report?.champion.mean));
  }
  terminate() { window.__workers -= 1; super.terminate(); }
};
"""
"""Counts frames and live workers, and stores the champion's mean of each answer; runs before the page's scripts."""

SPEAKER_REPORTS: Final = """new Promise((heard) => addEventListener("message", ({ data }) => {
  if (String(data).includes("heartbeat")) heard(true);
}))"""
"""Resolves at the next report of the speaker window; from then on the talk receives its keys."""


def deck_with(demo: str, slide: str, settings: str = "") -> str:
    """The text of a deck in which a demo stands on a slide of its own between two others, ``first`` and ``last``.

    Args:
        demo: its name.
        slide: its slide's heading.
        settings: further lines of the fence.
    """
    return f"""---
title: Deck of a demo
language: en
---

# First



## {slide}

```live
demo = "{demo}"
{settings}
```



## Last

Text.
"""


def build_deck(folder: Path, name: str, text: str) -> Path:
    """Build a deck of this text as a presenter would; return the folder of its page."""
    source = folder / f"{name}.md"
    source.write_text(text, encoding="utf-8")
    # Figures that the project has already made are reused.
    out = PROJECT / "dist"
    command = [sys.executable, str(PROJECT / "build.py"), str(source), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out / name


@contextmanager
def watched(context: BrowserContext) -> Iterator[Page]:
    """A page without errors or requests to other hosts."""
    complaints: list[str] = []
    context.on("console", lambda m: complaints.append(m.text) if m.type in ("error", "warning") else None)
    context.on("weberror", lambda e: complaints.append(str(e.error)))
    context.on("request", lambda r: None if r.url.startswith(("file:", "data:", "blob:")) else complaints.append(r.url))
    context.add_init_script(COUNTERS)
    yield context.new_page()
    assert complaints == []


@contextmanager
def watched_demo(context: BrowserContext, deck: Path, demo: str, slide: str) -> Iterator[Page]:
    """A watched page on a demo's slide, with the demo in it."""
    with watched(context) as page:
        show(page, deck, slide)
        page.wait_for_selector(f".demo-{demo} .pg-stage canvas")
        yield page


def show(page: Page, deck: Path, slide: str, query: str = "") -> Page:
    """Open a deck at a slide, and wait until it is ready."""
    page.set_default_timeout(PATIENCE_S * 1000)
    page.goto((deck / "index.html").as_uri() + f"{query}#/{slide}")
    page.evaluate("window.__deckReady")
    return page


def until(page: Page | Frame, expression: str, seconds: float = PATIENCE_S) -> None:
    """Wait until an expression is true; the page's policy forbids the evaluation that Playwright itself would use."""
    for _ in range(int(seconds * 20)):
        if page.evaluate(f"Boolean({expression})"):
            return
        page.wait_for_timeout(50)
    pytest.fail(f"not true after {seconds} s: {expression}")


def current_slide(page: Page) -> str:
    """The id of the current slide."""
    return str(page.evaluate("Reveal.getCurrentSlide().id"))
