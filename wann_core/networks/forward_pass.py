"""The arithmetic of a network, compiled: activation functions and forward passes, for SIMD lanes and for one rollout.

The C library's sin, exp and tanh are scalar calls and differ between machines. So ours are polynomials after range
reduction, within a few units in the last place. Chaotic trajectories with two different sine functions diverge, so
search, scoring, replay and film all use these: lanes and single rollouts have the same formulas and the same bits.

Arguments that are not finite: the sine of an infinity or NaN is NaN; exp and tanh map infinities to their limits (exp
to exp(-708) and exp(709)); NaN stays NaN, except in ``relu`` and ``step``, which give 0.

Source: range reduction after Cody & Waite 1980; polynomial coefficients by Chebyshev interpolation with 60 digits.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wann_core.networks.simd import absolute, flip_where_odd, fma, load, nearest, power_of_two, splat, store, where

_LINEAR, _STEP, _SIN, _GAUSSIAN, _TANH, _SIGMOID, _INVERSE, _ABSOLUTE, _RELU, _COSINE = range(1, 11)

# Highest power first. sin(pi r) / r on |r| <= 1/2, in r * r; error below 7e-19.
_SIN_PI: Final = (
    7.697826768224191e-07, -2.1903497074626018e-05, 0.0004662998161898394, -0.007370430505916944, 0.0821458865731029,
    -0.5992645293189447, 2.5501640398773007, -5.167712780049969, 3.141592653589793,
)  # fmt: skip
# (sin(r) / r - 1) / r^2 and (cos(r) - 1) / r^2 on |r| <= pi / 2, in r * r; errors below 4e-19 and 7e-18.
_SIN_R: Final = (
    2.7314368769379893e-15, -7.643969663988074e-13, 1.6058977292642743e-10, -2.505210761669045e-08,
    2.7557319219160833e-06, -0.00019841269841254966, 0.008333333333333316, -0.16666666666666666,
)  # fmt: skip
_COS_R: Final = (
    4.6276610380051693e-14, -1.1464688686901012e-11, 2.08766308298722e-09, -2.755731776674132e-07,
    2.4801587292441663e-05, -0.0013888888888860694, 0.04166666666666634, -0.5,
)  # fmt: skip
# (exp(r) - 1 - r) / r^2 on |r| <= ln(2) / 2; error below 2e-16.
_EXP_R: Final = (
    2.510038549551032e-08, 2.7620088445409746e-07, 2.7557268459997064e-06, 2.4801521295954376e-05,
    0.00019841269863053618, 0.0013888888917213717, 0.008333333333330062, 0.04166666666662413, 0.16666666666666669,
    0.5000000000000001,
)  # fmt: skip

_PI_HIGH: Final = 3.141592653589793116
_PI_LOW: Final = 1.2246467991473532072e-16
_LN2_HIGH: Final = 0.69314718055994528623
_LN2_LOW: Final = 2.3190468138462996e-17
_SHIFT: Final = 1.5 * 2.0**52  # added to a number, it leaves the nearest whole number in the lowest bits


@njit(inline="always")
def sin_cos(x):
    """Sine and cosine of an angle in rad, within 2^-52, for angles below 10^15."""
    n = nearest(x * (1.0 / math.pi))
    r = fma(n, -_PI_LOW, fma(n, -_PI_HIGH, x))
    q = r * r
    s = fma(q, _SIN_R[0], _SIN_R[1])
    c = fma(q, _COS_R[0], _COS_R[1])
    for k in range(2, 8):
        s = fma(s, q, _SIN_R[k])
        c = fma(c, q, _COS_R[k])
    shifted = n + _SHIFT
    return flip_where_odd(fma(r * q, s, r), shifted), flip_where_odd(fma(q, c, 1.0), shifted)


@njit(inline="always")
def _sin_pi_reduced(r, n):
    q = r * r
    s = fma(q, _SIN_PI[0], _SIN_PI[1])
    for k in range(2, 9):
        s = fma(s, q, _SIN_PI[k])
    return flip_where_odd(r * s, n + _SHIFT)


@njit(inline="always")
def sin_pi(x):
    """Sine of pi x; 0 for all whole x."""
    n = nearest(x)
    return _sin_pi_reduced(x - n, n)


@njit(inline="always")
def cos_pi(x):
    """Cosine of pi x, as the sine of pi (x + 1/2); beyond 2^51 every x is a whole number, and the sign may be wrong."""
    n = nearest(x + 0.5)
    return _sin_pi_reduced((x - n) + 0.5, n)


@njit(inline="always")
def _exp_parts(x):
    """2^n and exp(r) - 1 with exp(x) = 2^n exp(r), |r| <= ln(2) / 2, for x in [-708, 709]."""
    shifted = fma(x, 1.0 / math.log(2.0), _SHIFT)
    n = shifted - _SHIFT
    r = fma(n, -_LN2_LOW, fma(n, -_LN2_HIGH, x))
    e = fma(r, _EXP_R[0], _EXP_R[1])
    for k in range(2, 10):
        e = fma(e, r, _EXP_R[k])
    return power_of_two(shifted), fma(r * r, e, r)


@njit(inline="always")
def exp(x):
    """The exponential function; arguments are clamped to [-708, 709]."""
    x = where(x < -708.0, -708.0, x)
    x = where(x > 709.0, 709.0, x)
    scale, less_one = _exp_parts(x)
    return fma(scale, less_one, scale)


@njit(inline="always")
def tanh(x):
    """The hyperbolic tangent, from exp(-2 |x|) - 1, so that small arguments keep all their digits."""
    y = absolute(x) * -2.0
    y = where(y < -80.0, -80.0, y)
    scale, less_one = _exp_parts(y)
    e = fma(scale, less_one, scale - 1.0)
    t = -(e / (e + 2.0))
    return where(x < 0.0, -t, t)


@njit(inline="always")
def activate(kind, rows, first, n_blocks):
    """Apply one activation in place to the ``n_blocks`` lane rows that begin at ``first``.

    The kind is tested once for all lanes. The formulas are those of ``wann_core.networks.activations.reference``.
    """
    if kind == _LINEAR:
        return
    if kind == _STEP:
        for b in range(first, first + n_blocks):
            store(rows, b, where(load(rows, b) > 0.0, splat(1.0), 0.0))
    elif kind == _SIN:
        for b in range(first, first + n_blocks):
            store(rows, b, sin_pi(load(rows, b)))
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
            store(rows, b, cos_pi(load(rows, b)))


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
        is_shared: whether ``weights`` is shared.
    """
    for node in range(1 + n_inputs, activations.shape[0]):
        begin, end = offsets[node], offsets[node + 1]
        first = node * n_rows
        b = 0
        # Several registers per pass, so that each source's number is read once and the additions overlap.
        while n_blocks - b >= 3:
            x, y, z = splat(0.0), splat(0.0), splat(0.0)
            if is_shared:
                for k in range(begin, end):
                    row = sources[k] * n_rows + b
                    x, y, z = x + load(values, row), y + load(values, row + 1), z + load(values, row + 2)
                x, y, z = x * load(weights, b), y * load(weights, b + 1), z * load(weights, b + 2)
            else:
                for k in range(begin, end):
                    row, at = sources[k] * n_rows + b, k * n_rows + b
                    x = fma(load(values, row), load(weights, at), x)
                    y = fma(load(values, row + 1), load(weights, at + 1), y)
                    z = fma(load(values, row + 2), load(weights, at + 2), z)
            store(values, first + b, x)
            store(values, first + b + 1, y)
            store(values, first + b + 2, z)
            b += 3
        while b < n_blocks:
            x = splat(0.0)
            if is_shared:
                for k in range(begin, end):
                    x = x + load(values, sources[k] * n_rows + b)
                x = x * load(weights, b)
            else:
                for k in range(begin, end):
                    x = fma(load(values, sources[k] * n_rows + b), load(weights, k * n_rows + b), x)
            store(values, first + b, x)
            b += 1
        activate(activations[node], values, first, n_blocks)


@njit(cache=True)
def activate_one(kind, x):
    """Apply one activation to one number; the result has the same bits as a lane of ``activate``."""
    if kind == _LINEAR:
        return x
    if kind == _STEP:
        return 1.0 if x > 0.0 else 0.0
    if kind == _SIN:
        return sin_pi(x)
    if kind == _GAUSSIAN:
        return exp(x * x * -0.5)
    if kind == _TANH:
        return tanh(x)
    if kind == _SIGMOID:
        return (tanh(x * 0.5) + 1.0) * 0.5
    if kind == _INVERSE:
        return -x
    if kind == _ABSOLUTE:
        return absolute(x)
    if kind == _RELU:
        return x if x > 0.0 else 0.0
    return cos_pi(x)


@njit(cache=True)
def forward_shared(activations, offsets, sources, n_inputs, values, weight):
    """Compute every node of one network once, for tasks that step one world at a time.

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
        values[node] = activate_one(activations[node], total * weight)


@njit(cache=True)
def forward_weighted(activations, offsets, sources, n_inputs, values, weights):
    """Like ``forward_shared``, with a weight per connection: ``weights`` is (n_connections,)."""
    for node in range(1 + n_inputs, activations.shape[0]):
        total = 0.0
        for k in range(offsets[node], offsets[node + 1]):
            total = fma(values[sources[k]], weights[k], total)
        values[node] = activate_one(activations[node], total)


def rows_for(n_lanes: int) -> int:
    """Number of lane rows that hold ``n_lanes`` lanes."""
    return -(-n_lanes // 8)


def spread(
    values: np.ndarray[tuple[int, ...], np.dtype[np.float64]],
) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    """Pad the last axis to whole registers and split it: (..., n_lanes) -> (..., n_rows, 8)."""
    n_lanes = values.shape[-1]
    padded = np.zeros((*values.shape[:-1], rows_for(n_lanes) * 8))
    padded[..., :n_lanes] = values
    return padded.reshape(*values.shape[:-1], rows_for(n_lanes), 8)
