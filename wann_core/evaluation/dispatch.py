"""Chunks of work on an engine that others provide, behind ``concurrent.futures.Executor``.

An engine may lose workers, be slow in places, or go away and come back. Every chunk is a function of its arguments
only, so a lost one is run again, a late one is run a second time elsewhere, and the results are the same to the last
bit.
"""

from __future__ import annotations

import math
import os
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import (
    FIRST_COMPLETED,
    BrokenExecutor,
    CancelledError,
    Executor,
    Future,
    ProcessPoolExecutor,
    wait,
)
from dataclasses import dataclass, field
from multiprocessing import get_context, parent_process
from typing import Any, Final, Protocol

import numpy as np
from numpy.typing import NDArray

from wann_core.errors import WannError
from wann_core.networks.network import Network

CHUNKS_PER_WORKER: Final = 8
"""Enough for an even load, where the engine's overhead allows it."""
OVERHEAD_SHARE: Final = 0.05
"""Of a chunk's work, at most this much may go to the engine."""
MAX_LOSSES: Final = 3
"""Times in a row that an engine may break before a run stops."""
STRAGGLER_FACTOR: Final = 4.0
"""A chunk is late when nothing has come back for so many times the time that a chunk takes."""
STRAGGLER_MIN_S: Final = 2.0


class EngineError(WannError):
    """An engine is not there, does not fit, or broke for good."""


class Engine(Protocol):
    """Where chunks are run."""

    @property
    def workers(self) -> int:
        """Chunks that can run at the same time, now."""

    @property
    def overhead_s(self) -> float:
        """What the engine spends on a chunk, in seconds, whatever its work."""

    def executor(self) -> Executor:
        """Where chunks are submitted to."""

    def elsewhere(self) -> Executor | None:
        """An executor on workers that have nothing to do, or None where there are none."""

    def explain(self, error: BaseException) -> EngineError | None:
        """What an error of a chunk means, where the engine is to blame and not the chunk; else None."""

    def renew(self, error: BaseException) -> None:
        """Make it work again after ``error``.

        Raises:
            EngineError: it cannot be; the message says what to do.
        """

    def close(self, *, now: bool) -> None:
        """Let go of it; ``now`` without waiting for what runs."""


def _end_with_parent() -> None:
    """Let this worker process end as soon as the one that started it is gone, however that ended.

    A worker of a pool waits for work on a pipe that its siblings hold open, too: after a ``kill -9`` of their parent
    they would wait for each other for ever.
    """
    parent = parent_process()
    assert parent is not None  # this runs in workers only

    def watch() -> None:
        parent.join()
        os._exit(1)

    threading.Thread(target=watch, daemon=True).start()


@dataclass(slots=True)
class Processes:
    """Worker processes of this machine."""

    workers: int
    overhead_s: float = 0.0005
    _pool: ProcessPoolExecutor | None = None

    def executor(self) -> Executor:
        """See ``Engine``."""
        if self._pool is None:
            # Spawned, not forked: the parent may already run threads of its own.
            self._pool = ProcessPoolExecutor(
                self.workers, mp_context=get_context("spawn"), initializer=_end_with_parent
            )
        return self._pool

    def elsewhere(self) -> Executor | None:
        """See ``Engine``: processes of one machine are equally fast."""
        return None

    def explain(self, error: BaseException) -> EngineError | None:
        """See ``Engine``: a broken pool is renewed, and there is nothing else."""
        del error
        return None  # the other engines have an answer here

    def renew(self, error: BaseException) -> None:
        """See ``Engine``: a killed process takes its pool with it."""
        del error
        self.close(now=True)

    def close(self, *, now: bool) -> None:
        """See ``Engine``."""
        if self._pool is not None:
            self._pool.shutdown(wait=not now, cancel_futures=True)
            self._pool = None


@dataclass(slots=True)
class ThroughputEstimate:
    """How long work takes, learnt from the chunks that came back.

    Attributes:
        seconds_per_item: of one worker; 0 while nothing is known.
        busy_s: all that workers have worked.
        chunks: that came back.
    """

    seconds_per_item: float = 0.0
    busy_s: float = 0.0
    chunks: int = 0

    def learn(self, n_items: int, seconds: float) -> None:
        """Take in a chunk."""
        self.busy_s += seconds
        self.chunks += 1
        found = seconds / max(1, n_items)
        self.seconds_per_item = found if self.seconds_per_item == 0.0 else 0.8 * self.seconds_per_item + 0.2 * found


def chunk_size(n_items: int, workers: int, seconds_per_item: float, overhead_s: float) -> int:
    """Items per chunk: small for an even load, but with work enough that the engine's overhead stays below its share.

    No chunk is so large that a worker goes without one.
    """
    finest = max(1, math.ceil(n_items / (workers * CHUNKS_PER_WORKER)))
    largest = max(1, math.ceil(n_items / workers))
    if seconds_per_item <= 0.0:
        return finest
    worthwhile = math.ceil(overhead_s / OVERHEAD_SHARE / seconds_per_item)
    return min(largest, max(finest, worthwhile))


def empty_chunk_s(engine: Engine, chunks_per_worker: int = 50) -> float:
    """Measure what an engine takes of a worker for a chunk with nothing to do, many of them in flight."""
    n = chunks_per_worker * engine.workers
    for _ in range(2):  # the first round starts workers and warms connections up
        began = time.monotonic()
        dispatch(engine, abs, [(i,) for i in range(n)])
    return (time.monotonic() - began) * engine.workers / n


@dataclass(slots=True)
class _Round:
    """One attempt to bring in what is missing."""

    index_of: dict[Future[Any], int] = field(default_factory=dict)
    copied: set[int] = field(default_factory=set)


def dispatch(engine: Engine, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Run ``function(*call)`` for every call, in any order and place, and return the results in order.

    Raises:
        EngineError: the engine broke and could not be renewed.
    """
    results: dict[int, Any] = {}
    losses = 0
    while len(results) < len(calls):
        before = len(results)
        try:
            _attempt(engine, function, calls, results)
        except (BrokenExecutor, CancelledError, ConnectionError) as error:
            losses = losses + 1 if len(results) == before else 1
            if losses > MAX_LOSSES:
                raise EngineError(
                    f"the engine broke {losses} times without finishing a chunk ({_said(error)}); what is finished is "
                    "kept: find out why, then use the same command with --resume"
                ) from error
            engine.renew(error)
        except Exception as error:
            explained = engine.explain(error)
            if explained is None:
                raise
            raise explained from error
    return [results[i] for i in range(len(calls))]


def _said(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__


def _attempt(
    engine: Engine, function: Callable[..., Any], calls: Sequence[tuple[Any, ...]], results: dict[int, Any]
) -> None:
    executor, state, began, n_before = engine.executor(), _Round(), time.monotonic(), len(results)
    state.index_of = {executor.submit(function, *calls[i]): i for i in range(len(calls)) if i not in results}
    patience: float | None = None
    try:
        while pending := {future for future, i in state.index_of.items() if i not in results}:
            done, _ = wait(pending, timeout=patience, return_when=FIRST_COMPLETED)
            for future in done:
                results.setdefault(state.index_of[future], future.result())
            if done:
                chunk_s = (time.monotonic() - began) * engine.workers / max(1, len(results) - n_before)
                patience = max(STRAGGLER_MIN_S, STRAGGLER_FACTOR * chunk_s)
            else:
                _copy_late_ones(engine, function, calls, results, state)
    finally:
        for future in state.index_of:
            future.cancel()  # of a late chunk whose copy came first, or of all where the attempt failed


def _copy_late_ones(
    engine: Engine,
    function: Callable[..., Any],
    calls: Sequence[tuple[Any, ...]],
    results: dict[int, Any],
    state: _Round,
) -> None:
    """Run chunks that take too long once more, on idle workers. The first answer counts."""
    late = {i for i in state.index_of.values() if i not in results} - state.copied
    other = engine.elsewhere() if late else None
    if other is not None:
        state.index_of.update({other.submit(function, *calls[i]): i for i in sorted(late)})
        state.copied |= late


# --- networks on their way ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class PackedNetworks:
    """Compiled networks as four small arrays: a tenth of what pickled ``Network`` objects take.

    Attributes:
        shapes: (n_networks, 4) inputs, outputs, nodes, connections.
        activations: (all nodes,).
        fan_in: (all nodes,) sources per node.
        sources: (all connections,).
    """

    shapes: NDArray[Any]
    activations: NDArray[Any]
    fan_in: NDArray[Any]
    sources: NDArray[Any]

    @classmethod
    def of(cls, networks: Sequence[Network]) -> PackedNetworks:
        """Pack."""
        shapes = [(n.n_inputs, n.n_outputs, n.n_nodes, n.n_connections) for n in networks]
        return cls(
            _small(np.array(shapes, dtype=np.int64).reshape(-1, 4)),
            np.concatenate([n.activations for n in networks]).astype(np.uint8),
            _small(np.concatenate([np.diff(n.offsets) for n in networks])),
            _small(np.concatenate([n.sources for n in networks])),
        )

    def networks(self) -> list[Network]:
        """Unpack."""
        made, node, connection = [], 0, 0
        for n_inputs, n_outputs, n_nodes, n_connections in self.shapes.tolist():
            offsets = np.zeros(n_nodes + 1, dtype=np.int64)
            np.cumsum(self.fan_in[node : node + n_nodes], out=offsets[1:])
            activations = self.activations[node : node + n_nodes].astype(np.int64)
            sources = self.sources[connection : connection + n_connections].astype(np.int64)
            made.append(Network(n_inputs, n_outputs, activations, offsets, sources))
            node, connection = node + n_nodes, connection + n_connections
        return made


def _small(values: NDArray[np.int64]) -> NDArray[Any]:
    """The same whole numbers, none negative, in as few bytes as they need."""
    largest = int(values.max(initial=0))
    kind = next(kind for kind in (np.uint8, np.uint16, np.uint32, np.int64) if largest <= np.iinfo(kind).max)
    return values.astype(kind)
