"""The evaluator: threads, processes or a given executor, the same bits, every step counted."""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest
from genomes import grown

from wann_core.evaluate import Evaluator, default_threads
from wann_core.genome import compile_network
from wann_core.tasks.contract import Floats

NETWORKS = [compile_network(grown(seed, 8 + seed)[0]) for seed in range(9)]
WEIGHTS = np.linspace(-1.5, 1.5, 6)
SEEDS = np.arange(6, dtype=np.int64)


class Counting(ThreadPoolExecutor):
    """An executor such as a cluster's: it is given, not made."""

    n_calls = 0

    def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
        self.n_calls += 1
        return super().submit(*args, **kwargs)


def results(evaluator: Evaluator) -> tuple[Floats, Floats]:
    population = evaluator.population_returns(NETWORKS, WEIGHTS, SEEDS, training=True)
    lanes = evaluator.lane_returns(NETWORKS[3], WEIGHTS, SEEDS, training=False)
    return population, lanes


@pytest.fixture
def as_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let swing-up be a task that needs processes; in worker threads it still is what it is."""
    monkeypatch.setattr(Evaluator, "_needs_processes", lambda self, training: self.threads > 1)


def test_threads_change_neither_bits_nor_the_count_of_steps() -> None:
    with Evaluator("swing_up", 1) as one, Evaluator("swing_up", 2) as two:
        for a, b in zip(results(one), results(two), strict=True):
            assert np.array_equal(a, b)
        assert one.steps == two.steps > 0


@pytest.mark.usefixtures("as_processes")
def test_a_given_executor_does_the_same_work_in_chunks() -> None:
    with Evaluator("swing_up", 1) as plain:
        expected = results(plain)
    executor = Counting(2)
    with Evaluator("swing_up", 2, executor) as evaluator:
        for a, b in zip(results(evaluator), expected, strict=True):
            assert np.array_equal(a, b)
        assert evaluator.steps == plain.steps
    assert executor.n_calls == len(NETWORKS) + len(SEEDS)
    with pytest.raises(RuntimeError):
        executor.submit(print)  # it was shut down


@pytest.mark.usefixtures("as_processes")
def test_an_error_in_a_worker_reaches_the_caller() -> None:
    class Failing(ThreadPoolExecutor):
        def submit(self, *args: Any, **kwargs: Any) -> Future[Any]:
            del args, kwargs
            return super().submit(lambda: 1 / 0)

    with pytest.raises(ZeroDivisionError), Evaluator("swing_up", 2, Failing(1)) as evaluator:
        results(evaluator)


def test_workers_are_started_when_they_are_needed_only() -> None:
    with Evaluator("swing_up", 4) as evaluator:
        results(evaluator)
        assert evaluator.executor is None


def test_there_is_a_core() -> None:
    assert default_threads() >= 1
