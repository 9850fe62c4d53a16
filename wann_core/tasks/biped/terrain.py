"""The ground of BipedalWalker-v3, and the first push, as Gymnasium draws them for a seed.

Source: Farama Gymnasium, ``envs/box2d/bipedal_walker.py`` (MIT licence); restated, no code is copied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats

SCALE: Final = 30.0
"""Gymnasium's pixels per metre, in which it writes its lengths."""
STEP_M: Final = 14.0 / SCALE
"""Distance between two vertices of the ground."""
HEIGHT_M: Final = 400.0 / SCALE / 4.0
N_VERTICES: Final = 200
START_PAD: Final = 20
"""Number of vertices of the flat ground at the start."""
GRASS: Final = 10
"""Longest section of the ground between two joints, and the length of the ground behind the finish, in vertices."""
FINISH_M: Final = (N_VERTICES - GRASS) * STEP_M
_PUSH_N: Final = 5.0
_N_CLOUDS: Final = N_VERTICES // 20
_DRAWS_PER_CLOUD: Final = 11

EDGE_X, EDGE_Y, EDGE_DX, EDGE_DY, EDGE_NX, EDGE_NY, EDGE_SQUARE = range(7)
"""Columns of ``Terrain.edges``: first vertex, vector to the second, unit normal, squared length."""


@dataclass(frozen=True, slots=True, eq=False)
class Terrain:
    """The ground of one episode.

    Attributes:
        x: (200,) m, of the vertices from left to right.
        y: (200,) m.
        edges: (199, 7) float32, the data of each edge that a ray needs, rounded as in Box2D.
        push_n: horizontal force in N on the hull during the first step.
    """

    x: Floats
    y: Floats
    edges: NDArray[np.float32]
    push_n: float


@lru_cache(maxsize=1024)
def terrain_of(seed: int) -> Terrain:
    """Draw the ground and the push of the episode with this seed. The result is shared: do not change it."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    x = [i * STEP_M for i in range(N_VERTICES)]
    y = []
    height, slope, counter, is_joint = HEIGHT_M, 0.0, START_PAD, False
    for i in range(N_VERTICES):
        if not is_joint:
            below = HEIGHT_M - height
            slope = 0.8 * slope + (math.copysign(0.01, below) if below else 0.0)
            if i > START_PAD:
                slope += rng.uniform(-1, 1) / SCALE
            height += slope
        is_joint = False
        y.append(height)
        counter -= 1
        if counter == 0:
            counter = int(rng.integers(GRASS // 2, GRASS))
            is_joint = True
    rng.random(_N_CLOUDS * _DRAWS_PER_CLOUD)  # the clouds use the same random stream, before the push
    push_n = float(rng.uniform(-_PUSH_N, _PUSH_N))
    heights = np.array(y)
    return Terrain(np.array(x), heights, _edges(np.array(x), heights), push_n)


def _edges(x: Floats, y: Floats) -> NDArray[np.float32]:
    vertices = np.stack([x, y], axis=1).astype(np.float32)
    along = vertices[1:] - vertices[:-1]
    square = along[:, 0] * along[:, 0] + along[:, 1] * along[:, 1]
    inverse = np.float32(1.0) / np.sqrt(square)
    edges = np.empty((len(along), 7), dtype=np.float32)
    edges[:, [EDGE_X, EDGE_Y]] = vertices[:-1]
    edges[:, [EDGE_DX, EDGE_DY]] = along
    edges[:, EDGE_NX] = along[:, 1] * inverse
    edges[:, EDGE_NY] = -along[:, 0] * inverse
    edges[:, EDGE_SQUARE] = square
    return edges
