"""``python -m wann_core`` as a process of its own, for tests that stop it, kill it, or read what it says."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

PROJECT: Final = Path(__file__).resolve().parents[1]
# The same command line, but it writes a checkpoint at every opportunity and then pauses, so that it can be stopped long
# before its end on any machine.
HASTY: Final = """
import sys, time
from wann_core.runs import run

class Hasty(run.PeriodicSaver):
    def __call__(self, *, now=False):
        super().__call__(now=True)
        time.sleep(0.1)

run.PeriodicSaver = Hasty
from wann_core.commands.main import main
sys.argv[0] = "wann"
sys.exit(main())
"""


def heed_control_c() -> None:
    """Let child processes react to Ctrl-C, because a shell lets its background processes ignore it."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


def run(*arguments: str | Path, timeout: float = 600.0) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    command = [sys.executable, "-m", "wann_core", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT, timeout=timeout)


def succeed(*arguments: str | Path) -> str:
    """Run a command that must succeed; return its output."""
    done = run(*arguments)
    assert done.returncode == 0, done.stderr
    return done.stdout


def as_json(*arguments: str | Path) -> dict[str, Any]:
    """Run a command that must succeed; return its JSON object."""
    value: dict[str, Any] = json.loads(succeed(*arguments, "--json"))
    return value


def stop_when(is_time: Callable[[], bool], how: int, *arguments: str | Path) -> tuple[int, str]:
    """Start a command, send it the signal ``how`` as soon as ``is_time``, and wait for its end.

    Returns:
        Its exit status and what it wrote on standard error.
    """
    heed_control_c()
    command = [sys.executable, "-c", HASTY, *map(str, arguments)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, cwd=PROJECT)
    try:
        until = time.monotonic() + 300.0
        while not is_time():
            assert process.poll() is None, f"it ended before it was stopped: {process.communicate()[1]}"
            assert time.monotonic() < until, "it never came as far"
            time.sleep(0.005)
        os.kill(process.pid, how)
        _, errors = process.communicate(timeout=120.0)
    finally:
        process.kill()
    return process.returncode, errors
