from __future__ import annotations

import inspect
from pathlib import Path
from typing import Any, cast

import gymnasium
import numpy as np
import pytest

from wann_core.evaluation.evaluator import Evaluator
from wann_core.networks.arrays import Floats
from wann_core.networks.network import Network, compute_reference, fixed_topology
from wann_core.tasks.ball_on_beam import task as ball_on_beam
from wann_core.tasks.contract import Recording, Task
from wann_core.tasks.gymnasium.task import BadEnvironmentError, GymnasiumTask
from wann_core.tasks.names import env_id_of, task_name_of
from wann_core.tasks.registry import load_drawing, load_task

IDS = ("CartPole-v1", "Acrobot-v1", "LunarLander-v3", "Pendulum-v1")


class Inside(gymnasium.Env[Any, Any]):
    """Observations in a dictionary, actions that begin at 5, no end of its own."""

    observation_space = gymnasium.spaces.Dict(
        {"place": gymnasium.spaces.Discrete(3), "speed": gymnasium.spaces.Box(-1.0, 1.0, (2,))}
    )
    action_space = gymnasium.spaces.Discrete(2, start=5)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed, options=options)
        return {"place": 1, "speed": np.array([0.25, -0.5])}, {}

    def step(self, action: Any) -> tuple[Any, float, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action)
        return {"place": 2, "speed": np.array([0.25, -0.5])}, float(action), False, False, {}


class Many(Inside):
    action_space = gymnasium.spaces.MultiDiscrete([2, 2])  # type: ignore[assignment]  # what is to be refused


class Pixels(Inside):
    observation_space = gymnasium.spaces.Box(0, 255, (64, 64, 3))  # type: ignore[assignment]  # a picture


for kind in (Inside, Many, Pixels):
    gymnasium.register(f"{kind.__name__}-v0", cast("Any", kind))


def task_of(env_id: str) -> Task:
    return load_task(task_name_of(env_id))


def network_of(task: Task) -> tuple[Network, Floats]:
    network = fixed_topology(task.spec.baseline_layers)
    return network, np.random.default_rng(3).normal(0.0, 1.0, network.n_connections)


def played_plainly(env_id: str, network: Network, weights: Floats, seed: int) -> float:
    """Gymnasium's own loop with the plain network, which shares nothing with the code under test."""
    env = gymnasium.make(env_id)
    observation, _ = env.reset(seed=seed)
    total, over = 0.0, False
    while not over:
        outputs = compute_reference(network, np.asarray(observation, np.float64), weights)[-network.n_outputs :]
        space = env.action_space
        if isinstance(space, gymnasium.spaces.Box):
            action: Any = (space.low + (np.clip(outputs, -1, 1) + 1) / 2 * (space.high - space.low)).astype(space.dtype)
        else:
            action = int(np.argmax(outputs))
        observation, reward, terminated, truncated, _ = env.step(action)
        total += float(reward)
        over = terminated or truncated
    return total


@pytest.mark.parametrize("env_id", IDS)
def test_an_environment_by_its_id_returns_what_gymnasiums_own_loop_returns(env_id: str) -> None:
    task = task_of(env_id)
    network, weights = network_of(task)
    seeds = np.array([0, 7, 123456789])
    found = task.lane_returns(network, np.tile(weights, (3, 1)), seeds, training=False, threads=1).returns
    expected = [played_plainly(env_id, network, weights, int(seed)) for seed in seeds]
    np.testing.assert_allclose(found, expected, rtol=1e-9)


@pytest.mark.parametrize("env_id", IDS)
def test_a_lane_is_the_same_to_the_last_bit_wherever_it_is_run(env_id: str) -> None:
    task = task_of(env_id)
    network, _ = network_of(task)
    weights, seeds = np.array([-1.0, 0.5, 2.0]), np.array([4, 5, 6])
    forward = task.population_returns([network, network], weights, seeds, training=True, threads=1)
    backward = task.lane_returns(network, weights[::-1], seeds[::-1], training=False, threads=1)
    assert np.array_equal(forward.returns, np.tile(backward.returns[::-1], (2, 1)))
    assert np.array_equal(forward.steps[0], backward.steps[::-1])


def test_worker_processes_find_an_environment_by_its_name_and_return_the_same() -> None:
    task = task_of("CartPole-v1")
    network, _ = network_of(task)
    weights, seeds = np.linspace(-2, 2, 5), np.arange(5)
    alone = task.lane_returns(network, weights, seeds, training=True, threads=1).returns
    with Evaluator("CartPole-v1", 2) as evaluator:
        assert np.array_equal(evaluator.lane_returns(network, weights, seeds, training=True), alone)


@pytest.mark.parametrize("env_id", IDS)
def test_a_recording_is_the_scored_episode_and_draws_itself_at_any_step(env_id: str) -> None:
    task = task_of(env_id)
    network, weights = network_of(task)
    recording: Recording = task.record(network, weights, 11)
    scored = task.lane_returns(network, weights[None], np.array([11]), training=False, threads=1)
    assert recording.episode_return == scored.returns[0]
    n_steps = int(scored.steps[0])
    assert recording.states.shape == (n_steps + 1, task.spec.n_inputs)
    late = load_drawing(task.spec.name)(recording, min(9, n_steps), (200, 160))
    load_drawing(task.spec.name)(recording, 0, (200, 160))
    assert late.shape == (160, 200, 3)
    assert np.array_equal(load_drawing(task.spec.name)(recording, min(9, n_steps), (200, 160)), late)
    assert len(np.unique(late.reshape(-1, 3), axis=0)) > 3


def test_dictionaries_are_flattened_and_actions_may_begin_anywhere() -> None:
    task = task_of("Inside-v0")
    assert (task.spec.n_inputs, task.spec.n_outputs, task.spec.max_steps) == (5, 2, 1000)
    network, weights = network_of(task)
    recording = task.record(network, weights, 0)
    assert recording.observations[0].tolist() == [0, 1, 0, 0.25, -0.5]
    assert set(recording.rewards) <= {5.0, 6.0}
    assert len(recording.rewards) == 1000
    assert not recording.terminated


@pytest.mark.parametrize(
    ("env_id", "reason"),
    [
        ("Many-v0", "must be Box or Discrete"),
        ("Pixels-v0", "12288 observed values, must be 1 to 1000"),
        ("Nowhere-v0", 'no Gymnasium environment "Nowhere-v0"'),
        ("no_such_module:Thing-v0", "No module named 'no_such_module'"),
    ],
)
def test_what_no_network_can_play_is_refused_with_its_reason(env_id: str, reason: str) -> None:
    with pytest.raises(BadEnvironmentError, match=reason):
        task_of(env_id)


def test_names_that_do_not_fit_are_refused() -> None:
    with pytest.raises(BadEnvironmentError, match="2 input names, the environment has 4"):
        GymnasiumTask("CartPole-v1", input_names=("a", "b"))


@pytest.mark.parametrize("env_id", ["CartPole-v1", "ALE/Pong-v5", "my.module:Thing-v0", "pkg:space/Some_Thing-v12"])
def test_every_id_has_a_folder_name_that_leads_back_to_it(env_id: str) -> None:
    name = task_name_of(env_id)
    assert not set(name) & set('/\\:*?"<>|')
    assert env_id_of(name) == env_id


@pytest.mark.parametrize("name", ["swing_up", "", "..", "../x-v1", "a b-v1", "CartPole", "CartPole-v1%00"])
def test_other_names_are_no_ids(name: str) -> None:
    assert env_id_of(name) is None


def test_a_task_of_ones_own_takes_fewer_than_fifty_lines_its_picture_included() -> None:
    source = Path(inspect.getfile(ball_on_beam)).read_text(encoding="utf-8")
    assert len(source.splitlines()) < 50
    task = load_task("ball_on_beam")
    network, weights = network_of(task)
    recording = task.record(network, weights, 1)
    assert task.spec.input_names[0] == "distance to the mark"
    assert 0 < len(recording.rewards) <= task.spec.max_steps
    assert len(np.unique(load_drawing(task.spec.name)(recording, 0, (480, 480)).reshape(-1, 3), axis=0)) >= 4
