"""Kills search, tuning, scoring and building at random moments, hundreds of times, and looks at what is left.

    python tests/fuzz/kill_loop.py --minutes 10

After every kill each file of the store must be readable and the built deck the old or the new one, to the last byte.
A command is started again with ``--resume`` until it gets to its end; its files must then be those of a run that nobody
killed. Ends with status 1 at the first thing that is wrong, and leaves the folder for a look.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS.parent), str(TESTS)]

from command_line import HASTY, PROJECT  # noqa: E402  # the path comes first
from test_run import contents  # noqa: E402  # the path comes first

from wann_core.champion import load_baseline, load_champion, load_snapshots  # noqa: E402  # the path comes first
from wann_core.results import RunFiles, load_history, load_scores, load_stages, read_json  # noqa: E402
from wann_core.stages import run_settings  # noqa: E402

TASK = "swing_up"
SEARCH = ["search", TASK, "--budget", "smoke", "--seed", "3", "--generations", "40", "--threads", "1", "--resume"]
TUNE = ["tune", TASK, "--threads", "1", "--resume"]
SCORE = ["score", TASK, "--threads", "1"]
STAGES = ("search", "tune", "score", "build")
DECK = "# {word}\n\nText.\n\n\n\n![Scores](run:swing_up/scores)\n"


@dataclass
class Tally:
    """What has been done."""

    kills: dict[str, int] = field(default_factory=dict)
    finished: dict[str, int] = field(default_factory=dict)


def library(folder: Path, arguments: list[str]) -> list[str]:
    """The library's command line, keeping checkpoints all the time."""
    return [sys.executable, "-c", HASTY, *arguments, "--out", str(folder)]


def finish(command: list[str]) -> float:
    """Run a command that must succeed; its seconds."""
    began = time.monotonic()
    done = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise AssertionError(f"{' '.join(command)}\n{done.stderr}")
    return time.monotonic() - began


def kill_at(command: list[str], seconds: float) -> bool:
    """Start a command and kill it after so many seconds; whether it ended before that, by itself and well."""
    process = subprocess.Popen(
        command, cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, start_new_session=True
    )
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
    _, errors = process.communicate()
    if process.returncode not in (0, -signal.SIGKILL):
        raise AssertionError(f"{' '.join(command)}\n{errors}")
    return process.returncode == 0


def readable(folder: Path) -> None:
    """Read every file of a store that is there."""
    files = RunFiles(folder, TASK)
    readers: dict[Path, Callable[[], Any]] = {
        files.experiment: lambda: run_settings(files),
        files.champion: lambda: load_champion(files),
        files.baseline: lambda: load_baseline(files),
        files.snapshots: lambda: load_snapshots(files.snapshots),
        files.history: lambda: load_history(files.history),
        files.scores: lambda: load_scores(files.scores),
        files.provenance: lambda: load_stages(files),
    }
    for path, read in readers.items():
        if path.exists():
            read()
    for path in folder.glob("*-checkpoint.json"):
        read_json(path)


def tree(folder: Path) -> dict[str, str]:
    """Every file of a built deck by its content."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


class Runs:
    """Search, tuning and scoring."""

    def __init__(self, root: Path, draws: random.Random, tally: Tally, wanted: list[str]) -> None:
        self._root, self._draws, self._tally = root, draws, tally
        self._starts: dict[str, Path | None] = {"search": None}
        self._expected: dict[str, dict[str, Any]] = {}
        self._commands = {"search": SEARCH, "tune": TUNE, "score": SCORE}
        self._seconds: dict[str, float] = {}
        reference = root / "reference"
        needed = {"search": 1, "tune": 2, "score": 3}  # each stage goes on from the one before
        n_stages = max((needed.get(stage, 0) for stage in wanted), default=0)
        for stage, command in list(self._commands.items())[:n_stages]:
            self._seconds[stage] = finish(library(reference, command))
            self._expected[stage] = contents(reference)
            self._starts[{"search": "tune", "tune": "score", "score": ""}[stage]] = shutil.copytree(
                reference, root / f"after-{stage}"
            )

    def life(self, stage: str, until: float) -> None:
        """One run of a stage, killed until it gets to its end."""
        folder = self._root / "run"
        shutil.rmtree(folder, ignore_errors=True)
        start = self._starts[stage]
        if start is not None:
            shutil.copytree(start, folder)
        command = library(folder, self._commands[stage])
        while time.monotonic() < until:
            ended = kill_at(command, self._draws.uniform(0.3, 1.0) * self._seconds[stage])
            if folder.exists():
                readable(folder)
            if ended:
                break
            self._tally.kills[stage] = self._tally.kills.get(stage, 0) + 1
        else:
            finish(command)
        found = contents(folder)
        if found != self._expected[stage]:
            differs = [
                name
                for name in {**found, **self._expected[stage]}
                if found.get(name) != self._expected[stage].get(name)
            ]
            raise AssertionError(f"{stage}: {', '.join(differs)} differ from a run that nobody killed; see {folder}")
        self._tally.finished[stage] = self._tally.finished.get(stage, 0) + 1


class Builds:
    """A deck that goes to and fro between two versions."""

    def __init__(self, root: Path, draws: random.Random, tally: Tally) -> None:
        self._draws, self._tally = draws, tally
        self._deck, self._out = root / "deck.md", root / "dist"
        self._command = [sys.executable, str(PROJECT / "build.py"), str(self._deck), "--out", str(self._out), "--quiet"]
        self._trees, self._seconds = [], 0.0
        for word in ("First", "Second"):
            self._deck.write_text(DECK.format(word=word))
            self._seconds = finish(self._command)
            self._trees.append(tree(self._out / "deck"))
        if self._trees[0] == self._trees[1]:
            raise AssertionError("the two versions of the deck are the same")

    def life(self, until: float) -> None:
        """Change the deck and build it, killed until it gets to its end."""
        version = self._draws.randrange(2)
        self._deck.write_text(DECK.format(word=("First", "Second")[version]))
        while True:
            ended = kill_at(
                self._command, self._draws.uniform(0.1, 1.3) * self._seconds if time.monotonic() < until else 600
            )
            found = tree(self._out / "deck")
            if found not in self._trees:
                raise AssertionError(f"build: {self._out / 'deck'} is neither the old deck nor the new one")
            if ended:
                break
            self._tally.kills["build"] = self._tally.kills.get("build", 0) + 1
        if found != self._trees[version]:
            raise AssertionError(f"build: ended well, but {self._out / 'deck'} is still the old deck")
        self._tally.finished["build"] = self._tally.finished.get("build", 0) + 1


def main() -> int:
    """Go on for as long as asked; say what was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=None, help="of the moments (default: another one each time)")
    parser.add_argument("--stages", default=",".join(STAGES), help="which, with commas between (default: all)")
    options = parser.parse_args()
    seed = options.seed if options.seed is not None else random.randrange(2**32)
    draws, tally, root = random.Random(seed), Tally(), Path(tempfile.mkdtemp(prefix="kill-loop-"))
    sys.stdout.write(f"seed {seed}, in {root}\n")
    try:
        wanted = [stage for stage in STAGES if stage in options.stages.split(",")]
        if not wanted:
            parser.error(f"--stages {options.stages}: must be some of {','.join(STAGES)}")
        runs, builds = Runs(root, draws, tally, wanted), Builds(root, draws, tally) if "build" in wanted else None
        until = time.monotonic() + 60.0 * options.minutes  # without the runs that the others are compared with
        while time.monotonic() < until:
            stage = draws.choice(wanted)
            if stage == "build" and builds is not None:
                builds.life(until)
            else:
                runs.life(stage, until)
    except (AssertionError, ValueError) as error:
        sys.stdout.write(f"{error}\n")
        return 1
    finally:
        sys.stdout.write(f"kills: {tally.kills}; got to their end with the right files: {tally.finished}\n")
    shutil.rmtree(root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
