"""The arithmetic of a network, compiled: activation functions and forward passes, for SIMD lanes and for one rollout.

The C library's sin, exp and tanh are scalar calls, so the lane versions are polynomials after range reduction, correct
to about one unit in the last place of 1.0 everywhere. Chaotic trajectories of two different sine functions part, so
search, scoring, replay and film all use these.

Source: range reduction after Cody & Waite 1980; polynomial coefficients are Taylor's, cut where the remainder falls
below 2^-54 on the reduced range.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wann_core.simd import absolute, load, nearest, power_of_two, splat, store, where

_LINEAR, _STEP, _SIN, _GAUSSIAN, _TANH, _SIGMOID, _INVERSE, _ABSOLUTE, _RELU, _COSINE = range(1, 11)

# sin(r) and cos(r) on |r| <= pi/2: Taylor, highest power first, in q = r * r.
_S: Final = tuple(((-1.0) ** k) / math.factorial(2 * k + 1) for k in range(11, 0, -1))
_C: Final = tuple(((-1.0) ** k) / math.factorial(2 * k) for k in range(12, 0, -1))
# exp(r) on |r| <= ln(2) / 2.
_E: Final = tuple(1.0 / math.factorial(k) for k in range(13, 0, -1))

_PI_A: Final = 3.14159265346825122834  # pi to 33 bits, so that products with small whole numbers are exact
_PI_B: Final = 1.21542010126079319532e-10
_PI_C: Final = 4.04453249759190126308e-21
_LN2_HIGH: Final = 6.93147180369123816490e-01
_LN2_LOW: Final = 1.90821492927058770002e-10


@njit(inline="always")
def _sin_cos_reduced(r):
    q = r * r
    s = q * _S[0] + _S[1]
    for k in range(2, 11):
        s = s * q + _S[k]
    s = r + r * (s * q)
    c = q * _C[0] + _C[1]
    for k in range(2, 12):
        c = c * q + _C[k]
    c = c * q + 1.0
    return s, c


@njit(inline="always")
def _is_odd(n):
    return absolute(n - nearest(n * 0.5) * 2.0) > 0.5


@njit(inline="always")
def sin_cos(x):
    """Sine and cosine of lanes of angles in rad; full accuracy for angles below about 10^5."""
    n = nearest(x * (1.0 / math.pi))
    r = ((x - n * _PI_A) - n * _PI_B) - n * _PI_C
    s, c = _sin_cos_reduced(r)
    odd = _is_odd(n)
    return where(odd, -s, s), where(odd, -c, c)


@njit(inline="always")
def exp(x):
    """The exponential function of lanes; arguments are clamped to [-708, 709]."""
    x = where(x < -708.0, -708.0, x)
    x = where(x > 709.0, 709.0, x)
    n = nearest(x * (1.0 / math.log(2.0)))
    r = (x - n * _LN2_HIGH) - n * _LN2_LOW
    e = r * _E[0] + _E[1]
    for k in range(2, 13):
        e = e * r + _E[k]
    return (e * r + 1.0) * power_of_two(n)


@njit(inline="always")
def tanh(x):
    """The hyperbolic tangent of lanes."""
    t = exp(absolute(x) * -2.0)
    y = (splat(1.0) - t) / (t + 1.0)
    return where(x < 0.0, -y, y)


@njit(inline="always")
def _sin_pi(x):
    n = nearest(x)
    s, _ = _sin_cos_reduced((x - n) * math.pi)
    return where(_is_odd(n), -s, s)


@njit(inline="always")
def _cos_pi(x):
    n = nearest(x)
    _, c = _sin_cos_reduced((x - n) * math.pi)
    return where(_is_odd(n), -c, c)


@njit(inline="always")
def activate(kind, rows, first, n_blocks):
    """Apply one activation in place to the ``n_blocks`` lane rows that begin at ``first``.

    The kind is tested once for all lanes. Formulas are those of ``wann_core.activations.reference``.
    """
    if kind == _LINEAR:
        return
    if kind == _STEP:
        for b in range(first, first + n_blocks):
            store(rows, b, where(load(rows, b) > 0.0, splat(1.0), 0.0))
    elif kind == _SIN:
        for b in range(first, first + n_blocks):
            store(rows, b, _sin_pi(load(rows, b)))
    elif kind == _GAUSSIAN:
        for b in range(first, first + n_blocks):
            x = load(rows, b)
            store(rows, b, exp(x * x * -0.5))
    elif kind == _TANH:
        for b in range(first, first + n_blocks):
            store(rows, b, tanh(load(rows, b)))
    elif kind == _SIGMOID:
        for b in range(first, first + n_blocks):
            store(rows, b, (tanh(load(rows, b) * 0.5) + 1.0) * 0.5)
    elif kind == _INVERSE:
        for b in range(first, first + n_blocks):
            store(rows, b, -load(rows, b))
    elif kind == _ABSOLUTE:
        for b in range(first, first + n_blocks):
            store(rows, b, absolute(load(rows, b)))
    elif kind == _RELU:
        for b in range(first, first + n_blocks):
            x = load(rows, b)
            store(rows, b, where(x > 0.0, x, 0.0))
    elif kind == _COSINE:
        for b in range(first, first + n_blocks):
            store(rows, b, _cos_pi(load(rows, b)))


@njit(inline="always")
def forward_lanes(activations, offsets, sources, n_inputs, values, n_rows, n_blocks, weights, is_shared):
    """Compute every node of a network for ``n_blocks`` registers of lanes.

    Args:
        activations, offsets, sources: the arrays of a ``Network``.
        n_inputs: inputs without the bias.
        values: (n_nodes * n_rows, 8); node ``i``'s lanes are the rows from ``i * n_rows``. Bias and inputs are filled.
        n_rows: rows kept per node.
        n_blocks: rows in use.
        weights: (n_rows, 8) the shared weight of each lane, or (n_connections * n_rows, 8) each connection's.
        is_shared: which of the two ``weights`` is.
    """
    for node in range(1 + n_inputs, activations.shape[0]):
        begin, end = offsets[node], offsets[node + 1]
        for b in range(n_blocks):
            if is_shared:
                total = splat(0.0)
                for k in range(begin, end):
                    total = total + load(values, sources[k] * n_rows + b)
                total = total * load(weights, b)
            else:
                total = splat(0.0)
                for k in range(begin, end):
                    total = total + load(values, sources[k] * n_rows + b) * load(weights, k * n_rows + b)
            store(values, node * n_rows + b, total)
        activate(activations[node], values, node * n_rows, n_blocks)


@njit(cache=True)
def _activate_one(kind, x):
    if kind == _LINEAR:
        return x
    if kind == _STEP:
        return 1.0 if x > 0.0 else 0.0
    if kind == _SIN:
        return math.sin(math.pi * x)
    if kind == _GAUSSIAN:
        return math.exp(-0.5 * x * x)
    if kind == _TANH:
        return math.tanh(x)
    if kind == _SIGMOID:
        return 0.5 * (math.tanh(0.5 * x) + 1.0)
    if kind == _INVERSE:
        return -x
    if kind == _ABSOLUTE:
        return abs(x)
    if kind == _RELU:
        return max(x, 0.0)
    return math.cos(math.pi * x)


@njit(cache=True)
def forward_shared(activations, offsets, sources, n_inputs, values, weight):
    """Compute every node of one network once, with the C library's functions, for tasks that step one world at a time.

    Args:
        activations, offsets, sources: the arrays of a ``Network``.
        n_inputs: inputs without the bias.
        values: (n_nodes,) work array whose bias and inputs are filled; receives every node's value.
        weight: the shared weight.
    """
    for node in range(1 + n_inputs, activations.shape[0]):
        total = 0.0
        for k in range(offsets[node], offsets[node + 1]):
            total += values[sources[k]]
        values[node] = _activate_one(activations[node], total * weight)


@njit(cache=True)
def forward_weighted(activations, offsets, sources, n_inputs, values, weights):
    """As ``forward_shared``, with a weight per connection: ``weights`` is (n_connections,)."""
    for node in range(1 + n_inputs, activations.shape[0]):
        total = 0.0
        for k in range(offsets[node], offsets[node + 1]):
            total += values[sources[k]] * weights[k]
        values[node] = _activate_one(activations[node], total)


def rows_for(n_lanes: int) -> int:
    """Lane rows that hold ``n_lanes`` lanes."""
    return -(-n_lanes // 8)


def spread(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Pad the last axis to whole registers and split it: (..., n_lanes) -> (..., n_rows, 8)."""
    n_lanes = values.shape[-1]
    padded = np.zeros((*values.shape[:-1], rows_for(n_lanes) * 8))
    padded[..., :n_lanes] = values
    return padded.reshape(*values.shape[:-1], rows_for(n_lanes), 8)
