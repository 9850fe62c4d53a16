"""Tuning finds known optima, and continues from its record as if it had never stopped."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

import numpy as np
import pytest

from wann_core.evaluation.evaluator import Evaluator
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.network import Network, fixed_topology
from wann_core.progress import Silent
from wann_core.weights.tuning import TuneSettings, best_shared_weight, tune_weights

SETTINGS = TuneSettings(
    shared_grid=20, shared_episodes=4, iterations=60, candidates=12, episodes=2, sigma=0.5, finalists=4,
    final_episodes=8,
)  # fmt: skip
NETWORK = fixed_topology((2, 1))
BEST = np.array([0.8, -1.2, 0.3])


class Bowl:
    """An invented task: a return of 100 at ``BEST``, less the square of the distance, with noise per episode."""

    def __init__(self) -> None:
        self.n_lanes = 0
        self.training: list[bool] = []
        self.seeds: set[int] = set()

    def lane_returns(self, network: Network, weights: Floats, seeds: Ints, *, training: bool) -> Floats:
        assert network is NETWORK
        self.n_lanes += len(seeds)
        self.training.append(training)
        self.seeds.update(seeds.tolist())
        each = np.broadcast_to(weights[:, None], (len(weights), 3)) if weights.ndim == 1 else weights
        returns: Floats = 100.0 - ((each - BEST) ** 2).sum(axis=1) + 1e-3 * np.sin(seeds)
        return returns


def tune(bowl: Bowl, recorded: list[list[float]], settings: TuneSettings = SETTINGS) -> tuple[float, Floats]:
    return tune_weights(
        NETWORK, np.zeros(3), settings.sigma, settings, cast("Evaluator", bowl), np.random.SeedSequence(3), Silent(),
        "tune", recorded, lambda: None,
    )  # fmt: skip


def test_the_best_shared_weight_is_found_between_the_points_of_the_grid() -> None:
    found = best_shared_weight(NETWORK, SETTINGS, cast("Evaluator", Bowl()), np.random.default_rng(0), training=False)
    assert found == pytest.approx(BEST.mean(), abs=0.02)


def test_the_winner_of_the_fine_grid_is_judged_on_fresh_episodes() -> None:
    bowl = Bowl()
    best_shared_weight(NETWORK, SETTINGS, cast("Evaluator", bowl), np.random.default_rng(0), training=False)
    assert len(bowl.seeds) == 4 + 8


def test_the_optimum_of_separate_weights_is_found() -> None:
    bowl = Bowl()
    best, weights = tune(bowl, [])
    assert weights == pytest.approx(BEST, abs=0.05)
    assert best == pytest.approx(100.0, abs=0.01)
    assert bowl.training[:-1] == [True] * 60
    assert not bowl.training[-1]  # the choice is made on the unmodified task


def test_a_separable_optimiser_finds_it_too() -> None:
    _, weights = tune(Bowl(), [], replace(SETTINGS, separable_from=2))
    assert weights == pytest.approx(BEST, abs=0.05)


@pytest.mark.parametrize("n_recorded", [0, 1, 17, 60])
def test_tuning_goes_on_from_what_was_recorded(n_recorded: int) -> None:
    whole: list[list[float]] = []
    expected = tune(Bowl(), whole)
    resumed, bowl = whole[:n_recorded], Bowl()
    best, weights = tune(bowl, resumed)
    assert best == expected[0]
    assert np.array_equal(weights, expected[1])
    assert resumed == whole
    assert bowl.n_lanes == (60 - n_recorded) * 12 * 2 + 6 * 8  # nothing is evaluated twice


def test_a_longer_tuning_begins_as_a_shorter_one() -> None:
    shorter: list[list[float]] = []
    longer: list[list[float]] = []
    tune(Bowl(), shorter)
    tune(Bowl(), longer, replace(SETTINGS, iterations=70))
    assert longer[:60] == shorter


def test_the_start_is_kept_where_nothing_better_is_found() -> None:
    settings = replace(SETTINGS, iterations=1, sigma=50.0)
    best, weights = tune_weights(
        NETWORK, BEST, 50.0, settings, cast("Evaluator", Bowl()), np.random.SeedSequence(3), Silent(), "tune", [],
        lambda: None,
    )  # fmt: skip
    assert np.array_equal(weights, BEST)
    assert best == pytest.approx(100.0, abs=0.01)


def test_neither_argument_nor_global_generator_is_touched() -> None:
    start = np.zeros(3)
    np.random.seed(5)  # noqa: NPY002  # the global generator is the subject here
    tune_weights(
        NETWORK, start, 0.5, SETTINGS, cast("Evaluator", Bowl()), np.random.SeedSequence(3), Silent(), "tune", [],
        lambda: None,
    )  # fmt: skip
    after = np.random.random()  # noqa: NPY002
    np.random.seed(5)  # noqa: NPY002
    assert after == np.random.random()  # noqa: NPY002
    assert np.array_equal(start, np.zeros(3))


def test_candidates_that_earn_no_number_are_the_worst() -> None:
    class Holed(Bowl):
        def lane_returns(self, network: Network, weights: Floats, seeds: Ints, *, training: bool) -> Floats:
            returns = super().lane_returns(network, weights, seeds, training=training)
            return np.where(weights[:, 0] > 1.0, np.nan, returns)

    _, weights = tune(Holed(), [])
    assert weights == pytest.approx(BEST, abs=0.1)
