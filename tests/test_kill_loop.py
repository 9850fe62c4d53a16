"""A short run of this folder's long trials: they run, and they find planted faults."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from command_line import PROJECT

pytestmark = pytest.mark.slow

TESTS = PROJECT / "tests"
needs_fork = pytest.mark.skipif(sys.platform == "win32", reason="Windows has no fork, /proc and SIGKILL")
SABOTAGED = """
import sys
def mixed(new, target):
    for path in sorted(new.iterdir()):
        path.replace(target / path.name)
    new.rmdir()
import wann_core.runs.workspace as workplace
workplace.replace_directory = mixed
import kill_loop
sys.exit(kill_loop.main())
"""


def said(*command: str) -> tuple[int, list[str]]:
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, check=False, cwd=TESTS, timeout=300
    )
    assert done.stderr == ""
    return done.returncode, done.stdout.splitlines()


@needs_fork
def test_scoring_survives_being_killed() -> None:
    status, lines = said("kill_loop.py", "--minutes", "2", "--kills", "20", "--stages", "score", "--seed", "1")
    assert status == 0, lines
    counts = json.loads(lines[-1])
    assert counts["kills"] >= 20
    assert counts["finished"]["score"] >= 1


@needs_fork
def test_a_store_whose_files_are_replaced_one_by_one_is_found_out() -> None:
    status, lines = said("-c", SABOTAGED, "--minutes", "2", "--stages", "score", "--seed", "1")
    assert status == 1
    assert any("is neither the old store" in line for line in lines)


@pytest.mark.skipif(sys.platform != "linux", reason="there is no /proc")
def test_the_memory_of_a_search_is_measured() -> None:
    status, lines = said("search_memory.py", "--generations", "40")
    assert status == 0
    result = json.loads(lines[-1])
    assert result["generations"] == 40
    assert 20 < result["resident_mb_at_the_end"] < 1000
