"""The shared weights that a search plays: the paper's six, or one from each of equal strata."""

from __future__ import annotations

from typing import Final

import numpy as np

from wann_core.networks.arrays import Floats

SHARED_WEIGHTS: Final = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)
"""The paper's six."""
WEIGHT_LIMIT: Final = 2.0


def stratified_weights(n: int, rng: np.random.Generator) -> Floats:
    """(n,) weights in [-2, 2], one uniform draw from each of n equal strata."""
    return -WEIGHT_LIMIT + 2.0 * WEIGHT_LIMIT * (np.arange(n) + rng.random(n)) / n
