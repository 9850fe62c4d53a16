"""Settings of a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from wann_core.evolution.mutation import OperatorOdds


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How a search goes. Every field can be set in an experiment file.

    Attributes:
        population: genomes per generation.
        generations: generations per restart.
        restarts: independent searches; the best champion of all is kept.
        probation: generations that every restart gets; only the ``promoted`` ones with the best champions go on from
            there, since many get stuck early. 0: all go on.
        promoted: see above.
        episodes: episodes per shared weight and generation, with common seeds.
        weights: ``fixed`` for the paper's six, ``stratified`` for fresh draws each generation, one per stratum.
        n_weights: how many weights; six where they are fixed.
        initially_enabled: chance of each bias/input to output connection to be on at the start.
        selection: how parents are chosen. ``tournament``: the best-ranked of ``tournament`` survivors, as in the paper.
            ``lexicase``: epsilon-lexicase over the shared weights, from the whole population; see ``lexicase``. The
            elites are those of the ranking either way.
        tournament: contestants per parent, of a tournament.
        mutate_again: chance that a child is mutated once more, and once more after that, and so on.
        cull: share of the population that is dropped before breeding.
        elite: share of the survivors that go on unchanged.
        size_objective: chance that a generation's second objective is the size, not the best weight.
        halving_rounds: rounds of successive halving: the weights are dealt out over the rounds, anew each generation,
            and after each but the last the worse half of the new genomes plays no more. 1 lets everybody play all.
        seed_generations: generations that play the same episodes with the same weights; what an elite earned there is
            known and not played again.
        change_activation, add_node, add_connection, enable_connection: odds of the operators.
    """

    population: int
    generations: int
    restarts: int
    episodes: int
    weights: Literal["fixed", "stratified"]
    n_weights: int
    initially_enabled: float
    tournament: int
    selection: Literal["tournament", "lexicase"] = "tournament"
    mutate_again: float = 0.0
    probation: int = 0
    promoted: int = 1
    cull: float = 0.2
    elite: float = 0.2
    size_objective: float = 0.8
    halving_rounds: int = 1
    seed_generations: int = 1
    change_activation: float = 0.50
    add_node: float = 0.25
    add_connection: float = 0.20
    enable_connection: float = 0.05

    @property
    def odds(self) -> OperatorOdds:
        """The operators' odds."""
        return OperatorOdds(self.change_activation, self.add_node, self.add_connection, self.enable_connection)
