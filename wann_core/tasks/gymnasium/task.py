"""Any Gymnasium environment as a task, by its id: ``--env CartPole-v1``.

## Action space
``Box``: each output is clipped to [-1, 1] and spread linearly over [low, high]; where a bound is infinite, the output
is the action as it is. ``Discrete``: the action is the index of the largest output, the first one of equals.

## Observation space
Whatever ``gymnasium.spaces.flatten`` makes a row of numbers: ``Box`` as it is, ``Discrete`` one-hot, dictionaries and
tuples one part after another.

## Rewards, starting state, episode end
The environment's own, its time limit included; training is no easier than scoring.

Each episode gets an environment of its own, which costs a tenth of a millisecond: nothing that an environment keeps
from one episode to the next can reach a result, so a lane depends on its network, weights and seed only.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import Any, Final

import gymnasium
import numpy as np
from gymnasium import spaces

from wann_core.errors import WannError
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.forward_pass import forward_shared, forward_weighted
from wann_core.networks.network import Network
from wann_core.tasks.contract import LaneResults, Recording, TaskSpec
from wann_core.tasks.names import task_name_of

Environment = gymnasium.Env[Any, Any]

MAX_INPUTS: Final = 1000
"""More is a picture, and a WANN starts with a connection gene from every input to every output."""
DEFAULT_MAX_STEPS: Final = 1000
"""For environments that are registered without a time limit."""
HIDDEN_OF_BASELINE: Final = 10
"""As many as the paper's fixed topology for swing-up has."""


class BadEnvironmentError(WannError):
    """No such environment, or one that a network cannot play."""


def make_environment(env_id: str, **options: Any) -> Environment:  # noqa: ANN401  # what the environment takes
    """Make an environment that always ends: where it is registered without a time limit, it gets one.

    Raises:
        BadEnvironmentError: there is none of this id, or a package it needs is missing.
    """
    try:
        env = gymnasium.make(env_id, disable_env_checker=True, **options)
    except (gymnasium.error.Error, ImportError, AttributeError) as error:
        raise BadEnvironmentError(
            f'no Gymnasium environment "{env_id}" ({error}); one of your own is named module:Name-v0, where importing '
            "the module registers it"
        ) from error
    if env.spec is None or env.spec.max_episode_steps is None:
        env = gymnasium.wrappers.TimeLimit(env, DEFAULT_MAX_STEPS)
    return env


class GymnasiumTask:
    """A Gymnasium environment as a ``Task``.

    Args:
        env_id: the environment's id.
        name: the task's name; the id where None.
        title: for people; the id's own name where None.
        input_names: one per number of the flattened observation.
        output_names: one per output.
        hidden: sizes of the fixed topology's hidden layers.

    Raises:
        BadEnvironmentError: unknown id, spaces that are not supported, or names that do not fit their number.
    """

    def __init__(
        self,
        env_id: str,
        *,
        name: str | None = None,
        title: str | None = None,
        input_names: tuple[str, ...] | None = None,
        output_names: tuple[str, ...] | None = None,
        hidden: tuple[int, ...] = (HIDDEN_OF_BASELINE,),
    ) -> None:
        env = make_environment(env_id)
        self._observation_space, self._action_space = env.observation_space, env.action_space
        n_inputs, n_outputs = _n_inputs(env_id, env.observation_space), _n_outputs(env_id, env.action_space)
        limit = env.spec.max_episode_steps if env.spec is not None else None
        self._spec = TaskSpec(
            name=name or task_name_of(env_id),
            title=title or _title(env_id),
            env_id=env_id,
            input_names=_checked(input_names, n_inputs, "input", env_id),
            output_names=_checked(output_names, n_outputs, "output", env_id),
            max_steps=limit or DEFAULT_MAX_STEPS,
            step_s=1.0 / float(env.metadata.get("render_fps") or 50),
            baseline_layers=(n_inputs, *hidden, n_outputs),
            parallelism="processes",
            training_parallelism="processes",
        )
        env.close()
        self._low, self._high = np.full(n_outputs, -1.0), np.full(n_outputs, 1.0)
        self._is_bounded = np.zeros(n_outputs, dtype=bool)
        if isinstance(self._action_space, spaces.Box):
            self._low = self._action_space.low.astype(np.float64).reshape(-1)
            self._high = self._action_space.high.astype(np.float64).reshape(-1)
            self._is_bounded = np.isfinite(self._low) & np.isfinite(self._high)
        self._is_box = type(env.observation_space) is spaces.Box  # flattened without Gymnasium's dispatch: it is slow

    @property
    def spec(self) -> TaskSpec:
        """The facts of the task."""
        return self._spec

    def population_returns(
        self, networks: Sequence[Network], shared_weights: Floats, seeds: Ints, *, training: bool, threads: int
    ) -> LaneResults:
        """Run every network on the same lanes, one after another; see ``Task``."""
        lanes = [
            self.lane_returns(network, shared_weights, seeds, training=training, threads=threads)
            for network in networks
        ]
        shape = (len(networks), len(seeds))
        returns, steps = [lane.returns for lane in lanes], [lane.steps for lane in lanes]
        return LaneResults(np.array(returns).reshape(shape), np.array(steps, dtype=np.int64).reshape(shape))

    def lane_returns(
        self, network: Network, weights: Floats, seeds: Ints, *, training: bool, threads: int
    ) -> LaneResults:
        """Run one network on lanes that each have their own weights, one after another; see ``Task``."""
        del training, threads
        returns, steps = np.zeros(len(seeds)), np.zeros(len(seeds), dtype=np.int64)
        for lane, seed in enumerate(seeds.tolist()):
            returns[lane], steps[lane] = self._episode(network, weights[lane], seed, None)
        return LaneResults(returns, steps)

    def record(self, network: Network, weights: float | Floats, seed: int) -> Recording:
        """Run one lane and keep every step; see ``Task``.

        ``states`` are the observations, the one after the last step included; the action of a ``Discrete`` space is
        its number, (n_steps, 1).
        """
        kept: list[tuple[Floats, Floats, float]] = []
        self._episode(network, np.asarray(weights, dtype=np.float64), seed, kept)
        *steps, last = kept
        observations = np.array([observation for observation, _, _ in steps])
        return Recording(
            seed=seed,
            states=np.concatenate([observations, last[0][None]]),
            observations=observations,
            actions=np.array([action for _, action, _ in steps]),
            rewards=np.array([reward for _, _, reward in steps]),
            terminated=bool(last[2]),
        )

    def action_of(self, recorded: Floats) -> Any:  # noqa: ANN401  # what the environment takes
        """The environment's action for a row of ``Recording.actions``."""
        if isinstance(self._action_space, spaces.Discrete):
            return self._action_space.start + np.int64(recorded[0])
        return recorded.reshape(self._action_space.shape or ()).astype(self._action_space.dtype)

    def _act(self, outputs: Floats) -> Floats:
        """The action as it is recorded."""
        if isinstance(self._action_space, spaces.Discrete):
            return np.array([float(np.argmax(np.nan_to_num(outputs, nan=-np.inf)))])
        outputs = np.nan_to_num(outputs, nan=0.0, posinf=1e6, neginf=-1e6)
        spread = self._low + (np.clip(outputs, -1.0, 1.0) + 1.0) * 0.5 * (self._high - self._low)
        return np.where(self._is_bounded, spread, outputs)

    def _episode(
        self, network: Network, weights: Floats, seed: int, kept: list[tuple[Floats, Floats, float]] | None
    ) -> tuple[float, int]:
        """Play one episode: its return and number of steps.

        Args:
            network: the network.
            weights: () a shared weight, or (n_connections,).
            seed: the episode's seed.
            kept: receives observation, action, reward of each step; then the last observation and whether it is
                terminal.
        """
        spec, values = self._spec, np.zeros(network.n_nodes)
        values[0] = 1.0
        inputs, outputs = values[1 : 1 + spec.n_inputs], values[network.n_nodes - spec.n_outputs :]
        forward = forward_shared if weights.ndim == 0 else forward_weighted
        weight = float(weights) if weights.ndim == 0 else np.ascontiguousarray(weights)
        arrays = (network.activations, network.offsets, network.sources, spec.n_inputs, values, weight)
        env = make_environment(spec.env_id)
        try:
            observation, _ = env.reset(seed=int(seed))
            total, n_steps, terminated, truncated = 0.0, 0, False, False
            while not (terminated or truncated):
                inputs[:] = self._row(observation)
                forward(*arrays)
                action = self._act(outputs)
                if kept is not None:
                    kept.append((inputs.copy(), action, 0.0))
                observation, reward, terminated, truncated, _ = env.step(self.action_of(action))
                total += float(reward)
                n_steps += 1
                if kept is not None:
                    kept[-1] = (*kept[-1][:2], float(reward))
        finally:
            env.close()
        if kept is not None:
            kept.append((self._row(observation), np.zeros(0), float(terminated)))
        return total, n_steps

    def _row(self, observation: Any) -> Floats:  # noqa: ANN401  # whatever the environment shows
        if self._is_box:
            return np.asarray(observation, dtype=np.float64).reshape(-1)
        return np.asarray(spaces.flatten(self._observation_space, observation), dtype=np.float64)


@cache
def gymnasium_task(env_id: str) -> GymnasiumTask:
    """The task of a Gymnasium id.

    Raises:
        BadEnvironmentError: see ``GymnasiumTask``.
    """
    return GymnasiumTask(env_id)


def _title(env_id: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", re.sub(r"^.*[:/]|-v\d+$", "", env_id))


def _n_inputs(env_id: str, space: Any) -> int:  # noqa: ANN401  # any space
    try:
        n_inputs = spaces.flatdim(space)
    except (NotImplementedError, ValueError):
        raise BadEnvironmentError(f"{env_id}: observations of {space} have no fixed number of values") from None
    if not 0 < n_inputs <= MAX_INPUTS:
        raise BadEnvironmentError(
            f"{env_id}: {n_inputs} observed values, must be 1 to {MAX_INPUTS}; a picture needs a wrapper that makes "
            "features of it"
        )
    return int(n_inputs)


def _n_outputs(env_id: str, space: Any) -> int:  # noqa: ANN401  # any space
    if isinstance(space, spaces.Discrete):
        return int(space.n)
    if isinstance(space, spaces.Box):
        return max(1, int(np.prod(space.shape)))
    raise BadEnvironmentError(f"{env_id}: actions of {space}: must be Box or Discrete; wrap the environment in one")


def _checked(names: tuple[str, ...] | None, n: int, what: str, env_id: str) -> tuple[str, ...]:
    if names is None:
        return tuple(f"{what} {i}" for i in range(n))
    if len(names) != n:
        raise BadEnvironmentError(f"{env_id}: {len(names)} {what} names, the environment has {n}")
    return names
