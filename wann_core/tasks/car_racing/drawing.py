"""Pictures of a recorded race: the road from above, the car, and an inset with the network's view.

Pillow draws at twice the size, and scaling down smooths every line. The view is Gymnasium's: the car does not move in
the picture and points up, and the world turns.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from wann_core.networks.arrays import Floats
from wann_core.tasks.car_racing.picture import SIDE
from wann_core.tasks.car_racing.shape import HULL, WHEEL_AT, WHEEL_HALF_W, WHEEL_R
from wann_core.tasks.car_racing.track import FIELD_M, ROAD_2
from wann_core.tasks.contract import Recording, Task

Colour = tuple[int, int, int]
Points = list[tuple[float, float]]

OVERSAMPLING: Final = 2
VIEW_M: Final = 62.0
"""Width of the view, as in Gymnasium's picture."""
CAR_SHARE: Final = 0.74
"""Position of the car in the picture's height, from the top."""
INSET_SHARE: Final = 0.26
"""Side of the inset, as a share of the shorter side of the picture."""
_INSET_MARGIN: Final = 0.03
_FIELD: Final[Colour] = (140, 186, 122)
_GRASS: Final[Colour] = (152, 197, 133)
_BEYOND: Final[Colour] = (58, 66, 60)
_ROAD: Final[tuple[Colour, ...]] = ((112, 116, 122), (115, 119, 125), (118, 122, 128))
_KERBS: Final[tuple[Colour, ...]] = ((250, 250, 246), (206, 58, 62))
_TYRE: Final[Colour] = (28, 30, 34)
_RIM: Final[Colour] = (122, 126, 132)
_HULL: Final[Colour] = (15, 98, 180)
_FRAME: Final[Colour] = (253, 252, 249)
_GRASS_M: Final = FIELD_M / 20.0
_STEERING_COLUMN, _PHASE_COLUMN = 3, 7


class _View:
    """Converts metres in the world to pixels of the large picture."""

    def __init__(self, size: tuple[int, int], x: float, y: float, angle: float) -> None:
        self.width, self.height = size[0] * OVERSAMPLING, size[1] * OVERSAMPLING
        self.scale = self.width / VIEW_M
        self.x, self.y = x, y
        self.cos, self.sin = math.cos(angle), math.sin(angle)
        self.reach = math.hypot(self.width, self.height) / self.scale

    def world(self, points: Floats) -> Points:
        """Pixels of (n, 2) points in the world."""
        dx, dy = points[:, 0] - self.x, points[:, 1] - self.y
        right, ahead = self.cos * dx + self.sin * dy, self.cos * dy - self.sin * dx
        return self.car(np.stack([right, ahead], axis=1))

    def car(self, points: Floats) -> Points:
        """Pixels of (n, 2) points in the hull's frame; the axes point to the right and ahead."""
        at_x = self.width / 2 + points[:, 0] * self.scale
        at_y = self.height * CAR_SHARE - points[:, 1] * self.scale
        return list(zip(at_x.tolist(), at_y.tolist(), strict=True))

    def sees(self, points: Floats) -> bool:
        """Whether the points may be in the picture."""
        return bool((np.abs(points - (self.x, self.y)) < self.reach).all())


def draw(_task: Task, recording: Recording, step: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw the race after ``step`` steps; see ``Task.draw``."""
    step = min(step, len(recording.states) - 1)
    state = recording.states[step]
    view = _View(size, state[0], state[1], state[2])
    image = Image.new("RGB", (view.width, view.height), _BEYOND)
    draw = ImageDraw.Draw(image)
    _draw_field(draw, view)
    for polygon, ink in zip(recording.extras["polygons"], recording.extras["inks"].astype(int), strict=True):
        if view.sees(polygon[:1]):
            colour = _ROAD[ink] if ink <= ROAD_2 else _KERBS[ink - ROAD_2 - 1]
            # The outline hides the seams between tiles.
            draw.polygon(view.world(polygon), fill=colour, outline=colour)
    _draw_car(draw, view, state)
    image = image.resize(size, Image.Resampling.LANCZOS)
    pictures = recording.extras["pictures"]
    if len(pictures):
        _draw_inset(image, pictures[min(step, len(pictures) - 1)].astype(np.uint8))
    return np.asarray(image)


def _draw_field(draw: ImageDraw.ImageDraw, view: _View) -> None:
    corners = np.array([(FIELD_M, FIELD_M), (FIELD_M, -FIELD_M), (-FIELD_M, -FIELD_M), (-FIELD_M, FIELD_M)])
    draw.polygon(view.world(corners), fill=_FIELD)
    square = np.array([(1.0, 0.0), (0.0, 0.0), (0.0, 1.0), (1.0, 1.0)]) * _GRASS_M
    for a in range(-20, 20, 2):
        for b in range(-20, 20, 2):
            patch = square + np.array([a * _GRASS_M, b * _GRASS_M])
            if view.sees(patch[:1]):
                draw.polygon(view.world(patch), fill=_GRASS)


def _draw_car(draw: ImageDraw.ImageDraw, view: _View, state: Floats) -> None:
    for wheel in range(4):
        angle, phase = state[_STEERING_COLUMN + wheel], state[_PHASE_COLUMN + wheel]
        turn = np.array([[math.cos(angle), math.sin(angle)], [-math.sin(angle), math.cos(angle)]])
        w, r = WHEEL_HALF_W, WHEEL_R
        tyre = np.array([(-w, r), (w, r), (w, -r), (-w, -r)])
        draw.polygon(view.car(tyre @ turn + WHEEL_AT[wheel]), fill=_TYRE)
        # A light stripe moves over the tyre as it turns.
        front, back = math.cos(phase), math.cos(phase + 0.9)
        if math.sin(phase) < 0 and math.sin(phase + 0.9) < 0:
            stripe = np.array([(-w, r * front), (w, r * front), (w, r * back), (-w, r * back)])
            draw.polygon(view.car(stripe @ turn + WHEEL_AT[wheel]), fill=_RIM)
    for part in HULL:
        draw.polygon(view.car(np.array(part)), fill=_HULL, outline=_HULL)


def _draw_inset(image: Image.Image, picture: NDArray[np.uint8]) -> None:
    """The network's view in the lower left corner; every pixel is a square."""
    short = min(image.size)
    side = max(SIDE, round(short * INSET_SHARE / SIDE) * SIDE)
    margin, rim = round(short * _INSET_MARGIN), max(2, round(short * 0.006))
    left, top = margin, image.height - margin - side
    draw = ImageDraw.Draw(image)
    draw.rectangle((left - rim, top - rim, left + side + rim - 1, top + side + rim - 1), fill=_FRAME)
    image.paste(Image.fromarray(picture).resize((side, side), Image.Resampling.NEAREST), (left, top))
