"""The car's benchmark measures both loops."""

from __future__ import annotations

import pytest

pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")

from wann_core.progress import Silent
from wann_core.tasks.car_racing.bench import bench


@pytest.mark.slow
def test_the_benchmark_reports_all_rates_per_core() -> None:
    result = bench(1, Silent(), rounds=1, steps=40)
    rates = ("steps_per_s", "gymnasium_steps_per_s", "seeing_steps_per_s")
    assert set(result) == {*rates, "processes", "cpu_share"}
    assert all(result[rate] > 0 for rate in rates)
    assert result["steps_per_s"] > result["gymnasium_steps_per_s"]
