"""Positions of the car's parts.

Source: Farama Gymnasium, ``envs/box2d/car_dynamics.py`` (MIT licence); restated, no code is copied.
"""

from __future__ import annotations

from typing import Final

import numpy as np

_SIZE: Final = 0.02
WHEEL_AT: Final = np.array([(-55, 80), (55, 80), (-55, -82), (55, -82)]) * _SIZE
"""Positions of the wheels in the hull's frame, in m."""
WHEEL_HALF_W: Final = 14 * _SIZE
WHEEL_R: Final = 27 * _SIZE
HULL: Final = tuple(
    tuple((x * _SIZE, y * _SIZE) for x, y in part)
    for part in (
        ((-60, 130), (60, 130), (60, 110), (-60, 110)),
        ((-15, 120), (15, 120), (20, 20), (-20, 20)),
        ((25, 20), (50, -10), (50, -40), (20, -90), (-20, -90), (-50, -40), (-50, -10), (-25, 20)),
        ((-50, -120), (50, -120), (50, -90), (-50, -90)),
    )
)
"""The four convex parts of the hull in its frame, in m."""
