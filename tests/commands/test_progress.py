"""Progress of long work, shown in a real pseudo-terminal."""

from __future__ import annotations

import os
import re
import struct
import sys
from pathlib import Path

import pytest
from command_line import PROJECT

from wann_core.commands.sparkline import BLOCKS

pty = pytest.importorskip("pty", reason="pseudo-terminals are Unix's")
fcntl = pytest.importorskip("fcntl")
termios = pytest.importorskip("termios")

LINE = re.compile(rf"best mean +(\S+) +([{BLOCKS}]+)")


def seen_in_a_terminal(*arguments: str, results: Path) -> str:
    """Run a command whose standard error is a terminal of 100 columns; its results go to a file."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 30, 100, 0, 0))
    out = os.open(results, os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    command = [sys.executable, "-m", "wann_core", *arguments]
    actions = [(os.POSIX_SPAWN_DUP2, theirs, 2), (os.POSIX_SPAWN_DUP2, out, 1), (os.POSIX_SPAWN_CLOSE, ours)]
    environment = {**os.environ, "TERM": "xterm-256color", "PYTHONPATH": str(PROJECT)}
    child = os.posix_spawn(sys.executable, command, environment, file_actions=actions)
    os.close(theirs)
    os.close(out)
    seen = bytearray()
    while True:
        try:
            read = os.read(ours, 65536)
        except OSError:  # on Linux this means that the other end is closed
            break
        if not read:
            break
        seen += read
    os.close(ours)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, seen.decode()
    return seen.decode()


def test_a_terminal_shows_how_the_search_has_gone_and_a_resumed_one_what_was_before(tmp_path: Path) -> None:
    search = ("search", "swing_up", "--budget", "smoke", "--threads", "1", "--json", "--out", str(tmp_path / "run"))
    results = tmp_path / "results.json"
    seen = LINE.findall(seen_in_a_terminal(*search, "--generations", "8", results=results))
    assert results.read_text().startswith("{")
    assert len(seen[-1][1]) == 16  # two restarts
    again = LINE.findall(seen_in_a_terminal(*search, "--generations", "9", "--resume", results=results))
    assert [len(line) for _, line in again][-1] == 18
