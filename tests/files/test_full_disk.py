"""A disk that is full or not writable: the error is one line, and existing files are unchanged."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command_line import run, succeed

from wann_core.paths import runs_root
from wann_core.runs.store import RunStore

Mount = Callable[..., None]


@pytest.fixture
def mount(tmp_path: Path) -> Iterator[Mount]:
    """Mounts on ``tmp_path / "disk"``; unmounted after the test."""
    disk = tmp_path / "disk"
    disk.mkdir()

    def mounted(*arguments: str) -> None:
        done = subprocess.run(["mount", *arguments, str(disk)], capture_output=True, text=True, check=False)
        if done.returncode != 0:
            pytest.skip(f"no right to mount a small disk here ({done.stderr.strip()})")

    if shutil.which("mount") is None:
        pytest.skip("there is no mount command")
    try:
        yield mounted
    finally:
        subprocess.run(["umount", "--lazy", str(disk)], capture_output=True, check=False)


def test_a_search_on_a_full_disk_says_so_and_goes_on_when_there_is_room(tmp_path: Path, mount: Mount) -> None:
    mount("-t", "tmpfs", "-o", "size=24k", "tmpfs")
    disk = tmp_path / "disk"
    (disk / "filler").write_bytes(b"0" * 12 * 1024)
    command = ("search", "swing_up", "--budget", "smoke", "--threads", "1", "--out", disk / "swing_up")
    done = run(*command)
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("error: ")
    assert "No space left on device" in done.stderr
    (disk / "filler").unlink()
    subprocess.run(["mount", "-o", "remount,size=2m", str(disk)], check=True)
    succeed(*command, "--resume")
    assert RunStore(disk / "swing_up").exists()
    assert not list((disk / "swing_up").glob(".*"))


def test_a_store_that_may_only_be_read_is_scored_with_an_error_and_not_changed(tmp_path: Path, mount: Mount) -> None:
    store = tmp_path / "store"
    shutil.copytree(runs_root() / "swing_up", store)
    before = {path.name: path.read_bytes() for path in store.iterdir()}
    mount("--bind", "-o", "ro", str(store))
    done = run("score", "swing_up", "--budget", "smoke", "--threads", "1", "--out", tmp_path / "disk")
    assert done.returncode == 1
    assert "read-only file system" in done.stderr.splitlines()[-1]
    assert {path.name: path.read_bytes() for path in store.iterdir()} == before
