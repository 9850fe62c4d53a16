"""The search in the page follows the rules of the search in Python: on the same draws both breed the same genomes."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from in_node import ask_node

from wann_core.evolution.mutation import initial_genome
from wann_core.evolution.nsga2 import nondominated_sort, rank
from wann_core.evolution.search import Search
from wann_core.evolution.settings import SearchSettings
from wann_core.evolution.shared_weights import SHARED_WEIGHTS
from wann_core.networks.genome import Genome
from wann_core.networks.genome_json import genome_to_dict

REPLAY = Path(__file__).resolve().parents[1] / "js" / "replay-evolution.mjs"
POPULATION, EPISODES, GENERATIONS, N_INPUTS, N_OUTPUTS = 40, 2, 30, 5, 2
SETTINGS = SearchSettings(
    population=POPULATION, generations=GENERATIONS, restarts=1, episodes=EPISODES, weights="fixed", n_weights=6,
    initially_enabled=0.5, tournament=4,
)  # fmt: skip


class RecordingGenerator:
    """Numpy's generator, as far as the search uses it; keeps each draw as a double in [0, 1)."""

    def __init__(self, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.draws: list[float] = []

    def random(self, size: int | None = None) -> Any:
        drawn = self.rng.random(size)
        self.draws += np.atleast_1d(drawn).tolist()
        return drawn

    def integers(self, low: int, high: int, size: tuple[int, int]) -> Any:
        drawn = self.rng.integers(low, high, size)
        # The middle of what the page's generator turns into this number.
        self.draws += ((drawn.ravel() - low + 0.5) / (high - low)).tolist()
        return drawn


def as_dicts(population: list[Genome]) -> list[dict[str, Any]]:
    return [genome_to_dict(genome) for genome in population]


def objectives(seed: int, n: int, values: int) -> Any:
    """(n, 2) few different values, so that there are ties and equal rows."""
    return np.random.default_rng(seed).integers(0, values, (n, 2)).astype(np.float64)


RANKINGS = [
    objectives(seed, n, values) for seed, (n, values) in enumerate([(1, 3), (2, 2), (30, 4), (64, 9), (96, 2000)])
]


@cache
def asked() -> tuple[dict[str, Any], dict[str, Any]]:
    """Python's search, and the page's search with the same draws."""
    first = RecordingGenerator(1)
    genome = initial_genome(N_INPUTS, N_OUTPUTS, 0.5, first)  # type: ignore[arg-type]  # records what it passes on
    search = Search(SETTINGS, N_INPUTS, N_OUTPUTS, np.random.SeedSequence(2))
    begun = as_dicts(search.population)
    own, results, generations, expected = search.rng, np.random.default_rng(3), [], []
    for generation in range(GENERATIONS):
        search.rng = own
        batch = search.ask()
        # Some equal returns and some NaN, so that ties and their order matter.
        returns = results.integers(0, 40, (POPULATION, len(SHARED_WEIGHTS), EPISODES)) / 4.0
        returns[results.random(returns.shape) < 0.002] = np.nan
        recorder = RecordingGenerator(100 + generation)
        search.rng = recorder  # type: ignore[assignment]
        report = search.tell(returns)
        assert len(batch.networks) == POPULATION
        flat = [None if np.isnan(value) else value for value in returns.ravel().tolist()]
        generations.append({"returns": flat, "nWeights": len(SHARED_WEIGHTS), "recorded": recorder.draws})
        expected.append({"population": as_dicts(search.population), "best": genome_to_dict(report.best)})
    question = {
        "rankings": [[row.tolist() for row in one.T] for one in RANKINGS],
        "initial": {"nInputs": N_INPUTS, "nOutputs": N_OUTPUTS, "enabled": 0.5, "draws": first.draws},
        "search": {
            "settings": {"population": POPULATION, "initiallyEnabled": 0.5, "tournament": SETTINGS.tournament},
            "nInputs": N_INPUTS, "nOutputs": N_OUTPUTS, "population": begun, "generations": generations,
        },
    }  # fmt: skip
    answer: dict[str, Any] = ask_node(REPLAY, "it.replayed(question)", question)
    return {"initial": genome_to_dict(genome), "generations": expected}, answer


@pytest.mark.parametrize("k", range(len(RANKINGS)))
def test_the_page_ranks_as_python_does(k: int) -> None:
    _, answer = asked()
    assert answer["ranks"][k] == rank(RANKINGS[k]).tolist()
    assert answer["fronts"][k] == nondominated_sort(RANKINGS[k]).tolist()


def test_the_page_begins_with_the_same_genome() -> None:
    expected, answer = asked()
    assert answer["initial"] == expected["initial"]


def test_culling_elites_tournaments_and_operators_breed_the_same_genomes_for_many_generations() -> None:
    expected, answer = asked()
    for number, (ours, theirs) in enumerate(zip(expected["generations"], answer["generations"], strict=True)):
        assert theirs["best"] == ours["best"], f"generation {number}"
        assert theirs["population"] == ours["population"], f"generation {number}"
        assert theirs["unused"] == 0, f"generation {number}"


def test_the_recorded_run_used_every_operator() -> None:
    expected, _ = asked()
    last = expected["generations"][-1]["population"]
    first = expected["initial"]
    n_first = len(first["connections"])
    assert max(len(genome["nodes"]) for genome in last) > len(first["nodes"]) + 2
    hidden = [node for genome in last for node in genome["nodes"] if node["kind"] == "hidden"]
    assert len({node["activation"] for node in hidden}) > 5
    # A split adds two connections; the others were added between nodes.
    assert any(
        len(genome["connections"]) - n_first > 2 * sum(node["kind"] == "hidden" for node in genome["nodes"])
        for genome in last
    )
