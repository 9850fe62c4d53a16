"""The four weight conditions over 100 trials, for the WANN and for the fixed topology.

Trial i plays the episode of seed i. The deviations are over trials.

Source: Gaier & Ha 2019, table 1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from wann_core.errors import WannError
from wann_core.evaluation.evaluator import Evaluator
from wann_core.evolution.shared_weights import SHARED_WEIGHTS, WEIGHT_LIMIT
from wann_core.files.checked import check_settings
from wann_core.networks.arrays import Floats
from wann_core.networks.network import Network
from wann_core.progress import Reporter, stage
from wann_core.weights.champion import Baseline, Champion
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES

CURVE_POINTS = 41


@dataclass(frozen=True, slots=True)
class ScoreSettings:
    """Settings of scoring.

    Raises:
        SettingError: a value is out of its range.
    """

    trials: Annotated[int, Meta(ge=1, le=1_000_000)] = 100
    """Episodes per cell; trial i has seed i."""
    seed: Annotated[int, Meta(ge=0, le=2**31 - 1)] = 0
    """Seed of the random weights."""
    curve_trials: Annotated[int, Meta(ge=1, le=100_000)] = 10
    """Episodes per point of the curve of return against shared weight."""

    def __post_init__(self) -> None:
        check_settings(self)


def condition_weights(
    condition: str, network: Network, shared: float, tuned: Floats, settings: ScoreSettings
) -> tuple[Floats, float | None]:
    """The weights of every trial under one condition.

    Args:
        condition: one of ``CONDITIONS``.
        network: the structure.
        shared: its best shared weight.
        tuned: (n_connections,) its tuned weights.
        settings: trials and seed.

    Returns:
        (trials,) shared or (trials, n_connections) individual weights, and the shared weight if there is one.
    """
    trials = settings.trials
    rng = np.random.Generator(np.random.PCG64([settings.seed, CONDITIONS.index(condition)]))
    match condition:
        case "random":
            return rng.uniform(-WEIGHT_LIMIT, WEIGHT_LIMIT, (trials, network.n_connections)), None
        case "random_shared":
            return rng.uniform(-WEIGHT_LIMIT, WEIGHT_LIMIT, trials), None
        case "tuned_shared":
            return np.full(trials, shared), shared
        case _:
            return np.tile(tuned, (trials, 1)), None


def measure_cell(
    condition: str, network: Network, shared: float, tuned: Floats, settings: ScoreSettings, evaluator: Evaluator
) -> dict[str, Any]:
    """Mean and standard deviation over the trials of one condition."""
    weights, shared_weight = condition_weights(condition, network, shared, tuned, settings)
    returns = evaluator.lane_returns(network, weights, np.arange(settings.trials), training=False)
    return {"mean": float(returns.mean()), "std": float(returns.std()), "shared_weight": shared_weight}


def measure_scores(
    champion: Champion, baseline: Baseline, settings: ScoreSettings, evaluator: Evaluator, reporter: Reporter
) -> dict[str, Any]:
    """Measure every cell, the six weights of the search, and the return against the shared weight.

    Raises:
        WannError: the champion has not been tuned.
    """
    if champion.shared_weight is None or champion.tuned_weights is None:
        raise WannError("the champion has no tuned weights: tune before scoring")
    scores: dict[str, Any] = {"trials": settings.trials, "deviation": "over trials"}
    sides = {
        "wann": (champion.network, champion.shared_weight, champion.tuned_weights),
        "fixed": (baseline.network, baseline.shared_weight, baseline.tuned_weights),
    }
    with stage(reporter, len(TOPOLOGIES) * len(CONDITIONS) + 2, "score: cells"):
        for topology in TOPOLOGIES:
            cells = {}
            for condition in CONDITIONS:
                cells[condition] = measure_cell(condition, *sides[topology], settings, evaluator)
                reporter.advance(**{topology: cells[condition]["mean"]})
            scores[topology] = cells
        scores["by_weight"] = _by_weight(champion.network, np.array(SHARED_WEIGHTS), settings.trials, evaluator)
        reporter.advance()
        curve = np.linspace(-WEIGHT_LIMIT, WEIGHT_LIMIT, CURVE_POINTS)
        scores["weight_curve"] = {
            topology: _by_weight(sides[topology][0], curve, settings.curve_trials, evaluator) for topology in TOPOLOGIES
        }
        reporter.advance()
    return scores


def _by_weight(network: Network, weights: Floats, trials: int, evaluator: Evaluator) -> list[dict[str, float]]:
    lanes = np.repeat(weights, trials)
    returns = evaluator.lane_returns(network, lanes, np.tile(np.arange(trials), len(weights)), training=False)
    rows = returns.reshape(len(weights), trials)
    return [
        {"shared_weight": round(float(weight), 10), "mean": float(row.mean()), "std": float(row.std())}
        for weight, row in zip(weights, rows, strict=True)
    ]
