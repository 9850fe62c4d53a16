"""Settings of a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Final, Literal

from msgspec import Meta

from wann_core.evolution.mutation import OperatorOdds
from wann_core.files.checked import SettingError, check_settings

N_FIXED_WEIGHTS: Final = 6


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """Settings of a search. An experiment file can set every field, within the field's range.

    ``ends`` marks fields that only decide how long a search runs: a checkpoint can be resumed after they change.

    Raises:
        SettingError: a value is out of its range, or two values contradict each other.
    """

    population: Annotated[int, Meta(ge=2, le=100_000)]
    """Genomes per generation."""
    generations: Annotated[int, Meta(ge=1, le=10_000_000, extra={"ends": True})]
    """Generations per restart."""
    restarts: Annotated[int, Meta(ge=1, le=10_000, extra={"ends": True})]
    """Independent searches; the best champion of all is kept."""
    episodes: Annotated[int, Meta(ge=1, le=10_000)]
    """Episodes per shared weight and generation, with common seeds."""
    weights: Literal["fixed", "stratified"]
    """The paper's six shared weights, or new draws in each generation, one per stratum."""
    n_weights: Annotated[int, Meta(ge=1, le=1000)]
    """Number of shared weights; six if they are fixed."""
    initially_enabled: Annotated[float, Meta(ge=0.0, le=1.0)]
    """Probability that a connection from the bias or an input to an output is enabled at the start."""
    tournament: Annotated[int, Meta(ge=1, le=10_000)]
    """Contestants of the tournament that selects a parent."""
    selection: Literal["tournament", "lexicase"] = "tournament"
    """How parents are chosen: the best-ranked of ``tournament`` survivors, as in the paper, or by epsilon-lexicase over
    the shared weights, from the whole population, see ``lexicase``. The elites are those of the ranking either way.
    """
    mutate_again: Annotated[float, Meta(ge=0.0, le=0.9)] = 0.0
    """Probability of a further mutation of a child, drawn again after each one."""
    screening_generations: Annotated[int, Meta(ge=0, le=10_000_000, extra={"formerly": "probation", "ends": True})] = 0
    """Generations of every restart before only n_promoted of them continue, since many stop early in a local optimum;
    0: all continue.
    """
    n_promoted: Annotated[int, Meta(ge=1, le=10_000, extra={"formerly": "promoted", "ends": True})] = 1
    """Restarts with the best champions that continue after screening_generations."""
    cull: Annotated[float, Meta(ge=0.0, le=0.99)] = 0.2
    """Share of the population that is dropped before breeding."""
    elite: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.2
    """Share of the survivors that stay unchanged."""
    size_objective: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.8
    """Probability that a generation's second objective is the size, not the best weight."""
    halving_rounds: Annotated[int, Meta(ge=1, le=1000)] = 1
    """Rounds of successive halving. Each generation divides the weights among the rounds at random. After each round
    but the last, the worse half of the new genomes stops playing; 1: every genome plays every weight.
    """
    seed_generations: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    """Generations that play the same episodes with the same weights. An elite's returns are then known and not played
    again.
    """
    change_activation: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.50
    """Odds of this operator."""
    add_node: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.25
    """Odds of this operator."""
    add_connection: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.20
    """Odds of this operator."""
    enable_connection: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.05
    """Odds of this operator."""

    def __post_init__(self) -> None:
        check_settings(self)
        odds = self.change_activation + self.add_node + self.add_connection + self.enable_connection
        if abs(odds - 1.0) > 1e-9:
            raise SettingError(
                f"SearchSettings: the odds of the four operators sum to {odds:.6g}: change_activation, add_node, "
                "add_connection and enable_connection must sum to 1"
            )
        if self.weights == "fixed" and self.n_weights != N_FIXED_WEIGHTS:
            raise SettingError(
                f'SearchSettings: n_weights = {self.n_weights}: weights = "fixed" means {N_FIXED_WEIGHTS}'
            )

    @property
    def odds(self) -> OperatorOdds:
        """The operators' odds."""
        return OperatorOdds(self.change_activation, self.add_node, self.add_connection, self.enable_connection)
