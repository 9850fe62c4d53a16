"""The project's own decks on stage, slide by slide, in a real Chromium over file://."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Literal

import pypdf
import pytest
from committed import DECKS
from playwright.sync_api import Browser, BrowserContext, Page
from seen_page import until

from wann_core.deck.build import node
from wann_core.deck.export.pdf import print_deck
from wann_core.paths import ASSETS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PROJECT = Path(__file__).resolve().parents[2]
AXE = ASSETS / "node_modules" / "axe-core" / "axe.min.js"
Theme = Literal["light", "dark"]


def build(source: Path, out: Path) -> Path:
    command = [sys.executable, str(PROJECT / "build.py"), str(source), "--out", str(out), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return out / source.stem / "index.html"


@pytest.fixture(scope="module")
def talk() -> Path:
    """The built talk; figures that the project has already made are reused."""
    return build(PROJECT / "slides" / "wann.md", PROJECT / "dist")


@pytest.fixture(scope="module", params=DECKS)
def deck(request: pytest.FixtureRequest) -> Path:
    """Each of the project's decks."""
    return build(PROJECT / "slides" / f"{request.param}.md", PROJECT / "dist")


@pytest.fixture
def page(context: BrowserContext, talk: Path) -> Page:
    """The talk, opened without network access."""
    context.set_offline(True)
    return open_deck(context, talk)


def open_deck(context: BrowserContext, index: Path, slide: str = "") -> Page:
    page = context.new_page()
    page.goto(index.resolve().as_uri() + (f"#/{slide}" if slide else ""))
    page.evaluate("window.__deckReady")
    return page


SHOW_LAST_STATE = """(id) => {
  const { h, v } = Reveal.getIndices(document.getElementById(id));
  Reveal.slide(h, v, 9999);
}"""

# axe's rule for the strictest level lets large text have 4.5:1; a back row and a pale projector do not.
SEVEN_TO_ONE = """axe.configure({ checks: [{ id: "color-contrast-enhanced", options: {
  contrastRatio: { normal: { expected: 7 }, large: { expected: 7 } } } }] })"""
RUN_AXE = """axe.run(document, {
  resultTypes: ["violations"], rules: { "color-contrast-enhanced": { enabled: true } } })"""


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_and_text_has_seven_to_one_on_any_slide(
    browser: Browser, deck: Path, theme: Theme
) -> None:
    node.install(with_tools=True)
    with browser.new_context(
        color_scheme=theme, reduced_motion="reduce", bypass_csp=True, viewport={"width": 1280, "height": 720}
    ) as context:
        page = open_deck(context, deck)
        page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
        page.evaluate(SEVEN_TO_ONE)
        found: list[str] = []
        for slide in page.evaluate("Reveal.getSlides().map((slide) => slide.id)"):
            page.evaluate(SHOW_LAST_STATE, slide)
            page.wait_for_timeout(120)
            found += [
                f"{slide}: {violation['id']}: {one['html'][:140]}: {one['failureSummary'][:300]}"
                for violation in page.evaluate(RUN_AXE)["violations"]
                if violation["impact"] in ("serious", "critical")
                for one in violation["nodes"][:2]
            ]
        assert found == []


@pytest.mark.parametrize(("theme", "other"), [("light", "dark"), ("dark", "light")])
def test_the_front_matter_fixes_the_theme_whatever_the_system_says(
    browser: Browser, tmp_path: Path, theme: Theme, other: Theme
) -> None:
    source = tmp_path / "fixed.md"
    source.write_text(f"---\ntheme: {theme}\n---\n\n# Fixed\n", encoding="utf-8")
    index = build(source, tmp_path / "dist")
    with browser.new_context(color_scheme=other) as context:
        background = open_deck(context, index).evaluate("getComputedStyle(document.body).backgroundColor")
    assert background == {"light": "rgb(253, 252, 249)", "dark": "rgb(14, 18, 24)"}[theme]


def test_videos_are_asked_for_only_when_their_slide_shows(context: BrowserContext, talk: Path) -> None:
    asked: list[str] = []
    context.on("request", lambda request: asked.append(request.url) if request.url.endswith(".mp4") else None)
    page = open_deck(context, talk)
    page.wait_for_timeout(500)
    assert asked == []
    slide = page.evaluate(
        "Reveal.getSlides().findIndex((slide) => slide.querySelector('video:not(.fragment video)') !== null)"
    )
    page.evaluate("(n) => { const { h, v } = Reveal.getIndices(Reveal.getSlides()[n]); Reveal.slide(h, v); }", slide)
    own = page.evaluate("Reveal.getCurrentSlide().querySelectorAll('video').length")
    until(page, "[...Reveal.getCurrentSlide().querySelectorAll('video')].every((video) => !video.paused)")
    assert 1 <= len(set(asked)) <= own
    page.evaluate("Reveal.slide(0)")
    until(page, "[...document.querySelectorAll('video')].every((video) => video.paused)")


def test_a_video_that_is_loaded_too_late_does_not_start_on_the_slide_that_follows(page: Page) -> None:
    page.evaluate(SHOW_LAST_STATE, "swing-up")
    until(page, "!document.querySelector('#swing-up video').paused")
    page.evaluate("Reveal.next()")
    until(page, "document.querySelector('#swing-up video').paused")
    page.evaluate("document.querySelector('#swing-up video').play().catch(() => {})")
    until(page, "document.querySelector('#swing-up video').paused")
    assert page.evaluate("Reveal.getCurrentSlide().id") != "swing-up"


def test_the_presenter_window_has_notes_clock_pacing_and_the_next_slide(page: Page) -> None:
    page.evaluate("Reveal.next()")
    current, following = page.evaluate("Reveal.getSlides().slice(1, 3).map((slide) => slide.id)")
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    speaker = opening.value
    notes = page.evaluate("Reveal.getSlideNotes().replace(/<[^>]*>/g, ' ').trim().split(/\\s+/).slice(0, 4).join(' ')")
    shown = "document.querySelector('.speaker-controls-notes .value').textContent.replace(/\\s+/g, ' ')"
    until(speaker, f"{shown}.includes({notes!r})")
    assert re.search(r"\d+:\d\d", speaker.locator(".clock-value").inner_text())
    speaker.wait_for_selector(".pacing:visible")
    frames = speaker.frames[1:]
    assert len(frames) == 2
    until(frames[0], f"window.Reveal?.getCurrentSlide()?.id === {current!r}")
    until(frames[1], f"window.Reveal?.isReady() && [{current!r}, {following!r}].includes(Reveal.getCurrentSlide().id)")
    page.keyboard.press("PageDown")
    for frame in frames:
        assert frame.evaluate("[...document.querySelectorAll('video')].every((video) => video.paused)")
        assert frame.evaluate("document.querySelectorAll('.live.is-live, .chart-live').length") == 0
    speaker.close()


def test_the_pacing_of_the_slides_adds_up_to_the_talk(page: Page) -> None:
    timings = page.evaluate("Reveal.getSlides().map((slide) => Number(slide.dataset.timing))")
    assert all(timing > 0 for timing in timings)
    assert sum(timings) == page.evaluate("Reveal.getConfig().totalTime")


def test_a_measured_figure_says_run_seed_date_and_the_command_that_makes_it_anew(page: Page) -> None:
    page.evaluate(SHOW_LAST_STATE, "swing-up")
    page.locator(".provenance-mark").click()
    text = page.locator("dialog.provenance").inner_text()
    assert re.search(r"Run\s+swing_up, budget \w+, champion [0-9a-f]{16}", text)
    assert re.search(r"Seed\s+\d+", text)
    assert re.search(r"Date\s+20\d\d-\d\d-\d\d", text)
    assert re.search(r"python build\.py --rerun swing_up --(budget \w+|experiment \S+) --seed \d+", text)
    page.keyboard.press("i")
    assert page.locator("dialog.provenance").is_hidden()


def test_a_slide_without_a_measured_figure_has_no_mark(page: Page) -> None:
    assert page.locator(".provenance-mark").is_hidden()
    page.evaluate(SHOW_LAST_STATE, "how-a-score-is-read")
    assert page.locator(".provenance-mark").is_hidden()


def test_a_slide_with_numbers_of_a_run_in_its_sentences_has_the_mark(page: Page) -> None:
    page.evaluate(SHOW_LAST_STATE, "pros-and-cons")
    until(page, "!document.querySelector('.provenance-mark').hidden")
    page.keyboard.press("i")
    assert "swing_up" in page.inner_text("dialog.provenance")


def test_a_click_with_alt_or_on_linux_with_ctrl_zooms_in_and_out(page: Page) -> None:
    page.evaluate(SHOW_LAST_STATE, "pros-and-cons")
    zoomed = "document.body.style.transform !== '' && document.body.style.transform !== 'none'"
    page.locator("section.present h3").first.click(modifiers=["Control" if sys.platform == "linux" else "Alt"])
    until(page, zoomed)
    page.keyboard.press("Escape")
    until(page, f"!({zoomed}) || document.body.getBoundingClientRect().width <= innerWidth + 1")


@pytest.mark.parametrize("demo", ["swing-up", "evolve", "biped", "car-racing"])
def test_a_mistyped_address_is_that_of_the_demo_as_it_was_set(context: BrowserContext, talk: Path, demo: str) -> None:
    page = context.new_page()
    address = (talk.parent / "live" / f"{demo}.html").as_uri()

    def seen(query: str) -> list[str]:
        page.goto(address + query)
        buttons = page.locator(".demo button:visible")
        buttons.first.wait_for()
        return [text for text in buttons.all_text_contents() if re.match(r"Seed|Ground|Track", text)]

    usual = seen("")
    assert len(usual) == 1
    assert seen("?w=foo&seed=-3&population=1") == usual
    assert seen("?seed=2") != usual


OVERLAPPING_BUTTONS = """(() => {
  const boxes = [...document.querySelectorAll(".demo button")]
    .map((button) => ({ name: button.textContent, box: button.getBoundingClientRect() }))
    .filter(({ box }) => box.width > 0);
  const isBeyond = (a, b) => a.left > b.right - 0.5 || a.top > b.bottom - 0.5;
  return boxes.flatMap((a, k) => boxes.slice(k + 1)
    .filter((b) => !isBeyond(a.box, b.box) && !isBeyond(b.box, a.box))
    .map((b) => [a.name, b.name]));
})()"""


@pytest.mark.parametrize("width", [320, 390])
@pytest.mark.parametrize("demo", ["swing-up", "evolve", "biped", "car-racing"])
def test_a_demo_s_own_page_fits_a_phone(browser: Browser, talk: Path, demo: str, width: int) -> None:
    with browser.new_context(viewport={"width": width, "height": 844}, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto((talk.parent / "live" / f"{demo}.html").as_uri())
        page.wait_for_selector(".demo canvas")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(OVERLAPPING_BUTTONS) == []
        inputs = {"swing-up": 6, "evolve": 6, "biped": 25, "car-racing": 17}[demo]
        shows_network = page.locator(".demo.is-world button", has_text="Network").and_(page.locator(":visible"))
        if shows_network.count():  # the demo of a world keeps its network behind this button
            shows_network.last.click()
        until(page, "document.querySelector('.network-picture canvas')?.clientHeight > 0")
        height = page.evaluate("document.querySelector('.network-picture').clientHeight")
        assert height / inputs >= 14  # pixels for each name


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_without_script_the_talk_is_a_page_with_its_charts(browser: Browser, talk: Path, theme: Theme) -> None:
    with browser.new_context(java_script_enabled=False, color_scheme=theme) as context:
        page = context.new_page()
        page.goto(talk.resolve().as_uri())
        charts = page.locator("figure.chart .chart-static > svg")
        assert charts.count() >= 5
        for k in range(charts.count()):
            box = charts.nth(k).bounding_box()
            assert box is not None
            assert box["width"] > 400
            assert box["height"] > 200


def test_a_handout_of_the_talk_has_charts_as_text_and_posters_as_pictures(
    talk: Path, tmp_path: Path, browser_executable: str
) -> None:
    del browser_executable
    print_deck(talk, tmp_path / "talk.pdf", "handout")
    pages = pypdf.PdfReader(tmp_path / "talk.pdf").pages
    swing_up = next(page for page in pages if page.extract_text().lstrip().startswith("Swing up"))
    text = " ".join(swing_up.extract_text().split())
    for part in ("WANN", "Fixed topology", "Tuned shared", "Mean return"):
        assert part in text
    assert max(image.image.width for image in swing_up.images if image.image is not None) >= 400
    demo = next(page for page in pages if "Live demo" in page.extract_text())
    assert len(demo.images) >= 1


@pytest.mark.parametrize("command", [["--pdf"], ["--check", "--browser"]])
def test_without_a_browser_the_error_says_what_to_install(tmp_path: Path, command: list[str]) -> None:
    source = tmp_path / "plain.md"
    source.write_text("# Plain\n", encoding="utf-8")
    environment = {**os.environ, "BROWSER_PATH": str(tmp_path / "no-browser")}
    arguments = [sys.executable, str(PROJECT / "build.py"), str(source), "--out", str(tmp_path / "dist"), *command]
    done = subprocess.run(arguments, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 1
    assert re.search(r"needs an installed Chromium, Chrome or Edge.*install one", done.stderr)
    assert "Traceback" not in done.stderr


def test_pictures_of_slides_are_taken_for_looking_a_deck_over(
    talk: Path, tmp_path: Path, browser_executable: str
) -> None:
    del browser_executable
    command = [sys.executable, "-m", "wann_core.deck.quality.screenshot", str(talk), "--size", "640x360"]
    one = tmp_path / "one.png"
    done = subprocess.run(
        [*command, "--out", str(one), "--slide", "swing-up"], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    assert done.returncode == 0, done.stderr
    assert one.read_bytes().startswith(b"\x89PNG")
    wrong = subprocess.run(
        [*command, "--out", str(one), "--slide", "swingup"], capture_output=True, text=True, check=False, cwd=PROJECT
    )
    assert wrong.returncode == 1
    assert 'no slide "swingup"; there are: weight-agnostic' in wrong.stderr
