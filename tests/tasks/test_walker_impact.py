"""Continuous collision of the lane physics: distances and times of impact."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wann_core.tasks.biped.impact import TARGET_M, TOLERANCE_M, closest_features, impact_time

HALF_WIDTH, HALF_HEIGHT = 0.1, 0.5
FLAT = np.zeros(200, dtype=np.float32)
coordinate = st.floats(-1.5, 1.5, allow_nan=False)


def sampled_distance(ax: float, ay: float, bx: float, by: float) -> float:
    share = np.linspace(0.0, 1.0, 2001)
    px, py = ax + share * (bx - ax), ay + share * (by - ay)
    gap_x = np.maximum(np.abs(px) - HALF_WIDTH, 0.0)
    gap_y = np.maximum(np.abs(py) - HALF_HEIGHT, 0.0)
    return float(np.sqrt(gap_x**2 + gap_y**2).min())


@settings(deadline=None, max_examples=200)
@given(coordinate, coordinate, coordinate, coordinate)
def test_the_distance_is_that_of_the_nearest_points(ax: float, ay: float, bx: float, by: float) -> None:
    if math.hypot(bx - ax, by - ay) < 0.1:
        return
    distance, _, _, _ = closest_features(HALF_WIDTH, HALF_HEIGHT, ax, ay, bx, by)
    assert distance == pytest.approx(sampled_distance(ax, ay, bx, by), abs=2e-3)


@pytest.mark.parametrize("angle", [0.0, 0.3, -0.7, math.pi / 2])
def test_a_falling_leg_meets_flat_ground_when_its_lowest_corner_does(angle: float) -> None:
    reach = abs(math.sin(angle)) * HALF_WIDTH + abs(math.cos(angle)) * HALF_HEIGHT
    t, _ = impact_time(HALF_WIDTH, HALF_HEIGHT, 10.0, reach + 0.3, angle, 0.0, -0.5, 0.0, FLAT)
    gap = 0.3 - 0.5 * t
    assert abs(gap - TARGET_M) <= TOLERANCE_M * 1.01


def test_a_leg_that_does_not_come_down_has_no_impact() -> None:
    assert impact_time(HALF_WIDTH, HALF_HEIGHT, 10.0, 0.6, 0.0, 0.5, 0.0, 0.0, FLAT) == (1.0, -1)
    assert impact_time(HALF_WIDTH, HALF_HEIGHT, 10.0, 0.6, 0.0, 0.0, 0.2, 0.0, FLAT) == (1.0, -1)


def test_a_leg_already_in_the_ground_has_no_impact() -> None:
    assert impact_time(HALF_WIDTH, HALF_HEIGHT, 10.0, 0.45, 0.0, 0.0, -0.1, 0.0, FLAT) == (1.0, -1)


def test_a_leg_that_turns_into_the_ground_stops_at_the_corner_that_strikes() -> None:
    t, _ = impact_time(HALF_WIDTH, HALF_HEIGHT, 10.0, 0.45, math.pi / 2, 0.0, 0.0, -math.pi / 2, FLAT)
    angle = math.pi / 2 * (1.0 - t)
    gap = 0.45 - abs(math.sin(angle)) * HALF_WIDTH - abs(math.cos(angle)) * HALF_HEIGHT
    assert 0.0 < t < 1.0
    assert abs(gap - TARGET_M) <= TOLERANCE_M * 1.01


def test_a_leg_meets_a_step_in_its_way() -> None:
    wall = FLAT.copy()
    wall[25:] = 1.0  # rises between x = 11.2 and 11.67 m
    t, _ = impact_time(HALF_WIDTH, HALF_HEIGHT, 10.5, 0.6, 0.0, 2.0, 0.0, 0.0, wall)
    assert 0.0 < t < 0.6
