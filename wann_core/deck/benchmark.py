"""How long a presenter waits: ``python -m wann_core.deck.benchmark`` measures and prints it beside what is asked for.

Every time of a build is that of the whole process. The project's own files are not touched: the decks that are edited
are copies in a temporary folder.
"""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from wann_core.deck.chromium import Page, browser_page, find_browser

PROJECT: Final = Path(__file__).resolve().parents[2]
REPEATS: Final = 5
N_SLIDES: Final = 200
N_EACH: Final = 50


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of the result.

    Attributes:
        what: what was measured.
        value: the median of several tries, or None where it could not be measured.
        limit: what it should stay below, in the same unit.
        unit: of both.
    """

    what: str
    value: float | None
    limit: float
    unit: str

    def __str__(self) -> str:
        value = "no browser" if self.value is None else f"{self.value:10.3f} {self.unit}"
        verdict = "" if self.value is None else "ok" if self.value <= self.limit else "ABOVE"
        return f"{self.what:<62} {value:>14}   at most {self.limit:g} {self.unit:<3} {verdict}"


def measure_all() -> Iterator[Measurement]:
    """Measure everything, one after the other."""
    with tempfile.TemporaryDirectory(prefix="wann-benchmark-") as temporary:
        folder = Path(temporary)
        out = folder / "dist"
        talk = folder / "wann.md"
        shutil.copy(PROJECT / "slides" / "wann.md", talk)
        _take_over_cache(out)
        run_build(talk, out)
        yield Measurement("talk: build, nothing stale", median(lambda: run_build(talk, out)), 0.7, "s")
        yield Measurement(
            "talk: build after an edit of one line", median(lambda: run_build(edited(talk), out)), 0.7, "s"
        )
        yield from _measure_sizes(out / "wann")
        yield from _measure_in_browser(talk, out)
        yield from _measure_large_deck(folder)


def large_deck() -> str:
    """Return a deck of 200 slides with 50 charts, 50 code blocks and 50 formulas, no two of them alike."""
    slides = ["---\ntitle: A large deck\nlanguage: en\n---\n\n# A large deck"]
    for i in range(N_SLIDES - 1):
        body = [
            f"## Slide {i}",
            f"Text with *emphasis* and a list on slide {i}.",
            '* one\n* two <!-- .element class="fragment" -->',
        ]
        number = i // 4
        if i % 4 == 0 and number < N_EACH:
            rows = "\n".join(f"row {k},{(k * 7 + number) % 50},{(k * 11 + number) % 40}" for k in range(5))
            body.append(f"```echarts\nx\\y\\Chart {number}:first,second\n{rows}\n```")
        elif i % 4 == 1 and number < N_EACH:
            code = "\n".join(f"def function_{number}_{k}(x: int) -> int:\n    return x * {k}\n" for k in range(4))
            body.append(f"```python [1|2-5]\n{code}\n```")
        elif i % 4 == 2 and number < N_EACH:
            body.append(
                f"$$\\sum_{{k=0}}^{{{number}}} \\frac{{k^{{{number}}}}}{{k!}} = \\int_0^{{{number}}} f(x)\\,dx$$"
            )
        slides.append("\n\n".join(body))
    return "\n\n\n\n".join(slides) + "\n"


def run_build(source: Path, out: Path) -> float:
    """Build one deck in a process of its own and return the seconds it took.

    Raises:
        RuntimeError: the build failed.
    """
    begin = time.perf_counter()
    command = [sys.executable, str(PROJECT / "build.py"), str(source), "--out", str(out), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds = time.perf_counter() - begin
    if done.returncode != 0:
        raise RuntimeError(f"the build of {source.name} failed:\n{done.stderr}")
    return seconds


def median(measure: Callable[[], float]) -> float:
    """Return the median of several calls."""
    return sorted(measure() for _ in range(REPEATS))[REPEATS // 2]


def edited(source: Path) -> Path:
    """Change one line of a deck, and return the deck."""
    lines = source.read_text(encoding="utf-8").splitlines()
    place = max(i for i, line in enumerate(lines) if line.startswith("## "))
    lines[place] = f"## Edited at {time.monotonic_ns()}"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return source


def _take_over_cache(out: Path) -> None:
    """Figures are not what is measured here, so those that the project has made already are taken over."""
    known = PROJECT / "dist" / ".cache"
    if known.is_dir():
        shutil.copytree(known, out / ".cache", ignore=shutil.ignore_patterns("*.lock", "lock"))


def _measure_sizes(deck: Path) -> Iterator[Measurement]:
    def compressed_kb(pattern: str) -> float:
        return sum(len(gzip.compress(path.read_bytes(), 9)) for path in deck.glob(pattern)) / 1024

    yield Measurement("scripts, compressed", compressed_kb("*.js"), 400.0, "KB")
    yield Measurement("style sheets with the fonts of formulas, compressed", compressed_kb("*.css"), 400.0, "KB")


def _measure_large_deck(folder: Path) -> Iterator[Measurement]:
    source, out = folder / "large.md", folder / "large-dist"
    source.write_text(large_deck(), encoding="utf-8")
    label = f"{N_SLIDES} slides, {N_EACH} charts, {N_EACH} code blocks, {N_EACH} formulas"
    yield Measurement(f"{label}: cold", run_build(source, out), 5.0, "s")
    yield Measurement(f"{label}: edit", median(lambda: run_build(edited(source), out)), 0.7, "s")


def _measure_in_browser(talk: Path, out: Path) -> Iterator[Measurement]:
    browser = find_browser()
    first = reload = None
    if browser is not None:
        with browser_page(browser, 1280, 720, offline=False) as page:
            index = (out / "wann" / "index.html").as_uri()
            first = median(lambda: _seconds_to_first_slide(page, index))
            with _server(talk, out) as address:
                page.open(address, "window.__deckReady && window.Reveal.isReady()")
                time.sleep(1.0)  # the page's connection, and the watch on the folders
                reload = median(lambda: _seconds_to_reload(page, talk))
    yield Measurement("first slide usable, opened from disk", first, 0.5, "s")
    yield Measurement("edit of one line to reloaded page, --serve", reload, 0.5, "s")


def _seconds_to_first_slide(page: Page, url: str) -> float:
    """Return how long after the start of navigation the deck had its first slide drawn and answered keys."""
    page.call("Page.navigate", url="about:blank")
    page.open(url, "window.__deckReady && window.Reveal.isReady()")
    usable = """new Promise((done) => requestAnimationFrame(() => setTimeout(() => {
        const paint = performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0;
        done(Math.max(paint, performance.getEntriesByType("navigation")[0].loadEventEnd));
    })))"""
    return float(page.evaluate(usable)) / 1000


def _seconds_to_reload(page: Page, talk: Path) -> float:
    begin = time.perf_counter()
    edited(talk)
    heading = talk.read_text(encoding="utf-8").split("## Edited at ")[-1].split("\n")[0]
    seen = f"window.Reveal?.isReady?.() && document.body.textContent.includes('Edited at {heading}')"
    while time.perf_counter() - begin < 20:
        try:
            if page.evaluate(f"Boolean({seen})"):
                return time.perf_counter() - begin
        except ValueError:
            pass  # the page is being replaced at this moment
        time.sleep(0.005)
    raise RuntimeError("the served page did not show an edit within 20 s")


@contextmanager
def _server(talk: Path, out: Path) -> Iterator[str]:
    command = [sys.executable, str(PROJECT / "build.py"), str(talk), "--out", str(out), "--serve", "--port", "0"]
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment)
    try:
        assert process.stdout is not None
        said = next((line for line in process.stdout if "http://" in line), "")
        if not said:
            raise RuntimeError("--serve ended without serving")
        yield "http://" + said.split("http://")[1].split("/")[0] + "/wann/"
    finally:
        process.terminate()
        process.wait()


def main() -> int:
    """Print every measurement as it is made; ``--json`` prints them as one list."""
    if sys.argv[1:] == ["--json"]:
        rows = [{"what": m.what, "value": m.value, "limit": m.limit, "unit": m.unit} for m in measure_all()]
        print(json.dumps(rows, indent=1))
        return 0
    for measurement in measure_all():
        print(measurement, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
