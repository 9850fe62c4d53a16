"""Measurements for the scaling study and of the engine's overhead: real networks, real chunks, a real engine."""

from __future__ import annotations

import time
from typing import Any, Final

import numpy as np

from wann_core.evaluation.dask_cluster import DaskCluster
from wann_core.evaluation.evaluator import DASK, Evaluator
from wann_core.evolution.mutation import Counters, mutate
from wann_core.evolution.search import Search
from wann_core.evolution.shared_weights import SHARED_WEIGHTS
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.genome import Genome, compile_network
from wann_core.networks.network import Network
from wann_core.paths import runs_root
from wann_core.runs.champion_file import load_champion
from wann_core.runs.experiment import Experiment, load_experiment
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import load_task

N_MEASURED: Final = 12
"""Number of networks whose time is measured."""
N_CHUNKS: Final = 400
"""Number of empty chunks for measuring an engine."""
_FAR: Final = 1 << 20
"""Larger than any innovation number or node id of a committed champion."""


def population(task: str, experiment: Experiment, n: int, seed: int = 0) -> list[Genome]:
    """Networks as in a running search: mutants of the committed champion, or the first generation if there is none."""
    spec = load_task(task).spec
    rng = np.random.Generator(np.random.PCG64(seed))
    store = RunStore(runs_root() / task)
    if store.exists():
        parents = [load_champion(store).genome]
    else:
        parents = Search(experiment.search, spec.n_inputs, spec.n_outputs, np.random.SeedSequence(seed)).population
    counters = Counters(_FAR, _FAR)
    made = []
    for i in range(n):
        genome = parents[i % len(parents)]
        for _ in range(1 + int(rng.integers(0, 4))):
            genome = mutate(genome, experiment.search.odds, counters, rng)
        made.append(genome)
    return made


def lanes_of(experiment: Experiment, seed: int = 0) -> tuple[Floats, Ints]:
    """Shared weights and seeds of a generation's lanes."""
    rng = np.random.Generator(np.random.PCG64(seed))
    seeds = rng.integers(0, 2**31, experiment.search.episodes)
    return np.repeat(np.array(SHARED_WEIGHTS), len(seeds)), np.tile(seeds, len(SHARED_WEIGHTS))


def measure_workload(task: str, budget: str) -> dict[str, Any]:
    """CPU seconds of networks, of single lanes, and of breeding, as JSON values; see ``Workload``."""
    experiment = load_experiment(task, budget)
    weights, seeds = lanes_of(experiment)
    networks = [compile_network(genome) for genome in population(task, experiment, N_MEASURED)]
    with Evaluator(task, 1, "threads", shortcuts=experiment.training) as evaluator:

        def seconds(network: Network, w: Floats, s: Ints) -> float:
            began = time.process_time()
            evaluator.population_returns([network], w, s, training=True)
            return time.process_time() - began

        seconds(networks[0], weights[:1], seeds[:1])  # compiles
        network_s = [seconds(network, weights, seeds) for network in networks]
        best = networks[int(np.argmax(network_s))]  # the network that survives longest costs most
        n_lanes = experiment.champion.weights * experiment.champion.episodes
        lane_s = [seconds(best, weights[i : i + 1], seeds[i : i + 1]) for i in range(min(6, len(seeds)))]
    return {
        "budget": budget,
        "population": experiment.search.population,
        "lanes": len(seeds),
        "connections": float(np.mean([network.n_connections for network in networks])),
        "network_s": [round(value, 6) for value in network_s],
        "trial_lanes": n_lanes,
        "lane_s": [round(value, 6) for value in lane_s],
        "breed_s": round(_breeding_s(task, experiment), 6),
    }


def _breeding_s(task: str, experiment: Experiment) -> float:
    """CPU time of ranking, breeding and compiling one generation."""
    spec = load_task(task).spec
    search = Search(experiment.search, spec.n_inputs, spec.n_outputs, np.random.SeedSequence(0))
    search.population = population(task, experiment, experiment.search.population)
    search.counters = Counters(2 * _FAR, 2 * _FAR)
    rng = np.random.Generator(np.random.PCG64(1))
    times = []
    for _ in range(3):
        began = time.process_time()
        trial = search.ask()
        search.tell(rng.random((len(trial.networks), len(trial.shared_weights), len(trial.seeds))))
        times.append(time.process_time() - began)
    return min(times)


def measure_engine(address: str, task: str) -> dict[str, float]:
    """CPU time per empty chunk of the client, the scheduler and a worker of a Dask cluster.

    Args:
        address: ``host:port`` of the scheduler.
        task: a task that its workers know.
    """
    cluster = DaskCluster(address, task)
    try:
        client = cluster._client
        workers = max(1, cluster.workers)

        def spent() -> tuple[float, float, float]:
            on_workers = client.run(time.process_time)
            return time.process_time(), client.run_on_scheduler(time.process_time), sum(on_workers.values())

        client.gather(client.map(abs, range(N_CHUNKS), pure=False))  # opens the connections
        before, began = spent(), time.monotonic()
        client.gather(client.map(abs, range(N_CHUNKS), pure=False))
        wall, after = time.monotonic() - began, spent()
    finally:
        cluster.close(now=False)
    asking, scheduler, working = ((b - a) / N_CHUNKS for a, b in zip(before, after, strict=True))
    return {
        "asking_s": round(asking, 6),
        "scheduler_s": round(scheduler, 6),
        "worker_s": round(working, 6),
        "wall_s": round(wall / N_CHUNKS, 6),
        "workers": workers,
    }


def measure_overhead(
    task: str, budget: str, executor: str, threads: int, n_networks: int, n_generations: int
) -> dict[str, Any]:
    """Measure the share of the workers' time that an engine leaves for the work, in generations of real networks.

    Args:
        task: the task's name.
        budget: the budget that defines lanes and shortcuts.
        executor: ``processes`` or ``dask://host:port``.
        threads: worker processes.
        n_networks: per generation.
        n_generations: number of timed generations. One generation runs before them, so that workers have started and
            times are known.

    Returns:
        ``busy_share``: seconds within chunks per second of a worker; the rest is the engine's overhead and the wait for
        the last chunk of a generation. ``engine_share``: the engine's overhead for a chunk, per second of its work.
    """
    experiment = load_experiment(task, budget)
    weights, seeds = lanes_of(experiment)
    networks = [compile_network(genome) for genome in population(task, experiment, n_networks)]
    with Evaluator(task, threads, executor, shortcuts=experiment.training) as evaluator:
        evaluator.population_returns(networks, weights, seeds, training=True)
        busy_before, chunks_before, began = evaluator.busy_s, evaluator.chunks, time.monotonic()
        for _ in range(n_generations):
            evaluator.population_returns(networks, weights, seeds, training=True)
        wall = time.monotonic() - began
        busy, chunks = evaluator.busy_s - busy_before, evaluator.chunks - chunks_before
        workers, overhead_s = evaluator.engine_facts()
    return {
        "task": task,
        "budget": budget,
        "executor": "dask" if executor.startswith(DASK) else executor,
        "workers": workers,
        "networks": n_networks,
        "lanes": len(seeds),
        "chunks": chunks,
        "chunk_s": round(busy / chunks, 4),
        "wall_s": round(wall, 3),
        "busy_share": round(busy / (wall * workers), 4),
        "engine_s_per_chunk": round(overhead_s, 6),
        "engine_share": round(overhead_s / (busy / chunks), 5),
    }
