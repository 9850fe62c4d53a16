"""BipedalWalker-v3 in 32 SIMD lanes per thread: the physics that the search runs on.

Gymnasium's walker spends 43 µs of every step in Box2D itself, so no loop around it can exceed about 20 k steps/s per
core. This module steps 32 walkers at a time with ``solver`` and ``contact``. The mechanism, the terrain of a seed, the
observations and the rewards are the same. Only rounding differs, so long trajectories differ. Scores are therefore
never measured here: they come from Gymnasium's physics itself.

A lane whose episode ends takes the next one, so the lanes stay full; a lane's arithmetic never reads its neighbours.
"""

from __future__ import annotations

import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.forward_pass import forward_shared, forward_weighted
from wann_core.networks.network import Network
from wann_core.networks.simd import N_SINGLE as N_LANES
from wann_core.tasks.biped.contact import TERRAIN_STEP_M, scan
from wann_core.tasks.biped.impact import N_WORK, hull_falls, stop_at_impacts
from wann_core.tasks.biped.solver import (
    ANGLE,
    BODY_ROWS,
    CONTACT_ROWS,
    J_SPEED,
    J_TORQUE,
    JOINT_ROWS,
    N_BODIES,
    N_JOINTS,
    N_SLOTS,
    OMEGA,
    VX,
    VY,
    X,
    Y,
    integrate_positions,
    integrate_velocities,
    prepare_contact,
    prepare_joints,
    solve_positions,
    solve_velocities,
)
from wann_core.tasks.biped.touch import collide_leg, hull_touches, new_scratch
from wann_core.tasks.contract import LaneResults
from wann_core.tasks.packing import pack

SCALE: Final = 30.0
LEG_DOWN_M: Final = -8.0 / SCALE
LEG_WIDTH_M: Final = 8.0 / SCALE
LEG_HEIGHT_M: Final = 34.0 / SCALE
TERRAIN_HEIGHT_M: Final = 400.0 / SCALE / 4.0
TERRAIN_LENGTH: Final = 200
START_PAD: Final = 20
GRASS: Final = 10
FINISH_M: Final = (TERRAIN_LENGTH - GRASS) * TERRAIN_STEP_M
MAX_STEPS: Final = 1600
N_INPUTS: Final = 24
N_OUTPUTS: Final = 4
N_RAYS: Final = 10
PATIENCE_STEPS: Final = 150
PROGRESS_M: Final = 0.3
"""In training an episode ends early after ``PATIENCE_STEPS`` without ``PROGRESS_M`` of progress."""

SLOT_ORDER: Final = (9, 8, 7, 6, 5, 1, 0, 4, 3, 2)
"""Box2D's order: the second leg from its foot up, then the first one; newer contacts first."""

_HULL: Final = ((-30, 9), (6, 9), (34, 1), (34, -8), (-30, -8))


def _polygon(points: list[tuple[float, float]]) -> tuple[Floats, Floats]:
    """Counter-clockwise vertices and outward normals, (n, 2) each."""
    vertices = np.array(points, dtype=np.float32).astype(np.float64)
    following = np.roll(vertices, -1, axis=0)
    if np.sum(vertices[:, 0] * following[:, 1] - following[:, 0] * vertices[:, 1]) < 0.0:
        vertices = vertices[::-1].copy()
        following = np.roll(vertices, -1, axis=0)
    edges = following - vertices
    normals = np.stack([edges[:, 1], -edges[:, 0]], axis=1) / np.linalg.norm(edges, axis=1, keepdims=True)
    return vertices, normals


def _mass(vertices: Floats, density: float) -> tuple[float, Floats, float]:
    """Mass in kg, centre of mass in m, moment of inertia about it in kg m^2, of a convex polygon."""
    following = np.roll(vertices, -1, axis=0)
    cross = vertices[:, 0] * following[:, 1] - following[:, 0] * vertices[:, 1]
    area = cross.sum() / 2.0
    centre = ((vertices + following) * cross[:, None]).sum(axis=0) / (6.0 * area)
    square = (vertices**2 + vertices * following + following**2).sum(axis=1)
    inertia = float((cross * square).sum() / 12.0) * density
    mass = float(area) * density
    return mass, centre, inertia - mass * float(centre @ centre)


def _box(width: float, height: float) -> list[tuple[float, float]]:
    return [(-width / 2, -height / 2), (width / 2, -height / 2), (width / 2, height / 2), (-width / 2, height / 2)]


_HULL_VERTICES, _HULL_NORMALS = _polygon([(x / SCALE, y / SCALE) for x, y in _HULL])
_UPPER_VERTICES, _UPPER_NORMALS = _polygon(_box(LEG_WIDTH_M, LEG_HEIGHT_M))
_LOWER_VERTICES, _LOWER_NORMALS = _polygon(_box(0.8 * LEG_WIDTH_M, LEG_HEIGHT_M))
_HULL_MASS, _HULL_CENTRE, _HULL_INERTIA = _mass(_HULL_VERTICES, 5.0)
_UPPER_MASS, _, _UPPER_INERTIA = _mass(_UPPER_VERTICES, 1.0)
_LOWER_MASS, _, _LOWER_INERTIA = _mass(_LOWER_VERTICES, 1.0)

_MASSES = np.array([_HULL_MASS, _UPPER_MASS, _LOWER_MASS, _UPPER_MASS, _LOWER_MASS])
_INERTIAS = np.array([_HULL_INERTIA, _UPPER_INERTIA, _LOWER_INERTIA, _UPPER_INERTIA, _LOWER_INERTIA])
INV_MASS: Final = (1.0 / _MASSES).astype(np.float32)
INV_INERTIA: Final = (1.0 / _INERTIAS).astype(np.float32)
_HIP = (-_HULL_CENTRE[0], LEG_DOWN_M - _HULL_CENTRE[1], 0.0, LEG_HEIGHT_M / 2)
_KNEE = (0.0, -LEG_HEIGHT_M / 2, 0.0, LEG_HEIGHT_M / 2)
ANCHORS: Final = np.array([_HIP, _KNEE, _HIP, _KNEE], dtype=np.float32)
HIP_REFERENCE_RAD: Final = (-0.05, 0.05)
"""A hip's angle is measured from the pose in which the joint was created; the legs start tilted by this angle."""
LIMITS: Final = np.array(
    [limit for reference in HIP_REFERENCE_RAD for limit in ((reference - 0.8, reference + 1.1), (-1.6, -0.1))],
    dtype=np.float32,
)
_RAYS: Final = np.array(
    [(math.sin(1.5 * i / 10.0) * 160.0 / SCALE, -math.cos(1.5 * i / 10.0) * 160.0 / SCALE) for i in range(N_RAYS)]
)
_START: Final = np.array(
    [
        (
            TERRAIN_STEP_M * START_PAD / 2 + _HULL_CENTRE[0],
            TERRAIN_HEIGHT_M + 2 * LEG_HEIGHT_M + _HULL_CENTRE[1],
            0.0,
        )
    ]
    + [
        (
            TERRAIN_STEP_M * START_PAD / 2,
            TERRAIN_HEIGHT_M + 2 * LEG_HEIGHT_M - LEG_HEIGHT_M * half - LEG_DOWN_M,
            side * 0.05,
        )
        for side in (-1, 1)
        for half in (0.5, 1.5)
    ]
)


@lru_cache(maxsize=4096)
def start(seed: int) -> tuple[NDArray[np.float32], float]:
    """The terrain heights (200,) in m and the initial push in N of an episode, as Gymnasium draws them."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    heights = np.empty(TERRAIN_LENGTH)
    y, velocity, counter, is_joint = TERRAIN_HEIGHT_M, 0.0, START_PAD, False
    for i in range(TERRAIN_LENGTH):
        if not is_joint:
            velocity = 0.8 * velocity + 0.01 * float(np.sign(TERRAIN_HEIGHT_M - y))
            if i > START_PAD:
                velocity += rng.uniform(-1, 1) / SCALE
            y += velocity
        is_joint = False
        heights[i] = y
        counter -= 1
        if counter == 0:
            counter = int(rng.integers(GRASS // 2, GRASS))
            is_joint = True
    for _ in range(TERRAIN_LENGTH // 20):  # the clouds use the same random stream
        for _ in range(11):
            rng.uniform()
    return heights.astype(np.float32), float(rng.uniform(-5, 5))


@njit(cache=True)
def _place(body, joint, contact, edge_of, key_of, lane, start_pose, push, inv_mass, dt):
    """Put a fresh walker into a lane. The push acts during the first step."""
    for b in range(N_BODIES):
        row = b * BODY_ROWS
        for k in range(3):
            body[row + k, lane] = start_pose[b, k]
            body[row + 3 + k, lane] = 0.0
    body[VX, lane] = dt * inv_mass[0] * push
    for j in range(N_JOINTS):
        for k in range(J_SPEED):
            joint[j * JOINT_ROWS + k, lane] = 0.0
        joint[j * JOINT_ROWS + J_SPEED, lane] = 0.0
        joint[j * JOINT_ROWS + J_TORQUE, lane] = 0.0
    for s in range(N_SLOTS):
        edge_of[s, lane] = -1
        for k in range(CONTACT_ROWS):
            contact[s * CONTACT_ROWS + k, lane] = 0.0


@njit(cache=True)
def _observe(body, feet, lane, terrain, hull_centre, rays, values):
    """Write Gymnasium's 24 observations to ``values[1:25]``; return the hull's x and angle."""
    angle = float(body[ANGLE, lane])
    sine, cosine = np.sin(angle), np.cos(angle)
    hx = body[X, lane] - (cosine * hull_centre[0] - sine * hull_centre[1])
    hy = body[Y, lane] - (sine * hull_centre[0] + cosine * hull_centre[1])
    values[1] = angle
    values[2] = 2.0 * body[OMEGA, lane] / 50.0
    values[3] = 0.3 * body[VX, lane] * 20.0 / 50.0
    values[4] = 0.3 * body[VY, lane] * (400.0 / 30.0) / 50.0
    for side in range(2):
        upper, lower = (1 + 2 * side) * BODY_ROWS, (2 + 2 * side) * BODY_ROWS
        at = 5 + 5 * side
        values[at] = body[upper + ANGLE, lane] - angle - HIP_REFERENCE_RAD[side]
        values[at + 1] = (body[upper + OMEGA, lane] - body[OMEGA, lane]) / 4.0
        values[at + 2] = body[lower + ANGLE, lane] - body[upper + ANGLE, lane] + 1.0
        values[at + 3] = (body[lower + OMEGA, lane] - body[upper + OMEGA, lane]) / 6.0
        values[at + 4] = feet[side, lane]
    scan(terrain, hx, hy, rays, values[15 : 15 + N_RAYS])
    for i in range(1, 25):
        values[i] = np.float32(values[i])
    return hx, angle


@njit(cache=True, nogil=True)
def _step_lanes(body, joint, contact, edge_of, inv_mass, inv_inertia, anchors, limits):
    """One 20 ms step of the solver for all lanes, after contacts are found."""
    slots = np.empty(N_SLOTS, np.int64)
    n_slots = 0
    for s in SLOT_ORDER:
        for lane in range(N_LANES):
            if edge_of[s, lane] >= 0:
                slots[n_slots] = s
                n_slots += 1
                break
    integrate_velocities(body)
    for k in range(n_slots):
        prepare_contact(body, contact, inv_mass, inv_inertia, slots[k])
    prepare_joints(body, joint, inv_mass, inv_inertia, anchors, limits)
    solve_velocities(body, joint, contact, inv_mass, inv_inertia, slots, n_slots)
    integrate_positions(body)
    solve_positions(body, joint, contact, inv_mass, inv_inertia, anchors, limits, slots, n_slots)


@njit(cache=True, nogil=True)
def _run(
    job_network, job_weight, job_weights, job_terrain, job_push, first_job, last_job, training,
    activations, offsets, sources, node_starts, offset_starts, source_starts,
    terrains, shapes, hull_centre, start_pose, inv_mass, inv_inertia, anchors, limits, rays, returns, steps,
):  # fmt: skip
    """Run jobs ``first_job .. last_job - 1`` through 32 lanes, refilling each lane as its episode ends."""
    body = np.zeros((N_BODIES * BODY_ROWS, N_LANES), np.float32)
    joint = np.zeros((N_JOINTS * JOINT_ROWS, N_LANES), np.float32)
    contact = np.zeros((N_SLOTS * CONTACT_ROWS, N_LANES), np.float32)
    edge_of = np.full((N_SLOTS, N_LANES), -1, np.int64)
    key_of = np.zeros((N_SLOTS, 2, N_LANES), np.int64)
    feet = np.zeros((2, N_LANES))
    job = np.full(N_LANES, -1, np.int64)
    time = np.zeros(N_LANES, np.int64)
    shaping = np.zeros(N_LANES)
    total = np.zeros(N_LANES)
    mark = np.zeros(N_LANES)
    mark_time = np.zeros(N_LANES, np.int64)
    scratch = new_scratch()
    solver_work = np.zeros((3, N_WORK))
    before = body.copy()
    fell = np.zeros(N_LANES, np.bool_)
    cost = np.zeros(N_LANES)
    most_nodes = 0
    for n in range(len(node_starts) - 1):
        most_nodes = max(most_nodes, node_starts[n + 1] - node_starts[n])
    values = np.zeros((N_LANES, most_nodes))
    next_job = first_job
    for lane in range(N_LANES):
        _place(body, joint, contact, edge_of, key_of, lane, start_pose, 0.0, inv_mass, np.float32(0.02))
    n_running = 0
    while True:
        for lane in range(N_LANES):
            if job[lane] < 0 and next_job < last_job:
                job[lane] = next_job
                next_job += 1
                n_running += 1
                time[lane] = -1
                total[lane] = 0.0
                feet[0, lane], feet[1, lane] = 0.0, 0.0
                values[lane, 0] = 1.0
                push = job_push[job_terrain[job[lane]]]
                _place(body, joint, contact, edge_of, key_of, lane, start_pose, push, inv_mass, np.float32(0.02))
        if n_running == 0:
            break
        for lane in range(N_LANES):
            if job[lane] < 0:
                continue
            cost[lane] = 0.0
            if time[lane] >= 0:
                n = job_network[job[lane]]
                a = activations[node_starts[n] : node_starts[n + 1]]
                o = offsets[offset_starts[n] : offset_starts[n + 1]]
                c = sources[source_starts[n] : source_starts[n + 1]]
                if job_weights.shape[1] > 0:
                    forward_weighted(a, o, c, N_INPUTS, values[lane], job_weights[job[lane]])
                else:
                    forward_shared(a, o, c, N_INPUTS, values[lane], job_weight[job[lane]])
                for j in range(N_JOINTS):
                    action = values[lane, len(a) - N_OUTPUTS + j]
                    strength = min(abs(action), 1.0)
                    direction = 1.0 if action > 0.0 else (-1.0 if action < 0.0 else 0.0)
                    joint[j * JOINT_ROWS + J_SPEED, lane] = direction * (4.0 if j % 2 == 0 else 6.0)
                    joint[j * JOINT_ROWS + J_TORQUE, lane] = 80.0 * strength
                    cost[lane] += 0.00035 * 80.0 * strength
            terrain = terrains[job_terrain[job[lane]]]
            fell[lane] = hull_touches(body, lane, terrain, shapes, hull_centre, scratch)
            if not fell[lane]:
                for b in range(1, N_BODIES):
                    collide_leg(body, contact, edge_of, key_of, feet, lane, b, terrain, shapes, scratch)
        before[:] = body
        _step_lanes(body, joint, contact, edge_of, inv_mass, inv_inertia, anchors, limits)
        for lane in range(N_LANES):
            if job[lane] < 0:
                continue
            terrain = terrains[job_terrain[job[lane]]]
            stop_at_impacts(
                body, before, contact, edge_of, key_of, feet, lane, terrain, shapes, inv_mass, inv_inertia,
                scratch, solver_work,
            )  # fmt: skip
            fell[lane] = fell[lane] or hull_falls(body, lane, terrain, shapes[0], hull_centre)
            x, angle = _observe(body, feet, lane, terrain, hull_centre, rays, values[lane])
            new_shaping = 130.0 * x / SCALE - 5.0 * abs(angle)
            time[lane] += 1
            ended = False
            if time[lane] == 0:
                mark[lane], mark_time[lane] = x, 0
            else:
                reward = new_shaping - shaping[lane] - cost[lane]
                if fell[lane] or x < 0.0:
                    ended = True
                    reward = 0.0 if training else -100.0
                total[lane] += reward
                if x > FINISH_M or time[lane] >= MAX_STEPS:
                    ended = True
                if x > mark[lane] + PROGRESS_M:
                    mark[lane], mark_time[lane] = x, time[lane]
                elif training and time[lane] - mark_time[lane] >= PATIENCE_STEPS:
                    ended = True
            shaping[lane] = new_shaping
            if ended or not np.isfinite(x):
                returns[job[lane]] = total[lane]
                steps[job[lane]] = time[lane]
                job[lane] = -1
                n_running -= 1
                _place(body, joint, contact, edge_of, key_of, lane, start_pose, 0.0, inv_mass, np.float32(0.02))


_SHAPES: Final = (
    _HULL_VERTICES,
    _HULL_NORMALS,
    _UPPER_VERTICES,
    _UPPER_NORMALS,
    _LOWER_VERTICES,
    _LOWER_NORMALS,
)


def run_lanes(
    networks: list[Network], network_of: Ints, weights: Floats, seeds: Ints, *, training: bool, threads: int
) -> LaneResults:
    """Run many episodes on the lane physics.

    Args:
        networks: the networks that take part.
        network_of: (n_jobs,) which network plays each episode.
        weights: (n_jobs,) a shared weight per episode, or (n_jobs, n_connections) a weight per connection.
        seeds: (n_jobs,) Gymnasium's seed of each episode.
        training: a fall costs nothing, and episodes without progress end early.
        threads: largest number of threads.

    Returns:
        Arrays of shape (n_jobs,). The results do not depend on the number of threads or on the other episodes in the
        batch.
    """
    n_jobs = len(network_of)
    distinct, terrain_of = np.unique(seeds, return_inverse=True)
    starts = [start(int(seed)) for seed in distinct]
    terrains = np.stack([heights for heights, _ in starts])
    pushes = np.array([push for _, push in starts])
    shared = weights if weights.ndim == 1 else np.zeros(n_jobs)
    individual = weights if weights.ndim == 2 else np.zeros((n_jobs, 0))
    returns = np.zeros(n_jobs)
    steps = np.zeros(n_jobs, np.int64)
    packed = pack(networks)

    def run(first: int, last: int) -> None:
        _run(
            network_of, shared, individual, terrain_of, pushes, first, last, training, *packed,
            terrains, _SHAPES, _HULL_CENTRE, _START, INV_MASS, INV_INERTIA, ANCHORS, LIMITS, _RAYS, returns, steps,
        )  # fmt: skip

    parts = max(1, min(threads, n_jobs // N_LANES))
    bounds = np.linspace(0, n_jobs, parts + 1).astype(int)
    if parts == 1:
        run(0, n_jobs)
    else:
        with ThreadPoolExecutor(parts) as pool:
            for done in [pool.submit(run, int(a), int(b)) for a, b in itertools.pairwise(bounds)]:
                done.result()
    return LaneResults(returns, steps)
