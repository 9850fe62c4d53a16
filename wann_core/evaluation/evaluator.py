"""Evaluate a population on threads, on worker processes or on a cluster; the results are the same on each.

``--executor threads`` runs lanes in this process (its kernel's own threads), ``processes`` on worker processes,
``dask://host:port`` on a Dask cluster. If it is left out, the task decides.
"""

from __future__ import annotations

import os
import platform
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from importlib import import_module
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from wann_core.evaluation.dispatch import (
    Engine,
    EngineError,
    PackedNetworks,
    Processes,
    ThroughputEstimate,
    chunk_size,
    dispatch,
    empty_chunk_s,
)
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.network import Network
from wann_core.tasks.contract import Task, TrainingSettings
from wann_core.tasks.registry import load_task, load_trained

DASK: Final = "dask://"


def default_threads() -> int:
    """Cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_executor(executor: str | None) -> str | None:
    """Check an ``--executor``.

    Raises:
        EngineError: it names no engine.
    """
    if executor in (None, "threads", "processes"):
        return executor
    host, _, port = executor.removeprefix(DASK).rpartition(":")
    if not executor.startswith(DASK) or not host or not port.isdigit():
        raise EngineError(f'--executor "{executor}": must be threads, processes or {DASK}host:port')
    return executor


Training = bool | TrainingSettings
"""Whether these are training episodes, and any training overrides."""
Answer = tuple[Floats, int, float]
"""Returns, environment steps, seconds."""


def _task(name: str, training: Training) -> Task:
    return load_task(name) if isinstance(training, bool) else load_trained(name, training)


def _population_chunk(
    expected: dict[str, str] | None,
    task: str,
    packed: PackedNetworks,
    shared_weights: Floats,
    seeds: Ints,
    training: Training,
) -> Answer:
    """Run some networks on all lanes, in a worker."""
    _check(expected, task)
    began = time.perf_counter()
    found = _task(task, training).population_returns(
        packed.networks(), shared_weights, seeds, training=bool(training), threads=1
    )
    return found.returns, int(found.steps.sum()), time.perf_counter() - began


def _lane_chunk(
    expected: dict[str, str] | None, task: str, packed: PackedNetworks, weights: Floats, seeds: Ints, training: Training
) -> Answer:
    """Run one network on some lanes, in a worker."""
    _check(expected, task)
    began = time.perf_counter()
    (network,) = packed.networks()
    found = _task(task, training).lane_returns(network, weights, seeds, training=bool(training), threads=1)
    return found.returns, int(found.steps.sum()), time.perf_counter() - began


def _cluster() -> Any:  # noqa: ANN401  # a module
    """The cluster's engine, imported by name, so that it is not part of a result's code: it changes no result."""
    return import_module("wann_core.evaluation.dask_cluster")


def _check(expected: dict[str, str] | None, task: str) -> None:
    if expected is not None:
        _cluster().check_worker(expected, task, f"{platform.node()}, process {os.getpid()}")


@dataclass
class Evaluator:
    """Runs a task's lanes; the results depend neither on the place nor on the number of workers.

    Attributes:
        task: name of the task.
        threads: number of threads or worker processes; a cluster brings its own number of workers.
        executor: ``threads``, ``processes``, ``dask://host:port``, or None for what the task does best.
        steps: environment steps run so far.
        shortcuts: training overrides, if the experiment sets any.
    """

    task: str
    threads: int
    executor: str | None = None
    steps: int = 0
    shortcuts: TrainingSettings | None = None
    _engine: Engine | None = None
    _throughputs: dict[str, ThroughputEstimate] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_executor(self.executor)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._engine is not None:
            self._engine.close(now=error is not None)
            self._engine = None

    @property
    def busy_s(self) -> float:
        """Total working time of an engine's workers, in seconds."""
        return sum(throughput.busy_s for throughput in self._throughputs.values())

    @property
    def chunks(self) -> int:
        """Number of chunks that an engine has finished."""
        return sum(throughput.chunks for throughput in self._throughputs.values())

    def engine_facts(self) -> tuple[int, float]:
        """The number of workers of the engine in use, and a worker's measured time for an empty chunk, in seconds.

        Raises:
            EngineError: no engine is in use, since lanes run in this process.
        """
        if self._engine is None:
            raise EngineError("no engine is in use: give --executor processes or dask://host:port")
        return self._engine.workers, empty_chunk_s(self._engine)

    def _engine_for(self, training: bool) -> Engine | None:
        """The engine that runs the chunks, or None if lanes run in this process."""
        spec = load_task(self.task).spec
        kind = spec.training_parallelism if training else spec.parallelism
        executor = self.executor or ("processes" if kind == "processes" and self.threads > 1 else "threads")
        if executor == "threads":
            return None
        if self._engine is None:
            if executor.startswith(DASK):
                self._engine = _cluster().DaskCluster(executor.removeprefix(DASK), self.task)
            else:
                self._engine = Processes(self.threads)
        return self._engine

    @property
    def _expected(self) -> dict[str, str] | None:
        if self.executor is None or not self.executor.startswith(DASK):
            return None
        expected: dict[str, str] = _cluster().fingerprint(self.task)
        return expected

    def _mode(self, training: bool) -> Training:
        return self.shortcuts if training and self.shortcuts is not None else training

    def population_returns(
        self, networks: Sequence[Network], shared_weights: Floats, seeds: Ints, *, training: bool
    ) -> Floats:
        """Run every network on the same lanes: (n_networks, n_lanes) episode returns."""
        engine = self._engine_for(training)
        if engine is None:
            result = _task(self.task, self._mode(training)).population_returns(
                networks, shared_weights, seeds, training=training, threads=self.threads
            )
            self.steps += int(result.steps.sum())
            return result.returns
        throughput = self._throughputs.setdefault(f"population {training}", ThroughputEstimate())
        # An item is a network. The estimate is kept per lane, since the number of lanes changes.
        size = chunk_size(len(networks), engine.workers, throughput.seconds_per_item * len(seeds), engine.overhead_s)
        expected = self._expected
        calls = [
            (
                expected,
                self.task,
                PackedNetworks.of(networks[i : i + size]),
                shared_weights,
                seeds,
                self._mode(training),
            )
            for i in range(0, len(networks), size)
        ]
        return self._collect(dispatch(engine, _population_chunk, calls), throughput)

    def lane_returns(self, network: Network, weights: Floats, seeds: Ints, *, training: bool) -> Floats:
        """Run one network on lanes with their own weights: (n_lanes,) episode returns."""
        engine = self._engine_for(training)
        if engine is None:
            result = _task(self.task, self._mode(training)).lane_returns(
                network, weights, seeds, training=training, threads=self.threads
            )
            self.steps += int(result.steps.sum())
            return result.returns
        throughput = self._throughputs.setdefault(f"lanes {training}", ThroughputEstimate())
        size = chunk_size(len(seeds), engine.workers, throughput.seconds_per_item, engine.overhead_s)
        expected, packed = self._expected, PackedNetworks.of([network])
        calls = [
            (expected, self.task, packed, weights[i : i + size], seeds[i : i + size], self._mode(training))
            for i in range(0, len(seeds), size)
        ]
        return self._collect(dispatch(engine, _lane_chunk, calls), throughput)

    def _collect(self, answers: list[Answer], throughput: ThroughputEstimate) -> Floats:
        for returns, steps, seconds in answers:
            self.steps += steps
            throughput.learn(returns.size, seconds)
        joined: Floats = np.concatenate([returns for returns, _, _ in answers])
        return joined
