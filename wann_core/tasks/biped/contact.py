"""Where a walker touches the terrain: Box2D's collision of one edge with one convex polygon, and its lidar.

The terrain of BipedalWalker-v3 is a polyline with a vertex every 14/30 m, so the edges near a body are found by
division instead of a tree, and a ray meets them in order.

Source: E. Catto, Box2D 2.3: b2EPCollider (zlib licence), for edges without neighbours; restated, no code is copied.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

TERRAIN_STEP_M: Final = 14.0 / 30.0
N_EDGES: Final = 199
RADIUS_M: Final = 0.02
"""Two polygon radii: shapes touch if they are at most this far apart."""
ANGULAR_SLOP: Final = 2.0 / 180.0 * np.pi

FACE_OF_GROUND: Final = 1.0
FACE_OF_BODY: Final = 0.0


@njit(cache=True)
def collide_edge(v1x, v1y, v2x, v2y, vertices, normals, centroid, x, y, sine, cosine, work):
    """Collide one terrain edge with one convex polygon.

    Args:
        v1x, v1y, v2x, v2y: the edge in the world, in m.
        vertices: (n, 2) of the polygon in its body's frame, counter-clockwise.
        normals: (n, 2) outward.
        centroid: (2,).
        x, y: the body's origin in the world.
        sine, cosine: of the body's angle.
        work: (5, 9) work space; the last row receives the face (1: the ground's, 0: the body's), the local normal, the
            local plane point and two local points. Normal and plane point are in the frame of the face's owner, the
            points in the other one's.

    Returns:
        (number of points, key of the first, key of the second); keys name the features for warm starting.
    """
    n = vertices.shape[0]
    ex, ey = v2x - v1x, v2y - v1y
    length = np.sqrt(ex * ex + ey * ey)
    ex, ey = ex / length, ey / length
    nx, ny = ey, -ex
    cx = x + cosine * centroid[0] - sine * centroid[1]
    cy = y + sine * centroid[0] + cosine * centroid[1]
    front = nx * (cx - v1x) + ny * (cy - v1y) >= 0.0
    limit_x, limit_y = -nx, -ny
    if not front:
        nx, ny = -nx, -ny
        limit_x, limit_y = -nx, -ny

    wx, wy, mx, my, out = work[0], work[1], work[2], work[3], work[4]
    edge_separation = np.inf
    for i in range(n):
        wx[i] = x + cosine * vertices[i, 0] - sine * vertices[i, 1]
        wy[i] = y + sine * vertices[i, 0] + cosine * vertices[i, 1]
        mx[i] = cosine * normals[i, 0] - sine * normals[i, 1]
        my[i] = sine * normals[i, 0] + cosine * normals[i, 1]
        edge_separation = min(edge_separation, nx * (wx[i] - v1x) + ny * (wy[i] - v1y))
    if edge_separation > RADIUS_M:
        return 0, 0, 0
    polygon_separation = -np.inf
    polygon_index = -1
    for i in range(n):
        px, py = -mx[i], -my[i]
        s1 = px * (wx[i] - v1x) + py * (wy[i] - v1y)
        s2 = px * (wx[i] - v2x) + py * (wy[i] - v2y)
        s = min(s1, s2)
        if s > RADIUS_M:
            return 0, 0, 0
        if (px - limit_x) * nx + (py - limit_y) * ny < -ANGULAR_SLOP:
            continue
        if s > polygon_separation:
            polygon_separation = s
            polygon_index = i
    by_edge = polygon_index < 0 or not polygon_separation > 0.98 * edge_separation + 0.001

    if by_edge:
        best = 0
        for i in range(1, n):
            if nx * mx[i] + ny * my[i] < nx * mx[best] + ny * my[best]:
                best = i
        i1, i2 = best, (best + 1) % n
        ax, ay, a_id = wx[i1], wy[i1], i1
        bx, by, b_id = wx[i2], wy[i2], i2
        ref1 = 0 if front else 1
        ref2 = 1 - ref1
        r1x, r1y = (v1x, v1y) if front else (v2x, v2y)
        r2x, r2y = (v2x, v2y) if front else (v1x, v1y)
        rnx, rny = nx, ny
        out[0] = FACE_OF_GROUND
        out[1], out[2], out[3], out[4] = rnx, rny, r1x, r1y
    else:
        ax, ay, a_id = v1x, v1y, 0
        bx, by, b_id = v2x, v2y, 1
        ref1 = polygon_index
        ref2 = (polygon_index + 1) % n
        r1x, r1y, r2x, r2y = wx[ref1], wy[ref1], wx[ref2], wy[ref2]
        rnx, rny = mx[ref1], my[ref1]
        out[0] = FACE_OF_BODY
        out[1], out[2] = normals[ref1, 0], normals[ref1, 1]
        out[3], out[4] = vertices[ref1, 0], vertices[ref1, 1]

    # Clip the incident segment a-b to the sides of the reference face; a clipped end is keyed by the side's vertex
    # and listed after the kept one, as Box2D does.
    a_key, b_key = 16 + a_id, 16 + b_id
    sx, sy = rny, -rnx
    da, db = sx * (ax - r1x) + sy * (ay - r1y), sx * (bx - r1x) + sy * (by - r1y)
    if da > 0.0 and db > 0.0:
        return 0, 0, 0
    if da * db < 0.0:
        t = da / (da - db)
        qx, qy = ax + t * (bx - ax), ay + t * (by - ay)
        if da > 0.0:
            ax, ay, a_key = bx, by, b_key
        bx, by, b_key = qx, qy, 32 + ref1
    da, db = -(sx * (ax - r2x) + sy * (ay - r2y)), -(sx * (bx - r2x) + sy * (by - r2y))
    if da > 0.0 and db > 0.0:
        return 0, 0, 0
    if da * db < 0.0:
        t = da / (da - db)
        qx, qy = ax + t * (bx - ax), ay + t * (by - ay)
        if da > 0.0:
            ax, ay, a_key = bx, by, b_key
        bx, by, b_key = qx, qy, 32 + ref2

    base = 0 if by_edge else 64
    n_points, key1, key2 = 0, 0, 0
    if rnx * (ax - r1x) + rny * (ay - r1y) <= RADIUS_M:
        n_points = 1
        key1 = base + a_key
        _localise(ax, ay, by_edge, x, y, sine, cosine, out, 5)
    if rnx * (bx - r1x) + rny * (by - r1y) <= RADIUS_M:
        _localise(bx, by, by_edge, x, y, sine, cosine, out, 5 + 2 * n_points)
        if n_points == 0:
            key1 = base + b_key
        else:
            key2 = base + b_key
        n_points += 1
    return n_points, key1, key2


@njit(inline="always")
def _localise(px, py, by_edge, x, y, sine, cosine, out, at):
    if by_edge:
        dx, dy = px - x, py - y
        out[at] = cosine * dx + sine * dy
        out[at + 1] = cosine * dy - sine * dx
    else:
        out[at], out[at + 1] = px, py


@njit(cache=True)
def scan(terrain, x, y, rays, fractions):
    """The distance to the terrain along each ray from (x, y), as a fraction of the ray; 1 if the ray does not meet it.

    A ray that points farther ahead never meets the terrain nearer, so each search begins at the last ray's edge.

    Args:
        terrain: (200,) height of each vertex, in m.
        x, y: start, above the terrain, in m.
        rays: (n, 2) from straight down to ahead, in m.
        fractions: (n,) result.
    """
    edge = max(0, min(N_EDGES - 1, math.floor(x / TERRAIN_STEP_M) - 1))
    for i in range(rays.shape[0]):
        dx, dy = rays[i, 0], rays[i, 1]
        last = max(0, min(N_EDGES - 1, math.floor((x + dx) / TERRAIN_STEP_M) + 1))
        fractions[i] = 1.0
        k = edge
        while k <= last:
            v1x, v1y = k * TERRAIN_STEP_M, terrain[k]
            rx, ry = TERRAIN_STEP_M, terrain[k + 1] - v1y
            k += 1
            denominator = ry * dx - rx * dy
            if denominator == 0.0:
                continue
            t = (ry * (v1x - x) - rx * (v1y - y)) / denominator
            if t < 0.0 or t > 1.0:
                continue
            s = ((x + t * dx - v1x) * rx + (y + t * dy - v1y) * ry) / (rx * rx + ry * ry)
            if 0.0 <= s <= 1.0:
                fractions[i] = t
                # Start one edge back: at a vertex the next ray may still meet the previous edge.
                edge = max(edge, k - 2)
                break
