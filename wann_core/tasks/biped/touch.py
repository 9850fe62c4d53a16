"""Which contacts a walker has: the terrain's edges near each body, kept in slots from one step to the next."""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.tasks.biped.contact import N_EDGES, TERRAIN_STEP_M, collide_edge
from wann_core.tasks.biped.solver import ANGLE, BODY_ROWS, C_COUNT, C_FACE_GROUND, C_N1, CONTACT_ROWS, X, Y

FIRST_SLOT: Final = (-1, 0, 2, 5, 7)
"""Slots of each body; the hull has none, since the episode ends when it touches the ground."""
N_LEG_SLOTS: Final = (0, 2, 3, 2, 3)
_HULL_REACH_M: Final = 1.25
_SKIN_M: Final = 0.02
_LEG_CENTRE: Final = np.zeros(2)


class _Scratch(NamedTuple):
    """Work space of one thread.

    Attributes:
        collision: (5, 9) of ``collide_edge``.
        edges: (3,) edges that a leg touched before; ``keys`` (3, 2) and ``impulses`` (3, 4) likewise.
    """

    collision: NDArray[np.float64]
    edges: NDArray[np.int64]
    keys: NDArray[np.int64]
    impulses: NDArray[np.float32]


@njit(cache=True)
def new_scratch():
    """Work space for one thread."""
    return _Scratch(np.zeros((5, 9)), np.empty(3, np.int64), np.empty((3, 2), np.int64), np.empty((3, 4), np.float32))


@njit(inline="always")
def _edges_between(left, right):
    """The first and the last terrain edge over a stretch, in m."""
    first = max(0, math.floor(left / TERRAIN_STEP_M))
    return first, min(N_EDGES - 1, math.floor(right / TERRAIN_STEP_M))


@njit(cache=True)
def clears(lowest, left, right, terrain):
    """Whether a height of ``lowest`` m is above all ground between two places."""
    first, last = _edges_between(left, right)
    for edge in range(first, last + 2):  # noqa: SIM110  # numba does not compile a generator in all()
        if lowest <= terrain[min(edge, N_EDGES)]:
            return False
    return True


@njit(cache=True)
def hull_touches(body, lane, terrain, shapes, hull_centre, scratch):
    """Whether a lane's hull touches the ground.

    Args:
        body: (30, 32) state.
        lane: which of the 32.
        terrain: (200,) heights in m.
        shapes: vertices and normals of hull, upper and lower leg.
        hull_centre: (2,) centre of mass in the hull's frame.
        scratch: of this thread.
    """
    if clears(body[Y, lane] - _HULL_REACH_M, body[X, lane] - _HULL_REACH_M, body[X, lane] + _HULL_REACH_M, terrain):
        return False
    angle = float(body[ANGLE, lane])
    sine, cosine = math.sin(angle), math.cos(angle)
    x = body[X, lane] - (cosine * hull_centre[0] - sine * hull_centre[1])
    y = body[Y, lane] - (sine * hull_centre[0] + cosine * hull_centre[1])
    vertices = shapes[0]
    lowest, left, right = np.inf, np.inf, -np.inf
    for k in range(vertices.shape[0]):
        px = x + cosine * vertices[k, 0] - sine * vertices[k, 1]
        lowest = min(lowest, y + sine * vertices[k, 0] + cosine * vertices[k, 1])
        left, right = min(left, px), max(right, px)
    if clears(lowest - _SKIN_M, left - _SKIN_M, right + _SKIN_M, terrain):
        return False
    first, last = _edges_between(left - _SKIN_M, right + _SKIN_M)
    for edge in range(first, last + 1):
        n_points, _, _ = collide_edge(
            edge * TERRAIN_STEP_M, terrain[edge], (edge + 1) * TERRAIN_STEP_M, terrain[edge + 1],
            vertices, shapes[1], hull_centre, x, y, sine, cosine, scratch.collision,
        )  # fmt: skip
        if n_points > 0:
            return True
    return False


@njit(cache=True)
def collide_leg(body, contact, edge_of, key_of, feet, lane, b, terrain, shapes, scratch):
    """Find the contacts of one leg of a lane, carry its impulses over, update its foot's flag.

    The flag is Gymnasium's: a new contact sets it, and any ended contact clears it, even if another one continues.

    Args:
        body: (30, 32) state.
        contact: (310, 32) manifolds.
        edge_of: (10, 32) terrain edge of each slot, -1 for none.
        key_of: (10, 2, 32) feature keys of each slot.
        feet: (2, 32) whether each foot touches the ground.
        lane: which of the 32.
        b: the body, 1 to 4.
        terrain: (200,) heights in m.
        shapes: vertices and normals of hull, upper and lower leg.
        scratch: of this thread.

    Returns:
        Number of edges touched.
    """
    n_slots, slot0 = N_LEG_SLOTS[b], FIRST_SLOT[b]
    is_lower = b % 2 == 0
    vertices, normals = (shapes[4], shapes[5]) if is_lower else (shapes[2], shapes[3])
    half_width, half_height = abs(vertices[0, 0]), abs(vertices[0, 1])
    row_b = b * BODY_ROWS
    x, y, angle = float(body[row_b + X, lane]), float(body[row_b + Y, lane]), float(body[row_b + ANGLE, lane])
    reach = half_width + half_height + _SKIN_M
    # The first slots are used first. Most legs are in the air and were in the air before.
    if edge_of[slot0, lane] < 0 and clears(y - reach, x - reach, x + reach, terrain):
        return 0
    sine, cosine = math.sin(angle), math.cos(angle)
    reach_x = abs(cosine) * half_width + abs(sine) * half_height + _SKIN_M
    reach_y = abs(sine) * half_width + abs(cosine) * half_height + _SKIN_M
    if edge_of[slot0, lane] < 0 and clears(y - reach_y, x - reach_x, x + reach_x, terrain):
        return 0
    old_edges, old_keys, old_impulses = scratch.edges, scratch.keys, scratch.impulses
    out = scratch.collision[4]
    for k in range(n_slots):
        s = slot0 + k
        row = s * CONTACT_ROWS
        old_edges[k] = edge_of[s, lane]
        old_keys[k, 0], old_keys[k, 1] = key_of[s, 0, lane], key_of[s, 1, lane]
        for m in range(4):
            old_impulses[k, m] = contact[row + C_N1 + m, lane]
        edge_of[s, lane] = -1
        contact[row + C_COUNT, lane] = 0.0
    first, last = _edges_between(x - reach_x, x + reach_x)
    used = 0
    began = False
    for edge in range(first, last + 1):
        if y - reach_y > max(terrain[edge], terrain[edge + 1]) or used == n_slots:
            continue
        n_points, key1, key2 = collide_edge(
            edge * TERRAIN_STEP_M, terrain[edge], (edge + 1) * TERRAIN_STEP_M, terrain[edge + 1],
            vertices, normals, _LEG_CENTRE, x, y, sine, cosine, scratch.collision,
        )  # fmt: skip
        if n_points == 0:
            continue
        s = slot0 + used
        row = s * CONTACT_ROWS
        used += 1
        edge_of[s, lane] = edge
        key_of[s, 0, lane], key_of[s, 1, lane] = key1, key2
        contact[row + C_COUNT, lane] = n_points
        for m in range(5):
            contact[row + C_FACE_GROUND + m, lane] = out[m]
        for m in range(4):
            contact[row + C_FACE_GROUND + 5 + m, lane] = out[5 + m] if m < 2 * n_points else out[5 + m % 2]
            contact[row + C_N1 + m, lane] = 0.0
        is_new = True
        for k in range(n_slots):
            if old_edges[k] == edge:
                is_new = False
                for p in range(n_points):
                    key = key1 if p == 0 else key2
                    for q in range(2):
                        if old_keys[k, q] == key:
                            contact[row + C_N1 + 2 * p, lane] = old_impulses[k, 2 * q]
                            contact[row + C_N1 + 2 * p + 1, lane] = old_impulses[k, 2 * q + 1]
                old_edges[k] = -1
        began = began or is_new
    if is_lower:
        foot = b // 2 - 1
        if began:
            feet[foot, lane] = 1.0
        for k in range(n_slots):
            if old_edges[k] >= 0:
                feet[foot, lane] = 0.0
    for k in range(used, n_slots):
        key_of[slot0 + k, 0, lane], key_of[slot0 + k, 1, lane] = 0, 0
    return used
