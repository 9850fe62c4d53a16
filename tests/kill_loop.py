"""Kills search, tuning, scoring, a whole run and building hundreds of times, and looks at what is left.

    python tests/kill_loop.py --minutes 10

Half of the kills come at a random moment, the others just before a random one of the writes, renames and removals
that the command does: between two of these is where something could be half done. After every kill the store must be
the old one or the new one, and so must the built deck, to the last byte; files of a search under way must be readable.
A command is started again (with ``--resume`` where it has it) until it gets to its end; its files must then be those of
a run that nobody killed, but for times. Ends with status 1 at the first thing that is wrong, and leaves the folder for
a look.
"""

from __future__ import annotations

import argparse
import contextlib
import hashlib
import json
import os
import random
import runpy
import shutil
import signal
import sys
import tempfile
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from command_line import PROJECT
from test_run import contents

from wann_core import cli, ensure, run, workplace
from wann_core.progress import Silent
from wann_core.results import RunFiles, read_json, runs_root

TASK: Final = "swing_up"
SMOKE: Final = [TASK, "--budget", "smoke", "--threads", "1"]
COMMANDS: Final = {
    "search": ["search", *SMOKE, "--seed", "3", "--generations", "20", "--resume"],
    "tune": ["tune", TASK, "--threads", "1", "--seed", "5", "--resume"],
    "score": ["score", TASK, "--threads", "1", "--budget", "talk"],  # more trials than tuning has scored with
    "run": ["run", *SMOKE, "--seed", "4", "--generations", "8", "--resume"],
}
STAGES: Final = (*COMMANDS, "build")
DECK: Final = "# {word}\n\nText.\n\n\n\n![Scores](run:swing_up/scores)\n"
MOST_KILLS: Final = 12
"""Of one life: what cannot be resumed would hardly ever end."""
UNFINISHED: Final = "identity.json"
"""What a run that was killed as it took the store's place leaves there, besides checkpoints, for the resumed one."""
CHANGES: Final = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod"}
"""Audit events of what changes the disk, besides opening a file for writing."""
EXCHANGES: Final = {"renameat2", "renamex_np"}
"""Functions of the system by which two folders swap their names."""


@dataclass
class Tally:
    """What has been done: by stage, kills at a moment, kills before a write, and commands that got to their end."""

    at_a_moment: dict[str, int] = field(default_factory=dict)
    before_a_write: dict[str, int] = field(default_factory=dict)
    finished: dict[str, int] = field(default_factory=dict)

    def count(self, what: dict[str, int], stage: str) -> None:
        """One more."""
        what[stage] = what.get(stage, 0) + 1

    @property
    def kills(self) -> int:
        """All of them."""
        return sum(self.at_a_moment.values()) + sum(self.before_a_write.values())


def is_change(event: str, arguments: tuple[Any, ...], root: str) -> bool:
    """Whether an audit event announces a change of something below ``root``."""
    if event == "ctypes.dlsym":
        return arguments[1] in EXCHANGES
    if event == "open":
        if not (arguments[2] or 0) & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return False
    elif event not in CHANGES:
        return False
    path = arguments[0]
    return isinstance(path, str | bytes) and os.path.abspath(os.fsdecode(path)).startswith(root)  # noqa: PTH100  # a hook must not resolve links


class Command:
    """A command that is run, or killed, in a fork of this process, which has everything imported and compiled.

    How long it takes and how many changes it makes is known from the times it was run to its end.
    """

    def __init__(self, root: Path, arguments: list[str], draws: random.Random) -> None:
        self._root, self._arguments, self._draws = root.resolve(), arguments, draws
        self._seconds, self._n_changes = 0.0, 0

    def _start(self, kill_before: int) -> int:
        """Start it; it kills itself and what it has started before that change. The process id."""
        if (child := os.fork()) != 0:
            return child
        os.setsid()
        status, n_changes = 1, 0

        def count(event: str, arguments: tuple[Any, ...]) -> None:
            nonlocal n_changes
            if is_change(event, arguments, str(self._root)):
                n_changes += 1
                if n_changes == kill_before:
                    os.killpg(0, signal.SIGKILL)

        with (self._root / "output.txt").open("w", encoding="utf-8") as output:
            os.dup2(output.fileno(), 1)
            os.dup2(output.fileno(), 2)
        try:
            sys.addaudithook(count)
            sys.argv = ["wann_core", *self._arguments]
            status = cli.main() if self._arguments[0] in COMMANDS else self._build()
            n_done = n_changes
            (self._root / "changes.txt").write_text(str(n_done))
        except BaseException:  # this is the end of the process: whatever it is, it is shown
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _build(self) -> int:
        return int(runpy.run_path(str(PROJECT / "build.py"))["main"](self._arguments))

    def _end(self, child: int, status: int) -> bool:
        """Whether it came to its end, which must be a good one."""
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, -signal.SIGKILL):
            said = (self._root / "output.txt").read_text(encoding="utf-8")
            raise AssertionError(f"{' '.join(self._arguments)}: process {child} ended with {code}\n{said}")
        return code == 0

    def finish(self) -> None:
        """Run it to its end."""
        began = time.monotonic()
        if not self._end(*os.waitpid(self._start(0), 0)):
            raise AssertionError(f"{' '.join(self._arguments)}: was killed by somebody else")
        took = time.monotonic() - began
        # The first time there may be more to do: a build has to draw all of its figures.
        if not self._seconds or took < self._seconds:
            self._seconds = took
            self._n_changes = int((self._root / "changes.txt").read_text())

    def kill(self, stage: str, tally: Tally) -> bool:
        """Start it and kill it, or let it end where it was quicker; whether it came to its end."""
        at_a_moment = self._draws.random() < 0.5
        # A resumed command has less to do, so that low numbers of changes are the ones that happen.
        before = 0 if at_a_moment else 1 + int(self._n_changes * self._draws.random() ** 2)
        child = self._start(before)
        if at_a_moment:
            time.sleep(self._draws.uniform(0.0, 1.0) * self._seconds)
            with contextlib.suppress(ProcessLookupError):  # it may have no group of its own yet, or be gone
                os.killpg(child, signal.SIGKILL)
        if self._end(*os.waitpid(child, 0)):
            return True
        tally.count(tally.at_a_moment if at_a_moment else tally.before_a_write, stage)
        return False


def store_of(folder: Path) -> dict[str, Any]:
    """A store's files, without what a resumed run takes away."""
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
            stage: Command(root, [*COMMANDS[stage], "--out", str(self._folder)], draws) for stage in COMMANDS
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
        """One run of a stage, killed until it gets to its end."""
        start, command = self._start[stage], self._commands[stage]
        shutil.rmtree(self._folder, ignore_errors=True)
        shutil.rmtree(self._root / "work", ignore_errors=True)
        if start.exists():
            shutil.copytree(start, self._folder)
        before = store_of(self._folder) if start.exists() else {}
        for _ in range(MOST_KILLS):
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
        gone = (".tmp", UNFINISHED) if stage == "run" else ".tmp"  # a search may go on to more generations
        left = [path.name for path in self._folder.iterdir() if path.name.endswith(gone)]
        if left:
            raise AssertionError(f"{stage}: ended well, but left {', '.join(left)} in {self._folder}")
        self._tally.count(self._tally.finished, stage)


class Builds:
    """A deck that goes to and fro between two versions."""

    def __init__(self, root: Path, draws: random.Random, tally: Tally) -> None:
        self._draws, self._tally = draws, tally
        self._deck, self._out = root / "deck.md", root / "dist"
        self._command = Command(root, [str(self._deck), "--out", str(self._out), "--quiet"], draws)
        self._trees = []
        for word in ("First", "Second"):
            self._deck.write_text(DECK.format(word=word))
            self._command.finish()
            self._trees.append(tree(self._out / "deck"))
        if self._trees[0] == self._trees[1]:
            raise AssertionError("the two versions of the deck are the same")

    def life(self, until: float) -> None:
        """Change the deck and build it, killed until it gets to its end."""
        version = self._draws.randrange(2)
        self._deck.write_text(DECK.format(word=("First", "Second")[version]))
        ended, n_kills = False, 0
        while not ended:
            n_kills += 1
            if time.monotonic() < until and n_kills <= MOST_KILLS:
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


def main() -> int:
    """Go on for as long as asked; say what was done."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--kills", type=int, default=100_000, help="enough of them, whatever the time")
    parser.add_argument("--seed", type=int, default=None, help="of the moments (default: another one each time)")
    parser.add_argument("--stages", default=",".join(STAGES), help="which, with commas between (default: all)")
    options = parser.parse_args()
    wanted = [stage for stage in STAGES if stage in options.stages.split(",")]
    if not wanted:
        parser.error(f"--stages {options.stages}: must be some of {','.join(STAGES)}")
    seed = options.seed if options.seed is not None else random.randrange(2**32)
    draws, tally, root = random.Random(seed), Tally(), Path(tempfile.mkdtemp(prefix="kill-loop-"))
    sys.stdout.write(f"seed {seed}, in {root}\n")
    sys.stdout.flush()
    # Whatever the commands need is imported and compiled here, so that a kill costs little more than what it cuts off.
    ensure.verify(RunFiles(runs_root() / TASK), Silent(), threads=1)
    run.CHECKPOINT_EVERY_S = 0.0  # type: ignore[misc]  # of this process and its forks: they keep all that they can
    workplace.default_work_root = lambda: root / "work"
    try:
        runs = Runs(root, draws, tally, wanted)
        builds = Builds(root, draws, tally) if "build" in wanted else None
        until = time.monotonic() + 60.0 * options.minutes  # without the runs that the others are compared with
        while time.monotonic() < until and tally.kills < options.kills:
            stage = draws.choice(wanted)
            if stage == "build" and builds is not None:
                builds.life(until)
            else:
                runs.life(stage, until)
    except (AssertionError, ValueError) as error:
        sys.stdout.write(f"{error}\n")
        return 1
    finally:
        counts = {"kills": tally.kills, **vars(tally)}
        sys.stdout.write(json.dumps(counts) + "\n")
    shutil.rmtree(root)
    return 0


if __name__ == "__main__":
    sys.exit(main())
