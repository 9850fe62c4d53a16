"""The car's network's view: Gymnasium's picture, drawn directly at 64x64 by a compiled polygon filler.

Gymnasium draws 1000x800 pixels with pygame and scales them to 96x96; the upper 84 rows are used and scaled to 64x64.
Here the same polygons are filled at eight samples per pixel of the result (two columns, four rows, every other row
shifted by half a sample), the small car at 64. The bars below row 84 are outside; a bar is drawn only if it reaches
into the used rows.

Eight colours are three bits, so a row of samples is three bit strings of two words each, and a span of a polygon is
painted into them with a few bit operations. Three quarters of the pixels have samples of a single colour; these pixels
are found without adding.

Source: Farama Gymnasium, ``envs/box2d/car_racing.py`` (MIT licence); restated, no code is copied.
"""

from __future__ import annotations

import math
from typing import Final, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats
from wann_core.networks.simd_channels import lowest_bit
from wann_core.networks.simd_pixels import N_PIXELS, colour_pixels
from wann_core.tasks.car_racing.shape import HULL, WHEEL_AT, WHEEL_HALF_W, WHEEL_R
from wann_core.tasks.car_racing.track import FIELD_M, SCALE

SIDE: Final = 64
"""Pixels per side of the picture."""
WINDOW_W: Final = 1000
WINDOW_H: Final = 800
USED_H: Final = 700
"""Rows of Gymnasium's window that become the upper 84 of its 96 rows."""
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

_LONGEST_M: Final = 16.0
"""Every polygon of a track is shorter than this, from corner to corner."""

_PATCH_X: Final = 28
_PATCH_Y: Final = 50
_PATCH_W: Final = 8
_PATCH_H: Final = 10
_FINE: Final = 8
"""The car: the pixels that it can cover, and the samples per pixel and axis in them."""


def _shade(*colour: int) -> tuple[int, int, int]:
    """A colour two levels darker: pygame's scaling has this effect on every value but 0."""
    red, green, blue = (max(0, channel - 2) for channel in colour)
    return red, green, blue


_FIELD: Final = 0
_GRASS: Final = 1
_ROAD: Final = 2
"""The first of a track's colours, see ``track.ROAD_0`` and the following."""
_BLACK: Final = 7
_SHADES: Final = (
    _shade(102, 204, 102), _shade(102, 230, 102), _shade(102, 102, 102), _shade(104, 104, 104), _shade(107, 107, 107),
    _shade(255, 255, 255), _shade(255, 0, 0), (0, 0, 0),
)  # fmt: skip
_RIM: Final = _shade(77, 77, 77)[0]
_RED: Final = _shade(204, 0, 0)[0]
_N_BITS: Final = 3
_IMAGE_COLOURS: Final = np.array([(r << 16) | (g << 8) | b for r, g, b in _SHADES], dtype=np.uint32)


def _pair_colours() -> NDArray[np.uint64]:
    """The sum of two samples' colours, ten bits per channel, indexed by both samples' first, second and third bits."""
    sums = np.zeros(64, dtype=np.uint64)
    for index in range(64):
        for sample in range(2):
            colour = sum(((index >> (2 * bit + sample)) & 1) << bit for bit in range(_N_BITS))
            red, green, blue = _SHADES[colour]
            sums[index] += np.uint64((red << 20) | (green << 10) | blue)
    return sums


_PAIR_COLOURS: Final = _pair_colours()
_BELOW: Final = np.array(
    [[((1 << k) - 1) & (2**64 - 1), ((1 << k) - 1) >> 64] for k in range(_WIDTH + 1)], dtype=np.uint64
)
"""(129, 2) the samples to the left of a column, as bits."""
_ALL: Final = np.uint64(2**64 - 1)
_EVEN: Final = np.uint64(0x5555555555555555)
_U: Final = tuple(np.uint64(k) for k in range(64))

_RIGHT: Final = (1, 0, 0, 1)
_UPPER: Final = (0, 0, 1, 1)
"""Corners of a square of grass, in the order in which they are drawn. (Compiled code cannot use a set as a
constant.)"""

_HULL_POINTS: Final = np.array([point for part in HULL for point in part])
_HULL_STARTS: Final = np.cumsum([0, *(len(part) for part in HULL)])


class Canvas(NamedTuple):
    """Work space of ``draw_picture``, for one thread.

    Attributes:
        bits: (256, 6) per row of samples, two words for each of the colours' three bits.
        car: (3, 80) per row of the car's samples, which of them are covered, rim and hull.
        hull: (80,) only the hull's samples; ``hull_zoom``, (1,), is their zoom.
        hull_zoom: see ``hull``.
        borders: (2, 256) the place of a polygon's border in a row, on its falling and on its rising side.
        spans: (2, 256) the first sample of a polygon's row and the one after the last.
        points: (8, 2) a polygon's corners.
    """

    bits: NDArray[np.uint64]
    car: NDArray[np.uint64]
    hull: NDArray[np.uint64]
    hull_zoom: Floats
    borders: Floats
    spans: NDArray[np.int32]
    points: Floats


@njit(cache=True)
def new_canvas() -> Canvas:
    """Work space of ``draw_picture``."""
    n_fine = _PATCH_H * _FINE
    return Canvas(
        np.zeros((_HEIGHT, 2 * _N_BITS), np.uint64), np.zeros((3, n_fine), np.uint64), np.zeros(n_fine, np.uint64),
        np.full(1, -1.0), np.zeros((2, _HEIGHT)), np.zeros((2, _HEIGHT), np.int32), np.zeros((8, 2)),
    )  # fmt: skip


@njit(cache=True)
def _trace(points, n, borders, spans, height, width, bleed, shift_even, shift_odd):
    """Find which samples of every row a convex polygon covers.

    Args:
        points: corners, in samples.
        n: number of corners.
        borders: see ``Canvas``.
        spans: receives the samples.
        height: number of rows.
        width: samples in a row.
        bleed: how much wider the polygon is on each side, in samples.
        shift_even: the place in a sample of an even row at which its colour is taken; ``shift_odd``: the same for odd
            rows.
        shift_odd: see ``shift_even``.

    Returns:
        The first row and the row after the last.
    """
    low, high = points[0, 1], points[0, 1]
    left, right = points[0, 0], points[0, 0]
    for i in range(1, n):
        low, high = min(low, points[i, 1]), max(high, points[i, 1])
        left, right = min(left, points[i, 0]), max(right, points[i, 0])
    first, last = max(0, math.ceil(low - 0.5)), min(height, math.ceil(high - 0.5))
    if first >= last or right + bleed <= 0.0 or left - bleed >= width:
        return 0, 0
    for i in range(n):
        j = i + 1 if i + 1 < n else 0
        # Edges always start at the lower end, so that neighbours compute their common edge with the same bits and leave
        # no gap.
        is_rising = points[i, 1] < points[j, 1]
        if is_rising:
            x_0, y_0, x_1, y_1 = points[i, 0], points[i, 1], points[j, 0], points[j, 1]
        else:
            x_0, y_0, x_1, y_1 = points[j, 0], points[j, 1], points[i, 0], points[i, 1]
        begin, end = max(0, math.ceil(y_0 - 0.5)), min(height, math.ceil(y_1 - 0.5))
        if begin >= end:
            continue
        slope = (x_1 - x_0) / (y_1 - y_0)
        side = 1 if is_rising else 0
        for row in range(begin, end):
            borders[side, row] = x_0 + (row + 0.5 - y_0) * slope
    for row in range(first, last):
        shift = shift_even if row % 2 == 0 else shift_odd
        begin = np.ceil(min(borders[0, row], borders[1, row]) - bleed - shift)
        end = np.ceil(max(borders[0, row], borders[1, row]) + bleed - shift)
        spans[0, row] = np.int32(min(max(begin, 0.0), float(width)))
        spans[1, row] = np.int32(min(max(end, 0.0), float(width)))
    return first, last


@njit(cache=True)
def _fill(bits, points, borders, spans, colour):
    """Fill a polygon with four corners, in samples; for the arrays see ``Canvas``."""
    first, last = _trace(points, 4, borders, spans, _HEIGHT, _WIDTH, _BLEED * _PX_X * _COLUMNS, 0.25, 0.75)
    bit_0 = _ALL if colour & 1 else _U[0]
    bit_1 = _ALL if colour & 2 else _U[0]
    bit_2 = _ALL if colour & 4 else _U[0]
    for row in range(first, last):
        begin, end = spans[0, row], spans[1, row]
        lower = _BELOW[end, 0] & ~_BELOW[begin, 0]
        upper = _BELOW[end, 1] & ~_BELOW[begin, 1]
        bits[row, 0] = (bits[row, 0] & ~lower) | (lower & bit_0)
        bits[row, 1] = (bits[row, 1] & ~upper) | (upper & bit_0)
        bits[row, 2] = (bits[row, 2] & ~lower) | (lower & bit_1)
        bits[row, 3] = (bits[row, 3] & ~upper) | (upper & bit_1)
        bits[row, 4] = (bits[row, 4] & ~lower) | (lower & bit_2)
        bits[row, 5] = (bits[row, 5] & ~upper) | (upper & bit_2)


@njit(cache=True)
def _trace_fine(points, n, borders, spans):
    """Trace a part of the car; its corners are in pixels of the picture; see ``_trace``."""
    for i in range(n):
        points[i, 0] = (points[i, 0] - _PATCH_X) * _FINE
        points[i, 1] = (points[i, 1] - _PATCH_Y) * _FINE
    return _trace(points, n, borders, spans, _PATCH_H * _FINE, _PATCH_W * _FINE, _BLEED * _PX_X * _FINE, 0.5, 0.5)


@njit(cache=True)
def _draw_land(canvas, polygons, inks, x, y, cos, sin, zoom):
    """Field, grass and road, as seen from a car at (x, y)."""
    bits, points, borders, spans = canvas.bits, canvas.points, canvas.borders, canvas.spans
    scale_x, scale_y = zoom * _PX_X * _COLUMNS, zoom * _PX_Y * _ROWS
    centre_x, centre_y = 0.5 * _WIDTH, (WINDOW_H * 0.75) * _PX_Y * _ROWS
    # Nothing farther than this from the car is in view: half the window's width, three quarters of its height.
    reach = math.hypot(WINDOW_W / 2, WINDOW_H * 0.75) / zoom
    if abs(x) + reach * 1.42 < FIELD_M and abs(y) + reach * 1.42 < FIELD_M:
        bits[:, :] = _U[0]
    else:
        bits[:, :] = _ALL
        for i in range(4):
            dx = (FIELD_M if i <= 1 else -FIELD_M) - x
            dy = (FIELD_M if _RIGHT[i] else -FIELD_M) - y
            points[i, 0] = centre_x + (cos * dx + sin * dy) * scale_x
            points[i, 1] = centre_y - (cos * dy - sin * dx) * scale_y
        _fill(bits, points, borders, spans, _FIELD)
    grass_reach = reach + _GRASS_M
    for a in range(-20, 20, 2):
        if abs((a + 0.5) * _GRASS_M - x) > grass_reach:
            continue
        for b in range(-20, 20, 2):
            if abs((b + 0.5) * _GRASS_M - y) > grass_reach:
                continue
            for i in range(4):
                dx = _GRASS_M * (a + _RIGHT[i]) - x
                dy = _GRASS_M * (b + _UPPER[i]) - y
                points[i, 0] = centre_x + (cos * dx + sin * dy) * scale_x
                points[i, 1] = centre_y - (cos * dy - sin * dx) * scale_y
            _fill(bits, points, borders, spans, _GRASS)
    road_reach = reach + _LONGEST_M
    for k in range(polygons.shape[0]):
        dx, dy = polygons[k, 0, 0] - x, polygons[k, 0, 1] - y
        if abs(dx) > road_reach or abs(dy) > road_reach:
            continue
        # If one corner of a polygon is this far outside the picture, no corner is inside.
        across, along = centre_x + (cos * dx + sin * dy) * scale_x, centre_y - (cos * dy - sin * dx) * scale_y
        if across < -_LONGEST_M * scale_x or across > _WIDTH + _LONGEST_M * scale_x:
            continue
        if along < -_LONGEST_M * scale_y or along > _HEIGHT + _LONGEST_M * scale_y:
            continue
        points[0, 0], points[0, 1] = across, along
        for i in range(1, 4):
            dx, dy = polygons[k, i, 0] - x, polygons[k, i, 1] - y
            points[i, 0] = centre_x + (cos * dx + sin * dy) * scale_x
            points[i, 1] = centre_y - (cos * dy - sin * dx) * scale_y
        _fill(bits, points, borders, spans, _ROAD + inks[k])


@njit(cache=True)
def _draw_hull(canvas, zoom):
    """The hull's samples, which change only with the zoom."""
    if canvas.hull_zoom[0] == zoom:
        return
    canvas.hull_zoom[0] = zoom
    canvas.hull[:] = _U[0]
    centre_x, centre_y = 0.5 * SIDE, WINDOW_H * 0.75 * _PX_Y
    scale_x, scale_y = zoom * _PX_X, zoom * _PX_Y
    for part in range(4):
        start, end = _HULL_STARTS[part], _HULL_STARTS[part + 1]
        for i in range(start, end):
            canvas.points[i - start, 0] = centre_x + _HULL_POINTS[i, 0] * scale_x
            canvas.points[i - start, 1] = centre_y - _HULL_POINTS[i, 1] * scale_y
        first, last = _trace_fine(canvas.points, end - start, canvas.borders, canvas.spans)
        for row in range(first, last):
            canvas.hull[row] |= _BELOW[canvas.spans[1, row], 0] & ~_BELOW[canvas.spans[0, row], 0]


@njit(cache=True)
def _draw_car(canvas, steering, phases, zoom):
    """Wheels, their rims and the hull, at ``_FINE`` samples per pixel and axis."""
    _draw_hull(canvas, zoom)
    points, car, hull, borders, spans = canvas.points, canvas.car, canvas.hull, canvas.borders, canvas.spans
    car[:, :] = _U[0]
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
                x = -WHEEL_HALF_W if _RIGHT[i] else WHEEL_HALF_W
                y = front if i <= 1 else back
                points[i, 0] = centre_x + (WHEEL_AT[w, 0] + cos * x - sin * y) * scale_x
                points[i, 1] = centre_y - (WHEEL_AT[w, 1] + sin * x + cos * y) * scale_y
            first, last = _trace_fine(points, 4, borders, spans)
            rim = _ALL if layer == 1 else _U[0]
            for row in range(first, last):
                mask = _BELOW[spans[1, row], 0] & ~_BELOW[spans[0, row], 0]
                car[0, row] |= mask
                car[1, row] = (car[1, row] & ~mask) | (mask & rim)
    for row in range(_PATCH_H * _FINE):
        car[0, row] |= hull[row]
        car[1, row] &= ~hull[row]
        car[2, row] = hull[row]


@njit(inline="always")
def _pair(bits, row, word, shift):
    """Index into ``_PAIR_COLOURS`` of two samples side by side."""
    three = _U[3]
    first, second = (bits[row, word] >> shift) & three, (bits[row, 2 + word] >> shift) & three
    return first | (second << _U[2]) | (((bits[row, 4 + word] >> shift) & three) << _U[4])


@njit(inline="always")
def _blend(bits, row, word, shift):
    """The mean colour of the eight samples of a pixel."""
    upper = _PAIR_COLOURS[_pair(bits, row, word, shift)] + _PAIR_COLOURS[_pair(bits, row + 1, word, shift)]
    lower = _PAIR_COLOURS[_pair(bits, row + 2, word, shift)] + _PAIR_COLOURS[_pair(bits, row + 3, word, shift)]
    # Red and blue together; ten bits hold four samples, eleven all eight.
    outer = np.uint64(0x3FF003FF)
    red_blue = (upper & outer) + (lower & outer) + np.uint64((4 << 20) | 4)
    middle = np.uint64(1023)
    green = ((upper >> _U[10]) & middle) + ((lower >> _U[10]) & middle) + _U[4]
    low = np.uint64(255)
    return ((red_blue >> _U[23]) << _U[16]) | ((green >> _U[3]) << _U[8]) | ((red_blue >> _U[3]) & low)


@njit(cache=True)
def _develop(bits, colours, image):
    """Average the samples of every pixel; ``colours`` are ``_IMAGE_COLOURS``."""
    for line in range(SIDE):
        row = _ROWS * line
        for word in range(2):
            at = line * SIDE + word * N_PIXELS
            colour_pixels(image, at, bits[row, word], bits[row, 2 + word], bits[row, 4 + word], colours)
            mixed = _U[0]
            for bit in range(_N_BITS):
                k = 2 * bit + word
                some = bits[row, k] | bits[row + 1, k] | bits[row + 2, k] | bits[row + 3, k]
                every = bits[row, k] & bits[row + 1, k] & bits[row + 2, k] & bits[row + 3, k]
                differs = some ^ every
                mixed |= differs | (differs >> _U[1]) | (some ^ (some >> _U[1]))
            left = np.int64(mixed & _EVEN)
            while left != 0:
                shift = lowest_bit(left)
                left &= left - 1
                image[at + shift // 2] = np.uint32(_blend(bits, row, word, np.uint64(shift)))


@njit(inline="always")
def _bytes_of_bits(word):
    """For each byte of a word, the number of set bits."""
    word -= (word >> _U[1]) & _EVEN
    pairs = np.uint64(0x3333333333333333)
    word = (word & pairs) + ((word >> _U[2]) & pairs)
    return (word + (word >> _U[4])) & np.uint64(0x0F0F0F0F0F0F0F0F)


@njit(cache=True)
def _lay_car(car, image):
    """Draw the car over the picture, in proportion to the covered ones of each pixel's 64 samples."""
    n = _FINE * _FINE
    for row in range(_PATCH_H):
        covered = rims = hulls = _U[0]
        for i in range(row * _FINE, (row + 1) * _FINE):
            if car[0, i] != 0:
                covered += _bytes_of_bits(car[0, i])
                rims += _bytes_of_bits(car[1, i])
                hulls += _bytes_of_bits(car[2, i])
        if covered == 0:
            continue
        for column in range(_PATCH_W):
            shift, low = np.uint64(8 * column), np.uint64(255)
            n_covered = np.int64((covered >> shift) & low)
            if n_covered == 0:
                continue
            grey = _RIM * np.int64((rims >> shift) & low)
            red = grey + _RED * np.int64((hulls >> shift) & low)
            at = (_PATCH_Y + row) * SIDE + _PATCH_X + column
            below = np.int64(image[at])
            share = n - n_covered
            red = (red + (below >> 16) * share + n // 2) // n
            green = (grey + ((below >> 8) & 255) * share + n // 2) // n
            blue = (grey + (below & 255) * share + n // 2) // n
            image[at] = np.uint32((red << 16) | (green << 8) | blue)


@njit(cache=True)
def _draw_overflow(image, omegas):
    """The wheels' bars if they are higher than the black strip, from 400 rad/s: they cover the lowest used rows."""
    unit = WINDOW_W / 40.0
    for w in range(4):
        height = (WINDOW_H / 40.0) * (1.0 + 0.01 * omegas[w]) - (WINDOW_H - USED_H)
        rows = min(SIDE, round(height * _PX_Y))
        if rows <= 0:
            continue
        first, end = round((7 + w) * unit * _PX_X), round((8 + w) * unit * _PX_X)
        for row in range(SIDE - rows, SIDE):
            for column in range(first, end):
                image[row * SIDE + column] = np.uint32(255 if w < 2 else (51 << 16) | 255)


@njit(cache=True)
def zoom_at(time_s: float) -> float:
    """Window pixels per metre: the camera descends during the first second."""
    return 0.1 * SCALE * max(1.0 - time_s, 0.0) + ZOOM * SCALE * min(time_s, 1.0)


@njit(cache=True)
def draw_picture(canvas, polygons, inks, x, y, angle, time_s, steering, phases, omegas, image):
    """Draw the view from above the car.

    Args:
        canvas: see ``new_canvas``.
        polygons: (n_polygons, 4, 2) m, of the track.
        inks: (n_polygons,) colour of each, see ``track.ROAD_0``.
        x: of the hull, in m; ``y`` likewise, ``angle`` in rad.
        y: see ``x``.
        angle: see ``x``.
        time_s: since the start.
        steering: (4,) angle of each wheel to the hull, in rad.
        phases: (4,) how far each wheel has turned, in rad.
        omegas: (4,) how fast each wheel turns, in rad/s.
        image: (64 * 64,) uint32 receives the picture, see ``encoders.forward_pass.pack_frame``.
    """
    zoom = zoom_at(time_s)
    _draw_land(canvas, polygons, inks, x, y, math.cos(angle), math.sin(angle), zoom)
    _draw_car(canvas, steering, phases, zoom)
    _develop(canvas.bits, _IMAGE_COLOURS, image)
    _lay_car(canvas.car, image)
    _draw_overflow(image, omegas)
