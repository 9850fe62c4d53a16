"""Frames with a champion as driver in the second half."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wann_core.evolution.mutation import initial_genome
from wann_core.research.driven_frames import FRAME_EVERY, with_champion
from wann_core.runs.champion_file import save_champion
from wann_core.runs.store import ResultsError, RunStore
from wann_core.tasks.registry import load_frames, load_task
from wann_core.weights.champion import Champion


def run_of(folder: Path, shared_weight: float | None = 1.0) -> RunStore:
    files = RunStore(folder, "car_racing")
    save_champion(files, Champion(initial_genome(16, 3, 0.5, np.random.default_rng(0)), shared_weight, None))
    files.experiment.write_text("")
    return files


def test_half_of_the_frames_are_what_the_champion_sees_and_come_back_the_same(tmp_path: Path) -> None:
    pytest.importorskip("Box2D", reason="this Python has no Box2D")
    files = run_of(tmp_path)
    random = load_frames("car_racing")
    frames = with_champion(random, files)
    both = frames(40, 3)
    assert both.shape == (40, 64, 64, 3)
    assert both.dtype == np.uint8
    assert np.array_equal(both[:20], random(20, 3))
    assert np.array_equal(frames(40, 3), both)
    assert not np.array_equal(frames(40, 4)[20:], both[20:])
    # The first episode is one with the best shared weight, on a track of the frames' own.
    champion = Champion(initial_genome(16, 3, 0.5, np.random.default_rng(0)), 1.0, None)
    rng = np.random.Generator(np.random.PCG64(3 + 7_000_003))
    seen = load_task("car_racing").record(champion.network, 1.0, int(rng.integers(0, 2**31))).extras["pictures"]
    assert np.array_equal(both[20:], seen[: 20 * FRAME_EVERY : FRAME_EVERY])


def test_a_run_that_is_missing_or_not_tuned_is_refused_with_the_next_step(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match="python -m wann_core run car_racing"):
        with_champion(load_frames("car_racing"), RunStore(tmp_path / "none", "car_racing"))
    with pytest.raises(ResultsError, match="python -m wann_core tune"):
        with_champion(load_frames("car_racing"), run_of(tmp_path / "untuned", None))
