"""Frames to train the car's encoder on: views from drives with random actions that are held for random times.

Half of the rollouts begin at the start line, where the camera descends during the first second. The others begin
anywhere on the road, at an angle and already moving, so that curves and kerbs appear as often as in a real drive.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import unpack_frame
from wann_core.tasks.car_racing.picture import SIDE, draw_picture, new_canvas
from wann_core.tasks.car_racing.senses import (
    ANGLE,
    BRAKE,
    GAS,
    N_LEDGER,
    N_POSE,
    OMEGA,
    PHASE,
    STEER,
    STEERING,
    X,
    Y,
    press_gas,
    turn_wheels,
    watch_wheels,
)
from wann_core.tasks.car_racing.world import POSITION_ITERATIONS, STEP_S, VELOCITY_ITERATIONS, Car, Road

STEPS_PER_ROLLOUT: Final = 200
FRAME_EVERY: Final = 5
LOST_STEPS: Final = 40
"""A rollout ends when no wheel has touched the road for this time, since pictures of grass alone are learnt quickly."""
_HOLD_STEPS: Final = (5, 40)
_PLACE_M: Final = 5.0
_ASKEW_RAD: Final = 0.6
_SPEED_M_S: Final = 60.0
_SETTLED_S: Final = 1.0
_GREY_LEVELS: Final = 12
"""Only the road is grey: its three colour values differ by less than this many of 255 levels."""
_DARK_LEVELS: Final = 60
"""The black strip below the picture is darker than this, so it does not count as road."""
_TELLING_SHARE: Final = 0.05


def random_frames(n: int, seed: int) -> NDArray[np.uint8]:
    """Collect frames of random rollouts.

    Args:
        n: number of frames.
        seed: for tracks, places and actions.

    Returns:
        (n, 64, 64, 3).

    Raises:
        MissingBox2DError: Box2D is not installed.
    """
    rng = np.random.Generator(np.random.PCG64(seed))
    frames = np.empty((n, SIDE, SIDE, 3), dtype=np.uint8)
    count = rollout = 0
    while count < n:
        is_anywhere = rollout % 2 == 1
        for frame in _rollout(rng, is_anywhere=is_anywhere):
            if count < n:
                frames[count] = frame
                count += 1
        rollout += 1
    return frames


def is_telling(frames: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which frames are worth showing: those with a road, not with grass alone.

    Args:
        frames: (n, 64, 64, 3).

    Returns:
        (n,).
    """
    colours = frames.astype(int)
    is_road = (np.ptp(colours, axis=3) < _GREY_LEVELS) & (colours.max(axis=3) > _DARK_LEVELS)
    telling: NDArray[np.bool_] = is_road.mean(axis=(1, 2)) >= _TELLING_SHARE
    return telling


def _rollout(rng: np.random.Generator, *, is_anywhere: bool) -> list[NDArray[np.uint8]]:
    road = Road(int(rng.integers(0, 2**31)))
    middle = road.track.middle
    angle, x, y = middle[0].tolist()
    tile = 0
    if is_anywhere:
        tile = int(rng.integers(len(middle)))
        angle, x, y = middle[tile].tolist()
        aside = rng.uniform(-_PLACE_M, _PLACE_M)
        x, y = x + aside * math.cos(angle), y + aside * math.sin(angle)
        angle += rng.uniform(-_ASKEW_RAD, _ASKEW_RAD)
    car = Car(road, (angle, x, y))
    if is_anywhere:
        car.push(rng.uniform(0.0, _SPEED_M_S))
        # A driver at a tile has already visited the earlier tiles.
        road.contacts.inks[road.contacts.polygon_of[:tile]] = 0
    canvas, image = new_canvas(), np.zeros(SIDE * SIDE, dtype=np.uint32)
    pose, ledger, wheels, commands = np.zeros(N_POSE), np.zeros(N_LEDGER), np.zeros((4, 4)), np.zeros((3, 4))
    contacts, track = road.contacts, road.track
    frames = []
    until = lost = 0
    car.read(pose)
    for step in range(STEPS_PER_ROLLOUT):
        if step == until:
            until = step + int(rng.integers(*_HOLD_STEPS))
            # Mostly gentle steering, mostly gas, rarely brakes: a standing car shows nothing new.
            ledger[STEER] = np.clip(rng.normal(0.0, 0.4), -1.0, 1.0)
            ledger[GAS] = rng.uniform(0.0, 1.0) if rng.random() < 0.7 else 0.0
            ledger[BRAKE] = rng.uniform(0.0, 0.8) if rng.random() < 0.15 else 0.0
        watch_wheels(pose, wheels)
        press_gas(ledger, wheels)
        turn_wheels(pose, contacts.on_road, ledger, wheels, commands)
        car.command(commands)
        road.world.Step(STEP_S, VELOCITY_ITERATIONS, POSITION_ITERATIONS)
        car.read(pose)
        lost = 0 if contacts.on_road.any() else lost + 1
        if lost >= LOST_STEPS:
            break
        if step % FRAME_EVERY == FRAME_EVERY - 1:
            watch_wheels(pose, wheels)
            time_s = step * STEP_S + (_SETTLED_S if is_anywhere else 0.0)
            draw_picture(
                canvas, track.polygons, contacts.inks, pose[X], pose[Y], pose[ANGLE], time_s,
                wheels[STEERING], wheels[PHASE], wheels[OMEGA], image,
            )  # fmt: skip
            frame = np.empty((SIDE, SIDE, 3), dtype=np.uint8)
            unpack_frame(image, frame)
            frames.append(frame)
    return frames
