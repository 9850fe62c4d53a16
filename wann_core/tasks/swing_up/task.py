"""Cart-pole swing-up: the task, and the Gymnasium environment that defines it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache, lru_cache
from typing import Any, Final

import gymnasium
import numpy as np
from numpy.typing import NDArray

from wann_core.errors import WannError
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.forward_pass import rows_for, spread
from wann_core.networks.network import Network
from wann_core.tasks.contract import LaneResults, Recording, TaskSpec
from wann_core.tasks.packing import pack
from wann_core.tasks.swing_up import kernel

LANES_AT_ONCE: Final = 32
"""Lanes per call of the kernel: four registers, so that the node values fit in the first-level cache."""

SPEC: Final = TaskSpec(
    name="swing_up",
    title="Swing Up",
    env_id="wann/SwingUp-v0",
    input_names=("position", "velocity", "cos angle", "sin angle", "angular vel."),
    output_names=("force",),
    max_steps=kernel.MAX_STEPS,
    step_s=kernel.DT_S,
    baseline_layers=(5, 10, 1),
    parallelism="threads",
)


@lru_cache(maxsize=4096)
def _start_state(seed: int) -> tuple[float, float, float, float]:
    draws = np.random.RandomState(seed).normal(  # the release draws its start states with this generator
        np.array([0.0, 0.0, np.pi, 0.0]), np.array([0.2, 0.2, 0.2, 0.2])
    )
    return (float(draws[0]), float(draws[1]), float(draws[2]), float(draws[3]))


def start_states(seeds: Ints) -> Floats:
    """The start state of each seed: (n, 4) position m, velocity m/s, angle rad (0 is upright), angular velocity rad/s.

    Source: the 2019 release, ``cartpole_swingup.py``: normal around hanging at rest, deviation 0.2 each.
    """
    return np.array([_start_state(int(seed)) for seed in seeds], dtype=np.float64).reshape(-1, 4)


@cache
def _pool(threads: int) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(threads, thread_name_prefix="rollout")


class SwingUp:
    """The task on its lane kernel."""

    spec = SPEC

    def population_returns(
        self, networks: Sequence[Network], shared_weights: Floats, seeds: Ints, *, training: bool, threads: int
    ) -> LaneResults:
        """See ``Task``. This task has no training overrides: ``training`` changes nothing."""
        del training
        n_networks, n_lanes = len(networks), len(seeds)
        returns = np.zeros((n_networks, n_lanes))
        steps = np.zeros((n_networks, n_lanes), dtype=np.int64)
        packed = pack(networks)
        starts = start_states(seeds)
        weights = np.asarray(shared_weights, dtype=np.float64)
        jobs = []
        for lane in range(0, n_lanes, LANES_AT_ONCE):
            lanes = slice(lane, min(lane + LANES_AT_ONCE, n_lanes))
            part = np.zeros((n_networks, lanes.stop - lane))
            part_steps = np.zeros((n_networks, lanes.stop - lane), dtype=np.int64)
            jobs.append((lanes, spread(weights[lanes]), starts[lanes], part, part_steps))
        per_call = max(1, n_networks // (threads * 8)) if threads > 1 else n_networks
        calls = [
            (job, first, min(first + per_call, n_networks)) for job in jobs for first in range(0, n_networks, per_call)
        ]

        def run(call: tuple[Any, int, int]) -> None:
            (_, rows, lane_starts, part, part_steps), first, last = call
            kernel.run_population(*packed, first, last, rows, lane_starts, kernel.MAX_STEPS, part, part_steps)

        if threads > 1 and len(calls) > 1:
            list(_pool(threads).map(run, calls))
        else:
            for call in calls:
                run(call)
        for lanes, _, _, part, part_steps in jobs:
            returns[:, lanes] = part
            steps[:, lanes] = part_steps
        return LaneResults(returns, steps)

    def lane_returns(
        self, network: Network, weights: Floats, seeds: Ints, *, training: bool, threads: int
    ) -> LaneResults:
        """See ``Task``."""
        del training
        n_lanes = len(seeds)
        returns = np.zeros(n_lanes)
        steps = np.zeros(n_lanes, dtype=np.int64)
        starts = start_states(seeds)

        def run(lane: int) -> None:
            lanes = slice(lane, min(lane + LANES_AT_ONCE, n_lanes))
            _roll_out(network, weights[lanes], starts[lanes], returns[lanes], steps[lanes], np.zeros((0, 12)))

        firsts = range(0, n_lanes, LANES_AT_ONCE)
        if threads > 1 and len(firsts) > 1:
            list(_pool(threads).map(run, firsts))
        else:
            for first in firsts:
                run(first)
        return LaneResults(returns, steps)

    def record(self, network: Network, weights: float | Floats, seed: int) -> Recording:
        """See ``Task``. States: position m, velocity m/s, angle rad, angular velocity rad/s."""
        kept = np.zeros((kernel.MAX_STEPS + 1, 12))
        returns, steps = np.zeros(1), np.zeros(1, dtype=np.int64)
        lane_weights = np.asarray(weights, dtype=np.float64).reshape(1, -1)
        if isinstance(weights, float | int):
            lane_weights = lane_weights[:, 0]
        _roll_out(network, lane_weights, start_states(np.array([seed])), returns, steps, kept)
        n_steps = int(steps[0])
        kept = kept[: n_steps + 1]
        return Recording(
            seed=seed,
            states=kept[:, :4].copy(),
            observations=kept[:-1, 4:9].copy(),
            actions=kept[:-1, 9:10].copy(),
            rewards=kept[:-1, 10].copy(),
            terminated=bool(abs(kept[-1, 0]) > kernel.TRACK_LIMIT_M),
        )


def _roll_out(network: Network, weights: Floats, starts: Floats, returns: Floats, steps: Ints, kept: Floats) -> None:
    """One call of the kernel: weights (n_lanes,) or (n_lanes, n_connections)."""
    n_rows = rows_for(len(starts))
    is_shared = weights.ndim == 1
    rows = spread(weights) if is_shared else spread(np.ascontiguousarray(weights.T)).reshape(-1, 8)
    kernel.run_network(
        network.activations, network.offsets, network.sources, rows, is_shared, starts, kernel.MAX_STEPS,
        np.zeros((kernel.STATE_ROWS * n_rows, 8)), np.zeros((network.n_nodes * n_rows, 8)),
        np.zeros(8 * n_rows, dtype=np.int64), returns, steps, kept,
    )  # fmt: skip


class SwingUpEnv(gymnasium.Env[NDArray[np.float64], NDArray[np.float64]]):
    """Swing a pole up and keep it there, on a track that ends.

    ## Action space
    ``Box(-1, 1, (1,))``: the push on the cart in units of 10 N.

    ## Observation space
    | index | name | range | unit |
    |---|---|---|---|
    | 0 | position of the cart | -2.4 to 2.4 | m |
    | 1 | velocity of the cart | any | m/s |
    | 2 | cosine of the angle, 1 upright | -1 to 1 | |
    | 3 | sine of the angle | -1 to 1 | |
    | 4 | angular velocity | any | rad/s |

    ## Rewards
    After each step ``(cos θ + 1) / 2 * cos(π x / 4.8)``: 1 upright in the middle, 0 hanging or at the ends.

    ## Starting state
    Hanging at rest in the middle, each quantity disturbed by a normal deviate of 0.2. ``reset(seed=s)`` starts at
    ``start_states([s])``.

    ## Episode end
    Terminated when ``|x| > 2.4``; truncated after 1000 steps of 0.01 s by the ``TimeLimit`` of its registration.

    Source: Gaier & Ha 2019, section 4.1, after Gal et al. 2016.
    """

    metadata: dict[str, Any] = {  # noqa: RUF012  # Gymnasium declares it so
        "render_modes": ["rgb_array"],
        "render_fps": 100,
    }

    def __init__(self, render_mode: str | None = None) -> None:
        if render_mode not in (None, "rgb_array"):
            raise WannError(f'render_mode = "{render_mode}": must be None or "rgb_array"')
        self.render_mode = render_mode
        self.action_space = gymnasium.spaces.Box(-1.0, 1.0, (1,), np.float64)
        self._most = np.array([kernel.TRACK_LIMIT_M * 2, np.inf, 1.0, 1.0, np.inf])
        self.observation_space = gymnasium.spaces.Box(-self._most, self._most, dtype=np.float64)
        self._state = np.zeros((kernel.STATE_ROWS, 8))
        self._path: list[NDArray[np.float64]] = []
        self._action = 0.0

    def _observation(self) -> NDArray[np.float64]:
        rows = [kernel.POSITION, kernel.VELOCITY, kernel.COSINE, kernel.SINE, kernel.OMEGA]
        return np.clip(self._state[rows, 0], -self._most, self._most)

    def reset(
        self, *, seed: int | None = None, options: dict[str, Any] | None = None
    ) -> tuple[NDArray[np.float64], dict[str, Any]]:
        """Start the episode of ``seed``, or of a seed from the environment's generator."""
        super().reset(seed=seed, options=options)
        episode = seed if seed is not None else int(self.np_random.integers(2**31))
        kernel.place(self._state, 1, start_states(np.array([episode])))
        self._path = [self._state[:4, 0].copy()]
        self._action = 0.0
        return self._observation(), {"episode_seed": episode}

    def step(self, action: NDArray[np.float64]) -> tuple[NDArray[np.float64], float, bool, bool, dict[str, Any]]:
        """Advance by 0.01 s."""
        work = np.zeros((2, 8))
        work[0, 0] = np.asarray(action, dtype=np.float64).reshape(-1)[0]
        kernel.step_once(self._state, work)
        self._action = float(work[0, 0])
        self._path.append(self._state[:4, 0].copy())
        terminated = bool(abs(self._state[kernel.POSITION, 0]) > kernel.TRACK_LIMIT_M)
        return self._observation(), float(work[1, 0]), terminated, False, {}

    def render(self) -> NDArray[np.uint8] | None:
        """The picture of this moment, (360, 640, 3), in ``rgb_array`` mode."""
        if self.render_mode is None:
            return None
        from wann_core.tasks.swing_up.drawing import draw_swing_up  # noqa: PLC0415  # drawing needs Pillow

        return draw_swing_up(np.array(self._path), self._action, (640, 360))


if SPEC.env_id not in gymnasium.registry:
    gymnasium.register(
        SPEC.env_id, entry_point="wann_core.tasks.swing_up.task:SwingUpEnv", max_episode_steps=kernel.MAX_STEPS
    )

TASK: Final = SwingUp()
