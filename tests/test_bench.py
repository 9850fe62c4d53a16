"""The benchmark measures both sides and the search, and both sides compute the same."""

from __future__ import annotations

import pytest

from wann_core.bench import bench
from wann_core.bench_swing_up import LEAST_SHARE, bench_swing_up, plain_rollout, random_networks
from wann_core.tasks.swing_up import SPEC, TASK


def test_the_benchmark_reports_every_size_and_a_generation() -> None:
    result = bench_swing_up(1, sizes=(8,), n_networks=2, rounds=1, generations=2)
    for rates in ("steps_per_s", "steps_per_cpu_s", "reference_steps_per_s"):
        assert set(result[rates]) == {"8"}
        assert result[rates]["8"] > 0
    assert result["threads"] == 1
    assert 0.0 < result["kernel_share"] < 1.0
    assert result["generation_s"] > 0.0
    assert result["largest_difference"] < 1e-6


def test_the_networks_have_the_size_asked_for_and_last() -> None:
    networks = random_networks(12, 3)
    assert [network.n_connections for network in networks] == [12, 12, 12]
    for network in networks:
        assert len(TASK.record(network, 1.0, 0).rewards) > 0
    again = random_networks(12, 3)
    assert all((one.sources == other.sources).all() for one, other in zip(networks, again, strict=True))
    assert 0.0 < LEAST_SHARE <= 1.0


def test_the_plain_loop_is_the_same_task() -> None:
    network = random_networks(8, 1)[0]
    recording = TASK.record(network, 0.5, 4)
    rewards = plain_rollout(network, 0.5, 4)
    assert len(rewards) <= SPEC.max_steps
    assert rewards[:20] == pytest.approx(recording.rewards[:20].tolist(), abs=1e-9)


def test_an_unknown_task_has_no_benchmark() -> None:
    with pytest.raises(ValueError, match='no benchmark of "chess"; there are: swing_up, biped'):
        bench("chess")
