"""CarRacing-v3 in 16 SIMD lanes per thread: the physics of search, scores, recordings and films.

Box2D needs a Python call per car and step. Here 16 cars step together (``solver``) and find the tiles under their
wheels in a grid (``touch``). One pass encodes the pictures of all cars that act in this step. Rewards, poses and
pictures equal those of Gymnasium's own world to the last bit (tests compare whole episodes), so no second engine is
needed.

A lane whose episode ends takes the next one, so the lanes stay full; a lane's arithmetic never reads its neighbours.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import N_LATENTS, encode, new_work, unpack_frame
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.forward_pass import forward_shared, forward_weighted
from wann_core.networks.simd_channels import N_CHANNELS as N_LANES
from wann_core.tasks.car_racing.picture import SIDE, draw_picture, new_canvas
from wann_core.tasks.car_racing.senses import (
    ANGLE,
    BRAKE,
    GAS,
    LAST_TILE,
    N_LEDGER,
    N_OUTPUTS,
    N_POSE,
    OMEGA,
    PHASE,
    REWARD,
    SPEED,
    STEER,
    STEERING,
    STEPS,
    TERMINATED,
    TIME_S,
    TOTAL,
    WHEEL_ANGLE,
    WHEEL_VX,
    WHEEL_VY,
    X,
    Y,
    account,
    act,
    press_gas,
    start,
    turn_wheels,
    watch_wheels,
)
from wann_core.tasks.car_racing.solver import ANGLE as BODY_ANGLE
from wann_core.tasks.car_racing.solver import (
    BODY_ROWS,
    J_SPEED,
    JOINT_ROWS,
    N_BODIES,
    N_JOINTS,
    hull_origin,
    place,
    push_wheel,
    step,
)
from wann_core.tasks.car_racing.solver import COSINE as BODY_COSINE
from wann_core.tasks.car_racing.solver import SINE as BODY_SINE
from wann_core.tasks.car_racing.solver import VX as BODY_VX
from wann_core.tasks.car_racing.solver import VY as BODY_VY
from wann_core.tasks.car_racing.solver import X as BODY_X
from wann_core.tasks.car_racing.solver import Y as BODY_Y
from wann_core.tasks.car_racing.touch import touch
from wann_core.tasks.car_racing.track import ROAD_0

STEP_S: Final = 1.0 / 50.0
LAP_SHARE: Final = 0.95
BLIND, LOOKING, ACTING = range(3)
"""The work of a step: only physics with given actions, physics and picture, or physics, picture, encoder and
network."""
_MOST_TOUCHED: Final = 64


class Trace(NamedTuple):
    """The record of one episode; arrays without rows are not written.

    Attributes:
        poses: (max_steps + 1, 18) x, y in m and angle in rad of the hull; steering angle, phase in rad and speed in
            rad/s of each wheel; tiles visited so far; whether all wheels are off the road; time in s.
        rewards: (max_steps,).
        pictures: (max_steps, 64, 64, 3) the picture before each step.
        observations: (max_steps, 16) latents.
        actions: (max_steps, 3) as clipped.
        visits: (n_tiles,) the step in which each tile was first touched, -1 for never.
        terminated: (1,) whether the episode ended by its own rule.
    """

    poses: Floats
    rewards: Floats
    pictures: NDArray[np.uint8]
    observations: Floats
    actions: Floats
    visits: Ints
    terminated: Ints


class _Cars(NamedTuple):
    """The state of 16 cars beside their bodies; see ``senses``, whose arrays are the rows."""

    pose: Floats
    ledger: Floats
    wheels: Floats
    commands: Floats
    on_road: Ints
    is_visited: NDArray[np.bool_]
    n_visited: Ints
    n_new: Ints
    is_lap_done: NDArray[np.bool_]
    inks: Ints


@njit(cache=True)
def _new_cars(roads):
    n_tiles = n_polygons = 0
    for track in range(len(roads.begins)):
        n_tiles = max(n_tiles, roads.tile_starts[track + 1] - roads.tile_starts[track])
        n_polygons = max(n_polygons, roads.polygon_starts[track + 1] - roads.polygon_starts[track])
    return _Cars(
        np.zeros((N_LANES, N_POSE)), np.zeros((N_LANES, N_LEDGER)), np.zeros((N_LANES, 4, 4)),
        np.zeros((N_LANES, 3, 4)), np.zeros((N_LANES, 4), np.int64), np.zeros((N_LANES, n_tiles), np.bool_),
        np.zeros(N_LANES, np.int64), np.zeros(N_LANES, np.int64), np.zeros(N_LANES, np.bool_),
        np.zeros((N_LANES, n_polygons), np.int64),
    )  # fmt: skip


@njit(cache=True)
def _read(body, lane, pose):
    """Write place, angles and velocities to (15,) ``pose``; see ``senses.X`` and the following."""
    pose[X], pose[Y] = hull_origin(body, lane)
    pose[ANGLE] = body[BODY_ANGLE * N_LANES + lane]
    for w in range(4):
        row = (w + 1) * BODY_ROWS
        pose[WHEEL_ANGLE + w] = body[(row + BODY_ANGLE) * N_LANES + lane]
        pose[WHEEL_VX + w] = body[(row + BODY_VX) * N_LANES + lane]
        pose[WHEEL_VY + w] = body[(row + BODY_VY) * N_LANES + lane]


@njit(cache=True)
def _begin(body, joint, cars, lane, roads, track):
    """Put a fresh car at the start of a track."""
    place(body, joint, lane, roads.begins[track, 0], roads.begins[track, 1], roads.begins[track, 2])
    cars.ledger[lane, :] = 0.0
    cars.wheels[lane, :, :] = 0.0
    cars.commands[lane, :, :] = 0.0
    cars.on_road[lane, :] = 0
    cars.is_visited[lane, :] = False
    cars.n_visited[lane] = 0
    cars.is_lap_done[lane] = False
    inks = roads.inks[roads.polygon_starts[track] : roads.polygon_starts[track + 1]]
    cars.inks[lane, : len(inks)] = inks
    _read(body, lane, cars.pose[lane])
    start(cars.pose[lane], cars.on_road[lane], cars.ledger[lane], cars.wheels[lane], cars.commands[lane])


@njit(cache=True)
def _touch_tiles(body, cars, lane, roads, track, found, visits):
    """Find the tiles that each wheel touches now, and count the new ones."""
    first, last = roads.tile_starts[track], roads.tile_starts[track + 1]
    tiles, normals, polygon_of = roads.tiles[first:last], roads.normals[first:last], roads.polygon_of[first:last]
    cells = roads.cells[roads.cell_starts[track] : roads.cell_starts[track + 1]]
    listed = roads.listed[roads.listed_starts[track] : roads.listed_starts[track + 1]]
    cars.n_new[lane] = 0
    for w in range(4):
        row = (w + 1) * BODY_ROWS
        n_found = touch(
            tiles, normals, roads.frames[track], cells, listed, body[(row + BODY_X) * N_LANES + lane],
            body[(row + BODY_Y) * N_LANES + lane], body[(row + BODY_SINE) * N_LANES + lane],
            body[(row + BODY_COSINE) * N_LANES + lane], found,
        )  # fmt: skip
        cars.on_road[lane, w] = n_found
        for k in range(n_found):
            tile = found[k]
            if cars.is_visited[lane, tile]:
                continue
            cars.is_visited[lane, tile] = True
            cars.n_new[lane] += 1
            cars.n_visited[lane] += 1
            cars.inks[lane, polygon_of[tile]] = ROAD_0
            if len(visits) > 0:
                visits[tile] = max(1, int(cars.ledger[lane, STEPS]) + 1)
            if tile == 0 and cars.n_visited[lane] / (last - first) > LAP_SHARE:
                cars.is_lap_done[lane] = True


@njit(cache=True)
def _set_commands(body, joint, cars, lane):
    for w in range(4):
        joint[(w * JOINT_ROWS + J_SPEED) * N_LANES + lane] = np.float32(cars.commands[lane, SPEED, w])
        push_wheel(body, lane, w + 1, cars.commands[lane, 1, w], cars.commands[lane, 2, w])


@njit(cache=True)
def _keep_pose(trace, cars, lane):
    k = int(cars.ledger[lane, STEPS])
    row, pose, wheels = trace.poses[k], cars.pose[lane], cars.wheels[lane]
    row[0], row[1], row[2] = pose[X], pose[Y], pose[ANGLE]
    off_road = 1.0
    for w in range(4):
        row[3 + w] = pose[WHEEL_ANGLE + w] - pose[ANGLE]
        row[7 + w] = wheels[PHASE, w]
        row[11 + w] = wheels[OMEGA, w]
        if cars.on_road[lane, w] > 0:
            off_road = 0.0
    row[15], row[16], row[17] = cars.n_visited[lane], off_road, (cars.ledger[lane, STEPS] + 1) * STEP_S
    if k > 0:
        trace.rewards[k - 1] = cars.ledger[lane, REWARD]
        trace.terminated[0] = int(cars.ledger[lane, TERMINATED])


@njit(cache=True, nogil=True)
def run(
    job_network, job_weight, job_weights, job_track, first_job, stride, activations, offsets, sources, node_starts,
    offset_starts, source_starts, roads, layers, task, actions, hold, patience, max_steps, trace, returns, steps,
):  # fmt: skip
    """Run every ``stride``-th job from ``first_job`` on in 16 lanes; refill each lane when its episode ends."""
    n_jobs = len(job_network)
    body = np.zeros(N_BODIES * BODY_ROWS * N_LANES, np.float32)
    joint = np.zeros(N_JOINTS * JOINT_ROWS * N_LANES, np.float32)
    cars = _new_cars(roads)
    found = np.zeros(_MOST_TOUCHED, np.int64)
    job = np.full(N_LANES, -1, np.int64)
    looks = np.zeros(N_LANES, np.int64)
    canvas = new_canvas()
    work = new_work(layers)
    images = np.zeros((N_LANES, SIDE * SIDE), np.uint32)
    latents = np.zeros((N_LANES, N_LATENTS))
    most_nodes = 1
    for n in range(len(node_starts) - 1):
        most_nodes = max(most_nodes, node_starts[n + 1] - node_starts[n])
    values = np.zeros((N_LANES, most_nodes))
    has_trace = len(trace.poses) > 0
    next_job, n_running = first_job, 0
    for lane in range(N_LANES):
        place(body, joint, lane, 0.0, 0.0, 0.0)
    while True:
        for lane in range(N_LANES):
            if job[lane] < 0 and next_job < n_jobs:
                job[lane] = next_job
                next_job += stride
                n_running += 1
                values[lane, 0] = 1.0
                _begin(body, joint, cars, lane, roads, job_track[job[lane]])
        if n_running == 0:
            break
        for lane in range(N_LANES):
            if job[lane] >= 0:
                _touch_tiles(body, cars, lane, roads, job_track[job[lane]], found, trace.visits)
                _set_commands(body, joint, cars, lane)
        step(body, joint)
        n_looks = 0
        for lane in range(N_LANES):
            if job[lane] < 0:
                continue
            track, ledger, wheels, pose = job_track[job[lane]], cars.ledger[lane], cars.wheels[lane], cars.pose[lane]
            _read(body, lane, pose)
            n_tiles = roads.tile_starts[track + 1] - roads.tile_starts[track]
            is_over = account(
                ledger, cars.n_new[lane], cars.n_visited[lane], n_tiles, cars.is_lap_done[lane], pose[X], pose[Y]
            )
            if has_trace:
                _keep_pose(trace, cars, lane)
            k = int(ledger[STEPS])
            is_cut = k >= max_steps or (patience > 0 and k - ledger[LAST_TILE] >= patience)
            watch_wheels(pose, wheels)
            # With given actions the last picture is drawn too, as in Gymnasium.
            if task != BLIND and (task == LOOKING or (k % hold == 0 and not is_over and not is_cut)):
                first, last = roads.polygon_starts[track], roads.polygon_starts[track + 1]
                draw_picture(
                    canvas, roads.polygons[first:last], cars.inks[lane], pose[X], pose[Y], pose[ANGLE],
                    ledger[TIME_S], wheels[STEERING], wheels[PHASE], wheels[OMEGA], images[lane],
                )  # fmt: skip
                looks[n_looks] = lane
                n_looks += 1
                if task == LOOKING and len(trace.pictures) > 0 and k > 0:
                    unpack_frame(images[lane], trace.pictures[k - 1])
            if is_over or is_cut:
                returns[job[lane]] = ledger[TOTAL]
                steps[job[lane]] = k
                job[lane] = -1
                n_running -= 1
                place(body, joint, lane, 0.0, 0.0, 0.0)
        if task == ACTING:
            for i in range(n_looks):
                encode(images[looks[i]], layers, work, latents[looks[i]])
        for i in range(n_looks if task == ACTING else 0):
            lane = looks[i]
            n, given = job_network[job[lane]], values[lane]
            nodes = activations[node_starts[n] : node_starts[n + 1]]
            given = values[lane, : len(nodes)]
            own_offsets = offsets[offset_starts[n] : offset_starts[n + 1]]
            own_sources = sources[source_starts[n] : source_starts[n + 1]]
            given[1 : 1 + N_LATENTS] = latents[lane]
            if job_weights.shape[1] > 0:
                forward_weighted(nodes, own_offsets, own_sources, N_LATENTS, given, job_weights[job[lane]])
            else:
                forward_shared(nodes, own_offsets, own_sources, N_LATENTS, given, job_weight[job[lane]])
            act(given, cars.ledger[lane])
        for lane in range(N_LANES):
            if job[lane] < 0:
                continue
            ledger, wheels = cars.ledger[lane], cars.wheels[lane]
            k = int(ledger[STEPS])
            if task != ACTING:
                ledger[STEER], ledger[GAS] = -actions[k, 0], min(max(actions[k, 1], 0.0), 1.0)
                ledger[BRAKE] = actions[k, 2]
            elif has_trace:
                unpack_frame(images[lane], trace.pictures[k])
                trace.observations[k] = latents[lane]
                n = job_network[job[lane]]
                n_nodes = node_starts[n + 1] - node_starts[n]
                trace.actions[k] = values[lane, n_nodes - N_OUTPUTS : n_nodes]
            press_gas(ledger, wheels)
            turn_wheels(cars.pose[lane], cars.on_road[lane], ledger, wheels, cars.commands[lane])
