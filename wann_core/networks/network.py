"""The phenotype: a feed-forward network compiled to flat arrays.

Nodes are numbered in the order they are computed: the bias (constant 1), the inputs, the hidden nodes in topological
order, the outputs. The sources of node ``i`` are ``sources[offsets[i]:offsets[i + 1]]`` (compressed sparse rows), so a
connection's position in ``sources`` is also its position in an array with a weight per connection.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from wann_core.networks.activations import Activation, reference


@dataclass(frozen=True, slots=True, eq=False)
class Network:
    """A network ready to be computed.

    Attributes:
        n_inputs: inputs, without the bias.
        n_outputs: outputs.
        activations: (n_nodes,) int64, an ``Activation`` id per node; bias and inputs carry LINEAR and are not computed.
        offsets: (n_nodes + 1,) int64, where each node's sources begin; the bias and the inputs have none.
        sources: (n_connections,) int64, node numbers, each smaller than the number of the node it feeds.
    """

    n_inputs: int
    n_outputs: int
    activations: NDArray[np.int64]
    offsets: NDArray[np.int64]
    sources: NDArray[np.int64]

    @property
    def n_nodes(self) -> int:
        """All nodes, the bias and the inputs included."""
        return len(self.activations)

    @property
    def n_hidden(self) -> int:
        """Nodes that are neither bias, input nor output."""
        return self.n_nodes - 1 - self.n_inputs - self.n_outputs

    @property
    def n_connections(self) -> int:
        """Enabled connections."""
        return len(self.sources)

    @property
    def targets(self) -> NDArray[np.int64]:
        """(n_connections,) the node that each connection feeds."""
        return np.repeat(np.arange(self.n_nodes, dtype=np.int64), np.diff(self.offsets))


def fixed_topology(layer_sizes: tuple[int, ...]) -> Network:
    """Build the fully connected baseline: tanh hidden layers, linear outputs, a bias into every node.

    Args:
        layer_sizes: inputs, hidden layers, outputs; (5, 10, 1) has 71 connections.

    Source: Gaier & Ha 2019, section 4.1, "fixed topology networks".
    """
    n_inputs, n_outputs = layer_sizes[0], layer_sizes[-1]
    activations = [Activation.LINEAR] * (1 + n_inputs)
    offsets = [0] * (2 + n_inputs)
    sources: list[int] = []
    first_of_layer = 1
    for previous, size in itertools.pairwise(layer_sizes):
        for _ in range(size):
            sources += [0, *range(first_of_layer, first_of_layer + previous)]
            offsets.append(len(sources))
            activations.append(Activation.TANH)
        first_of_layer += previous
    activations[-n_outputs:] = [Activation.LINEAR] * n_outputs
    return Network(
        n_inputs,
        n_outputs,
        np.array(activations, dtype=np.int64),
        np.array(offsets, dtype=np.int64),
        np.array(sources, dtype=np.int64),
    )


def compute_reference(
    network: Network, observation: NDArray[np.float64], weights: float | NDArray[np.float64]
) -> NDArray[np.float64]:
    """Compute every node once, in plain Python: the reference that the compiled kernels are tested against.

    Args:
        network: the network.
        observation: (n_inputs,).
        weights: one shared weight, or (n_connections,) one per connection.

    Returns:
        (n_nodes,) the value of every node; the last ``n_outputs`` are the outputs, not clipped.
    """
    values = np.zeros(network.n_nodes)
    values[0] = 1.0
    values[1 : 1 + network.n_inputs] = observation
    for node in range(1 + network.n_inputs, network.n_nodes):
        row = slice(int(network.offsets[node]), int(network.offsets[node + 1]))
        fed = values[network.sources[row]]
        total = float(np.sum(fed)) * weights if isinstance(weights, float | int) else np.dot(fed, weights[row])
        values[node] = reference(Activation(int(network.activations[node])), np.asarray(total)).item()
    return values
