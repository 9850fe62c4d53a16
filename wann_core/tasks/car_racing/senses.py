"""The car's work between two physics steps, compiled: reward, end of episode, action, engine and tyres.

It uses plain numbers, from lanes or from Box2D. The arithmetic of rewards and forces has Gymnasium's order and
precision.

Source: Farama Gymnasium, ``envs/box2d/car_racing.py`` and ``car_dynamics.py`` (MIT licence); restated, no code is
copied.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit

from wann_core.networks.arrays import Floats
from wann_core.tasks.car_racing.shape import WHEEL_R
from wann_core.tasks.car_racing.track import FIELD_M

FPS: Final = 50.0
MAX_STEPS: Final = 1000
STEP_PRICE: Final = 0.1
LAP_REWARD: Final = 1000.0
LEFT_REWARD: Final = -100.0
N_OUTPUTS: Final = 3

_SIZE: Final = 0.02
_DT: Final = 1.0 / FPS
_POWER: Final = 100000000 * _SIZE * _SIZE
_MOMENT: Final = 4000 * _SIZE * _SIZE
_GRIP: Final = 1000000 * _SIZE * _SIZE
_STIFFNESS: Final = 205000 * _SIZE * _SIZE
_BRAKE: Final = 15
_STEER_RATE: Final = 3.0
_GAS_RATE: Final = 0.1

(STEPS, TOTAL, REWARD, SUM, PREVIOUS, TERMINATED, LAST_TILE, TIME_S, STEER, GAS, BRAKE) = range(11)
N_LEDGER: Final = 11
"""Columns of the ledger of an episode: steps so far, return so far, last reward, Gymnasium's running sum now and before
the step, whether the episode ended by its own rule, the step of the last new tile, time since the start, and the
current action."""

PHASE, OMEGA, WHEEL_GAS, STEERING = range(4)
"""Rows of the wheels' state, (4, 4): angle turned in rad, speed in rad/s, gas, angle to the hull in rad."""
SPEED, FORCE_X, FORCE_Y = range(3)
"""Rows of the commands, (3, 4): motor speed of the steering joint in rad/s, force in N."""
X, Y, ANGLE, WHEEL_ANGLE, WHEEL_VX, WHEEL_VY = 0, 1, 2, 3, 7, 11
N_POSE: Final = 15
"""Columns of the pose: the hull's place and angle, then angles and velocities of the four wheels."""


@njit(cache=True)
def account(ledger: Floats, n_new: int, n_visited: int, n_tiles: int, lap_done: bool, x: float, y: float) -> bool:
    """Compute the reward of the last step; return whether the episode is over by its own rule."""
    for _ in range(n_new):
        ledger[SUM] += LAP_REWARD / n_tiles
    ledger[TIME_S] += _DT
    ledger[STEPS] += 1.0
    if n_new > 0:
        ledger[LAST_TILE] = ledger[STEPS]
    if ledger[STEPS] == 0.0:
        return False
    ledger[SUM] -= STEP_PRICE
    reward = ledger[SUM] - ledger[PREVIOUS]
    ledger[PREVIOUS] = ledger[SUM]
    is_over = n_visited == n_tiles or lap_done
    if abs(x) > FIELD_M or abs(y) > FIELD_M:
        is_over = True
        reward = LEFT_REWARD
    ledger[REWARD] = reward
    ledger[TOTAL] += reward
    ledger[TERMINATED] = 1.0 if is_over else 0.0
    return is_over


@njit(cache=True)
def turn_wheels(pose, on_road, ledger, wheels, commands):
    """Compute engine, brakes, steering and tyres for the next step."""
    for w in range(4):
        target = ledger[STEER] if w < 2 else 0.0
        off = target - wheels[STEERING, w]
        commands[SPEED, w] = np.sign(off) * min(50.0 * abs(off), _STEER_RATE)
        limit = _GRIP if on_road[w] > 0 else _GRIP * 0.6
        # Box2D's rotation has single precision, and so have its wheels' directions.
        angle = np.float32(pose[WHEEL_ANGLE + w])
        cos, sin = np.float64(math.cos(angle)), np.float64(math.sin(angle))
        vx, vy = pose[WHEEL_VX + w], pose[WHEEL_VY + w]
        forward = -sin * vx + cos * vy
        sideways = cos * vx + sin * vy
        omega = wheels[OMEGA, w]
        omega += _DT * _POWER * wheels[WHEEL_GAS, w] / _MOMENT / (abs(omega) + 5.0)
        brake = ledger[BRAKE]
        if brake >= 0.9:
            omega = 0.0
        elif brake > 0:
            omega += -np.sign(omega) * min(_BRAKE * brake, abs(omega))
        wheels[PHASE, w] += omega * _DT
        f, p = (-forward + omega * WHEEL_R) * _STIFFNESS, -sideways * _STIFFNESS
        force = math.sqrt(f * f + p * p)
        if force > limit:
            f = f / force * limit
            p = p / force * limit
        wheels[OMEGA, w] = omega - _DT * f * WHEEL_R / _MOMENT
        commands[FORCE_X, w] = p * cos + f * -sin
        commands[FORCE_Y, w] = p * sin + f * cos


@njit(cache=True)
def act(values, ledger):
    """Read the network's outputs as an action, write the clipped action back, and set the controls."""
    out = values.shape[0] - N_OUTPUTS
    for i in range(N_OUTPUTS):
        if np.isnan(values[out + i]):
            values[out + i] = 0.0
    steer = min(max(values[out], -1.0), 1.0)
    gas = 0.5 * (min(max(values[out + 1], -1.0), 1.0) + 1.0)
    brake = min(max(values[out + 2], 0.0), 1.0)
    values[out], values[out + 1], values[out + 2] = steer, gas, brake
    ledger[STEER], ledger[GAS], ledger[BRAKE] = -steer, gas, brake


@njit(cache=True)
def press_gas(ledger, wheels):
    """The pedal goes down by at most a tenth per step, but comes up at once."""
    for w in range(2, 4):
        wheels[WHEEL_GAS, w] += min(ledger[GAS] - wheels[WHEEL_GAS, w], _GAS_RATE)


@njit(cache=True)
def watch_wheels(pose, wheels):
    """Note each wheel's angle to the hull, as Box2D's joint computes it."""
    for w in range(4):
        wheels[STEERING, w] = np.float32(pose[WHEEL_ANGLE + w]) - np.float32(pose[ANGLE])


@njit(cache=True)
def start(pose, on_road, ledger, wheels, commands):
    """The wheels' motion during the physics step that Gymnasium makes in ``reset``, without commands."""
    ledger[STEPS] = -1.0
    watch_wheels(pose, wheels)
    turn_wheels(pose, on_road, ledger, wheels, commands)
