"""From genotype to phenotype."""

from __future__ import annotations

import itertools
import time

import numpy as np
import pytest
from genomes import GROWN
from hypothesis import given

from wann_core.evolution.mutation import Counters
from wann_core.networks.activations import Activation
from wann_core.networks.genome import (
    ConnectionGene,
    Genome,
    NodeGene,
    NodeKind,
    compile_network,
    enabled_in_network_order,
    layers,
)
from wann_core.networks.network import compute_reference

NODES = (
    NodeGene(0, NodeKind.BIAS, Activation.LINEAR),
    NodeGene(1, NodeKind.INPUT, Activation.LINEAR),
    NodeGene(2, NodeKind.INPUT, Activation.LINEAR),
    NodeGene(7, NodeKind.HIDDEN, Activation.RELU),
    NodeGene(5, NodeKind.HIDDEN, Activation.INVERSE),
    NodeGene(3, NodeKind.OUTPUT, Activation.LINEAR),
)
CONNECTIONS = (
    ConnectionGene(0, 0, 7, True),
    ConnectionGene(1, 2, 7, True),
    ConnectionGene(2, 7, 5, True),
    ConnectionGene(3, 1, 5, False),
    ConnectionGene(4, 5, 3, True),
    ConnectionGene(5, 1, 3, True),
)


def test_a_disabled_connection_is_off() -> None:
    network = compile_network(Genome(NODES, CONNECTIONS))
    assert network.sources.tolist() == [0, 2, 3, 1, 4]
    assert network.targets.tolist() == [3, 3, 4, 5, 5]
    assert network.activations.tolist() == [1, 1, 1, 9, 7, 1]
    assert (network.n_inputs, network.n_outputs, network.n_hidden, network.n_connections) == (2, 1, 2, 5)
    values = compute_reference(network, np.array([3.0, 5.0]), 2.0)
    # relu(2 (1 + 5)) = 12, -(2 * 12) = -24, 2 (3 - 24) = -42
    assert values.tolist() == [1.0, 3.0, 5.0, 12.0, -24.0, -42.0]


def test_layers_are_longest_paths_and_count_disabled_connections() -> None:
    assert layers(NODES, CONNECTIONS) == {0: 0, 1: 0, 2: 0, 7: 1, 5: 2, 3: 3}
    assert layers(reversed(NODES), CONNECTIONS) == layers(NODES, CONNECTIONS)
    split = (*CONNECTIONS, ConnectionGene(6, 7, 3, False))
    assert layers(NODES, split)[3] == 3


def test_a_cycle_is_refused_also_through_a_disabled_connection() -> None:
    with pytest.raises(ValueError, match="form a cycle through node"):
        layers(NODES, (*CONNECTIONS, ConnectionGene(6, 5, 7, False)))


@given(GROWN)
def test_connections_are_compiled_in_the_order_of_their_genes(made: tuple[Genome, Counters]) -> None:
    genome, _ = made
    network = compile_network(genome)
    ids = [node.id for node in genome.nodes]
    pairs = [(ids[a], ids[b]) for a, b in zip(network.sources, network.targets, strict=True)]
    assert pairs == [(gene.source, gene.target) for gene in enabled_in_network_order(genome)]
    assert network.offsets[0] == 0
    assert network.offsets[-1] == genome.n_connections
    assert np.all(np.diff(network.offsets) >= 0)


@pytest.mark.parametrize("is_reversed", [False, True])
def test_the_layers_of_a_chain_of_twenty_thousand_nodes_are_found_at_once(is_reversed: bool) -> None:
    """A file may hold 100,000 genes; looking at all nodes again for each layer took minutes for this one."""
    n = 20_000
    hidden = [NodeGene(3 + i, NodeKind.HIDDEN, Activation.TANH) for i in range(n)]
    nodes = [
        *NODES[:2],
        NodeGene(2, NodeKind.OUTPUT, Activation.LINEAR),
        *(reversed(hidden) if is_reversed else hidden),
    ]
    path = [1, *(node.id for node in hidden), 2]
    chain = [ConnectionGene(i, *ends, is_enabled=True) for i, ends in enumerate(itertools.pairwise(path))]
    began = time.process_time()
    found = layers(nodes, chain)
    assert time.process_time() - began < 2.0
    assert found == {0: 0, **{node_id: i for i, node_id in enumerate(path)}}
