"""The tracks of a set of episodes as a few flat arrays, so that one compiled call can use many of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats, Ints
from wann_core.tasks.car_racing.touch import ground_of
from wann_core.tasks.car_racing.track import track_of


class Roads(NamedTuple):
    """The tracks of a set of episodes, one after the other.

    Attributes:
        begins: (n_tracks, 3) angle in rad, x and y in m of the car at the start.
        tiles, normals, frames, cells, listed: see ``touch.Ground``, for all tracks.
        polygons, inks: see ``track.Track``, for all tracks.
        polygon_of: (n_tiles,) the polygon of each tile, counted from its track's first.
        tile_starts, cell_starts, listed_starts, polygon_starts: (n_tracks + 1,) the beginning of each track in these
            arrays.
    """

    begins: Floats
    tiles: NDArray[np.float32]
    normals: Floats
    frames: Floats
    cells: NDArray[np.int32]
    listed: NDArray[np.int32]
    polygons: Floats
    inks: Ints
    polygon_of: Ints
    tile_starts: Ints
    cell_starts: Ints
    listed_starts: Ints
    polygon_starts: Ints


def roads_of(seeds: Sequence[int]) -> Roads:
    """Concatenate the tracks of these seeds."""
    tracks, grounds = [track_of(seed) for seed in seeds], [ground_of(seed) for seed in seeds]

    def starts(lengths: list[int]) -> Ints:
        return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)

    return Roads(
        begins=np.array([track.middle[0] for track in tracks]),
        tiles=np.concatenate([ground.tiles for ground in grounds]),
        normals=np.concatenate([ground.normals for ground in grounds]),
        frames=np.array([ground.frame for ground in grounds]),
        cells=np.concatenate([ground.cells for ground in grounds]),
        listed=np.concatenate([ground.listed for ground in grounds]),
        polygons=np.concatenate([track.polygons for track in tracks]),
        inks=np.concatenate([track.colours for track in tracks]),
        polygon_of=np.concatenate([np.flatnonzero(track.tile_of >= 0) for track in tracks]),
        tile_starts=starts([track.n_tiles for track in tracks]),
        cell_starts=starts([len(ground.cells) for ground in grounds]),
        listed_starts=starts([len(ground.listed) for ground in grounds]),
        polygon_starts=starts([len(track.polygons) for track in tracks]),
    )
