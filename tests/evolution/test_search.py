"""Ask and tell: which genomes survive, what is counted, and that a stored search continues exactly."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import pytest

from wann_core.evaluation.evaluator import Evaluator
from wann_core.evolution.nsga2 import rank
from wann_core.evolution.search import Generation, Search
from wann_core.evolution.settings import SearchSettings
from wann_core.evolution.shared_weights import SHARED_WEIGHTS, stratified_weights
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.genome import compile_network
from wann_core.networks.genome_json import GenomeError
from wann_core.networks.network import Network
from wann_core.runs.search_stage import play

SETTINGS = SearchSettings(
    population=20, generations=5, restarts=1, episodes=2, weights="fixed", n_weights=6, initially_enabled=0.5,
    tournament=4,
)  # fmt: skip


def new_search(seed: int = 0, **changes: Any) -> Search:
    return Search(dataclasses.replace(SETTINGS, **changes), 5, 1, np.random.SeedSequence(seed))


def returns_of(search: Search) -> Floats:
    """An invented task: a genome's return is a function of its structure, the weight and the seed."""
    batch = search.ask()
    sizes = np.array([network.n_connections + 0.1 * network.activations.sum() for network in batch.networks])
    returns: Floats = np.sin(sizes)[:, None, None] + batch.shared_weights[None, :, None] * 0.1 + batch.seeds % 7 * 0.01
    return returns


def step(search: Search) -> Generation:
    return search.tell(returns_of(search))


def test_the_fixed_weights_are_the_papers_six() -> None:
    assert new_search().ask().shared_weights.tolist() == [-2.0, -1.0, -0.5, 0.5, 1.0, 2.0] == list(SHARED_WEIGHTS)


def test_stratified_weights_are_drawn_anew_one_from_each_stratum() -> None:
    search = new_search(weights="stratified", n_weights=8)
    first = search.ask().shared_weights
    step(search)
    second = search.ask().shared_weights
    for weights in (first, second):
        assert np.floor((weights + 2.0) * 2.0).tolist() == list(range(8))
    assert not np.array_equal(first, second)
    many = np.array([stratified_weights(4, np.random.default_rng(i)) for i in range(500)])
    assert many.mean() == pytest.approx(0.0, abs=0.03)
    assert np.abs(many).max() <= 2.0


def test_asking_twice_gives_the_same_batch() -> None:
    search = new_search()
    assert search.ask() is search.ask()


def test_episodes_are_new_in_every_generation() -> None:
    search = new_search()
    seen = []
    for _ in range(5):
        seen.append(tuple(search.ask().seeds.tolist()))
        step(search)
    assert len(set(seen)) == 5


def test_a_generation_is_reported_as_it_was() -> None:
    search = new_search()
    for number in range(3):
        population, batch, returns = search.population, search.ask(), returns_of(search)
        report = search.tell(returns)
        per_weight = returns.mean(axis=2)
        best = int(np.argmax(per_weight.mean(axis=1)))
        assert report.number == number
        assert report.best is population[best]
        assert report.best_mean == pytest.approx(per_weight.mean(axis=1).max())
        assert report.median_mean == pytest.approx(np.median(per_weight.mean(axis=1)))
        assert report.best_max == pytest.approx(per_weight.max())
        assert report.best_connections == batch.networks[best].n_connections
        assert report.median_connections == np.median([network.n_connections for network in batch.networks])


@pytest.mark.parametrize("size_objective", [0.0, 1.0])
def test_the_elites_live_on_unchanged_and_the_rest_are_children_of_survivors(size_objective: float) -> None:
    search = new_search(size_objective=size_objective)
    step(search)
    population, batch, returns = search.population, search.ask(), returns_of(search)
    per_weight = returns.mean(axis=2)
    sizes = np.array([max(1, network.n_connections) for network in batch.networks])
    second = 1.0 / sizes if size_objective else per_weight.max(axis=1)
    order = rank(np.stack([per_weight.mean(axis=1), second], axis=1))
    search.tell(returns)
    survivors = [population[i] for i in order[:16]]  # the worst fifth of 20 is dropped
    assert search.population[:3] == survivors[:3]  # a fifth of 16
    assert len(search.population) == 20
    for child in search.population[3:]:
        ids = {gene.innovation for gene in child.connections}
        assert any({gene.innovation for gene in parent.connections} <= ids for parent in survivors)


def test_a_larger_tournament_breeds_from_better_parents() -> None:
    def mean_rank(tournament: int) -> float:
        search = new_search(population=200, tournament=tournament, add_node=0.0, change_activation=1.0,
                            add_connection=0.0, enable_connection=0.0)  # fmt: skip
        returns = np.zeros((200, 6, 2)) + np.arange(200)[:, None, None]
        search.ask()
        parents = {id(genome): i for i, genome in enumerate(search.population)}
        search.tell(returns)
        return float(np.mean([parents[id(child)] for child in search.population[32:]]))  # no hidden node: unchanged

    means = [mean_rank(tournament) for tournament in (1, 4, 32)]
    assert means == sorted(means)
    assert means[2] - means[0] > 30


def test_a_network_that_earned_no_number_counts_as_the_worst() -> None:
    search = new_search()
    returns = returns_of(search)
    returns[:, 0, 0] += 100.0  # without the missing one, the mean would be better
    returns[7, 2, 1] = np.nan
    returns[7, 0] = 1e6
    population = search.population
    report = search.tell(returns)
    assert report.best is not population[7]
    assert all(child is not population[7] for child in search.population[:3])


def test_wrong_calls_are_refused() -> None:
    search = new_search()
    with pytest.raises(ValueError, match="tell without ask"):
        search.tell(np.zeros((20, 6, 2)))
    search.ask()
    with pytest.raises(ValueError, match=r"shape \(20, 6, 3\): must be \(20, 6, 2\)"):
        search.tell(np.zeros((20, 6, 3)))
    with pytest.raises(ValueError, match="between ask and tell"):
        search.state()


def test_the_same_seed_is_the_same_search_and_another_is_another() -> None:
    reports = []
    for seed in (1, 1, 2):
        search = new_search(seed, weights="stratified", n_weights=5)
        reports.append([step(search) for _ in range(6)])
    assert reports[0] == reports[1]
    assert reports[0] != reports[2]


def test_a_restored_search_goes_on_exactly_as_the_one_that_was_kept() -> None:
    search = new_search(weights="stratified", n_weights=8)
    for _ in range(4):
        step(search)
    state = json.loads(json.dumps(search.state()))
    other = new_search(99, weights="stratified", n_weights=8)
    other.restore(state, "checkpoint")
    assert [step(search) for _ in range(5)] == [step(other) for _ in range(5)]
    assert search.state() == other.state()


@pytest.mark.parametrize("field", ["population", "rng", "innovation", "node_id", "generation"])
def test_a_state_without_a_field_is_refused_and_changes_nothing_visible(field: str) -> None:
    search = new_search()
    step(search)
    state = search.state()
    del state[field]
    with pytest.raises(GenomeError, match=f'checkpoint: field "{field}" is missing'):
        search.restore(state, "checkpoint")


def test_a_state_of_another_population_size_is_refused() -> None:
    state = new_search().state()
    with pytest.raises(GenomeError, match="20 genomes, must be 30"):
        new_search(population=30).restore(state, "checkpoint")


def test_compiled_networks_are_those_of_the_population() -> None:
    search = new_search()
    for _ in range(6):
        step(search)
        for genome, network in zip(search.population, search.ask().networks, strict=True):
            fresh = compile_network(genome)
            assert np.array_equal(network.sources, fresh.sources)
            assert np.array_equal(network.activations, fresh.activations)


def test_what_an_elite_earned_on_the_same_episodes_is_known() -> None:
    search = new_search(seed_generations=3)
    batches = []
    for _ in range(6):
        batch = search.ask()
        batches.append(batch)
        returns = returns_of(search)
        for row, known in enumerate(batch.known):
            assert known is None or np.array_equal(known, returns[row])
        search.tell(returns)
    assert [batch.seeds.tolist() == batches[0].seeds.tolist() for batch in batches[:4]] == [True, True, True, False]
    n_known = [sum(known is not None for known in batch.known) for batch in batches]
    assert n_known[0] == n_known[3] == 0
    assert all(n_known[i] >= 3 for i in (1, 2, 4, 5))  # the elites, and children without a hidden node to change


def test_a_search_with_known_returns_goes_on_from_its_state_as_if_never_stopped() -> None:
    changes = {"seed_generations": 4, "halving_rounds": 3}
    straight, stopped = new_search(**changes), new_search(**changes)
    for _ in range(2):
        step(straight)
        step(stopped)
    resumed = new_search(**changes)
    resumed.restore(json.loads(json.dumps(stopped.state())), "state")
    for _ in range(4):
        expected, found = straight.ask(), resumed.ask()
        assert [a is None for a in expected.known] == [b is None for b in found.known]
        assert [r.tolist() for r in expected.rounds] == [r.tolist() for r in found.rounds]
        assert step(straight).best_mean == step(resumed).best_mean


def test_a_genome_that_did_not_play_counts_as_the_worst_there() -> None:
    search = new_search()
    returns = returns_of(search)
    has_played = np.ones(returns.shape, dtype=np.bool_)
    returns[4] = 1e6  # its possible return does not count
    has_played[4] = False
    population = search.population
    report = search.tell(returns, has_played)
    assert report.best is not population[4]
    assert report.best_mean < 1e3


def test_a_round_of_halving_is_played_by_the_better_half_of_the_round_before() -> None:
    class Recorder(Evaluator):
        """The return of each network is its place in the population; the number of networks is recorded."""

        def __init__(self) -> None:
            super().__init__("swing_up", 1)
            self.asked: list[int] = []

        def population_returns(
            self, networks: Sequence[Network], shared_weights: Floats, seeds: Ints, *, training: bool
        ) -> Floats:
            self.asked.append(len(networks))
            places = [batch.networks.index(network) for network in networks]
            return np.array(places, dtype=np.float64)[:, None] + np.zeros(len(seeds))

    batch = new_search(halving_rounds=3).ask()
    recorder = Recorder()
    returns, has_played, n_played = play(batch, recorder)
    assert recorder.asked == [20, 10, 5]
    assert n_played == (20 + 10 + 5) * 2 * 2 == has_played.sum()
    assert [int(row.sum()) for row in has_played] == [4] * 10 + [8] * 5 + [12] * 5
    assert np.array_equal(returns[19], np.full((6, 2), 19.0))
