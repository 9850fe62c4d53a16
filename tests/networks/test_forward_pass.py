"""The compiled arithmetic: accurate, the same for a lane as for a single rollout, and defined for every double."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numba import njit

from wann_core.networks.activations import ALL_ACTIVATIONS, Activation, reference
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.forward_pass import (
    activate,
    activate_one,
    cos_pi,
    exp,
    forward_lanes,
    forward_shared,
    forward_weighted,
    rows_for,
    sin_cos,
    sin_pi,
    spread,
    tanh,
)
from wann_core.networks.network import Network, compute_reference

EPSILON = 2.0**-52
ANY_DOUBLE = st.floats(allow_nan=True, allow_infinity=True, width=64)
SPECIAL = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, -2e-308, 1e308, -1e308, 2.0**52, 2.0**53, 1e-9, 709.9])


@njit(nogil=True)
def _activate_lanes(kind: int, rows: Floats) -> None:
    activate(kind, rows, 0, rows.shape[0])


@njit(nogil=True)
def _forward_all(
    activations: Ints, offsets: Ints, sources: Ints, n_inputs: int, values: Floats, n_rows: int, weights: Floats,
    is_shared: bool,
) -> None:  # fmt: skip
    forward_lanes(activations, offsets, sources, n_inputs, values, n_rows, n_rows, weights, is_shared)


def in_lanes(activation: Activation, x: Floats) -> Floats:
    """Each number of ``x`` (n,) through the SIMD version."""
    rows = spread(x)
    _activate_lanes(int(activation), rows)
    return rows.reshape(-1)[: len(x)]


def alone(activation: Activation, x: Floats) -> Floats:
    """Each number of ``x`` (n,) through the version for one rollout."""
    return np.array([activate_one(int(activation), float(value)) for value in x])


def same_bits(left: Floats, right: Floats) -> bool:
    """Equal to the last bit; all NaN are equal."""
    return bool(np.all((left.view(np.int64) == right.view(np.int64)) | (np.isnan(left) & np.isnan(right))))


def random_network(rng: np.random.Generator, n_inputs: int = 3, n_hidden: int = 12, n_outputs: int = 2) -> Network:
    """Any activation in hidden nodes and outputs, and nodes without a source among them."""
    n_nodes = 1 + n_inputs + n_hidden + n_outputs
    offsets, sources = [0] * (2 + n_inputs), list[int]()
    for node in range(1 + n_inputs, n_nodes):
        n_sources = int(rng.integers(0, 1 + min(node, 5)))
        sources += sorted(rng.choice(min(node, n_nodes - n_outputs), n_sources, replace=False).tolist())
        offsets.append(len(sources))
    activations = rng.integers(1, 11, n_nodes)
    activations[: 1 + n_inputs] = Activation.LINEAR
    return Network(
        n_inputs, n_outputs, activations.astype(np.int64), np.array(offsets, np.int64), np.array(sources, np.int64)
    )


@pytest.mark.parametrize("activation", ALL_ACTIVATIONS)
def test_an_activation_is_the_c_librarys_within_a_few_units_in_the_last_place(activation: Activation) -> None:
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-4.0, 4.0, 20_000), rng.normal(0.0, 30.0, 5_000), np.linspace(-3.0, 3.0, 1201)])
    # pi x is rounded before the C library's sine sees it: that error is the reference's, not ours.
    allowed = 2.5 * EPSILON * np.maximum(1.0, np.abs(x) if activation in {Activation.SIN, Activation.COSINE} else 1.0)
    error = np.abs(in_lanes(activation, x) - reference(activation, x))
    assert np.all(error <= allowed * np.maximum(1.0, np.abs(reference(activation, x))))


@pytest.mark.parametrize(
    ("ours", "standard", "low", "high"),
    [
        (exp, math.exp, -700.0, 700.0),
        (exp, math.exp, -1.0, 1.0),
        (tanh, math.tanh, -20.0, 20.0),
        (tanh, math.tanh, -1e-3, 1e-3),
        (tanh, math.tanh, -1e-12, 1e-12),
        (sin_pi, lambda x: math.sin(math.pi * x), -0.25, 0.25),
        (sin_pi, lambda x: math.sin(math.pi * x), -1e-9, 1e-9),
    ],
)
def test_small_values_keep_their_digits(
    ours: Callable[[float], float], standard: Callable[[float], float], low: float, high: float
) -> None:
    x = np.random.default_rng(1).uniform(low, high, 2000)
    expected = np.array([standard(value) for value in x])
    relative = np.abs(np.array([ours(value) for value in x]) - expected) / np.abs(expected)
    assert relative.max() < 4.0 * EPSILON


def test_sines_and_cosines_at_halves_and_wholes_are_exact() -> None:
    wholes = np.arange(-50.0, 51.0)
    assert all(sin_pi(float(x)) == 0.0 for x in wholes)
    assert [cos_pi(float(x)) for x in wholes] == [1.0 if x % 2 == 0 else -1.0 for x in wholes]
    assert all(cos_pi(float(x) + 0.5) == 0.0 for x in wholes)


@pytest.mark.parametrize("limit", [1.0, 100.0, 1e5, 1e9])
def test_sine_and_cosine_of_angles_are_the_c_librarys(limit: float) -> None:
    angles = np.random.default_rng(2).uniform(-limit, limit, 5000)
    ours = np.array([sin_cos(float(angle)) for angle in angles])
    assert np.abs(ours[:, 0] - np.sin(angles)).max() <= 1.5 * EPSILON
    assert np.abs(ours[:, 1] - np.cos(angles)).max() <= 1.5 * EPSILON


@pytest.mark.parametrize("activation", ALL_ACTIVATIONS)
def test_a_lane_and_a_single_rollout_have_the_same_bits(activation: Activation) -> None:
    x = np.concatenate([np.random.default_rng(3).normal(0.0, 5.0, 3000), SPECIAL])
    assert same_bits(in_lanes(activation, x), alone(activation, x))


@given(st.sampled_from(ALL_ACTIVATIONS), st.lists(ANY_DOUBLE, min_size=1, max_size=20))
def test_every_double_has_one_answer_in_any_lane(activation: Activation, numbers: list[float]) -> None:
    x = np.array(numbers)
    together = in_lanes(activation, x)
    assert same_bits(together, alone(activation, x))
    assert same_bits(together[::-1].copy(), in_lanes(activation, x[::-1].copy()))


@given(ANY_DOUBLE)
def test_bounded_activations_stay_in_their_bounds(x: float) -> None:
    for activation, low in (
        (Activation.SIN, -1.0), (Activation.COSINE, -1.0), (Activation.TANH, -1.0),
        (Activation.SIGMOID, 0.0), (Activation.GAUSSIAN, 0.0), (Activation.STEP, 0.0),
    ):  # fmt: skip
        y = activate_one(int(activation), x)
        assert math.isnan(y) or low - EPSILON <= y <= 1.0 + EPSILON
        assert not math.isnan(y) or not math.isfinite(x)


def test_arguments_that_are_not_finite_have_a_defined_result() -> None:
    infinite, missing = math.inf, math.nan
    assert (activate_one(Activation.TANH, infinite), activate_one(Activation.TANH, -infinite)) == (1.0, -1.0)
    assert (activate_one(Activation.SIGMOID, infinite), activate_one(Activation.SIGMOID, -infinite)) == (1.0, 0.0)
    assert activate_one(Activation.GAUSSIAN, infinite) < 1e-307
    assert math.isnan(activate_one(Activation.SIN, infinite))
    assert (activate_one(Activation.STEP, missing), activate_one(Activation.RELU, missing)) == (0.0, 0.0)
    for activation in (Activation.TANH, Activation.SIGMOID, Activation.GAUSSIAN, Activation.SIN, Activation.COSINE):
        assert math.isnan(activate_one(activation, missing))


def filled(network: Network, observation: Floats) -> Floats:
    """A work array with bias and inputs in place."""
    values = np.zeros(network.n_nodes)
    values[0] = 1.0
    values[1 : 1 + network.n_inputs] = observation
    return values


@settings(deadline=None)
@given(st.integers(0, 2**32 - 1), st.floats(-2.0, 2.0))
def test_the_forward_pass_computes_what_the_reference_does(seed: int, weight: float) -> None:
    rng = np.random.default_rng(seed)
    network = random_network(rng, n_hidden=3)  # deeper ones make large arguments, whose sine is a matter of rounding
    network.activations[network.activations == Activation.STEP] = Activation.TANH  # a jump turns a rounding into 1
    observation = rng.normal(size=network.n_inputs)
    arrays = (network.activations, network.offsets, network.sources, network.n_inputs)
    values = filled(network, observation)
    forward_shared(*arrays, values, weight)
    assert np.allclose(values, compute_reference(network, observation, weight), rtol=1e-9, atol=1e-9)
    weights = rng.uniform(-2.0, 2.0, network.n_connections)
    forward_weighted(*arrays, values, weights)
    assert np.allclose(values, compute_reference(network, observation, weights), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("n_lanes", [1, 7, 8, 9, 18, 24, 32, 53])
@pytest.mark.parametrize("is_shared", [True, False])
def test_the_forward_pass_of_lanes_has_the_bits_of_single_ones(n_lanes: int, is_shared: bool) -> None:
    rng = np.random.default_rng(n_lanes)
    network = random_network(rng)
    observations = rng.normal(size=(n_lanes, network.n_inputs))
    weights = rng.uniform(-2.0, 2.0, n_lanes if is_shared else (n_lanes, network.n_connections))
    n_rows = rows_for(n_lanes)
    values = spread(np.array([filled(network, observation) for observation in observations]).T)
    values[0] = 1.0
    values = values.reshape(-1, 8)
    rows = spread(weights) if is_shared else spread(np.ascontiguousarray(weights.T)).reshape(-1, 8)
    arrays = (network.activations, network.offsets, network.sources, network.n_inputs)
    _forward_all(*arrays, values, n_rows, rows, is_shared)
    together = values.reshape(network.n_nodes, -1)[:, :n_lanes]
    for lane in range(n_lanes):
        single = filled(network, observations[lane])
        (forward_shared if is_shared else forward_weighted)(*arrays, single, weights[lane])
        assert same_bits(np.ascontiguousarray(together[:, lane]), single)
