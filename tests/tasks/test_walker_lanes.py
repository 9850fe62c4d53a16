"""The lane physics against Gymnasium's Box2D world."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from wann_core.networks.network import fixed_topology

pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")

gymnasium = pytest.importorskip("gymnasium")

from wann_core.tasks.biped import lanes as walker_lanes  # noqa: E402  # after the skip

NETWORK = fixed_topology((24, 6, 4))


def random_weights(n: int, seed: int) -> np.ndarray[Any, np.dtype[np.float64]]:
    return np.random.default_rng(seed).normal(0.0, 0.7, (n, NETWORK.n_connections))


def test_terrain_and_push_are_those_of_gymnasium() -> None:
    environment = gymnasium.make("BipedalWalker-v3").unwrapped
    for seed in (0, 7, 12345):
        environment.reset(seed=seed)
        heights, push = walker_lanes.start(seed)
        assert np.array_equal(heights, np.array(environment.terrain_y, dtype=np.float32))
        assert -5.0 <= push <= 5.0


def gymnasium_rewards(weights: np.ndarray[Any, Any], seed: int, n_steps: int) -> list[float]:
    """Gymnasium's own world, driven by the same network."""
    from wann_core.networks.network import compute_reference

    environment = gymnasium.make("BipedalWalker-v3").unwrapped
    observation, _ = environment.reset(seed=seed)
    rewards = []
    for _ in range(n_steps):
        action = compute_reference(NETWORK, observation.astype(np.float64), weights)[-4:]
        observation, reward, terminated, _, _ = environment.step(action)
        rewards.append(float(reward))
        if terminated:
            break
    return rewards


def test_episodes_return_about_what_gymnasium_returns() -> None:
    n = 60
    weights = random_weights(n, 3)
    seeds = np.arange(n, dtype=np.int64)
    lanes = walker_lanes.run_lanes([NETWORK], np.zeros(n, dtype=np.int64), weights, seeds, training=False, threads=1)
    differences = []
    for lane in range(n):
        rewards = gymnasium_rewards(weights[lane], int(seeds[lane]), 100)
        if len(rewards) < 100:  # later the trajectories diverge, because rounding errors grow with every footfall
            differences.append(abs(sum(rewards) - float(lanes.returns[lane])))
    assert len(differences) >= 20
    assert np.median(differences) < 0.01
    assert np.mean(np.array(differences) < 0.1) > 0.8


def test_a_lane_does_not_depend_on_its_neighbours_or_on_the_threads() -> None:
    weights = random_weights(40, 5)
    seeds = np.arange(100, 140, dtype=np.int64)
    which = np.zeros(40, dtype=np.int64)
    together = walker_lanes.run_lanes([NETWORK], which, weights, seeds, training=True, threads=1)
    threaded = walker_lanes.run_lanes([NETWORK], which, weights, seeds, training=True, threads=2)
    assert np.array_equal(together.returns, threaded.returns)
    assert np.array_equal(together.steps, threaded.steps)
    for lane in (0, 17, 39):
        alone = walker_lanes.run_lanes(
            [NETWORK], which[:1], weights[lane : lane + 1], seeds[lane : lane + 1], training=True, threads=1
        )
        assert alone.returns[0] == together.returns[lane]


def test_training_leaves_out_the_penalty_for_falling() -> None:
    weights = random_weights(16, 8)
    seeds = np.arange(16, dtype=np.int64)
    which = np.zeros(16, dtype=np.int64)
    real = walker_lanes.run_lanes([NETWORK], which, weights, seeds, training=False, threads=1)
    training = walker_lanes.run_lanes([NETWORK], which, weights, seeds, training=True, threads=1)
    same_length = real.steps == training.steps
    fell = same_length & (real.returns < training.returns - 90.0)
    assert fell.any()
    assert (training.steps <= real.steps).all()
