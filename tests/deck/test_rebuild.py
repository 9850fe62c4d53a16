"""--serve with decks that are missing, broken or fixed."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from wann_core.deck.build.outcome import BuildError, BuildOutcome, DeckOutcome
from wann_core.deck.preview.rebuild import Rebuild
from wann_core.deck.problem import Problem

PROJECT = Path(__file__).resolve().parents[2]


def outcome_of(sources: list[Path]) -> BuildOutcome:
    decks = [
        DeckOutcome(source.stem, source, 1, False, (), (source, source.parent / "art" / "a.png")) for source in sources
    ]
    return BuildOutcome(decks)


@pytest.mark.parametrize("is_named", [True, False])
def test_a_deck_that_is_away_is_waited_for_where_it_was(tmp_path: Path, *, is_named: bool) -> None:
    told: list[str] = []
    deck = tmp_path / "slides" / "talk.md"
    deck.parent.mkdir()
    deck.write_text("# A\n", encoding="utf-8")
    rebuild = Rebuild([deck] if is_named else [], deck.parent, outcome_of, told.append)
    good = rebuild()
    assert (good.errors, good.decks) == ((), ("talk",))
    deck.unlink()
    for _ in range(2):
        away = rebuild()
        assert re.search(r"no such deck|holds no deck", away.errors[0])
        assert away.folders == good.folders
        assert {deck.parent, deck.parent / "art"} < away.folders
        assert away.decks == ("talk",)
    assert len(told) == 1
    deck.write_text("# A\n", encoding="utf-8")
    assert rebuild().errors == ()
    deck.unlink()
    rebuild()
    assert len(told) == 2


@pytest.mark.parametrize(
    ("error", "said"), [(ValueError("no Node"), "no Node"), (FileNotFoundError("talk.md"), "the build broke off")]
)
def test_after_any_failure_everything_that_was_read_is_watched(tmp_path: Path, error: Exception, said: str) -> None:
    (tmp_path / "talk.md").write_text("# A\n", encoding="utf-8")
    fails = False

    def build(sources: list[Path]) -> BuildOutcome:
        if fails:
            raise error
        return outcome_of(sources)

    rebuild = Rebuild([tmp_path / "talk.md"], tmp_path, build, lambda _: None)
    good, fails = rebuild(), True
    failed = rebuild()
    assert said in failed.errors[0]
    assert failed.folders == good.folders


def test_a_deck_with_errors_names_the_files_that_may_mend_it(tmp_path: Path) -> None:
    (tmp_path / "talk.md").write_text("# A\n", encoding="utf-8")

    def build(sources: list[Path]) -> BuildOutcome:
        raise BuildError([Problem(sources[0], 3, "no file")], [tmp_path / "art" / "gone.png"])

    failed = Rebuild([tmp_path / "talk.md"], tmp_path, build, lambda _: None)()
    assert failed.errors[0].endswith("talk.md:3: no file")
    assert tmp_path / "art" in failed.folders


@pytest.fixture
def serving(tmp_path: Path) -> Iterator[tuple[Path, Path]]:
    """A deck under ``build.py --serve``, and the file with the server's output."""
    deck, said = tmp_path / "decks" / "talk.md", tmp_path / "said.txt"
    deck.parent.mkdir()
    deck.write_text("# First\n", encoding="utf-8")
    command = [sys.executable, str(PROJECT / "build.py"), str(deck), "--serve", "--port", "0"]
    with said.open("w") as opened:
        process = subprocess.Popen(
            [*command, "--out", str(tmp_path / "dist")],
            stdout=opened, stderr=subprocess.STDOUT, env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )  # fmt: skip
    try:
        wait_for(lambda: "Ctrl-C" in said.read_text() or process.poll() is not None)
        yield deck, said
        assert process.poll() is None
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=30)


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 90
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


@pytest.mark.parametrize("what", ["deck", "folder"])
def test_a_deck_that_was_away_for_a_moment_is_served_again(serving: tuple[Path, Path], what: str) -> None:
    deck, said = serving
    found = re.search(r"http://127\.0\.0\.1:\d+/talk/", said.read_text())
    assert found, said.read_text()  # the address is the deck's

    def page() -> str:
        with urllib.request.urlopen(found[0], timeout=10) as answer:
            return str(answer.read().decode())

    moved = deck if what == "deck" else deck.parent
    moved.rename(moved.with_name("away"))
    wait_for(lambda: "no such deck" in said.read_text())
    assert "First" in page()
    moved.with_name("away").rename(moved)
    time.sleep(1)
    deck.write_text("# Second\n", encoding="utf-8")
    wait_for(lambda: "Second" in page())
    assert said.read_text().count("no such deck") == 1
