"""Swing-up in SIMD lanes: all rollouts of one network side by side; ended rollouts are removed.

One network's rollouts fill whole registers; a rollout that ends swaps places with the last live one, so registers stay
full while the batch shrinks. Lanes do not affect each other, so a rollout has the same bits in any batch and on any
number of threads.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from wann_core.networks.forward_pass import cos_pi, forward_lanes, sin_cos
from wann_core.networks.simd import absolute, any_lane, fma, load, store, where

GRAVITY_M_S2: Final = 9.82
CART_MASS_KG: Final = 0.5
POLE_MASS_KG: Final = 0.5
POLE_LENGTH_M: Final = 0.6
FRICTION_N_S_M: Final = 0.1
FORCE_N: Final = 10.0
DT_S: Final = 0.01
TRACK_LIMIT_M: Final = 2.4
MAX_STEPS: Final = 1000
N_INPUTS: Final = 5

_M: Final = CART_MASS_KG + POLE_MASS_KG
_MP: Final = POLE_MASS_KG
_MPL: Final = POLE_MASS_KG * POLE_LENGTH_M

# Rows of the state array, per register of lanes.
POSITION, VELOCITY, ANGLE, OMEGA, SINE, COSINE, TOTAL = range(7)
STATE_ROWS: Final = 7


@njit(inline="always")
def advance(state, n_rows, b, action):
    """One step of the physics for one register of lanes; returns (clipped action, reward).

    Explicit Euler; positions use the old velocities.

    Source: Gal, McAllister & Rasmussen 2016 (the "CartPoleSwingUp" of the paper's section 4.1).
    """
    x = load(state, POSITION * n_rows + b)
    v = load(state, VELOCITY * n_rows + b)
    angle = load(state, ANGLE * n_rows + b)
    omega = load(state, OMEGA * n_rows + b)
    s = load(state, SINE * n_rows + b)
    c = load(state, COSINE * n_rows + b)
    action = where(action < -1.0, -1.0, action)
    action = where(action > 1.0, 1.0, action)
    force = action * FORCE_N
    spin = omega * omega * s
    # Both equations of motion divide by the same number, except for the pole's length, so one division is enough.
    share = 1.0 / fma(c * c, -3.0 * _MP, 4.0 * _M)
    push = fma(v, -FRICTION_N_S_M, force)
    dv = fma(spin, -2.0 * _MPL, fma(s * c, 3.0 * _MP * GRAVITY_M_S2, push * 4.0)) * share
    turn = fma(spin * c, -3.0 * _MPL, fma(s, 6.0 * _M * GRAVITY_M_S2, push * c * 6.0))
    domega = turn * share * (1.0 / POLE_LENGTH_M)
    x = fma(v, DT_S, x)
    angle = fma(omega, DT_S, angle)
    s, c = sin_cos(angle)
    reward = (c + 1.0) * 0.5 * cos_pi(x * (1.0 / (2.0 * TRACK_LIMIT_M)))
    store(state, POSITION * n_rows + b, x)
    store(state, VELOCITY * n_rows + b, fma(dv, DT_S, v))
    store(state, ANGLE * n_rows + b, angle)
    store(state, OMEGA * n_rows + b, fma(domega, DT_S, omega))
    store(state, SINE * n_rows + b, s)
    store(state, COSINE * n_rows + b, c)
    return action, reward


@njit(cache=True)
def place(state, n_rows, starts):
    """Fill lanes with start states (n_lanes, 4): position m, velocity m/s, angle rad, angular velocity rad/s."""
    for lane in range(starts.shape[0]):
        row, column = lane // 8, lane % 8
        for k in range(4):
            state[k * n_rows + row, column] = starts[lane, k]
        state[TOTAL * n_rows + row, column] = 0.0
    for b in range(n_rows):
        s, c = sin_cos(load(state, ANGLE * n_rows + b))
        store(state, SINE * n_rows + b, s)
        store(state, COSINE * n_rows + b, c)


@njit(cache=True)
def step_once(state, action):
    """Step one register of lanes (state (7, 8), action (2, 8)); ``action`` receives clipped action and reward."""
    clipped, reward = advance(state, 1, 0, load(action, 0))
    store(action, 0, clipped)
    store(action, 1, reward)


@njit(cache=True, nogil=True)
def run_network(
    activations, offsets, sources, weights, is_shared, starts, max_steps, state, values, lane_at, returns, steps, kept
):
    """Roll one network out on up to ``8 * n_rows`` lanes.

    Args:
        activations, offsets, sources: the arrays of a ``Network``.
        weights: (n_rows, 8) shared weights or (n_connections * n_rows, 8); its columns are permuted.
        is_shared: whether ``weights`` is shared.
        starts: (n_lanes, 4) start states.
        max_steps: steps after which a rollout is truncated.
        state: (7 * n_rows, 8) work space.
        values: (n_nodes * n_rows, 8) work space.
        lane_at: (8 * n_rows,) work space.
        returns: (n_lanes,) receives each episode return.
        steps: (n_lanes,) receives each episode's steps.
        kept: (0, 12), or (max_steps + 1, 12) to keep lane 0: per step its state before (4), what the network saw (5),
            the clipped action, the reward; the last state follows.
    """
    n_lanes = starts.shape[0]
    n_rows = state.shape[0] // STATE_ROWS
    output = activations.shape[0] - 1
    place(state, n_rows, starts)
    for lane in range(n_lanes):
        lane_at[lane] = lane
    for b in range(n_rows):
        for column in range(8):
            values[b, column] = 1.0
    n_live = n_lanes
    time = 0
    while time < max_steps and n_live > 0:
        n_blocks = (n_live + 7) // 8
        for b in range(n_blocks):
            store(values, n_rows + b, load(state, POSITION * n_rows + b))
            store(values, 2 * n_rows + b, load(state, VELOCITY * n_rows + b))
            store(values, 3 * n_rows + b, load(state, COSINE * n_rows + b))
            store(values, 4 * n_rows + b, load(state, SINE * n_rows + b))
            store(values, 5 * n_rows + b, load(state, OMEGA * n_rows + b))
        forward_lanes(activations, offsets, sources, N_INPUTS, values, n_rows, n_blocks, weights, is_shared)
        if kept.shape[0] > 0:
            for k in range(4):
                kept[time, k] = state[k * n_rows, 0]
            for k in range(N_INPUTS):
                kept[time, 4 + k] = values[(1 + k) * n_rows, 0]
        has_ended = False
        for b in range(n_blocks):
            action, reward = advance(state, n_rows, b, load(values, output * n_rows + b))
            store(state, TOTAL * n_rows + b, load(state, TOTAL * n_rows + b) + reward)
            store(values, output * n_rows + b, action)
            if kept.shape[0] > 0:
                kept[time, 9] = values[output * n_rows, 0]
                store(values, output * n_rows, reward)
                kept[time, 10] = values[output * n_rows, 0]
            if any_lane(absolute(load(state, POSITION * n_rows + b)) > TRACK_LIMIT_M):
                has_ended = True
        time += 1
        if has_ended:
            for lane in range(n_live - 1, -1, -1):
                row, column = lane // 8, lane % 8
                if abs(state[POSITION * n_rows + row, column]) > TRACK_LIMIT_M:
                    returns[lane_at[lane]] = state[TOTAL * n_rows + row, column]
                    steps[lane_at[lane]] = time
                    n_live -= 1
                    last_row, last_column = n_live // 8, n_live % 8
                    if kept.shape[0] > 0:
                        break
                    lane_at[lane] = lane_at[n_live]
                    for k in range(STATE_ROWS):
                        state[k * n_rows + row, column] = state[k * n_rows + last_row, last_column]
                    for k in range(weights.shape[0] // n_rows):
                        weights[k * n_rows + row, column] = weights[k * n_rows + last_row, last_column]
    for lane in range(n_live):
        row, column = lane // 8, lane % 8
        returns[lane_at[lane]] = state[TOTAL * n_rows + row, column]
        steps[lane_at[lane]] = time
    if kept.shape[0] > 0:
        for k in range(4):
            kept[time, k] = state[k * n_rows, 0]


@njit(cache=True, nogil=True)
def run_population(
    activations, offsets, sources, node_starts, offset_starts, source_starts, first, last, shared_weights, starts,
    max_steps, returns, steps,
):  # fmt: skip
    """Roll networks ``first .. last - 1`` of a packed population out on the same lanes.

    Args:
        activations, offsets, sources: the networks' arrays, concatenated.
        node_starts, offset_starts, source_starts: (n_networks + 1,) the beginning of each network.
        first, last: which networks.
        shared_weights: (n_rows, 8).
        starts: (n_lanes, 4).
        max_steps: steps after which a rollout is truncated.
        returns: (n_networks, n_lanes) receives the episode returns.
        steps: (n_networks, n_lanes) receives the steps.
    """
    n_rows = shared_weights.shape[0]
    most = 0
    for n in range(first, last):
        most = max(most, node_starts[n + 1] - node_starts[n])
    state = np.zeros((STATE_ROWS * n_rows, 8))
    values = np.zeros((most * n_rows, 8))
    weights = np.zeros((n_rows, 8))
    lane_at = np.zeros(8 * n_rows, np.int64)
    kept = np.zeros((0, 12))
    for n in range(first, last):
        weights[:] = shared_weights
        run_network(
            activations[node_starts[n] : node_starts[n + 1]],
            offsets[offset_starts[n] : offset_starts[n + 1]],
            sources[source_starts[n] : source_starts[n + 1]],
            weights, True, starts, max_steps, state, values, lane_at, returns[n], steps[n], kept,
        )  # fmt: skip
