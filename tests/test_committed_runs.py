"""What the committed runs claim, measured again: a sample here, everything with ``python -m wann_core verify``."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from wann_core.champion import load_baseline, load_champion
from wann_core.evaluate import Evaluator
from wann_core.results import RunFiles, load_scores, runs_root
from wann_core.stages import run_settings

RUNS = sorted(path.parent for path in runs_root().glob("*/scores.json"))


@pytest.mark.parametrize("root", RUNS, ids=lambda root: root.name)
@pytest.mark.parametrize("topology", ["wann", "fixed"])
def test_the_best_and_the_worst_point_of_the_curve_are_what_is_measured_now(topology: str, root: Path) -> None:
    if root.name == "biped":
        pytest.importorskip("Box2D", reason="no Box2D wheel for this Python")
    files = RunFiles(root)
    network = (load_champion(files) if topology == "wann" else load_baseline(files)).network
    curve = sorted(load_scores(files.scores)["weight_curve"][topology], key=lambda point: point["mean"])
    trials = run_settings(files)["score"]["curve_trials"]
    with Evaluator(files.task, 1) as evaluator:
        for point in (curve[0], curve[-1]):
            weights = np.full(trials, point["shared_weight"])
            returns = evaluator.lane_returns(network, weights, np.arange(trials), training=False)
            # Where a machine rounds differently chaotic rollouts part, so a standard error is left.
            assert returns.mean() == pytest.approx(point["mean"], abs=max(point["std"] / trials**0.5, 1e-6))
