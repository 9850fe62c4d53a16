"""The output of ``build.py`` in a real Chromium: decks that are shown, printed, packed and served."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pypdf
import pytest
from playwright.sync_api import BrowserContext, Page

from wann_core.deck.export.pdf import print_deck
from wann_core.deck.quality.measure_overflow import find_overflows

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROJECT = Path(__file__).resolve().parents[2]
DECK_OF_2019 = PROJECT / "tests" / "deck" / "deck_of_2019.md"

SMALL = """---
title: A small deck
language: en
---

# A small deck

Note:
Welcome them all.



## Sizes

```echarts
x\\y\\Sizes:first,second
alpha,1,2
beta,3,4
```


## Below

The third slide.

* one <!-- .element class="fragment" -->
* two <!-- .element class="fragment" -->
"""


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROJECT / "build.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def build(source: Path, out: Path) -> Path:
    done = run(source, "--out", out)
    assert done.returncode == 0, done.stderr
    return out / source.stem / "index.html"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built page of the small deck."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "talk.md").write_text(SMALL, encoding="utf-8")
    return build(folder / "talk.md", folder / "dist")


@pytest.fixture(scope="module", params=["wann", "tour", "deck_of_2019"])
def index(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The built page of a whole deck."""
    name: str = request.param
    if name != "deck_of_2019":
        return build(PROJECT / "slides" / f"{name}.md", PROJECT / "dist")
    copy = tmp_path_factory.mktemp("old") / DECK_OF_2019.name
    shutil.copy(DECK_OF_2019, copy)
    # Figures that the project has already made are reused.
    return build(copy, PROJECT / "dist")


class Watched:
    """A page, and the problems on it."""

    def __init__(self, context: BrowserContext) -> None:
        self.page: Page = context.new_page()
        self.complaints: list[str] = []
        self.page.on("console", lambda message: self._note(message.type, message.text))
        self.page.on("pageerror", lambda error: self.complaints.append(f"exception: {error}"))
        self.page.on("request", lambda request: self._request(request.url))
        self.page.on("requestfailed", lambda request: self._failed(request.url, request.failure or ""))

    def open(self, index: Path, query: str = "") -> Page:
        self.page.goto(index.resolve().as_uri() + query)
        self.page.evaluate("window.__deckReady")
        return self.page

    def _note(self, kind: str, text: str) -> None:
        if kind in {"error", "warning"}:
            self.complaints.append(f"{kind}: {text}")

    def _request(self, url: str) -> None:
        if not url.startswith(("file:", "data:", "blob:", "about:")):
            self.complaints.append(f"request to {url}")

    def _failed(self, url: str, why: str) -> None:
        # A video that is left before it is loaded is not a failure.
        if "ERR_ABORTED" not in why:
            self.complaints.append(f"{url[:120]} failed: {why}")


@pytest.fixture
def watched(context: BrowserContext) -> Iterator[Watched]:
    watched = Watched(context)
    context.set_offline(True)
    yield watched
    assert watched.complaints == []


# Problems on the current slide: charts that are not drawn at full width or lack bars, videos that do not play.
FAULTS = """async () => {
  const wait = (ms) => new Promise((done) => setTimeout(done, ms));
  const until = async (test, ms) => {
    for (let spent = 0; spent < ms && !test(); spent += 40) await wait(40);
    return test();
  };
  const slide = Reveal.getCurrentSlide();
  const seen = (element) => element.closest(".fragment:not(.visible)") === null;
  const faults = [];
  for (const figure of slide.querySelectorAll("figure.chart")) {
    const drawn = () => figure.querySelector(".chart-live svg") ?? figure.querySelector("svg");
    if (!(await until(() => figure.clientWidth > 100 && drawn(), 2000))) {
      faults.push("a chart without drawing");
      continue;
    }
    const across = drawn().getBoundingClientRect().width / figure.getBoundingClientRect().width;
    if (across < 0.9 || across > 1.02) faults.push(`a chart that takes ${across} of its width`);
    const option = JSON.parse(document.getElementById(`chart-${figure.dataset.chart}`)?.textContent ?? "{}");
    const bars = (option.series ?? []).filter((one) => one.type === "bar").flatMap((one) => one.data ?? []);
    const paths = [...figure.querySelectorAll(".chart-static svg path")];
    const filled = paths.filter((path) => path.getAttribute("fill") !== "none");
    if (filled.length < bars.length) faults.push(`a chart with ${filled.length} shapes for ${bars.length} bars`);
  }
  for (const video of slide.querySelectorAll("video")) {
    if (!seen(video) || !video.hasAttribute("data-autoplay")) continue;
    if (!(await until(() => video.readyState >= 2 && !video.paused && video.currentTime > 0, 5000))) {
      faults.push(`a video that does not play: ${video.error?.message} ${video.getAttribute("src")?.slice(0, 60)}`);
    } else if (!(video.videoWidth > 0 && video.videoWidth % 2 === 0)) {
      faults.push("a video of odd width");
    }
  }
  for (const image of slide.querySelectorAll("img")) {
    const there = () => image.complete && image.naturalWidth > 0;
    if (!(await until(there, 3000))) faults.push(`an image that is not there: ${image.src.slice(0, 80)}`);
  }
  for (const video of document.querySelectorAll(".slides video")) {
    if (!slide.contains(video) && !video.paused) faults.push("a video that plays on another slide");
  }
  return faults;
}"""

NEXT_SLIDE = """() => {
  const slide = Reveal.getCurrentSlide();
  const state = () => JSON.stringify(Reveal.getIndices());
  let before;
  do { before = state(); Reveal.next(); } while (slide === Reveal.getCurrentSlide() && state() !== before);
}"""

STATE = "() => { const { h, v, f } = Reveal.getIndices(); return [h, v, f ?? -1]; }"


IS_OVER = """() => {
  const { right, down } = Reveal.availableRoutes();
  return !right && !down && !Reveal.availableFragments().next;
}"""


def test_every_slide_and_fragment_forward_and_back_with_the_network_cut(watched: Watched, index: Path) -> None:
    page = watched.open(index)
    n_slides = page.evaluate("Reveal.getTotalSlides()")
    forward: list[Any] = [page.evaluate(STATE)]
    faults: list[str] = []
    while True:
        faults += [f"{forward[-1]}: {fault}" for fault in page.evaluate(FAULTS)]
        if page.evaluate(IS_OVER):
            break
        forward.append(press(page, "Space"))
    assert faults == []
    assert len({tuple(state[:2]) for state in forward}) == n_slides
    while not page.evaluate("Reveal.isFirstSlide() && !Reveal.availableFragments().prev"):
        assert press(page, "Shift+Space") in forward
    assert page.evaluate(STATE) == forward[0]


def press(page: Page, key: str) -> Any:
    """Press a key and return where the deck is then; it must have moved."""
    before = page.evaluate(STATE)
    page.keyboard.press(key)
    page.wait_for_function(f"(before) => JSON.stringify(({STATE})()) !== before", arg=json_text(before))
    return page.evaluate(STATE)


def json_text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def test_a_talk_of_2019_has_the_shape_that_it_was_written_with(watched: Watched) -> None:
    page = watched.open(build(DECK_OF_2019, PROJECT / "dist"))
    stacks = page.evaluate(
        "[...document.querySelectorAll('.slides > section')].map((s) => s.querySelectorAll('section').length || 1)"
    )
    assert stacks == [1, 1, 1, 7, 4]
    counts = {"fragment": ".slides .fragment", "chart": "figure.chart", "video": "video", "image": ".slides img"}
    found = {name: page.locator(selector).count() for name, selector in counts.items()}
    assert found == {"fragment": 7, "chart": 3, "video": 4, "image": 5}


def test_nothing_overflows_its_slide(index: Path, browser_executable: str) -> None:
    del browser_executable  # its absence skips this test
    if index.parent.name == "deck_of_2019":
        pytest.skip("written for another theme, and shown as it is")
    assert [str(overflow) for overflow in find_overflows(index)] == []


def test_what_overflows_is_named_with_its_line(tmp_path: Path, browser_executable: str) -> None:
    del browser_executable
    source = tmp_path / "long.md"
    source.write_text("# Short\n\n\n\n## Long\n\n" + "A paragraph.\n\n" * 40, encoding="utf-8")
    found = find_overflows(build(source, tmp_path / "dist"))
    assert len(found) == 1
    assert re.search(r"long\.md:5: content overflows", str(found[0]))
    assert found[0].past_px > 100


@pytest.mark.parametrize(("kind", "n_pages"), [("handout", 3), ("steps", 5)])
def test_a_pdf_has_the_pages_of_its_kind_with_text_and_charts(
    small: Path, tmp_path: Path, kind: Any, n_pages: int, browser_executable: str
) -> None:
    del browser_executable
    assert print_deck(small, tmp_path / "talk.pdf", kind) == n_pages
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "talk.pdf").pages]
    assert len(pages) == n_pages
    assert "A small deck" in pages[0]
    assert "The third slide" in pages[-1]
    assert not any("Welcome them all" in text for text in pages)
    assert "alpha" in pages[1]
    assert ("two" in pages[2]) == (kind == "handout")
    assert "one" in pages[-1]
    assert "two" in pages[-1]


def test_a_pdf_with_notes_has_their_pages_too(small: Path, tmp_path: Path, browser_executable: str) -> None:
    del browser_executable
    print_deck(small, tmp_path / "talk.pdf", "handout", with_notes=True)
    pages = [page.extract_text() for page in pypdf.PdfReader(tmp_path / "talk.pdf").pages]
    assert len(pages) == 4
    assert "Welcome them all" in pages[1]


def test_the_whole_talk_prints_a_page_a_slide(index: Path, tmp_path: Path, watched: Watched) -> None:
    n_slides = watched.open(index).evaluate("Reveal.getTotalSlides()")
    assert print_deck(index, tmp_path / "talk.pdf", "handout") == n_slides
    assert len(pypdf.PdfReader(tmp_path / "talk.pdf").pages) == n_slides


def test_a_single_file_opens_from_anywhere_with_the_network_cut(watched: Watched, index: Path, tmp_path: Path) -> None:
    source = DECK_OF_2019 if index.parent.name == "deck_of_2019" else PROJECT / "slides" / f"{index.parent.name}.md"
    done = run(source, "--single-file", "--out", index.parent.parent)
    assert done.returncode == 0, done.stderr
    alone = tmp_path / "a stick" / "talk #1.html"
    alone.parent.mkdir()
    shutil.copy(index.parent.with_suffix(".html"), alone)
    page = watched.open(alone)
    for slide in range(page.evaluate("Reveal.getTotalSlides()")):
        assert page.evaluate(FAULTS) == [], slide
        page.evaluate(NEXT_SLIDE)


@contextmanager
def served(source: Path, out: Path) -> Iterator[str]:
    """The address of the deck under ``--serve``."""
    command = [sys.executable, str(PROJECT / "build.py"), str(source), "--out", str(out), "--serve", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment, cwd=PROJECT
    )
    try:
        assert process.stdout is not None
        address = next(found[0] for line in process.stdout if (found := re.search(r"http://127\.0\.0\.1:\d+/", line)))
        yield f"{address}{source.stem}/"
    finally:
        process.terminate()
        process.wait(timeout=10)


@contextmanager
def small_deck_while_it_is_written(context: BrowserContext, source: Path) -> Iterator[Page]:
    """The small deck, written to ``source`` and served, open on its third slide's first fragment."""
    source.write_text(SMALL, encoding="utf-8")
    with served(source, source.parent / "dist") as address:
        page = context.new_page()
        with page.expect_websocket():
            page.goto(address)
        page.evaluate("window.__deckReady")
        page.evaluate("Reveal.slide(1, 1, 0)")
        page.wait_for_timeout(700)  # the watch on the folders begins a moment after the server
        yield page


def test_serve_reloads_on_the_same_slide_and_fragment_shows_errors_and_recovers(
    context: BrowserContext, tmp_path: Path
) -> None:
    source = tmp_path / "talk.md"
    with small_deck_while_it_is_written(context, source) as page:
        # A slide is inserted before the one that is shown, so its number changes.
        source.write_text(SMALL.replace("## Sizes", "## Inserted\n\n\n\n## Sizes"), encoding="utf-8")
        page.wait_for_function("() => document.body.textContent.includes('Inserted') && window.Reveal?.isReady()")
        page.wait_for_function("() => Reveal.getCurrentSlide().textContent.includes('third slide')")
        assert page.evaluate(STATE) == [2, 1, 0]

        source.write_text(SMALL.replace("alpha,1,2", "alpha,1,nonsense"), encoding="utf-8")
        line = SMALL.splitlines().index("alpha,1,2") + 1
        overlay = page.locator("#wann-build-errors")
        overlay.wait_for(state="attached")
        assert re.search(rf"talk\.md:{line}: .*nonsense", overlay.evaluate("(host) => host.shadowRoot.textContent"))

        source.write_text(SMALL.replace("The third slide", "Mended"), encoding="utf-8")
        page.wait_for_function("() => document.body.textContent.includes('Mended')")
        assert overlay.count() == 0


def test_serve_puts_new_text_into_the_open_page_and_loads_it_anew_where_that_will_not_do(
    context: BrowserContext, tmp_path: Path
) -> None:
    source = tmp_path / "talk.md"
    with small_deck_while_it_is_written(context, source) as page:

        def edit(old: str, new: str, shown: str) -> bool:
            """Save an edit, wait until it is shown, and say whether the page is still the one that was open."""
            page.evaluate("window.__same = true")
            source.write_text(SMALL.replace(old, new), encoding="utf-8")
            page.wait_for_function(f"() => window.Reveal?.isReady() && {shown}")
            return bool(page.evaluate("window.__same === true"))

        held = "document.body.textContent.includes"
        # Another line more, before the slide, moves the places in the source that slides remember.
        moved = "document.querySelector('#sizes').dataset.source.endsWith('talk.md:16')"
        assert edit("Welcome them all.", "Welcome them all.\n\n\n", moved)
        assert edit("## Below\n\nThe third slide.", "## Under it\n\nMended, **boldly**.", f"{held}('Mended')")
        assert page.evaluate("Reveal.getCurrentSlide().querySelector('strong').textContent") == "boldly"
        assert page.evaluate(STATE) == [1, 1, 0]
        assert page.locator("section#under-it.present").count() == 1
        assert page.locator(".present .fragment.visible").count() == 1
        page.evaluate("Reveal.slide(1, 0)")
        page.wait_for_selector("section.present figure.chart.is-live")
        assert edit("The third slide.", "Once more.", f"{held}('Once more')")
        assert page.locator("section.present figure.chart.is-live").count() == 1
        for old, new, shown in (
            ("alpha,1,2", "alpha,1,9", "document.querySelector('script[id^=chart-]').textContent.includes('9')"),
            ("Welcome them all.", "Greet them.", f"{held}('Greet them')"),
            ("## Below", "## Between\n\n\n## Below", "Reveal.getTotalSlides() === 4"),
            ("title: A small deck", "title: Another", "document.title === 'Another'"),
        ):
            assert not edit(old, new, shown), new


def test_a_served_video_can_be_wound(context: BrowserContext) -> None:
    with served(PROJECT / "slides" / "wann.md", PROJECT / "dist") as address:
        page = context.new_page()
        page.goto(address)
        page.evaluate("window.__deckReady")
        wound = page.evaluate(
            """async () => {
              const video = document.createElement("video");
              video.src = document.querySelector("video[data-src]").dataset.src;
              video.preload = "auto"; video.muted = true;
              await new Promise((done, failed) => { video.onloadedmetadata = done; video.onerror = failed; });
              video.currentTime = video.duration / 2;
              await new Promise((done) => { video.onseeked = done; });
              return [video.currentTime, video.duration];
            }"""
        )
        assert wound[0] == pytest.approx(wound[1] / 2, abs=0.2)
