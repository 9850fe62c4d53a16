"""Episodes of the car: networks that see and act, or given actions, in compiled lanes (``lanes``)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import N_LATENTS, Layers
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.network import Network
from wann_core.tasks.car_racing.lanes import ACTING, BLIND, LOOKING, Trace, run
from wann_core.tasks.car_racing.picture import SIDE
from wann_core.tasks.car_racing.roads import roads_of
from wann_core.tasks.car_racing.senses import MAX_STEPS, N_OUTPUTS
from wann_core.tasks.car_racing.track import track_of
from wann_core.tasks.contract import LaneResults, TrainingSettings
from wann_core.tasks.packing import pack

N_STATE: Final = 18
_SHORTEST_PART: Final = 4
"""A thread gets at least this many episodes."""


@dataclass(frozen=True, slots=True, eq=False)
class Drive:
    """An episode with given actions; see ``Trace``.

    Attributes:
        poses: (n_steps + 1, 18).
        rewards: (n_steps,).
        pictures: (n_steps, 64, 64, 3) the picture after each step; without rows if nothing was drawn.
        visits: (n_tiles,).
        is_terminated: whether the last step ended the episode by its own rule.
    """

    poses: Floats
    rewards: Floats
    pictures: NDArray[np.uint8]
    visits: Ints
    is_terminated: bool


def _no_trace() -> Trace:
    return _new_trace(0, 0, 0)


def _new_trace(n_steps: int, n_pictures: int, n_tiles: int) -> Trace:
    return Trace(
        poses=np.zeros((n_steps + 1 if n_steps else 0, N_STATE)),
        rewards=np.zeros(n_steps),
        pictures=np.zeros((n_pictures, SIDE, SIDE, 3), dtype=np.uint8),
        observations=np.zeros((n_steps, N_LATENTS)),
        actions=np.zeros((n_steps, N_OUTPUTS)),
        visits=np.full(n_tiles, -1, dtype=np.int64),
        terminated=np.zeros(1, dtype=np.int64),
    )


def run_lanes(
    networks: Sequence[Network],
    network_of: Ints,
    weights: Floats,
    seeds: Ints,
    layers: Layers,
    *,
    settings: TrainingSettings,
    threads: int,
    trace: Trace | None = None,
) -> LaneResults:
    """Run many episodes.

    Args:
        networks: the networks that take part.
        network_of: (n_jobs,) which network plays each episode.
        weights: (n_jobs,) a shared weight per episode, or (n_jobs, n_connections) a weight per connection.
        seeds: (n_jobs,) Gymnasium's seed of each episode.
        layers: of the encoder.
        settings: the length of episodes, and the training overrides.
        threads: largest number of threads.
        trace: the record of the only job, if it is recorded; see ``new_trace``.

    Returns:
        Arrays of shape (n_jobs,). The results do not depend on the number of threads or on the other episodes in the
        batch.
    """
    n_jobs = len(network_of)
    distinct, track_of_job = np.unique(seeds, return_inverse=True)
    roads = roads_of(distinct.tolist())
    shared = weights if weights.ndim == 1 else np.zeros(n_jobs)
    individual = np.ascontiguousarray(weights) if weights.ndim == 2 else np.zeros((n_jobs, 0))
    returns, steps = np.zeros(n_jobs), np.zeros(n_jobs, np.int64)
    packed = pack(networks)
    kept = _no_trace() if trace is None else trace
    parts = max(1, min(threads, n_jobs // _SHORTEST_PART))

    def run_part(part: int) -> None:
        run(
            network_of, shared, individual, track_of_job, part, parts, *packed, roads, layers, ACTING,
            np.zeros((0, 3)), settings.action_hold, settings.patience_steps, settings.max_steps or MAX_STEPS, kept,
            returns, steps,
        )  # fmt: skip

    if parts == 1:
        run_part(0)
    else:
        with ThreadPoolExecutor(parts) as pool:
            for done in [pool.submit(run_part, part) for part in range(parts)]:
                done.result()
    return LaneResults(returns, steps)


def record_lane(network: Network, weights: Floats, seed: int, layers: Layers, *, is_shared: bool) -> tuple[Trace, int]:
    """Run one episode of the unchanged environment and keep every step.

    Args:
        network: the network.
        weights: (1,) the shared weight, or (n_connections,).
        seed: Gymnasium's.
        layers: of the encoder.
        is_shared: whether ``weights`` is shared.

    Returns:
        The record and the number of steps; later rows are empty.
    """
    trace = _new_trace(MAX_STEPS, MAX_STEPS, track_of(seed).n_tiles)
    lanes = run_lanes(
        [network], np.zeros(1, dtype=np.int64), weights if is_shared else weights[None],
        np.array([seed], dtype=np.int64), layers, settings=TrainingSettings(), threads=1, trace=trace,
    )  # fmt: skip
    return trace, int(lanes.steps[0])


_NO_LAYERS: Final = (*[np.zeros(16, dtype=np.float32)] * 5,)


def drive_lanes(seeds: Sequence[int], actions: Floats, *, has_pictures: bool) -> LaneResults:
    """Play given actions on many tracks at the same time, for measurements.

    Args:
        seeds: Gymnasium's, one per episode.
        actions: (n, 3) steer, gas and brake, the same for all episodes.
        has_pictures: whether each step's picture is drawn.
    """
    returns, steps = np.zeros(len(seeds)), np.zeros(len(seeds), dtype=np.int64)
    _drive(seeds, actions, _no_trace(), returns, steps, LOOKING if has_pictures else BLIND)
    return LaneResults(returns, steps)


def drive_lane(seed: int, actions: Floats, *, has_pictures: bool = True) -> Drive:
    """Play given actions on one track.

    Args:
        seed: Gymnasium's.
        actions: (n, 3) steer, gas and brake.
        has_pictures: whether each step's picture is drawn and kept.
    """
    returns, steps = np.zeros(1), np.zeros(1, dtype=np.int64)
    trace = _new_trace(len(actions), len(actions) if has_pictures else 0, track_of(seed).n_tiles)
    _drive([seed], actions, trace, returns, steps, LOOKING if has_pictures else BLIND)
    n = int(steps[0])
    return Drive(trace.poses[: n + 1], trace.rewards[:n], trace.pictures[:n], trace.visits, bool(trace.terminated[0]))


def _drive(seeds: Sequence[int], actions: Floats, trace: Trace, returns: Floats, steps: Ints, task: int) -> None:
    n = len(seeds)
    nothing = np.zeros(1, dtype=np.int64)
    run(
        np.zeros(n, dtype=np.int64), np.zeros(n), np.zeros((n, 0)), np.arange(n), 0, 1, nothing, nothing, nothing,
        np.zeros(2, dtype=np.int64), nothing, nothing, roads_of(seeds), _NO_LAYERS, task,
        np.ascontiguousarray(actions, dtype=np.float64), 1, 0, len(actions), trace, returns, steps,
    )  # fmt: skip


def drive(seed: int, actions: Floats) -> Iterator[tuple[float, bool, NDArray[np.uint8]]]:
    """Play given actions on one track, step by step.

    Args:
        seed: Gymnasium's.
        actions: (n, 3) steer, gas and brake.

    Yields:
        For each step its reward, whether it ended the episode by its own rule, and the (64, 64, 3) picture after it.
    """
    result = drive_lane(seed, actions)
    last = len(result.rewards) - 1
    for step, reward in enumerate(result.rewards.tolist()):
        yield reward, result.is_terminated and step == last, result.pictures[step]
