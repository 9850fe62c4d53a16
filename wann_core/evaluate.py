"""A population on threads or on worker processes, behind ``concurrent.futures.Executor``."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from types import TracebackType
from typing import Self

import numpy as np

from wann_core.network import Network
from wann_core.tasks import load_task
from wann_core.tasks.contract import Floats, Ints, LaneResults

CHUNKS_PER_WORKER = 8
"""Enough for an even load, few enough that a chunk's message costs nothing beside its work."""


def default_threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _population_chunk(
    task: str, networks: Sequence[Network], shared_weights: Floats, seeds: Ints, training: bool
) -> LaneResults:
    return load_task(task).population_returns(networks, shared_weights, seeds, training=training, threads=1)


def _lane_chunk(task: str, network: Network, weights: Floats, seeds: Ints, training: bool) -> LaneResults:
    return load_task(task).lane_returns(network, weights, seeds, training=training, threads=1)


@dataclass
class Evaluator:
    """Runs a task's lanes with ``threads`` threads or processes; the results do not depend on how many.

    Attributes:
        task: name of the task.
        threads: threads or worker processes.
        executor: where chunks go; made when a task first needs processes, or given, for instance a cluster's.
        steps: environment steps run so far.
    """

    task: str
    threads: int
    executor: Executor | None = None
    steps: int = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.executor is not None:
            self.executor.shutdown(wait=error is None, cancel_futures=True)
            self.executor = None

    def _pool(self) -> Executor:
        if self.executor is None:
            # Spawned, not forked: the parent may already run threads of its own.
            self.executor = ProcessPoolExecutor(self.threads, mp_context=get_context("spawn"))
        return self.executor

    def _needs_processes(self, training: bool) -> bool:
        spec = load_task(self.task).spec
        kind = spec.training_parallelism if training else spec.parallelism
        return kind == "processes" and self.threads > 1

    def population_returns(
        self, networks: Sequence[Network], shared_weights: Floats, seeds: Ints, *, training: bool
    ) -> Floats:
        """Run every network on the same lanes: (n_networks, n_lanes) episode returns."""
        if not self._needs_processes(training):
            result = load_task(self.task).population_returns(
                networks, shared_weights, seeds, training=training, threads=self.threads
            )
            self.steps += int(result.steps.sum())
            return result.returns
        size = max(1, -(-len(networks) // (self.threads * CHUNKS_PER_WORKER)))
        futures = [
            self._pool().submit(_population_chunk, self.task, networks[i : i + size], shared_weights, seeds, training)
            for i in range(0, len(networks), size)
        ]
        results = [future.result() for future in futures]
        self.steps += sum(int(result.steps.sum()) for result in results)
        return np.concatenate([result.returns for result in results])

    def lane_returns(self, network: Network, weights: Floats, seeds: Ints, *, training: bool) -> Floats:
        """Run one network on lanes with their own weights: (n_lanes,) episode returns."""
        if not self._needs_processes(training):
            result = load_task(self.task).lane_returns(network, weights, seeds, training=training, threads=self.threads)
            self.steps += int(result.steps.sum())
            return result.returns
        size = max(1, -(-len(seeds) // (self.threads * CHUNKS_PER_WORKER)))
        futures = [
            self._pool().submit(_lane_chunk, self.task, network, weights[i : i + size], seeds[i : i + size], training)
            for i in range(0, len(seeds), size)
        ]
        results = [future.result() for future in futures]
        self.steps += sum(int(result.steps.sum()) for result in results)
        return np.concatenate([result.returns for result in results])
