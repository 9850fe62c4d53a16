"""The car's benchmark measures its parts, the whole and Gymnasium."""

from __future__ import annotations

import pytest

pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")

from wann_core.progress import Silent
from wann_core.tasks.car_racing.bench import bench


@pytest.mark.slow
def test_the_benchmark_reports_parts_and_wholes_per_core() -> None:
    result = bench(1, Silent(), rounds=1, steps=40)
    rates = ("steps_per_s", "seeing_steps_per_s", "held_steps_per_s", "gymnasium_steps_per_s")
    parts = ("physics_us", "picture_us", "encoder_us")
    assert set(result) == {*rates, *parts, "processes", "cpu_share"}
    assert all(result[key] > 0 for key in (*rates, *parts))
