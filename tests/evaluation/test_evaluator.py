"""The evaluator: threads or processes, the same bits, every step counted."""

from __future__ import annotations

import numpy as np
import pytest
from genomes import grown

from wann_core.evaluation.dispatch import EngineError
from wann_core.evaluation.evaluator import Evaluator, default_threads
from wann_core.networks.arrays import Floats
from wann_core.networks.genome import compile_network

NETWORKS = [compile_network(grown(seed, 8 + seed)[0]) for seed in range(9)]
WEIGHTS = np.linspace(-1.5, 1.5, 6)
SEEDS = np.arange(6, dtype=np.int64)


def results(evaluator: Evaluator) -> tuple[Floats, Floats]:
    population = evaluator.population_returns(NETWORKS, WEIGHTS, SEEDS, training=True)
    lanes = evaluator.lane_returns(NETWORKS[3], WEIGHTS, SEEDS, training=False)
    return population, lanes


def test_neither_threads_nor_processes_change_the_bits_or_the_count_of_steps() -> None:
    with Evaluator("swing_up", 1) as one, Evaluator("swing_up", 2) as two, Evaluator("swing_up", 2, "processes") as far:
        expected = results(one)
        for other in (two, far):
            for a, b in zip(results(other), expected, strict=True):
                assert np.array_equal(a, b)
            assert other.steps == one.steps > 0


@pytest.mark.parametrize("executor", ["cluster", "dask://", "dask://host", "dask://:8786", "dask://host:port"])
def test_an_unknown_executor_is_refused(executor: str) -> None:
    with pytest.raises(EngineError, match=r"must be threads, processes or dask://host:port"):
        Evaluator("swing_up", 1, executor)


def test_there_is_a_core() -> None:
    assert default_threads() >= 1
