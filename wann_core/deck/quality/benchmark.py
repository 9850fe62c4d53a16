"""How long a presenter waits: measured times beside their limits.

Run it with ``python -m wann_core.deck.quality.benchmark``.

The time of a build is the time of the whole process. CPU time is printed beside it, because it says more if other
programs share the machine. The best of several tries is compared with the limit. The project's own files are not
changed: the edited decks are copies in a temporary folder.
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
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from wann_core.deck.browsers import find_browser
from wann_core.deck.chromium import Page, browser_page
from wann_core.paths import PROJECT

if sys.platform != "win32":
    import resource

REPEATS: Final = 5
N_SLIDES: Final = 200
N_EACH: Final = 50


@dataclass(frozen=True, slots=True)
class Measurement:
    """One line of the result.

    Attributes:
        what: what was measured.
        best: the best of several tries, or None if it could not be measured.
        median: of these tries.
        cpu: the smallest CPU time of a try in seconds, if it is known.
        limit: upper limit of ``best``, in the same unit.
        unit: unit of ``best``, ``median`` and ``limit``.
    """

    what: str
    best: float | None
    median: float | None
    cpu: float | None
    limit: float
    unit: str

    @classmethod
    def of(cls, what: str, tries: Sequence[Try], limit: float) -> Measurement:
        """Return the line for several tries."""
        walls = sorted(one.wall_s for one in tries)
        known = [one.cpu_s for one in tries if one.cpu_s is not None]
        best, median = (walls[0], walls[len(walls) // 2]) if walls else (None, None)
        return cls(what, best, median, min(known, default=None), limit, "s")

    def __str__(self) -> str:
        if self.best is None or self.median is None:
            return f"{self.what:<60} no browser"
        verdict = f"at most {self.limit:g} {self.unit:<2}  {'ok' if self.best <= self.limit else 'ABOVE'}"
        cpu = "" if self.cpu is None else f"{self.cpu:8.2f} s"
        spread = f"{self.best:8.2f}" if self.unit == "s" else f"{self.best:8.0f}"
        middle = f"{self.median:8.2f}" if self.unit == "s" else ""
        return f"{self.what:<60} {spread} {self.unit:<2} {middle:>8} {cpu:>10}   {verdict}"


@dataclass(frozen=True, slots=True)
class Try:
    """One try: elapsed seconds, and CPU seconds if they are known."""

    wall_s: float
    cpu_s: float | None = None


def measure_all() -> Iterator[Measurement]:
    """Make all measurements, one after the other."""
    with tempfile.TemporaryDirectory(prefix="wann-benchmark-") as temporary:
        folder = Path(temporary)
        out = folder / "dist"
        talk = folder / "wann.md"
        shutil.copy(PROJECT / "slides" / "wann.md", talk)
        _take_over_cache(out)
        run_build(talk, out)
        yield Measurement.of("the talk built, nothing changed", tries(lambda: run_build(talk, out)), 0.7)
        yield Measurement.of(
            "the talk built after an edit, no figure stale", tries(lambda: run_build(edited(talk), out)), 0.7
        )
        yield from _measure_sizes(out / "wann")
        yield from _measure_in_browser(talk, out)
        yield from _measure_large_deck(folder)


def large_deck() -> str:
    """Return a deck of 200 slides with 50 charts, 50 code blocks and 50 formulas, all different."""
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


def run_build(source: Path, out: Path) -> Try:
    """Build one deck in a process of its own.

    Raises:
        RuntimeError: the build failed.
    """
    cpu_before, begin = _cpu_of_children(), time.perf_counter()
    command = [sys.executable, str(PROJECT / "build.py"), str(source), "--out", str(out), "--quiet"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    seconds, cpu_after = time.perf_counter() - begin, _cpu_of_children()
    if done.returncode != 0:
        raise RuntimeError(f"the build of {source.name} failed:\n{done.stderr}")
    return Try(seconds, None if cpu_after is None or cpu_before is None else cpu_after - cpu_before)


def _cpu_of_children() -> float | None:
    """CPU seconds of all ended child processes, including their own children."""
    if sys.platform == "win32":
        return None
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def tries(measure: Callable[[], Try]) -> list[Try]:
    """Measure several times."""
    return [measure() for _ in range(REPEATS)]


def edited(source: Path) -> Path:
    """Change one line of a deck, and return the deck."""
    lines = source.read_text(encoding="utf-8").splitlines()
    place = max(i for i, line in enumerate(lines) if line.startswith("## "))
    lines[place] = f"## Edited at {time.monotonic_ns()}"
    source.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return source


def _take_over_cache(out: Path) -> None:
    """Figures are not measured here, so those that the project has already made are reused."""
    known = PROJECT / "dist" / ".cache"
    if known.is_dir():
        shutil.copytree(known, out / ".cache", ignore=shutil.ignore_patterns("*.lock", "lock"))


def _measure_sizes(deck: Path) -> Iterator[Measurement]:
    def compressed_kb(pattern: str) -> float:
        return sum(len(gzip.compress(path.read_bytes(), 9)) for path in deck.glob(pattern)) / 1024

    for what, pattern, limit in (
        ("the deck's own script", "deck.js", 400.0),
        ("all scripts, those of the demos, too", "*.js", 1000.0),
        ("all styles, with the fonts of formulas", "*.css", 400.0),
    ):
        size = compressed_kb(pattern)
        yield Measurement(f"{what}, compressed", size, size, None, limit, "KB")


def _measure_large_deck(folder: Path) -> Iterator[Measurement]:
    source, out = folder / "large.md", folder / "large-dist"
    source.write_text(large_deck(), encoding="utf-8")
    label = f"{N_SLIDES} slides, {N_EACH} charts, code blocks and formulas"

    def cold() -> Try:
        shutil.rmtree(out, ignore_errors=True)
        return run_build(source, out)

    yield Measurement.of(f"{label}, cold", [cold() for _ in range(2)], 5.0)
    yield Measurement.of(f"{label}, after an edit", tries(lambda: run_build(edited(source), out)), 0.7)


def _measure_in_browser(talk: Path, out: Path) -> Iterator[Measurement]:
    browser = find_browser()
    first: list[Try] = []
    seen: list[Try] = []
    if browser is not None:
        with browser_page(browser, 1280, 720, offline=False) as page:
            index = (out / "wann" / "index.html").as_uri()
            first = tries(lambda: _open_from_disk(page, index))
            with _server(talk, out) as address:
                page.open(address, "window.__deckReady && window.Reveal.isReady()")
                time.sleep(1.0)  # time for the page's connection and for the watch on the folders
                seen = tries(lambda: _edit_to_seen(page, talk))
    yield Measurement.of("first slide usable after opening from disk", first, 0.5)
    yield Measurement.of("one line saved to seen in the page, --serve", seen, 0.5)


def _open_from_disk(page: Page, url: str) -> Try:
    """Measure the time from the start of navigation until the first slide is drawn and the deck reacts to keys."""
    page.call("Page.navigate", url="about:blank")
    page.call("Performance.enable", timeDomain="threadTicks")
    page.open(url, "window.__deckReady && window.Reveal.isReady()")
    seconds = float(page.run("first-slide-usable")) / 1000
    metrics = {one["name"]: one["value"] for one in page.call("Performance.getMetrics")["metrics"]}
    return Try(seconds, float(metrics["TaskDuration"]))


def _edit_to_seen(page: Page, talk: Path) -> Try:
    begin = time.perf_counter()
    edited(talk)
    heading = talk.read_text(encoding="utf-8").split("## Edited at ")[-1].split("\n")[0]
    while time.perf_counter() - begin < 20:
        try:
            if page.run("shows-text", f"Edited at {heading}"):
                return Try(time.perf_counter() - begin)
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
    """Print each measurement when it is made; ``--json`` prints one list."""
    if sys.argv[1:] == ["--json"]:
        print(json.dumps([asdict(measurement) for measurement in measure_all()], indent=1))
        return 0
    print(f"{'':<60} {'best':>8}    {'median':>8} {'processor':>10}")
    for measurement in measure_all():
        print(measurement, flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
