"""Chunks on an engine that loses workers, fails, or is late."""

from __future__ import annotations

import os
import pickle
import threading
from concurrent.futures import BrokenExecutor, Executor, Future, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from genomes import grown_genome
from hypothesis import given
from hypothesis import strategies as st

from wann_core.evaluation import dispatch as dispatch_module
from wann_core.evaluation.dispatch import (
    CHUNKS_PER_WORKER,
    EngineError,
    PackedNetworks,
    Processes,
    chunk_size,
    dispatch,
)
from wann_core.networks.genome import compile_network


class Scripted:
    """An engine that fails for a given number of first submissions."""

    overhead_s = 0.0
    workers = 2

    def __init__(self, n_broken: int, spare: Executor | None = None) -> None:
        self.n_broken, self.n_renewals = n_broken, 0
        self._pool = ThreadPoolExecutor(2)
        self._spare = spare

    def executor(self) -> Executor:
        return self if self.n_broken else self._pool  # type: ignore[return-value]  # submit is all that is used

    def submit(self, *_: Any) -> Future[Any]:
        self.n_broken -= 1
        future: Future[Any] = Future()
        future.set_exception(BrokenExecutor("a worker died"))
        return future

    def elsewhere(self) -> Executor | None:
        return self._spare

    def explain(self, error: BaseException) -> EngineError | None:
        return EngineError("explained") if isinstance(error, ArithmeticError) else None

    def renew(self, error: BaseException) -> None:
        self.n_renewals += 1

    def close(self, *, now: bool) -> None:
        self._pool.shutdown(wait=not now)


def double(x: int) -> int:
    return 2 * x


def die_once(x: int, mark: Path) -> int:
    if x == 3 and not mark.exists():
        mark.touch()
        os._exit(1)
    return 2 * x


def test_results_come_in_the_order_of_the_calls() -> None:
    engine = Scripted(0)
    assert dispatch(engine, double, [(i,) for i in range(20)]) == [2 * i for i in range(20)]
    assert dispatch(engine, double, []) == []


def test_a_broken_engine_is_renewed_and_only_the_rest_run_again() -> None:
    engine = Scripted(2)
    assert dispatch(engine, double, [(1,), (2,)]) == [2, 4]
    assert engine.n_renewals == 1


def test_an_engine_that_stays_broken_stops_the_run_with_its_reason() -> None:
    engine = Scripted(1000)
    with pytest.raises(EngineError, match=r"broke 4 times .*a worker died.*--resume"):
        dispatch(engine, double, [(1,)])


def test_what_a_chunk_raises_is_raised_unless_the_engine_explains_it() -> None:
    def wrong(x: int) -> int:
        raise KeyError(x)

    with pytest.raises(KeyError):
        dispatch(Scripted(0), wrong, [(1,)])
    with pytest.raises(EngineError, match="explained"):
        dispatch(Scripted(0), lambda x: 1 // x, [(0,)])


def test_a_killed_process_is_replaced(tmp_path: Path) -> None:
    engine = Processes(2)
    try:
        calls = [(i, tmp_path / "died") for i in range(6)]
        assert dispatch(engine, die_once, calls) == [0, 2, 4, 6, 8, 10]
    finally:
        engine.close(now=False)


def test_a_late_chunk_is_run_again_elsewhere_and_the_first_answer_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dispatch_module, "STRAGGLER_MIN_S", 0.1)
    release = threading.Event()
    starts = {"hangs": 0}

    def slow_once(x: int) -> int:
        if x == 1:
            starts["hangs"] += 1
            if starts["hangs"] == 1:
                release.wait(30)
        return 2 * x

    engine = Scripted(0, spare=ThreadPoolExecutor(1))
    assert dispatch(engine, slow_once, [(0,), (1,), (2,)]) == [0, 2, 4]
    assert starts["hangs"] == 2
    release.set()


@given(
    n_items=st.integers(1, 100_000),
    workers=st.integers(1, 2000),
    item_s=st.floats(1e-7, 10.0),
    overhead_s=st.floats(0.0, 0.1),
)
def test_chunks_keep_the_overhead_small_and_every_worker_busy(
    n_items: int, workers: int, item_s: float, overhead_s: float
) -> None:
    size = chunk_size(n_items, workers, item_s, overhead_s)
    n_chunks = -(-n_items // size)
    assert size >= 1
    assert n_chunks <= workers * CHUNKS_PER_WORKER
    if size < -(-n_items // workers):  # otherwise there is too little work for more workers
        assert overhead_s <= 0.05 * size * item_s * (1 + 1e-9)


def test_networks_travel_small_and_come_back_the_same() -> None:
    networks = [compile_network(grown_genome(seed, n_inputs=24, n_outputs=4, n_mutations=80)) for seed in range(40)]
    packed = PackedNetworks.of(networks)
    for before, after in zip(networks, packed.networks(), strict=True):
        assert (before.n_inputs, before.n_outputs) == (after.n_inputs, after.n_outputs)
        for name in ("activations", "offsets", "sources"):
            assert np.array_equal(getattr(before, name), getattr(after, name))
            assert getattr(after, name).dtype == np.int64
    assert len(pickle.dumps(packed)) < len(pickle.dumps(networks)) / 8
