"""What is stale: changed structure, weights, settings or code, and nothing else."""

from __future__ import annotations

import json
import shutil
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from wann_core.files.code_hash import code_hash
from wann_core.paths import runs_root
from wann_core.runs import staleness as stages
from wann_core.runs.experiment import experiment_from_tables, experiment_names, load_experiment
from wann_core.runs.staleness import run_settings, score_inputs, staleness, tune_inputs
from wann_core.runs.store import ResultsError, RunStore


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    """A copy of the committed run."""
    shutil.copytree(runs_root() / "swing_up", tmp_path / "swing_up")
    return RunStore(tmp_path / "swing_up")


def rewrite(path: Path, change: dict[str, Any]) -> None:
    value = json.loads(path.read_text())
    value.update(change)
    path.write_text(json.dumps(value))


def test_the_committed_runs_are_up_to_date() -> None:
    stores = [path for path in runs_root().iterdir() if RunStore(path).exists()]
    assert runs_root() / "swing_up" in stores
    for path in stores:
        found = staleness(RunStore(path))
        assert (path.name, found.tuning, found.scores) == (path.name, False, False)


def test_another_structure_needs_tuning(store: RunStore) -> None:
    connections = json.loads(store.champion.read_text())["connections"]
    rewrite(store.champion, {"connections": connections[:-1]})
    assert staleness(store).tuning


def test_other_weights_need_scores_only(store: RunStore) -> None:
    rewrite(store.champion, {"shared_weight": 0.123})
    assert (staleness(store).tuning, staleness(store).scores) == (False, True)


@pytest.mark.parametrize(
    ("old", "new", "tuning"), [("trials = 100", "trials = 90", False), ("shared_grid = ", "shared_grid = 1", True)]
)
def test_other_settings_need_what_they_set(store: RunStore, old: str, new: str, tuning: bool) -> None:
    text = store.experiment.read_text()
    assert old in text
    store.experiment.write_text(text.replace(old, new))
    assert (staleness(store).tuning, staleness(store).scores) == (tuning, True)


def test_settings_of_the_search_change_nothing_afterwards(store: RunStore) -> None:
    store.experiment.write_text(store.experiment.read_text().replace("population = ", "population = 1"))
    assert (staleness(store).tuning, staleness(store).scores) == (False, False)


def test_other_code_of_the_task_needs_scores_only(store: RunStore, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stages, "code_hash", lambda *modules: code_hash(*modules, "wann_core.research.bench"))
    assert (staleness(store).tuning, staleness(store).scores) == (False, True)


@pytest.mark.parametrize(("name", "tuning"), [("baseline", True), ("scores", False), ("provenance", True)])
def test_a_missing_file_is_made_again(store: RunStore, name: str, tuning: bool) -> None:
    getattr(store, name).unlink()
    assert (staleness(store).tuning, staleness(store).scores) == (tuning, True)


def test_a_missing_champion_or_damaged_settings_are_errors(store: RunStore) -> None:
    store.experiment.write_text("[run\n")
    with pytest.raises(ResultsError, match=r"experiment\.toml: cannot be read .*restore it or rerun the task"):
        staleness(store)
    shutil.copy(runs_root() / "swing_up" / "experiment.toml", store.experiment)
    store.champion.unlink()
    with pytest.raises(ResultsError, match=r"champion\.json: is missing"):
        staleness(store)


def test_the_hashes_are_of_settings_and_files(store: RunStore) -> None:
    settings = run_settings(store)
    again = json.loads(json.dumps(settings))
    assert tune_inputs(store, settings) == tune_inputs(store, again)
    assert score_inputs(store, settings) == score_inputs(store, again)
    again["score"]["trials"] += 1
    assert tune_inputs(store, settings) == tune_inputs(store, again)
    assert score_inputs(store, settings) != score_inputs(store, again)


@pytest.mark.parametrize("task", experiment_names())
@pytest.mark.parametrize("budget", ["smoke", "talk", "paper"])
def test_settings_survive_the_file_of_the_run(task: str, budget: str) -> None:
    experiment = load_experiment(task, budget)
    assert experiment_from_tables(tomllib.loads(tomli_w.dumps(experiment.tables())), "here") == experiment


def test_strings_and_numbers_survive_toml() -> None:
    experiment = load_experiment("swing_up", "smoke")
    odd = replace(experiment, budget='a "quoted" \\ name', tune=replace(experiment.tune, sigma=1e-05))
    assert tomllib.loads(tomli_w.dumps(odd.tables())) == odd.tables()
