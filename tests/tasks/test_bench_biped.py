"""The biped's benchmark measures both loops."""

from __future__ import annotations

import pytest

pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")

from wann_core.progress import Silent
from wann_core.tasks.biped.bench import bench


@pytest.mark.slow
def test_the_benchmark_reports_both_rates_per_core() -> None:
    result = bench(1, Silent(), rounds=1, episodes=2)
    rates = ("steps_per_s", "gymnasium_steps_per_s", "training_steps_per_s")
    assert set(result) == {*rates, "processes", "cpu_share"}
    assert result["processes"] == 1
    assert all(result[rate] > 0 for rate in rates)
    assert 0.0 < result["cpu_share"] <= 1.05
