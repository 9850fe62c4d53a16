"""The history of a restart: every row as it was put in, in little memory."""

from __future__ import annotations

import tracemalloc

import pytest

from wann_core.runs.checkpoint import History
from wann_core.runs.store import HISTORY_COLUMNS


def row(generation: int) -> dict[str, float]:
    return {name: generation + 0.125 * i for i, name in enumerate(HISTORY_COLUMNS)}


def test_rows_come_back_in_their_order() -> None:
    history = History()
    assert list(history) == []
    assert not history
    for generation in range(5):
        history.append(row(generation))
    assert len(history) == 5
    assert list(history) == [row(generation) for generation in range(5)]
    assert history.row(-1) == row(4)
    assert history.row(0) == row(0)
    with pytest.raises(IndexError):
        history.row(5)


def test_a_generation_takes_no_more_than_its_numbers_and_room_to_grow() -> None:
    history = History()
    tracemalloc.start()
    try:
        for generation in range(2000):
            history.append(row(generation))
        taken, _ = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert taken < 2000 * len(HISTORY_COLUMNS) * 8 * 1.25
