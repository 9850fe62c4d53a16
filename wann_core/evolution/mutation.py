"""The mutation operators: pure functions ``(genome, ..., rng) -> Genome``.

One operator per child: change an activation 50 %, add a node 25 %, add a connection 20 %, enable a connection 5 %.

Source: Gaier & Ha 2019, section 3 and appendix A.2; NEAT (Stanley & Miikkulainen 2002) for splitting a connection.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from wann_core.networks.activations import ALL_ACTIVATIONS, Activation
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind, layers


@dataclass(slots=True)
class Counters:
    """The next unused numbers of a search."""

    innovation: int
    node_id: int


@dataclass(frozen=True, slots=True)
class OperatorOdds:
    """Probability of each operator; they sum to 1."""

    change_activation: float = 0.50
    add_node: float = 0.25
    add_connection: float = 0.20
    enable_connection: float = 0.05


def initial_genome(n_inputs: int, n_outputs: int, initially_enabled: float, rng: np.random.Generator) -> Genome:
    """Every bias and input to every output, each connection enabled with probability ``initially_enabled``."""
    nodes = [NodeGene(0, NodeKind.BIAS, Activation.LINEAR)]
    nodes += [NodeGene(1 + i, NodeKind.INPUT, Activation.LINEAR) for i in range(n_inputs)]
    nodes += [NodeGene(1 + n_inputs + i, NodeKind.OUTPUT, Activation.LINEAR) for i in range(n_outputs)]
    enabled = rng.random((1 + n_inputs) * n_outputs) < initially_enabled
    connections = [
        ConnectionGene(output * (1 + n_inputs) + source, source, 1 + n_inputs + output, False)
        for output in range(n_outputs)
        for source in range(1 + n_inputs)
    ]
    return Genome(
        tuple(nodes),
        tuple(gene._replace(is_enabled=bool(on)) for gene, on in zip(connections, enabled, strict=True)),
    )


def _pick(n: int, rng: np.random.Generator) -> int:
    """A uniform index below ``n``, from one double: the generator's fastest way to draw a small number."""
    return int(rng.random() * n)


def change_activation(genome: Genome, rng: np.random.Generator) -> Genome:
    """Give one hidden node another activation; a genome without hidden nodes is returned as it is."""
    hidden = [i for i, node in enumerate(genome.nodes) if node.kind is NodeKind.HIDDEN]
    if not hidden:
        return genome
    at = hidden[_pick(len(hidden), rng)]
    others = [activation for activation in ALL_ACTIVATIONS if activation is not genome.nodes[at].activation]
    node = genome.nodes[at]._replace(activation=others[_pick(len(others), rng)])
    return Genome((*genome.nodes[:at], node, *genome.nodes[at + 1 :]), genome.connections)


def add_node(genome: Genome, counters: Counters, rng: np.random.Generator) -> Genome:
    """Split an enabled connection: disable it, and add a node of random activation and two enabled connections."""
    enabled = [i for i, gene in enumerate(genome.connections) if gene.is_enabled]
    if not enabled:
        return genome
    at = enabled[_pick(len(enabled), rng)]
    split = genome.connections[at]
    node = NodeGene(counters.node_id, NodeKind.HIDDEN, ALL_ACTIVATIONS[_pick(len(ALL_ACTIVATIONS), rng)])
    connections = (
        *genome.connections[:at],
        split._replace(is_enabled=False),
        *genome.connections[at + 1 :],
        ConnectionGene(counters.innovation, split.source, node.id, True),
        ConnectionGene(counters.innovation + 1, node.id, split.target, True),
    )
    counters.node_id += 1
    counters.innovation += 2
    return Genome(_ordered((*genome.nodes, node), layers((*genome.nodes, node), connections)), connections)


def add_connection(genome: Genome, counters: Counters, rng: np.random.Generator) -> Genome:
    """Connect two unconnected nodes from a lower to a higher layer; if all are connected, nothing changes."""
    layer = layers(genome.nodes, genome.connections)
    existing = {(gene.source, gene.target) for gene in genome.connections}
    sources = [node.id for node in genome.nodes if node.kind is not NodeKind.OUTPUT]
    targets = [node.id for node in genome.nodes if node.kind in (NodeKind.HIDDEN, NodeKind.OUTPUT)]
    while sources:
        source = sources.pop(_pick(len(sources), rng))
        free = [node for node in targets if layer[node] > layer[source] and (source, node) not in existing]
        if free:
            gene = ConnectionGene(counters.innovation, source, free[_pick(len(free), rng)], True)
            counters.innovation += 1
            connections = (*genome.connections, gene)
            return Genome(_ordered(genome.nodes, layers(genome.nodes, connections)), connections)
    return genome


def enable_connection(genome: Genome, rng: np.random.Generator) -> Genome:
    """Enable one disabled connection; if there is none, nothing changes."""
    disabled = [i for i, gene in enumerate(genome.connections) if not gene.is_enabled]
    if not disabled:
        return genome
    at = disabled[_pick(len(disabled), rng)]
    gene = genome.connections[at]._replace(is_enabled=True)
    return Genome(genome.nodes, (*genome.connections[:at], gene, *genome.connections[at + 1 :]))


def mutate(genome: Genome, odds: OperatorOdds, counters: Counters, rng: np.random.Generator) -> Genome:
    """Apply one operator, drawn with ``odds``."""
    draw = rng.random()
    if draw < odds.change_activation:
        return change_activation(genome, rng)
    draw -= odds.change_activation
    if draw < odds.add_node:
        return add_node(genome, counters, rng)
    draw -= odds.add_node
    if draw < odds.add_connection:
        return add_connection(genome, counters, rng)
    return enable_connection(genome, rng)


_RANK_OF_KIND = {NodeKind.BIAS: 0, NodeKind.INPUT: 1, NodeKind.HIDDEN: 2, NodeKind.OUTPUT: 3}


def _ordered(nodes: tuple[NodeGene, ...], layer: dict[int, int]) -> tuple[NodeGene, ...]:
    """Bias, inputs, hidden nodes by layer (a topological order), outputs."""
    return tuple(sorted(nodes, key=lambda node: (_RANK_OF_KIND[node.kind], layer[node.id], node.id)))
