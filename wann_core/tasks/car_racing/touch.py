"""Which tiles a wheel touches: Box2D's test of two convex polygons, after a look-up in a grid.

In Box2D a wheel and a tile touch if their distance is within their skins, 2 cm together. Box2D computes this in single
precision, which is a hundredth of a millimetre at these places. So cases that are clear by a millimetre are decided by
separating axes, and the others by Box2D's own algorithm, operation by operation.

A sensor's contacts begin and end with this test and have no other state, so the tiles touched now are enough: a tile is
visited when it is touched for the first time.

Source: E. Catto, Box2D 2.3: b2Distance, b2TestOverlap, b2PolygonShape::Set (zlib licence); the equations are restated,
no code is copied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.tasks.car_racing.shape import WHEEL_HALF_W, WHEEL_R
from wann_core.tasks.car_racing.track import track_of

CELL_M: Final = 5.0
SKINS_M: Final = np.float32(2.0) * np.float32(0.01)
_CLEAR_M: Final = 0.021
"""Two polygons that are farther apart than this along an axis do not touch, with any rounding of single precision."""
_REACH_M: Final = math.hypot(WHEEL_HALF_W, WHEEL_R) + _CLEAR_M
"""A wheel whose centre is farther than this from a tile's edge does not touch the tile."""
_TOUCHING: Final = np.float32(10.0) * np.finfo(np.float32).eps
_EPSILON_SQUARE: Final = np.finfo(np.float32).eps * np.finfo(np.float32).eps
_MOST_STEPS: Final = 20
_ONE: Final = np.float32(1.0)
WHEEL: Final = np.array(
    [(WHEEL_HALF_W, -WHEEL_R), (WHEEL_HALF_W, WHEEL_R), (-WHEEL_HALF_W, WHEEL_R), (-WHEEL_HALF_W, -WHEEL_R)],
    dtype=np.float32,
)
"""(4, 2) a wheel's corners in Box2D's order, in m."""


@dataclass(frozen=True, slots=True, eq=False)
class Ground:
    """A track's tiles, for ``touch``.

    Attributes:
        tiles: (n_tiles, 4, 2) corners in Box2D's order, in m.
        normals: (n_tiles, 4, 3) per edge its outward normal and the edge's position along it, in m.
        frame: (4,) smallest x and y of the grid in m, number of columns, number of rows.
        cells: (n_cells + 1,) the beginning of each cell's tiles in ``listed``.
        listed: the tiles that a wheel whose centre is in a cell may touch.
    """

    tiles: NDArray[np.float32]
    normals: NDArray[np.float64]
    frame: NDArray[np.float64]
    cells: NDArray[np.int32]
    listed: NDArray[np.int32]


@lru_cache(maxsize=256)
def ground_of(seed: int) -> Ground:
    """The tiles of the episode with this seed. The result is shared: do not change it."""
    tiles = np.array([_in_box2d_order(tile) for tile in track_of(seed).tiles])
    wide = tiles.astype(np.float64)
    edges = np.roll(wide, -1, axis=1) - wide
    normals = np.stack([edges[..., 1], -edges[..., 0]], axis=-1) / np.linalg.norm(edges, axis=-1, keepdims=True)
    low, high = wide.min(axis=(0, 1)) - _REACH_M, wide.max(axis=(0, 1)) + _REACH_M
    columns, rows = np.ceil((high - low) / CELL_M).astype(int)
    begin = ((wide.min(axis=1) - _REACH_M - low) / CELL_M).astype(int)
    end = ((wide.max(axis=1) + _REACH_M - low) / CELL_M).astype(int)
    members: list[list[int]] = [[] for _ in range(columns * rows)]
    for tile, ((left, bottom), (right, top)) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        for row in range(bottom, min(top + 1, rows)):
            for column in range(left, min(right + 1, columns)):
                members[row * columns + column].append(tile)
    return Ground(
        tiles=tiles,
        normals=np.concatenate([normals, (normals * wide).sum(axis=-1, keepdims=True)], axis=-1),
        frame=np.array([*low, columns, rows]),
        cells=np.cumsum([0, *map(len, members)]).astype(np.int32),
        listed=np.array([tile for cell in members for tile in cell], dtype=np.int32),
    )


def _in_box2d_order(tile: tuple[tuple[float, float], ...]) -> NDArray[np.float32]:
    """Corners counter-clockwise, beginning with the rightmost one; of two rightmost corners, with the lower one."""
    corners = np.array(tile, dtype=np.float32)
    (ax, ay), (bx, by), (cx, cy) = corners[:3].astype(np.float64)
    if (bx - ax) * (cy - by) - (by - ay) * (cx - bx) < 0.0:
        corners = corners[::-1]
    first = np.lexsort((corners[:, 1], -corners[:, 0]))[0]
    return np.roll(corners, -first, axis=0)


@njit(cache=True)
def touch(tiles, normals, frame, cells, listed, x, y, sine, cosine, found):
    """List the tiles that a wheel touches.

    Args:
        tiles, normals, frame, cells, listed: see ``Ground``.
        x, y: the wheel's centre, in m, single precision.
        sine, cosine: of its angle, single precision.
        found: (n,) receives the tiles.

    Returns:
        The number of tiles.
    """
    column, row = math.floor((x - frame[0]) / CELL_M), math.floor((y - frame[1]) / CELL_M)
    if column < 0 or row < 0 or column >= frame[2] or row >= frame[3]:
        return 0
    cell = int(row * frame[2] + column)
    count = 0
    for k in range(cells[cell], cells[cell + 1]):
        tile = listed[k]
        if _touches(tiles[tile], normals[tile], x, y, sine, cosine):
            found[count] = tile
            count += 1
    return count


@njit(cache=True)
def _touches(corners, normals, x, y, sine, cosine):
    outside = -np.inf
    for edge in range(4):
        outside = max(outside, normals[edge, 0] * x + normals[edge, 1] * y - normals[edge, 2])
        if outside > _REACH_M:
            return False
    if outside <= 0.0:
        return True
    # The wheel's extent along the tile's normals, then the tile's along the wheel's axes.
    apart = -np.inf
    for edge in range(4):
        nx, ny = normals[edge, 0], normals[edge, 1]
        extent = WHEEL_HALF_W * abs(nx * cosine + ny * sine) + WHEEL_R * abs(ny * cosine - nx * sine)
        apart = max(apart, nx * x + ny * y - normals[edge, 2] - extent)
    left, right, below, above = np.inf, -np.inf, np.inf, -np.inf
    for corner in range(4):
        dx, dy = corners[corner, 0] - x, corners[corner, 1] - y
        across, along = cosine * dx + sine * dy, cosine * dy - sine * dx
        left, right = min(left, across), max(right, across)
        below, above = min(below, along), max(above, along)
    apart = max(apart, left - WHEEL_HALF_W, -WHEEL_HALF_W - right, below - WHEEL_R, -WHEEL_R - above)
    if apart > _CLEAR_M:
        return False
    return apart <= 0.0 or overlaps(corners, x, y, sine, cosine)


@njit(cache=True)
def overlaps(corners, x, y, sine, cosine):
    """Box2D's ``b2TestOverlap`` of a tile at rest and a wheel: whether their distance is within their skins.

    Args:
        corners: (4, 2) of the tile, single precision, like all others.
        x, y: the wheel's centre.
        sine, cosine: of its angle.
    """
    # The simplex: per vertex the tile's corner, the wheel's, and their difference.
    of_tile, of_wheel = np.zeros(3, np.int64), np.zeros(3, np.int64)
    share = np.zeros(3, np.float32)
    w = np.zeros((3, 2), np.float32)
    _support(w, 0, of_tile, of_wheel, corners, x, y, sine, cosine)
    share[0] = _ONE
    n = 1
    saved_tile, saved_wheel = np.zeros(3, np.int64), np.zeros(3, np.int64)
    for _ in range(_MOST_STEPS):
        n_saved = n
        for i in range(n):
            saved_tile[i], saved_wheel[i] = of_tile[i], of_wheel[i]
        if n == 2:
            n = _nearest_of_two(w, of_tile, of_wheel, share)
        elif n == 3:
            n = _nearest_of_three(w, of_tile, of_wheel, share)
        if n == 3:
            return True
        if n == 1:
            dx, dy = -w[0, 0], -w[0, 1]
        else:
            ex, ey = w[1, 0] - w[0, 0], w[1, 1] - w[0, 1]
            dx, dy = (-ey, ex) if ex * -w[0, 1] - ey * -w[0, 0] > 0.0 else (ey, -ex)
        if dx * dx + dy * dy < _EPSILON_SQUARE:
            break
        of_tile[n] = _farthest(corners, -dx, -dy)
        of_wheel[n] = _farthest(WHEEL, cosine * dx + sine * dy, -sine * dx + cosine * dy)
        _support(w, n, of_tile, of_wheel, corners, x, y, sine, cosine)
        is_known = False
        for i in range(n_saved):
            is_known = is_known or (of_tile[n] == saved_tile[i] and of_wheel[n] == saved_wheel[i])
        if is_known:
            break
        n += 1
    ax, ay, bx, by = np.float32(0.0), np.float32(0.0), np.float32(0.0), np.float32(0.0)
    for i in range(min(n, 2)):
        px, py = _corner(of_wheel[i], x, y, sine, cosine)
        if n == 1:
            ax, ay, bx, by = corners[of_tile[i], 0], corners[of_tile[i], 1], px, py
        else:
            ax, ay = ax + share[i] * corners[of_tile[i], 0], ay + share[i] * corners[of_tile[i], 1]
            bx, by = bx + share[i] * px, by + share[i] * py
    dx, dy = ax - bx, ay - by
    distance = np.float32(math.sqrt(dx * dx + dy * dy))
    return not distance > SKINS_M or distance - SKINS_M < _TOUCHING


@njit(inline="always")
def _corner(index, x, y, sine, cosine):
    wx, wy = WHEEL[index, 0], WHEEL[index, 1]
    return (cosine * wx - sine * wy) + x, (sine * wx + cosine * wy) + y


@njit(cache=True)
def _support(w, n, of_tile, of_wheel, corners, x, y, sine, cosine):
    px, py = _corner(of_wheel[n], x, y, sine, cosine)
    w[n, 0], w[n, 1] = px - corners[of_tile[n], 0], py - corners[of_tile[n], 1]


@njit(cache=True)
def _farthest(corners, dx, dy):
    best = 0
    most = corners[0, 0] * dx + corners[0, 1] * dy
    for i in range(1, 4):
        value = corners[i, 0] * dx + corners[i, 1] * dy
        if value > most:
            best, most = i, value
    return best


@njit(cache=True)
def _keep(w, of_tile, of_wheel, to, source):
    w[to, 0], w[to, 1] = w[source, 0], w[source, 1]
    of_tile[to], of_wheel[to] = of_tile[source], of_wheel[source]


@njit(cache=True)
def _nearest_of_two(w, of_tile, of_wheel, share):
    """Reduce a segment to its part nearest to the origin; return the number of vertices left."""
    ex, ey = w[1, 0] - w[0, 0], w[1, 1] - w[0, 1]
    second = -(w[0, 0] * ex + w[0, 1] * ey)
    if second <= 0.0:
        share[0] = _ONE
        return 1
    first = w[1, 0] * ex + w[1, 1] * ey
    if first <= 0.0:
        share[0] = _ONE
        _keep(w, of_tile, of_wheel, 0, 1)
        return 1
    inverse = _ONE / (first + second)
    share[0], share[1] = first * inverse, second * inverse
    return 2


@njit(cache=True)
def _nearest_of_three(w, of_tile, of_wheel, share):
    """Reduce a triangle to its part nearest to the origin; return the number of vertices left."""
    x1, y1, x2, y2, x3, y3 = w[0, 0], w[0, 1], w[1, 0], w[1, 1], w[2, 0], w[2, 1]
    ex, ey = x2 - x1, y2 - y1
    d12_1, d12_2 = x2 * ex + y2 * ey, -(x1 * ex + y1 * ey)
    fx, fy = x3 - x1, y3 - y1
    d13_1, d13_2 = x3 * fx + y3 * fy, -(x1 * fx + y1 * fy)
    gx, gy = x3 - x2, y3 - y2
    d23_1, d23_2 = x3 * gx + y3 * gy, -(x2 * gx + y2 * gy)
    n = ex * fy - ey * fx
    d123_1, d123_2, d123_3 = n * (x2 * y3 - y2 * x3), n * (x3 * y1 - y3 * x1), n * (x1 * y2 - y1 * x2)
    if d12_2 <= 0.0 and d13_2 <= 0.0:
        share[0] = _ONE
        return 1
    if d12_1 > 0.0 and d12_2 > 0.0 and d123_3 <= 0.0:
        inverse = _ONE / (d12_1 + d12_2)
        share[0], share[1] = d12_1 * inverse, d12_2 * inverse
        return 2
    if d13_1 > 0.0 and d13_2 > 0.0 and d123_2 <= 0.0:
        inverse = _ONE / (d13_1 + d13_2)
        share[0], share[1] = d13_1 * inverse, d13_2 * inverse
        _keep(w, of_tile, of_wheel, 1, 2)
        return 2
    if d12_1 <= 0.0 and d23_2 <= 0.0:
        share[0] = _ONE
        _keep(w, of_tile, of_wheel, 0, 1)
        return 1
    if d13_1 <= 0.0 and d23_1 <= 0.0:
        share[0] = _ONE
        _keep(w, of_tile, of_wheel, 0, 2)
        return 1
    if d23_1 > 0.0 and d23_2 > 0.0 and d123_1 <= 0.0:
        inverse = _ONE / (d23_1 + d23_2)
        share[1], share[0] = d23_1 * inverse, d23_2 * inverse
        _keep(w, of_tile, of_wheel, 0, 2)
        return 2
    return 3
