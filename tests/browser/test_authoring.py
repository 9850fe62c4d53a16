"""Messages to authors after a browser has shown a deck, and the targets of links."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext

from wann_core.deck.browsers import BROWSER_VARIABLE
from wann_core.deck.quality.measure_overflow import find_overflows
from wann_core.deck.source.lint import MAX_CODE_LINES, MAX_CODE_LINES_IN_COLUMN

pytestmark = pytest.mark.browser

PROJECT = Path(__file__).resolve().parents[2]
LONG = "# Short\n\n\n\n## Long\n\n" + "A paragraph.\n\n" * 40


def run(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(PROJECT / "build.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def build(folder: Path, markdown: str) -> Path:
    source = folder / "talk.md"
    source.write_text(markdown, encoding="utf-8")
    done = run(source, "--out", folder / "dist")
    assert done.returncode == 0, done.stderr
    return folder / "dist" / "talk" / "index.html"


def test_a_check_measures_and_later_builds_remember(tmp_path: Path, browser_executable: str) -> None:
    del browser_executable  # its absence skips this test
    source = tmp_path / "talk.md"
    source.write_text(LONG, encoding="utf-8")
    done = run(source, "--check", "--json", "--out", tmp_path / "dist")
    assert done.returncode == 0
    (finding,) = json.loads(done.stdout)["findings"]
    assert (finding["line"], finding["severity"]) == (5, "warning")
    assert re.search(r"content overflows its slide: <p> reaches \d+ px below the bottom", finding["message"])
    assert "split the slide" in finding["hint"]
    assert re.search(r"warning: .*talk\.md:5: content overflows", run(source, "--out", tmp_path / "dist").stderr)
    # Measurements of another state are not shown.
    source.write_text(LONG.replace("A paragraph.", "A par.", 30), encoding="utf-8")
    assert run(source, "--out", tmp_path / "dist").stderr == ""


def test_a_check_without_browser_says_that_nothing_was_measured(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = tmp_path / "talk.md"
    source.write_text(LONG, encoding="utf-8")
    monkeypatch.setenv(BROWSER_VARIABLE, str(tmp_path / "nothing"))
    done = run(source, "--check", "--out", tmp_path / "dist")
    assert (done.returncode, done.stderr) == (0, "")
    assert "was not measured" in done.stdout
    asked = run(source, "--check", "--browser", "--out", tmp_path / "dist")
    assert asked.returncode == 1
    assert "needs an installed Chromium" in asked.stderr


def test_the_code_that_a_slide_is_said_to_hold_fits(tmp_path: Path, browser_executable: str) -> None:
    del browser_executable
    lines = ["```text\n" + "x = 1\n" * n + "```" for n in (MAX_CODE_LINES, MAX_CODE_LINES + 1)]
    # Which monospace font there is depends on the machine: in the widest 58 characters fit, in the narrowest 66 do not.
    characters = ["```text []\n" + "x" * n + "\n```" for n in (58, 66)]
    slides = [*lines, *characters]
    starts = [1 + sum(slide.count("\n") + 4 for slide in slides[:k]) for k in range(len(slides))]
    found = find_overflows(build(tmp_path, "\n\n\n\n".join(slides)))
    assert [overflow.line for overflow in found] == [starts[1], starts[3]]


def test_the_code_that_a_column_is_said_to_hold_ends_above_the_margin(tmp_path: Path, context: BrowserContext) -> None:
    def column(lines: int) -> str:
        return ":::cols\n```text\n" + "x = 1\n" * lines + "```\n+++\ntext\n:::"

    slides = [column(MAX_CODE_LINES_IN_COLUMN), column(MAX_CODE_LINES_IN_COLUMN + 1)]
    page = context.new_page()
    page.goto(build(tmp_path, "\n\n\n\n".join(slides)).as_uri())
    page.evaluate("window.__deckReady")
    past = []
    for slide in range(2):
        page.evaluate(f"Reveal.slide({slide})")
        past.append(
            page.evaluate(
                """() => {
                  const slide = Reveal.getCurrentSlide();
                  const end = slide.getBoundingClientRect().bottom - parseFloat(getComputedStyle(slide).paddingBottom);
                  return slide.querySelector("pre").getBoundingClientRect().bottom - end;
                }"""
            )
        )
    assert past[0] <= 0 < past[1]


def test_a_link_leads_to_its_slide_in_any_script(tmp_path: Path, context: BrowserContext) -> None:
    titles = ["Why?", "为什么？", "Écoute !", "2019", "شبكة", "Provenance"]
    links = " ".join(f"[{title}](<#{title}>)" for title in titles)
    slides = "\n\n\n\n".join([f"# Start\n\n{links}", "# Between", *(f"# {title}\n\ntext" for title in titles)])
    page = context.new_page()
    page.goto(build(tmp_path, slides).as_uri())
    page.evaluate("window.__deckReady")
    for title in titles:
        page.evaluate("Reveal.slide(0)")
        page.get_by_role("link", name=title, exact=True).click()
        page.wait_for_function("() => Reveal.getIndices().h > 1")
        assert page.evaluate("Reveal.getCurrentSlide().querySelector('h1').textContent") == title
