"""Swing-up: a champion's return agrees with the published formulas, and a rollout's bits depend only on itself."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
import pytest
import swing_up_oracle
from gymnasium.utils.env_checker import check_env
from hypothesis import given, settings
from hypothesis import strategies as st

from wann_core.evolution.mutation import Counters, OperatorOdds, initial_genome, mutate
from wann_core.evolution.shared_weights import SHARED_WEIGHTS
from wann_core.exchange.release_format import read_release
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.genome import compile_network
from wann_core.networks.network import Network, compute_reference, fixed_topology
from wann_core.tasks.contract import LaneResults
from wann_core.tasks.registry import load_drawing, load_task
from wann_core.tasks.swing_up.task import LANES_AT_ONCE, SPEC, TASK, SwingUpEnv, start_states

REFERENCE = Path(__file__).resolve().parents[1] / "reference"


def as_json(name: str) -> Any:
    return json.loads((REFERENCE / name).read_text(encoding="utf-8"))


ORACLE: dict[str, list[float]] = as_json("swing_up_oracle.json")


def grown(seed: int, n_connections: int) -> Network:
    """A random network of the search's own operators."""
    rng = np.random.default_rng(seed)
    genome = initial_genome(SPEC.n_inputs, SPEC.n_outputs, 0.8, rng)
    counters = Counters(6, 7)
    while genome.n_connections < n_connections:
        genome = mutate(genome, OperatorOdds(0.2, 0.4, 0.4, 0.0), counters, rng)
    return compile_network(genome)


def run(network: Network, weights: Floats, seeds: Ints, threads: int = 1) -> LaneResults:
    return TASK.lane_returns(network, weights, seeds, training=False, threads=threads)


@pytest.fixture(scope="module")
def exported() -> Network:
    return compile_network(read_release(REFERENCE / "swing_up_champion.out", SPEC.n_inputs, SPEC.n_outputs))


# Oracle numbers: a champion of this project in plain Python, see tests/swing_up_oracle.py; 100 episodes each.


@pytest.mark.parametrize("weight", [-0.5, 0.5])
def test_every_episode_earns_what_the_plain_formulas_give(exported: Network, weight: float) -> None:
    returns = run(exported, np.full(100, weight), np.arange(100)).returns
    assert np.allclose(returns, ORACLE[f"{weight:g}"], atol=1e-5, rtol=0.0)


@pytest.mark.parametrize(("weight", "within"), [(-2.0, 4.0), (-1.0, 0.5), (1.0, 0.5), (2.0, 1.5)])
def test_chaotic_episodes_earn_about_as_much(exported: Network, weight: float, within: float) -> None:
    # If two sine functions differ in the last bit, episodes diverge after some seconds, but the means stay close.
    returns = run(exported, np.full(100, weight), np.arange(100)).returns
    assert returns.mean() == pytest.approx(np.mean(ORACLE[f"{weight:g}"]), abs=within)


def test_a_weight_per_connection_earns_what_the_plain_formulas_give(exported: Network) -> None:
    by_ends = {(source, target): weight for source, target, weight in as_json("swing_up_tuned.json")}
    ends = zip(exported.sources.tolist(), exported.targets.tolist(), strict=True)
    weights = np.array([by_ends[pair] for pair in ends])
    returns = run(exported, np.tile(weights, (100, 1)), np.arange(100)).returns
    assert returns.mean() == pytest.approx(np.mean(ORACLE["tuned"]), abs=0.3)
    assert returns.std() == pytest.approx(np.std(ORACLE["tuned"]), abs=0.4)


def test_the_oracle_starts_where_the_episodes_do() -> None:
    assert np.array_equal(start_states(np.arange(100)), as_json("swing_up_starts.json"))


def test_the_oracles_numbers_are_what_it_computes() -> None:
    for name, returns in swing_up_oracle.measured(n_episodes=2).items():
        # Other C libraries round sines differently, which matters if the motion is chaotic.
        assert returns == pytest.approx(ORACLE[name][:2], abs=1e-5 if name in {"-0.5", "0.5"} else 30.0)


# A lane's bits depend on its own network, weights and seed only.


@settings(deadline=None, max_examples=15)
@given(st.integers(0, 10_000), st.integers(5, 60), st.integers(1, 3 * LANES_AT_ONCE), st.integers(1, 5))
def test_a_lane_has_the_same_bits_in_any_batch_and_on_any_threads(
    seed: int, n_connections: int, n_lanes: int, threads: int
) -> None:
    network = grown(seed, n_connections)
    rng = np.random.default_rng(seed)
    weights, seeds = rng.uniform(-2.0, 2.0, n_lanes), rng.integers(0, 2**31, n_lanes)
    together = run(network, weights, seeds, threads)
    order = rng.permutation(n_lanes)
    shuffled = run(network, weights[order], seeds[order], 2)
    assert np.array_equal(together.returns[order], shuffled.returns)
    assert np.array_equal(together.steps[order], shuffled.steps)
    lane = int(rng.integers(n_lanes))
    single = run(network, weights[lane : lane + 1], seeds[lane : lane + 1])
    assert (single.returns[0], single.steps[0]) == (together.returns[lane], together.steps[lane])
    recording = TASK.record(network, float(weights[lane]), int(seeds[lane]))
    assert recording.episode_return == together.returns[lane]
    assert len(recording.rewards) == together.steps[lane]


@pytest.mark.parametrize("threads", [1, 2, 3, 7])
def test_a_population_has_the_bits_of_its_networks_alone(threads: int) -> None:
    networks = [grown(i, 4 + 3 * i) for i in range(17)]
    weights = np.repeat(np.array(SHARED_WEIGHTS), 7)
    seeds = np.tile(np.arange(7), 6)
    population = TASK.population_returns(networks, weights, seeds, training=True, threads=threads)
    assert population.returns.shape == population.steps.shape == (17, 42)
    for i, network in enumerate(networks):
        lanes = run(network, weights, seeds)
        assert np.array_equal(population.returns[i], lanes.returns)
        assert np.array_equal(population.steps[i], lanes.steps)


@pytest.mark.parametrize("n_lanes", [1, 8, 19, 70])
def test_a_weight_per_connection_has_the_same_bits_in_any_batch(n_lanes: int) -> None:
    network = fixed_topology(SPEC.baseline_layers)
    rng = np.random.default_rng(5)
    weights, seeds = rng.normal(0.0, 2.0, (n_lanes, network.n_connections)), np.arange(n_lanes)
    together = run(network, weights, seeds, 2)
    backwards = run(network, weights[::-1], seeds[::-1])
    assert np.array_equal(together.returns, backwards.returns[::-1])
    for lane in range(0, n_lanes, 9):
        recording = TASK.record(network, weights[lane], lane)
        assert recording.episode_return == together.returns[lane]
        assert len(recording.rewards) == together.steps[lane]


def test_lanes_that_end_early_leave_the_others_as_they_are() -> None:
    network = grown(3, 20)
    weights, seeds = np.linspace(-2.0, 2.0, 32), np.arange(32)
    lanes = run(network, weights, seeds)
    assert len(set(lanes.steps.tolist())) > 5  # lanes end at many different times, so lanes are swapped often
    for lane in range(32):
        assert run(network, weights[lane : lane + 1], seeds[lane : lane + 1]).returns[0] == lanes.returns[lane]


def test_the_arguments_are_not_changed() -> None:
    network = grown(1, 12)
    weights, seeds = np.linspace(-2.0, 2.0, 20), np.arange(20)
    tuned = np.random.default_rng(0).normal(size=(20, network.n_connections))
    copies = weights.copy(), seeds.copy(), tuned.copy()
    run(network, weights, seeds)
    run(network, tuned, seeds)
    TASK.population_returns([network], weights, seeds, training=True, threads=1)
    assert all(np.array_equal(a, b) for a, b in zip((weights, seeds, tuned), copies, strict=True))


# The physics.


def plain_step(state: Floats, action: float) -> tuple[Floats, float]:
    """The equations of motion as written down."""
    x, v, th, om = state
    s, c, force, mp, m, length, g, b = math.sin(th), math.cos(th), 10.0 * action, 0.5, 1.0, 0.6, 9.82, 0.1
    mpl = mp * length
    dv = (-2 * mpl * om**2 * s + 3 * mp * g * s * c + 4 * force - 4 * b * v) / (4 * m - 3 * mp * c**2)
    dom = (-3 * mpl * om**2 * s * c + 6 * m * g * s + 6 * (force - b * v) * c) / (4 * length * m - 3 * mpl * c**2)
    after = np.array([x + 0.01 * v, v + 0.01 * dv, th + 0.01 * om, om + 0.01 * dom])
    return after, (math.cos(after[2]) + 1) / 2 * math.cos(math.pi * after[0] / 4.8)


@settings(deadline=None, max_examples=25)
@given(st.integers(0, 10_000), st.floats(-2.0, 2.0))
def test_every_step_is_the_published_equations_and_the_reference_network(seed: int, weight: float) -> None:
    network = grown(seed, 10)
    recording = TASK.record(network, weight, seed)
    assert np.array_equal(recording.states[0], start_states(np.array([seed]))[0])
    for t in range(0, len(recording.rewards), 7):
        x, v, th, om = recording.states[t]
        observed = np.array([x, v, math.cos(th), math.sin(th), om])
        assert np.allclose(recording.observations[t], observed, atol=1e-15, rtol=0.0)
        after, reward = plain_step(recording.states[t], float(recording.actions[t, 0]))
        assert np.allclose(recording.states[t + 1], after, atol=1e-12, rtol=1e-12)
        assert recording.rewards[t] == pytest.approx(reward, abs=1e-14)
    if not any(kind in {2, 3, 10} for kind in network.activations):  # no jump, no sine of a large argument
        outputs = [compute_reference(network, seen, weight)[-1] for seen in recording.observations]
        assert np.allclose(recording.actions[:, 0], np.clip(outputs, -1.0, 1.0), atol=1e-9, rtol=0.0)


def test_an_episode_ends_where_the_track_does() -> None:
    network = fixed_topology((5, 1))
    pushing = np.zeros(network.n_connections)
    pushing[0] = 5.0  # the bias alone: always full force to one side
    recording = TASK.record(network, pushing, 0)
    assert recording.terminated
    assert np.all(np.abs(recording.states[:-1, 0]) <= 2.4)
    assert recording.states[-1, 0] > 2.4
    assert np.all(recording.actions == 1.0)
    idle = TASK.record(network, np.zeros(network.n_connections), 0)
    assert not idle.terminated
    assert len(idle.rewards) == SPEC.max_steps


def test_a_network_of_missing_numbers_ends_and_earns_no_number() -> None:
    network = fixed_topology((5, 1))
    weights = np.full((3, network.n_connections), 0.1)
    weights[1] = np.nan
    lanes = run(network, weights, np.arange(3))
    assert np.isnan(lanes.returns).tolist() == [False, True, False]
    assert lanes.returns[0] == run(network, weights[:1], np.arange(1)).returns[0]


# The Gymnasium environment.


def test_the_environment_is_gymnasiums() -> None:
    assert load_task("swing_up") is TASK
    environment = gymnasium.make(SPEC.env_id)
    check_env(environment.unwrapped, skip_render_check=True)
    environment.close()


@pytest.mark.parametrize("seed", [0, 7, 2**31 - 1])
def test_kernel_and_environment_agree_to_the_bit(seed: int) -> None:
    network = grown(11, 14)
    recording = TASK.record(network, 1.0, seed)
    environment = gymnasium.make(SPEC.env_id)
    observation, _ = environment.reset(seed=seed)
    for t, action in enumerate(recording.actions):
        assert np.array_equal(observation, recording.observations[t])
        observation, reward, terminated, truncated, _ = environment.step(action)
        assert reward == recording.rewards[t]
        is_last = t == len(recording.rewards) - 1
        assert terminated == (is_last and recording.terminated)
        assert truncated == (t + 1 == SPEC.max_steps)
    environment.close()


def test_an_episode_starts_at_its_seeds_state() -> None:
    seeds = np.array([0, 1, 99, 2**31 - 1])
    states = start_states(seeds)
    for seed, state in zip(seeds, states, strict=True):
        oracle = np.random.RandomState(int(seed)).normal([0.0, 0.0, math.pi, 0.0], [0.2] * 4)
        assert np.array_equal(state, oracle)
        observation, _ = SwingUpEnv().reset(seed=int(seed))
        assert observation[0] == state[0]
        assert observation[4] == state[3]


def test_a_reset_without_a_seed_starts_a_new_episode_each_time() -> None:
    environment = SwingUpEnv()
    firsts = (environment.reset(seed=3), environment.reset(), environment.reset())
    assert len({tuple(observation.tolist()) for observation, _ in firsts}) == 3


# The drawing.


@pytest.mark.parametrize("size", [(400, 400), (640, 360), (160, 90), (90, 160)])
def test_a_moment_is_drawn_at_any_size(size: tuple[int, int]) -> None:
    recording = TASK.record(grown(11, 14), 1.0, 0)
    picture = load_drawing(TASK.spec.name)(recording, len(recording.rewards) // 2, size)
    assert picture.shape == (size[1], size[0], 3)
    assert picture.dtype == np.uint8
    assert len(np.unique(picture.reshape(-1, 3), axis=0)) > 20


def test_the_drawing_shows_what_happens() -> None:
    recording = TASK.record(grown(11, 14), 1.0, 0)
    first, middle, last = (
        load_drawing(TASK.spec.name)(recording, step, (320, 180)) for step in (0, 40, len(recording.rewards))
    )
    assert not np.array_equal(first, middle)
    assert not np.array_equal(middle, last)
    assert np.array_equal(middle, load_drawing(TASK.spec.name)(recording, 40, (320, 180)))


def test_the_environment_draws_in_its_rgb_mode_only() -> None:
    environment = gymnasium.make(SPEC.env_id, render_mode="rgb_array")
    environment.reset(seed=0)
    environment.step(np.array([0.7]))
    picture = environment.render()
    assert isinstance(picture, np.ndarray)
    assert picture.shape == (360, 640, 3)
    environment.close()
    with pytest.raises(ValueError, match='render_mode = "human"'):
        SwingUpEnv(render_mode="human")


def test_a_shared_weight_is_nearly_a_weight_per_connection() -> None:
    network = fixed_topology((5, 1))  # one linear node: roundings differ, and do not grow much
    seeds = np.arange(10)
    shared = run(network, np.full(10, 0.9), seeds).returns
    separate = run(network, np.full((10, network.n_connections), 0.9), seeds).returns
    assert np.allclose(shared, separate, rtol=1e-6)
