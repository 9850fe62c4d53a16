"""The contract of every registered task and of every figure in the registry."""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import gymnasium
import numpy as np
import pytest
from genomes import grown

from wann_core.evaluation.evaluator import Evaluator
from wann_core.figures import making
from wann_core.figures.discovery import specs
from wann_core.figures.figure import FigureSpec
from wann_core.networks.genome import compile_network
from wann_core.networks.network import Network, fixed_topology
from wann_core.paths import encoder_path
from wann_core.runs.experiment import experiment_names, load_experiment
from wann_core.runs.store import RunStore
from wann_core.tasks.contract import Task
from wann_core.tasks.registry import load_drawing, load_task, task_names

pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")


SPECS = tuple(specs().values())


def network_for(task: Task, seed: int = 0) -> Network:
    return compile_network(grown(seed, 12, task.spec.n_inputs, task.spec.n_outputs)[0])


@pytest.fixture(params=task_names())
def task(request: pytest.FixtureRequest) -> Task:
    return load_task(request.param)


def test_the_facts_of_a_task_fit_together(task: Task) -> None:
    spec = task.spec
    assert spec.name in task_names()
    assert (spec.n_inputs, spec.n_outputs) == (spec.baseline_layers[0], spec.baseline_layers[-1])
    assert len(set(spec.input_names)) == spec.n_inputs
    assert spec.max_steps > 0
    assert spec.step_s > 0.0
    assert spec.name in experiment_names()
    assert all(load_experiment(spec.name, budget).task == spec.name for budget in ("smoke", "talk", "paper"))


def test_the_gymnasium_environment_of_a_task_has_its_shapes(task: Task) -> None:
    environment = gymnasium.make(task.spec.env_id)
    observation, _ = environment.reset(seed=0)
    if encoder_path(task.spec.name).is_file():
        assert np.ndim(observation) == 3  # a picture; the network sees the encoder's latents
    else:
        assert np.shape(observation) == (task.spec.n_inputs,)
    limit = environment.spec.max_episode_steps if environment.spec else None
    assert limit == task.spec.max_steps
    environment.close()


@pytest.mark.parametrize("training", [True, False])
def test_a_lane_is_the_same_alone_in_a_batch_in_a_population_and_on_two_workers(task: Task, training: bool) -> None:
    networks = [network_for(task, seed) for seed in range(2)]
    weights, seeds = np.array([-1.0, 0.5, 1.5]), np.array([3, 1, 3])
    population = task.population_returns(networks, weights, seeds, training=training, threads=1)
    assert population.returns.shape == population.steps.shape == (2, 3)
    for row, network in enumerate(networks):
        lanes = task.lane_returns(network, weights, seeds, training=training, threads=1)
        assert np.array_equal(lanes.returns, population.returns[row])
        assert np.array_equal(lanes.steps, population.steps[row])
        single = task.lane_returns(network, weights[1:2], seeds[1:2], training=training, threads=1)
        assert single.returns[0] == lanes.returns[1]
        assert np.all((lanes.steps > 0) & (lanes.steps <= task.spec.max_steps))
    with Evaluator(task.spec.name, 2) as two:
        again = two.population_returns(networks, weights, seeds, training=training)
    assert np.array_equal(again, population.returns)


def test_a_recording_is_the_lane_kept_step_by_step(task: Task) -> None:
    network = network_for(task)
    recording = task.record(network, 0.5, 1)
    n_steps = len(recording.rewards)
    lane = task.lane_returns(network, np.array([0.5]), np.array([1]), training=False, threads=1)
    assert recording.episode_return == lane.returns[0]
    assert n_steps == lane.steps[0]
    assert len(recording.states) == n_steps + 1
    assert recording.observations.shape == (n_steps, task.spec.n_inputs)
    assert recording.actions.shape == (n_steps, task.spec.n_outputs)
    assert recording.seed == 1
    assert recording.terminated == (n_steps < task.spec.max_steps)


def test_separate_weights_are_taken_per_connection(task: Task) -> None:
    network = fixed_topology(task.spec.baseline_layers)
    weights = np.random.default_rng(0).normal(0.0, 0.5, (2, network.n_connections))
    lanes = task.lane_returns(network, weights, np.array([0, 0]), training=False, threads=1)
    recording = task.record(network, weights[1], 0)
    assert recording.episode_return == lanes.returns[1]


@pytest.mark.parametrize("size", [(160, 90), (120, 120)])
def test_every_moment_can_be_drawn(task: Task, size: tuple[int, int]) -> None:
    recording = task.record(network_for(task), 1.0, 0)
    for step in (0, len(recording.rewards)):
        picture = load_drawing(task.spec.name)(recording, step, size)
        assert picture.shape == (size[1], size[0], 3)
        assert picture.dtype == np.uint8
        assert picture.std() > 1.0


# The figures.


def test_figures_have_names_of_their_own_and_makers_that_exist() -> None:
    assert len({spec.suffix for spec in SPECS}) == len(SPECS)
    for spec in SPECS:
        module = import_module(spec.module)
        assert callable(getattr(module, spec.maker))
        assert replace(spec, module="") in module.FIGURES
        assert set(spec.inputs) <= {name for name in dir(RunStore) if not name.startswith("_")}


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.suffix)
def test_a_figures_key_is_of_what_it_reads_and_of_nothing_else(spec: FigureSpec, tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    task = "car_racing" if spec.needs_encoder else "swing_up"  # what an encoder sees is drawn for tasks that have one
    store = RunStore(runs / task)
    store.root.mkdir(parents=True)
    files = ("experiment", "champion", "snapshots", "baseline", "history", "scores", "provenance", "importance")
    for name in files:
        getattr(store, name).write_text(name)
    figure = f"{task}/{spec.suffix}" if spec.of_task else spec.suffix
    key = making.key_of(figure, runs)
    assert making.key_of(figure, runs) == key
    for name in files:
        path = getattr(store, name)
        path.write_text("changed")
        assert (making.key_of(figure, runs) != key) == (name in spec.inputs), name
        path.write_text(name)
    assert making.key_of(figure, runs) == key
    store.champion.unlink()  # no run any more
    assert making.key_of(figure, runs) != key
