"""The car in the page: it drives from pixels, can be driven, and shows the recorded drive, in a real Chromium over file://."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from made_run import TUNED_MEAN, build_with_runs, make_run
from playwright.sync_api import Browser, BrowserContext, Page
from seen_page import current_slide, deck_with, show, until, watched_demo

from wann_core.deck.build import node
from wann_core.paths import ASSETS

pytestmark = [pytest.mark.browser, pytest.mark.slow]

DECK = deck_with("car-racing", "Car", "seed = 2")
TILES = "Number(document.querySelector('.pg-stage').ariaLabel.match(/(\\d+)\\/\\d+ tiles/)?.[1])"
# How much of a picture differs from its first pixel.
IS_PAINTED = """(canvas) => {
  const { data } = canvas.getContext("2d").getImageData(0, 0, canvas.width, canvas.height);
  return data.some((value, k) => value !== data[k % 4]);
}"""

# Whether a ring is drawn around a point of the picture, given as shares of its width and height.
IS_RINGED = """(canvas, [x, y]) => {
  const scale = canvas.width / canvas.clientWidth;
  const colour = (radius, k) => {
    const at = [x * canvas.width + scale * radius * Math.cos(k), y * canvas.height + scale * radius * Math.sin(k)];
    return canvas.getContext("2d").getImageData(...at.map(Math.floor), 1, 1).data.join();
  };
  return [0, 1, 2, 3, 4, 5].every((k) => colour(24, k) === colour(24, 0) && colour(30, k) !== colour(24, 0));
}"""


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("Box2D", reason="the recorded drive is made on Box2D")
    folder = tmp_path_factory.mktemp("live")
    make_run(folder / "runs")
    return build_with_runs(folder / "runs", folder, "live-car", DECK)


@pytest.fixture
def page(context: BrowserContext, deck: Path) -> Iterator[Page]:
    """The car's slide, without errors or requests to other hosts."""
    with watched_demo(context, deck, "car-racing", "car") as page:
        yield page


def explained(page: Page) -> str:
    """The text of the provenance panel for the present picture."""
    return page.get_attribute("#car .live", "data-explained") or ""


def test_the_champion_drives_from_what_it_sees_and_the_page_says_on_which_physics(page: Page) -> None:
    until(page, f"{TILES} > 3")
    until(page, "document.querySelector('#car .live').dataset.explained.includes('drives on')")
    said = explained(page)
    assert "planck.js in this page" in said
    assert f"{TUNED_MEAN:.0f} in the table, on Box2D" in said
    painted = page.locator(".encoder canvas")
    assert [painted.nth(k).evaluate(IS_PAINTED) for k in range(painted.count())] == [True, True, True]


def test_whoever_takes_the_wheel_drives_and_the_presentation_hears_no_arrow_until_escape(page: Page) -> None:
    page.get_by_role("button", name="Take the wheel").click()
    until(page, "document.querySelector('.score-name').textContent === 'You'")
    assert "arrow keys" in page.inner_text(".car-hint")
    for key in ("ArrowLeft", "ArrowUp", "d", "ArrowRight", "s", "ArrowDown", "a"):
        page.keyboard.press(key)
    assert current_slide(page) == "car"
    assert not page.evaluate("Reveal.isOverview() || Reveal.isPaused()")
    page.keyboard.press("Escape")
    until(page, "document.querySelector('.score-final').textContent.startsWith('disturbed · ')")
    assert not page.evaluate("Reveal.isOverview()")
    assert page.locator(".car-hint").is_hidden()
    page.keyboard.press("ArrowRight")
    assert current_slide(page) == "last"


def test_the_clicker_goes_on_while_somebody_drives_and_takes_the_wheel_away(page: Page) -> None:
    page.keyboard.press("q")
    until(page, "document.querySelector('.score-name').textContent === 'You'")
    page.keyboard.press("PageDown")
    assert current_slide(page) == "last"
    page.keyboard.press("ArrowLeft")
    assert current_slide(page) == "car"
    assert page.get_by_role("button", name="Take the wheel").get_attribute("aria-pressed") == "false"


def test_a_finger_on_the_picture_drives_while_the_wheel_is_taken_and_turns_no_slide(
    browser: Browser, deck: Path
) -> None:
    with browser.new_context(has_touch=True, viewport={"width": 1280, "height": 720}) as context:
        page = show(context.new_page(), deck, "car")
        stage = page.locator(".demo-car-racing .pg-stage canvas")
        box = stage.bounding_box()
        assert box is not None
        middle, car = box["x"] + box["width"] / 2, box["y"] + 0.74 * box["height"]
        devtools = context.new_cdp_session(page)

        def touch(kind: str, **fingers: tuple[float, float]) -> None:
            names = ["first", "second"]
            points = [{"x": x, "y": y, "id": names.index(finger)} for finger, (x, y) in fingers.items()]
            devtools.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})

        assert stage.evaluate("(canvas) => canvas.style.touchAction") == ""
        page.get_by_role("button", name="Take the wheel").tap()
        assert "press where to go" in page.inner_text(".car-hint")
        page.get_by_role("button", name="Restart").tap()
        assert stage.evaluate("(canvas) => canvas.style.touchAction") == "none"
        page.wait_for_timeout(1000)
        assert page.evaluate(TILES) <= 3  # the car stands, because nobody accelerates
        ahead, behind = (middle, car - 150), (middle, car + 40)
        touch("touchStart", first=ahead)
        # A second finger, behind the car, neither brakes nor ends what the first one does.
        touch("touchStart", first=ahead, second=behind)
        touch("touchMove", first=ahead, second=(middle - 10, car + 40))
        touch("touchEnd", second=behind)
        page.wait_for_timeout(300)
        assert stage.evaluate(IS_RINGED, [0.5, 0.74 - 150 / box["height"]])
        until(page, f"{TILES} > 6")
        for x in range(100, -300, -50):
            touch("touchMove", first=(middle + x, car - 100))
            page.wait_for_timeout(30)
        touch("touchEnd")
        assert current_slide(page) == "car"
        page.wait_for_timeout(300)
        assert not stage.evaluate(IS_RINGED, [0.5 - 250 / box["width"], 0.74 - 100 / box["height"]])
        page.get_by_role("button", name="Give the wheel back").tap()
        assert stage.evaluate("(canvas) => canvas.style.touchAction") == ""
        until(page, "document.querySelector('.score-final').textContent.startsWith('disturbed · ')")


def test_the_recorded_drive_is_the_scored_one(page: Page) -> None:
    page.keyboard.press("y")
    assert page.get_attribute("text=Recorded drive", "aria-pressed") == "true"
    assert explained(page) == "Recorded on Box2D: episode 0 of the table, tuned weights"
    assert page.inner_text(".pg-buttons button:nth-child(3)") == "Track 0"
    until(page, f"{TILES} > 3")
    page.keyboard.press("w")
    page.locator(".network-parts .connection").first.dispatch_event("click")
    assert "planck" in explained(page)
    assert "in the table" not in explained(page)
    assert page.inner_text(".pg-buttons button:nth-child(3)") == "Track 2"


def test_it_rests_when_its_slide_is_left(page: Page) -> None:
    until(page, f"{TILES} > 0")
    page.keyboard.press("PageDown")
    page.wait_for_timeout(1200)
    before = page.evaluate("window.__frames")
    page.wait_for_timeout(400)
    assert page.evaluate("window.__frames") == before
    assert page.evaluate("window.__workers") == 0


def test_it_stands_still_until_it_is_started_where_less_motion_is_asked_for(browser: Browser, deck: Path) -> None:
    with browser.new_context(reduced_motion="reduce") as context:
        page = show(context.new_page(), deck, "car")
        page.wait_for_selector(".demo-car-racing .pg-stage canvas")
        page.wait_for_timeout(400)
        assert page.locator(".score-now").text_content() == "0"
        assert page.locator(".encoder canvas").first.evaluate(IS_PAINTED)
        page.get_by_role("button", name="Start", exact=True).click()
        until(page, f"{TILES} > 3")


def test_print_shows_the_still_picture(page: Page, deck: Path) -> None:
    show(page, deck, "", query="?view=print")
    assert page.locator(".demo").count() == 0
    assert page.locator("#car .live-still img").is_visible()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_car_has_no_accessibility_fault_that_axe_finds(browser: Browser, deck: Path, scheme: Any) -> None:
    node.install(with_tools=True)
    with browser.new_context(viewport={"width": 1280, "height": 720}, color_scheme=scheme) as context:
        page = show(context.new_page(), deck, "car")
        page.wait_for_selector(".demo-car-racing .pg-stage canvas")
        page.keyboard.press("q")  # with all parts shown
        page.evaluate((ASSETS / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        found: dict[str, Any] = page.evaluate("axe.run('#car .demo', { preload: false })")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
