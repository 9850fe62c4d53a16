"""Every demo from the back row: no text is small, and the panel shows the provenance of the picture."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from seen_page import build_deck, show, until, watched

from wann_core.deck.source.live_demo import demos
from wann_core.paths import LIVE_ASSETS, runs_root
from wann_core.runs.store import RunStore

pytestmark = pytest.mark.browser

NAMES = [name for name, spec in demos().items() if spec.task is None or RunStore(runs_root() / spec.task).exists()]
DECK = "# Demos\n" + "".join(f'\n\n\n# Demo {name}\n\n```live\ndemo = "{name}"\n```\n' for name in NAMES)
MIN_TEXT_PX = 20

# What is written on canvases: size and text.
SEE_CANVAS_TEXT = """
window.__written = {};
const fillText = CanvasRenderingContext2D.prototype.fillText;
CanvasRenderingContext2D.prototype.fillText = function (text, ...place) {
  window.__written[text] = Number(/([\\d.]+)px/.exec(this.font)[1]);
  return fillText.call(this, text, ...place);
};
"""
PAGE_TEXT = """(demo) => {
  const found = {};
  const walker = document.createTreeWalker(demo, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const { textContent, parentElement } = walker.currentNode;
    if (!textContent.trim() || parentElement.closest(".visually-hidden") || !parentElement.checkVisibility()) continue;
    found[textContent.trim()] = parseFloat(getComputedStyle(parentElement).fontSize);
  }
  return found;
}"""


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("Box2D", reason="the recorded episodes are made on Box2D")
    return build_deck(tmp_path_factory.mktemp("stage"), "live-stage", DECK)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    context.add_init_script(SEE_CANVAS_TEXT)
    with watched(context) as page:
        yield page


@pytest.mark.parametrize("name", NAMES)
def test_nothing_is_written_smaller_than_the_back_row_reads(page: Page, deck: Path, name: str) -> None:
    show(page, deck, f"demo-{name}")
    page.wait_for_selector(f".demo-{name} canvas")
    page.keyboard.press("w")  # with its network, if that is shown on demand
    page.wait_for_timeout(1500)
    texts = page.locator(f".demo-{name}").evaluate(PAGE_TEXT)
    assert len(texts) > 5
    drawn = page.evaluate("window.__written")
    assert drawn
    assert {text: size for text, size in {**texts, **drawn}.items() if size < MIN_TEXT_PX} == {}


@pytest.mark.parametrize("name", NAMES)
def test_the_panel_tells_where_a_demo_s_picture_comes_from(page: Page, deck: Path, name: str) -> None:
    show(page, deck, f"demo-{name}")
    until(page, f"document.querySelector('[data-demo={name}]').dataset.explained")
    mark = page.locator(".provenance-mark")
    assert mark.inner_text() == ("measured" if demos()[name].shows_champion else "source")
    page.keyboard.press("i")
    assert "in this page" in page.inner_text("dialog.provenance")


def test_a_slider_is_the_same_in_every_browser() -> None:
    css = (LIVE_ASSETS / "live.css").read_text(encoding="utf-8")

    def declarations(part: str) -> set[str]:
        found = re.search(rf"weight-slider::{part} \{{(.*?)\}}", css, re.DOTALL)
        assert found is not None, part
        lines = {line.strip() for line in found[1].strip().splitlines()}
        # A property that only WebKit needs.
        return {line for line in lines if "appearance" not in line and "margin-block-start" not in line}

    assert declarations("-webkit-slider-thumb") == declarations("-moz-range-thumb")
    assert declarations("-webkit-slider-runnable-track") == declarations("-moz-range-track")
