"""Box2D's constraint solver for 32 bipedal walkers at a time.

The walker of BipedalWalker-v3 is always the same mechanism: a hull, two upper legs, two lower legs, four revolute
joints with motors and limits, and legs that touch a fixed polyline. Box2D solves one world after the other, with 180
velocity and up to 60 position iterations in one long dependent chain. Here 32 worlds go through the same chain as
lanes. The equations and their order are Box2D's (sequential impulses, block solver for two-point contacts, position
correction by pseudo-impulses); results agree with it up to rounding. Continuous collision follows in ``impact``.

Source: E. Catto, Box2D 2.3: b2RevoluteJoint, b2ContactSolver, b2Island (zlib licence); the equations are restated, no
code is copied.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numba import njit

from wann_core.networks.simd import absolute, any_lane, load, nearest, splat, sqrt, store, where

N_BODIES: Final = 5
N_JOINTS: Final = 4
N_SLOTS: Final = 10
"""Contact manifolds a walker may have at once: two per upper leg, three per lower leg."""

# Rows of the body array, six per body: centre of mass (m), angle (rad), velocity (m/s), angular velocity (rad/s).
X, Y, ANGLE, VX, VY, OMEGA = range(6)
BODY_ROWS: Final = 6

# Rows of the joint array, per joint. The first ten are state or command; the others are set up once per step.
J_IX, J_IY, J_IZ, J_MOTOR, J_LIMIT, J_SPEED, J_TORQUE = range(7)
J_AX, J_AY, J_BX, J_BY = range(7, 11)
J_P11, J_P12, J_P22 = range(11, 14)  # inverse of the 2x2 point matrix
J_F11, J_F12, J_F13, J_F22, J_F23, J_F33 = range(14, 20)  # inverse of the 3x3 point and angle matrix
J_EZX, J_EZY = range(20, 22)
JOINT_ROWS: Final = 22

# Rows of the contact array, per slot.
C_COUNT, C_FACE_GROUND, C_LNX, C_LNY, C_LPX, C_LPY = range(6)
C_P1X, C_P1Y, C_P2X, C_P2Y = range(6, 10)
C_N1, C_T1, C_N2, C_T2 = range(10, 14)  # accumulated impulses
C_NX, C_NY, C_R1X, C_R1Y, C_R2X, C_R2Y = range(14, 20)
C_NM1, C_TM1, C_NM2, C_TM2 = range(20, 24)
C_K11, C_K12, C_K22, C_M11, C_M12, C_M22 = range(24, 30)
C_SOLVED: Final = 30  # points of the velocity solver; the position solver uses all
CONTACT_ROWS: Final = 31

JOINT_A: Final = (0, 1, 0, 3)
JOINT_B: Final = (1, 2, 3, 4)
SLOT_BODY: Final = (1, 1, 2, 2, 2, 3, 3, 4, 4, 4)

DT_S: Final = np.float32(1.0 / 50.0)
GRAVITY: Final = np.float32(-10.0)
LINEAR_SLOP: Final = np.float32(0.005)
ANGULAR_SLOP: Final = np.float32(2.0 / 180.0 * np.pi)
MAX_LINEAR_CORRECTION: Final = np.float32(0.2)
MAX_ANGULAR_CORRECTION: Final = np.float32(8.0 / 180.0 * np.pi)
BAUMGARTE: Final = np.float32(0.2)
POLYGON_RADIUS: Final = np.float32(0.01)
VELOCITY_ITERATIONS: Final = 180
POSITION_ITERATIONS: Final = 60
FRICTION: Final = np.float32(np.sqrt(2.5 * 0.2))
"""Mixed friction of terrain (2.5) and leg (Box2D's default 0.2)."""


@njit(inline="always")
def _sin_cos(angle):
    """Sine and cosine, within a few units in the last place of float32."""
    quarter = nearest(angle * np.float32(0.6366197723675814))
    r = angle - quarter * np.float32(1.5707855224609375)
    r = r - quarter * np.float32(1.0804334124e-05)
    r = r - quarter * np.float32(6.0770999344e-11)
    q = r * r
    s = r + r * q * (
        q * (q * (q * np.float32(2.7183114939e-06) - np.float32(1.9839334836e-04)) + np.float32(8.3333293069e-03))
        - np.float32(1.6666667163e-01)
    )
    c = splat(np.float32(1.0)) + q * (
        q * (q * (q * np.float32(2.4390448e-05) - np.float32(1.3887316e-03)) + np.float32(4.1666643e-02))
        - np.float32(0.5)
    )
    quadrant = quarter - nearest(quarter * np.float32(0.25)) * np.float32(4.0)
    one = (quadrant > np.float32(0.5)) & (quadrant < np.float32(1.5))
    minus_one = (quadrant < np.float32(-0.5)) & (quadrant > np.float32(-1.5))
    opposite = (quadrant > np.float32(1.5)) | (quadrant < np.float32(-1.5))
    sine = where(one, c, where(minus_one, -c, where(opposite, -s, s)))
    cosine = where(one, -s, where(minus_one, s, where(opposite, -c, c)))
    return sine, cosine


@njit(inline="always")
def _clamp(value, low, high):
    value = where(value < low, low, value)
    return where(value > high, high, value)


@njit(cache=True)
def integrate_velocities(body):
    """Apply gravity for one step (forces other than gravity are added to the velocities by the caller)."""
    for b in range(N_BODIES):
        row = b * BODY_ROWS + VY
        store(body, row, load(body, row) + DT_S * GRAVITY)


@njit(cache=True)
def prepare_joints(body, joint, inv_mass, inv_inertia, anchors, limits):
    """Set up each joint's effective masses and limit state, and apply last step's impulses (warm start).

    Args:
        body: (5 * 6, 32) float32 state.
        joint: (4 * 22, 32) float32.
        inv_mass: (5,) 1/kg.
        inv_inertia: (5,) 1/(kg m^2), about the centre of mass.
        anchors: (4, 4) local anchor on A minus A's centre of mass (x, y), the same on B, in m.
        limits: (4, 2) lower and upper angle in rad.
    """
    one = splat(np.float32(1.0))
    for j in range(N_JOINTS):
        a, b, row = JOINT_A[j] * BODY_ROWS, JOINT_B[j] * BODY_ROWS, j * JOINT_ROWS
        m_a, m_b = inv_mass[JOINT_A[j]], inv_mass[JOINT_B[j]]
        i_a, i_b = inv_inertia[JOINT_A[j]], inv_inertia[JOINT_B[j]]
        angle_a, angle_b = load(body, a + ANGLE), load(body, b + ANGLE)
        sin_a, cos_a = _sin_cos(angle_a)
        sin_b, cos_b = _sin_cos(angle_b)
        ax = cos_a * anchors[j, 0] - sin_a * anchors[j, 1]
        ay = sin_a * anchors[j, 0] + cos_a * anchors[j, 1]
        bx = cos_b * anchors[j, 2] - sin_b * anchors[j, 3]
        by = sin_b * anchors[j, 2] + cos_b * anchors[j, 3]
        store(joint, row + J_AX, ax)
        store(joint, row + J_AY, ay)
        store(joint, row + J_BX, bx)
        store(joint, row + J_BY, by)
        k11 = ay * ay * i_a + by * by * i_b + (m_a + m_b)
        k12 = -(ay * ax * i_a) - by * bx * i_b
        k13 = -(ay * i_a) - by * i_b
        k22 = ax * ax * i_a + bx * bx * i_b + (m_a + m_b)
        k23 = ax * i_a + bx * i_b
        k33 = i_a + i_b
        store(joint, row + J_EZX, k13)
        store(joint, row + J_EZY, k23)
        inverse = one / (k11 * k22 - k12 * k12)
        store(joint, row + J_P11, inverse * k22)
        store(joint, row + J_P12, -(inverse * k12))
        store(joint, row + J_P22, inverse * k11)
        c11 = k22 * k33 - k23 * k23
        c12 = k13 * k23 - k12 * k33
        c13 = k12 * k23 - k13 * k22
        inverse = one / (k11 * c11 + k12 * c12 + k13 * c13)
        store(joint, row + J_F11, inverse * c11)
        store(joint, row + J_F12, inverse * c12)
        store(joint, row + J_F13, inverse * c13)
        store(joint, row + J_F22, inverse * (k11 * k33 - k13 * k13))
        store(joint, row + J_F23, inverse * (k12 * k13 - k11 * k23))
        store(joint, row + J_F33, inverse * (k11 * k22 - k12 * k12))

        angle = angle_b - angle_a
        at_lower = angle <= limits[j, 0]
        at_upper = (angle >= limits[j, 1]) & ~at_lower
        state = where(at_lower, -one, where(at_upper, one, np.float32(0.0)))
        z = where(state != load(joint, row + J_LIMIT), np.float32(0.0), load(joint, row + J_IZ))
        z = where(at_lower | at_upper, z, np.float32(0.0))
        store(joint, row + J_LIMIT, state)
        store(joint, row + J_IZ, z)

        px, py = load(joint, row + J_IX), load(joint, row + J_IY)
        twist = load(joint, row + J_MOTOR) + z
        store(body, a + VX, load(body, a + VX) - m_a * px)
        store(body, a + VY, load(body, a + VY) - m_a * py)
        store(body, a + OMEGA, load(body, a + OMEGA) - i_a * (ax * py - ay * px + twist))
        store(body, b + VX, load(body, b + VX) + m_b * px)
        store(body, b + VY, load(body, b + VY) + m_b * py)
        store(body, b + OMEGA, load(body, b + OMEGA) + i_b * (bx * py - by * px + twist))


@njit(inline="always")
def _solve_joint(body, joint, inv_mass, inv_inertia, j):
    a, b, row = JOINT_A[j] * BODY_ROWS, JOINT_B[j] * BODY_ROWS, j * JOINT_ROWS
    m_a, m_b = inv_mass[JOINT_A[j]], inv_mass[JOINT_B[j]]
    i_a, i_b = inv_inertia[JOINT_A[j]], inv_inertia[JOINT_B[j]]
    w_a, w_b = load(body, a + OMEGA), load(body, b + OMEGA)

    impulse = (load(joint, row + J_SPEED) - (w_b - w_a)) * (np.float32(1.0) / (i_a + i_b))
    old = load(joint, row + J_MOTOR)
    most = load(joint, row + J_TORQUE) * DT_S
    new = _clamp(old + impulse, -most, most)
    store(joint, row + J_MOTOR, new)
    impulse = new - old
    w_a = w_a - i_a * impulse
    w_b = w_b + i_b * impulse

    ax, ay = load(joint, row + J_AX), load(joint, row + J_AY)
    bx, by = load(joint, row + J_BX), load(joint, row + J_BY)
    vx_a, vy_a = load(body, a + VX), load(body, a + VY)
    vx_b, vy_b = load(body, b + VX), load(body, b + VY)
    cx = vx_b - w_b * by - vx_a + w_a * ay
    cy = vy_b + w_b * bx - vy_a - w_a * ax
    cz = w_b - w_a
    state = load(joint, row + J_LIMIT)
    z_old = load(joint, row + J_IZ)
    rhs_x = z_old * load(joint, row + J_EZX) - cx
    rhs_y = z_old * load(joint, row + J_EZY) - cy
    p12 = load(joint, row + J_P12)
    ix = load(joint, row + J_P11) * rhs_x + p12 * rhs_y
    iy = p12 * rhs_x + load(joint, row + J_P22) * rhs_y
    iz = -z_old
    if any_lane(state != np.float32(0.0)):
        f13, f23 = load(joint, row + J_F13), load(joint, row + J_F23)
        fz = -(f13 * cx + f23 * cy + load(joint, row + J_F33) * cz)
        z_new = z_old + fz
        holds = ((state < np.float32(0.0)) & (z_new >= np.float32(0.0))) | (
            (state > np.float32(0.0)) & (z_new <= np.float32(0.0))
        )
        f12 = load(joint, row + J_F12)
        ix = where(holds, -(load(joint, row + J_F11) * cx + f12 * cy + f13 * cz), ix)
        iy = where(holds, -(f12 * cx + load(joint, row + J_F22) * cy + f23 * cz), iy)
        iz = where(holds, fz, iz)
        store(joint, row + J_IZ, z_old + iz)
    store(joint, row + J_IX, load(joint, row + J_IX) + ix)
    store(joint, row + J_IY, load(joint, row + J_IY) + iy)
    store(body, a + VX, vx_a - m_a * ix)
    store(body, a + VY, vy_a - m_a * iy)
    store(body, a + OMEGA, w_a - i_a * (ax * iy - ay * ix + iz))
    store(body, b + VX, vx_b + m_b * ix)
    store(body, b + VY, vy_b + m_b * iy)
    store(body, b + OMEGA, w_b + i_b * (bx * iy - by * ix + iz))


@njit(cache=True)
def prepare_contact(body, contact, inv_mass, inv_inertia, slot):
    """Set up one contact slot's points, masses and warm start in all lanes; lanes without a contact are untouched."""
    row, b = slot * CONTACT_ROWS, SLOT_BODY[slot] * BODY_ROWS
    m, i = inv_mass[SLOT_BODY[slot]], inv_inertia[SLOT_BODY[slot]]
    one = splat(np.float32(1.0))
    count = load(contact, row + C_COUNT)
    active, two = count > np.float32(0.5), count > np.float32(1.5)
    x, y = load(body, b + X), load(body, b + Y)
    s, c = _sin_cos(load(body, b + ANGLE))
    ground = load(contact, row + C_FACE_GROUND) > np.float32(0.5)
    lnx, lny = load(contact, row + C_LNX), load(contact, row + C_LNY)
    lpx, lpy = load(contact, row + C_LPX), load(contact, row + C_LPY)
    nx = where(ground, lnx, c * lnx - s * lny)
    ny = where(ground, lny, s * lnx + c * lny)
    plane_x = where(ground, lpx, x + c * lpx - s * lpy)
    plane_y = where(ground, lpy, y + s * lpx + c * lpy)
    out_nx, out_ny = where(ground, nx, -nx), where(ground, ny, -ny)
    store(contact, row + C_NX, out_nx)
    store(contact, row + C_NY, out_ny)
    for point in range(2):
        px, py = load(contact, row + C_P1X + 2 * point), load(contact, row + C_P1Y + 2 * point)
        clip_x = where(ground, x + c * px - s * py, px)
        clip_y = where(ground, y + s * px + c * py, py)
        distance = (clip_x - plane_x) * nx + (clip_y - plane_y) * ny
        # The point midway between the two skins; both have the polygon's radius.
        shift = np.float32(0.5) * ((splat(POLYGON_RADIUS) - distance) - POLYGON_RADIUS)
        rx = clip_x + shift * nx - x
        ry = clip_y + shift * ny - y
        store(contact, row + C_R1X + 2 * point, rx)
        store(contact, row + C_R1Y + 2 * point, ry)
        rn = rx * out_ny - ry * out_nx
        rt = -(rx * out_nx) - ry * out_ny
        store(contact, row + C_NM1 + 2 * point, one / (rn * rn * i + m))
        store(contact, row + C_TM1 + 2 * point, one / (rt * rt * i + m))
    r1x, r1y = load(contact, row + C_R1X), load(contact, row + C_R1Y)
    r2x, r2y = load(contact, row + C_R2X), load(contact, row + C_R2Y)
    rn1, rn2 = r1x * out_ny - r1y * out_nx, r2x * out_ny - r2y * out_nx
    k11, k22, k12 = rn1 * rn1 * i + m, rn2 * rn2 * i + m, rn1 * rn2 * i + m
    determinant = k11 * k22 - k12 * k12
    # An ill-conditioned pair is solved as one point, as Box2D does.
    well = two & (k11 * k11 < np.float32(1000.0) * determinant)
    count = where(two & ~well, np.float32(1.0), count)
    store(contact, row + C_SOLVED, count)
    safe = where(well, determinant, np.float32(1.0))
    store(contact, row + C_K11, k11)
    store(contact, row + C_K12, k12)
    store(contact, row + C_K22, k22)
    store(contact, row + C_M11, k22 / safe)
    store(contact, row + C_M12, -k12 / safe)
    store(contact, row + C_M22, k11 / safe)
    n1 = where(active, load(contact, row + C_N1), np.float32(0.0))
    t1 = where(active, load(contact, row + C_T1), np.float32(0.0))
    n2 = where(well, load(contact, row + C_N2), np.float32(0.0))
    t2 = where(well, load(contact, row + C_T2), np.float32(0.0))
    store(contact, row + C_N1, n1)
    store(contact, row + C_T1, t1)
    store(contact, row + C_N2, n2)
    store(contact, row + C_T2, t2)
    p1x, p1y = n1 * out_nx + t1 * out_ny, n1 * out_ny - t1 * out_nx
    p2x, p2y = n2 * out_nx + t2 * out_ny, n2 * out_ny - t2 * out_nx
    store(body, b + OMEGA, load(body, b + OMEGA) + i * ((r1x * p1y - r1y * p1x) + (r2x * p2y - r2y * p2x)))
    store(body, b + VX, load(body, b + VX) + m * (p1x + p2x))
    store(body, b + VY, load(body, b + VY) + m * (p1y + p2y))


@njit(inline="always")
def _solve_contact(body, contact, inv_mass, inv_inertia, slot):
    row, b = slot * CONTACT_ROWS, SLOT_BODY[slot] * BODY_ROWS
    m, i = inv_mass[SLOT_BODY[slot]], inv_inertia[SLOT_BODY[slot]]
    zero = splat(np.float32(0.0))
    count = load(contact, row + C_SOLVED)
    active, two = count > np.float32(0.5), count > np.float32(1.5)
    vx, vy, w = load(body, b + VX), load(body, b + VY), load(body, b + OMEGA)
    nx, ny = load(contact, row + C_NX), load(contact, row + C_NY)
    for point in range(2):
        present = active if point == 0 else two
        rx, ry = load(contact, row + C_R1X + 2 * point), load(contact, row + C_R1Y + 2 * point)
        along = (vx - w * ry) * ny - (vy + w * rx) * nx
        old = load(contact, row + C_T1 + 2 * point)
        most = load(contact, row + C_N1 + 2 * point) * FRICTION
        new = _clamp(old - load(contact, row + C_TM1 + 2 * point) * along, -most, most)
        new = where(present, new, zero)
        store(contact, row + C_T1 + 2 * point, new)
        px, py = (new - old) * ny, -((new - old) * nx)
        vx, vy, w = vx + m * px, vy + m * py, w + i * (rx * py - ry * px)
    r1x, r1y = load(contact, row + C_R1X), load(contact, row + C_R1Y)
    r2x, r2y = load(contact, row + C_R2X), load(contact, row + C_R2Y)
    a1, a2 = load(contact, row + C_N1), load(contact, row + C_N2)
    vn1 = (vx - w * r1y) * nx + (vy + w * r1x) * ny
    vn2 = (vx - w * r2y) * nx + (vy + w * r2x) * ny
    nm1, nm2 = load(contact, row + C_NM1), load(contact, row + C_NM2)
    k12 = load(contact, row + C_K12)
    single = a1 - nm1 * vn1
    single = where(single > zero, single, zero)
    b1 = vn1 - (load(contact, row + C_K11) * a1 + k12 * a2)
    b2 = vn2 - (k12 * a1 + load(contact, row + C_K22) * a2)
    m12 = load(contact, row + C_M12)
    # The linear complementarity problem of two points: try both points in contact, then each one alone, then none.
    x1 = -(load(contact, row + C_M11) * b1 + m12 * b2)
    x2 = -(m12 * b1 + load(contact, row + C_M22) * b2)
    both = (x1 >= zero) & (x2 >= zero)
    f1 = -(nm1 * b1)
    first = (f1 >= zero) & (k12 * f1 + b2 >= zero)
    s2 = -(nm2 * b2)
    second = (s2 >= zero) & (k12 * s2 + b1 >= zero)
    neither = (b1 >= zero) & (b2 >= zero)
    new1 = where(both, x1, where(first, f1, where(second | neither, zero, a1)))
    new2 = where(both, x2, where(first, zero, where(second, s2, where(neither, zero, a2))))
    new1 = where(two, new1, where(active, single, zero))
    new2 = where(two, new2, zero)
    store(contact, row + C_N1, new1)
    store(contact, row + C_N2, new2)
    d1, d2 = new1 - a1, new2 - a2
    store(body, b + VX, vx + m * ((d1 + d2) * nx))
    store(body, b + VY, vy + m * ((d1 + d2) * ny))
    store(body, b + OMEGA, w + i * (d1 * (r1x * ny - r1y * nx) + d2 * (r2x * ny - r2y * nx)))


@njit(cache=True)
def solve_velocities(body, joint, contact, inv_mass, inv_inertia, slots, n_slots):
    """Run the velocity iterations.

    All iterations run: the slow modes of a walker on both feet still change after 150, so an early stop is not
    possible.

    Args:
        body: (5 * 6, 32) float32 state.
        joint: (4 * 22, 32) float32.
        contact: (10 * 31, 32) float32.
        inv_mass: (5,) 1/kg.
        inv_inertia: (5,) 1/(kg m^2).
        slots: contact slots in use.
        n_slots: number of these slots.
    """
    for _ in range(VELOCITY_ITERATIONS):
        # Box2D's order: its island starts at the body created last, the second lower leg.
        _solve_joint(body, joint, inv_mass, inv_inertia, 3)
        _solve_joint(body, joint, inv_mass, inv_inertia, 2)
        _solve_joint(body, joint, inv_mass, inv_inertia, 0)
        _solve_joint(body, joint, inv_mass, inv_inertia, 1)
        for k in range(n_slots):
            _solve_contact(body, contact, inv_mass, inv_inertia, slots[k])


@njit(cache=True)
def integrate_positions(body):
    """Move every body by its velocity for one step."""
    for b in range(N_BODIES):
        row = b * BODY_ROWS
        store(body, row + X, load(body, row + X) + DT_S * load(body, row + VX))
        store(body, row + Y, load(body, row + Y) + DT_S * load(body, row + VY))
        store(body, row + ANGLE, load(body, row + ANGLE) + DT_S * load(body, row + OMEGA))


@njit(inline="always")
def _correct_contact(body, contact, inv_mass, inv_inertia, slot, still):
    row, b = slot * CONTACT_ROWS, SLOT_BODY[slot] * BODY_ROWS
    m, i = inv_mass[SLOT_BODY[slot]], inv_inertia[SLOT_BODY[slot]]
    zero = splat(np.float32(0.0))
    count = load(contact, row + C_COUNT)
    ground = load(contact, row + C_FACE_GROUND) > np.float32(0.5)
    lnx, lny = load(contact, row + C_LNX), load(contact, row + C_LNY)
    lpx, lpy = load(contact, row + C_LPX), load(contact, row + C_LPY)
    x, y, angle = load(body, b + X), load(body, b + Y), load(body, b + ANGLE)
    worst = zero
    for point in range(2):
        present = (count > np.float32(0.5 + point)) & still
        if not any_lane(present):
            continue
        s, c = _sin_cos(angle)
        nx = where(ground, lnx, c * lnx - s * lny)
        ny = where(ground, lny, s * lnx + c * lny)
        plane_x = where(ground, lpx, x + c * lpx - s * lpy)
        plane_y = where(ground, lpy, y + s * lpx + c * lpy)
        px, py = load(contact, row + C_P1X + 2 * point), load(contact, row + C_P1Y + 2 * point)
        clip_x = where(ground, x + c * px - s * py, px)
        clip_y = where(ground, y + s * px + c * py, py)
        gap = (clip_x - plane_x) * nx + (clip_y - plane_y) * ny - np.float32(2.0) * POLYGON_RADIUS
        worst = where(present & (gap < worst), gap, worst)
        nx, ny = where(ground, nx, -nx), where(ground, ny, -ny)
        push = _clamp((gap + LINEAR_SLOP) * BAUMGARTE, splat(-MAX_LINEAR_CORRECTION), zero)
        rx, ry = clip_x - x, clip_y - y
        rn = rx * ny - ry * nx
        impulse = where(present, -push / (rn * rn * i + m), zero)
        x = x + m * (impulse * nx)
        y = y + m * (impulse * ny)
        angle = angle + i * (rn * impulse)
    store(body, b + X, x)
    store(body, b + Y, y)
    store(body, b + ANGLE, angle)
    return worst


@njit(inline="always")
def _correct_joint(body, joint, inv_mass, inv_inertia, anchors, limits, j, still):
    a, b, row = JOINT_A[j] * BODY_ROWS, JOINT_B[j] * BODY_ROWS, j * JOINT_ROWS
    m_a, m_b = inv_mass[JOINT_A[j]], inv_mass[JOINT_B[j]]
    i_a, i_b = inv_inertia[JOINT_A[j]], inv_inertia[JOINT_B[j]]
    zero = splat(np.float32(0.0))
    angle_a, angle_b = load(body, a + ANGLE), load(body, b + ANGLE)
    state = load(joint, row + J_LIMIT)
    lower, upper = state < np.float32(-0.5), state > np.float32(0.5)
    angle = angle_b - angle_a
    below, above = angle - limits[j, 0], angle - limits[j, 1]
    angular_error = where(lower, -below, where(upper, above, zero))
    at_lower = _clamp(below + ANGULAR_SLOP, splat(-MAX_ANGULAR_CORRECTION), zero)
    at_upper = _clamp(above - ANGULAR_SLOP, zero, splat(MAX_ANGULAR_CORRECTION))
    turn = where(lower, at_lower, where(upper, at_upper, zero)) * (np.float32(-1.0) / (i_a + i_b))
    turn = where(still, turn, zero)
    angle_a = angle_a - i_a * turn
    angle_b = angle_b + i_b * turn

    sin_a, cos_a = _sin_cos(angle_a)
    sin_b, cos_b = _sin_cos(angle_b)
    ax = cos_a * anchors[j, 0] - sin_a * anchors[j, 1]
    ay = sin_a * anchors[j, 0] + cos_a * anchors[j, 1]
    bx = cos_b * anchors[j, 2] - sin_b * anchors[j, 3]
    by = sin_b * anchors[j, 2] + cos_b * anchors[j, 3]
    x_a, y_a, x_b, y_b = load(body, a + X), load(body, a + Y), load(body, b + X), load(body, b + Y)
    cx, cy = x_b + bx - x_a - ax, y_b + by - y_a - ay
    error = sqrt(cx * cx + cy * cy)
    k11 = ay * ay * i_a + by * by * i_b + (m_a + m_b)
    k12 = -(ax * ay * i_a) - bx * by * i_b
    k22 = ax * ax * i_a + bx * bx * i_b + (m_a + m_b)
    inverse = splat(np.float32(-1.0)) / (k11 * k22 - k12 * k12)
    ix = where(still, inverse * (k22 * cx - k12 * cy), zero)
    iy = where(still, inverse * (k11 * cy - k12 * cx), zero)
    store(body, a + X, x_a - m_a * ix)
    store(body, a + Y, y_a - m_a * iy)
    store(body, a + ANGLE, angle_a - i_a * (ax * iy - ay * ix))
    store(body, b + X, x_b + m_b * ix)
    store(body, b + Y, y_b + m_b * iy)
    store(body, b + ANGLE, angle_b + i_b * (bx * iy - by * ix))
    return (error <= LINEAR_SLOP) & (angular_error <= ANGULAR_SLOP)


@njit(cache=True)
def solve_positions(body, joint, contact, inv_mass, inv_inertia, anchors, limits, slots, n_slots):
    """Run the position iterations; a lane is left unchanged as soon as its errors are within the slops.

    Returns:
        Iterations done.
    """
    still = absolute(load(body, X)) >= np.float32(0.0)
    for iteration in range(POSITION_ITERATIONS):
        worst = splat(np.float32(0.0))
        for k in range(n_slots):
            gap = _correct_contact(body, contact, inv_mass, inv_inertia, slots[k], still)
            worst = where(gap < worst, gap, worst)
        fine = worst >= np.float32(-3.0) * LINEAR_SLOP
        # As in Box2D, the joints are corrected in their order even if the contacts need no correction.
        for j in (3, 2, 0, 1):
            fine = _correct_joint(body, joint, inv_mass, inv_inertia, anchors, limits, j, still) & fine
        still = still & ~fine
        if not any_lane(still):
            return iteration + 1
    return POSITION_ITERATIONS
