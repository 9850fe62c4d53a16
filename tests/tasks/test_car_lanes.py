"""The car's lanes agree with Box2D to the last bit: poses, joints, sleep and the tiles under the wheels."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from gymnasium_car import chase, needs_box2d, new_environment

from wann_core.networks.arrays import Floats
from wann_core.networks.network import fixed_topology
from wann_core.tasks.car_racing.episode import drive_lane, drive_lanes
from wann_core.tasks.car_racing.solver import HULL_CENTRE_M, HULL_INERTIA, HULL_MASS_KG, WHEEL_INERTIA, WHEEL_MASS_KG
from wann_core.tasks.car_racing.touch import WHEEL, ground_of, overlaps, touch
from wann_core.tasks.contract import TrainingSettings
from wann_core.tasks.registry import load_task, load_trained

NETWORK = fixed_topology((16, 4, 3))


def same_as_gymnasium(seed: int, actions: Floats) -> int:
    """Play the same actions in both; return the steps compared."""
    ours = drive_lane(seed, actions, has_pictures=False)
    environment = new_environment()
    environment.reset(seed=seed)
    for step, action in enumerate(actions[: len(ours.rewards)]):
        _, reward, terminated, _, _ = environment.step(action)
        car, row = environment.car, ours.poses[step + 1]
        assert (car.hull.position.x, car.hull.position.y, car.hull.angle) == tuple(row[:3]), step
        assert [wheel.joint.angle for wheel in car.wheels] == pytest.approx(row[3:7], abs=1e-6), step
        assert [wheel.omega for wheel in car.wheels] == row[11:15].tolist(), step
        assert environment.tile_visited_count == row[15], step
        assert float(reward) == ours.rewards[step], step
        assert terminated == (ours.is_terminated and step + 1 == len(ours.rewards))
    return len(ours.rewards)


@needs_box2d
def test_a_whole_episode_behind_the_road_is_gymnasium_s_to_the_last_bit() -> None:
    environment, rng = new_environment(), np.random.default_rng(6)
    environment.reset(seed=6)
    actions = []
    for _ in range(1000):
        actions.append(chase(environment, rng, speed=45.0))
        if environment.step(actions[-1])[2]:
            break
    assert environment.tile_visited_count > 150
    assert same_as_gymnasium(6, np.array(actions)) == len(actions)


@needs_box2d
@pytest.mark.parametrize("seed", [1, 11])
def test_whole_episodes_of_random_actions_are_gymnasium_s_to_the_last_bit(seed: int) -> None:
    rng = np.random.default_rng(seed)
    held = np.stack([rng.uniform(-1, 1, 50), rng.uniform(0, 1, 50), rng.uniform(0, 1, 50) ** 4], axis=1)
    assert same_as_gymnasium(seed, np.repeat(held, 20, axis=0)) > 300


@needs_box2d
def test_a_car_that_stands_sleeps_and_wakes_as_in_gymnasium() -> None:
    actions = np.zeros((300, 3))
    actions[120:, 1] = 0.5
    actions[200:, 0] = -1.0
    assert same_as_gymnasium(4, actions) == 300


@needs_box2d
def test_masses_and_moments_are_box2d_s() -> None:
    environment = new_environment()
    environment.reset(seed=0)
    hull, wheel = environment.car.hull, environment.car.wheels[0]
    assert (np.float32(hull.mass), np.float32(hull.inertia)) == (HULL_MASS_KG, HULL_INERTIA)
    assert (hull.localCenter.x, hull.localCenter.y) == tuple(HULL_CENTRE_M.tolist())
    assert (np.float32(wheel.mass), np.float32(wheel.inertia)) == (WHEEL_MASS_KG, WHEEL_INERTIA)
    assert (wheel.localCenter.x, wheel.localCenter.y) == (0.0, 0.0)


@needs_box2d
def test_what_a_wheel_touches_is_what_box2d_says_at_the_skin_too() -> None:
    import Box2D

    rng, ground = np.random.default_rng(0), ground_of(0)
    shapes = [Box2D.b2PolygonShape(vertices=[tuple(map(float, v)) for v in tile]) for tile in ground.tiles]
    for shape, tile in zip(shapes, ground.tiles, strict=True):
        assert np.array_equal(np.array(shape.vertices), tile)
    wheel = Box2D.b2PolygonShape(vertices=[tuple(map(float, v)) for v in WHEEL])
    at_rest, moved = Box2D.b2Transform(), Box2D.b2Transform()
    at_rest.SetIdentity()
    found, n_touching = np.zeros(64, dtype=np.int64), 0
    for _ in range(3000):
        tile, edge = int(rng.integers(len(ground.tiles))), int(rng.integers(4))
        moved.angle = float(np.float32(rng.uniform(-7.0, 7.0)))
        sine, cosine = np.float32(moved.q.s), np.float32(moved.q.c)
        nx, ny, _ = ground.normals[tile, edge]
        along = rng.uniform(-0.1, 1.1)
        corners = ground.tiles[tile].astype(float)
        x, y = (1.0 - along) * corners[edge] + along * corners[(edge + 1) % 4]
        reach = WHEEL[0, 0] * abs(nx * cosine + ny * sine) + WHEEL[1, 1] * abs(ny * cosine - nx * sine)
        # Near the skin distance: sometimes by a micrometre, sometimes by a decimetre.
        far = reach + 0.02 + rng.normal() * 10.0 ** rng.uniform(-6.0, -1.0)
        x, y = np.float32(x + nx * far), np.float32(y + ny * far)
        moved.position = (float(x), float(y))
        expected = Box2D.b2TestOverlap(shapes[tile], 0, wheel, 0, at_rest, moved)
        n = touch(
            ground.tiles, ground.normals, ground.frame, ground.cells, ground.listed, x, y, sine, cosine, found
        )  # fmt: skip
        assert overlaps(ground.tiles[tile], x, y, sine, cosine) == expected == (tile in found[:n])
        n_touching += expected
    assert 1000 < n_touching < 2500


def test_a_lane_does_not_depend_on_its_neighbours_or_on_the_threads() -> None:
    task = load_trained("car_racing", TrainingSettings(max_steps=60, action_hold=2, patience_steps=40))
    weights = np.random.default_rng(5).normal(0.0, 0.7, (37, NETWORK.n_connections))
    seeds = np.arange(100, 137, dtype=np.int64)
    together = task.lane_returns(NETWORK, weights, seeds, training=True, threads=1)
    threaded = task.lane_returns(NETWORK, weights, seeds, training=True, threads=3)
    assert np.array_equal(together.returns, threaded.returns)
    assert np.array_equal(together.steps, threaded.steps)
    assert len(set(together.steps.tolist())) > 1
    for lane in (0, 17, 36):
        one = slice(lane, lane + 1)
        alone = task.lane_returns(NETWORK, weights[one], seeds[one], training=True, threads=1)
        assert alone.returns[0] == together.returns[lane]


def test_a_shared_weight_is_that_weight_on_every_connection() -> None:
    task: Any = load_task("car_racing")
    short = load_trained("car_racing", TrainingSettings(max_steps=40))
    seeds = np.array([3, 4], dtype=np.int64)
    shared = short.lane_returns(NETWORK, np.array([0.5, -1.0]), seeds, training=True, threads=1)
    assert shared.returns.shape == (2,)
    assert task.spec.parallelism == "threads"


def test_drives_side_by_side_are_those_alone() -> None:
    actions = np.tile([0.05, 0.4, 0.0], (80, 1))
    together = drive_lanes([2, 3, 2], actions, has_pictures=False)
    assert together.returns[0] == together.returns[2] == drive_lane(2, actions).rewards.sum()
    assert together.returns[1] != together.returns[0]
