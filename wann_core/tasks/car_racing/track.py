"""The track of CarRacing-v3, as Gymnasium draws it for a seed.

Source: Farama Gymnasium, ``envs/box2d/car_racing.py`` (MIT licence); restated, no code is copied.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats

SCALE: Final = 6.0
"""Gymnasium's pixels per metre, in which it writes its lengths."""
RADIUS_M: Final = 900 / SCALE
FIELD_M: Final = 2000 / SCALE
"""Half the side of the field; beyond it the episode is over."""
STEP_M: Final = 21 / SCALE
"""Length of a tile along the road's middle."""
HALF_WIDTH_M: Final = 40 / SCALE
KERB_M: Final = 8 / SCALE
TURN_RATE: Final = 0.31
"""The largest turn of the road's direction from one tile to the next, in rad."""
N_CHECKPOINTS: Final = 12
N_KERB_TILES: Final = 4
"""Number of consecutive tiles that must turn the same way for a kerb."""
_MOST_TILES: Final = 2500
_MOST_LAPS: Final = 4

ROAD_0, ROAD_1, ROAD_2, KERB_WHITE, KERB_RED = range(5)
"""Colours of ``Track.colours``: three greys in turn, and the kerbs'."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True, eq=False)
class Track:
    """The road of one episode.

    Attributes:
        middle: (n_tiles, 3) per tile the road's direction in rad and the place x, y in m of its front edge's middle.
        tiles: the four corners of each tile, as Box2D gets them.
        polygons: (n_polygons, 4, 2) m, tiles and kerbs in the order in which they are drawn.
        colours: (n_polygons,) see ``ROAD_0`` and the following.
        tile_of: (n_polygons,) which tile a polygon is; -1 for kerbs.
    """

    middle: Floats
    tiles: tuple[tuple[Point, Point, Point, Point], ...]
    polygons: Floats
    colours: NDArray[np.int64]
    tile_of: NDArray[np.int64]

    @property
    def n_tiles(self) -> int:
        """Number of tiles to visit."""
        return len(self.tiles)


@lru_cache(maxsize=256)
def track_of(seed: int) -> Track:
    """Draw the track of the episode with this seed. The result is shared: do not change it."""
    rng = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed)))
    while True:
        line = _closed_line(rng)
        if line is not None:
            return _paved(line)


def _checkpoints(rng: np.random.Generator) -> list[tuple[float, float, float]]:
    """Angle and place of each checkpoint."""
    points = []
    for c in range(N_CHECKPOINTS):
        noise = rng.uniform(0, 2 * math.pi * 1 / N_CHECKPOINTS)
        alpha = 2 * math.pi * c / N_CHECKPOINTS + noise
        radius = rng.uniform(RADIUS_M / 3, RADIUS_M)
        if c == 0:
            alpha, radius = 0.0, 1.5 * RADIUS_M
        if c == N_CHECKPOINTS - 1:
            alpha, radius = 2 * math.pi * c / N_CHECKPOINTS, 1.5 * RADIUS_M
        points.append((alpha, radius * math.cos(alpha), radius * math.sin(alpha)))
    return points


def _closed_line(rng: np.random.Generator) -> list[tuple[float, float, float, float]] | None:
    """One lap of the road's middle: position angle, direction, x and y per tile; None if it does not close."""
    line = _drive(_checkpoints(rng))
    start_alpha = 2 * math.pi * (-0.5) / N_CHECKPOINTS
    crossings = [i for i in range(len(line) - 1, 0, -1) if line[i][0] > start_alpha >= line[i - 1][0]]
    if len(crossings) < 2:
        return None
    line = line[crossings[1] : crossings[0] - 1]
    _, beta, x, y = line[0]
    _, _, last_x, last_y = line[-1]
    # Distance between head and tail.
    gap = np.sqrt(np.square(math.cos(beta) * (x - last_x)) + np.square(math.sin(beta) * (y - last_y)))
    return None if gap > STEP_M else line


def _drive(checkpoints: list[tuple[float, float, float]]) -> list[tuple[float, float, float, float]]:
    """Go from checkpoint to checkpoint for a few laps, with limited turns from tile to tile."""
    x, y, beta = 1.5 * RADIUS_M, 0.0, 0.0
    goal = laps = 0
    has_been_behind = False
    line: list[tuple[float, float, float, float]] = []
    while laps <= _MOST_LAPS and len(line) < _MOST_TILES:
        alpha = math.atan2(y, x)
        if has_been_behind and alpha > 0:
            laps += 1
            has_been_behind = False
        if alpha < 0:
            has_been_behind = True
            alpha += 2 * math.pi
        while True:
            while alpha > checkpoints[goal % N_CHECKPOINTS][0]:
                goal += 1
                if goal % N_CHECKPOINTS == 0:
                    break
            else:
                break
            alpha -= 2 * math.pi
        _, goal_x, goal_y = checkpoints[goal % N_CHECKPOINTS]
        cos, sin = math.cos(beta), math.sin(beta)
        sideways = cos * (goal_x - x) + sin * (goal_y - y)
        while beta - alpha > 1.5 * math.pi:
            beta -= 2 * math.pi
        while beta - alpha < -1.5 * math.pi:
            beta += 2 * math.pi
        before = beta
        sideways *= SCALE
        if sideways > 0.3:
            beta -= min(TURN_RATE, abs(0.001 * sideways))
        if sideways < -0.3:
            beta += min(TURN_RATE, abs(0.001 * sideways))
        x += -sin * STEP_M
        y += cos * STEP_M
        line.append((alpha, before * 0.5 + beta * 0.5, x, y))
    return line


def _has_kerb(line: list[tuple[float, float, float, float]]) -> list[bool]:
    """Which tiles have a kerb: the tiles of hard turns, and the tiles before them."""
    turns = [line[i][1] - line[i - 1][1] for i in range(len(line))]
    kerb = []
    for i in range(len(line)):
        last = [turns[i - back] for back in range(N_KERB_TILES)]
        is_hard = all(abs(turn) > TURN_RATE * 0.2 for turn in last)
        kerb.append(is_hard and abs(sum(np.sign(turn) for turn in last)) == N_KERB_TILES)
    for i in range(len(line)):
        for back in range(N_KERB_TILES):
            kerb[i - back] |= kerb[i]
    return kerb


def _across(x: float, y: float, beta: float, offset_m: float) -> Point:
    return x + offset_m * math.cos(beta), y + offset_m * math.sin(beta)


def _paved(line: list[tuple[float, float, float, float]]) -> Track:
    """Tiles and kerbs along the line."""
    kerb = _has_kerb(line)
    tiles, polygons, colours, tile_of = [], [], [], []
    for i, (_, beta_1, x_1, y_1) in enumerate(line):
        _, beta_2, x_2, y_2 = line[i - 1]
        tile = (
            _across(x_1, y_1, beta_1, -HALF_WIDTH_M),
            _across(x_1, y_1, beta_1, HALF_WIDTH_M),
            _across(x_2, y_2, beta_2, HALF_WIDTH_M),
            _across(x_2, y_2, beta_2, -HALF_WIDTH_M),
        )
        tiles.append(tile)
        polygons.append(tile)
        colours.append(ROAD_0 + i % 3)
        tile_of.append(i)
        if kerb[i]:
            side = float(np.sign(beta_2 - beta_1))
            inner, outer = side * HALF_WIDTH_M, side * (HALF_WIDTH_M + KERB_M)
            polygons.append(
                (
                    _across(x_1, y_1, beta_1, inner),
                    _across(x_1, y_1, beta_1, outer),
                    _across(x_2, y_2, beta_2, outer),
                    _across(x_2, y_2, beta_2, inner),
                )
            )
            colours.append(KERB_WHITE if i % 2 == 0 else KERB_RED)
            tile_of.append(-1)
    return Track(
        middle=np.array([step[1:] for step in line]),
        tiles=tuple(tiles),
        polygons=np.array(polygons),
        colours=np.array(colours, dtype=np.int64),
        tile_of=np.array(tile_of, dtype=np.int64),
    )
