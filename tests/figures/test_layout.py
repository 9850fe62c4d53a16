"""The places of a network's nodes in a drawing."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest

from wann_core.figures.layout import place_nodes
from wann_core.networks.activations import Activation
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind

CORNER, SIZE = (100.0, 20.0), (640.0, 440.0)


def chain(n_hidden: int) -> Genome:
    """Three inputs with the bias, and a chain of hidden nodes to one output, which is the result of many insertions."""
    fixed = [NodeGene(0, NodeKind.BIAS, Activation.LINEAR)]
    fixed += [NodeGene(i, NodeKind.INPUT, Activation.LINEAR) for i in (1, 2, 3)]
    output = NodeGene(4, NodeKind.OUTPUT, Activation.LINEAR)
    hidden = [NodeGene(5 + k, NodeKind.HIDDEN, Activation.SIN) for k in range(n_hidden)]
    path = [1, *(node.id for node in hidden), 4]
    pairs = [*itertools.pairwise(path), (2, 4), (3, 4)]
    genes = tuple(ConnectionGene(i, a, b, True) for i, (a, b) in enumerate(pairs))
    return Genome((*fixed, *hidden, output), genes)


@pytest.mark.parametrize("n_hidden", [0, 1, 8, 33])
def test_every_node_is_inside_and_finite(n_hidden: int) -> None:
    where = place_nodes(chain(n_hidden), CORNER, SIZE, 30.0)
    assert len(where) == 5 + n_hidden
    for x, y in where.values():
        assert CORNER[0] <= x <= CORNER[0] + SIZE[0]
        assert CORNER[1] <= y <= CORNER[1] + SIZE[1]


def test_inputs_stand_at_the_left_in_their_order_and_the_output_at_the_right() -> None:
    where = place_nodes(chain(12), CORNER, SIZE)
    assert [where[i][0] for i in range(4)] == [CORNER[0]] * 4
    assert [where[i][1] for i in range(4)] == sorted(where[i][1] for i in range(4))
    assert where[4][0] == CORNER[0] + SIZE[0]


def test_a_long_chain_uses_the_height_and_nodes_keep_their_distance() -> None:
    where = place_nodes(chain(33), CORNER, SIZE, 36.0)
    hidden = np.array([where[5 + k] for k in range(33)])
    assert np.ptp(hidden[:, 1]) > 0.6 * SIZE[1]
    assert min(math.dist(a, b) for a, b in itertools.combinations(hidden.tolist(), 2)) > 34.0


def test_the_same_genome_is_placed_the_same_way() -> None:
    assert place_nodes(chain(20), CORNER, SIZE, 30.0) == place_nodes(chain(20), CORNER, SIZE, 30.0)


def test_a_hidden_node_without_an_enabled_connection_is_not_placed() -> None:
    genome = chain(2)
    cut = tuple(
        ConnectionGene(gene.innovation, gene.source, gene.target, gene.target != 6 and gene.source != 6)
        for gene in genome.connections
    )
    where = place_nodes(Genome(genome.nodes, cut), CORNER, SIZE)
    assert 6 not in where
    assert 5 in where
