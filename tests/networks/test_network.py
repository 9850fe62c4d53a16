"""The flat phenotype and the fixed topologies."""

from __future__ import annotations

import numpy as np
import pytest

from wann_core.networks.activations import Activation
from wann_core.networks.network import compute_reference, fixed_topology


@pytest.mark.parametrize(("layer_sizes", "n_weights"), [((5, 10, 1), 71), ((24, 40, 40, 4), 2804), ((3, 2), 8)])
def test_fixed_topologies_have_the_papers_number_of_weights(layer_sizes: tuple[int, ...], n_weights: int) -> None:
    network = fixed_topology(layer_sizes)
    assert network.n_connections == len(network.targets) == n_weights
    assert network.n_hidden == sum(layer_sizes[1:-1])
    assert (network.n_inputs, network.n_outputs) == (layer_sizes[0], layer_sizes[-1])
    assert np.all(network.sources < network.targets)


def test_the_fixed_topology_is_a_perceptron_with_tanh_inside_and_a_linear_end() -> None:
    network = fixed_topology((3, 4, 4, 2))
    rng = np.random.default_rng(0)
    weights, seen = rng.normal(size=network.n_connections), rng.normal(size=3)
    layer, at = seen, 0
    for size, activation in ((4, np.tanh), (4, np.tanh), (2, lambda x: x)):
        matrix = weights[at : at + size * (1 + len(layer))].reshape(size, 1 + len(layer))
        at += matrix.size
        layer = activation(matrix @ np.concatenate([[1.0], layer]))
    assert compute_reference(network, seen, weights)[-2:] == pytest.approx(layer)


def test_one_shared_weight_is_that_weight_everywhere() -> None:
    network = fixed_topology((3, 4, 2))
    seen = np.array([0.3, -1.0, 2.0])
    everywhere = np.full(network.n_connections, -0.7)
    assert compute_reference(network, seen, -0.7) == pytest.approx(compute_reference(network, seen, everywhere))


def test_hidden_nodes_are_tanh_and_the_rest_is_linear() -> None:
    kinds = fixed_topology((2, 3, 1)).activations.tolist()
    assert kinds == [Activation.LINEAR] * 3 + [Activation.TANH] * 3 + [Activation.LINEAR]
