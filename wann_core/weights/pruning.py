"""Measure the importance of each connection, and remove connections without importance.

A connection is cut, and the network plays the same episodes at the same shared weights. The loss in return is the
connection's importance. Pruning cuts connections as long as the return does not fall.

Source: LeCun, Denker & Solla 1989, "Optimal brain damage". Deviation: the loss is measured, not estimated, and at
shared weights.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from wann_core.evaluation.evaluator import Evaluator
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.genome import Genome, compile_network
from wann_core.progress import Reporter, stage


@dataclass(frozen=True, slots=True, eq=False)
class Lanes:
    """Shared weights and episodes for comparing networks.

    Attributes:
        weights: (n_lanes,) the shared weight of each.
        seeds: (n_lanes,) the episode of each.
    """

    weights: Floats
    seeds: Ints

    @classmethod
    def of(cls, weights: Floats, seeds: Ints) -> Lanes:
        """Lanes that combine every weight with every episode."""
        return cls(np.repeat(weights, len(seeds)), np.tile(seeds, len(weights)))


def without_connection(genome: Genome, innovation: int) -> Genome:
    """The genome with one connection disabled."""
    return without_connections(genome, {innovation})


def without_connections(genome: Genome, innovations: set[int]) -> Genome:
    """The genome with some connections disabled."""
    genes = tuple(
        gene._replace(is_enabled=False) if gene.innovation in innovations else gene for gene in genome.connections
    )
    return Genome(genome.nodes, genes)


def connection_losses(
    genome: Genome, lanes: Lanes, evaluator: Evaluator, reporter: Reporter, *, training: bool
) -> tuple[list[int], Floats, Floats]:
    """The loss in return when each connection is removed alone.

    Args:
        genome: the network.
        lanes: shared weights and episodes, the same for all.
        evaluator: runs them.
        reporter: shows progress.
        training: use the task's training settings, which may be much faster.

    Returns:
        Innovation numbers of the enabled connections; (n_connections, n_lanes) returns lost, negative where the network
        earns more without; and (n_lanes,) returns of the whole network.
    """
    innovations = [gene.innovation for gene in genome.connections if gene.is_enabled]
    whole = _returns([genome], lanes, evaluator, training=training)[0]
    lost = np.zeros((len(innovations), len(whole)))
    with stage(reporter, len(innovations), "connections: cut one at a time"):
        for first in range(0, len(innovations), 64):
            rows = slice(first, first + 64)
            cut = [without_connection(genome, innovation) for innovation in innovations[rows]]
            lost[rows] = whole - _returns(cut, lanes, evaluator, training=training)
            reporter.advance(len(cut))
    return innovations, lost, whole


def prune(
    genome: Genome, draw_lanes: Callable[[], Lanes], evaluator: Evaluator, reporter: Reporter, *, training: bool
) -> Genome:
    """Disable connections as long as the return does not fall.

    Each round measures every connection on new lanes and cuts the connections without loss in one batch, the least
    important first. The batch is checked on further lanes; if the return falls there, half of the batch is tried. The
    pruned network earns as much as the original, up to the noise of a round's lanes.

    Args:
        genome: the network.
        draw_lanes: draws new lanes at each call.
        evaluator: runs them.
        reporter: shows progress.
        training: use the task's training settings.
    """
    while True:
        innovations, lost, _ = connection_losses(genome, draw_lanes(), evaluator, reporter, training=training)
        worth = lost.mean(axis=1)
        order = [innovations[row] for row in np.argsort(worth, kind="stable") if worth[row] <= 0.0]
        smaller = _largest_harmless_cut(genome, order, draw_lanes, evaluator, training=training)
        if smaller is None:
            return genome
        genome = smaller


def _largest_harmless_cut(
    genome: Genome, order: list[int], draw_lanes: Callable[[], Lanes], evaluator: Evaluator, *, training: bool
) -> Genome | None:
    """The genome without as many of the first connections of ``order`` as cost no return; None if even one does."""
    n = len(order)
    while n > 0:
        smaller = without_connections(genome, set(order[:n]))
        whole, cut = _returns([genome, smaller], draw_lanes(), evaluator, training=training)
        if float((cut - whole).mean()) >= 0.0:
            return smaller
        n //= 2
    return None


def _returns(genomes: list[Genome], lanes: Lanes, evaluator: Evaluator, *, training: bool) -> Floats:
    """(n_genomes, n_lanes) returns; NaN counts as the worst return."""
    networks = [compile_network(genome) for genome in genomes]
    returns = evaluator.population_returns(networks, lanes.weights, lanes.seeds, training=training)
    found: Floats = np.nan_to_num(returns, nan=-1e9)
    return found
