"""Draw a moment of swing-up: track, cart, pole, and the trail of the pole's tip."""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from wann_core.tasks.swing_up_kernel import POLE_LENGTH_M, TRACK_LIMIT_M

_SUPERSAMPLING: Final = 2
_TRAIL_STEPS: Final = 50
_BACKGROUND: Final = (250, 249, 246)
_TRACK: Final = (168, 172, 180)
_STOP: Final = (120, 126, 136)
_CART: Final = (38, 46, 58)
_WHEEL: Final = (90, 98, 110)
_POLE: Final = (198, 84, 10)
_TIP: Final = (15, 98, 180)
_FORCE: Final = (0, 117, 107)
_CART_WIDTH_M: Final = 0.46
_CART_HEIGHT_M: Final = 0.24
_MARGIN_M: Final = 0.45


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
    scale = width / (2 * (TRACK_LIMIT_M + _MARGIN_M))
    # The pole is drawn a little longer than it is where there is room: its motion is what is to be seen.
    reach = min(1.7 * POLE_LENGTH_M, (height / scale - _CART_HEIGHT_M) / 2 * 0.86)
    rail_y = height * 0.54

    def at(x: float, y: float) -> tuple[float, float]:
        return width / 2 + x * scale, rail_y - y * scale

    line = max(2, round(scale * 0.028))
    draw.line([at(-TRACK_LIMIT_M, 0), at(TRACK_LIMIT_M, 0)], _TRACK, line)
    for end in (-TRACK_LIMIT_M, TRACK_LIMIT_M):
        draw.line([at(end, -0.13), at(end, 0.13)], _STOP, line * 2)

    def tip(state: NDArray[np.float64]) -> tuple[float, float]:
        x, angle = float(state[0]), float(state[2])
        return at(x + reach * math.sin(angle), reach * math.cos(angle))

    trail = [tip(state) for state in states[-_TRAIL_STEPS:]]
    for k in range(1, len(trail)):
        share = k / len(trail)
        draw.line([trail[k - 1], trail[k]], (*_TIP, round(110 * share**2)), max(1, round(line * 1.6 * share)))

    x = float(states[-1][0])
    half, tall = _CART_WIDTH_M / 2, _CART_HEIGHT_M / 2
    if abs(action) > 0.04:
        _arrow(draw, at(x + math.copysign(half + 0.06, action), 0), action * scale * 0.55, line)
    draw.rounded_rectangle([*at(x - half, tall), *at(x + half, -tall)], scale * 0.06, _CART)
    for side in (-0.55, 0.55):
        centre = at(x + side * half, -tall)
        _disc(draw, centre, scale * 0.065, _WHEEL)
    draw.line([at(x, 0), trail[-1]], _POLE, max(3, round(scale * 0.075)))
    _disc(draw, trail[-1], scale * 0.085, _TIP)
    _disc(draw, at(x, 0), scale * 0.06, _BACKGROUND)
    return np.asarray(image.reduce(_SUPERSAMPLING))


def _disc(draw: ImageDraw.ImageDraw, centre: tuple[float, float], radius: float, colour: tuple[int, int, int]) -> None:
    x, y = centre
    draw.ellipse([x - radius, y - radius, x + radius, y + radius], colour)


def _arrow(draw: ImageDraw.ImageDraw, start: tuple[float, float], length: float, line: int) -> None:
    """The push, as an arrow to the side it pushes to."""
    x, y = start
    head = math.copysign(min(abs(length), line * 4), length)
    draw.line([(x, y), (x + length - head / 2, y)], _FORCE, line)
    end = x + length
    draw.polygon([(end, y), (end - head, y - line * 2), (end - head, y + line * 2)], _FORCE)
