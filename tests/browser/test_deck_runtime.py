"""The deck's runtime as a presenter sees it, in a real Chromium over file:// without network access."""

from __future__ import annotations

import io
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Request
from pypdf import PdfReader
from sample_deck import CHART_OPTION, SampleDeck, all_features, draw, make_clip, make_picture, write_deck
from seen_page import SPEAKER_REPORTS, current_slide, until

from wann_core.deck.build import node
from wann_core.paths import ASSETS

pytestmark = pytest.mark.browser

PROVENANCE = {
    "swing_up/scores": {
        "title": "Swing-up scores",
        "run": "swing_up",
        "seed": 7,
        "date": "2026-11-20",
        "command": "python build.py --rerun swing_up --seed 7",
    }
}
BLOCKS: dict[str, Any] = {"chart-scores": CHART_OPTION, "provenance": PROVENANCE}
N_SLIDES = 11


@pytest.fixture(scope="module")
def bundle(tmp_path_factory: pytest.TempPathFactory) -> Path:
    node.install()
    return node.bundle(tmp_path_factory.mktemp("bundle"))


@pytest.fixture(scope="module")
def sections() -> str:
    svg, math, dot = draw(
        [
            {"id": "c", "kind": "chart", "option": CHART_OPTION, "width": 800, "height": 500},
            {"id": "m", "kind": "math", "tex": r"y=\varphi(w\sum_i x_i)", "display": True},
            {"id": "d", "kind": "dot", "source": "digraph{rankdir=LR; slides->build->deck}"},
        ]
    )
    return all_features(svg["svg"], math["html"], dot["svg"])


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory, bundle: Path, sections: str) -> Path:
    folder = tmp_path_factory.mktemp("deck")
    make_clip(folder / "clip.mp4")
    make_picture(folder / "poster.png")
    options = {"totalTime": 600}
    return write_deck(folder, bundle, SampleDeck(slides=sections, reveal_options=options), BLOCKS)


@dataclass(frozen=True, slots=True)
class Watched:
    """A page, its requests, and its errors."""

    page: Page
    requests: list[str]
    complaints: list[str]

    def open(self, deck: Path, query: str = "", slide: str = "") -> Page:
        self.page.goto(deck.as_uri() + query + (f"#/{slide}" if slide else ""))
        self.page.evaluate("window.__deckReady")
        return self.page


def watch(context: BrowserContext) -> Watched:
    watched = Watched(context.new_page(), [], [])

    def note(request: Request) -> None:
        if not request.url.startswith(("file:", "data:", "blob:", "about:")):
            watched.requests.append(request.url)

    context.on("request", note)
    context.on("console", lambda m: watched.complaints.append(m.text) if m.type in ("error", "warning") else None)
    context.on("weberror", lambda e: watched.complaints.append(str(e.error)))
    return watched


@pytest.fixture
def watched(context: BrowserContext) -> Iterator[Watched]:
    page = watch(context)
    yield page
    assert page.requests == []
    assert page.complaints == []


def test_walking_every_slide_forward_and_back_asks_for_nothing_and_complains_about_nothing(
    watched: Watched, deck: Path
) -> None:
    page = watched.open(deck)
    seen = [current_slide(page)]
    for _ in range(60):
        if page.evaluate("Reveal.isLastSlide()"):
            break
        page.keyboard.press("Space")
        if current_slide(page) != seen[-1]:
            seen.append(current_slide(page))
    assert len(seen) == N_SLIDES
    for _ in range(60):
        page.keyboard.press("Shift+Space")
        if page.evaluate("Reveal.isFirstSlide()"):
            break
    assert current_slide(page) == "title"


@pytest.mark.parametrize("slide", ["chart-column", "chart-alone"])
def test_a_chart_is_live_at_its_full_width_after_its_slide_was_hidden(watched: Watched, deck: Path, slide: str) -> None:
    page = watched.open(deck)
    assert page.locator(".chart-live").count() == 0, "a chart was made while its slide was hidden"
    page.evaluate(f"location.hash = '#/{slide}'")
    page.wait_for_selector(f"#{slide} .chart-live svg")
    sizes = page.evaluate(
        f"""(() => {{
            const figure = document.querySelector('#{slide} figure.chart');
            const box = (element) => element.getBoundingClientRect().width;
            return [box(figure), box(figure.querySelector('.chart-live svg'))];
        }})()"""
    )
    assert sizes[0] > 500
    assert sizes[1] == pytest.approx(sizes[0], abs=2)


def test_a_chart_has_a_bar_for_each_number_in_the_theme_s_colour(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="chart-alone")
    bar_colour = "rgb(15, 98, 180)"  # --chart-1 in the light theme
    until(page, f"document.querySelectorAll('#chart-alone .chart-live svg path[fill=\"{bar_colour}\"]').length >= 4")


def test_a_resized_window_resizes_no_slide_content_but_scales_it(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="chart-alone")
    page.wait_for_selector("#chart-alone .chart-live svg")
    before = page.evaluate("document.querySelector('#chart-alone .chart-live svg').clientWidth")
    page.set_viewport_size({"width": 1920, "height": 1080})
    until(page, "Math.abs(Reveal.getScale() - 1.5) < 0.01")
    assert page.evaluate("document.querySelector('#chart-alone .chart-live svg').clientWidth") == before


@pytest.mark.parametrize("key", ["ArrowRight", "PageDown", "Space"])
def test_the_clicker_works_after_a_slider_was_dragged(watched: Watched, deck: Path, key: str) -> None:
    page = watched.open(deck, slide="controls")
    slider = page.locator("#controls input[type=range]")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 20, box["y"] + 200)
    page.mouse.up()
    assert float(slider.input_value()) > 0
    until(page, "document.activeElement === document.body")
    page.keyboard.press(key)
    assert current_slide(page) == "math"


def test_the_clicker_works_after_a_button_was_clicked(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="controls")
    page.locator("#controls button").click()
    until(page, "document.activeElement === document.body")
    page.keyboard.press("Space")
    assert current_slide(page) == "math"


def test_who_reached_the_slider_by_keyboard_keeps_it(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="controls")
    page.locator("#controls input[type=range]").focus()
    before = float(page.locator("#controls input[type=range]").input_value())
    page.keyboard.press("ArrowRight")
    assert float(page.locator("#controls input[type=range]").input_value()) > before
    assert current_slide(page) == "controls"


def test_key_t_changes_between_light_and_dark_and_charts_follow(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="chart-alone")
    page.wait_for_selector("#chart-alone .chart-live svg")
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    page.keyboard.press("t")
    assert page.evaluate(background) != light
    page.wait_for_selector('#chart-alone .chart-live svg path[fill="rgb(106, 180, 255)"]')
    page.keyboard.press("t")
    assert page.evaluate(background) == light


def test_the_system_s_dark_setting_is_followed(browser: Browser, deck: Path) -> None:
    with browser.new_context(color_scheme="dark") as context:
        page = watch(context).open(deck)
        assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(14, 18, 24)"


def test_arrows_walk_every_slide_forward_and_back_and_those_up_and_down_stay_in_the_stack(
    watched: Watched, deck: Path
) -> None:
    page = watched.open(deck)
    order = page.evaluate("Reveal.getSlides().map((slide) => slide.id)")

    def walk(key: str) -> list[str]:
        seen = [current_slide(page)]
        for _ in range(3 * N_SLIDES):
            page.keyboard.press(key)
            if current_slide(page) != seen[-1]:
                seen.append(current_slide(page))
        return seen

    assert walk("ArrowRight") == order
    assert walk("ArrowLeft") == order[::-1]
    page.evaluate("Reveal.slide(1, 0)")
    assert walk("ArrowDown") == ["pros", "chart-column", "chart-alone"]
    assert walk("ArrowUp") == ["chart-alone", "chart-column", "pros"]
    page.keyboard.press("Shift+ArrowRight")
    assert current_slide(page) == order[-1]


def test_in_the_overview_arrows_go_where_they_point(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="pros")
    page.keyboard.press("o")
    page.keyboard.press("ArrowRight")
    assert current_slide(page) == "table"
    page.keyboard.press("Enter")
    assert not page.evaluate("Reveal.isOverview()")


@pytest.mark.parametrize(
    ("options", "after"),
    [
        ({"navigationMode": "grid"}, "table"),
        ({"keyboard": {"39": "down"}}, "chart-column"),
        ({"keyboard": False}, "pros"),
    ],
)
def test_a_deck_that_says_how_its_keys_move_has_its_way(
    watched: Watched, bundle: Path, sections: str, tmp_path: Path, options: dict[str, Any], after: str
) -> None:
    text = sections.replace(' data-src="clip.mp4"', "").replace(' poster="poster.png"', "")
    page = watched.open(
        write_deck(tmp_path, bundle, SampleDeck(slides=text, reveal_options=options), BLOCKS), slide="pros/1"
    )
    page.evaluate("Reveal.nextFragment()")
    page.keyboard.press("ArrowRight")
    assert current_slide(page) == after


@pytest.mark.parametrize("key", ["PageDown", "PageUp", "Space", "ArrowRight", "ArrowLeft", "ArrowDown", "Escape"])
def test_a_black_screen_ends_with_whatever_key_is_at_hand_and_nothing_else_happens(
    watched: Watched, deck: Path, key: str
) -> None:
    page = watched.open(deck, slide="table")
    page.keyboard.press("b")
    assert page.evaluate("Reveal.isPaused()")
    page.keyboard.press(key)
    assert not page.evaluate("Reveal.isPaused() || Reveal.isOverview()")
    assert current_slide(page) == "table"
    page.keyboard.press("PageDown")
    assert current_slide(page) == "code"


def test_escape_ends_the_topmost_thing_only(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="chart-alone")
    panel = page.locator("dialog.provenance")
    page.locator(".provenance-mark").focus()
    page.keyboard.press("Enter")
    assert panel.is_visible()
    page.keyboard.press("Escape")
    assert not panel.is_visible()
    assert page.evaluate("document.activeElement.className") == "provenance-mark"
    page.keyboard.press("i")
    page.locator("#chart-alone h2").click(modifiers=["Control" if sys.platform == "linux" else "Alt"])
    page.keyboard.press("d")
    zoomed = "document.documentElement.classList.contains('zoomed')"
    pen = "document.querySelector('.pen-sheet').dataset.tool === 'pen'"

    def state() -> list[bool]:
        return [page.evaluate(zoomed), panel.is_visible(), page.evaluate(pen), page.evaluate("Reveal.isOverview()")]

    assert state() == [True, True, True, False]
    page.keyboard.press("Escape")
    assert state() == [False, True, True, False]
    page.keyboard.press("Escape")
    assert state() == [False, False, True, False]
    page.keyboard.press("Escape")
    assert state() == [False, False, False, False]
    page.keyboard.press("Escape")
    assert state() == [False, False, False, True]
    page.keyboard.press("Escape")
    assert state() == [False, False, False, False]


def test_a_video_plays_on_its_slide_and_rests_elsewhere(watched: Watched, deck: Path) -> None:
    page = watched.open(deck)
    video = "document.querySelector('#chart-column video')"
    assert page.evaluate(f"{video}.paused")
    page.evaluate("location.hash = '#/chart-column'")
    until(page, f"!{video}.paused && {video}.currentTime > 0 && {video}.videoWidth === 160")
    page.evaluate("location.hash = '#/lone'")
    until(page, f"{video}.paused")


def test_reduced_motion_stops_transitions_and_videos_but_lets_them_be_started(browser: Browser, deck: Path) -> None:
    with browser.new_context(reduced_motion="reduce") as context:
        page = watch(context).open(deck, slide="chart-column")
        page.wait_for_selector("#chart-column .chart-live svg")
        assert page.evaluate("Reveal.getConfig().transition") == "none"
        assert page.evaluate("document.querySelector('#chart-column video').paused")
        assert page.evaluate("document.querySelector('#chart-column video').controls")


def test_the_speaker_window_over_file_has_notes_and_pacing_and_plays_nothing(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="pros")
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    speaker = opening.value
    until(speaker, "document.querySelector('.speaker-controls-notes .value').textContent.includes('second note')")
    speaker.wait_for_selector(".pacing:visible")
    assert len(speaker.frames) == 3
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    assert current_slide(page) == "chart-column"
    until(page, "!document.querySelector('#chart-column video').paused")
    preview = speaker.frames[1]
    until(preview, "window.Reveal && Reveal.getCurrentSlide()?.id === 'chart-column'")
    assert preview.evaluate("document.querySelector('#chart-column video').paused")
    assert preview.locator(".chart-live").count() == 0
    assert preview.locator("#chart-column .chart-static > svg").is_visible()
    speaker.close()


def speaker_window(page: Page) -> Page:
    """The speaker window, opened by its key and connected."""
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    page.evaluate(SPEAKER_REPORTS)
    return opening.value


def test_keys_pressed_in_the_speaker_window_act_in_the_talk(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="chart-alone")
    speaker = speaker_window(page)
    background = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(background)
    speaker.keyboard.press("t")
    assert page.evaluate(background) != light
    speaker.keyboard.press("i")
    assert page.locator("dialog.provenance").is_visible()
    speaker.keyboard.press("Escape")
    assert page.locator("dialog.provenance").is_hidden()
    speaker.keyboard.press("d")
    assert page.evaluate("document.querySelector('.pen-sheet').dataset.tool") == "pen"
    speaker.keyboard.press("d")
    speaker.keyboard.press("b")
    assert page.evaluate("Reveal.isPaused()")
    speaker.keyboard.press("PageDown")
    assert not page.evaluate("Reveal.isPaused()")
    assert current_slide(page) == "chart-alone"
    speaker.close()


def test_the_speaker_window_s_previews_follow_the_talk_and_do_not_pull_it_back(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="chart-alone")
    speaker = speaker_window(page)
    preview = speaker.frames[1]
    until(preview, "window.Reveal?.getCurrentSlide()?.id === 'chart-alone'")
    for key, slide in (("Space", "table"), ("Shift+Space", "chart-alone")) * 4:
        speaker.keyboard.press(key)
        assert current_slide(page) == slide
        page.wait_for_timeout(60)
    until(preview, "Reveal.getCurrentSlide()?.id === 'chart-alone'")
    page.wait_for_timeout(800)  # longer than the delay after which the window reports moves of its preview
    assert current_slide(page) == "chart-alone"
    speaker.close()


def test_keys_pressed_in_the_speaker_window_s_preview_act_in_the_talk(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="table")
    speaker = speaker_window(page)
    preview = speaker.frames[1]
    until(preview, "window.Reveal?.getCurrentSlide()?.id === 'table'")
    preview.evaluate("window.focus()")
    until(preview, "document.hasFocus()")
    speaker.keyboard.press("x")
    until(page, "document.querySelector('.pen-sheet').dataset.tool === 'laser'")
    speaker.keyboard.press("ArrowRight")
    until(page, "Reveal.getCurrentSlide().id === 'code'")
    until(preview, "Reveal.getCurrentSlide().id === 'code'")
    speaker.keyboard.press("g")
    until(preview, "document.activeElement.matches('.jump-to-slide-input')")
    speaker.keyboard.type("1")
    speaker.keyboard.press("Enter")
    until(page, "Reveal.getCurrentSlide().id === 'title'")
    speaker.close()


def test_only_a_speaker_window_s_preview_can_press_keys_by_message(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="table")
    page.evaluate(
        'postMessage({ type: "wann-press", press: { type: "keydown", key: "b", code: "KeyB", keyCode: 66 } }, "*")'
    )
    page.wait_for_timeout(300)
    assert not page.evaluate("Reveal.isPaused()")


def test_a_blocked_speaker_window_is_said_on_screen(watched: Watched, deck: Path) -> None:
    page = watched.open(deck)
    page.evaluate("{ window.openOf = window.open; window.open = () => null; }")
    note = page.locator(".stage-note")
    assert note.is_hidden()
    page.keyboard.press("s")
    assert "Allow pop-ups for this page and press S again" in note.inner_text()
    page.evaluate("window.open = window.openOf")
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    assert note.is_hidden()
    opening.value.close()


def test_the_overview_shows_what_no_step_has_shown_yet(watched: Watched, deck: Path) -> None:
    page = watched.open(deck)
    fragment = "getComputedStyle(document.querySelector('#pros li.fragment'))"
    assert page.evaluate(f"{fragment}.visibility") == "hidden"
    page.keyboard.press("o")
    assert page.evaluate(f"[{fragment}.visibility, {fragment}.opacity]") == ["visible", "1"]
    page.keyboard.press("o")
    until(page, f"{fragment}.visibility === 'hidden'")


def test_code_is_stepped_through_line_by_line(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="code")
    dimmed = "[...document.querySelectorAll('#code .line.is-dim')].map((line) => Number(line.dataset.line)).join()"
    assert page.evaluate(dimmed) == "2,3,4"
    page.keyboard.press("Space")
    until(page, f"({dimmed}) === '1,2'")
    page.keyboard.press("Space")
    until(page, f"({dimmed}) === ''")
    page.keyboard.press("Shift+Space")
    until(page, f"({dimmed}) === '1,2'")
    page.keyboard.press("Space")
    page.keyboard.press("Space")
    assert current_slide(page) == "controls"


def test_the_pen_draws_in_the_slide_s_coordinates_and_each_slide_has_its_own_drawing(
    watched: Watched, deck: Path
) -> None:
    page = watched.open(deck, slide="table")
    page.set_viewport_size({"width": 1920, "height": 1080})
    until(page, "Math.abs(Reveal.getScale() - 1.5) < 0.01")
    page.keyboard.press("d")
    page.mouse.move(300, 300)
    page.mouse.down()
    page.mouse.move(600, 450)
    page.mouse.up()
    paths = page.locator(".pen-sheet path")
    assert paths.count() == 1
    numbers = [float(n) for n in re.findall(r"[\d.]+", paths.first.get_attribute("d") or "")]
    assert numbers[:2] == pytest.approx([200, 200], abs=1)
    assert numbers[-2:] == pytest.approx([400, 300], abs=1)
    page.keyboard.press("ArrowRight")
    assert current_slide(page) == "code"
    assert paths.count() == 0
    page.keyboard.press("ArrowLeft")
    assert paths.count() == 1
    page.keyboard.press("c")
    assert paths.count() == 0


def test_the_laser_pointer_follows_the_mouse_and_goes(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="table")
    page.keyboard.press("x")
    page.mouse.move(400, 300)
    assert page.locator(".laser-dot").get_attribute("transform") == "translate(400 300)"
    page.keyboard.press("x")
    assert page.locator(".laser-dot").count() == 0


def test_a_measured_figure_says_where_it_comes_from(watched: Watched, deck: Path) -> None:
    page = watched.open(deck)
    mark = page.locator(".provenance-mark")
    assert mark.is_hidden()
    page.evaluate("location.hash = '#/chart-alone'")
    mark.click()
    text = page.locator("dialog.provenance").inner_text()
    for part in ("Swing-up scores", "python build.py --rerun swing_up --seed 7", "2026-11-20"):
        assert part in text
    page.keyboard.press("ArrowRight")
    assert current_slide(page) == "table"
    assert page.locator("dialog.provenance").is_hidden()
    assert mark.is_hidden()


def test_black_out_overview_jump_help_and_search_are_there(watched: Watched, deck: Path) -> None:
    page = watched.open(deck)
    page.keyboard.press("b")
    assert page.evaluate("Reveal.isPaused()")
    page.keyboard.press("b")
    page.keyboard.press("o")
    assert page.evaluate("Reveal.isOverview()")
    page.keyboard.press("o")
    page.keyboard.press("g")
    page.keyboard.type("6")
    page.keyboard.press("Enter")
    assert current_slide(page) == "code"
    page.keyboard.press("Shift+?")
    help_text = page.locator(".r-overlay-help").inner_text()
    order = ("Next fragment or slide", "Jump to slide", "Laser pointer", "Zoom in, and out again")
    assert sorted(order, key=help_text.index) == list(order)
    for entry in ("Draw on the slide", "Light or dark theme", "Speaker window"):
        assert entry in help_text
    rest = "(e) => e.scrollHeight - e.clientHeight"
    assert page.locator(".r-overlay-help .r-overlay-content").evaluate(rest) == 0
    page.keyboard.press("Escape")
    page.keyboard.press("Control+Shift+F")
    page.keyboard.type("drawn anew")
    page.keyboard.press("Enter")
    until(page, "Reveal.getCurrentSlide().id === 'table'")


def test_a_reload_comes_back_to_the_same_slide_and_fragment(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, slide="code")
    page.keyboard.press("Space")
    until(page, "location.hash === '#/code/0'")  # reveal.js writes its address once a second
    page.reload()
    page.evaluate("window.__deckReady")
    until(page, "document.querySelectorAll('#code .line-step.visible').length === 1")
    assert current_slide(page) == "code"


def pdf_of(page: Page) -> PdfReader:
    return PdfReader(io.BytesIO(page.pdf(prefer_css_page_size=True, print_background=True)))


def test_the_handout_has_one_page_a_slide_and_the_steps_one_a_fragment(watched: Watched, deck: Path) -> None:
    handout = pdf_of(watched.open(deck, "?print-pdf&pdfSeparateFragments=false"))
    assert len(handout.pages) == N_SLIDES
    text = "\n".join(page.extract_text() for page in handout.pages)
    for part in ("Works before any training", "Random shared", "Why does it work?", "Fixed topology"):
        assert part in text
    steps = pdf_of(watched.open(deck, "?print-pdf"))
    assert len(steps.pages) == N_SLIDES + 3  # one fragment and two further line steps


def test_print_shows_posters_and_the_charts_of_the_build(watched: Watched, deck: Path) -> None:
    page = watched.open(deck, "?print-pdf")
    assert page.locator("video").count() == 0
    assert page.locator("img.video-still").first.evaluate("(image) => image.complete && image.naturalWidth") == 320
    assert page.locator(".chart-live").count() == 0
    assert page.locator("#chart-alone .chart-static > svg").bounding_box() is not None


def test_without_script_the_deck_is_a_page_to_read(browser: Browser, deck: Path) -> None:
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto(deck.as_uri())
        for slide in ("title", "pros", "chart-alone", "part"):
            assert page.locator(f"#{slide}").is_visible()
        assert page.locator("#chart-alone .chart-static > svg").is_visible()
        tops = [page.locator(f"#{slide}").bounding_box() for slide in ("title", "pros", "table")]
        assert all(one and two and one["y"] < two["y"] for one, two in pairwise(tops))


def test_right_to_left_and_narrow_aspect_are_followed(
    watched: Watched, bundle: Path, sections: str, tmp_path: Path
) -> None:
    deck = SampleDeck(
        slides=sections.replace(' data-src="clip.mp4"', "").replace(' poster="poster.png"', ""),
        language="ar",
        aspect="4:3",
        theme="dark",
    )
    page = watched.open(write_deck(tmp_path, bundle, deck, BLOCKS))
    assert page.evaluate("document.documentElement.dir") == "rtl"
    assert page.evaluate("Reveal.getConfig().rtl")
    assert page.evaluate("Reveal.getConfig().width") == 960
    page.keyboard.press("ArrowLeft")
    assert current_slide(page) == "pros"


def test_data_in_the_page_is_text_and_the_policy_names_no_host(deck: Path) -> None:
    page = deck.read_text(encoding="utf-8")
    blocks = re.findall(r'<script type="application/json"[^>]*>(.*?)</script>', page, re.S)
    assert len(blocks) == 3
    assert all("<" not in block for block in blocks)
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert "unsafe-inline" not in policy[1].split("style-src")[0]
    assert "http" not in policy[1]


AXE = ASSETS / "node_modules" / "axe-core" / "axe.min.js"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_slide(browser: Browser, deck: Path, theme: Any) -> None:
    node.install(with_tools=True)
    with browser.new_context(color_scheme=theme, reduced_motion="reduce", bypass_csp=True) as context:
        page = watch(context).open(deck)
        page.add_script_tag(content=AXE.read_text(encoding="utf-8"))
        found: list[str] = []
        for slide in page.evaluate("Reveal.getSlides().map((slide) => slide.id)"):
            page.evaluate(
                "(id) => Reveal.slide(...(({h, v}) => [h, v, 9])(Reveal.getIndices(document.getElementById(id))))",
                slide,
            )
            result = page.evaluate("axe.run({resultTypes: ['violations']})")
            found += [
                f"{slide}: {violation['id']}: {violation['nodes'][0]['html'][:160]}"
                for violation in result["violations"]
                if violation["impact"] in ("serious", "critical")
            ]
        assert found == []
