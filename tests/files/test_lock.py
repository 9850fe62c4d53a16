"""Two builds at once."""

from __future__ import annotations

import select
import subprocess
import sys
from pathlib import Path

from wann_core.files.lock import hold

HOLDER = """
import sys
from pathlib import Path
from wann_core.files.lock import hold
with hold(Path(sys.argv[1]), lambda holder: print("waiting for", holder, flush=True)):
    print("held", flush=True)
    sys.stdin.readline()
"""


def start_holder(path: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_the_second_one_says_so_and_waits_until_the_first_is_done(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = start_holder(path)
    assert said(first) == "held"
    second = start_holder(path)
    try:
        assert said(second) == f"waiting for {first.pid}"
        assert second.poll() is None
        first.communicate("\n", timeout=10)
        assert said(second) == "held"
    finally:
        second.communicate("\n", timeout=10)


def test_the_lock_file_is_gone_when_nobody_holds_it_and_waiters_come_one_by_one(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    holders = [start_holder(path) for _ in range(3)]
    try:
        heard = [said(holder) for holder in holders]
        while holders:
            (at,) = [index for index, line in enumerate(heard) if line == "held"]
            ended, _ = holders.pop(at), heard.pop(at)
            ended.communicate("\n", timeout=10)
            if holders:
                # The process that gets the lock reports next; the others report nothing else.
                pipes = [holder.stdout for holder in holders if holder.stdout is not None]
                ready, _, _ = select.select(pipes, [], [], 10)
                (speaker,) = [index for index, pipe in enumerate(pipes) if pipe in ready]
                heard[speaker] = said(holders[speaker])
    finally:
        for holder in holders:
            holder.communicate("\n", timeout=10)
    assert list(tmp_path.iterdir()) == []


def test_a_killed_holder_leaves_the_lock_free(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    first = start_holder(path)
    assert said(first) == "held"
    first.kill()
    first.communicate(timeout=10)
    waited: list[str] = []
    with hold(path, waited.append):
        pass
    assert waited == []
