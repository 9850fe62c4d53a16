"""The evolution as a presenter meets it: in a deck beside other slides, in a real Chromium over file://."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pytest
from in_node import ask_node
from playwright.sync_api import Browser, BrowserContext, Page
from seen_page import COUNTERS, build_deck, current_slide, deck_with, show, until, watched

from wann_core.deck.build import node
from wann_core.paths import ASSETS

pytestmark = pytest.mark.browser

SETTINGS: Final = {"seed": 3, "population": 24, "episodes": 1}
DECK: Final = deck_with("evolve", "Search", "\n".join(f"{name} = {value}" for name, value in SETTINGS.items()))

GENERATION: Final = "Number(document.querySelector('.ev-generation').textContent)"


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build_deck(tmp_path_factory.mktemp("evolve"), "evolve-demo", DECK)


@pytest.fixture(scope="module")
def means_in_node() -> list[float]:
    """The champion's mean in each of the first generations of the deck's run, as node computes it."""
    model = ASSETS / "live" / "models" / "evolution" / "evolution.mjs"
    means = "((run) => Array.from({ length: 12 }, () => run.advance().champion.mean))(new it.Evolution(question))"
    found: list[float] = ask_node(model, means, SETTINGS)
    return found


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    with watched(context) as page:
        yield page


def answers(page: Page) -> int:
    return int(page.evaluate("window.__means.length"))


def test_it_runs_only_on_its_slide_and_goes_on_as_if_it_had_not_been_left(
    page: Page, deck: Path, means_in_node: list[float]
) -> None:
    show(page, deck, "first")
    assert page.locator(".demo").count() == 0
    assert page.evaluate("window.__workers") == 0
    for _ in range(3):
        page.evaluate("location.hash = '#/search'")
        already = answers(page)
        until(page, f"window.__means.length > {already + 1}")
        page.keyboard.press("PageDown")
        assert current_slide(page) == "last"
        page.wait_for_timeout(1200)  # the transition's frames, and the generation that was under way
        resting, frames = answers(page), page.evaluate("window.__frames")
        page.wait_for_timeout(500)
        assert answers(page) == resting
        assert page.evaluate("window.__frames") == frames
    page.evaluate("location.hash = '#/search'")
    until(page, f"window.__means.length >= {len(means_in_node)}")
    assert page.evaluate("window.__workers") == 1
    # The same seed gives the same run: in node, and here, with three rests in between.
    assert page.evaluate(f"window.__means.slice(0, {len(means_in_node)})") == means_in_node


def test_pause_step_restart_and_seed_work_by_key_and_by_button(
    page: Page, deck: Path, means_in_node: list[float]
) -> None:
    show(page, deck, "search")
    until(page, f"{GENERATION} > 1")
    page.keyboard.press("m")
    page.wait_for_timeout(500)
    paused = page.evaluate(GENERATION)
    assert page.locator(".ev-buttons button").first.text_content() == "Start"
    page.keyboard.press("w")
    until(page, f"{GENERATION} === {paused + 1}")
    page.get_by_role("button", name="One generation").click()
    until(page, f"{GENERATION} === {paused + 2}")
    page.keyboard.press("e")
    assert page.get_by_role("button", name="Seed 4").is_visible()
    until(page, f"{GENERATION} === 1")
    other = page.evaluate("window.__means.at(-1)")
    page.keyboard.press("r")
    until(page, f"{GENERATION} === 0 || {GENERATION} === 1")
    until(page, "window.__means.length >= 2 && window.__means.at(-1) === window.__means.at(-2)")
    assert page.evaluate("window.__means.at(-1)") == other != means_in_node[0]
    page.get_by_role("button", name="Start", exact=True).click()
    until(page, f"{GENERATION} > 2")
    assert current_slide(page) == "search"


@pytest.mark.parametrize("key", ["Space", "ArrowDown", "PageDown"])
def test_the_clicker_goes_on_after_a_click_into_the_demo(page: Page, deck: Path, key: str) -> None:
    show(page, deck, "search")
    until(page, f"{GENERATION} > 0")
    page.get_by_role("button", name="Pause").click()
    page.locator(".ev-weights button").nth(1).click()
    page.locator(".ev-history canvas").click()
    until(page, "document.activeElement === document.body")
    page.keyboard.press(key)
    assert current_slide(page) == "last"


def test_number_network_and_film_are_of_one_champion(page: Page, deck: Path) -> None:
    show(page, deck, "search")
    until(page, f"{GENERATION} > 0")
    told = set()
    for _ in range(60):
        score, caption, means = page.evaluate(
            "[...['.ev-score', '.ev-caption'].map((part) => document.querySelector(part).textContent), __means]"
        )
        found = re.match(r"of generation (\d+), ", caption)
        assert found is not None, caption
        assert int(score) == round(means[int(found[1]) - 1]), (score, caption)
        told.add(found[1])
        page.wait_for_timeout(150)
    assert len(told) > 1, "no champion has taken another's place"


def test_the_front_takes_the_history_s_place(page: Page, deck: Path) -> None:
    show(page, deck, "search")
    until(page, f"{GENERATION} > 0")
    assert page.locator(".ev-scatter canvas").is_hidden()
    page.keyboard.press("y")
    assert page.locator(".ev-scatter canvas").is_visible()
    assert page.locator(".ev-history canvas").is_hidden()


def test_a_chosen_weight_is_the_one_that_swings(page: Page, deck: Path) -> None:
    show(page, deck, "search")
    until(page, f"{GENERATION} > 0")
    page.keyboard.press("2")
    until(page, "document.querySelector('.ev-caption').textContent.includes('weight −1.0')")
    pressed = page.locator(".ev-weights [aria-pressed=true]")
    assert pressed.count() == 1
    assert re.fullmatch(r"mean return \d+ at shared weight −1", pressed.text_content() or "")


def test_pictures_and_readouts_have_names_and_values(page: Page, deck: Path) -> None:
    show(page, deck, "search")
    until(page, f"{GENERATION} > 0")
    page.keyboard.press("m")
    page.wait_for_timeout(500)
    named = page.evaluate("[...document.querySelectorAll('.demo [role=img]')].map((one) => one.ariaLabel)")
    assert len(named) == 4
    for part in ("Cart-pole of the champion of generation", "The champion's network: ", "champion ", " on the front"):
        assert any(part in label for label in named), (part, named)
    said = page.locator(".demo [role=status]").text_content() or ""
    assert said.startswith(("Generation ", "Paused. Generation ")), said
    assert "mean return" in said
    assert page.locator(".ev-score").get_attribute("aria-label") == "Champion, mean return over the six weights"
    assert int(page.locator(".ev-score").text_content() or "") > 0


def test_entering_and_leaving_twenty_times_leaks_nothing(page: Page, deck: Path) -> None:
    show(page, deck, "search")
    until(page, f"{GENERATION} > 0")
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
            for slide in ("search", "last"):
                page.evaluate(f"location.hash = '#/{slide}'")
                page.wait_for_timeout(100)

    visit(2)
    before = counts()
    visit(20)
    after = counts()
    assert page.evaluate("window.__workers") == 1
    assert after["JSEventListeners"] == before["JSEventListeners"]
    assert after["Nodes"] <= before["Nodes"] + 5
    assert after["JSHeapUsedSize"] < before["JSHeapUsedSize"] + 1_500_000


def test_reduced_motion_shows_one_generation_still_until_it_is_started(browser: Browser, deck: Path) -> None:
    with browser.new_context(reduced_motion="reduce") as context:
        context.add_init_script(COUNTERS)
        page = show(context.new_page(), deck, "search")
        until(page, f"{GENERATION} === 1")
        page.wait_for_timeout(400)
        caption = page.locator(".ev-caption").text_content()
        page.wait_for_timeout(600)
        assert page.locator(".ev-caption").text_content() == caption
        assert answers(page) == 1
        page.get_by_role("button", name="Start", exact=True).click()
        until(page, f"{GENERATION} > 2")


def test_print_shows_the_still_picture_and_starts_no_worker(page: Page, deck: Path) -> None:
    show(page, deck, "", query="?view=print")
    assert page.locator(".demo").count() == 0
    assert page.evaluate("window.__workers") == 0
    assert page.locator("#search .live-still img").is_visible()


def test_the_speaker_window_stays_still_and_says_seed_and_generation(page: Page, deck: Path) -> None:
    show(page, deck, "search")
    with page.expect_popup() as opening:
        page.keyboard.press("s")
    speaker = opening.value
    for _ in range(200):
        if len(speaker.frames) == 3:
            break
        speaker.wait_for_timeout(50)
    preview = speaker.frames[1]
    until(preview, "window.Reveal && Reveal.getCurrentSlide()?.id === 'search'")
    line = "document.querySelector('#search .live-mirror')?.textContent"
    until(preview, f"/^On screen: seed 3 · .*in generation \\d+ · mean return \\d+$/.test({line})")
    assert preview.locator(".demo").count() == 0
    speaker.close()


@pytest.mark.parametrize("size", [(1280, 720), (1920, 1080)])
def test_canvases_are_as_sharp_as_the_screen(page: Page, deck: Path, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    show(page, deck, "search")
    page.wait_for_timeout(300)
    ratios = page.evaluate(
        """[...document.querySelectorAll('#search canvas')].filter((canvas) => canvas.clientWidth > 0)
            .map((canvas) => canvas.width / canvas.getBoundingClientRect().width)"""
    )
    assert len(ratios) == 4  # the stage, the network and its names, one of the two charts
    assert all(ratio > 0.99 for ratio in ratios), ratios


def test_the_demo_is_a_page_of_its_own_whose_address_sets_it(page: Page, deck: Path, tmp_path: Path) -> None:
    alone = tmp_path / "sent.html"  # nothing beside it
    alone.write_bytes((deck / "live" / "evolve.html").read_bytes())
    page.goto(alone.as_uri() + "?seed=7")
    until(page, f"{GENERATION} > 1")
    assert page.get_by_role("button", name="Seed 7").is_visible()
    page.keyboard.press("e")
    assert page.get_by_role("button", name="Seed 8").is_visible()
    until(page, "location.search === '?seed=8&population=24&episodes=1'")


def test_the_evolution_has_no_accessibility_fault_that_axe_finds(page: Page, deck: Path) -> None:
    node.install(with_tools=True)
    show(page, deck, "search")
    until(page, f"{GENERATION} > 0")
    page.keyboard.press("m")
    page.evaluate((ASSETS / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
    found: dict[str, Any] = page.evaluate("axe.run('#search .demo', { preload: false })")
    assert [(fault["id"], fault["nodes"][0]["html"]) for fault in found["violations"]] == []
