"""A check reads the same files of a run as a build."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from committed import RUNS

from wann_core.figures import validate
from wann_core.figures.discovery import names, specs
from wann_core.figures.figure import FigureError
from wann_core.figures.live_data import live_data
from wann_core.figures.making import make
from wann_core.figures.validate import damage_of, damage_of_live_demo
from wann_core.paths import runs_root
from wann_core.progress import Silent
from wann_core.runs.store import RunStore

CHEAP = ("scores", "by-weight", "history", "network", "growth")
FILES = ("champion.json", "baseline.json", "scores.json", "history.csv", "snapshots.json", "provenance.json",
         "experiment.toml")  # fmt: skip


@pytest.fixture
def runs(tmp_path: Path) -> Path:
    shutil.copytree(runs_root() / "swing_up", tmp_path / "runs" / "swing_up")
    return tmp_path / "runs"


def damage(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-40] + b'{"')


def test_nothing_is_said_of_the_runs_that_come_with_the_project() -> None:
    of_project = [name for name in names() if name.split("/")[0] in RUNS or "/" not in name]
    assert len(of_project) > 50
    assert [name for name in of_project if damage_of(name)] == []
    assert [damage_of_live_demo(task) for task in ("swing_up", "biped", "car_racing")] == [(), (), ()]


@pytest.mark.parametrize("suffix", CHEAP)
@pytest.mark.parametrize("file", FILES)
def test_what_cannot_be_made_is_said_and_nothing_else(runs: Path, tmp_path: Path, file: str, suffix: str) -> None:
    damage(runs / "swing_up" / file)
    said = damage_of(f"swing_up/{suffix}", runs)
    refused = ""
    try:
        make([f"swing_up/{suffix}"], tmp_path / "cache", Silent(), runs)
    except (FigureError, ValueError) as error:
        refused = str(error)
    assert not refused or file in refused
    # The files from which scores are measured must be valid for any figure, because a build first checks the scores.
    is_looked_at = file in {"champion.json", "baseline.json", "provenance.json", "experiment.toml"}
    assert bool(said) is (is_looked_at or bool(refused))
    assert all(file in message for message in said)


def test_a_file_is_named_once_for_each_figure(runs: Path) -> None:
    damage(runs / "swing_up" / "champion.json")
    (said,) = damage_of("swing_up/scores", runs)
    assert "champion.json: cannot be read" in said
    assert damage_of_live_demo("swing_up", runs) == (said,)
    assert damage_of("params", runs) == (said,)


def test_missing_scores_are_said_with_the_next_step(runs: Path) -> None:
    (runs / "swing_up" / "scores.json").unlink()
    (said,) = damage_of("swing_up/scores", runs)
    assert "scores.json: is missing" in said
    assert "python -m wann_core" in said


def test_a_task_without_a_run_has_nothing_to_be_damaged(tmp_path: Path) -> None:
    assert damage_of("biped/scores", tmp_path) == ()


OF_TASK = [spec for spec in specs().values() if spec.of_task and not spec.needs_encoder]


@pytest.mark.parametrize(
    ("suffix", "attribute"), [(spec.suffix, attribute) for spec in OF_TASK for attribute in spec.inputs]
)
def test_damage_in_any_file_that_a_figure_declares_is_said(runs: Path, suffix: str, attribute: str) -> None:
    path: Path = getattr(RunStore(runs / "swing_up"), attribute)
    assert damage_of(f"swing_up/{suffix}", runs) == ()
    damage(path)
    said = damage_of(f"swing_up/{suffix}", runs)
    assert said
    assert all(path.name in message for message in said)


@pytest.mark.parametrize("file", FILES)
def test_a_live_demo_is_refused_for_the_files_that_it_reads_and_for_no_others(runs: Path, file: str) -> None:
    damage(runs / "swing_up" / file)
    refused = ""
    try:
        live_data("swing_up", runs)
    except ValueError as error:
        refused = str(error)
    assert bool(refused) is (file in {f"{name}.json" for name in validate.OF_LIVE_DEMO})
    assert file in (refused or file)
    assert bool(damage_of_live_demo("swing_up", runs)) >= bool(refused)
