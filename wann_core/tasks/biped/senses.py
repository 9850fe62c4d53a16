"""A walker's work between two physics steps, compiled: reward, end of episode, lidar, network, motors.

There is one call per step, with plain numbers read from Box2D. So Python only reads, calls and sets in the stepping
loop. All arithmetic has Gymnasium's order and precision, so observations and rewards equal Gymnasium's to the last bit.

Source: Farama Gymnasium, ``envs/box2d/bipedal_walker.py`` (MIT licence); E. Catto, Box2D 2.3, b2EdgeShape (zlib
licence); restated, no code is copied.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.forward_pass import forward_shared, forward_weighted
from wann_core.tasks.biped.terrain import (
    EDGE_DX,
    EDGE_DY,
    EDGE_NX,
    EDGE_NY,
    EDGE_SQUARE,
    EDGE_X,
    EDGE_Y,
    FINISH_M,
    SCALE,
    STEP_M,
)

N_INPUTS: Final = 24
N_RAYS: Final = 10
FIRST_RAY: Final = 15
"""Index of the first lidar value among the network's values (0 is the bias)."""
LIDAR_RANGE_M: Final = 160.0 / SCALE
HIP_SPEED: Final = 4.0
KNEE_SPEED: Final = 6.0
"""Motor speeds at full action, in rad/s."""
TORQUE_NM: Final = 80.0
MAX_STEPS: Final = 1600
FALL_REWARD: Final = -100.0
PATIENCE_STEPS: Final = 150
PROGRESS_M: Final = 0.3
"""In training an episode ends early after ``PATIENCE_STEPS`` without ``PROGRESS_M`` of progress."""

STEPS, TOTAL, REWARD, SHAPING, MARK_M, MARK_STEP, TERMINATED, COST_1, COST_2, COST_3, COST_4 = range(11)
N_LEDGER: Final = 11
"""Columns of the ledger of an episode: steps so far, return so far, last reward, shaping of the last pose, the farthest
marked place and its step, whether the episode ended by its own rule, and the cost of the current action."""

_FPS: Final = 50.0
_WIDTH_M: Final = 600.0 / SCALE
_HEIGHT_M: Final = 400.0 / SCALE
_PRICE: Final = 0.00035 * TORQUE_NM
_RAYS: Final = tuple(
    (math.sin(1.5 * i / 10.0) * LIDAR_RANGE_M, math.cos(1.5 * i / 10.0) * LIDAR_RANGE_M) for i in range(N_RAYS)
)


def new_ledger() -> Floats:
    """The ledger of an episode before its first physics step; Gymnasium makes this step during ``reset``."""
    ledger = np.zeros(N_LEDGER)
    ledger[STEPS] = -1.0
    return ledger


@njit(cache=True)
def scan(edges: NDArray[np.float32], x: float, y: float, values: Floats) -> None:
    """Write the ten lidar fractions (1: nothing within 5.33 m) to ``values[15:25]``.

    Args:
        edges: (199, 7) of the terrain.
        x: of the hull, in m.
        y: of the hull, in m.
        values: (at least 25,) the network's values.
    """
    x32, y32 = np.float32(x), np.float32(y)
    n_edges = edges.shape[0]
    first = max(0, int(x / STEP_M) - 1)
    for i in range(N_RAYS):
        dx = np.float32(x + _RAYS[i][0]) - x32
        dy = np.float32(y - _RAYS[i][1]) - y32
        best = np.float32(1.0)
        last = min(n_edges - 1, int((x + _RAYS[i][0]) / STEP_M) + 1)
        for k in range(first, last + 1):
            nx, ny = edges[k, EDGE_NX], edges[k, EDGE_NY]
            denominator = nx * dx + ny * dy
            if denominator == np.float32(0.0):
                continue
            t = (nx * (edges[k, EDGE_X] - x32) + ny * (edges[k, EDGE_Y] - y32)) / denominator
            if t < np.float32(0.0) or best < t:
                continue
            qx, qy = x32 + t * dx, y32 + t * dy
            along = (qx - edges[k, EDGE_X]) * edges[k, EDGE_DX] + (qy - edges[k, EDGE_Y]) * edges[k, EDGE_DY]
            s = along / edges[k, EDGE_SQUARE]
            if s >= np.float32(0.0) and s <= np.float32(1.0):
                best = t
        values[FIRST_RAY + i] = best


@njit(cache=True)
def _account(ledger: Floats, x: float, angle: float, has_fallen: bool, is_training: bool) -> bool:
    """Compute the reward of the last step; return whether the episode is over."""
    shaping = 130.0 * x / SCALE - 5.0 * abs(angle)
    previous = ledger[SHAPING]
    ledger[SHAPING] = shaping
    ledger[STEPS] += 1.0
    if ledger[STEPS] == 0.0:
        ledger[MARK_M] = x
        return False
    reward = shaping - previous
    for i in range(4):
        reward -= ledger[COST_1 + i]
    is_over = False
    if has_fallen or x < 0.0:
        reward = 0.0 if is_training else FALL_REWARD
        is_over = True
    if x > FINISH_M:
        is_over = True
    ledger[REWARD] = reward
    ledger[TOTAL] += reward
    ledger[TERMINATED] = 1.0 if is_over else 0.0
    if x > ledger[MARK_M] + PROGRESS_M:
        ledger[MARK_M] = x
        ledger[MARK_STEP] = ledger[STEPS]
    elif is_training and ledger[STEPS] - ledger[MARK_STEP] >= PATIENCE_STEPS:
        is_over = True
    return is_over or ledger[STEPS] >= MAX_STEPS


@njit(cache=True)
def react(
    activations: Ints,
    offsets: Ints,
    sources: Ints,
    weights: Floats,
    is_shared: bool,
    edges: NDArray[np.float32],
    values: Floats,
    ledger: Floats,
    is_training: bool,
    has_fallen: bool,
    x: float,
    y: float,
    angle: float,
    omega: float,
    vx: float,
    vy: float,
    hip_1: float,
    hip_speed_1: float,
    knee_1: float,
    knee_speed_1: float,
    foot_1: float,
    hip_2: float,
    hip_speed_2: float,
    knee_2: float,
    knee_speed_2: float,
    foot_2: float,
) -> tuple[bool, float, float, float, float, float, float, float, float]:
    """Account for the last physics step, fill the observation, run the network, and return the motors' commands.

    Args:
        activations: of the network.
        offsets: of the network.
        sources: of the network.
        weights: (n_connections,), or (1,) if the weight is shared.
        is_shared: whether ``weights`` is shared.
        edges: (199, 7) of the terrain.
        values: (n_nodes,) with the bias set; receives the observation and every node's value.
        ledger: see ``STEPS`` and the following.
        is_training: no penalty for falling, and an early end without progress.
        has_fallen: the hull touches the ground.
        x: of the hull in m; ``y`` likewise, ``angle`` in rad, ``omega`` in rad/s, ``vx`` and ``vy`` in m/s.
        y: see ``x``.
        angle: see ``x``.
        omega: see ``x``.
        vx: see ``x``.
        vy: see ``x``.
        hip_1: joint angle in rad of the first leg's hip; its speed in rad/s, the knee's, and whether the foot stands.
        hip_speed_1: see ``hip_1``.
        knee_1: see ``hip_1``.
        knee_speed_1: see ``hip_1``.
        foot_1: see ``hip_1``.
        hip_2: the same of the second leg.
        hip_speed_2: see ``hip_2``.
        knee_2: see ``hip_2``.
        knee_speed_2: see ``hip_2``.
        foot_2: see ``hip_2``.

    Returns:
        Whether the episode is over, then speed in rad/s and torque in Nm for hip, knee, hip and knee.
    """
    is_over = _account(ledger, x, angle, has_fallen, is_training)
    values[1] = np.float32(angle)
    values[2] = np.float32(2.0 * omega / _FPS)
    values[3] = np.float32(0.3 * vx * _WIDTH_M / _FPS)
    values[4] = np.float32(0.3 * vy * _HEIGHT_M / _FPS)
    values[5] = np.float32(hip_1)
    values[6] = np.float32(hip_speed_1 / HIP_SPEED)
    values[7] = np.float32(knee_1 + 1.0)
    values[8] = np.float32(knee_speed_1 / KNEE_SPEED)
    values[9] = foot_1
    values[10] = np.float32(hip_2)
    values[11] = np.float32(hip_speed_2 / HIP_SPEED)
    values[12] = np.float32(knee_2 + 1.0)
    values[13] = np.float32(knee_speed_2 / KNEE_SPEED)
    values[14] = foot_2
    scan(edges, x, y, values)
    if is_shared:
        forward_shared(activations, offsets, sources, N_INPUTS, values, weights[0])
    else:
        forward_weighted(activations, offsets, sources, N_INPUTS, values, weights)

    out = values.shape[0] - 4
    for i in range(4):
        action = values[out + i]
        # NaN becomes no command; in Box2D it would destroy the world's state.
        action = 0.0 if np.isnan(action) else min(max(action, -1.0), 1.0)
        values[out + i] = action
        ledger[COST_1 + i] = _PRICE * abs(action)
    a, b, c, d = values[out], values[out + 1], values[out + 2], values[out + 3]
    return (
        is_over,
        HIP_SPEED * np.sign(a),
        TORQUE_NM * abs(a),
        KNEE_SPEED * np.sign(b),
        TORQUE_NM * abs(b),
        HIP_SPEED * np.sign(c),
        TORQUE_NM * abs(c),
        KNEE_SPEED * np.sign(d),
        TORQUE_NM * abs(d),
    )
