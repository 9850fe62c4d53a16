"""What the car's network sees: Gymnasium's picture, drawn directly at 64x64 by a compiled polygon filler.

Gymnasium draws 1000x800 pixels with pygame and scales them down to 96x96; of these the upper 84 rows are used, scaled
to 64x64. Here the same polygons are filled at eight samples per pixel of the result (two columns, four rows, every
other row shifted by half a sample), the small car at 64. The bars below row 84 are outside; only one that overflows
into the used rows is drawn.

Source: Farama Gymnasium, ``envs/box2d/car_racing.py`` (MIT licence); restated, no code is copied.
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats
from wann_core.tasks.car_racing.shape import HULL, WHEEL_AT, WHEEL_HALF_W, WHEEL_R
from wann_core.tasks.car_racing.track import FIELD_M, SCALE

SIDE: Final = 64
"""Pixels per side of the picture."""
WINDOW_W: Final = 1000
WINDOW_H: Final = 800
USED_H: Final = 700
"""Rows of Gymnasium's window that make the upper 84 of its 96."""
ZOOM: Final = 2.7
_PX_X: Final = SIDE / WINDOW_W
_PX_Y: Final = SIDE / USED_H
_COLUMNS: Final = 2
_ROWS: Final = 4
_WIDTH: Final = SIDE * _COLUMNS
_HEIGHT: Final = SIDE * _ROWS
_GRASS_M: Final = FIELD_M / 20.0
_BLEED: Final = 0.5
"""Gymnasium's filler paints the border pixels too: half a pixel of its window on each side."""

_PATCH_X: Final = 28
_PATCH_Y: Final = 50
_PATCH_W: Final = 8
_PATCH_H: Final = 10
_FINE: Final = 8
"""The car: pixels that it may touch, and samples per pixel and axis in them."""


def _ink(red: int, green: int, blue: int, bits: int) -> int:
    """Pack a colour, ``bits`` a channel, two levels darker: that is what pygame's scaling leaves of any but 0."""
    channels = [max(0, channel - 2) for channel in (red, green, blue)]
    return (channels[0] << 2 * bits) | (channels[1] << bits) | channels[2]


# Ten bits a channel, so that the samples of half a pixel add up without carry.
_FIELD: Final = _ink(102, 204, 102, 10)
_GRASS: Final = _ink(102, 230, 102, 10)
_INK: Final = np.array(
    [_ink(*colour, 10) for colour in ((102,) * 3, (104,) * 3, (107,) * 3, (255,) * 3, (255, 0, 0))], dtype=np.uint32
)
"""Colours of a track's polygons."""

_HULL_POINTS: Final = np.array([point for part in HULL for point in part])
_HULL_STARTS: Final = np.cumsum([0, *(len(part) for part in HULL)])
_SAMPLE: Final = 1 << 45
_BLACK: Final = _SAMPLE
_RIM: Final = _SAMPLE | _ink(77, 77, 77, 15)
_RED: Final = _SAMPLE | _ink(204, 0, 0, 15)


def new_canvas() -> tuple[NDArray[np.uint32], NDArray[np.uint64], Floats]:
    """Work arrays of ``draw_picture``: samples of the picture, samples of the car, and a polygon's left and right."""
    return (
        np.zeros((_HEIGHT, _WIDTH), dtype=np.uint32),
        np.zeros((_PATCH_H * _FINE, _PATCH_W * _FINE), dtype=np.uint64),
        np.zeros((2, max(_HEIGHT, _PATCH_H * _FINE))),
    )


@njit(cache=True)
def _trace(points: Floats, n: int, spans: Floats, height: int) -> tuple[int, int]:
    """Find the left and right end of a convex polygon in every row of samples.

    Args:
        points: (at least n, 2) corners, in samples.
        n: how many.
        spans: (2, rows) receives the ends.
        height: rows there are.

    Returns:
        The first row and the row after the last.
    """
    low, high = points[0, 1], points[0, 1]
    for i in range(1, n):
        low, high = min(low, points[i, 1]), max(high, points[i, 1])
    first, last = max(0, math.ceil(low - 0.5)), min(height, math.ceil(high - 0.5))
    for row in range(first, last):
        spans[0, row], spans[1, row] = 1e9, -1e9
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        # Always from below, so that neighbours compute their common edge to the same bits and leave no gap.
        if points[i, 1] < points[j, 1]:
            x_0, y_0, x_1, y_1 = points[i, 0], points[i, 1], points[j, 0], points[j, 1]
        else:
            x_0, y_0, x_1, y_1 = points[j, 0], points[j, 1], points[i, 0], points[i, 1]
        begin, end = max(0, math.ceil(y_0 - 0.5)), min(height, math.ceil(y_1 - 0.5))
        if begin >= end:
            continue
        slope = (x_1 - x_0) / (y_1 - y_0)
        for row in range(begin, end):
            x = x_0 + (row + 0.5 - y_0) * slope
            spans[0, row], spans[1, row] = min(spans[0, row], x), max(spans[1, row], x)
    return first, last


@njit(cache=True)
def _fill(canvas: NDArray[np.uint32], points: Floats, n: int, spans: Floats, ink: int) -> None:
    """Fill a convex polygon given in samples."""
    first, last = _trace(points, n, spans, _HEIGHT)
    bleed = _BLEED * _PX_X * _COLUMNS
    colour = np.uint32(ink)
    for row in range(first, last):
        at = 0.25 if row % 2 == 0 else 0.75
        begin = max(0, math.ceil(spans[0, row] - bleed - at))
        end = min(_WIDTH, math.ceil(spans[1, row] + bleed - at))
        for column in range(begin, end):
            canvas[row, column] = colour


@njit(cache=True)
def _fill_fine(patch: NDArray[np.uint64], points: Floats, n: int, spans: Floats, ink: int) -> None:
    """Fill a convex polygon of the car, given in pixels of the picture."""
    for i in range(n):
        points[i, 0] = (points[i, 0] - _PATCH_X) * _FINE
        points[i, 1] = (points[i, 1] - _PATCH_Y) * _FINE
    first, last = _trace(points, n, spans, _PATCH_H * _FINE)
    bleed = _BLEED * _PX_X * _FINE
    colour = np.uint64(ink)
    for row in range(first, last):
        begin = max(0, math.ceil(spans[0, row] - bleed - 0.5))
        end = min(_PATCH_W * _FINE, math.ceil(spans[1, row] + bleed - 0.5))
        for column in range(begin, end):
            patch[row, column] = colour


@njit(cache=True)
def _draw_land(
    canvas: NDArray[np.uint32],
    spans: Floats,
    polygons: Floats,
    inks: NDArray[np.int64],
    x: float,
    y: float,
    cos: float,
    sin: float,
    zoom: float,
) -> None:
    """Field, grass and road, as seen from a car at (x, y)."""
    points = np.empty((4, 2))
    scale_x, scale_y = zoom * _PX_X * _COLUMNS, zoom * _PX_Y * _ROWS
    centre_x, centre_y = 0.5 * _WIDTH, (WINDOW_H * 0.75) * _PX_Y * _ROWS
    # Farther than this from the car nothing is in view: half the window's width, three quarters of its height.
    reach = math.hypot(WINDOW_W / 2, WINDOW_H * 0.75) / zoom
    if abs(x) + reach * 1.42 < FIELD_M and abs(y) + reach * 1.42 < FIELD_M:
        canvas[:, :] = np.uint32(_FIELD)
    else:
        canvas[:, :] = np.uint32(0)
        for i in range(4):
            dx = (FIELD_M if i in {0, 1} else -FIELD_M) - x
            dy = (FIELD_M if i in {0, 3} else -FIELD_M) - y
            points[i, 0] = centre_x + (cos * dx + sin * dy) * scale_x
            points[i, 1] = centre_y - (cos * dy - sin * dx) * scale_y
        _fill(canvas, points, 4, spans, _FIELD)
    grass_reach = reach + _GRASS_M
    for a in range(-20, 20, 2):
        if abs((a + 0.5) * _GRASS_M - x) > grass_reach:
            continue
        for b in range(-20, 20, 2):
            if abs((b + 0.5) * _GRASS_M - y) > grass_reach:
                continue
            for i in range(4):
                dx = _GRASS_M * (a + (1 if i in {0, 3} else 0)) - x
                dy = _GRASS_M * (b + (1 if i in {2, 3} else 0)) - y
                points[i, 0] = centre_x + (cos * dx + sin * dy) * scale_x
                points[i, 1] = centre_y - (cos * dy - sin * dx) * scale_y
            _fill(canvas, points, 4, spans, _GRASS)
    road_reach = reach + 16.0
    for k in range(polygons.shape[0]):
        if abs(polygons[k, 0, 0] - x) > road_reach or abs(polygons[k, 0, 1] - y) > road_reach:
            continue
        for i in range(4):
            dx, dy = polygons[k, i, 0] - x, polygons[k, i, 1] - y
            points[i, 0] = centre_x + (cos * dx + sin * dy) * scale_x
            points[i, 1] = centre_y - (cos * dy - sin * dx) * scale_y
        _fill(canvas, points, 4, spans, _INK[inks[k]])


@njit(cache=True)
def _draw_car(patch: NDArray[np.uint64], spans: Floats, steering: Floats, phases: Floats, zoom: float) -> None:
    """Wheels, their rims and the hull, at ``_FINE`` samples per pixel and axis."""
    patch[:, :] = np.uint64(0)
    points = np.empty((8, 2))
    centre_x, centre_y = 0.5 * SIDE, WINDOW_H * 0.75 * _PX_Y
    scale_x, scale_y = zoom * _PX_X, zoom * _PX_Y
    for w in range(4):
        cos, sin = math.cos(steering[w]), math.sin(steering[w])
        front, back = WHEEL_R, -WHEEL_R
        for layer in range(2):
            if layer == 1:
                s_1, s_2 = math.sin(phases[w]), math.sin(phases[w] + 1.2)
                c_1, c_2 = math.cos(phases[w]), math.cos(phases[w] + 1.2)
                if s_1 > 0 and s_2 > 0:
                    continue
                front = WHEEL_R * (np.sign(c_1) if s_1 > 0 else c_1)
                back = WHEEL_R * (np.sign(c_2) if s_2 > 0 else c_2)
            for i in range(4):
                x = -WHEEL_HALF_W if i in {0, 3} else WHEEL_HALF_W
                y = front if i in {0, 1} else back
                points[i, 0] = centre_x + (WHEEL_AT[w, 0] + cos * x - sin * y) * scale_x
                points[i, 1] = centre_y - (WHEEL_AT[w, 1] + sin * x + cos * y) * scale_y
            _fill_fine(patch, points, 4, spans, _BLACK if layer == 0 else _RIM)
    for part in range(4):
        first, end = _HULL_STARTS[part], _HULL_STARTS[part + 1]
        for i in range(first, end):
            points[i - first, 0] = centre_x + _HULL_POINTS[i, 0] * scale_x
            points[i - first, 1] = centre_y - _HULL_POINTS[i, 1] * scale_y
        _fill_fine(patch, points, end - first, spans, _RED)


@njit(cache=True)
def _develop(canvas: NDArray[np.uint32], patch: NDArray[np.uint64], picture: NDArray[np.uint8]) -> None:
    """Average the samples of every pixel, and lay the car over it."""
    mask = np.uint32(1023)
    for row in range(SIDE):
        for column in range(SIDE):
            j = 2 * column
            upper = canvas[4 * row, j] + canvas[4 * row, j + 1] + canvas[4 * row + 1, j] + canvas[4 * row + 1, j + 1]
            r = 4 * row + 2
            lower = canvas[r, j] + canvas[r, j + 1] + canvas[r + 1, j] + canvas[r + 1, j + 1]
            picture[row, column, 0] = ((upper >> np.uint32(20)) + (lower >> np.uint32(20)) + 4) >> 3
            picture[row, column, 1] = (
                ((upper >> np.uint32(10)) & mask) + ((lower >> np.uint32(10)) & mask) + np.uint32(4)
            ) >> 3
            picture[row, column, 2] = ((upper & mask) + (lower & mask) + np.uint32(4)) >> 3
    n = _FINE * _FINE
    for row in range(_PATCH_H):
        for column in range(_PATCH_W):
            total = np.uint64(0)
            for i in range(_FINE):
                for j in range(_FINE):
                    total += patch[row * _FINE + i, column * _FINE + j]
            covered = np.int64(total >> np.uint64(45))
            if covered == 0:
                continue
            for channel in range(3):
                car = np.int64((total >> np.uint64(30 - 15 * channel)) & np.uint64(32767))
                below = np.int64(picture[_PATCH_Y + row, _PATCH_X + column, channel])
                picture[_PATCH_Y + row, _PATCH_X + column, channel] = (car + below * (n - covered) + n // 2) // n


@njit(cache=True)
def _draw_overflow(picture: NDArray[np.uint8], omegas: Floats) -> None:
    """The wheels' bars where they are higher than the black strip, from 400 rad/s: they cover the lowest used rows."""
    unit = WINDOW_W / 40.0
    for w in range(4):
        height = (WINDOW_H / 40.0) * (1.0 + 0.01 * omegas[w]) - (WINDOW_H - USED_H)
        rows = min(SIDE, round(height * _PX_Y))
        if rows <= 0:
            continue
        first, end = round((7 + w) * unit * _PX_X), round((8 + w) * unit * _PX_X)
        picture[SIDE - rows :, first:end, 0] = 0 if w < 2 else 51
        picture[SIDE - rows :, first:end, 1] = 0
        picture[SIDE - rows :, first:end, 2] = 255


@njit(cache=True)
def zoom_at(time_s: float) -> float:
    """Window pixels per metre: the camera comes down during the first second."""
    return 0.1 * SCALE * max(1.0 - time_s, 0.0) + ZOOM * SCALE * min(time_s, 1.0)


@njit(cache=True)
def draw_picture(
    canvas: NDArray[np.uint32],
    patch: NDArray[np.uint64],
    spans: Floats,
    polygons: Floats,
    inks: NDArray[np.int64],
    x: float,
    y: float,
    angle: float,
    time_s: float,
    steering: Floats,
    phases: Floats,
    omegas: Floats,
    picture: NDArray[np.uint8],
) -> None:
    """Draw what is seen from above the car.

    Args:
        canvas: see ``new_canvas``; ``patch`` and ``spans`` likewise.
        patch: see ``canvas``.
        spans: see ``canvas``.
        polygons: (n_polygons, 4, 2) m, of the track.
        inks: (n_polygons,) colour of each, see ``car_track.ROAD_0``.
        x: of the hull, in m; ``y`` likewise, ``angle`` in rad.
        y: see ``x``.
        angle: see ``x``.
        time_s: since the start.
        steering: (4,) angle of each wheel to the hull, in rad.
        phases: (4,) how far each wheel has turned, in rad.
        omegas: (4,) how fast each wheel turns, in rad/s.
        picture: (64, 64, 3) receives the picture.
    """
    zoom = zoom_at(time_s)
    _draw_land(canvas, spans, polygons, inks, x, y, math.cos(angle), math.sin(angle), zoom)
    _draw_car(patch, spans, steering, phases, zoom)
    _develop(canvas, patch, picture)
    _draw_overflow(picture, omegas)
