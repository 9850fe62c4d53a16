"""How fast the car is driven with pictures, against Gymnasium's own loop, both with the same actions in one run."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import numpy as np

from wann_core.networks.arrays import Floats
from wann_core.networks.network import fixed_topology
from wann_core.progress import Reporter, stage
from wann_core.tasks.car_racing.episode import drive
from wann_core.tasks.car_racing.task import SPEC, TASK

N_STEPS: Final = 1000
HOLD_STEPS: Final = 20
GYMNASIUM_SHARE: Final = 10
"""Gymnasium plays one step for this many of ours, so that both sides take about as long."""
_LAYERS: Final = (16, 16, 3)


def bench(processes: int, reporter: Reporter, *, rounds: int = 3, steps: int = N_STEPS) -> dict[str, float | int]:
    """Measure steps/s per core, resets included.

    Args:
        processes: worker processes that run at the same time, each on its own core.
        reporter: shows progress.
        rounds: how often each side runs.
        steps: of an episode, per round and process.

    Returns:
        ``steps_per_s``, with the picture of every step, and ``gymnasium_steps_per_s`` for the same actions on the same
        track: per second of a worker's CPU time, medians over rounds in which both take turns. Then
        ``seeing_steps_per_s``: with picture, encoder and a network that acts, as in scoring; ``processes``; and
        ``cpu_share``, the share of the wall time that the workers spent computing, well below 1 where other programs
        use the cores.

    Raises:
        MissingBox2DError: Box2D is not installed.
        EncoderError: the encoder is missing or damaged.
    """
    with (
        stage(reporter, rounds, "bench: rounds"),
        ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
    ):
        list(pool.map(_warm_up, range(processes)))
        rates: dict[str, list[float]] = {"own": [], "seeing": [], "gymnasium": []}
        shares: list[float] = []
        for _ in range(rounds):
            for name, run in (("own", _time_own), ("seeing", _time_seeing), ("gymnasium", _time_gymnasium)):
                for seconds, n_steps, cpu_s in pool.map(run, [steps] * processes):
                    rates[name].append(n_steps / cpu_s)
                    shares.append(cpu_s / seconds)
            reporter.advance()
    return {
        "steps_per_s": round(statistics.median(rates["own"])),
        "gymnasium_steps_per_s": round(statistics.median(rates["gymnasium"])),
        "seeing_steps_per_s": round(statistics.median(rates["seeing"])),
        "processes": processes,
        "cpu_share": round(statistics.median(shares), 3),
    }


def _actions(n: int) -> Floats:
    """(n, 3) random actions, each held for a while."""
    rng = np.random.default_rng(0)
    n_held = -(-n // HOLD_STEPS)
    held = np.stack([rng.normal(0.0, 0.2, n_held), rng.uniform(0.0, 0.6, n_held), np.zeros(n_held)], axis=1)
    return np.repeat(held, HOLD_STEPS, axis=0)[:n]


def _warm_up(worker: int) -> int:
    """Import, compile and give the other workers time to start, so that the pool has all of them."""
    _time_own(2)
    _time_seeing(2)
    time.sleep(0.5)
    return worker


def _time_own(steps: int) -> tuple[float, int, float]:
    """Wall seconds, environment steps and CPU seconds of this project's loop."""
    actions = _actions(steps)
    cpu_start, start = time.process_time(), time.perf_counter()
    n_steps = sum(1 for _ in drive(0, actions))
    return time.perf_counter() - start, n_steps, time.process_time() - cpu_start


def _time_seeing(steps: int) -> tuple[float, int, float]:
    """The same of a network that acts on what the encoder makes of every picture."""
    network = fixed_topology(_LAYERS)
    n_lanes = max(1, steps // SPEC.max_steps)
    weights = np.random.default_rng(0).normal(0.0, 0.3, (n_lanes, network.n_connections))
    cpu_start, start = time.process_time(), time.perf_counter()
    lanes = TASK.lane_returns(network, weights, np.arange(n_lanes), training=False, threads=1)
    return time.perf_counter() - start, int(lanes.steps.sum()), time.process_time() - cpu_start


def _time_gymnasium(steps: int) -> tuple[float, int, float]:
    """The first of the same actions through Gymnasium's environment, which draws every step."""
    from gymnasium.envs.box2d.car_racing import CarRacing  # noqa: PLC0415  # needs Box2D

    n_steps = 0
    actions = _actions(steps)
    cpu_start, start = time.process_time(), time.perf_counter()
    environment = CarRacing()
    environment.reset(seed=0)
    for action in actions[: max(1, steps // GYMNASIUM_SHARE)]:
        terminated = environment.step(action)[2]
        n_steps += 1
        if terminated:
            break
    return time.perf_counter() - start, n_steps, time.process_time() - cpu_start
