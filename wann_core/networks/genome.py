"""The genotype: node genes and connection genes, and how they become a network.

A disabled connection is off; it is kept because mutation may enable it again. (The 2019 release treats a disabled
hidden-to-hidden connection as active, a mistake of its in-place binarisation. This code does not.)
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from wann_core.errors import WannError
from wann_core.networks.activations import Activation
from wann_core.networks.network import Network


class NodeKind(StrEnum):
    """The kind of a node; the value is its name in files."""

    BIAS = "bias"
    INPUT = "input"
    HIDDEN = "hidden"
    OUTPUT = "output"


class NodeGene(NamedTuple):
    """A node. ``id`` is unique in its genome and, for hidden nodes, in its search."""

    id: int
    kind: NodeKind
    activation: Activation


class ConnectionGene(NamedTuple):
    """A directed connection between two node ids. ``innovation`` is unique in its search."""

    innovation: int
    source: int
    target: int
    is_enabled: bool


@dataclass(frozen=True, slots=True)
class Genome:
    """A WANN's genotype. Never changed in place: operators return a new one.

    Attributes:
        nodes: bias first, then inputs, then hidden nodes in topological order, then outputs.
        connections: in order of innovation.
    """

    nodes: tuple[NodeGene, ...]
    connections: tuple[ConnectionGene, ...]

    @property
    def n_connections(self) -> int:
        """Number of enabled connections: the size that the search minimises."""
        return sum(connection.is_enabled for connection in self.connections)

    @property
    def n_hidden(self) -> int:
        """Number of hidden nodes."""
        return sum(node.kind is NodeKind.HIDDEN for node in self.nodes)


def layers(nodes: Iterable[NodeGene], connections: Iterable[ConnectionGene]) -> dict[int, int]:
    """Layer of each node id: the longest path that leads to it; disabled connections count, so none can close a cycle.

    Bias and inputs are layer 0, all outputs share the last layer. ``nodes`` may be in any order.

    Raises:
        WannError: the connections form a cycle.
    """
    nodes = list(nodes)
    layer: dict[int, int] = {node.id: 0 for node in nodes if node.kind is NodeKind.BIAS or node.kind is NodeKind.INPUT}
    hidden = {node.id: 1 for node in nodes if node.kind is NodeKind.HIDDEN}  # the layer as known so far
    n_waiting = dict.fromkeys(hidden, 0)  # connections into a node whose source has no layer yet
    targets: dict[int, list[int]] = {node_id: [] for node_id in hidden}
    for connection in connections:
        source, target = connection.source, connection.target
        if target in n_waiting and source not in layer:
            n_waiting[target] += 1
            if source in targets:
                targets[source].append(target)
    ready = [node_id for node_id, n in n_waiting.items() if n == 0]
    for node_id in ready:  # grows during the loop: every node and every connection is visited once
        layer[node_id] = hidden[node_id]
        for target in targets[node_id]:
            hidden[target] = max(hidden[target], layer[node_id] + 1)
            n_waiting[target] -= 1
            if n_waiting[target] == 0:
                ready.append(target)
    if len(ready) < len(hidden):
        stuck = next(node_id for node_id in hidden if node_id not in layer)
        raise WannError(f"the connections form a cycle through node {stuck}: a WANN is feed-forward")
    last = 1 + max(layer.values(), default=0)
    for node in nodes:
        if node.kind is NodeKind.OUTPUT:
            layer[node.id] = last
    return layer


def compile_network(genome: Genome) -> Network:
    """Compile the enabled connections to flat arrays; a node's sources are in ascending order."""
    nodes = genome.nodes
    index = {node.id: position for position, node in enumerate(nodes)}
    size = len(nodes)
    pairs = sorted(
        [index[target] * size + index[source] for _, source, target, is_enabled in genome.connections if is_enabled]
    )
    packed = np.array(pairs, dtype=np.int64)
    targets, sources = np.divmod(packed, size)
    offsets = np.zeros(size + 1, dtype=np.int64)
    np.cumsum(np.bincount(targets, minlength=size), out=offsets[1:])
    n_outputs = sum(node.kind is NodeKind.OUTPUT for node in nodes)
    return Network(
        sum(node.kind is NodeKind.INPUT for node in nodes),
        n_outputs,
        np.array([int(node.activation) for node in nodes], dtype=np.int64),
        offsets,
        sources,
    )


def enabled_in_network_order(genome: Genome) -> tuple[ConnectionGene, ...]:
    """The enabled connection genes in the order of ``compile_network(genome).sources``."""
    index = {node.id: position for position, node in enumerate(genome.nodes)}
    enabled = [connection for connection in genome.connections if connection.is_enabled]
    return tuple(sorted(enabled, key=lambda gene: (index[gene.target], index[gene.source])))
