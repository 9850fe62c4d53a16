"""Epsilon-lexicase selection: a genome that is good at only some weights also has children."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from wann_core.evolution.lexicase import median_absolute_deviation, select_parents
from wann_core.evolution.search import Search
from wann_core.evolution.settings import SearchSettings
from wann_core.networks.arrays import Floats

EVERYWHERE = SearchSettings(
    population=24, generations=5, restarts=1, episodes=1, weights="fixed", n_weights=6, initially_enabled=0.5,
    tournament=4, selection="lexicase", mutate_again=0.4,
)  # fmt: skip


def parents_of(cases: Floats, epsilon: float, n: int = 2000, sizes: Floats | None = None) -> list[int]:
    sizes = np.ones(len(cases)) if sizes is None else sizes
    rng = np.random.default_rng(0)
    chosen: list[int] = select_parents(cases, np.full(cases.shape[1], epsilon), sizes, n, rng).tolist()
    return chosen


def test_specialists_are_chosen_where_a_ranking_by_the_mean_would_drop_them() -> None:
    cases = np.array([[10.0, 0.0, 0.0], [0.0, 10.0, 0.0], [6.0, 6.0, 6.0], [5.0, 5.0, 5.0]])
    chosen = parents_of(cases, 0.0)
    shares = np.bincount(chosen, minlength=4) / len(chosen)
    # The first case decides: each specialist wins if its own case comes first, the generalist wins the third.
    assert shares == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0.0], abs=0.04)


def test_who_is_within_epsilon_of_the_best_is_as_good() -> None:
    cases = np.array([[10.0, 0.0], [9.5, 8.0], [0.0, 8.1]])
    chosen = parents_of(cases, 0.6)
    # First case first: 0 and 1 stay, then 1 wins. Second case first: 1 and 2 stay, then 1 wins.
    assert set(chosen) == {1}


def test_ties_go_to_the_smaller_genome_then_to_chance() -> None:
    cases = np.ones((3, 4))
    assert set(parents_of(cases, 0.0, sizes=np.array([5.0, 3.0, 4.0]))) == {1}
    shares = np.bincount(parents_of(cases, 0.0, sizes=np.array([3.0, 3.0, 4.0])), minlength=3)
    assert shares[2] == 0
    assert shares[0] == pytest.approx(shares[1], rel=0.2)


def test_epsilon_is_the_median_absolute_deviation_of_what_was_measured() -> None:
    cases = np.array([[1.0, 5.0], [2.0, 5.0], [4.0, -99.0], [9.0, -99.0]])
    is_measured = np.array([[True, True], [True, True], [True, False], [True, False]])
    # Median 3, deviations 2, 1, 1, 6: their median is 1.5. The second case: 0.
    assert median_absolute_deviation(cases, is_measured).tolist() == [1.5, 0.0]
    assert median_absolute_deviation(cases, np.zeros_like(is_measured)).tolist() == [0.0, 0.0]


@given(st.integers(2, 30), st.integers(1, 8), st.integers(0, 2**31))
def test_a_parent_is_near_the_best_in_some_case(n_genomes: int, n_cases: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    cases = rng.normal(size=(n_genomes, n_cases))
    epsilon = median_absolute_deviation(cases, np.ones(cases.shape, dtype=np.bool_))
    chosen = select_parents(cases, epsilon, np.ones(n_genomes), 20, rng)
    assert (cases[chosen] >= (cases.max(axis=0) - epsilon)[None]).any(axis=1).all()


def test_a_search_with_lexicase_is_repeatable_and_goes_on_from_its_state() -> None:
    def play(search: Search, generations: int) -> None:
        for _ in range(generations):
            batch = search.ask()
            rng = np.random.default_rng(search.generation)
            noise = rng.normal(size=(len(batch.networks), len(batch.shared_weights), len(batch.seeds)))
            search.tell(noise + np.array([network.n_connections for network in batch.networks])[:, None, None])

    whole, first, second = (Search(EVERYWHERE, 3, 2, np.random.SeedSequence(5)) for _ in range(3))
    play(whole, 6)
    play(first, 3)
    second.restore(first.state(), "here")
    play(second, 3)
    assert second.state() == whole.state()
