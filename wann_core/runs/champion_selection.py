"""Select the final champion on unseen weights and episodes, optionally after a short tuning."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from wann_core.evaluation.evaluator import Evaluator
from wann_core.evolution.shared_weights import SHARED_WEIGHTS, stratified_weights
from wann_core.networks.arrays import Floats
from wann_core.networks.genome import compile_network
from wann_core.networks.network import Network
from wann_core.runs.checkpoint import Restart
from wann_core.runs.experiment import ChampionSettings
from wann_core.runs.run import Run, SeedUse
from wann_core.weights.champion import Snapshot
from wann_core.weights.tuning import best_shared_weight, tune_weights


def champion_score(
    network: Network, settings: ChampionSettings, weights: np.ndarray[Any, Any], seeds: np.ndarray[Any, Any],
    evaluator: Evaluator,
) -> float:  # fmt: skip
    """Mean return over unseen weights and episodes, plus the best weight's mean return times a coefficient."""
    lanes = evaluator.lane_returns(network, np.repeat(weights, len(seeds)), np.tile(seeds, len(weights)), training=True)
    per_weight = np.nan_to_num(lanes, nan=-1e9).reshape(len(weights), len(seeds)).mean(axis=1)
    return float(per_weight.mean() + settings.best_weight_coefficient * per_weight.max())


def champion_weights(run: Run, n: int, rng: np.random.Generator) -> Floats:
    """Stratified weights; and the search's own if they are fixed, since a peak may be as narrow as one of them."""
    weights = stratified_weights(n, rng)
    return np.concatenate([weights, SHARED_WEIGHTS]) if run.experiment.search.weights == "fixed" else weights


def choose(run: Run, restarts: list[Restart]) -> tuple[int, list[Snapshot]]:
    """Evaluate the latest champions on unseen weights and episodes, and tune the best ones for a short time.

    Returns:
        The restart of the best champion, and its snapshots up to that champion.
    """
    settings = run.experiment.champion
    rng = np.random.Generator(np.random.PCG64(run.child(SeedUse.FINAL_CHOICE)))
    weights = champion_weights(run, settings.final_weights, rng)
    seeds = rng.integers(0, 2**31, settings.final_episodes)
    contenders = []
    for index, restart in enumerate(restarts):
        for end in range(max(1, len(restart.snapshots) - settings.contenders + 1), len(restart.snapshots) + 1):
            network = compile_network(restart.snapshots[end - 1].genome)
            score = champion_score(network, settings, weights, seeds, run.evaluator)
            contenders.append((score, index, end, network))
    contenders.sort(key=lambda contender: -contender[0])
    if settings.tuned_coefficient > 0.0:
        contenders = [
            (score + settings.tuned_coefficient * _tuned_return(run, network), index, end, network)
            for score, index, end, network in contenders[: settings.contenders]
        ]
    _, index, end, _ = max(contenders, key=lambda contender: contender[0])
    return index, restarts[index].snapshots[:end]


def _tuned_return(run: Run, network: Network) -> float:
    """The return of a network after a short tuning of its individual weights."""
    settings = replace(run.experiment.tune, iterations=run.experiment.champion.tuned_iterations)
    rng = np.random.Generator(np.random.PCG64(run.child(SeedUse.FINAL_CHOICE, 1)))
    shared = best_shared_weight(network, settings, run.evaluator, rng, training=True)
    start = np.full(network.n_connections, shared)
    found, _ = tune_weights(
        network, start, settings.sigma, settings, run.evaluator, run.child(SeedUse.FINAL_CHOICE, 2), run.reporter,
        "search: tuning of contenders", [], lambda: None,
    )  # fmt: skip
    return found
