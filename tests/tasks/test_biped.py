"""The biped against Gymnasium's BipedalWalker-v3: the same seeds and actions give the same episode."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest

from wann_core.evaluation.evaluator import Evaluator
from wann_core.networks.arrays import Floats
from wann_core.networks.network import Network, fixed_topology
from wann_core.tasks.biped.live import live_extras
from wann_core.tasks.biped.task import Biped
from wann_core.tasks.biped.terrain import terrain_of
from wann_core.tasks.registry import load_drawing, load_task

gymnasium = pytest.importorskip("gymnasium")
HAS_BOX2D = True
try:
    import Box2D  # noqa: F401
except ImportError:
    HAS_BOX2D = False
needs_box2d = pytest.mark.skipif(not HAS_BOX2D, reason="no Box2D wheel for this Python")

TASK = load_task("biped")
ON_BOX2D = Biped(training_physics="box2d")
NETWORK = fixed_topology((24, 6, 4))
SEEDS = np.arange(12, dtype=np.int64)


def random_weights(n: int, seed: int, scale: float = 0.6) -> Floats:
    return np.random.default_rng(seed).normal(0.0, scale, (n, NETWORK.n_connections))


def new_environment() -> Any:
    from gymnasium.envs.box2d.bipedal_walker import BipedalWalker

    return BipedalWalker()  # a fresh one per episode: a reused world gives other episodes for the same seed


@needs_box2d
def test_every_observation_and_reward_is_that_of_gymnasium() -> None:
    compared = 0
    gentle = random_weights(4, 11, 0.3)  # these stay up, sway and touch down for hundreds of steps
    for seed, weights in enumerate([*gentle, *random_weights(8, 1)]):
        recording = TASK.record(NETWORK, weights, seed)
        environment = new_environment()
        observation, _ = environment.reset(seed=seed)
        terminated = False
        for step in range(len(recording.rewards)):
            assert np.array_equal(observation, recording.observations[step].astype(np.float32))
            observation, reward, terminated, _, _ = environment.step(recording.actions[step])
            assert reward == recording.rewards[step]
            compared += 1
        assert terminated == recording.terminated
    assert compared > 2000


@needs_box2d
def test_the_terrain_is_that_of_gymnasium() -> None:
    environment = new_environment()
    for seed in (0, 7, 12345, 2**31 - 1):
        environment.reset(seed=seed)
        terrain = terrain_of(seed)
        assert terrain.x.tolist() == environment.terrain_x
        assert terrain.y.tolist() == [float(y) for y in environment.terrain_y]


@needs_box2d
def test_the_same_lane_returns_the_same_whatever_ran_before_it_and_in_any_order() -> None:
    weights = random_weights(12, 2)
    forward = TASK.lane_returns(NETWORK, weights, SEEDS, training=False, threads=1)
    backward = TASK.lane_returns(NETWORK, weights[::-1].copy(), SEEDS[::-1].copy(), training=False, threads=1)
    assert np.array_equal(forward.returns, backward.returns[::-1])
    assert np.array_equal(forward.steps, backward.steps[::-1])
    alone = TASK.lane_returns(NETWORK, weights[5:6], SEEDS[5:6], training=False, threads=1)
    assert alone.returns[0] == forward.returns[5]


@needs_box2d
@pytest.mark.parametrize("training", [True, False])
def test_a_population_is_its_networks_one_by_one(training: bool) -> None:
    networks = [NETWORK, fixed_topology((24, 3, 4))]
    shared = np.array([-0.5, 0.5, 1.0])
    seeds = np.array([3, 3, 4], dtype=np.int64)
    together = TASK.population_returns(networks, shared, seeds, training=training, threads=1)
    assert together.returns.shape == together.steps.shape == (2, 3)
    for row, network in enumerate(networks):
        alone = TASK.lane_returns(network, shared, seeds, training=training, threads=1)
        assert np.array_equal(together.returns[row], alone.returns)
    empty = TASK.population_returns([], shared, seeds, training=training, threads=1)
    assert empty.returns.shape == (0, 3)


@needs_box2d
def test_a_shared_weight_is_that_weight_on_every_connection() -> None:
    shared = TASK.lane_returns(NETWORK, np.array([0.3]), SEEDS[:1], training=False, threads=1)
    each = np.full((1, NETWORK.n_connections), 0.3)
    individual = TASK.lane_returns(NETWORK, each, SEEDS[:1], training=False, threads=1)
    assert shared.returns[0] == pytest.approx(individual.returns[0], abs=1.0)


@needs_box2d
def test_a_recording_adds_up_to_the_return_of_its_lane_to_the_last_bit() -> None:
    weights = random_weights(12, 4)
    lanes = TASK.lane_returns(NETWORK, weights, SEEDS, training=False, threads=1)
    for lane in range(12):
        recording = TASK.record(NETWORK, weights[lane], int(SEEDS[lane]))
        n_steps = len(recording.rewards)
        assert recording.episode_return == lanes.returns[lane]
        assert n_steps == lanes.steps[lane]
        assert recording.states.shape == (n_steps + 1, 27)
        assert recording.observations.shape == (n_steps, 24)
        assert recording.actions.shape == (n_steps, 4)
        assert np.abs(recording.actions).max() <= 1.0


@needs_box2d
def test_training_neither_punishes_a_fall_nor_waits_for_a_walker_that_stands() -> None:
    weights = random_weights(12, 6)
    real = TASK.lane_returns(NETWORK, weights, SEEDS, training=False, threads=1)
    training = ON_BOX2D.lane_returns(NETWORK, weights, SEEDS, training=True, threads=1)
    fell = (real.steps == training.steps) & (real.steps < 1600)
    assert fell.any()
    assert (training.returns[fell] > real.returns[fell] + 90.0).all()
    given_up = training.steps < real.steps
    assert given_up.any()
    assert (training.steps[given_up] >= 150).all()


@needs_box2d
def test_a_walker_that_stands_is_given_up_after_150_steps_in_training_and_stands_1600_otherwise() -> None:
    offsets = np.zeros(30, dtype=np.int64)
    offsets[26:] = (1, 2, 3, 4)
    bias_only = Network(24, 4, np.ones(29, dtype=np.int64), offsets, np.zeros(4, dtype=np.int64))
    weights = np.array([-0.5])  # half torque backwards in every joint: it sits
    seeds = np.array([0], dtype=np.int64)
    assert TASK.lane_returns(bias_only, weights, seeds, training=False, threads=1).steps[0] == 1600
    assert ON_BOX2D.lane_returns(bias_only, weights, seeds, training=True, threads=1).steps[0] == 150


@needs_box2d
def test_an_output_that_is_no_number_commands_nothing() -> None:
    weights = np.full((1, NETWORK.n_connections), np.nan)
    lanes = TASK.lane_returns(NETWORK, weights, SEEDS[:1], training=False, threads=1)
    slack = TASK.lane_returns(NETWORK, np.zeros((1, NETWORK.n_connections)), SEEDS[:1], training=False, threads=1)
    assert lanes.returns[0] == slack.returns[0]


@needs_box2d
def test_drawing_gives_the_size_asked_for_and_shows_the_walk() -> None:
    recording = TASK.record(NETWORK, random_weights(1, 9)[0], 2)
    first = load_drawing(TASK.spec.name)(recording, 0, (200, 160))
    later = load_drawing(TASK.spec.name)(recording, 30, (200, 160))
    beyond = load_drawing(TASK.spec.name)(recording, 10**6, (200, 160))
    assert first.shape == (160, 200, 3)
    assert first.dtype == np.uint8
    assert np.abs(first.astype(int) - later.astype(int)).max() > 50
    assert np.array_equal(beyond, load_drawing(TASK.spec.name)(recording, len(recording.rewards), (200, 160)))


def test_the_facts_agree_with_the_environment() -> None:
    spec = TASK.spec
    assert (spec.n_inputs, spec.n_outputs) == (24, 4)
    assert len(set(spec.input_names)) == 24
    registered = gymnasium.spec(spec.env_id)
    assert registered.max_episode_steps == spec.max_steps == 1600
    assert spec.baseline_layers == (24, 40, 40, 4)
    assert fixed_topology(spec.baseline_layers).n_connections == 2804


def test_without_box2d_running_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    from wann_core.tasks.biped import world as biped_world

    monkeypatch.setitem(sys.modules, "Box2D", None)
    biped_world._box2d.cache_clear()
    biped_world._parts.cache_clear()
    try:
        with pytest.raises(biped_world.MissingBox2DError, match="pip install"):
            TASK.record(NETWORK, 1.0, 0)
    finally:
        biped_world._box2d.cache_clear()
        biped_world._parts.cache_clear()


@needs_box2d
def test_one_worker_and_two_measure_the_same() -> None:
    weights = random_weights(12, 14)
    returns = []
    for n_workers in (1, 2):
        with Evaluator("biped", n_workers) as evaluator:
            returns.append(evaluator.lane_returns(NETWORK, weights, SEEDS, training=False))
    assert np.array_equal(returns[0], returns[1])


@needs_box2d
def test_the_page_gets_grounds_and_the_scored_walk() -> None:
    weights = random_weights(1, 4)[0]
    extras = live_extras(NETWORK, weights)
    assert len(extras["grounds"]) == 20
    assert all(len(ground["heights"]) == 200 for ground in extras["grounds"])
    recording = TASK.record(NETWORK, weights, 0)
    assert extras["recording"]["scores"][-1] == pytest.approx(recording.episode_return, abs=1e-3)
    assert np.allclose(extras["recording"]["poses"], recording.states, atol=1e-4)
