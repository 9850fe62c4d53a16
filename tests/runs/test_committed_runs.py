"""The committed runs: whole, made by this code, and their scores measured again."""

from __future__ import annotations

import re

import numpy as np
import pytest
from committed import RUNS

from wann_core.evaluation.evaluator import Evaluator
from wann_core.paths import runs_root
from wann_core.progress import Silent
from wann_core.runs.champion_file import champion_hash, load_baseline, load_champion, load_snapshots
from wann_core.runs.execution import Execution
from wann_core.runs.experiment import experiment_from_tables
from wann_core.runs.staleness import run_settings
from wann_core.runs.store import RunStore, load_history, load_scores, read_json
from wann_core.runs.verify import verify
from wann_core.tasks.registry import load_task

STORES = [RunStore(runs_root() / name) for name in RUNS]


@pytest.fixture(params=STORES, ids=lambda store: store.task)
def store(request: pytest.FixtureRequest) -> RunStore:
    found: RunStore = request.param
    return found


def test_every_run_that_comes_with_the_project_is_there() -> None:
    assert [store.task for store in STORES if not store.exists()] == []


def test_every_file_of_a_run_is_there_and_sound_and_fits_the_others(store: RunStore) -> None:
    spec = load_task(store.task).spec
    champion, baseline, scores = load_champion(store), load_baseline(store), load_scores(store.scores)
    experiment = experiment_from_tables(run_settings(store), str(store.experiment))
    assert experiment.task == scores["task"] == store.task
    assert scores["champion_hash"] == champion_hash(store)
    assert scores["trials"] == experiment.score.trials == 100
    assert baseline.layer_sizes == spec.baseline_layers
    assert champion.tuned_weights is not None
    assert scores["wann"]["tuned_shared"]["shared_weight"] == champion.shared_weight
    assert scores["fixed"]["tuned_shared"]["shared_weight"] == baseline.shared_weight
    snapshots = load_snapshots(store.snapshots)
    assert snapshots[-1].genome == champion.genome
    generations = [snapshot.generation for snapshot in snapshots]
    assert generations == sorted(generations)
    rows = load_history(store.history)
    assert generations[-1] < experiment.search.generations
    assert max(row["generation"] for row in rows) == experiment.search.generations - 1
    assert {row["restart"] for row in rows} == set(range(experiment.search.restarts))
    names = {path.name for path in store.root.iterdir()} - {"search.json.xz"}  # of searches that can be continued
    assert names == {
        "experiment.toml", "champion.json", "snapshots.json", "baseline.json", "history.csv", "scores.json",
        "provenance.json", "importance.json",
    }  # fmt: skip


def test_a_run_says_how_it_was_made_by_commands_that_anybody_can_type(store: RunStore) -> None:
    stages = read_json(store.provenance)["stages"]
    assert (
        {"search", "tune", "score", "importance"} <= set(stages) <= {"search", "prune", "tune", "score", "importance"}
    )
    for stage in stages.values():
        names = "run|search|tune|score|importance|prune"
        pattern = rf"python -m wann_core ({names}) (?:--env )?([\w-]+)( --[a-z]+( [\w./-]+)?)*"
        command = re.fullmatch(pattern, stage["command"])
        assert command, stage["command"]
        assert command[2] == store.task
        assert not re.search(r"(?:^|\s)(/|\.\./)", stage["command"]), "a path of one machine"
        assert stage["environment_steps"] > 0
        assert stage["seconds"] > 0
        assert stage["machine"]["processor"]


@pytest.mark.slow
def test_the_scores_of_swing_up_are_measured_again_within_their_standard_error() -> None:
    for verdict in verify(RunStore(runs_root() / "swing_up"), Execution(Silent())):
        assert verdict.holds, verdict
        assert verdict.measured == pytest.approx(verdict.recorded, abs=verdict.standard_error + 1e-9)


@pytest.mark.slow
@pytest.mark.parametrize("topology", ["wann", "fixed"])
def test_the_best_and_the_worst_point_of_the_curve_are_what_is_measured_now(topology: str, store: RunStore) -> None:
    if store.task in {"biped", "car_racing"}:
        pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")
    network = (load_champion(store) if topology == "wann" else load_baseline(store)).network
    curve = sorted(load_scores(store.scores)["weight_curve"][topology], key=lambda point: point["mean"])
    trials = run_settings(store)["score"]["curve_trials"]
    with Evaluator(store.task, 1) as evaluator:
        for point in (curve[0], curve[-1]):
            weights = np.full(trials, point["shared_weight"])
            returns = evaluator.lane_returns(network, weights, np.arange(trials), training=False)
            # If a machine rounds differently, chaotic rollouts diverge, so a standard error is allowed.
            assert returns.mean() == pytest.approx(point["mean"], abs=max(point["std"] / trials**0.5, 1e-6))


def test_swing_up_reaches_what_the_paper_reports() -> None:
    scores = load_scores(runs_root() / "swing_up" / "scores.json")
    wann, fixed = scores["wann"], scores["fixed"]
    assert wann["random_shared"]["mean"] >= 515
    assert wann["tuned_shared"]["mean"] >= 723
    assert fixed["tuned"]["mean"] >= 918
    assert fixed["random_shared"]["mean"] < 20
