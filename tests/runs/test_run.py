"""A run that was killed and resumed leaves the same files as one that was never stopped."""

from __future__ import annotations

import json
import shutil
import signal
from pathlib import Path

import numpy as np
import pytest
from command_line import as_json, run, stop_when, succeed
from store_contents import CHECKPOINT, contents

from wann_core.runs.run import SeedUse
from wann_core.runs.store import RunStore
from wann_core.runs.workspace import update_folder

SEARCH = ("search", "swing_up", "--budget", "smoke", "--seed", "3", "--threads", "1")


def generations_kept(folder: Path) -> int:
    """Generations in the checkpoint."""
    if not (folder / CHECKPOINT).is_file():
        return 0
    restarts = json.loads((folder / CHECKPOINT).read_text())["restarts"]
    return sum(len(restart["history"]) for restart in restarts)


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The store of an uninterrupted search of two restarts of 30 generations."""
    folder = tmp_path_factory.mktemp("run") / "swing_up"
    succeed(*SEARCH, "--generations", "30", "--out", folder)
    return folder


@pytest.fixture(scope="module")
def tuned(searched: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same, tuned and scored without interruption: 25 iterations from each start, 60 for the better one."""
    folder = tmp_path_factory.mktemp("run") / "swing_up"
    shutil.copytree(searched, folder)
    settings = folder / "experiment.toml"
    text = (
        settings.read_text()
        .replace("iterations = 3", "iterations = 60")
        .replace("screening_iterations = 0", "screening_iterations = 25")
    )
    settings.write_text(text)
    untuned = folder.with_name("untuned")
    shutil.copytree(folder, untuned)
    succeed("tune", "swing_up", "--out", folder, "--threads", "1")
    return folder


@pytest.mark.slow
def test_a_search_that_is_killed_twice_ends_as_one_that_was_not(searched: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swing_up"
    command = (*SEARCH, "--generations", "30", "--out", folder, "--resume")
    for least in (1, 33):  # in the first restart, in the second
        status, _ = stop_when(lambda least=least: generations_kept(folder) >= least, signal.SIGKILL, *command)  # type: ignore[misc]  # mypy infers no lambda with a default
        assert status == -signal.SIGKILL
        assert not (folder / "champion.json").exists()
    kept = generations_kept(folder)
    assert 33 <= kept < 60
    succeed(*command)
    assert contents(folder) == contents(searched)


@pytest.mark.slow
@pytest.mark.parametrize("task", ["biped", "car_racing"])
def test_a_search_on_box2d_that_is_killed_ends_as_one_that_was_not(task: str, tmp_path: Path) -> None:
    pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")
    command = ("search", task, "--budget", "smoke", "--seed", "3", "--threads", "2", "--generations", "12", "--out")
    status, _ = stop_when(
        lambda: generations_kept(tmp_path / "killed") >= 2, signal.SIGKILL, *command, tmp_path / "killed"
    )
    assert status == -signal.SIGKILL
    assert 2 <= generations_kept(tmp_path / "killed") < 12
    succeed(*command, tmp_path / "killed", "--resume")
    succeed(*[part if part != "2" else "1" for part in command], tmp_path / "whole")  # on one worker
    assert contents(tmp_path / "killed") == contents(tmp_path / "whole")


def test_a_search_ends_with_control_c_and_says_how_to_go_on(searched: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swing_up"
    command = (*SEARCH, "--generations", "30", "--out", folder)
    status, errors = stop_when(lambda: generations_kept(folder) >= 5, signal.SIGINT, *command)
    assert status == 130
    assert "--resume continues" in errors
    assert "Traceback" not in errors
    succeed(*command, "--resume")
    assert contents(folder) == contents(searched)


def test_a_finished_search_goes_on_to_more_generations(searched: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swing_up"
    shorter = as_json(*SEARCH, "--generations", "11", "--out", folder)
    longer = as_json(*SEARCH, "--generations", "30", "--out", folder, "--resume")
    assert shorter["generations"] == [11, 11]
    assert longer["generations"] == [30, 30]
    assert contents(folder) == contents(searched)


def test_a_stopped_search_can_be_ended_where_it_is(searched: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swing_up"
    command = (*SEARCH, "--generations", "30", "--out", folder)
    stop_when(lambda: generations_kept(folder) >= 6, signal.SIGKILL, *command)
    reached = generations_kept(folder)
    summary = as_json(*SEARCH, "--generations", "1", "--out", folder, "--resume")
    assert summary["generations"] == [reached, 1]
    assert f"generations = {reached}\n" in (folder / "experiment.toml").read_text()
    whole = (searched / "history.csv").read_text().splitlines()
    ended = (folder / "history.csv").read_text().splitlines()
    assert [row.rpartition(",")[0] for row in ended[: reached + 1]] == [
        row.rpartition(",")[0] for row in whole[: reached + 1]
    ]


def test_only_the_promoted_restarts_go_on_after_screening(tmp_path: Path) -> None:
    settings = tmp_path / "mine.toml"
    settings.write_text(
        'extends = "swing_up"\n[budget.smoke.search]\nrestarts = 4\nscreening_generations = 5\ngenerations = 12\n'
    )
    command = (*SEARCH, "--experiment", settings, "--out")
    summary = as_json(*command, tmp_path / "swing_up")
    kept = json.loads((tmp_path / "swing_up" / CHECKPOINT).read_text())["restarts"]
    scores = [
        [score for shot, score in zip(one["snapshots"], one["scores"], strict=True) if shot["generation"] < 5][-1]
        for one in kept
    ]
    best = scores.index(max(scores))
    assert summary["generations"] == [12 if index == best else 5 for index in range(4)]
    stop_when(lambda: generations_kept(tmp_path / "again") >= 21, signal.SIGKILL, *command, tmp_path / "again")
    succeed(*command, tmp_path / "again", "--resume")
    assert contents(tmp_path / "again") == contents(tmp_path / "swing_up")


@pytest.mark.slow
def test_tuning_that_is_killed_ends_as_one_that_was_not(tuned: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swing_up"
    shutil.copytree(tuned.with_name("untuned"), folder)
    checkpoints = update_folder(RunStore(folder, "swing_up")).root
    command = ("tune", "swing_up", "--out", folder, "--threads", "1", "--resume")

    def has_kept(name: str) -> bool:
        path = checkpoints / name
        return path.is_file() and len(json.loads(path.read_text())["recorded"]) >= 2

    for name in ("tune-3-0-checkpoint.json", "tune-4-1-checkpoint.json"):  # the champion's first, the baseline's last
        status, _ = stop_when(lambda name=name: has_kept(name), signal.SIGKILL, *command)  # type: ignore[misc]  # mypy infers no lambda with a default
        assert status == -signal.SIGKILL
    assert json.loads((folder / "champion.json").read_text())["tuned_weights"] is None
    succeed(*command)
    assert contents(folder) == contents(tuned)
    assert not checkpoints.exists()


def test_a_checkpoint_of_another_search_is_refused_by_what_differs(searched: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swing_up"
    shutil.copytree(searched, folder)
    done = run("search", "swing_up", "--budget", "talk", "--seed", "4", "--out", folder, "--resume")
    assert done.returncode == 1
    assert "seed = 3 (now 4)" in done.stderr
    assert "population = 16 (now 192)" in done.stderr
    assert contents(folder) == contents(searched)


def test_a_damaged_checkpoint_is_refused_with_its_place(searched: Path, tmp_path: Path) -> None:
    folder = tmp_path / "swing_up"
    shutil.copytree(searched, folder)
    path = folder / CHECKPOINT
    value = json.loads(path.read_text())
    value["restarts"][1]["search"]["population"][2]["connections"][0]["source"] = 99
    path.write_text(json.dumps(value))
    done = run(*SEARCH, "--generations", "40", "--out", folder, "--resume")
    assert done.returncode == 1
    assert f"{CHECKPOINT}.restarts[1].search.population[2].connections[0]: there is no node 99" in done.stderr
    path.write_text(path.read_text()[:1000])
    done = run(*SEARCH, "--generations", "40", "--out", folder, "--resume")
    assert done.returncode == 1
    assert "cannot be read" in done.stderr


@pytest.mark.parametrize("command", ["search", "run"])
def test_a_folder_of_other_things_is_not_overwritten(command: str, tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("all of it")
    done = run(command, "swing_up", "--budget", "smoke", "--out", tmp_path)
    assert done.returncode == 1
    assert f"{tmp_path}: holds other things than a run" in done.stderr
    assert (tmp_path / "thesis.tex").read_text() == "all of it"


def test_the_uses_of_a_seed_keep_their_numbers() -> None:
    """They are part of every committed result: another number is another run."""
    numbers = {use.name: int(use) for use in SeedUse}
    assert numbers == {
        "SEARCH": 0, "CHAMPION": 1, "FINAL_CHOICE": 2, "TUNE_WANN": 3, "TUNE_FIXED": 4, "SHARED_WEIGHT": 5,
        "PRUNING": 6,
    }  # fmt: skip
    drawn = np.random.SeedSequence([7, SeedUse.TUNE_WANN, 2]).generate_state(4)
    assert drawn.tolist() == np.random.SeedSequence([7, 3, 2]).generate_state(4).tolist()
