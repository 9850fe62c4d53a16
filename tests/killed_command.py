"""A command that is killed: at a random moment, or just before a random one of its changes of the disk."""

from __future__ import annotations

import contextlib
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from wann_core.commands.build_flags import main as build_main
from wann_core.commands.main import main as wann_main

CHANGES: Final = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.chmod"}
"""Audit events of changes of the disk, besides opening a file for writing."""
EXCHANGES: Final = {"renameat2", "renamex_np"}
"""Functions of the system by which two folders swap their names."""
Main = Callable[[list[str]], int]
"""What a command does with its arguments; returns its exit status."""


@dataclass
class Tally:
    """Counts by stage: kills at a moment, kills before a write, and commands that finished."""

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


def wann(_arguments: list[str]) -> int:
    """``python -m wann_core``, with its arguments in ``sys.argv``."""
    return wann_main()


def build(arguments: list[str]) -> int:
    """``python build.py``."""
    return build_main(arguments)


class Command:
    """A command that is run or killed in a fork of this process, which has imported and compiled everything.

    How long it takes and how many changes it makes is known from the times it was run to its end.
    """

    def __init__(self, root: Path, main: Main, arguments: list[str], draws: random.Random) -> None:
        self._root, self._main, self._arguments, self._draws = root.resolve(), main, arguments, draws
        self._seconds, self._n_changes = 0.0, 0

    def _start(self, kill_before: int) -> int:
        """Start it; it kills itself and its children before that change. Return the process id."""
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
            status = self._main(self._arguments)
            n_done = n_changes
            (self._root / "changes.txt").write_text(str(n_done))
        except BaseException:  # the process ends here, so every error is shown
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _end(self, child: int, status: int) -> bool:
        """Whether it finished; if so, it must have succeeded."""
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
        """Start it and kill it, unless it finishes first; return whether it finished."""
        at_a_moment = self._draws.random() < 0.5
        # A resumed command has less to do, so only low numbers of changes happen.
        before = 0 if at_a_moment else 1 + int(self._n_changes * self._draws.random() ** 2)
        child = self._start(before)
        if at_a_moment:
            time.sleep(self._draws.uniform(0.0, 1.0) * self._seconds)
            with contextlib.suppress(ProcessLookupError):  # it may not have its own group yet, or it has ended
                os.killpg(child, signal.SIGKILL)
        if self._end(*os.waitpid(child, 0)):
            return True
        tally.count(tally.at_a_moment if at_a_moment else tally.before_a_write, stage)
        return False
