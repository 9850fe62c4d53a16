"""How many workers a search can use: simulate its generations on more workers than are available.

Simulated: a generation's networks in chunks, as ``dispatch.chunk_size`` makes them; the client and the scheduler, which
handle one chunk after the other; the first free worker, which takes the chunk and adds the engine's overhead to the
work; the barrier at the end of a generation; the trial of its best network, lane by lane; and the ranking and breeding
of the next generation, which runs on one core. Not simulated: network bandwidth (a genome is sent as a few hundred
bytes) and workers that fail.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from wann_core.evaluation.dispatch import chunk_size
from wann_core.networks.arrays import Floats

WORKERS: Final = (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)
GENERATIONS: Final = 6
"""Simulated generations per number of workers; the networks' costs are drawn again for each."""


@dataclass(frozen=True, slots=True)
class EngineCosts:
    """An engine's fixed costs per chunk.

    Attributes:
        serial_s: of the client and of the scheduler, which handle one chunk after the other.
        worker_s: of the worker.
    """

    serial_s: float
    worker_s: float


@dataclass(frozen=True, slots=True)
class Workload:
    """The work of one generation of a search, in seconds of one core.

    Attributes:
        population: networks per generation.
        network_s: measured times of a network on all lanes; the simulation draws from them.
        trial_lanes: number of lanes on which the best network is tried afterwards.
        lane_s: measured times of such a lane.
        breed_s: ranking and breeding.
    """

    population: int
    network_s: Sequence[float]
    trial_lanes: int
    lane_s: Sequence[float]
    breed_s: float


def makespan(tasks: Sequence[float], size: int, workers: int, costs: EngineCosts) -> float:
    """Seconds until all tasks are done.

    Args:
        tasks: their times, in the order in which they are submitted.
        size: tasks per chunk.
        workers: number of workers.
        costs: of the engine.
    """
    free = [0.0] * workers
    end = handed_out = 0.0
    for first in range(0, len(tasks), size):
        handed_out += costs.serial_s
        begin = max(handed_out, heapq.heappop(free))
        done = begin + costs.worker_s + sum(tasks[first : first + size])
        heapq.heappush(free, done)
        end = max(end, done)
    return end


def generation_s(workload: Workload, workers: int, costs: EngineCosts, rng: np.random.Generator) -> tuple[float, float]:
    """Seconds of one generation on a number of workers, and on one core without any engine."""
    total = alone = workload.breed_s
    overhead = max(costs.worker_s, costs.serial_s * workers)  # as measured: all workers wait for one client
    for measured, n in ((workload.network_s, workload.population), (workload.lane_s, workload.trial_lanes)):
        tasks: Floats = rng.choice(np.asarray(measured, dtype=np.float64), n)
        size = chunk_size(n, workers, float(np.mean(measured)), overhead)
        total += makespan(tasks.tolist(), size, workers, costs)
        alone += float(tasks.sum())
    return total, alone


def speed_up(workload: Workload, workers: int, costs: EngineCosts, seed: int = 0) -> float:
    """Speed-up over one core without an engine; the draws are the same for every number of workers."""
    rng = np.random.Generator(np.random.PCG64(seed))
    times = [generation_s(workload, workers, costs, rng) for _ in range(GENERATIONS)]
    return sum(alone for _, alone in times) / sum(total for total, _ in times)


def most_workers(workload: Workload, costs: EngineCosts, efficiency: float) -> int:
    """The largest number of workers, up to the last of ``WORKERS``, with this efficiency (speed-up per worker)."""

    def holds(workers: int) -> bool:
        return speed_up(workload, workers, costs) / workers >= efficiency

    good = max((workers for workers in WORKERS if holds(workers)), default=0)
    if good in (0, WORKERS[-1]):
        return good
    bad = WORKERS[WORKERS.index(good) + 1]
    while bad - good > 1:
        middle = (good + bad) // 2
        good, bad = (middle, bad) if holds(middle) else (good, middle)
    return good
