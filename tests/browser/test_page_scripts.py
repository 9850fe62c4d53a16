"""The scripts that the program runs in a browser it drives."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from wann_core.deck.browsers import BrowserError, require_browser
from wann_core.deck.chromium import PAGE_SCRIPTS, Page, browser_page

pytestmark = pytest.mark.browser

NAMES = sorted(path.stem for path in PAGE_SCRIPTS.glob("*.mjs"))
PAGE = """<!doctype html><body><p>Edited at 12</p><script>
window.__deckReady = Promise.resolve();
window.Reveal = {
  isReady: () => true, getSlides: () => [...document.querySelectorAll("section")],
};
</script><section id="one"></section><section id="two"></section>"""


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    source = tmp_path_factory.mktemp("page") / "index.html"
    source.write_text(PAGE, encoding="utf-8")
    with browser_page(require_browser("a test"), 800, 600) as opened:
        opened.open(source.as_uri(), "window.__deckReady")
        yield opened


@pytest.mark.parametrize("name", NAMES)
def test_a_script_exports_one_function_and_imports_nothing(name: str) -> None:
    code = (PAGE_SCRIPTS / f"{name}.mjs").read_text(encoding="utf-8")
    assert code.count("export ") == code.count("\nexport default ") == 1
    assert "import " not in code


def test_arguments_arrive_as_values(page: Page) -> None:
    assert page.run("shows-text", "Edited at 12") is True
    assert page.run("shows-text", 'Edited at 13"); alert("') is False


def test_a_result_comes_back_and_a_promise_is_awaited(page: Page) -> None:
    assert page.run("slide-ids") == ["one", "two"]
    assert page.run("first-slide-usable") >= 0
    assert page.run("settle-print") == 0


def test_what_a_script_throws_is_an_error(page: Page) -> None:
    with pytest.raises(BrowserError, match="getIndices"):
        page.run("show-slide", "one", -1, 0)
