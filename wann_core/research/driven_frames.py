"""Frames that a champion sees as it drives: they teach an encoder speed, curves and kerbs as a driver sees them.

Source: D. Ha & J. Schmidhuber, "World Models", 2018, section 5 (frames of an agent that has learnt, iteratively).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.evolution.shared_weights import WEIGHT_LIMIT
from wann_core.runs.champion_file import load_champion
from wann_core.runs.store import ResultsError, RunStore
from wann_core.tasks.registry import load_task

Frames = Callable[[int, int], NDArray[np.uint8]]

FRAME_EVERY: Final = 5
"""Steps between two frames: neighbours are nearly the same."""
_SHAPE: Final = (64, 64, 3)
EPISODES_APART: Final = 7_000_003
"""Added to the seed, so that the champion's tracks are not those of the random rollouts."""


def with_champion(random_frames: Frames, files: RunStore) -> Frames:
    """Return a function ``(n, seed) -> frames``; the second half of its frames comes from the champion.

    The champion drives in turn with its best shared weight and with one from U(-2, 2), since an encoder must also know
    the view of a bad driver.

    Args:
        random_frames: a function ``(n, seed) -> frames``, (n, 64, 64, 3), which makes the first half.
        files: the champion's run.

    Raises:
        ResultsError: there is no run, it is not tuned, or it was made with another encoder than the current one.
    """
    if not files.exists():
        raise ResultsError(f"{files.root}: holds no run; make one with `python -m wann_core run {files.task}`")
    champion = load_champion(files)
    if champion.shared_weight is None:
        raise ResultsError(f"{files.champion}.shared_weight: missing; tune it with `python -m wann_core tune`")
    best = champion.shared_weight

    def frames(n: int, seed: int) -> NDArray[np.uint8]:
        rng = np.random.Generator(np.random.PCG64(seed + EPISODES_APART))
        driven = np.empty((n // 2, *_SHAPE), dtype=np.uint8)
        count = episode = 0
        while count < len(driven):
            weight = best if episode % 2 == 0 else float(rng.uniform(-WEIGHT_LIMIT, WEIGHT_LIMIT))
            recording = load_task(files.task).record(champion.network, weight, int(rng.integers(0, 2**31)))
            # The first frame differs between episodes, so that the frames show the camera's descent at every height.
            pictures = recording.extras["pictures"][episode % FRAME_EVERY :: FRAME_EVERY][: len(driven) - count]
            driven[count : count + len(pictures)] = pictures
            count += len(pictures)
            episode += 1
        return np.concatenate([random_frames(n - len(driven), seed), driven])

    return frames
