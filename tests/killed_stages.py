"""Runs and builds that are killed until they finish: the result is the old or the new state, to the last byte."""

from __future__ import annotations

import hashlib
import random
import shutil
import time
from pathlib import Path
from typing import Any, Final

from killed_command import Command, Tally, build, wann
from store_contents import contents

from wann_core.runs.store import read_json

TASK: Final = "swing_up"
SMOKE: Final = [TASK, "--budget", "smoke", "--threads", "1"]
COMMANDS: Final = {
    "search": ["search", *SMOKE, "--seed", "3", "--generations", "20", "--resume"],
    "tune": ["tune", TASK, "--threads", "1", "--seed", "5", "--resume"],
    "score": ["score", TASK, "--threads", "1", "--budget", "talk"],  # more trials than tuning has scored with
    "run": ["run", *SMOKE, "--seed", "4", "--generations", "8", "--resume"],
}
DECK: Final = "# {word}\n\nText.\n\n\n\n![Scores](run:swing_up/scores)\n"
MAX_KILLS: Final = 12
"""Limit for one attempt: a command that cannot be resumed would hardly ever finish."""
UNFINISHED: Final = "identity.json"
"""Files, besides checkpoints, that a run leaves for its resumption if it is killed while it replaces the store."""


def store_of(folder: Path) -> dict[str, Any]:
    """A store's files, without those that a resumed run removes."""
    found = contents(folder) if folder.is_dir() else {}
    files = {path: value for path, value in found.items() if not path.endswith("-checkpoint.json")}
    return {path: value for path, value in files.items() if path != UNFINISHED and not path.endswith(".tmp")}


def readable(folder: Path) -> None:
    """Every JSON file of a search under way must be whole."""
    for path in folder.glob("*.json"):
        read_json(path)


def differences(found: dict[str, Any], expected: dict[str, Any]) -> str:
    """Names of the files that differ."""
    return ", ".join(sorted(name for name in {**found, **expected} if found.get(name) != expected.get(name)))


class Runs:
    """Search, tuning, scoring, and all of them in one run."""

    def __init__(self, root: Path, draws: random.Random, tally: Tally, wanted: list[str]) -> None:
        self._root, self._tally = root, tally
        self._folder = root / "store"
        self._commands = {
            stage: Command(root, wann, [*COMMANDS[stage], "--out", str(self._folder)], draws) for stage in COMMANDS
        }
        self._start: dict[str, Path] = {}
        self._expected: dict[str, dict[str, Any]] = {}
        order = [stage for stage in COMMANDS if stage in wanted]
        for stage in list(COMMANDS)[: 1 + max((list(COMMANDS).index(stage) for stage in order), default=-1)]:
            # Each stage goes on from the one before; the store that a run replaces is the scored one.
            self._start[stage] = root / f"before-{stage}"
            if self._folder.exists():
                shutil.copytree(self._folder, self._start[stage])
            self._commands[stage].finish()
            self._expected[stage] = store_of(self._folder)
            if self._start[stage].exists() and store_of(self._start[stage]) == self._expected[stage]:
                raise AssertionError(f"{stage}: its end is as its beginning, so that nothing could be found out")

    def life(self, stage: str, until: float) -> None:
        """One run of a stage, killed until it finishes."""
        start, command = self._start[stage], self._commands[stage]
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.rmtree(self._root / "work", ignore_errors=True)
        if start.exists():
            shutil.copytree(start, self._folder)
        before = store_of(self._folder) if start.exists() else {}
        for _ in range(MAX_KILLS):
            if time.monotonic() > until:
                command.finish()
                break
            ended = command.kill(stage, self._tally)
            if stage == "search":
                readable(self._folder)
            elif (found := store_of(self._folder)) not in (before, self._expected[stage]):
                raise AssertionError(
                    f"{stage}: {self._folder} is neither the old store ({differences(found, before)} differ) nor the "
                    f"new one ({differences(found, self._expected[stage])} differ)"
                )
            if ended:
                break
        else:
            command.finish()
        self._check_end(stage)

    def _check_end(self, stage: str) -> None:
        found = store_of(self._folder)
        if found != self._expected[stage]:
            named = differences(found, self._expected[stage])
            raise AssertionError(f"{stage}: {named} differ from a run that nobody killed; see {self._folder}")
        gone = (".tmp", UNFINISHED) if stage == "run" else ".tmp"  # a search may continue to more generations
        left = [path.name for path in self._folder.iterdir() if path.name.endswith(gone)]
        if left:
            raise AssertionError(f"{stage}: ended well, but left {', '.join(left)} in {self._folder}")
        self._tally.count(self._tally.finished, stage)


class Builds:
    """A deck that alternates between two versions."""

    def __init__(self, root: Path, draws: random.Random, tally: Tally) -> None:
        self._draws, self._tally = draws, tally
        self._deck, self._out = root / "deck.md", root / "dist"
        self._command = Command(root, build, [str(self._deck), "--out", str(self._out), "--quiet"], draws)
        self._trees = []
        for word in ("First", "Second"):
            self._deck.write_text(DECK.format(word=word))
            self._command.finish()
            self._trees.append(tree(self._out / "deck"))
        if self._trees[0] == self._trees[1]:
            raise AssertionError("the two versions of the deck are the same")

    def life(self, until: float) -> None:
        """Change the deck and build it; the build is killed until it finishes."""
        version = self._draws.randrange(2)
        self._deck.write_text(DECK.format(word=("First", "Second")[version]))
        ended, n_kills = False, 0
        while not ended:
            n_kills += 1
            if time.monotonic() < until and n_kills <= MAX_KILLS:
                ended = self._command.kill("build", self._tally)
            else:
                self._command.finish()
                ended = True
            found = tree(self._out / "deck")
            if found not in self._trees:
                raise AssertionError(f"build: {self._out / 'deck'} is neither the old deck nor the new one")
        if found != self._trees[version]:
            raise AssertionError(f"build: ended well, but {self._out / 'deck'} is still the old deck")
        self._tally.count(self._tally.finished, "build")


def tree(folder: Path) -> dict[str, str]:
    """Every file of a built deck by its content."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}
