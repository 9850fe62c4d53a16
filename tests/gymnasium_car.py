"""Gymnasium's CarRacing-v3 and a scripted driver: the reference for the car's tests."""

from __future__ import annotations

import math
from importlib.util import find_spec
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from wann_core.networks.arrays import Floats

pytest.importorskip("gymnasium")
needs_box2d = pytest.mark.skipif(find_spec("Box2D") is None, reason="no Box2D wheel for this Python")


def new_environment() -> Any:
    """Gymnasium's car, which draws only when ``render_now`` is called: its drawing takes 97 % of its time."""
    from gymnasium.envs.box2d.car_racing import CarRacing

    class Blind(CarRacing):
        def _render(self, mode: str) -> None:
            del mode

        def render_now(self) -> NDArray[np.uint8]:
            picture: NDArray[np.uint8] = super()._render("state_pixels")
            return picture

    return Blind()


def chase(environment: Any, rng: np.random.Generator, speed: float = 60.0) -> Floats:
    """An action towards the road some tiles ahead, with noise."""
    hull = environment.car.hull
    x, y = hull.position
    places = np.array([tile[2:] for tile in environment.track])
    nearest = int(((places - [x, y]) ** 2).sum(axis=1).argmin())
    to_x, to_y = places[(nearest + 5) % len(places)]
    off = math.remainder(math.atan2(to_y - y, to_x - x) - math.pi / 2 - hull.angle, 2 * math.pi)
    fast = math.hypot(*hull.linearVelocity)
    steer = np.clip(-2 * off + rng.normal(0.0, 0.2), -1, 1)
    return np.array([steer, 0.6 if fast < speed else 0.0, 0.3 if fast > 1.3 * speed else 0.0])
