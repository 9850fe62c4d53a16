"""Episodes of the car: a network that sees and acts, or given actions, one physics step after another."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import N_LATENTS, Layers, Work
from wann_core.networks.arrays import Floats
from wann_core.networks.network import Network
from wann_core.tasks.car_racing.picture import SIDE, new_canvas
from wann_core.tasks.car_racing.senses import (
    ANGLE,
    MAX_STEPS,
    N_LEDGER,
    N_OUTPUTS,
    N_POSE,
    OMEGA,
    PHASE,
    REWARD,
    STEPS,
    TERMINATED,
    TOTAL,
    WHEEL_ANGLE,
    X,
    Y,
    obey,
    react,
    start,
)
from wann_core.tasks.car_racing.world import POSITION_ITERATIONS, STEP_S, VELOCITY_ITERATIONS, Car, Contact, road_of
from wann_core.tasks.contract import TrainingSettings


@dataclass(slots=True)
class Trace:
    """What ``run_episode`` keeps of every step when asked to: one list entry per step (``poses``: and the start).

    Attributes:
        poses: 18 numbers each: x, y in m and angle in rad of the hull; steering angle, phase in rad and speed in rad/s
            of each wheel; tiles visited so far; whether all wheels are off the road; time in s.
        pictures: (64, 64, 3) uint8 each, what the network saw.
        observations: 16 numbers each.
        actions: 3 numbers each.
        rewards: one number each.
        is_terminated: the episode ended by its own rule.
    """

    poses: list[tuple[float, ...]] = field(default_factory=list)
    pictures: list[NDArray[np.uint8]] = field(default_factory=list)
    observations: list[Floats] = field(default_factory=list)
    actions: list[Floats] = field(default_factory=list)
    rewards: list[float] = field(default_factory=list)
    is_terminated: bool = False


@cache
def _work() -> tuple[Any, ...]:
    """Canvas, patch, spans, picture and latents: overwritten by every step, so one set per process is enough."""
    return (*new_canvas(), np.zeros((SIDE, SIDE, 3), dtype=np.uint8), np.zeros(N_LATENTS))


def run_episode(
    network: Network,
    weights: Floats,
    seed: int,
    encoder: tuple[Layers, Work],
    *,
    is_shared: bool,
    settings: TrainingSettings,
    trace: Trace | None = None,
) -> tuple[float, int]:
    """Run one episode.

    Args:
        network: the network.
        weights: (1,) the shared weight, or (n_connections,).
        seed: Gymnasium's.
        encoder: packed layers and their work arrays.
        is_shared: which of the two ``weights`` is.
        settings: how long, and what is cut short.
        trace: keeps every step when given.

    Returns:
        Episode return and number of steps.

    Raises:
        MissingBox2DError: Box2D is not installed.
    """
    road = road_of(seed)
    track, contacts, step = road.track, road.contacts, road.world.Step
    car = Car(road, tuple(track.middle[0].tolist()))
    layers, work = encoder
    canvas, patch, spans, picture, latents = _work()
    values = np.zeros(network.n_nodes)
    values[0] = 1.0
    pose, ledger, wheels, commands = np.zeros(N_POSE), np.zeros(N_LEDGER), np.zeros((4, 4)), np.zeros((3, 4))
    on_road, inks, n_tiles = contacts.on_road, contacts.inks, track.n_tiles
    hold, patience = settings.action_hold, settings.patience_steps
    max_steps = settings.max_steps or MAX_STEPS

    car.read(pose)
    start(pose, on_road, ledger, wheels, commands)
    while True:
        car.command(commands)
        contacts.n_new = 0
        step(STEP_S, VELOCITY_ITERATIONS, POSITION_ITERATIONS)
        car.read(pose)
        # The wheels as they are seen now: the call below already turns them for the next step.
        seen = None if trace is None else wheels.copy()
        is_over = react(
            network.activations, network.offsets, network.sources, weights, is_shared, track.polygons, inks, canvas,
            patch, spans, picture, layers, work, latents, values, pose, on_road, wheels, ledger, commands,
            contacts.n_new, contacts.n_visited, n_tiles, contacts.lap_done, hold, patience, max_steps,
        )  # fmt: skip
        if trace is not None and seen is not None:
            _keep(trace, pose, seen, ledger, contacts, picture, values, is_over)
        if is_over:
            return float(ledger[TOTAL]), int(ledger[STEPS])


def drive(seed: int, actions: Floats) -> Iterator[tuple[float, bool, NDArray[np.uint8]]]:
    """Play given actions, for comparisons and measurements.

    Args:
        seed: Gymnasium's.
        actions: (n, 3) steer, gas and brake.

    Yields:
        Per step its reward, whether it ended the episode by its own rule, and the (64, 64, 3) picture after it, which
        the next step overwrites.

    Raises:
        MissingBox2DError: Box2D is not installed.
    """
    road = road_of(seed)
    track, contacts = road.track, road.contacts
    car = Car(road, tuple(track.middle[0].tolist()))
    canvas, patch, spans, picture, _ = _work()
    pose, ledger, wheels, commands = np.zeros(N_POSE), np.zeros(N_LEDGER), np.zeros((4, 4)), np.zeros((3, 4))
    car.read(pose)
    start(pose, contacts.on_road, ledger, wheels, commands)
    for step in range(len(actions) + 1):
        car.command(commands)
        contacts.n_new = 0
        road.world.Step(STEP_S, VELOCITY_ITERATIONS, POSITION_ITERATIONS)
        car.read(pose)
        is_over = obey(
            track.polygons, contacts.inks, canvas, patch, spans, picture, pose, contacts.on_road, wheels, ledger,
            commands, contacts.n_new, contacts.n_visited, track.n_tiles, contacts.lap_done,
            actions[min(step, len(actions) - 1)],
        )  # fmt: skip
        if step > 0:
            yield float(ledger[REWARD]), is_over, picture
        if is_over:
            return


def _keep(
    trace: Trace,
    pose: Floats,
    wheels: Floats,
    ledger: Floats,
    contacts: Contact,
    picture: NDArray[np.uint8],
    values: Floats,
    is_over: bool,
) -> None:
    angles = pose[WHEEL_ANGLE : WHEEL_ANGLE + 4] - pose[ANGLE]
    trace.poses.append(
        (
            pose[X], pose[Y], pose[ANGLE], *angles.tolist(), *wheels[PHASE].tolist(), *wheels[OMEGA].tolist(),
            float(contacts.n_visited), 0.0 if contacts.on_road.any() else 1.0, (ledger[STEPS] + 1) * STEP_S,
        )
    )  # fmt: skip
    if ledger[STEPS] > 0:
        trace.rewards.append(float(ledger[REWARD]))
        trace.is_terminated = bool(ledger[TERMINATED])
    if not is_over:
        trace.pictures.append(picture.copy())
        trace.observations.append(values[1 : 1 + N_LATENTS].copy())
        trace.actions.append(values[-N_OUTPUTS:].copy())
