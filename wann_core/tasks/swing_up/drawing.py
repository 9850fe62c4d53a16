"""Draw a moment of swing-up: track, cart, pole, the trail of the pole's tip, and below it the reward so far."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from wann_core.tasks.contract import Recording, Task
from wann_core.tasks.swing_up.kernel import MAX_STEPS, POLE_LENGTH_M, TRACK_LIMIT_M

Colour = tuple[int, int, int]
Point = tuple[float, float]

_SUPERSAMPLING: Final = 2
_TRAIL_STEPS: Final = 50
_BACKGROUND: Final = (250, 249, 246)
_GROUND: Final = (236, 233, 225)
_TRACK: Final = (150, 155, 165)
_STOP: Final = (120, 126, 136)
_CART: Final = (38, 46, 58)
_WHEEL: Final = (90, 98, 110)
_POLE: Final = (198, 84, 10)
_TIP: Final = (15, 98, 180)
_FORCE: Final = (0, 117, 107)
_TEXT: Final = (68, 74, 85)
_CART_WIDTH_M: Final = 0.36
_CART_HEIGHT_M: Final = 0.18
_TICK_M: Final = 0.5
_HALF_VIEW_M: Final = 0.94
"""Half of the height in m that the picture shows: the pole and a margin."""
_FOLLOW: Final = 0.6
"""Share of the cart's motion that the camera follows: it keeps the cart in the picture, and the motion stays
visible."""
_STRIP: Final = 0.24
"""Share of the picture's height for the reward."""


def draw(_task: Task, recording: Recording, step: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw ``recording`` after ``step`` steps; see ``TaskEntry.drawing``."""
    action = float(recording.actions[min(step, len(recording.actions) - 1), 0])
    return draw_swing_up(recording.states[: step + 1], action, size)


def draw_swing_up(states: NDArray[np.float64], action: float, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw the last state.

    Args:
        states: (n, 4) all states so far: position m, velocity m/s, angle rad (0 upright), angular velocity rad/s.
        action: the push, in [-1, 1].
        size: width and height in pixels.

    Returns:
        (height, width, 3).
    """
    width, height = size[0] * _SUPERSAMPLING, size[1] * _SUPERSAMPLING
    image = Image.new("RGB", (width, height), _BACKGROUND)
    draw = ImageDraw.Draw(image, "RGBA")
    scene = height * (1 - _STRIP)
    _draw_scene(draw, states, action, (width, scene))
    _draw_reward(draw, states, (0.0, scene), (width, height - scene))
    return np.asarray(image.reduce(_SUPERSAMPLING))


def _draw_scene(
    draw: ImageDraw.ImageDraw, states: NDArray[np.float64], action: float, size: tuple[float, float]
) -> None:
    width, height = size
    scale = height / (2 * _HALF_VIEW_M)
    x = float(states[-1][0])
    camera = _FOLLOW * x
    # The pole reaches as far down as up; the space for names is above.
    rail_y = height * 0.58

    def at(place: float, up: float) -> Point:
        return width / 2 + (place - camera) * scale, rail_y - up * scale

    line = max(2, round(scale * 0.018))
    ground = at(0, -_CART_HEIGHT_M / 2 - 0.035)[1]
    draw.line([(at(-TRACK_LIMIT_M, 0)[0], ground), (at(TRACK_LIMIT_M, 0)[0], ground)], _TRACK, line)
    for k in range(-int(TRACK_LIMIT_M / _TICK_M), int(TRACK_LIMIT_M / _TICK_M) + 1):
        tick = at(k * _TICK_M, 0)[0]
        draw.line([(tick, ground), (tick, ground + scale * 0.035)], _TRACK, line)
    for end in (-TRACK_LIMIT_M, TRACK_LIMIT_M):
        draw.line([at(end, -0.13), at(end, 0.13)], _STOP, line * 3)

    def tip(state: NDArray[np.float64]) -> Point:
        place, lean = float(state[0]), float(state[2])
        return at(place + POLE_LENGTH_M * math.sin(lean), POLE_LENGTH_M * math.cos(lean))

    trail = [tip(state) for state in states[-_TRAIL_STEPS:]]
    for k in range(1, len(trail)):
        share = k / len(trail)
        draw.line([trail[k - 1], trail[k]], (*_TIP, round(120 * share**2)), max(1, round(line * 3.2 * share)))

    half, tall = _CART_WIDTH_M / 2, _CART_HEIGHT_M / 2
    if abs(action) > 0.04:
        _arrow(draw, at(x + math.copysign(half + 0.04, action), 0), action * scale * 0.34, line * 2)
    for side in (-0.6, 0.6):
        _disc(draw, at(x + side * half, -tall + 0.005), scale * 0.045, _WHEEL)
    draw.rounded_rectangle([*at(x - half, tall), *at(x + half, -tall + 0.02)], scale * 0.04, _CART)
    draw.line([at(x, 0), trail[-1]], _POLE, max(3, round(scale * 0.048)))
    _disc(draw, trail[-1], scale * 0.055, _TIP)
    _disc(draw, at(x, 0), scale * 0.036, _BACKGROUND)


def _draw_reward(
    draw: ImageDraw.ImageDraw, states: NDArray[np.float64], corner: Point, size: tuple[float, float]
) -> None:
    """The reward of each step so far, over the whole episode's time."""
    (left, top), (width, height) = corner, size
    draw.rectangle([left, top, left + width, top + height], _GROUND)
    margin = width * 0.03
    floor, ceiling = top + height - margin, top + height * 0.36
    rewards = (np.cos(states[1:, 2]) + 1) / 2 * np.cos(np.pi * states[1:, 0] / (2 * TRACK_LIMIT_M))
    draw.text((left + margin, top + height * 0.18), "reward", _TEXT, ImageFont.load_default(height * 0.2), anchor="lm")
    for level in (floor, ceiling):
        draw.line([(left + margin, level), (left + width - margin, level)], _TRACK, max(1, round(width / 500)))
    if len(rewards) == 0:
        return
    step = (width - 2 * margin) / MAX_STEPS
    heights = floor - np.clip(rewards, 0.0, 1.0) * (floor - ceiling)
    curve = [(left + margin + (k + 1) * step, float(y)) for k, y in enumerate(heights)]
    draw.polygon([(curve[0][0], floor), *curve, (curve[-1][0], floor)], (*_TIP, 60))
    draw.line(curve, _TIP, max(2, round(width / 220)))
    _disc(draw, curve[-1], width / 90, _TIP)


def _disc(draw: ImageDraw.ImageDraw, centre: Point, radius: float, colour: Colour) -> None:
    x, y = centre
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], colour)


def _arrow(draw: ImageDraw.ImageDraw, start: Point, length: float, line: int) -> None:
    """The push, as an arrow in its direction."""
    x, y = start
    head = math.copysign(min(abs(length), line * 3), length)
    draw.line([(x, y), (x + length - head / 2, y)], _FORCE, line)
    end = x + length
    draw.polygon([(end, y), (end - head, y - line * 1.5), (end - head, y + line * 1.5)], _FORCE)
