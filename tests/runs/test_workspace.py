"""Work on a store: one process at a time, and the old store stays until the new one is complete."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
from command_line import HASTY, PROJECT, succeed
from store_contents import contents

from wann_core.files.atomic import copy_directory
from wann_core.paths import runs_root
from wann_core.progress import Silent
from wann_core.runs import run as run_module
from wann_core.runs import update as update_module
from wann_core.runs.execution import Execution
from wann_core.runs.experiment import load_experiment
from wann_core.runs.packed_search import IDENTITY
from wann_core.runs.rerun import RunRequest
from wann_core.runs.rerun import rerun as rerun_module
from wann_core.runs.store import ResultsError, RunStore
from wann_core.runs.workspace import alone_in, before, replacing, swap_previous

SMOKE = ("swing_up", "--budget", "smoke", "--threads", "1")
CHILD = HASTY.replace(
    "from wann_core.commands.main import main",
    "import pathlib; from wann_core.runs import workspace; work = pathlib.Path(sys.argv.pop(1)); "
    "workspace.default_work_root = lambda: work\nfrom wann_core.commands.main import main",
)
"""The library's command line with a work folder of its own, which is its first argument."""


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(shutil.copytree(runs_root() / "swing_up", tmp_path / "swing_up"))


def start(work: Path, *arguments: str | Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", CHILD, str(work), *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, cwd=PROJECT)


def test_a_store_is_the_old_one_until_the_work_on_its_copy_has_succeeded(store: RunStore) -> None:
    before = contents(store.root)
    with contextlib.suppress(ZeroDivisionError), replacing(store) as copy:
        copy.champion.write_text("half a champion")
        raise ZeroDivisionError
    assert contents(store.root) == before
    with replacing(store) as copy:
        assert contents(copy.root) == before
        copy.history.write_text("new\n")
        assert contents(store.root) == before
    assert store.history.read_text() == "new\n"
    assert [path.name for path in store.root.parent.iterdir()] == ["swing_up"]


def test_a_store_that_is_a_link_stays_one(store: RunStore, tmp_path: Path) -> None:
    link = RunStore(tmp_path / "linked", "swing_up")
    link.root.symlink_to(store.root)
    with replacing(link) as copy:
        copy.history.write_text("new\n")
    assert link.root.is_symlink()
    assert store.history.read_text() == "new\n"


@pytest.mark.parametrize("fails_in", ["tune_stage", "score_stage"])
def test_an_update_that_is_cut_off_has_changed_nothing(
    store: RunStore, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, fails_in: str
) -> None:
    monkeypatch.setattr("wann_core.runs.workspace.default_work_root", lambda: tmp_path / "work")
    before, original = contents(store.root), getattr(update_module, fails_in)

    def cut_off(*arguments: Any, **options: Any) -> None:
        original(*arguments, **options)
        raise KeyboardInterrupt

    monkeypatch.setattr(update_module, fails_in, cut_off)
    request = update_module.UpdateRequest(tuning=True, budget="smoke", seed=9)
    with pytest.raises(KeyboardInterrupt):
        update_module.update(store, request, Execution(Silent(), "test", threads=1))
    assert contents(store.root) == before


def test_two_runs_at_once_into_one_store_follow_each_other(tmp_path: Path) -> None:
    command = ("run", *SMOKE, "--out", tmp_path / "store", "--generations", "6")
    first = start(tmp_path / "work", *command, "--seed", "1")
    until = time.monotonic() + 120.0
    while not (tmp_path / "work" / "swing_up" / IDENTITY).exists():
        assert first.poll() is None, first.communicate()
        assert time.monotonic() < until
        time.sleep(0.01)
    second = start(tmp_path / "work", *command, "--seed", "2")
    _, errors = first.communicate(timeout=300)
    assert first.returncode == 0, errors
    _, errors = second.communicate(timeout=300)
    assert second.returncode == 0, errors
    folder = tmp_path / "work" / "swing_up"
    assert f"{folder}: a run is being written there by process {first.pid}; waiting for it to end" in errors
    succeed("run", *SMOKE, "--out", tmp_path / "alone", "--generations", "6", "--seed", "2")
    assert contents(tmp_path / "store") == contents(tmp_path / "alone")


def test_who_scores_a_store_waits_for_who_is_writing_it(store: RunStore, tmp_path: Path) -> None:
    with alone_in(store.root):
        waiting = start(tmp_path / "work", "score", *SMOKE, "--out", store.root)
        assert waiting.stderr is not None
        said = waiting.stderr.readline()
        assert f"{store.root}: a run is being written there by process {os.getpid()}; waiting" in said
        assert waiting.poll() is None
    _, errors = waiting.communicate(timeout=300)
    assert waiting.returncode == 0, errors


def rerun(work: RunStore, target: RunStore, *, resume: bool = False, generations: int = 3, seed: int = 1) -> bool:
    experiment = load_experiment("swing_up", "smoke", generations=generations)
    request = RunRequest(experiment, seed, work, resume)
    return rerun_module(request, target, Execution(Silent(), "test", threads=1), lambda _: None)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[RunStore, RunStore]:
    """Work folder and store of a run."""
    monkeypatch.setattr("wann_core.runs.workspace.default_work_root", lambda: tmp_path / "work")
    return RunStore(tmp_path / "work" / "swing_up"), RunStore(tmp_path / "store", "swing_up")


@pytest.mark.parametrize("is_there", [False, True])
def test_a_run_that_was_killed_as_it_took_the_stores_place_goes_on(
    places: tuple[RunStore, RunStore], is_there: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    work, target = places
    with monkeypatch.context() as patch:
        take = copy_directory

        def killed(folder: Path, place: Path, leave_out: Any = ()) -> None:
            if is_there:
                take(folder, place, leave_out)
            stop()

        patch.setattr(run_module, "copy_directory", killed)
        with pytest.raises(KeyboardInterrupt):
            rerun(work, target)
    assert target.exists() == is_there
    whole = {path.name: path.read_bytes() for path in (work.champion, work.history, work.baseline)}
    with monkeypatch.context() as patch:
        patch.setattr("wann_core.runs.search_stage._generation", stop)
        rerun(work, target, resume=True)
    assert not list(target.root.glob("*checkpoint.json"))
    assert not (target.root / IDENTITY).exists()
    assert {name: (target.root / name).read_bytes() for name in whole} == whole


def test_a_run_that_has_taken_the_stores_place_can_go_on_to_more_generations(
    places: tuple[RunStore, RunStore], tmp_path: Path
) -> None:
    work, target = places
    rerun(work, target)
    rerun(work, target, resume=True, generations=6)
    alone = RunStore(tmp_path / "alone", "swing_up")
    rerun(RunStore(tmp_path / "other" / "swing_up"), alone, generations=6)
    assert contents(target.root) == contents(alone.root)


def test_the_run_before_can_be_brought_back_and_forth(places: tuple[RunStore, RunStore]) -> None:
    work, target = places
    with pytest.raises(ResultsError, match="no run was there before"):
        swap_previous(target)
    assert not rerun(work, target, seed=1)
    first = contents(target.root)
    assert rerun(work, target, seed=2, generations=6)
    second = contents(target.root)
    assert first != second
    swap_previous(target)
    assert contents(target.root) == first
    assert contents(before(target).root) == second
    swap_previous(target)
    assert contents(target.root) == second


def stop(*_: Any) -> None:
    raise KeyboardInterrupt


def test_a_run_does_not_wait_for_itself(places: tuple[RunStore, RunStore]) -> None:
    work, _ = places
    with pytest.raises(ResultsError, match="is the folder of unfinished work of swing_up; choose another --out"):
        rerun(work, work)
