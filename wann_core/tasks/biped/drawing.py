"""Pictures of a recorded walk: the walker on its ground, its lidar, and how far it has come.

Pillow draws at twice the size, and scaling down smooths every line. The camera follows the hull and the height of the
ground smoothly, so that the film does not shake.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

from wann_core.networks.arrays import Floats
from wann_core.tasks.biped.terrain import FINISH_M, HEIGHT_M, START_PAD, STEP_M
from wann_core.tasks.biped.world import HULL_M, LEG_HEIGHT_M, LEG_WIDTH_M
from wann_core.tasks.contract import Recording, Task

Colour = tuple[int, int, int]

OVERSAMPLING: Final = 2
VIEW_M: Final = 7.2
"""Height of the view."""
HULL_SHARE: Final = 0.3
"""Position of the hull in the picture's width, from the left."""
GROUND_SHARE: Final = 0.24
"""Position of the ground in the picture's height, from below."""
_SKY_TOP: Final[Colour] = (214, 230, 245)
_SKY_LOW: Final[Colour] = (250, 246, 238)
_HILLS: Final[tuple[tuple[float, float, float, Colour], ...]] = (
    (0.15, 1.5, 0.7, (205, 217, 230)),
    (0.35, 0.8, 0.45, (183, 201, 214)),
)
"""Per range of hills: share of the camera's speed, height and amplitude in m, colour."""
_EARTH: Final[Colour] = (71, 90, 82)
_EARTH_DEEP: Final[Colour] = (52, 66, 66)
_GRASS: Final[Colour] = (126, 170, 98)
_HULL: Final[Colour] = (15, 98, 180)
_HULL_RIM: Final[Colour] = (9, 58, 112)
_NEAR_LEG: Final[Colour] = (238, 142, 62)
_NEAR_RIM: Final[Colour] = (160, 84, 24)
_FAR_LEG: Final[Colour] = (176, 120, 84)
_FAR_RIM: Final[Colour] = (116, 76, 52)
_JOINT: Final[Colour] = (252, 250, 244)
_RAY: Final[Colour] = (214, 69, 80)
_FLAG: Final[Colour] = (214, 69, 80)
_POLE: Final[Colour] = (70, 78, 90)
_TRACK: Final[Colour] = (255, 255, 255)
_LIDAR_M: Final = 160.0 / 30.0
_N_RAYS: Final = 10
_LIDAR_COLUMN: Final = 17
_FEET_COLUMN: Final = 15


class _View:
    """Converts metres to pixels of the large picture."""

    def __init__(self, size: tuple[int, int], x: float, ground_y: float) -> None:
        self.width, self.height = size[0] * OVERSAMPLING, size[1] * OVERSAMPLING
        self.scale = self.height / VIEW_M
        self.left = x - HULL_SHARE * self.width / self.scale
        self.bottom = ground_y - GROUND_SHARE * VIEW_M

    @property
    def right(self) -> float:
        """The x in m at the right border."""
        return self.left + self.width / self.scale

    def point(self, x: float, y: float) -> tuple[float, float]:
        """The pixel at (x, y) in m."""
        return (x - self.left) * self.scale, self.height - (y - self.bottom) * self.scale

    def length(self, metres: float) -> int:
        """A length in whole pixels, one at least."""
        return max(1, round(metres * self.scale))


def draw(_task: Task, recording: Recording, step: int, size: tuple[int, int]) -> NDArray[np.uint8]:
    """Draw a recording of the biped after ``step`` steps.

    Args:
        recording: a result of ``biped.TASK.record``.
        step: 0 for the start; after the end the last pose is drawn.
        size: (width, height) in pixels.

    Returns:
        (height, width, 3).
    """
    pose = recording.states[min(max(step, 0), len(recording.states) - 1)]
    terrain_x, terrain_y = recording.extras["terrain_x"], recording.extras["terrain_y"]
    camera_x = float(pose[0])
    view = _View(size, camera_x, _lie_of_the_land(terrain_x, terrain_y, camera_x))
    image = _sky((view.width, view.height)).copy()
    draw = ImageDraw.Draw(image, "RGBA")
    for speed, height, swing, colour in _HILLS:
        _draw_hills(draw, view, speed, height, swing, colour)
    _draw_flag(draw, view, terrain_x, terrain_y, STEP_M * 3, is_finish=False)
    _draw_flag(draw, view, terrain_x, terrain_y, FINISH_M, is_finish=True)
    _draw_leg(draw, view, pose, 0, _FAR_LEG, _FAR_RIM)
    _draw_ground(draw, view, terrain_x, terrain_y)
    _draw_lidar(draw, view, pose)
    _draw_hull(draw, view, pose)
    _draw_leg(draw, view, pose, 1, _NEAR_LEG, _NEAR_RIM)
    _draw_track(draw, view, camera_x)
    return np.asarray(image.reduce(OVERSAMPLING))


def _lie_of_the_land(terrain_x: Floats, terrain_y: Floats, x: float) -> float:
    """Height of the ground around ``x``, averaged with a bell-shaped weight of about two metres."""
    weights = np.exp(-0.5 * ((terrain_x - x) / 2.0) ** 2)
    return float(weights @ terrain_y / weights.sum()) if weights.sum() > 0.0 else HEIGHT_M


@lru_cache(maxsize=4)
def _sky(size: tuple[int, int]) -> Image.Image:
    share = np.linspace(0.0, 1.0, size[1])[:, None]
    rows = (1.0 - share) * np.array(_SKY_TOP) + share * np.array(_SKY_LOW)
    return Image.fromarray(np.broadcast_to(rows[:, None, :], (size[1], size[0], 3)).round().astype(np.uint8))


def _draw_hills(
    draw: ImageDraw.ImageDraw, view: _View, speed: float, height: float, swing: float, colour: Colour
) -> None:
    """Distant hills, which move more slowly than the ground."""
    base = view.height * (1.0 - GROUND_SHARE)
    offset = view.left * speed
    points = []
    for pixel in range(0, view.width + 12, 12):
        x = offset + pixel / view.scale
        y = height + swing * (math.sin(0.55 * x + 40.0 * speed) + 0.5 * math.sin(1.27 * x + 9.0 * speed))
        points.append((float(pixel), base - y * view.scale))
    draw.polygon([*points, (view.width, view.height), (0, view.height)], fill=colour)


def _draw_ground(draw: ImageDraw.ImageDraw, view: _View, terrain_x: Floats, terrain_y: Floats) -> None:
    shown = np.flatnonzero((terrain_x > view.left - STEP_M) & (terrain_x < view.right + STEP_M))
    surface = [view.point(float(terrain_x[i]), float(terrain_y[i])) for i in shown]
    if len(surface) < 2:
        return
    edge = view.height
    draw.polygon([*surface, (surface[-1][0], edge), (surface[0][0], edge)], fill=_EARTH)
    deep = view.length(0.75)
    draw.polygon(
        [*((x, y + deep) for x, y in surface), (surface[-1][0], edge), (surface[0][0], edge)], fill=_EARTH_DEEP
    )
    # The turf is drawn below the line that the feet touch.
    turf = view.length(0.14)
    draw.polygon([*surface, *((x, y + turf) for x, y in reversed(surface))], fill=_GRASS)


def _draw_flag(
    draw: ImageDraw.ImageDraw, view: _View, terrain_x: Floats, terrain_y: Floats, x: float, *, is_finish: bool
) -> None:
    if not view.left - 2.0 < x < view.right + 2.0:
        return
    y = float(np.interp(x, terrain_x, terrain_y))
    top = y + 2.2
    draw.line([view.point(x, y), view.point(x, top)], fill=_POLE, width=view.length(0.06))
    if not is_finish:
        draw.polygon([view.point(x, top), view.point(x, top - 0.5), view.point(x + 0.9, top - 0.25)], fill=_FLAG)
        return
    cell = 0.2
    for row in range(3):
        for column in range(5):
            corner = (x + column * cell, top - row * cell)
            box = [*view.point(*corner), *view.point(corner[0] + cell, corner[1] - cell)]
            draw.rectangle(box, fill=(40, 44, 52) if (row + column) % 2 else (250, 250, 250))


def _draw_lidar(draw: ImageDraw.ImageDraw, view: _View, pose: Floats) -> None:
    origin = view.point(float(pose[0]), float(pose[1]))
    radius = view.length(0.055)
    for i in range(_N_RAYS):
        fraction = float(pose[_LIDAR_COLUMN + i])
        reach = fraction * _LIDAR_M
        end = view.point(
            float(pose[0]) + math.sin(1.5 * i / 10.0) * reach, float(pose[1]) - math.cos(1.5 * i / 10.0) * reach
        )
        draw.line([origin, end], fill=(*_RAY, 70), width=view.length(0.025))
        if fraction < 1.0:
            draw.ellipse([end[0] - radius, end[1] - radius, end[0] + radius, end[1] + radius], fill=(*_RAY, 220))


def _placed(pose: Floats, body: int, points: list[tuple[float, float]]) -> list[tuple[float, float]]:
    x, y, angle = (float(value) for value in pose[3 * body : 3 * body + 3])
    sine, cosine = math.sin(angle), math.cos(angle)
    return [(x + cosine * px - sine * py, y + sine * px + cosine * py) for px, py in points]


def _draw_rounded(
    draw: ImageDraw.ImageDraw, view: _View, outline: list[tuple[float, float]], radius_m: float, fill: Colour
) -> None:
    """Fill a polygon in m, grown by ``radius_m`` with round corners."""
    points = [view.point(x, y) for x, y in outline]
    draw.polygon(points, fill=fill)
    radius = radius_m * view.scale
    draw.line([*points, points[0], points[1]], fill=fill, width=max(1, round(2 * radius)), joint="curve")
    cap = radius - 0.5  # Pillow draws the border pixel too
    for x, y in points:
        draw.ellipse([x - cap, y - cap, x + cap, y + cap], fill=fill)


def _draw_body(
    draw: ImageDraw.ImageDraw, view: _View, pose: Floats, body: int, outline: list[tuple[float, float]],
    fill: Colour, rim: Colour,
) -> None:  # fmt: skip
    """A body with round corners: its outline is moved inwards, so that the drawn edge is the physical one."""
    corner, line = 0.06, 0.025
    centre_x = sum(x for x, _ in outline) / len(outline)
    centre_y = sum(y for _, y in outline) / len(outline)
    inner = [(x - math.copysign(corner, x - centre_x), y - math.copysign(corner, y - centre_y)) for x, y in outline]
    placed = _placed(pose, body, inner)
    _draw_rounded(draw, view, placed, corner, rim)
    _draw_rounded(draw, view, placed, corner - line, fill)


def _draw_hull(draw: ImageDraw.ImageDraw, view: _View, pose: Floats) -> None:
    _draw_body(draw, view, pose, 0, list(HULL_M), _HULL, _HULL_RIM)
    (x, y), (look_x, look_y) = _placed(pose, 0, [(0.62, 0.0), (0.66, 0.0)])
    for (px, py), radius_m, colour in (((x, y), 0.11, _JOINT), ((look_x, look_y), 0.055, _HULL_RIM)):
        _draw_disc(draw, view, px, py, radius_m, colour)


def _draw_leg(draw: ImageDraw.ImageDraw, view: _View, pose: Floats, side: int, fill: Colour, rim: Colour) -> None:
    upper, lower = 1 + 2 * side, 2 + 2 * side
    half_width, half_height = LEG_WIDTH_M / 2, LEG_HEIGHT_M / 2
    narrow = 0.8 * half_width
    _draw_body(draw, view, pose, lower, _box(narrow, half_height), fill, rim)
    _draw_body(draw, view, pose, upper, _box(half_width, half_height), fill, rim)
    for body, y in ((upper, half_height), (upper, -half_height)):
        ((px, py),) = _placed(pose, body, [(0.0, y)])
        _draw_disc(draw, view, px, py, 0.075, rim)
        _draw_disc(draw, view, px, py, 0.045, _JOINT)
    if pose[_FEET_COLUMN + side]:
        ends = _placed(pose, lower, [(-narrow, -half_height), (narrow, -half_height)])
        draw.line([view.point(*end) for end in ends], fill=(*_RAY, 255), width=view.length(0.06))


def _box(half_width: float, half_height: float) -> list[tuple[float, float]]:
    return [
        (-half_width, half_height),
        (half_width, half_height),
        (half_width, -half_height),
        (-half_width, -half_height),
    ]


def _draw_disc(draw: ImageDraw.ImageDraw, view: _View, x: float, y: float, radius_m: float, colour: Colour) -> None:
    px, py = view.point(x, y)
    radius = radius_m * view.scale
    draw.ellipse([px - radius, py - radius, px + radius, py + radius], fill=colour)


def _draw_track(draw: ImageDraw.ImageDraw, view: _View, x: float) -> None:
    """The walked share of the way, as a line at the lower border."""
    margin, y, thick = 0.06 * view.width, 0.955 * view.height, 0.012 * view.height
    start = STEP_M * START_PAD / 2
    share = min(max((x - start) / (FINISH_M - start), 0.0), 1.0)
    length = view.width - 2 * margin
    draw.rounded_rectangle([margin, y - thick / 2, margin + length, y + thick / 2], thick / 2, fill=(*_TRACK, 60))
    draw.rounded_rectangle(
        [margin, y - thick / 2, margin + max(thick, share * length), y + thick / 2], thick / 2, fill=(*_TRACK, 235)
    )
    centre = margin + share * length
    draw.ellipse([centre - thick, y - thick, centre + thick, y + thick], fill=_TRACK)
