"""The WANN search: ask for a population, tell its returns. It never knows the task.

A generation: rank by two objectives, cull the worst, keep the elites, and fill the population with mutated children. A
tournament or epsilon-lexicase selects their parents. With a probability of 80 % the objectives are (mean return over
the shared weights, 1 / connections), else (mean, best weight's mean).

Source: Gaier & Ha 2019, sections 3 and 4.1 and appendix A; selection as in the 2019 release. There a parent is the
better of two tournaments, so the tournament sizes of our settings are twice the release's.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Any, Final, Literal

import msgspec
import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from wann_core.errors import WannError
from wann_core.evolution.lexicase import median_absolute_deviation, select_parents
from wann_core.evolution.mutation import Counters, initial_genome, mutate
from wann_core.evolution.nsga2 import rank
from wann_core.evolution.settings import SearchSettings
from wann_core.evolution.shared_weights import SHARED_WEIGHTS, stratified_weights
from wann_core.files.checked import Count, FileStruct, Finite, checked, shown, shown_name
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.genome import Genome, compile_network
from wann_core.networks.genome_json import GenomeError, GenomeFields, check_shape, genome_from_fields, genome_to_dict
from wann_core.networks.network import Network

_REMEDY: Final = "delete it to start again"


@dataclass(frozen=True, slots=True, eq=False)
class EvaluationBatch:
    """The networks, weights and episodes that a generation plays.

    Attributes:
        networks: the population.
        shared_weights: (n_weights,).
        seeds: (n_episodes,) the same for every genome and weight.
        known: (n_genomes,) per genome its (n_weights, n_episodes) returns if it has already played this batch, else
            None.
        rounds: indices of the weights of each round of halving.
    """

    networks: list[Network]
    shared_weights: Floats
    seeds: Ints
    known: list[Floats | None]
    rounds: list[Ints]


@dataclass(frozen=True, slots=True)
class Generation:
    """The results of a generation.

    Attributes:
        number: from 0.
        best: the genome with the best mean return.
        peak: the genome with the best single weight's mean return.
        best_mean, median_mean: mean return over weights and episodes, of the best and of the median genome.
        best_max: the best single weight's mean return of any genome.
        best_connections, median_connections: sizes.
    """

    number: int
    best: Genome
    peak: Genome
    best_mean: float
    median_mean: float
    best_max: float
    best_connections: int
    median_connections: float


class PcgNumbers(FileStruct):
    """The numbers of a PCG64 generator. msgspec has no ranges beyond 64 bits, so ``_check_numbers`` checks them."""

    state: int
    inc: int


class RngState(FileStruct):
    """The state of a PCG64 generator, as numpy gives it."""

    bit_generator: Literal["PCG64"]
    state: PcgNumbers
    has_uint32: Annotated[int, Meta(ge=0, le=1)]
    uinteger: Annotated[int, Meta(ge=0, le=2**32 - 1)]


class SearchState(FileStruct):
    """A search between two generations, in a file."""

    generation: Annotated[int, Meta(ge=0, le=10_000_000)]
    innovation: Count
    node_id: Count
    rng: RngState
    population: Annotated[list[GenomeFields], Meta(max_length=100_000)]
    weights: list[Finite] | None
    seeds: list[Annotated[int, Meta(ge=0, le=2**31 - 1)]] | None
    known: dict[str, list[list[Finite]]]


class Search:
    """One restart of the search."""

    def __init__(self, settings: SearchSettings, n_inputs: int, n_outputs: int, seed: np.random.SeedSequence) -> None:
        self.settings = settings
        self.n_inputs, self.n_outputs = n_inputs, n_outputs
        self.rng = np.random.Generator(np.random.PCG64(seed))
        self.generation = 0
        self.population = [
            initial_genome(n_inputs, n_outputs, settings.initially_enabled, self.rng)
            for _ in range(settings.population)
        ]
        self.counters = Counters((1 + n_inputs) * n_outputs, 1 + n_inputs + n_outputs)
        self._networks: dict[int, Network] = {}
        self._batch: EvaluationBatch | None = None
        self._lanes: tuple[Floats, Ints] | None = None
        self._known: dict[int, Floats] = {}

    def ask(self) -> EvaluationBatch:
        """The population and the weights and episodes that it plays. Asking twice gives the same batch."""
        if self._batch is None:
            kept = self._networks
            # A surviving genome keeps its compiled network. Comparing identity is enough, since genomes never change.
            networks = [kept.get(id(genome)) or compile_network(genome) for genome in self.population]
            self._networks = {id(genome): net for genome, net in zip(self.population, networks, strict=True)}
            if self._lanes is None or self.generation % self.settings.seed_generations == 0:
                seeds = self.rng.integers(0, 2**31, self.settings.episodes)
                self._lanes = self._draw_weights(), seeds
                self._known = {}
            weights, seeds = self._lanes
            known = [self._known.get(id(genome)) for genome in self.population]
            rounds = self.settings.halving_rounds
            order = np.arange(len(weights)) if rounds == 1 else self.rng.permutation(len(weights))
            self._batch = EvaluationBatch(networks, weights, seeds, known, np.array_split(order, rounds))
        return self._batch

    def _draw_weights(self) -> Floats:
        if self.settings.weights == "fixed":
            return np.array(SHARED_WEIGHTS)
        return stratified_weights(self.settings.n_weights, self.rng)

    def tell(self, returns: Floats, has_played: NDArray[np.bool_] | None = None) -> Generation:
        """Rank the population and breed the next one.

        Args:
            returns: (n_genomes, n_weights, n_episodes) of the last ``ask``.
            has_played: the same shape: the episodes that were played; None if all were. A genome gets the worst return
                for an episode that it did not play.

        Raises:
            WannError: ``ask`` was not called before, or the shape is wrong.
        """
        batch = self._batch
        if batch is None:
            raise WannError("tell without ask: ask() first, then tell what its batch returned")
        expected = (len(self.population), len(batch.shared_weights), len(batch.seeds))
        if returns.shape != expected:
            raise WannError(f"returns of shape {returns.shape}: must be {expected}")
        returns = np.nan_to_num(returns, nan=-1e9)
        has_played = np.ones(expected, dtype=np.bool_) if has_played is None else has_played
        worst = np.where(has_played, returns, np.inf).min(axis=0)
        per_weight = np.where(has_played, returns, worst).mean(axis=2)
        means, maxima = per_weight.mean(axis=1), per_weight.max(axis=1)
        sizes = np.array([network.n_connections for network in batch.networks], dtype=np.float64)
        by_size = self.rng.random() < self.settings.size_objective
        # A genome without connections would have the best possible size; it counts as if it had one connection.
        second = 1.0 / np.maximum(sizes, 1.0) if by_size else maxima
        order = rank(np.stack([means, second], axis=1))
        best = int(np.argmax(means))
        report = Generation(
            self.generation,
            self.population[best],
            self.population[int(np.argmax(maxima))],
            float(means[best]),
            float(np.median(means)),
            float(maxima.max()),
            int(sizes[best]),
            float(np.median(sizes)),
        )
        played = {
            id(genome): row
            for genome, row, everywhere in zip(self.population, returns, has_played, strict=True)
            if everywhere.all()
        }
        self._breed(order, per_weight, np.asarray(has_played.all(axis=2)), sizes)
        # Comparing identity is enough: genomes never change, and survivors stay the same objects.
        self._known = {id(genome): played[id(genome)] for genome in self.population if id(genome) in played}
        self.generation += 1
        self._batch = None
        return report

    def _breed(self, order: Ints, per_weight: Floats, has_played: NDArray[np.bool_], sizes: Floats) -> None:
        """Make the next population: elites of the ranking, then mutated children of selected parents.

        Args:
            order: rows of the population, best first.
            per_weight: (n_genomes, n_weights) mean returns.
            has_played: the same shape: whether every episode was played.
            sizes: (n_genomes,) connections.
        """
        settings = self.settings
        survivors = order[: max(1, len(order) - int(settings.cull * len(order)))]
        n_elites = int(settings.elite * len(survivors))
        n_children = settings.population - n_elites
        if settings.selection == "lexicase":
            epsilon = median_absolute_deviation(per_weight, has_played)
            parents = select_parents(per_weight, epsilon, sizes, n_children, self.rng)
        else:
            # Survivors are in order of rank, so the winner of a tournament is its smallest index.
            contests = self.rng.integers(0, len(survivors), (n_children, settings.tournament)).min(axis=1)
            parents = survivors[contests]
        elites = [self.population[row] for row in survivors[:n_elites]]
        self.population = elites + [self._child(self.population[row]) for row in parents]

    def _child(self, parent: Genome) -> Genome:
        settings = self.settings
        child = mutate(parent, settings.odds, self.counters, self.rng)
        while settings.mutate_again > 0.0 and self.rng.random() < settings.mutate_again:
            child = mutate(child, settings.odds, self.counters, self.rng)
        return child

    def state(self) -> dict[str, Any]:
        """Everything needed to continue exactly here, as JSON values. Not allowed between ``ask`` and ``tell``."""
        if self._batch is not None:
            raise WannError("state() between ask and tell: tell first")
        return {
            "generation": self.generation,
            "innovation": self.counters.innovation,
            "node_id": self.counters.node_id,
            "rng": self.rng.bit_generator.state,
            "population": [genome_to_dict(genome) for genome in self.population],
            "weights": None if self._lanes is None else self._lanes[0].tolist(),
            "seeds": None if self._lanes is None else self._lanes[1].tolist(),
            "known": {
                str(i): self._known[id(genome)].tolist()
                for i, genome in enumerate(self.population)
                if self.settings.seed_generations > 1 and id(genome) in self._known
            },
        }

    def restore(self, state: dict[str, Any], place: str) -> None:
        """Continue from ``state``.

        Raises:
            GenomeError: the state is damaged, or belongs to a search with other settings.
        """
        found = checked(state, SearchState, place, GenomeError, _REMEDY)
        _check_numbers(found, self.settings, place)
        population = []
        for i, item in enumerate(found.population):
            genome = genome_from_fields(item.nodes, item.connections, f"{place}.population[{i}]")
            check_shape(genome, self.n_inputs, self.n_outputs, f"{place}.population[{i}]")
            _check_counters(genome, found, f"{place}.population[{i}]")
            population.append(genome)
        lanes = None
        if found.seeds is not None:
            lanes = np.array(found.weights, dtype=np.float64), np.array(found.seeds, dtype=np.int64)
        known = {id(population[int(i)]): np.array(rows, dtype=np.float64) for i, rows in found.known.items()}
        self.rng.bit_generator.state = msgspec.to_builtins(found.rng)
        self.counters = Counters(found.innovation, found.node_id)
        self.generation = found.generation
        self.population = population
        self._networks = {}
        self._batch = None
        self._lanes, self._known = lanes, known


def _check_numbers(state: SearchState, settings: SearchSettings, place: str) -> None:
    """Check what a type's ranges cannot: the generator's numbers, and that the state fits the settings.

    Raises:
        GenomeError: a number or a size is wrong.
    """
    for name, value in (("state", state.rng.state.state), ("inc", state.rng.state.inc)):
        if not 0 <= value < 2**128 or (name == "inc" and value % 2 == 0):
            raise GenomeError(f"{place}.rng.state.{name} = {shown(value)}: is no such number of PCG64; {_REMEDY}")
    if len(state.population) != settings.population:
        raise GenomeError(f"{place}: {len(state.population)} genomes, must be {settings.population}; {_REMEDY}")
    expected = settings.n_weights, settings.episodes
    if (state.weights is None) != (state.seeds is None) or (
        state.weights is not None and state.seeds is not None and (len(state.weights), len(state.seeds)) != expected
    ):
        raise GenomeError(f"{place}.weights and seeds: must be {expected[0]} and {expected[1]}, or null; {_REMEDY}")
    for index, rows in state.known.items():
        if not (index.isascii() and index.isdecimal() and len(index) < 7 and int(index) < settings.population):
            raise GenomeError(f"{place}.known.{shown_name(index)}: there is no such genome; {_REMEDY}")
        if len(rows) != expected[0] or any(len(row) != expected[1] for row in rows):
            raise GenomeError(f"{place}.known.{index}: must be {expected[0]} rows of {expected[1]}; {_REMEDY}")


def _check_counters(genome: Genome, state: SearchState, place: str) -> None:
    """Check that the next numbers of the search are not used by any of its genomes.

    Raises:
        GenomeError: a genome uses one of them.
    """
    if max((node.id for node in genome.nodes), default=-1) >= state.node_id:
        raise GenomeError(f"{place}: has a node from {state.node_id}, the next one to be given out; {_REMEDY}")
    if max((gene.innovation for gene in genome.connections), default=-1) >= state.innovation:
        raise GenomeError(f"{place}: has an innovation from {state.innovation}, the next to be given out; {_REMEDY}")
