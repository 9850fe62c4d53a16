"""The playground as a presenter meets it: in a deck beside other slides and demos, in a real Chromium over file://."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page
from seen_page import COUNTERS, SPEAKER_REPORTS, build_deck, current_slide, show, until, watched

from wann_core.deck.build import node
from wann_core.paths import ASSETS, runs_root
from wann_core.runs.champion_file import load_champion
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import load_task

pytestmark = pytest.mark.browser

DECK = """---
title: Live demos
language: en
---

# First



## One

```live
demo = "swing-up"
weight = 0.5
seed = 3
```


## Between

Text.



## Two

```live
demo = "swing-up"
weight = -1.5
seed = 4
```


## Last

Text.
"""


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_deck(tmp_path_factory.mktemp("live"), "live-demos", DECK)


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with watched(context) as page:
        yield page


def score(page: Page, slide: str) -> int:
    return int(page.evaluate(f"document.querySelector('#{slide} .is-wann .score-now').textContent"))


def frames_in(page: Page, ms: int) -> int:
    before = page.evaluate("window.__frames")
    page.wait_for_timeout(ms)
    return int(page.evaluate("window.__frames")) - int(before)


def test_a_demo_costs_nothing_before_its_slide_runs_on_it_and_rests_elsewhere(page: Page, deck: Path) -> None:
    show(page, deck, "first")
    assert page.locator(".demo").count() == 0
    assert page.evaluate("window.__workers") == 0
    page.keyboard.press("ArrowRight")
    assert current_slide(page) == "one"
    until(page, "document.querySelector('#one .is-wann .score-now').textContent !== '0'")
    assert page.locator(".demo").count() == 1
    page.keyboard.press("ArrowDown")
    page.wait_for_timeout(900)  # the transition's own frames
    assert frames_in(page, 500) == 0
    assert page.evaluate("window.__workers") == 0
    resting = score(page, "one")
    page.keyboard.press("ArrowUp")
    until(page, f"Number(document.querySelector('#one .is-wann .score-now').textContent) !== {resting}")


@pytest.mark.parametrize("key", ["Space", "ArrowDown", "PageDown"])
def test_the_clicker_goes_on_after_the_slider_a_wire_and_the_stage_were_touched(
    page: Page, deck: Path, key: str
) -> None:
    show(page, deck, "two")
    slider = page.locator("#two .weight-slider")
    box = slider.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 30, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] - 30, box["y"] + 80)
    page.mouse.up()
    assert float(slider.input_value()) > 1
    wire = page.locator("#two .network-parts .connection").first
    at = wire.evaluate("(path) => { const p = path.getPointAtLength(path.getTotalLength() / 2); return [p.x, p.y]; }")
    page.locator("#two .network-parts").click(position={"x": at[0], "y": at[1]})
    page.locator("#two .pg-stage canvas").click(position={"x": 200, "y": 60})
    until(page, "document.activeElement === document.body")
    page.keyboard.press(key)
    assert current_slide(page) == "last"


def test_a_cut_wire_changes_the_curve_and_can_be_put_back(page: Page, deck: Path) -> None:
    show(page, deck, "one")
    curve = page.locator("#one .pg-curve")
    until(page, "document.querySelector('#one .pg-curve').ariaLabel.includes('mean score')")
    whole = curve.get_attribute("aria-label")
    cut = page.locator("#one .network-parts .connection[aria-label*='→ force']")
    for i in range(cut.count()):
        cut.nth(i).dispatch_event("click")
    assert page.locator("#one .network-parts [aria-pressed=true]").count() == cut.count()
    until(page, f"document.querySelector('#one .pg-curve').ariaLabel.includes('mean score') && "
                f"document.querySelector('#one .pg-curve').ariaLabel !== {json.dumps(whole)}")  # fmt: skip
    page.get_by_role("button", name="Put the network back").click()
    until(page, f"document.querySelector('#one .pg-curve').ariaLabel === {json.dumps(whole)}")
    node_part = page.locator("#one .network-parts .node").first
    before = node_part.get_attribute("aria-label")
    node_part.dispatch_event("click")
    assert node_part.get_attribute("aria-label") != before


def test_everything_works_by_keyboard(page: Page, deck: Path) -> None:
    show(page, deck, "one")
    value = page.locator("#one .pg-weight-value")
    page.keyboard.press("1")
    assert value.text_content() == "−2.00"
    page.keyboard.press("+")
    assert value.text_content() == "−1.95"
    page.keyboard.press("0")
    assert value.text_content() == "tuned"
    page.keyboard.press("e")
    assert page.locator("#one .pg-buttons").text_content() == "PauseRestartSeed 4Wild startTuned weights"
    page.locator("#one .network-parts .node[tabindex='0']").focus()
    page.keyboard.press("ArrowLeft")
    chosen = page.evaluate("document.activeElement.getAttribute('aria-label')")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") != chosen
    assert current_slide(page) == "one"
    page.keyboard.press("u")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") == chosen
    page.keyboard.press("PageDown")
    assert current_slide(page) != "one"


def test_the_demo_s_keys_are_in_the_help_only(page: Page, deck: Path) -> None:
    show(page, deck, "one")
    assert page.locator("#one kbd").count() == 0
    page.keyboard.press("Shift+?")
    page.wait_for_selector(".r-overlay-help")
    last = page.locator(".r-overlay-help-content > div").last
    assert last.locator("h2").text_content() == "This slide's demo"
    assert "restart" in last.locator("dd").all_text_contents()
    rest = "(e) => e.scrollHeight - e.clientHeight"
    assert page.locator(".r-overlay-help .r-overlay-content").evaluate(rest) == 0
    page.keyboard.press("Escape")
    page.evaluate("location.hash = '#/first'")
    page.keyboard.press("Shift+?")
    assert page.locator(".r-overlay-help-content h2").all_text_contents() == ["Moving", "Tools"]


def test_two_demos_do_not_disturb_each_other(page: Page, deck: Path) -> None:
    show(page, deck, "one")
    page.keyboard.press("6")
    page.keyboard.press("m")
    page.evaluate("location.hash = '#/two'")
    until(page, "document.querySelector('#two .pg-weight-value')?.textContent === '−1.50'")
    assert page.locator("#one .pg-weight-value").text_content() == "2.00"
    assert page.locator("#two .pg-buttons button").first.text_content() == "Pause"
    page.keyboard.press("3")
    assert page.locator("#one .pg-weight-value").text_content() == "2.00"


def test_entering_and_leaving_twenty_times_leaks_nothing(page: Page, deck: Path) -> None:
    show(page, deck, "first")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")

    def counts() -> dict[str, float]:
        page.wait_for_timeout(700)
        devtools.send("HeapProfiler.collectGarbage")
        found = devtools.send("Performance.getMetrics")["metrics"]
        wanted = ("JSEventListeners", "Nodes", "JSHeapUsedSize")
        return {metric["name"]: metric["value"] for metric in found if metric["name"] in wanted}

    def visit(times: int) -> None:
        for _ in range(times):
            for slide in ("one", "between", "two", "last"):
                page.evaluate(f"location.hash = '#/{slide}'")
                page.wait_for_timeout(60)

    visit(2)
    before = counts()
    visit(20)
    after = counts()
    assert page.evaluate("window.__workers") == 0
    assert after["JSEventListeners"] == before["JSEventListeners"]
    assert after["Nodes"] <= before["Nodes"] + 5
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 1_500_000


def test_the_speaker_window_stays_still_and_says_what_is_on_screen(page: Page, deck: Path) -> None:
    show(page, deck, "one")
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    speaker = opening.value
    for _ in range(200):
        if len(speaker.frames) == 3:
            break
        speaker.wait_for_timeout(50)
    preview = speaker.frames[1]
    until(preview, "window.Reveal && Reveal.getCurrentSlide()?.id === 'one'")
    page.keyboard.press("5")
    page.keyboard.press("e")
    until(preview, "document.querySelector('#one .live-mirror')?.textContent === 'On screen: weight 1 · seed 4'")
    assert preview.locator(".demo").count() == 0
    assert preview.locator("#one .live-still img").is_visible()
    page.evaluate(SPEAKER_REPORTS)
    for key in ("2", "e", "w"):
        speaker.keyboard.press(key)
    until(
        preview, "document.querySelector('#one .live-mirror')?.textContent === 'On screen: weight −1 · seed 5 · wild'"
    )
    assert page.locator("#one .pg-weight-value").text_content() == "−1.00"
    speaker.close()


def test_reduced_motion_shows_the_end_with_its_score_until_it_is_started(browser: Browser, deck: Path) -> None:
    recording = load_task("swing_up").record(load_champion(RunStore(runs_root() / "swing_up")).network, 0.5, seed=3)
    with browser.new_context(reduced_motion="reduce") as context:
        context.add_init_script(COUNTERS)
        page = show(context.new_page(), deck, "one")
        # The same seed and weight give the same score as in Python: this weight is not chaotic.
        assert score(page, "one") == round(float(recording.rewards.sum()))
        page.wait_for_timeout(300)
        assert frames_in(page, 300) == 0
        page.get_by_role("button", name="Start", exact=True).click()
        until(page, "Number(document.querySelector('#one .is-wann .score-now').textContent) < 200")


def test_print_and_a_page_without_scripts_show_the_still_picture_with_its_score(browser: Browser, deck: Path) -> None:
    with browser.new_context() as context:
        page = show(context.new_page(), deck, "", query="?view=print")
        assert page.locator(".demo").count() == 0
        assert page.locator("#one .live-still img").is_visible()
        assert "WANN" in (page.locator("#one .live-still").text_content() or "")
    with browser.new_context(java_script_enabled=False) as context:
        page = context.new_page()
        page.goto((deck / "index.html").as_uri())
        assert page.locator("#one .live-still img").is_visible()
        assert "WANN" in (page.locator("#one .live-still").text_content() or "")


def test_a_finger_on_the_demo_moves_the_pole_and_not_the_slide(browser: Browser, deck: Path) -> None:
    with browser.new_context(has_touch=True, viewport={"width": 1280, "height": 720}) as context:
        page = show(context.new_page(), deck, "one")
        page.wait_for_selector("#one .pg-stage canvas")
        devtools = context.new_cdp_session(page)

        def swipe(y: int) -> None:
            for kind, x in (("touchStart", 560), ("touchMove", 420), ("touchMove", 200), ("touchEnd", None)):
                points = [] if x is None else [{"x": x, "y": y}]
                devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
                page.wait_for_timeout(30)

        swipe(350)
        assert current_slide(page) == "one"
        until(page, "document.querySelector('#one .is-wann .score-final').textContent.includes('disturbed')")
        swipe(90)  # beside the demo a swipe turns the slide
        assert current_slide(page) != "one"


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080), (1000, 800)])
def test_canvases_are_as_sharp_as_the_screen(page: Page, deck: Path, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    show(page, deck, "one")
    page.wait_for_timeout(200)
    sharpness = page.evaluate(
        """[...document.querySelectorAll('#one canvas')].map(
            (canvas) => canvas.width / canvas.getBoundingClientRect().width)"""
    )
    assert len(sharpness) == 4
    assert all(one > 0.99 for one in sharpness), sharpness


def test_a_resized_window_makes_the_canvases_sharp_again(page: Page, deck: Path) -> None:
    show(page, deck, "one")
    page.set_viewport_size({"width": 1920, "height": 1080})
    until(page, "Math.abs(Reveal.getScale() - 1.5) < 0.01")
    until(page, """[...document.querySelectorAll('#one canvas')].every(
        (canvas) => Math.abs(canvas.width / canvas.getBoundingClientRect().width - 1) < 0.01)""")  # fmt: skip


def test_the_demo_is_a_page_of_its_own_whose_address_sets_it(page: Page, deck: Path, tmp_path: Path) -> None:
    alone = tmp_path / "sent.html"  # nothing beside it
    alone.write_bytes((deck / "live" / "swing-up.html").read_bytes())
    page.goto(alone.as_uri() + "?w=-1.5&seed=7")
    assert page.locator(".pg-weight-value").text_content() == "−1.50"
    assert "Seed 7" in (page.locator(".pg-buttons").text_content() or "")
    until(page, "document.querySelector('.is-wann .score-now').textContent !== '0'")
    until(page, "document.querySelector('.pg-curve').ariaLabel.includes('mean score')")
    page.keyboard.press("6")
    assert page.evaluate("location.search") == "?w=2&seed=7"


def test_the_playground_has_no_accessibility_fault_that_axe_finds(page: Page, deck: Path) -> None:
    node.install(with_tools=True)
    show(page, deck, "one")
    page.wait_for_selector("#one .demo")
    page.evaluate((ASSETS / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run('#one .demo', { preload: false })")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
