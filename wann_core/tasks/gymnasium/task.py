"""Any Gymnasium environment as a task, by its id: ``--env CartPole-v1``.

## Action space
``Box``: each output is clipped to [-1, 1] and mapped linearly to [low, high]; if a bound is infinite, the output itself
is the action. ``Discrete``: the action is the index of the largest output, and the first one if several are equal.

## Observation space
The row of numbers from ``gymnasium.spaces.flatten``: ``Box`` unchanged, ``Discrete`` one-hot, the parts of dictionaries
and tuples one after another.

## Rewards, starting state, episode end
They are the environment's own, including its time limit; training is as hard as scoring.

Each episode gets a new environment, which costs a tenth of a millisecond. So no state from an earlier episode can
change a result, and a lane depends only on its network, weights and seed.
"""

from __future__ import annotations

import math
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
"""A larger observation is a picture, and a WANN starts with a connection gene from every input to every output."""
DEFAULT_MAX_STEPS: Final = 1000
"""Time limit in steps for environments that are registered without one."""
HIDDEN_OF_BASELINE: Final = 10
"""The same number as in the paper's fixed topology for swing-up."""


class BadEnvironmentError(WannError):
    """An environment does not exist, or a network cannot play it."""


def make_environment(env_id: str, **options: Any) -> Environment:  # noqa: ANN401  # what the environment takes
    """Make an environment that always ends: if it is registered without a time limit, it gets one.

    Raises:
        BadEnvironmentError: no environment has this id, or a package that it needs is missing.
    """
    try:
        env = gymnasium.make(env_id, disable_env_checker=True, **options)
    except (gymnasium.error.Error, ImportError, AttributeError) as error:
        raise BadEnvironmentError(
            f'no Gymnasium environment "{env_id}" ({_one_line(error)}); one of your own is named module:Name-v0, where '
            "importing the module registers it"
        ) from error
    except Exception as error:  # an environment is foreign code and may raise anything
        raise BadEnvironmentError(
            f"{env_id}: cannot be made: {_said(error)}; an environment that takes arguments is registered with kwargs"
        ) from error
    if env.spec is None or env.spec.max_episode_steps is None:
        env = gymnasium.wrappers.TimeLimit(env, DEFAULT_MAX_STEPS)
    return env


class GymnasiumTask:
    """A Gymnasium environment as a ``Task``.

    Args:
        env_id: the environment's id.
        name: the task's name; None uses the id.
        title: the name for people; None uses the id's own name.
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
        self._low, self._high = np.full(n_outputs, -np.inf), np.full(n_outputs, np.inf)
        if isinstance(self._action_space, spaces.Box):
            self._low = self._action_space.low.astype(np.float64).reshape(-1)
            self._high = self._action_space.high.astype(np.float64).reshape(-1)
        self._is_bounded = np.isfinite(self._low) & np.isfinite(self._high)
        # If a bound is missing, an output cannot be mapped to a range; 0 and 1 keep infinities out of the sums.
        self._spread_low = np.where(self._is_bounded, self._low, 0.0)
        self._spread_width = np.where(self._is_bounded, self._high, 1.0) - self._spread_low
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
        spread = self._spread_low + (np.clip(outputs, -1.0, 1.0) + 1.0) * 0.5 * self._spread_width
        return np.where(self._is_bounded, spread, np.clip(outputs, self._low, self._high))

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
            observation = self._reset(env, seed)
            total, n_steps, terminated, truncated = 0.0, 0, False, False
            while not (terminated or truncated):
                inputs[:] = self._row(observation, seed, n_steps)
                forward(*arrays)
                action = self._act(outputs)
                if kept is not None:
                    kept.append((inputs.copy(), action, 0.0))
                n_steps += 1
                observation, reward, terminated, truncated = self._step(env, action, seed, n_steps)
                total += reward
                if kept is not None:
                    kept[-1] = (*kept[-1][:2], reward)
        finally:
            env.close()
        if kept is not None:
            kept.append((self._row(observation, seed, n_steps), np.zeros(0), float(terminated)))
        return total, n_steps

    def _reset(self, env: Environment, seed: int) -> Any:  # noqa: ANN401  # whatever the environment shows
        """The first observation."""
        try:
            found = env.reset(seed=int(seed))
        except Exception as error:  # an environment is foreign code and may raise anything
            raise self._broken(seed, 0, f"reset raised {_said(error)}", _RESET) from error
        if not (isinstance(found, tuple) and len(found) == 2 and isinstance(found[1], dict)):
            raise self._broken(seed, 0, f"reset returned {_short(found)}", _RESET)
        return found[0]

    def _step(self, env: Environment, action: Floats, seed: int, n_steps: int) -> tuple[Any, float, bool, bool]:
        """Observation, reward, terminated, truncated of one step."""
        try:
            found = env.step(self.action_of(action))
        except Exception as error:  # as above
            rule = _STEP if _is_raised_by_gymnasium(error) else "must end the episode instead"
            raise self._broken(seed, n_steps, f"step raised {_said(error)}", rule) from error
        if not (isinstance(found, tuple) and len(found) == 5):
            raise self._broken(seed, n_steps, f"step returned {_short(found)}", _STEP)
        observation, reward, terminated, truncated, _ = found
        try:
            number = float(reward)
        except (TypeError, ValueError):
            raise self._broken(seed, n_steps, f"reward {_short(reward)}", "must be a finite number") from None
        if not math.isfinite(number):
            raise self._broken(seed, n_steps, f"reward {number}", "must be finite")
        return observation, number, bool(terminated), bool(truncated)

    def _row(self, observation: Any, seed: int, n_steps: int) -> Floats:  # noqa: ANN401  # whatever the environment shows
        """The observation as (n_inputs,)."""
        try:
            if self._is_box:
                row = np.asarray(observation, dtype=np.float64).reshape(-1)
            else:
                row = np.asarray(spaces.flatten(self._observation_space, observation), dtype=np.float64)
        except (TypeError, ValueError, KeyError, IndexError, AssertionError) as error:
            raise self._broken(
                seed, n_steps, f"observation {_short(observation)}", f"must be in {self._observation_space}"
            ) from error
        if len(row) != self._spec.n_inputs:
            raise self._broken(seed, n_steps, f"observation of {len(row)} numbers", f"must have {self._spec.n_inputs}")
        if math.isnan(row.sum()) and np.isnan(row).any():
            raise self._broken(seed, n_steps, "observation holds nan", "must be numbers")
        return row

    def _broken(self, seed: int, n_steps: int, what: str, rule: str) -> BadEnvironmentError:
        """The message for an environment that violates Gymnasium's contract."""
        return BadEnvironmentError(
            f"{self._spec.env_id}, seed {seed}, step {n_steps}: {what}: {rule}; fix the environment"
        )


_RESET: Final = "must take seed and options, and return (observation, info)"
_STEP: Final = "must return (observation, reward, terminated, truncated, info)"


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {_one_line(error)}"


def _one_line(error: Exception) -> str:
    return _short(" ".join(str(error).split()), 200)


def _short(value: object, most: int = 60) -> str:
    text = value if isinstance(value, str) else " ".join(repr(value).split())
    return text if len(text) <= most else f"{text[: most - 1]}…"


def _is_raised_by_gymnasium(error: Exception) -> bool:
    """Whether Gymnasium itself failed on the environment's values, not the environment's own code."""
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return trace is not None and trace.tb_frame.f_globals.get("__name__", "").partition(".")[0] == "gymnasium"


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
