"""Faults on a real cluster: the run continues with the same result, or stops and says why."""

from __future__ import annotations

import shutil
import signal
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

pytest.importorskip("distributed", reason="the extra [cluster] is not installed")

from genomes import grown_genome
from local_cluster import PROJECT, local_cluster
from slow_env import TASK, lanes

from wann_core.evaluation import dask_cluster as cluster_module
from wann_core.evaluation.dispatch import EngineError
from wann_core.evaluation.evaluator import Evaluator
from wann_core.networks.genome import compile_network
from wann_core.tasks.registry import load_task

pytestmark = pytest.mark.slow
NETWORKS = [compile_network(grown_genome(seed, n_inputs=2, n_outputs=1, n_mutations=8)) for seed in range(24)]
WEIGHTS, SEEDS = lanes(4)


@pytest.fixture(scope="module")
def expected() -> Any:
    return load_task(TASK).population_returns(NETWORKS, WEIGHTS, SEEDS, training=True, threads=1).returns


def generation(evaluator: Evaluator) -> Any:
    return evaluator.population_returns(NETWORKS, WEIGHTS, SEEDS, training=True)


def later(seconds: float, action: Callable[[], Any]) -> threading.Timer:
    timer = threading.Timer(seconds, action)
    timer.daemon = True
    timer.start()
    return timer


def test_a_worker_killed_in_mid_generation_changes_nothing(tmp_path: Path, expected: Any) -> None:
    with local_cluster(tmp_path, 2) as cluster, Evaluator(TASK, 1, cluster.executor) as evaluator:
        assert np.array_equal(generation(evaluator), expected)
        later(0.5, cluster.workers[0].kill)
        assert np.array_equal(generation(evaluator), expected)
        assert cluster.workers[0].wait(10) == -signal.SIGKILL
        assert evaluator.steps == 2 * expected.size * 5


def test_a_worker_that_joins_in_mid_generation_gets_its_share(tmp_path: Path, expected: Any) -> None:
    with local_cluster(tmp_path, 1) as cluster, Evaluator(TASK, 1, cluster.executor) as evaluator:
        later(0.2, cluster.start_worker)
        for _ in range(4):
            assert np.array_equal(generation(evaluator), expected)
        engine: Any = evaluator._engine
        assert engine.workers == 2


def test_a_straggler_is_not_waited_for(tmp_path: Path, expected: Any) -> None:
    with local_cluster(tmp_path, 2) as cluster, Evaluator(TASK, 1, cluster.executor) as evaluator:
        assert np.array_equal(generation(evaluator), expected)
        later(0.5, lambda: cluster.workers[1].send_signal(signal.SIGSTOP))
        assert np.array_equal(generation(evaluator), expected)
        assert cluster.workers[1].poll() is None


def test_a_scheduler_that_is_restarted_between_generations_is_found_again(tmp_path: Path, expected: Any) -> None:
    with local_cluster(tmp_path, 2) as cluster, Evaluator(TASK, 1, cluster.executor) as evaluator:
        assert np.array_equal(generation(evaluator), expected)
        cluster.restart(2)
        assert np.array_equal(generation(evaluator), expected)


def test_a_cluster_that_is_gone_stops_the_run_and_says_how_to_go_on(
    tmp_path: Path, expected: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster_module, "RECONNECT_S", 3.0)
    with local_cluster(tmp_path, 1) as cluster, Evaluator(TASK, 1, cluster.executor) as evaluator:
        assert np.array_equal(generation(evaluator), expected)
        cluster.stop()
        with pytest.raises(EngineError, match=r"no Dask scheduler at tcp://127.0.0.1:\d+ .*--resume goes on"):
            generation(evaluator)


def other_version(folder: Path) -> Path:
    """A copy of the project with a forward pass that differs by a constant."""
    project = folder / "other"
    shutil.copytree(PROJECT / "wann_core", project / "wann_core", ignore=shutil.ignore_patterns("__pycache__"))
    forward_pass = project / "wann_core" / "networks" / "forward_pass.py"
    forward_pass.write_text(forward_pass.read_text() + "\nANOTHER_VERSION = True\n")
    return project


def test_workers_of_another_version_are_refused_on_connecting(tmp_path: Path) -> None:
    with local_cluster(tmp_path, 0) as cluster:
        cluster.start_worker(other_version(tmp_path))
        evaluator = Evaluator(TASK, 1, cluster.executor)
        with evaluator, pytest.raises(EngineError, match=r"worker tcp://.* cannot evaluate .*: code \w+ \(here \w+\);"):
            generation(evaluator)


def test_a_worker_of_another_version_that_joins_later_is_refused_too(tmp_path: Path) -> None:
    project = other_version(tmp_path)
    with local_cluster(tmp_path, 1) as cluster, Evaluator(TASK, 1, cluster.executor) as evaluator:
        generation(evaluator)
        cluster.start_worker(project)
        with pytest.raises(EngineError, match=r"worker .*, process \d+ cannot evaluate .*install the same version"):
            list(map(generation, [evaluator] * 30))


def test_a_cluster_without_workers_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_S", 2.0)
    with local_cluster(tmp_path, 0) as cluster:
        evaluator = Evaluator(TASK, 1, cluster.executor)
        with evaluator, pytest.raises(EngineError, match="has no workers; start `dask worker tcp://"):
            generation(evaluator)


def test_no_cluster_at_all_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "CONNECT_S", 1.0)
    with Evaluator(TASK, 1, "dask://127.0.0.1:9") as evaluator, pytest.raises(EngineError, match="no Dask scheduler"):
        generation(evaluator)
