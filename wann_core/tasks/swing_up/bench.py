"""Measure the speed of swing-up: the lane kernel against a plain loop over the same networks.

The plain loop does the same as the 2019 release, in our own code: one rollout at a time, a numpy dot product per node,
the physics in Python floats.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Any, Final

import numpy as np

from wann_core.evolution.mutation import Counters, OperatorOdds, initial_genome, mutate
from wann_core.evolution.shared_weights import SHARED_WEIGHTS
from wann_core.networks.activations import Activation
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.genome import compile_network
from wann_core.networks.network import Network
from wann_core.progress import Reporter, stage
from wann_core.tasks.swing_up.kernel import (
    CART_MASS_KG,
    DT_S,
    FORCE_N,
    FRICTION_N_S_M,
    GRAVITY_M_S2,
    POLE_LENGTH_M,
    POLE_MASS_KG,
    TRACK_LIMIT_M,
)
from wann_core.tasks.swing_up.task import SPEC, TASK, start_states

SIZES: Final = (8, 30, 52)
"""Numbers of connections; the release's champion has 52."""
EPISODES: Final = 3
N_NETWORKS: Final = 24
MIN_SHARE: Final = 0.9
"""Share of the steps that a network's rollouts must last: as in a running search, most run to the end."""
MAX_MUTATIONS: Final = 1000
"""If a network's rollouts are still too short after this many mutations, another network is started."""
GROWTH: Final = OperatorOdds(change_activation=0.2, add_node=0.4, add_connection=0.4, enable_connection=0.0)
TUNING: Final = OperatorOdds(change_activation=1.0, add_node=0.0, add_connection=0.0, enable_connection=0.0)
COMPARED_STEPS: Final = 20
"""After these steps a chaotic network makes any two roundings of a formula diverge."""


def bench(
    threads: int,
    reporter: Reporter,
    *,
    sizes: tuple[int, ...] = SIZES,
    n_networks: int = N_NETWORKS,
    rounds: int = 9,
) -> dict[str, Any]:
    """Measure both sides in turn.

    Args:
        threads: threads of the kernel; the plain loop uses one.
        reporter: shows progress.
        sizes: connections of the networks.
        n_networks: networks per size.
        rounds: how often each side runs.

    Returns:
        By connections: ``steps_per_s``, environment steps per second of wall time on ``threads`` threads, for 6 shared
        weights x 3 episodes per network; ``steps_per_cpu_s`` and ``reference_steps_per_cpu_s``, of the kernel and of
        the plain loop per CPU second of one core, which other programs do not affect. All are medians over the rounds.
        ``speed_up`` is the ratio of the last two. ``largest_difference`` is the largest difference between both sides'
        rewards in the first 20 steps.
    """
    weights = np.repeat(np.array(SHARED_WEIGHTS), EPISODES)
    seeds = np.tile(np.arange(EPISODES, dtype=np.int64), len(SHARED_WEIGHTS))
    rates: dict[str, dict[str, int]] = {"steps_per_s": {}, "steps_per_cpu_s": {}, "reference_steps_per_cpu_s": {}}
    speed_up: dict[str, int] = {}
    difference = 0.0
    with stage(reporter, len(sizes) * rounds, "bench: rounds"):
        for size in sizes:
            networks = random_networks(size, n_networks)
            measured = []
            for turn in range(rounds):
                wall, core = _kernel_rates(networks, weights, seeds, threads)
                plain, apart = _plain_rate(networks[turn % n_networks], weights[-1], int(seeds[-1]))
                measured.append((wall, core, plain))
                difference = max(difference, apart)
                reporter.advance(connections=size, steps_per_s=wall)
            medians = np.median(np.array(measured), axis=0)
            for name, median in zip(rates, medians, strict=True):
                rates[name][str(size)] = round(float(median))
            speed_up[str(size)] = round(float(medians[1] / medians[2]))
    return {**rates, "speed_up": speed_up, "largest_difference": difference, "threads": threads}


def random_networks(n_connections: int, n_networks: int, seed: int = 0) -> list[Network]:
    """Grow networks with the search's own operators. A mutation that shortens the rollouts is not kept.

    Random networks leave the track within 150 steps; networks of a search do not.

    Args:
        n_connections: number of enabled connections of each.
        n_networks: number of networks.
        seed: of their growth.
    """
    rng = np.random.default_rng(seed)
    networks: list[Network] = []
    while len(networks) < n_networks:
        genome = initial_genome(SPEC.n_inputs, SPEC.n_outputs, 0.5, rng)
        counters = Counters((1 + SPEC.n_inputs) * SPEC.n_outputs, 1 + SPEC.n_inputs + SPEC.n_outputs)
        lasting = 0.0
        for _ in range(MAX_MUTATIONS):
            is_whole = genome.n_connections == n_connections
            if is_whole and lasting >= MIN_SHARE:
                networks.append(compile_network(genome))
                break
            child = mutate(genome, TUNING if is_whole else GROWTH, counters, rng)
            share = _lasting_share(compile_network(child))
            if share >= min(lasting, MIN_SHARE) and child.n_connections <= n_connections:
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
    """Steps per CPU second of the plain loop, and its largest difference from the kernel's rewards at the beginning."""
    start = time.process_time()
    rewards = plain_rollout(network, weight, seed)
    rate = len(rewards) / max(time.process_time() - start, 1e-9)
    kept = TASK.record(network, float(weight), seed).rewards[:COMPARED_STEPS]
    return rate, float(np.max(np.abs(kept - np.array(rewards[: len(kept)]))))


def plain_rollout(network: Network, weight: float, seed: int) -> list[float]:
    """The rewards of one episode, computed in the most direct way."""
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
