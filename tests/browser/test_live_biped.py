"""The walker in the page: it walks, can be disturbed, and shows the recorded walk, in a real Chromium over file://."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page
from seen_page import build_deck, deck_with, watched_demo

from wann_core.paths import runs_root
from wann_core.runs.store import RunStore, load_scores

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(not RunStore(runs_root() / "biped").exists(), reason="there is no run of the biped"),
]

DECK = deck_with("biped", "Walker", "seed = 2")


@pytest.fixture(scope="module")
def deck(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("Box2D", reason="the recorded walk is made on Box2D")
    return build_deck(tmp_path_factory.mktemp("live"), "live-biped", DECK)


@pytest.fixture
def page(context: BrowserContext, deck: Path) -> Iterator[Page]:
    """The walker's slide, without errors or requests to other hosts."""
    with watched_demo(context, deck, "biped", "walker") as page:
        yield page


def explained(page: Page) -> str:
    """The text of the provenance panel for the present picture."""
    return page.get_attribute("#walker .live", "data-explained") or ""


def metres(page: Page) -> float:
    label = page.get_attribute(".demo-biped .pg-stage", "aria-label") or ""
    return float(label.split("after")[1].split()[0])


def test_the_champion_walks_ahead_and_the_page_says_on_which_physics(page: Page) -> None:
    start = metres(page)
    for _ in range(100):
        page.wait_for_timeout(100)
        if metres(page) > start + 1:
            break
    assert metres(page) > start + 1
    said = explained(page)
    shared = load_scores(RunStore(runs_root() / "biped").scores)["wann"]["tuned_shared"]
    assert "planck.js in this page" in said
    assert f"{shared['mean']:.0f} in the table, on Box2D" in said
    # It begins on the best shared weight, not on weights of its own for each connection.
    assert page.inner_text(".pg-weight-value") == f"{shared['shared_weight']:.2f}"


def test_the_six_weights_say_what_the_run_scored_and_which_fail(page: Page) -> None:
    rows = load_scores(RunStore(runs_root() / "biped").scores)["by_weight"]
    results = page.locator(".preset-result").all_inner_texts()
    assert results == [f"{row['mean']:.0f}" if row["mean"] > 0 else "fails" for row in rows]
    assert {"fails"} < set(results)


def test_the_mark_of_origin_tells_what_is_on_screen_and_the_demo_s_face_does_not(page: Page) -> None:
    assert "planck" not in page.inner_text(".demo-biped")
    page.keyboard.press("i")
    assert "planck.js in this page" in page.inner_text("dialog.provenance")


def test_a_cut_network_and_a_push_are_said_to_be_other_than_the_champion(page: Page) -> None:
    page.keyboard.press("q")
    for _ in range(100):
        if "disturbed" in page.inner_text(".demo-biped .score-final"):
            break
        page.wait_for_timeout(50)
    assert "disturbed" in page.inner_text(".demo-biped .score-final")
    assert page.is_hidden(".demo-biped .pg-reset")
    page.keyboard.press("w")
    page.locator(".demo-biped .network-parts .connection").first.dispatch_event("click")
    assert page.is_visible(".demo-biped .pg-reset")
    assert "in the table" not in explained(page)
    page.click(".demo-biped .pg-reset")
    assert page.is_hidden(".demo-biped .pg-reset")


def test_the_recorded_walk_is_the_scored_one(page: Page) -> None:
    page.click("text=Recorded walk")
    assert page.get_attribute("text=Recorded walk", "aria-pressed") == "true"
    assert "Recorded on Box2D" in explained(page)
    page.keyboard.press("w")
    assert "Not recorded" in page.inner_text(".demo-biped .pg-network")
    assert page.is_hidden(".demo-biped .network-picture")
    page.click("text=Recorded walk")
    assert "planck" in explained(page)
    assert page.is_visible(".demo-biped .network-picture")


def test_it_rests_when_its_slide_is_left(page: Page) -> None:
    page.keyboard.press("End")
    page.wait_for_timeout(300)
    before = metres(page)
    page.wait_for_timeout(500)
    assert metres(page) == before
