"""The car against Gymnasium's CarRacing-v3: the same seeds and actions give the same tracks, rewards and episodes."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np
import pytest
from gymnasium_car import chase, needs_box2d, new_environment

from wann_core.networks.arrays import Floats
from wann_core.networks.network import Network, fixed_topology
from wann_core.tasks.car_racing.track import KERB_WHITE, ROAD_0, track_of
from wann_core.tasks.contract import TrainingSettings
from wann_core.tasks.registry import load_drawing, load_task, load_trained

gymnasium = pytest.importorskip("gymnasium")

TASK = load_task("car_racing")
NETWORK = fixed_topology((16, 4, 3))
SEEDS = np.arange(4, dtype=np.int64)
SHORT = load_trained("car_racing", TrainingSettings(max_steps=60))


def random_weights(n: int, seed: int, scale: float = 0.6) -> Floats:
    return np.random.default_rng(seed).normal(0.0, scale, (n, NETWORK.n_connections))


@needs_box2d
def test_the_track_is_that_of_gymnasium() -> None:
    environment = new_environment()
    for seed in (0, 7, 12345, 2**31 - 1):
        environment.reset(seed=seed)
        track = track_of(seed)
        theirs = np.array([[[float(x), float(y)] for x, y in polygon] for polygon, _ in environment.road_poly])
        assert np.array_equal(theirs, track.polygons)
        assert (track.colours >= KERB_WHITE).sum() == len(track.colours) - track.n_tiles
        assert np.array_equal(track.middle, np.array([tile[1:] for tile in environment.track]))


@needs_box2d
@pytest.mark.parametrize("seed", [0, 3])
def test_every_reward_is_that_of_gymnasium_on_the_same_actions(seed: int) -> None:
    from wann_core.tasks.car_racing.episode import drive

    environment, rng = new_environment(), np.random.default_rng(seed)
    environment.reset(seed=seed)
    actions, theirs = [], []
    for _ in range(400):
        action = chase(environment, rng)
        _, reward, terminated, _, _ = environment.step(action)
        actions.append(action)
        theirs.append((float(reward), bool(terminated)))
    assert environment.tile_visited_count > 40
    assert [(reward, is_over) for reward, is_over, _ in drive(seed, np.array(actions))] == theirs


@needs_box2d
def test_a_car_that_leaves_the_field_loses_a_hundred_and_the_episode_as_in_gymnasium() -> None:
    from wann_core.tasks.car_racing.episode import drive

    straight = np.tile([0.01, 0.3, 0.0], (1000, 1))
    ours = [(reward, is_over) for reward, is_over, _ in drive(1, straight)]
    environment = new_environment()
    environment.reset(seed=1)
    for action, expected in zip(straight, ours, strict=False):
        _, reward, terminated, _, _ = environment.step(action)
        assert (float(reward), bool(terminated)) == expected
    assert ours[-1] == (-100.0, True)
    assert len(ours) < 1000


@needs_box2d
def test_a_network_s_episode_is_gymnasium_s_with_the_network_s_actions() -> None:
    recording = TASK.record(NETWORK, random_weights(1, 3)[0], 2)
    environment = new_environment()
    environment.reset(seed=2)
    for step, action in enumerate(recording.actions):
        assert environment.step(action)[1] == recording.rewards[step]
        hull = environment.car.hull
        assert (hull.position.x, hull.position.y, hull.angle) == tuple(recording.states[step + 1, :3])
    assert len(recording.actions) == len(recording.rewards) > 500


@needs_box2d
def test_the_same_lane_returns_the_same_whatever_ran_before_it_and_in_any_order() -> None:
    weights = random_weights(4, 2)
    forward = SHORT.lane_returns(NETWORK, weights, SEEDS, training=True, threads=1)
    backward = SHORT.lane_returns(NETWORK, weights[::-1].copy(), SEEDS[::-1].copy(), training=True, threads=1)
    assert np.array_equal(forward.returns, backward.returns[::-1])
    alone = SHORT.lane_returns(NETWORK, weights[2:3], SEEDS[2:3], training=True, threads=1)
    assert alone.returns[0] == forward.returns[2]


@needs_box2d
def test_a_population_is_its_networks_one_by_one() -> None:
    networks = [NETWORK, fixed_topology((16, 3, 3))]
    shared = np.array([-0.5, 1.0])
    seeds = np.array([3, 4], dtype=np.int64)
    together = SHORT.population_returns(networks, shared, seeds, training=True, threads=1)
    assert together.returns.shape == together.steps.shape == (2, 2)
    for row, network in enumerate(networks):
        alone = SHORT.lane_returns(network, shared, seeds, training=True, threads=1)
        assert np.array_equal(together.returns[row], alone.returns)
    assert SHORT.population_returns([], shared, seeds, training=True, threads=1).returns.shape == (0, 2)


@needs_box2d
def test_a_recording_adds_up_to_the_return_of_its_lane_to_the_last_bit() -> None:
    weights = random_weights(1, 4)
    lanes = TASK.lane_returns(NETWORK, weights, SEEDS[:1], training=False, threads=1)
    recording = TASK.record(NETWORK, weights[0], int(SEEDS[0]))
    n_steps = len(recording.rewards)
    assert recording.episode_return == lanes.returns[0]
    assert n_steps == lanes.steps[0]
    assert recording.states.shape == (n_steps + 1, 18)
    assert recording.observations.shape == (n_steps, 16)
    assert recording.actions.shape == (n_steps, 3)
    assert recording.extras["pictures"].shape == (n_steps, 64, 64, 3)
    steer, gas, brake = recording.actions.T
    assert np.abs(steer).max() <= 1.0
    assert min(gas.min(), brake.min()) >= 0.0
    assert max(gas.max(), brake.max()) <= 1.0


def constant(weight_of: tuple[float, float, float]) -> tuple[Network, Floats]:
    """A network with these constant outputs, from the bias only."""
    offsets = np.zeros(21, dtype=np.int64)
    offsets[18:] = (1, 2, 3)
    network = Network(16, 3, np.ones(20, dtype=np.int64), offsets, np.zeros(3, dtype=np.int64))
    return network, np.array([weight_of])


@needs_box2d
def test_training_gives_up_a_car_that_stands_holds_actions_and_ends_early() -> None:
    network, standing = constant((0.0, -1.0, 0.0))
    seeds = np.array([0], dtype=np.int64)

    def steps(settings: TrainingSettings, *, training: bool = True) -> int:
        task = load_trained("car_racing", settings)
        return int(task.lane_returns(network, standing, seeds, training=training, threads=1).steps[0])

    assert steps(TrainingSettings(patience_steps=40, max_steps=90)) == 40
    assert steps(TrainingSettings(max_steps=90)) == 90
    assert steps(TrainingSettings(patience_steps=40), training=False) == 1000
    once = load_trained("car_racing", TrainingSettings(max_steps=150))
    held = load_trained("car_racing", TrainingSettings(max_steps=150, action_hold=10))
    weights = random_weights(4, 1)
    returns = [task.lane_returns(NETWORK, weights, SEEDS, training=True, threads=1).returns for task in (once, held)]
    assert (returns[0] != returns[1]).any()


@needs_box2d
def test_an_output_that_is_no_number_commands_nothing() -> None:
    network, nothing = constant((np.nan, np.nan, np.nan))
    zero = constant((0.0, 0.0, 0.0))[1]
    lanes = [SHORT.lane_returns(network, w, SEEDS[:1], training=True, threads=1).returns[0] for w in (nothing, zero)]
    assert lanes[0] == lanes[1]


@needs_box2d
def test_drawing_gives_the_size_asked_for_and_shows_the_race_and_the_picture_that_is_seen() -> None:
    recording = TASK.record(constant((0.0, 0.0, 0.0))[0], constant((0.0, -0.4, 0.0))[1][0], 2)
    first, later = (
        load_drawing(TASK.spec.name)(recording, 60, (300, 240)),
        load_drawing(TASK.spec.name)(recording, 120, (300, 240)),
    )
    assert first.shape == (240, 300, 3)
    assert first.dtype == np.uint8
    assert np.abs(first.astype(int) - later.astype(int)).max() > 50
    seen = recording.extras["pictures"][60].astype(np.uint8)
    inset = first[240 - 7 - 64 : 240 - 7, 7 : 7 + 64]
    assert np.array_equal(inset, seen)
    beyond = load_drawing(TASK.spec.name)(recording, 10**6, (300, 240))
    assert np.array_equal(beyond, load_drawing(TASK.spec.name)(recording, len(recording.rewards), (300, 240)))


def test_the_facts_agree_with_the_environment() -> None:
    spec = TASK.spec
    assert (spec.n_inputs, spec.n_outputs) == (16, 3)
    registered = gymnasium.spec(spec.env_id)
    assert registered.max_episode_steps == spec.max_steps == 1000
    # The paper's has 867 parameters.
    assert abs(fixed_topology(spec.baseline_layers).n_connections - 867) < 10


def test_a_track_begins_and_ends_with_plain_tiles() -> None:
    track = track_of(1)
    assert track.colours[0] == ROAD_0
    assert len(track.polygons) == len(track.colours) == len(track.tile_of)
    assert sorted(track.tile_of[track.tile_of >= 0]) == list(range(track.n_tiles))


def test_without_box2d_everything_runs_but_the_frames_to_train_an_encoder_on(monkeypatch: pytest.MonkeyPatch) -> None:
    from wann_core.tasks.car_racing import frames as car_frames
    from wann_core.tasks.car_racing import world as car_world

    monkeypatch.setitem(sys.modules, "Box2D", None)
    caches: list[Any] = [car_world._box2d, car_world._parts]
    for function in caches:
        function.cache_clear()
    try:
        assert SHORT.lane_returns(NETWORK, np.ones(1), SEEDS[:1], training=True, threads=1).steps[0] == 60
        with pytest.raises(car_world.MissingBox2DError, match="pip install"):
            car_frames.random_frames(1, 0)
    finally:
        for function in caches:
            function.cache_clear()
