"""The benchmark measures both sides and the search, and both sides compute the same."""

from __future__ import annotations

import pytest

from wann_core.errors import WannError
from wann_core.progress import Silent
from wann_core.research.bench import bench, search_rates
from wann_core.tasks.swing_up import bench as swing_up
from wann_core.tasks.swing_up.task import SPEC, TASK


def test_the_benchmark_reports_every_size_and_a_generation() -> None:
    result = swing_up.bench(1, Silent(), sizes=(8,), n_networks=2, rounds=1)
    for rates in ("steps_per_s", "steps_per_cpu_s", "reference_steps_per_cpu_s"):
        assert set(result[rates]) == {"8"}
        assert result[rates]["8"] > 0
    assert result["threads"] == 1
    assert result["speed_up"]["8"] == pytest.approx(
        result["steps_per_cpu_s"]["8"] / result["reference_steps_per_cpu_s"]["8"], rel=0.01
    )
    assert result["largest_difference"] < 1e-6


def test_the_search_is_measured_generation_by_generation() -> None:
    result = search_rates("swing_up", 1, 2, Silent())
    assert 0.0 < result["kernel_share"] < 1.0
    assert result["generation_s"] > 0.0


def test_the_networks_have_the_size_asked_for_and_last() -> None:
    networks = swing_up.random_networks(12, 3)
    assert [network.n_connections for network in networks] == [12, 12, 12]
    for network in networks:
        assert len(TASK.record(network, 1.0, 0).rewards) > 0
    again = swing_up.random_networks(12, 3)
    assert all((one.sources == other.sources).all() for one, other in zip(networks, again, strict=True))
    assert 0.0 < swing_up.MIN_SHARE <= 1.0


def test_the_plain_loop_is_the_same_task() -> None:
    network = swing_up.random_networks(8, 1)[0]
    recording = TASK.record(network, 0.5, 4)
    rewards = swing_up.plain_rollout(network, 0.5, 4)
    assert len(rewards) <= SPEC.max_steps
    assert rewards[:20] == pytest.approx(recording.rewards[:20].tolist(), abs=1e-9)


def test_an_unknown_task_has_no_benchmark() -> None:
    with pytest.raises(WannError, match='no benchmark of "chess"; there are: swing_up, biped'):
        bench("chess")
