"""Continuous collision of a walker's legs: a leg that would enter the ground within a step stops at the ground.

Without it, a foot that lands fast is deep in the ground one step later and is thrown out again. Walkers that stay up in
Box2D then fall: a network with 200 points in Box2D had 77 here. Impacts are rare and different in every lane, so this
part is plain scalar code. A cheap test excludes most legs first.

As in Box2D, at an impact only the leg is moved out of the ground, and only the leg loses its normal velocity; its
joints react in the next step. Deviation: bodies are treated one after another, and the solver stops when it no longer
changes anything.

Source: E. Catto, Box2D 2.3: b2World::SolveTOI, b2TimeOfImpact, b2Island::SolveTOI, b2ContactSolver (zlib licence);
restated, no code is copied.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wann_core.tasks.biped.contact import N_EDGES, TERRAIN_STEP_M
from wann_core.tasks.biped.solver import (
    ANGLE,
    BODY_ROWS,
    C_COUNT,
    C_FACE_GROUND,
    C_LNX,
    C_LNY,
    C_LPX,
    C_LPY,
    C_P1X,
    C_P1Y,
    CONTACT_ROWS,
    FRICTION,
    OMEGA,
    VX,
    VY,
    X,
    Y,
)
from wann_core.tasks.biped.touch import FIRST_SLOT, N_LEG_SLOTS, clears, collide_leg

TARGET_M: Final = 0.005
"""The distance between the cores of two shapes at which an impact is found: their radii less three slops."""
TOLERANCE_M: Final = 0.00125
BAUMGARTE: Final = 0.75
SLOP_M: Final = 0.005
CORRECTION_M: Final = 0.2
RADII_M: Final = 0.02
STEP_S: Final = 0.02
POSITION_ITERATIONS: Final = 20
VELOCITY_ITERATIONS: Final = 180
MAX_IMPACTS: Final = 8
HULL_CLEAR_M: Final = 2.0
"""At a greater height above the ground the hull cannot touch it."""
MAX_ADVANCES: Final = 20
MAX_PUSHES: Final = 8
SEGMENT_FACE, CORNERS, BOX_SIDE = range(3)
"""The kind of axis that separates two shapes: across the segment, from corner to end, across a side of the box."""
_STILL: Final = 1e-9

# Per contact of the leg in the solver's work array.
_NX, _NY, _N_POINTS = range(3)
_RX, _RY, _NORMAL_MASS, _TANGENT_MASS, _NORMAL, _TANGENT = range(3, 9)  # of the first point
_PER_POINT: Final = 6
_K12: Final = 15
_K11: Final = 16
_K22: Final = 17
_DETERMINANT: Final = 18
N_WORK: Final = 19


@njit(cache=True)
def closest_features(half_width, half_height, ax, ay, bx, by):
    """The distance between a segment and a box around the origin, and their nearest features.

    Args:
        half_width: of the box, in m.
        half_height: of the box, in m.
        ax: one end of the segment; ``ay`` likewise.
        ay: see ``ax``.
        bx: the other end; ``by`` likewise.
        by: see ``bx``.

    Returns:
        Distance in m, 0 if they overlap; the kind of axis (see ``SEGMENT_FACE`` and the following); the corner of
        the box, or the side (0 left and right, 1 top and bottom); the end of the segment.
    """
    dx, dy = bx - ax, by - ay
    enter, leave = 0.0, 1.0
    for axis in range(2):
        start, along, half = (ax, dx, half_width) if axis == 0 else (ay, dy, half_height)
        if along == 0.0:
            if abs(start) > half:
                enter = 2.0
            continue
        t1, t2 = (-half - start) / along, (half - start) / along
        enter, leave = max(enter, min(t1, t2)), min(leave, max(t1, t2))
    if enter <= leave:
        return 0.0, SEGMENT_FACE, 0, 0
    nearest, kind, of_box, of_segment = np.inf, SEGMENT_FACE, 0, 0
    square = dx * dx + dy * dy
    for corner in range(4):
        cx, cy = _corner(half_width, half_height, corner)
        t = ((cx - ax) * dx + (cy - ay) * dy) / square
        held = min(max(t, 0.0), 1.0)
        gap_x, gap_y = cx - ax - held * dx, cy - ay - held * dy
        gap = gap_x * gap_x + gap_y * gap_y
        if gap < nearest:
            nearest, of_box, of_segment = gap, corner, 0 if t <= 0.0 else 1
            kind = SEGMENT_FACE if 0.0 < t < 1.0 else CORNERS
    for end in range(2):
        px, py = (ax, ay) if end == 0 else (bx, by)
        gap_x, gap_y = abs(px) - half_width, abs(py) - half_height
        if gap_x > 0.0 >= gap_y and gap_x * gap_x < nearest:
            nearest, kind, of_box, of_segment = gap_x * gap_x, BOX_SIDE, 0, end
        if gap_y > 0.0 >= gap_x and gap_y * gap_y < nearest:
            nearest, kind, of_box, of_segment = gap_y * gap_y, BOX_SIDE, 1, end
    return math.sqrt(nearest), kind, of_box, of_segment


@njit(inline="always")
def _corner(half_width, half_height, index):
    return (-half_width if index % 2 == 0 else half_width), (-half_height if index < 2 else half_height)


@njit(cache=True)
def _edge_impact(half_width, half_height, x, y, angle, dx, dy, turn, ax, ay, bx, by):
    """The time at which a moving leg first comes within ``TARGET_M`` of one edge; 1 if it does not.

    The nearest features at ``t1`` give an axis. Along it, the search finds the first time ``t2`` at which the deepest
    point is at the target distance, and continues from there, until the distance of the shapes is on target too.
    """
    t1 = 0.0
    for _ in range(MAX_ADVANCES):
        px, py, sine, cosine = _pose(x, y, angle, dx, dy, turn, t1)
        rax, ray = ax - px, ay - py
        rbx, rby = bx - px, by - py
        gap, kind, of_box, of_segment = closest_features(
            half_width, half_height,
            cosine * rax + sine * ray, cosine * ray - sine * rax, cosine * rbx + sine * rby, cosine * rby - sine * rbx,
        )  # fmt: skip
        if gap <= 0.0:
            return 1.0
        if gap < TARGET_M + TOLERANCE_M:
            return t1
        # The axis is fixed in the world, or turns with the box.
        end_x, end_y = (ax, ay) if of_segment == 0 else (bx, by)
        cx, cy = _corner(half_width, half_height, of_box)
        wx, wy = px + cosine * cx - sine * cy, py + sine * cx + cosine * cy
        if kind == SEGMENT_FACE:
            nx, ny = by - ay, ax - bx
            end_x, end_y = 0.5 * (ax + bx), 0.5 * (ay + by)
        elif kind == CORNERS:
            nx, ny = wx - end_x, wy - end_y
        elif of_box == 0:
            nx, ny = math.copysign(1.0, cosine * (end_x - px) + sine * (end_y - py)), 0.0
        else:
            nx, ny = 0.0, math.copysign(1.0, cosine * (end_y - py) - sine * (end_x - px))
        length = math.sqrt(nx * nx + ny * ny)
        nx, ny = nx / length, ny / length
        if kind == SEGMENT_FACE and (wx - end_x) * nx + (wy - end_y) * ny < 0.0:
            nx, ny = -nx, -ny

        t2 = 1.0
        is_advanced = False
        for _ in range(MAX_PUSHES):
            index = _deepest(kind, half_width, half_height, x, y, angle, dx, dy, turn, ax, ay, bx, by, nx, ny, t2)
            args = (
                kind,
                index,
                half_width,
                half_height,
                x,
                y,
                angle,
                dx,
                dy,
                turn,
                ax,
                ay,
                bx,
                by,
                nx,
                ny,
                end_x,
                end_y,
            )
            s2 = _separation(args, t2)
            if s2 > TARGET_M + TOLERANCE_M:
                return 1.0
            if s2 > TARGET_M - TOLERANCE_M:
                t1 = t2
                is_advanced = True
                break
            s1 = _separation(args, t1)
            if s1 < TARGET_M - TOLERANCE_M:
                return 1.0
            if s1 <= TARGET_M + TOLERANCE_M:
                return t1
            low, high = t1, t2
            for count in range(50):
                t = low + (TARGET_M - s1) * (high - low) / (s2 - s1) if count % 2 == 1 else 0.5 * (low + high)
                s = _separation(args, t)
                if abs(s - TARGET_M) < TOLERANCE_M:
                    t2 = t
                    break
                if s > TARGET_M:
                    low, s1 = t, s
                else:
                    high, s2 = t, s
        if not is_advanced:
            t1 = t2
        if t1 >= 1.0:
            return 1.0
    return 1.0


@njit(inline="always")
def _pose(x, y, angle, dx, dy, turn, t):
    at = angle + t * turn
    return x + t * dx, y + t * dy, math.sin(at), math.cos(at)


@njit(cache=True)
def _deepest(kind, half_width, half_height, x, y, angle, dx, dy, turn, ax, ay, bx, by, nx, ny, t):
    """The corner of the box, or the end of the segment, that lies deepest along an axis."""
    _, _, sine, cosine = _pose(x, y, angle, dx, dy, turn, t)
    if kind == BOX_SIDE:
        wx, wy = cosine * nx - sine * ny, sine * nx + cosine * ny
        return 0 if wx * ax + wy * ay <= wx * bx + wy * by else 1
    lx, ly = cosine * nx + sine * ny, cosine * ny - sine * nx
    return (0 if lx > 0.0 else 1) + (0 if ly > 0.0 else 2)


@njit(cache=True)
def _separation(args, t):
    """The distance of that point outside the other shape, along the axis, in m."""
    kind, index, half_width, half_height, x, y, angle, dx, dy, turn, ax, ay, bx, by, nx, ny, end_x, end_y = args
    px, py, sine, cosine = _pose(x, y, angle, dx, dy, turn, t)
    if kind == BOX_SIDE:
        vx, vy = (ax, ay) if index == 0 else (bx, by)
        lx, ly = cosine * (vx - px) + sine * (vy - py), cosine * (vy - py) - sine * (vx - px)
        return lx * nx + ly * ny - (half_width if nx != 0.0 else half_height)
    cx, cy = _corner(half_width, half_height, index)
    # Along an axis between corners either end of the segment may be the deepest point.
    ahead = max(nx * ax + ny * ay, nx * bx + ny * by) if kind == CORNERS else nx * end_x + ny * end_y
    return nx * (px + cosine * cx - sine * cy) + ny * (py + sine * cx + cosine * cy) - ahead


@njit(cache=True)
def impact_time(half_width, half_height, x, y, angle, dx, dy, turn, terrain):
    """The time at which a leg first meets the ground, as a share of its motion (1 if it does not), and the edge.

    As in Box2D, ground that the leg overlaps at the start is ignored.

    Args:
        half_width: of the leg, in m.
        half_height: of the leg, in m.
        x: pose at the start, in m and rad; ``y`` and ``angle`` likewise.
        y: see ``x``.
        angle: see ``x``.
        dx: motion, in m and rad; ``dy`` and ``turn`` likewise.
        dy: see ``dx``.
        turn: see ``dx``.
        terrain: (200,) heights in m.
    """
    # A cheap bound for the leg's lowest point during its motion; it excludes most legs.
    radius = math.sqrt(half_width * half_width + half_height * half_height)
    around = radius + radius * turn * turn * 0.125 + TARGET_M + TOLERANCE_M
    if clears(min(y, y + dy) - around, min(x, x + dx) - around, max(x, x + dx) + around, terrain):
        return 1.0, -1
    reach = max(
        abs(math.sin(angle)) * half_width + abs(math.cos(angle)) * half_height,
        abs(math.sin(angle + turn)) * half_width + abs(math.cos(angle + turn)) * half_height,
    )
    margin = radius * turn * turn * 0.125 + TARGET_M + TOLERANCE_M
    lowest = min(y, y + dy) - reach - margin
    reach_x = radius + margin
    first = max(0, math.floor((min(x, x + dx) - reach_x) / TERRAIN_STEP_M))
    last = min(N_EDGES - 1, math.floor((max(x, x + dx) + reach_x) / TERRAIN_STEP_M))
    soonest, struck = 1.0, -1
    for edge in range(first, last + 1):
        if lowest > max(terrain[edge], terrain[edge + 1]):
            continue
        t = _edge_impact(
            half_width, half_height, x, y, angle, dx, dy, turn,
            edge * TERRAIN_STEP_M, float(terrain[edge]), (edge + 1) * TERRAIN_STEP_M, float(terrain[edge + 1]),
        )  # fmt: skip
        if t < soonest:
            soonest, struck = t, edge
    return soonest, struck


@njit(cache=True)
def hull_falls(body, lane, terrain, vertices, hull_centre):
    """Whether a lane's hull touched the ground during this step, which Box2D notices at once.

    Args:
        body: (30, 32) state after the step.
        lane: which of the 32.
        terrain: (200,) heights in m.
        vertices: (5, 2) of the hull in its frame.
        hull_centre: (2,) centre of mass in the hull's frame.
    """
    x, y, angle = float(body[X, lane]), float(body[Y, lane]), float(body[ANGLE, lane])
    middle = min(max(math.floor(x / TERRAIN_STEP_M), 0), N_EDGES - 1)
    if y > terrain[middle] + HULL_CLEAR_M:
        return False
    sine, cosine = math.sin(angle), math.cos(angle)
    for k in range(vertices.shape[0]):
        vx, vy = vertices[k, 0] - hull_centre[0], vertices[k, 1] - hull_centre[1]
        px, py = x + cosine * vx - sine * vy, y + sine * vx + cosine * vy
        edge = min(max(math.floor(px / TERRAIN_STEP_M), 0), N_EDGES - 1)
        rise = (terrain[edge + 1] - terrain[edge]) / TERRAIN_STEP_M
        above = py - terrain[edge] - rise * (px - edge * TERRAIN_STEP_M)
        if above < (TARGET_M + TOLERANCE_M) * math.sqrt(1.0 + rise * rise):
            return True
    return False


@njit(cache=True)
def _island_order(edge_of, slot, n_slots, struck, lane):
    """A leg's slots in the order in which Box2D solves them: the edge of the impact, then the newest first."""
    order = np.empty(n_slots, np.int64)
    n = 0
    for s in range(slot + n_slots - 1, slot - 1, -1):
        if edge_of[s, lane] == struck:
            order[0] = s
            n = 1
    for s in range(slot + n_slots - 1, slot - 1, -1):
        if edge_of[s, lane] != struck:
            order[n] = s
            n += 1
    return order


@njit(cache=True)
def _move_out(x, y, angle, contact, order, lane, inv_mass, inv_inertia):
    """Correct a leg's pose until its contacts are 1.5 slops deep at most; return the pose."""
    for _ in range(POSITION_ITERATIONS):
        worst = 0.0
        for s in order:
            row = s * CONTACT_ROWS
            for point in range(int(contact[row + C_COUNT, lane])):
                nx, ny, px, py, gap = _manifold_point(x, y, angle, contact, row, point, lane)
                worst = min(worst, gap)
                push = min(max(BAUMGARTE * (gap + SLOP_M), -CORRECTION_M), 0.0)
                rx, ry = px - x, py - y
                rn = rx * ny - ry * nx
                impulse = -push / (inv_mass + inv_inertia * rn * rn)
                x += inv_mass * impulse * nx
                y += inv_mass * impulse * ny
                angle += inv_inertia * rn * impulse
        if worst >= -1.5 * SLOP_M:
            break
    return x, y, angle


@njit(cache=True)
def _manifold_point(x, y, angle, contact, row, point, lane):
    """A contact point at a pose: normal towards the leg, the clipped point in the world, the gap between the skins."""
    sine, cosine = math.sin(angle), math.cos(angle)
    lnx, lny = float(contact[row + C_LNX, lane]), float(contact[row + C_LNY, lane])
    lpx, lpy = float(contact[row + C_LPX, lane]), float(contact[row + C_LPY, lane])
    px, py = float(contact[row + C_P1X + 2 * point, lane]), float(contact[row + C_P1Y + 2 * point, lane])
    if contact[row + C_FACE_GROUND, lane] > 0.5:
        clip_x, clip_y = x + cosine * px - sine * py, y + sine * px + cosine * py
        gap = (clip_x - lpx) * lnx + (clip_y - lpy) * lny - RADII_M
        return lnx, lny, clip_x, clip_y, gap
    nx, ny = cosine * lnx - sine * lny, sine * lnx + cosine * lny
    plane_x, plane_y = x + cosine * lpx - sine * lpy, y + sine * lpx + cosine * lpy
    gap = (px - plane_x) * nx + (py - plane_y) * ny - RADII_M
    return -nx, -ny, px, py, gap


@njit(cache=True)
def _prepare(x, y, angle, contact, order, lane, inv_mass, inv_inertia, work):
    """Fill ``work`` with the contacts' arms and masses at a pose, without warm start."""
    for k, s in enumerate(order):
        row = s * CONTACT_ROWS
        count = int(contact[row + C_COUNT, lane])
        w = work[k]
        for point in range(count):
            nx, ny, px, py, gap = _manifold_point(x, y, angle, contact, row, point, lane)
            w[_NX], w[_NY] = nx, ny
            # The point midway between the two skins.
            side = 1.0 if contact[row + C_FACE_GROUND, lane] > 0.5 else -1.0
            shift = -0.5 * (gap + RADII_M) * side
            rx, ry = px + shift * nx - x, py + shift * ny - y
            at = _PER_POINT * point
            w[_RX + at], w[_RY + at] = rx, ry
            rn, rt = rx * ny - ry * nx, -(rx * nx) - ry * ny
            w[_NORMAL_MASS + at] = 1.0 / (inv_mass + inv_inertia * rn * rn)
            w[_TANGENT_MASS + at] = 1.0 / (inv_mass + inv_inertia * rt * rt)
            w[_NORMAL + at], w[_TANGENT + at] = 0.0, 0.0
        if count == 2:
            rn1 = w[_RX] * w[_NY] - w[_RY] * w[_NX]
            rn2 = w[_RX + _PER_POINT] * w[_NY] - w[_RY + _PER_POINT] * w[_NX]
            w[_K11] = inv_mass + inv_inertia * rn1 * rn1
            w[_K22] = inv_mass + inv_inertia * rn2 * rn2
            w[_K12] = inv_mass + inv_inertia * rn1 * rn2
            w[_DETERMINANT] = w[_K11] * w[_K22] - w[_K12] * w[_K12]
            if w[_K11] * w[_K11] >= 1000.0 * w[_DETERMINANT]:
                count = 1
        w[_N_POINTS] = count


@njit(cache=True)
def _solve_pair(w, b1, b2):
    """The two normal impulses of a contact: both points push, or one, or the other, or none."""
    x1 = -(w[_K22] * b1 - w[_K12] * b2) / w[_DETERMINANT]
    x2 = -(w[_K11] * b2 - w[_K12] * b1) / w[_DETERMINANT]
    if x1 >= 0.0 and x2 >= 0.0:
        return x1, x2
    x1 = -w[_NORMAL_MASS] * b1
    if x1 >= 0.0 and w[_K12] * x1 + b2 >= 0.0:
        return x1, 0.0
    x2 = -w[_NORMAL_MASS + _PER_POINT] * b2
    if x2 >= 0.0 and w[_K12] * x2 + b1 >= 0.0:
        return 0.0, x2
    if b1 >= 0.0 and b2 >= 0.0:
        return 0.0, 0.0
    return w[_NORMAL], w[_NORMAL + _PER_POINT]


@njit(cache=True)
def _stop(vx, vy, omega, n_slots, inv_mass, inv_inertia, work):
    """Remove the part of a leg's velocity that leads into the ground, apply friction, and return the velocity."""
    for _ in range(VELOCITY_ITERATIONS):
        change = 0.0
        for k in range(n_slots):
            w = work[k]
            n_points = int(w[_N_POINTS])
            nx, ny = w[_NX], w[_NY]
            for point in range(n_points):
                at = _PER_POINT * point
                rx, ry = w[_RX + at], w[_RY + at]
                along = (vx - omega * ry) * ny - (vy + omega * rx) * nx
                old, most = w[_TANGENT + at], FRICTION * w[_NORMAL + at]
                new = min(max(old - w[_TANGENT_MASS + at] * along, -most), most)
                w[_TANGENT + at] = new
                px, py = (new - old) * ny, (old - new) * nx
                vx, vy, omega = vx + inv_mass * px, vy + inv_mass * py, omega + inv_inertia * (rx * py - ry * px)
                change = max(change, abs(new - old))
            if n_points == 0:
                continue
            r1x, r1y, r2x, r2y = w[_RX], w[_RY], w[_RX + _PER_POINT], w[_RY + _PER_POINT]
            old1, old2 = w[_NORMAL], 0.0
            vn1 = (vx - omega * r1y) * nx + (vy + omega * r1x) * ny
            if n_points == 1:
                new1, new2 = max(old1 - w[_NORMAL_MASS] * vn1, 0.0), 0.0
            else:
                old2 = w[_NORMAL + _PER_POINT]
                vn2 = (vx - omega * r2y) * nx + (vy + omega * r2x) * ny
                new1, new2 = _solve_pair(
                    w, vn1 - w[_K11] * old1 - w[_K12] * old2, vn2 - w[_K12] * old1 - w[_K22] * old2
                )
                w[_NORMAL + _PER_POINT] = new2
            w[_NORMAL] = new1
            d1, d2 = new1 - old1, new2 - old2
            vx += inv_mass * (d1 + d2) * nx
            vy += inv_mass * (d1 + d2) * ny
            omega += inv_inertia * (d1 * (r1x * ny - r1y * nx) + d2 * (r2x * ny - r2y * nx))
            change = max(change, abs(d1), abs(d2))
        if change < _STILL:
            break
    return vx, vy, omega


@njit(cache=True)
def stop_at_impacts(
    body, before, contact, edge_of, key_of, feet, lane, terrain, shapes, inv_mass, inv_inertia, scratch, solver_work
):
    """Move one lane's legs back to their impact in this step, and simulate the rest of the step from there.

    Args:
        body: (30, 32) state after the step; changed in place.
        before: (30, 32) state before the step; only the poses are used.
        contact: (310, 32) manifolds; those of a leg with an impact are found again at the impact.
        edge_of: (10, 32) terrain edge of each slot.
        key_of: (10, 2, 32) feature keys of each slot.
        feet: (2, 32) whether each foot touches the ground.
        lane: which of the 32.
        terrain: (200,) heights in m.
        shapes: vertices and normals of hull, upper and lower leg.
        inv_mass: (5,) 1/kg.
        inv_inertia: (5,) 1/(kg m^2).
        scratch: this thread's work space for the collision.
        solver_work: (3, 19).
    """
    for b in range(1, 5):
        row = b * BODY_ROWS
        vertices = shapes[4] if b % 2 == 0 else shapes[2]
        half_width, half_height = abs(vertices[0, 0]), abs(vertices[0, 1])
        m, i = float(inv_mass[b]), float(inv_inertia[b])
        x, y, angle = float(before[row + X, lane]), float(before[row + Y, lane]), float(before[row + ANGLE, lane])
        share_left = 1.0
        for _ in range(MAX_IMPACTS):
            dx, dy = float(body[row + X, lane]) - x, float(body[row + Y, lane]) - y
            turn = float(body[row + ANGLE, lane]) - angle
            t, struck = impact_time(half_width, half_height, x, y, angle, dx, dy, turn, terrain)
            if t >= 1.0:
                break
            x, y, angle = x + t * dx, y + t * dy, angle + t * turn
            end_x, end_y, end_angle = body[row + X, lane], body[row + Y, lane], body[row + ANGLE, lane]
            body[row + X, lane], body[row + Y, lane], body[row + ANGLE, lane] = x, y, angle
            if collide_leg(body, contact, edge_of, key_of, feet, lane, b, terrain, shapes, scratch) == 0:
                body[row + X, lane], body[row + Y, lane], body[row + ANGLE, lane] = end_x, end_y, end_angle
                break
            share_left *= 1.0 - t
            order = _island_order(edge_of, FIRST_SLOT[b], N_LEG_SLOTS[b], struck, lane)
            x, y, angle = _move_out(x, y, angle, contact, order, lane, m, i)
            _prepare(x, y, angle, contact, order, lane, m, i, solver_work)
            vx, vy, omega = _stop(
                float(body[row + VX, lane]), float(body[row + VY, lane]), float(body[row + OMEGA, lane]),
                len(order), m, i, solver_work,
            )  # fmt: skip
            h = share_left * STEP_S
            body[row + VX, lane], body[row + VY, lane], body[row + OMEGA, lane] = vx, vy, omega
            body[row + X, lane], body[row + Y, lane] = x + h * vx, y + h * vy
            body[row + ANGLE, lane] = angle + h * omega
