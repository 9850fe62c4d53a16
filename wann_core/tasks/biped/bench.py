"""Measure the biped's steps per second against Gymnasium's own loop, with the same networks in one run."""

from __future__ import annotations

import statistics
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from typing import Final

import numpy as np

from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.forward_pass import forward_weighted
from wann_core.networks.network import Network, fixed_topology
from wann_core.progress import Reporter, stage
from wann_core.tasks.biped.task import SPEC, TASK

LAYERS: Final = (24, 8, 4)
WEIGHT_DEVIATION: Final = 0.3
"""Small enough that a third of the walkers stay up for the whole episode, as in a running search."""
N_EPISODES: Final = 24
LANES_PER_EPISODE: Final = 16
"""Episodes on the lane physics per episode in Box2D, so that both take about the same time."""


def bench(processes: int, reporter: Reporter, *, rounds: int = 3, episodes: int = N_EPISODES) -> dict[str, float | int]:
    """Measure steps/s per core, including the network, the resets and the bookkeeping.

    Args:
        processes: worker processes that run at the same time, each on its own core.
        reporter: shows progress.
        rounds: how often each side runs.
        episodes: episodes per round and process.

    Returns:
        ``steps_per_s`` and ``gymnasium_steps_per_s`` per core, that is, per second of a worker's CPU time, as medians
        over rounds in which both take turns; ``processes``; ``cpu_share``, the share of the wall time that the workers
        spent computing, well below 1 if other programs use the cores; ``training_steps_per_s`` per core, of the lane
        physics that the search uses, with the same number of threads.

    Raises:
        MissingBox2DError: Box2D is not installed.
    """
    with (
        stage(reporter, rounds, "bench: rounds"),
        ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool,
    ):
        list(pool.map(_warm_up, range(processes)))
        own: list[float] = []
        others: list[float] = []
        shares: list[float] = []
        for _ in range(rounds):
            for seconds, n_steps, cpu_s in pool.map(_time_own, [episodes] * processes):
                own.append(n_steps / cpu_s)
                shares.append(cpu_s / seconds)
            for _, n_steps, cpu_s in pool.map(_time_gymnasium, [episodes] * processes):
                others.append(n_steps / cpu_s)
            reporter.advance()
    return {
        "steps_per_s": round(statistics.median(own)),
        "gymnasium_steps_per_s": round(statistics.median(others)),
        "processes": processes,
        "cpu_share": round(statistics.median(shares), 3),
        "training_steps_per_s": round(_training_rate(processes, rounds, episodes)),
    }


def _training_rate(threads: int, rounds: int, episodes: int) -> float:
    """Environment steps per CPU second in training; enough episodes to keep every SIMD lane busy."""
    network, weights, seeds = _lanes(LANES_PER_EPISODE * episodes * threads)
    TASK.lane_returns(network, weights, seeds, training=True, threads=threads)
    rates = []
    for _ in range(rounds):
        start = time.process_time()
        lanes = TASK.lane_returns(network, weights, seeds, training=True, threads=threads)
        rates.append(int(lanes.steps.sum()) / (time.process_time() - start))
    return statistics.median(rates)


def _lanes(episodes: int) -> tuple[Network, Floats, Ints]:
    network = fixed_topology(LAYERS)
    weights = np.random.default_rng(0).normal(0.0, WEIGHT_DEVIATION, (episodes, network.n_connections))
    return network, weights, np.arange(episodes, dtype=np.int64)


def _warm_up(worker: int) -> int:
    """Import, compile, and wait for the other workers to start, so that the pool has all of them."""
    network, weights, seeds = _lanes(1)
    TASK.lane_returns(network, weights, seeds, training=False, threads=1)
    time.sleep(0.5)
    return worker


def _time_own(episodes: int) -> tuple[float, int, float]:
    """Wall seconds, environment steps and CPU seconds of this project's loop."""
    network, weights, seeds = _lanes(episodes)
    cpu_start, start = time.process_time(), time.perf_counter()
    lanes = TASK.lane_returns(network, weights, seeds, training=False, threads=1)
    return time.perf_counter() - start, int(lanes.steps.sum()), time.process_time() - cpu_start


def _time_gymnasium(episodes: int) -> tuple[float, int, float]:
    """The same episodes through Gymnasium's environment, a fresh one each, with the same compiled network."""
    from gymnasium.envs.box2d.bipedal_walker import BipedalWalker  # noqa: PLC0415  # needs Box2D

    network, weights, seeds = _lanes(episodes)
    values = np.zeros(network.n_nodes)
    values[0] = 1.0
    n_steps = 0
    cpu_start, start = time.process_time(), time.perf_counter()
    for row, seed in zip(weights, seeds.tolist(), strict=True):
        environment = BipedalWalker()
        observation, _ = environment.reset(seed=seed)
        for _ in range(SPEC.max_steps):
            values[1 : 1 + SPEC.n_inputs] = observation
            forward_weighted(network.activations, network.offsets, network.sources, SPEC.n_inputs, values, row)
            observation, _, terminated, _, _ = environment.step(values[-SPEC.n_outputs :])
            n_steps += 1
            if terminated:
                break
    return time.perf_counter() - start, n_steps, time.process_time() - cpu_start
