"""The fixed topology is not tuned again when nothing that it depends on has changed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wann_core.progress import Silent
from wann_core.runs import tuning_stage
from wann_core.runs.execution import Execution
from wann_core.runs.experiment import load_experiment
from wann_core.runs.rerun import RunRequest, rerun
from wann_core.runs.run import Run
from wann_core.runs.store import RunStore
from wann_core.runs.update import UpdateRequest, update
from wann_core.weights.champion import Baseline

TEST = Execution(Silent(), "test", threads=1)


@pytest.fixture
def made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> RunStore:
    monkeypatch.setattr("wann_core.runs.workspace.default_work_root", lambda: tmp_path / "updates")
    store = RunStore(tmp_path / "store", "swing_up")
    request = RunRequest(load_experiment("swing_up", "smoke"), 1, RunStore(tmp_path / "work" / "swing_up"))
    rerun(request, store, TEST, lambda _: None)
    return store


@pytest.mark.parametrize(("seed", "is_kept"), [(1, True), (2, False)])
def test_the_baseline_is_tuned_again_only_for_another_seed(
    made: RunStore, monkeypatch: pytest.MonkeyPatch, seed: int, is_kept: bool
) -> None:
    tuned, real = [], tuning_stage.tune_baseline

    def counted(run: Run, rng: np.random.Generator) -> tuple[Baseline, float]:
        tuned.append(run.seed)
        return real(run, rng)

    monkeypatch.setattr(tuning_stage, "tune_baseline", counted)
    before = made.baseline.read_bytes(), made.scores.read_text()
    update(made, UpdateRequest(tuning=True, seed=seed), TEST)
    assert (not tuned) == is_kept
    assert (made.baseline.read_bytes() == before[0]) == is_kept
    assert (made.scores.read_text() == before[1]) == is_kept


def test_a_baseline_that_is_tuned_again_is_the_same_one(made: RunStore) -> None:
    before = made.baseline.read_bytes()
    made.baseline.unlink()
    update(made, UpdateRequest(tuning=True, seed=1), TEST)
    assert made.baseline.read_bytes() == before
