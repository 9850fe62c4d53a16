"""How fast swing-up runs: the lane kernel, a plain loop over the same networks, and generations of the real search.

The plain loop is what the 2019 release does, in code of our own: one rollout at a time, a numpy dot product per node,
the physics in Python floats.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from wann_core.activations import Activation
from wann_core.evaluate import Evaluator
from wann_core.experiment import load_experiment
from wann_core.genome import compile_network
from wann_core.network import Network
from wann_core.progress import Reporter, Silent, stage
from wann_core.search import SHARED_WEIGHTS, Search
from wann_core.tasks.contract import Floats, Ints
from wann_core.tasks.swing_up import SPEC, TASK, start_states
from wann_core.tasks.swing_up_kernel import (
    CART_MASS_KG,
    DT_S,
    FORCE_N,
    FRICTION_N_S_M,
    GRAVITY_M_S2,
    POLE_LENGTH_M,
    POLE_MASS_KG,
    TRACK_LIMIT_M,
)
from wann_core.vary import Counters, OperatorOdds, initial_genome, mutate

SIZES: Final = (8, 30, 52)
"""Connections; 52 are those of the release's champion."""
EPISODES: Final = 3
N_NETWORKS: Final = 24
LEAST_SHARE: Final = 0.9
"""Share of the steps that a network's rollouts must last: as in a search under way, most run to their end."""
MOST_MUTATIONS: Final = 1000
"""A network that has not come to last by then is given up for another."""
GROWTH: Final = OperatorOdds(change_activation=0.2, add_node=0.4, add_connection=0.4, enable_connection=0.0)
TUNING: Final = OperatorOdds(change_activation=1.0, add_node=0.0, add_connection=0.0, enable_connection=0.0)
COMPARED_STEPS: Final = 20
"""Beyond these a chaotic network has parted any two roundings of the same formula."""


def bench_swing_up(
    threads: int,
    reporter: Reporter | None = None,
    *,
    sizes: tuple[int, ...] = SIZES,
    n_networks: int = N_NETWORKS,
    rounds: int = 9,
    generations: int = 200,
) -> dict[str, Any]:
    """Measure both sides, and the search.

    Args:
        threads: threads of the kernel; the plain loop has one.
        reporter: shows progress.
        sizes: connections of the networks.
        n_networks: networks per size.
        rounds: how often the kernel runs; the best round counts, since a disturbance only ever slows.
        generations: generations of the paper's preset that are searched.

    Returns:
        ``steps_per_s`` by connections, environment steps per second of wall time on ``threads`` threads, for 6 shared
        weights x 3 episodes per network; ``steps_per_cpu_s`` per second of one core's time, which other programs do not
        disturb; ``reference_steps_per_s`` of the plain loop; ``speed_up``; ``largest_difference`` of both sides'
        rewards over the first 20 steps; ``generation_s`` and ``kernel_share``, the part of it spent on rollouts, over
        the first ``generations`` generations of the paper's preset, with their ``generation_connections`` (median).
    """
    reporter = reporter or Silent()
    weights = np.repeat(np.array(SHARED_WEIGHTS), EPISODES)
    seeds = np.tile(np.arange(EPISODES, dtype=np.int64), len(SHARED_WEIGHTS))
    wall: dict[str, int] = {}
    core: dict[str, int] = {}
    plain: dict[str, int] = {}
    difference = 0.0
    with stage(reporter, len(sizes) * (rounds + 2), "bench: rounds"):
        for size in sizes:
            networks = random_networks(size, n_networks)
            reporter.advance(connections=size)
            rates = []
            for _ in range(rounds):
                rates.append(_kernel_rates(networks, weights, seeds, threads))
                reporter.advance(connections=size, steps_per_s=rates[-1][0])
            rate, apart = _plain_rate(networks[0], weights[-1], int(seeds[-1]))
            reporter.advance(connections=size)
            wall[str(size)] = round(max(rate for rate, _ in rates))
            core[str(size)] = round(max(rate for _, rate in rates))
            plain[str(size)] = round(rate)
            difference = max(difference, apart)
    return {
        "steps_per_s": wall,
        "steps_per_cpu_s": core,
        "reference_steps_per_s": plain,
        "speed_up": {size: round(wall[size] / plain[size]) for size in wall},
        "largest_difference": difference,
        "threads": threads,
        **_search_rates(threads, generations, reporter),
    }


def random_networks(n_connections: int, n_networks: int, seed: int = 0) -> list[Network]:
    """Networks grown by the search's own operators, a mutation at a time, none of which may shorten the rollouts.

    Networks that are merely random leave the track within 150 steps; those of a search do not.

    Args:
        n_connections: enabled connections of each.
        n_networks: how many.
        seed: of their growth.
    """
    rng = np.random.default_rng(seed)
    networks: list[Network] = []
    while len(networks) < n_networks:
        genome = initial_genome(SPEC.n_inputs, SPEC.n_outputs, 0.5, rng)
        counters = Counters((1 + SPEC.n_inputs) * SPEC.n_outputs, 1 + SPEC.n_inputs + SPEC.n_outputs)
        lasting = 0.0
        for _ in range(MOST_MUTATIONS):
            is_whole = genome.n_connections == n_connections
            if is_whole and lasting >= LEAST_SHARE:
                networks.append(compile_network(genome))
                break
            child = mutate(genome, TUNING if is_whole else GROWTH, counters, rng)
            share = _lasting_share(compile_network(child))
            if share >= min(lasting, LEAST_SHARE) and child.n_connections <= n_connections:
                genome, lasting = child, share
    return networks


def _lasting_share(network: Network) -> float:
    """Share of the steps that the rollouts of the six weights last."""
    seeds = np.zeros(len(SHARED_WEIGHTS), dtype=np.int64)
    lanes = TASK.lane_returns(network, np.array(SHARED_WEIGHTS), seeds, training=True, threads=1)
    return float(lanes.steps.mean()) / SPEC.max_steps


def _kernel_rates(networks: list[Network], weights: Floats, seeds: Ints, threads: int) -> tuple[float, float]:
    """Steps per second of wall time, and per second of CPU time."""
    cpu, start = time.process_time(), time.perf_counter()
    lanes = TASK.population_returns(networks, weights, seeds, training=True, threads=threads)
    seconds, cpu_s = time.perf_counter() - start, time.process_time() - cpu
    n_steps = int(lanes.steps.sum())
    return n_steps / seconds, n_steps / max(cpu_s, 1e-9)


def _plain_rate(network: Network, weight: float, seed: int) -> tuple[float, float]:
    """Steps per second of the plain loop, and its largest difference from the kernel's rewards at the beginning."""
    start = time.perf_counter()
    rewards = plain_rollout(network, weight, seed)
    rate = len(rewards) / (time.perf_counter() - start)
    kept = TASK.record(network, float(weight), seed).rewards[:COMPARED_STEPS]
    return rate, float(np.max(np.abs(kept - np.array(rewards[: len(kept)]))))


def plain_rollout(network: Network, weight: float, seed: int) -> list[float]:
    """The rewards of one episode, computed as one would write it down."""
    n_nodes = network.n_nodes
    matrix = np.zeros((n_nodes, n_nodes))
    matrix[network.sources, network.targets] = weight
    values = np.zeros(n_nodes)
    values[0] = 1.0
    x, v, angle, omega = (float(value) for value in start_states(np.array([seed]))[0])
    mass, moment = CART_MASS_KG + POLE_MASS_KG, POLE_MASS_KG * POLE_LENGTH_M
    rewards: list[float] = []
    while len(rewards) < SPEC.max_steps and abs(x) <= TRACK_LIMIT_M:
        s, c = math.sin(angle), math.cos(angle)
        values[1:6] = (x, v, c, s, omega)
        for node in range(1 + SPEC.n_inputs, n_nodes):
            values[node] = _PLAIN[int(network.activations[node])](float(np.dot(values, matrix[:, node])))
        force = FORCE_N * min(max(float(values[-1]), -1.0), 1.0)
        dv = (
            -2.0 * moment * omega**2 * s + 3.0 * POLE_MASS_KG * GRAVITY_M_S2 * s * c + 4.0 * force
            - 4.0 * FRICTION_N_S_M * v
        ) / (4.0 * mass - 3.0 * POLE_MASS_KG * c**2)  # fmt: skip
        domega = (
            -3.0 * moment * omega**2 * s * c + 6.0 * mass * GRAVITY_M_S2 * s + 6.0 * (force - FRICTION_N_S_M * v) * c
        ) / (4.0 * POLE_LENGTH_M * mass - 3.0 * moment * c**2)
        x, angle = x + v * DT_S, angle + omega * DT_S
        v, omega = v + dv * DT_S, omega + domega * DT_S
        rewards.append((math.cos(angle) + 1.0) / 2.0 * math.cos(math.pi * x / (2.0 * TRACK_LIMIT_M)))
    return rewards


_PLAIN: Final[dict[int, Callable[[float], float]]] = {
    Activation.LINEAR: lambda x: x,
    Activation.STEP: lambda x: 1.0 if x > 0.0 else 0.0,
    Activation.SIN: lambda x: math.sin(math.pi * x),
    Activation.GAUSSIAN: lambda x: math.exp(-0.5 * x * x),
    Activation.TANH: math.tanh,
    Activation.SIGMOID: lambda x: 0.5 * (math.tanh(0.5 * x) + 1.0),
    Activation.INVERSE: lambda x: -x,
    Activation.ABSOLUTE: abs,
    Activation.RELU: lambda x: max(x, 0.0),
    Activation.COSINE: lambda x: math.cos(math.pi * x),
}


def _search_rates(threads: int, generations: int, reporter: Reporter) -> dict[str, float | int]:
    """Seconds per generation of the paper's preset, and the share of them spent on rollouts."""
    settings = load_experiment("swing_up", "paper").search
    search = Search(settings, SPEC.n_inputs, SPEC.n_outputs, np.random.SeedSequence(0))
    in_kernel = 0.0
    n_connections = 0.0
    with stage(reporter, generations, "bench: generations"), Evaluator("swing_up", threads) as evaluator:
        began = time.perf_counter()
        for _ in range(generations):
            trial = search.ask()
            n_weights, n_episodes = len(trial.shared_weights), len(trial.seeds)
            lanes = np.repeat(trial.shared_weights, n_episodes)
            start = time.perf_counter()
            returns = evaluator.population_returns(
                trial.networks, lanes, np.tile(trial.seeds, n_weights), training=True
            )
            in_kernel += time.perf_counter() - start
            n_connections = search.tell(returns.reshape(-1, n_weights, n_episodes)).median_connections
            reporter.advance(connections=n_connections)
        seconds = time.perf_counter() - began
        n_steps = evaluator.steps
    return {
        "generation_s": round(seconds / generations, 5),
        "kernel_share": round(in_kernel / seconds, 3),
        "generation_connections": round(n_connections),
        "generation_steps_per_s": round(n_steps / seconds),
    }
