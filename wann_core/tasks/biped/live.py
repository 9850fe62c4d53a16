"""Data for the page's walker: grounds to walk on, and the recording of a scored walk.

This is a separate module because scores do not depend on it: a change here does not make them stale.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from wann_core.networks.arrays import Floats
from wann_core.networks.network import Network
from wann_core.tasks.biped.task import TASK
from wann_core.tasks.biped.terrain import terrain_of

LIVE_GROUNDS: Final = 20
LIVE_DECIMALS: Final = 4
"""Decimals of poses in the page: a tenth of a millimetre."""
SCORED_SEED: Final = 0


def live_extras(network: Network, tuned_weights: Floats) -> dict[str, Any]:
    """Return the data for the page's demo.

    Args:
        network: the champion.
        tuned_weights: (n_connections,).

    Returns:
        ``grounds`` (seed, heights in m, push in N) and ``recording`` (its ground, poses, score after each step).

    Raises:
        MissingBox2DError: Box2D is not installed.
    """
    recording = TASK.record(network, tuned_weights, SCORED_SEED)
    poses = np.round(recording.states, LIVE_DECIMALS).tolist()
    scores = np.round(np.cumsum(recording.rewards), LIVE_DECIMALS).tolist()
    grounds = []
    for seed in range(LIVE_GROUNDS):
        terrain = terrain_of(seed)
        heights = np.round(terrain.y, 6).tolist()
        grounds.append({"seed": seed, "heights": heights, "push": float(terrain.push_n)})
    return {"grounds": grounds, "recording": {"ground": grounds[0], "poses": poses, "scores": scores}}
