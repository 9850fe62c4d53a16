"""What each connection is worth, and a network without those that are worth nothing.

A connection is cut and the network plays the same episodes at the same shared weights: what it earns less is the
connection's importance. Pruning cuts connections for as long as nothing is lost by it.

Source: LeCun, Denker & Solla 1989, "Optimal brain damage"; here the loss is measured, not estimated, and at shared
weights.
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
    """Shared weights and episodes that networks are compared on.

    Attributes:
        weights: (n_lanes,) the shared weight of each.
        seeds: (n_lanes,) the episode of each.
    """

    weights: Floats
    seeds: Ints

    @classmethod
    def of(cls, weights: Floats, seeds: Ints) -> Lanes:
        """Every weight with every episode."""
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
    """What the network earns less without each of its connections.

    Args:
        genome: the network.
        lanes: shared weights and episodes, the same for all.
        evaluator: runs them.
        reporter: shows progress.
        training: with the task's training settings, which may be much faster.

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
    """Disable connections for as long as nothing is lost by it.

    Each round measures every connection on lanes of its own and cuts those that lose nothing, the least valuable first,
    in a batch; on further lanes the batch must lose nothing either, else half of it is tried. The network that comes
    out earns as much as the one that went in, up to the noise of a round's lanes.

    Args:
        genome: the network.
        draw_lanes: draws fresh lanes at each call.
        evaluator: runs them.
        reporter: shows progress.
        training: with the task's training settings.
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
    """The genome without the first so many of ``order``, as many as lose nothing; None where even one loses."""
    n = len(order)
    while n > 0:
        smaller = without_connections(genome, set(order[:n]))
        whole, cut = _returns([genome, smaller], draw_lanes(), evaluator, training=training)
        if float((cut - whole).mean()) >= 0.0:
            return smaller
        n //= 2
    return None


def _returns(genomes: list[Genome], lanes: Lanes, evaluator: Evaluator, *, training: bool) -> Floats:
    """(n_genomes, n_lanes) returns; what is no number counts as the worst there is."""
    networks = [compile_network(genome) for genome in genomes]
    returns = evaluator.population_returns(networks, lanes.weights, lanes.seeds, training=training)
    found: Floats = np.nan_to_num(returns, nan=-1e9)
    return found
