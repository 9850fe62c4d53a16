"""Chunks of work on an engine that sits behind ``concurrent.futures.Executor``.

An engine may lose workers, have slow workers, or disappear and come back. A chunk depends on its arguments only. So a
lost chunk is run again, a late chunk is run a second time on another worker, and the results are the same to the last
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
"""Enough chunks for an even load, if the engine's overhead allows it."""
OVERHEAD_SHARE: Final = 0.05
"""The engine's overhead may be at most this share of a chunk's work."""
MAX_LOSSES: Final = 3
"""An engine may break this many times in a row before a run stops."""
STRAGGLER_FACTOR: Final = 4.0
"""A chunk is late if no chunk has come back for this many times a chunk's usual time."""
STRAGGLER_MIN_S: Final = 2.0


class EngineError(WannError):
    """An engine is missing, does not match this process, or cannot be restarted."""


class Engine(Protocol):
    """An engine that runs chunks."""

    @property
    def workers(self) -> int:
        """Number of chunks that can run at the same time now."""

    @property
    def overhead_s(self) -> float:
        """The engine's fixed overhead per chunk, in seconds."""

    def executor(self) -> Executor:
        """The executor that takes chunks."""

    def elsewhere(self) -> Executor | None:
        """An executor on idle workers, or None if no worker is idle."""

    def explain(self, error: BaseException) -> EngineError | None:
        """The meaning of a chunk's error if the engine caused it, not the chunk; else None."""

    def renew(self, error: BaseException) -> None:
        """Restart the engine after ``error``.

        Raises:
            EngineError: it cannot be restarted; the message says what to do.
        """

    def close(self, *, now: bool) -> None:
        """Release the engine; with ``now``, do not wait for running chunks."""


def _end_with_parent() -> None:
    """End this worker process as soon as its parent process has ended, for any reason.

    A pool's workers wait for work on a pipe that each of them holds open. After a ``kill -9`` of their parent they
    would wait for each other for ever.
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
        """See ``Engine``: a broken pool is replaced; no other fault can occur."""
        del error
        return None  # the other engines have an answer here

    def renew(self, error: BaseException) -> None:
        """See ``Engine``: if a process is killed, its pool breaks, so a new pool is made."""
        del error
        self.close(now=True)

    def close(self, *, now: bool) -> None:
        """See ``Engine``."""
        if self._pool is not None:
            self._pool.shutdown(wait=not now, cancel_futures=True)
            self._pool = None


@dataclass(slots=True)
class ThroughputEstimate:
    """How long work takes, estimated from the finished chunks.

    Attributes:
        seconds_per_item: of one worker; 0 while nothing is known.
        busy_s: total working time of all workers.
        chunks: number of finished chunks.
    """

    seconds_per_item: float = 0.0
    busy_s: float = 0.0
    chunks: int = 0

    def learn(self, n_items: int, seconds: float) -> None:
        """Add a finished chunk."""
        self.busy_s += seconds
        self.chunks += 1
        found = seconds / max(1, n_items)
        self.seconds_per_item = found if self.seconds_per_item == 0.0 else 0.8 * self.seconds_per_item + 0.2 * found


def chunk_size(n_items: int, workers: int, seconds_per_item: float, overhead_s: float) -> int:
    """Items per chunk: few, for an even load, but enough to keep the engine's overhead below its share.

    No chunk is so large that a worker gets none.
    """
    finest = max(1, math.ceil(n_items / (workers * CHUNKS_PER_WORKER)))
    largest = max(1, math.ceil(n_items / workers))
    if seconds_per_item <= 0.0:
        return finest
    worthwhile = math.ceil(overhead_s / OVERHEAD_SHARE / seconds_per_item)
    return min(largest, max(finest, worthwhile))


def empty_chunk_s(engine: Engine, chunks_per_worker: int = 50) -> float:
    """Measure how long an empty chunk occupies a worker, with many of them in flight."""
    n = chunks_per_worker * engine.workers
    for _ in range(2):  # the first round starts workers and opens connections
        began = time.monotonic()
        dispatch(engine, abs, [(i,) for i in range(n)])
    return (time.monotonic() - began) * engine.workers / n


@dataclass(slots=True)
class _Round:
    """One attempt to get the missing results."""

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
            future.cancel()  # a late chunk whose copy finished first; or every chunk, if the attempt failed


def _copy_late_ones(
    engine: Engine,
    function: Callable[..., Any],
    calls: Sequence[tuple[Any, ...]],
    results: dict[int, Any],
    state: _Round,
) -> None:
    """Run late chunks a second time, on idle workers. The first result counts."""
    late = {i for i in state.index_of.values() if i not in results} - state.copied
    other = engine.elsewhere() if late else None
    if other is not None:
        state.index_of.update({other.submit(function, *calls[i]): i for i in sorted(late)})
        state.copied |= late


# --- networks, packed to be sent ------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, eq=False)
class PackedNetworks:
    """Compiled networks as four small arrays: a tenth of the size of pickled ``Network`` objects.

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
    """The same non-negative whole numbers in the smallest type that holds them."""
    largest = int(values.max(initial=0))
    kind = next(kind for kind in (np.uint8, np.uint16, np.uint32, np.int64) if largest <= np.iinfo(kind).max)
    return values.astype(kind)
