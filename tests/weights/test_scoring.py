"""The four weight conditions."""

from __future__ import annotations

import numpy as np
import pytest
from genomes import grown

from wann_core.evaluation.evaluator import Evaluator
from wann_core.networks.network import fixed_topology
from wann_core.progress import Silent
from wann_core.weights.champion import Baseline, Champion
from wann_core.weights.conditions import CONDITIONS
from wann_core.weights.scoring import ScoreSettings, condition_weights, measure_scores

SETTINGS = ScoreSettings(trials=12, curve_trials=2)
NETWORK = fixed_topology((5, 10, 1))
TUNED = np.random.default_rng(0).normal(size=71)


def test_each_condition_has_its_weights() -> None:
    weights = {name: condition_weights(name, NETWORK, 0.7, TUNED, SETTINGS) for name in CONDITIONS}
    assert {name: array.shape for name, (array, _) in weights.items()} == {
        "random": (12, 71), "random_shared": (12,), "tuned_shared": (12,), "tuned": (12, 71)
    }  # fmt: skip
    assert {name: shared for name, (_, shared) in weights.items()} == {
        "random": None, "random_shared": None, "tuned_shared": 0.7, "tuned": None
    }  # fmt: skip
    assert np.all(weights["tuned_shared"][0] == 0.7)
    assert np.all(weights["tuned"][0] == TUNED)


@pytest.mark.parametrize("condition", ["random", "random_shared"])
def test_random_weights_are_uniform_up_to_two_and_the_same_for_the_same_seed(condition: str) -> None:
    many = ScoreSettings(trials=4000)
    weights, _ = condition_weights(condition, NETWORK, 0.0, TUNED, many)
    assert np.abs(weights).max() <= 2.0
    assert weights.mean() == pytest.approx(0.0, abs=0.06)
    assert weights.std() == pytest.approx(2.0 / np.sqrt(3.0), abs=0.03)
    assert np.array_equal(weights, condition_weights(condition, NETWORK, 0.0, TUNED, many)[0])
    other = condition_weights(condition, NETWORK, 0.0, TUNED, ScoreSettings(trials=4000, seed=1))[0]
    assert not np.array_equal(weights, other)


def test_the_scores_are_means_and_deviations_over_the_trials() -> None:
    genome, _ = grown(3, 20)
    champion = Champion(genome, 0.7, np.random.default_rng(1).normal(size=genome.n_connections))
    baseline = Baseline((5, 10, 1), -0.3, TUNED)
    with Evaluator("swing_up", 1) as evaluator:
        scores = measure_scores(champion, baseline, SETTINGS, evaluator, Silent())
        by_hand = evaluator.lane_returns(NETWORK, np.tile(TUNED, (12, 1)), np.arange(12), training=False)
        shared = evaluator.lane_returns(champion.network, np.full(12, -2.0), np.arange(12), training=False)
    assert scores["fixed"]["tuned"] == {"mean": by_hand.mean(), "std": by_hand.std(), "shared_weight": None}
    assert scores["by_weight"][0] == {"shared_weight": -2.0, "mean": shared.mean(), "std": shared.std()}
    assert [row["shared_weight"] for row in scores["by_weight"]] == [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0]
    assert len(scores["weight_curve"]["wann"]) == len(scores["weight_curve"]["fixed"]) == 41
    assert scores["deviation"] == "over trials"
    assert scores["trials"] == 12


def test_a_champion_that_was_not_tuned_has_no_scores() -> None:
    with Evaluator("swing_up", 1) as evaluator, pytest.raises(ValueError, match="tune before scoring"):
        measure_scores(Champion(grown(3, 20)[0]), Baseline((5, 10, 1), 0.1, TUNED), SETTINGS, evaluator, Silent())
