"""Box2D's island for 16 racing cars at a time: a hull and four wheels on revolute joints with motors and limits.

No solid bodies touch in CarRacing-v3, so a world's step is only this mechanism: forces, 180 velocity iterations over
four joints, the motion of one step, position iterations until the joints are in place, and sleep. Every operation is
Box2D's, in its order and in single precision, so each lane has Box2D's bits. Terms of the wheels' anchors are left out:
the anchors lie in the wheels' centres of mass and add only zeros.

Sine and cosine are the C library's, one lane at a time, as Box2D calls them.

Source: E. Catto, Box2D 2.3: b2RevoluteJoint, b2Island, b2World (zlib licence); the equations are restated, no code is
copied.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.networks.simd import absolute, any_lane, sqrt, where
from wann_core.networks.simd_channels import N_CHANNELS as N_LANES
from wann_core.networks.simd_channels import load_channels as load
from wann_core.networks.simd_channels import splat_channels as splat
from wann_core.networks.simd_channels import store_channels as store
from wann_core.tasks.car_racing.shape import WHEEL_AT

N_BODIES: Final = 5
"""The hull, then the wheels: front left, front right, rear left, rear right."""
N_JOINTS: Final = 4

# Rows of the body array, per body: centre of mass (m), angle (rad), velocity (m/s), angular velocity (rad/s), sine and
# cosine of the angle, and how long it has been at rest (s).
X, Y, ANGLE, VX, VY, OMEGA, SINE, COSINE, REST_S = range(9)
BODY_ROWS: Final = 9

# Rows of the joint array, per joint. The first six are state or command; the others are set up once per step.
J_IX, J_IY, J_IZ, J_MOTOR, J_LIMIT, J_SPEED = range(6)
J_AX, J_AY = range(6, 8)
J_K11, J_K12, J_K22, J_DETERMINANT = range(8, 12)
"""The 2x2 point matrix and the inverse of its determinant."""
J_EZX, J_EZY, J_DETERMINANT_3 = range(12, 15)
"""The remaining elements of the 3x3 point and angle matrix (its last number never changes) and the inverse of its
determinant."""
JOINT_ROWS: Final = 15

DT_S: Final = np.float32(1.0 / 50.0)
VELOCITY_ITERATIONS: Final = 180
POSITION_ITERATIONS: Final = 60

# Box2D's numbers for these shapes and densities, to the bit (a test compares them with Box2D's own).
HULL_MASS_KG: Final = np.float32(float.fromhex("0x1.c3d70ap+2"))
HULL_CENTRE_M: Final = np.array([float.fromhex("0x1.961e78p-30"), float.fromhex("-0x1.520be8p-4")], dtype=np.float32)
HULL_INERTIA: Final = np.float32(float.fromhex("0x1.242a74p+4"))
"""About the hull's origin, as Box2D reports it, in kg m^2."""
WHEEL_MASS_KG: Final = np.float32(float.fromhex("0x1.ef73c4p-5"))
WHEEL_INERTIA: Final = np.float32(float.fromhex("0x1.e8d8a0p-8"))

_ONE: Final = np.float32(1.0)
_ZERO: Final = np.float32(0.0)
_M_A: Final = _ONE / HULL_MASS_KG
_I_A: Final = _ONE / np.float32(
    HULL_INERTIA - HULL_MASS_KG * np.float32(HULL_CENTRE_M[0] * HULL_CENTRE_M[0] + HULL_CENTRE_M[1] * HULL_CENTRE_M[1])
)
_M_B: Final = _ONE / WHEEL_MASS_KG
_I_B: Final = _ONE / WHEEL_INERTIA
_MASSES: Final = _M_A + _M_B
_INERTIAS: Final = _I_A + _I_B
_MOTOR_MASS: Final = _ONE / _INERTIAS
ANCHORS: Final = WHEEL_AT.astype(np.float32) - HULL_CENTRE_M
"""(4, 2) of the joints on the hull from its centre of mass, in m."""
STEERING_LIMIT_RAD: Final = np.float32(0.4)
_MOST_TURN: Final = DT_S * np.float32(180 * 900 * 0.02 * 0.02)
"""The steering motor's largest impulse in a step, in N m s."""

_LINEAR_SLOP: Final = np.float32(0.005)
_ANGULAR_SLOP: Final = np.float32(np.float32(2.0 / 180.0) * np.float32(3.14159265359))
_MAX_ANGULAR_CORRECTION: Final = np.float32(np.float32(8.0 / 180.0) * np.float32(3.14159265359))
_MAX_TRANSLATION_M: Final = np.float32(2.0)
_MAX_TRANSLATION_SQUARE: Final = _MAX_TRANSLATION_M * _MAX_TRANSLATION_M
_MAX_ROTATION_RAD: Final = np.float32(np.float32(0.5) * np.float32(3.14159265359))
_MAX_ROTATION_SQUARE: Final = _MAX_ROTATION_RAD * _MAX_ROTATION_RAD
_REST_SPEED_SQUARE: Final = np.float32(0.01) * np.float32(0.01)
_REST_TURN: Final = np.float32(np.float32(2.0 / 180.0) * np.float32(3.14159265359))
_REST_TURN_SQUARE: Final = _REST_TURN * _REST_TURN
_TIME_TO_SLEEP_S: Final = np.float32(0.5)


def new_body() -> NDArray[np.float32]:
    """(5 * 9 * 16,) state of the bodies of 16 cars, all zero."""
    return np.zeros(N_BODIES * BODY_ROWS * N_LANES, np.float32)


def new_joint() -> NDArray[np.float32]:
    """(4 * 15 * 16,) state of the joints of 16 cars, all zero."""
    return np.zeros(N_JOINTS * JOINT_ROWS * N_LANES, np.float32)


@njit(cache=True)
def place(body, joint, lane, angle, x, y):
    """Put a fresh car into a lane.

    Args:
        body: see ``new_body``.
        joint: see ``new_joint``.
        lane: which of the 16.
        angle: of the car, in rad.
        x: of its origin, in m; ``y`` likewise.
        y: see ``x``.
    """
    for row in range(N_JOINTS * JOINT_ROWS):
        joint[row * N_LANES + lane] = _ZERO
    single = np.float32(angle)
    sine, cosine = np.float32(math.sin(single)), np.float32(math.cos(single))
    for b in range(N_BODIES):
        row = b * BODY_ROWS
        for k in range(BODY_ROWS):
            body[(row + k) * N_LANES + lane] = _ZERO
        body[(row + ANGLE) * N_LANES + lane] = single
        body[(row + SINE) * N_LANES + lane], body[(row + COSINE) * N_LANES + lane] = sine, cosine
        if b == 0:
            cx, cy = HULL_CENTRE_M[0], HULL_CENTRE_M[1]
            body[X * N_LANES + lane] = (cosine * cx - sine * cy) + np.float32(x)
            body[Y * N_LANES + lane] = (sine * cx + cosine * cy) + np.float32(y)
        else:
            body[(row + X) * N_LANES + lane] = np.float32(x + WHEEL_AT[b - 1, 0])
            body[(row + Y) * N_LANES + lane] = np.float32(y + WHEEL_AT[b - 1, 1])


@njit(cache=True)
def push_wheel(body, lane, b, force_x, force_y):
    """Apply a force in N to a wheel for the next step: Box2D adds the resulting velocity before everything else."""
    row = b * BODY_ROWS
    body[(row + VX) * N_LANES + lane] += DT_S * (_M_B * np.float32(force_x))
    body[(row + VY) * N_LANES + lane] += DT_S * (_M_B * np.float32(force_y))


@njit(cache=True)
def _turn(body, b):
    row = b * BODY_ROWS
    for lane in range(N_LANES):
        angle = body[(row + ANGLE) * N_LANES + lane]
        body[(row + SINE) * N_LANES + lane] = math.sin(angle)
        body[(row + COSINE) * N_LANES + lane] = math.cos(angle)


@njit(inline="always")
def _anchor(body, j):
    sine, cosine = load(body, SINE), load(body, COSINE)
    x, y = ANCHORS[j, 0], ANCHORS[j, 1]
    return cosine * x - sine * y, sine * x + cosine * y


@njit(inline="always")
def _clamp(value, low, high):
    value = where(value < low, low, value)
    return where(value > high, high, value)


@njit(cache=True)
def _prepare(body, joint):
    """Set up each joint's masses and limit state, and apply last step's impulses (warm start)."""
    vx, vy, w = load(body, VX), load(body, VY), load(body, OMEGA)
    for j in (3, 2, 1, 0):
        b, row = (j + 1) * BODY_ROWS, j * JOINT_ROWS
        ax, ay = _anchor(body, j)
        k11 = _MASSES + ay * ay * _I_A
        k12 = -ay * ax * _I_A
        k22 = _MASSES + ax * ax * _I_A
        k13, k23 = -ay * _I_A, ax * _I_A
        store(joint, row + J_AX, ax)
        store(joint, row + J_AY, ay)
        store(joint, row + J_K11, k11)
        store(joint, row + J_K12, k12)
        store(joint, row + J_K22, k22)
        store(joint, row + J_DETERMINANT, _ONE / (k11 * k22 - k12 * k12))
        store(joint, row + J_EZX, k13)
        store(joint, row + J_EZY, k23)
        determinant = (
            k11 * (k22 * _INERTIAS - k23 * k23) + k12 * (k23 * k13 - k12 * _INERTIAS) + k13 * (k12 * k23 - k22 * k13)
        )
        store(joint, row + J_DETERMINANT_3, _ONE / determinant)

        angle = load(body, b + ANGLE) - load(body, ANGLE)
        at_lower = angle <= -STEERING_LIMIT_RAD
        at_upper = (angle >= STEERING_LIMIT_RAD) & ~at_lower
        state = where(at_lower, -_ONE, where(at_upper, splat(_ONE), _ZERO))
        z = where(state != load(joint, row + J_LIMIT), _ZERO, load(joint, row + J_IZ))
        z = where(at_lower | at_upper, z, _ZERO)
        store(joint, row + J_LIMIT, state)
        store(joint, row + J_IZ, z)

        px, py = load(joint, row + J_IX), load(joint, row + J_IY)
        motor = load(joint, row + J_MOTOR)
        vx, vy = vx - _M_A * px, vy - _M_A * py
        w = w - _I_A * ((ax * py - ay * px) + motor + z)
        store(body, b + VX, load(body, b + VX) + _M_B * px)
        store(body, b + VY, load(body, b + VY) + _M_B * py)
        store(body, b + OMEGA, load(body, b + OMEGA) + _I_B * (motor + z))
    store(body, VX, vx)
    store(body, VY, vy)
    store(body, OMEGA, w)


@njit(inline="always")
def _solve_joint(body, joint, j, vx, vy, w):
    """Solve one joint of one velocity iteration; take the hull's velocities and return the new ones."""
    b, row = (j + 1) * BODY_ROWS, j * JOINT_ROWS
    w_b = load(body, b + OMEGA)
    old = load(joint, row + J_MOTOR)
    new = _clamp(old + -_MOTOR_MASS * ((w_b - w) - load(joint, row + J_SPEED)), -_MOST_TURN, _MOST_TURN)
    turn = new - old
    store(joint, row + J_MOTOR, new)
    w_new = w - _I_A * turn
    w_b_new = w_b + _I_B * turn

    ax, ay = load(joint, row + J_AX), load(joint, row + J_AY)
    vx_b, vy_b = load(body, b + VX), load(body, b + VY)
    cx = (vx_b - vx) + w_new * ay
    cy = (vy_b - vy) - w_new * ax
    k11, k12, k22 = load(joint, row + J_K11), load(joint, row + J_K12), load(joint, row + J_K22)
    determinant = load(joint, row + J_DETERMINANT)
    z = load(joint, row + J_IZ)
    state = load(joint, row + J_LIMIT)
    zero = splat(_ZERO)
    if any_lane(state != _ZERO):
        limited = state != _ZERO
        k13, k23 = load(joint, row + J_EZX), load(joint, row + J_EZY)
        determinant_3 = load(joint, row + J_DETERMINANT_3)
        cz = w_b_new - w_new
        fx = -(
            determinant_3
            * (cx * (k22 * _INERTIAS - k23 * k23) + cy * (k23 * k13 - k12 * _INERTIAS) + cz * (k12 * k23 - k22 * k13))
        )
        fy = -(
            determinant_3
            * (k11 * (cy * _INERTIAS - cz * k23) + k12 * (cz * k13 - cx * _INERTIAS) + k13 * (cx * k23 - cy * k13))
        )
        fz = -(
            determinant_3 * (k11 * (k22 * cz - k23 * cy) + k12 * (k23 * cx - k12 * cz) + k13 * (k12 * cy - k22 * cx))
        )
        z_new = z + fz
        lets_go = ((state < _ZERO) & (z_new < _ZERO)) | ((state > _ZERO) & (z_new > _ZERO))
        # A limit cannot pull. If it would, only the point is solved, and the limit's impulse is removed.
        bx, by = where(lets_go, z * k13 - cx, -cx), where(lets_go, z * k23 - cy, -cy)
        holds = limited & ~lets_go
        ix = where(holds, fx, determinant * (k22 * bx - k12 * by))
        iy = where(holds, fy, determinant * (k11 * by - k12 * bx))
        iz = where(holds, fz, where(limited, -z, zero))
        store(joint, row + J_IZ, where(lets_go, zero, z + iz))
        spin = (ax * iy - ay * ix) + iz
        w_b_new = w_b_new + _I_B * iz
    else:
        ix = determinant * (k12 * cy - k22 * cx)
        iy = determinant * (k12 * cx - k11 * cy)
        spin = ax * iy - ay * ix
    store(joint, row + J_IX, load(joint, row + J_IX) + ix)
    store(joint, row + J_IY, load(joint, row + J_IY) + iy)
    store(body, b + VX, vx_b + _M_B * ix)
    store(body, b + VY, vy_b + _M_B * iy)
    store(body, b + OMEGA, w_b_new)
    return vx - _M_A * ix, vy - _M_A * iy, w_new - _I_A * spin


@njit(cache=True)
def _solve_velocities(body, joint):
    """Run the velocity iterations.

    All iterations run: the last bits still change in the 180th, without a period that could be skipped.
    """
    vx, vy, w = load(body, VX), load(body, VY), load(body, OMEGA)
    for _ in range(VELOCITY_ITERATIONS):
        # Box2D's order: its island starts at the body created last, the fourth wheel.
        vx, vy, w = _solve_joint(body, joint, 3, vx, vy, w)
        vx, vy, w = _solve_joint(body, joint, 2, vx, vy, w)
        vx, vy, w = _solve_joint(body, joint, 1, vx, vy, w)
        vx, vy, w = _solve_joint(body, joint, 0, vx, vy, w)
    store(body, VX, vx)
    store(body, VY, vy)
    store(body, OMEGA, w)


@njit(cache=True)
def _integrate(body):
    """Move every body by its velocity, which is limited to Box2D's maximum."""
    for b in range(N_BODIES):
        row = b * BODY_ROWS
        vx, vy, w = load(body, row + VX), load(body, row + VY), load(body, row + OMEGA)
        dx, dy, turn = DT_S * vx, DT_S * vy, DT_S * w
        square = dx * dx + dy * dy
        if any_lane(square > _MAX_TRANSLATION_SQUARE) or any_lane(turn * turn > _MAX_ROTATION_SQUARE):
            is_fast = square > _MAX_TRANSLATION_SQUARE
            ratio = _MAX_TRANSLATION_M / sqrt(square)
            vx, vy = where(is_fast, vx * ratio, vx), where(is_fast, vy * ratio, vy)
            w = where(turn * turn > _MAX_ROTATION_SQUARE, w * (_MAX_ROTATION_RAD / absolute(turn)), w)
            store(body, row + VX, vx)
            store(body, row + VY, vy)
            store(body, row + OMEGA, w)
        store(body, row + X, load(body, row + X) + DT_S * vx)
        store(body, row + Y, load(body, row + Y) + DT_S * vy)
        store(body, row + ANGLE, load(body, row + ANGLE) + DT_S * w)


@njit(cache=True)
def _correct(body, joint, unsolved):
    """Run one position iteration in the lanes that need it; return the lanes with all joints in place."""
    zero = splat(_ZERO)
    fine = zero >= _ZERO
    for j in (3, 2, 1, 0):
        b, row = (j + 1) * BODY_ROWS, j * JOINT_ROWS
        angle_a, angle_b = load(body, ANGLE), load(body, b + ANGLE)
        state = load(joint, row + J_LIMIT)
        if any_lane((state != _ZERO) & unsolved):
            is_lower, is_upper = (state < _ZERO) & unsolved, (state > _ZERO) & unsolved
            angle = angle_b - angle_a
            below, above = angle - -STEERING_LIMIT_RAD, angle - STEERING_LIMIT_RAD
            error = where(is_lower, -below, where(is_upper, above, zero))
            low = _clamp(below + _ANGULAR_SLOP, -_MAX_ANGULAR_CORRECTION, _ZERO)
            high = _clamp(above - _ANGULAR_SLOP, _ZERO, _MAX_ANGULAR_CORRECTION)
            turn = where(is_lower, -_MOTOR_MASS * low, where(is_upper, -_MOTOR_MASS * high, zero))
            angle_a, angle_b = angle_a - _I_A * turn, angle_b + _I_B * turn
            store(body, ANGLE, angle_a)
            store(body, b + ANGLE, angle_b)
            fine = fine & (error <= _ANGULAR_SLOP)
        _turn(body, 0)
        ax, ay = _anchor(body, j)
        x_a, y_a, x_b, y_b = load(body, X), load(body, Y), load(body, b + X), load(body, b + Y)
        cx, cy = (x_b - x_a) - ax, (y_b - y_a) - ay
        fine = fine & (sqrt(cx * cx + cy * cy) <= _LINEAR_SLOP)
        k11 = _MASSES + _I_A * ay * ay
        k12 = -_I_A * ax * ay
        k22 = _MASSES + _I_A * ax * ax
        determinant = _ONE / (k11 * k22 - k12 * k12)
        ix = where(unsolved, -(determinant * (k22 * cx - k12 * cy)), zero)
        iy = where(unsolved, -(determinant * (k11 * cy - k12 * cx)), zero)
        store(body, X, x_a - _M_A * ix)
        store(body, Y, y_a - _M_A * iy)
        store(body, ANGLE, angle_a - _I_A * (ax * iy - ay * ix))
        store(body, b + X, x_b + _M_B * ix)
        store(body, b + Y, y_b + _M_B * iy)
    return fine


@njit(cache=True)
def _rest(body, is_solved):
    """Count how long every body has been at rest; after half a second the car stops, like a sleeping body in Box2D."""
    zero = splat(_ZERO)
    least = splat(np.float32(1e30))
    for b in range(N_BODIES):
        row = b * BODY_ROWS
        vx, vy, w = load(body, row + VX), load(body, row + VY), load(body, row + OMEGA)
        moves = (w * w > _REST_TURN_SQUARE) | (vx * vx + vy * vy > _REST_SPEED_SQUARE)
        time = where(moves, zero, load(body, row + REST_S) + DT_S)
        store(body, row + REST_S, time)
        least = where(time < least, time, least)
    sleeps = (least >= _TIME_TO_SLEEP_S) & is_solved
    if any_lane(sleeps):
        for b in range(N_BODIES):
            row = b * BODY_ROWS
            for k in (VX, VY, OMEGA, REST_S):
                store(body, row + k, where(sleeps, zero, load(body, row + k)))


@njit(cache=True)
def step(body, joint):
    """Step all 16 cars by 20 ms; forces and motor speeds must be set before.

    Args:
        body: see ``new_body``.
        joint: see ``new_joint``.
    """
    _prepare(body, joint)
    _solve_velocities(body, joint)
    _integrate(body)
    unsolved = splat(_ZERO) >= _ZERO
    for _ in range(POSITION_ITERATIONS):
        unsolved = unsolved & ~_correct(body, joint, unsolved)
        if not any_lane(unsolved):
            break
    for b in range(N_BODIES):
        _turn(body, b)
    _rest(body, ~unsolved)


@njit(inline="always")
def hull_origin(body, lane):
    """The hull's position as Gymnasium defines it: its origin, not its centre of mass, in m."""
    sine, cosine = body[SINE * N_LANES + lane], body[COSINE * N_LANES + lane]
    cx, cy = HULL_CENTRE_M[0], HULL_CENTRE_M[1]
    return body[X * N_LANES + lane] - (cosine * cx - sine * cy), body[Y * N_LANES + lane] - (sine * cx + cosine * cy)
