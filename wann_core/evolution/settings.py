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
    """How a search goes. Every field can be set in an experiment file, within the range that it carries.

    ``ends`` marks what decides only how long a search goes on: a checkpoint is resumed when it changes.

    Raises:
        SettingError: a value is out of its range, or two do not fit each other.
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
    """The paper's six shared weights, or fresh draws each generation, one per stratum."""
    n_weights: Annotated[int, Meta(ge=1, le=1000)]
    """Shared weights; six if they are fixed."""
    initially_enabled: Annotated[float, Meta(ge=0.0, le=1.0)]
    """Chance of each bias/input to output connection to be on at the start."""
    tournament: Annotated[int, Meta(ge=1, le=10_000)]
    """Contestants per parent, of a tournament."""
    selection: Literal["tournament", "lexicase"] = "tournament"
    """How parents are chosen: the best-ranked of ``tournament`` survivors, as in the paper, or by epsilon-lexicase over
    the shared weights, from the whole population, see ``lexicase``. The elites are those of the ranking either way.
    """
    mutate_again: Annotated[float, Meta(ge=0.0, le=0.9)] = 0.0
    """Chance that a child is mutated once more, and once more after that, and so on."""
    screening_generations: Annotated[int, Meta(ge=0, le=10_000_000, extra={"formerly": "probation", "ends": True})] = 0
    """Generations that every restart gets; only n_promoted go on, since many stop early in a local optimum; 0: all go
    on.
    """
    n_promoted: Annotated[int, Meta(ge=1, le=10_000, extra={"formerly": "promoted", "ends": True})] = 1
    """Restarts with the best champions that go on after screening_generations."""
    cull: Annotated[float, Meta(ge=0.0, le=0.99)] = 0.2
    """Share of the population that is dropped before breeding."""
    elite: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.2
    """Share of the survivors that go on unchanged."""
    size_objective: Annotated[float, Meta(ge=0.0, le=1.0)] = 0.8
    """Chance that a generation's second objective is the size, not the best weight."""
    halving_rounds: Annotated[int, Meta(ge=1, le=1000)] = 1
    """Rounds of successive halving: the weights are dealt out over the rounds, anew each generation, and after each but
    the last the worse half of the new genomes plays no more; 1: all play all.
    """
    seed_generations: Annotated[int, Meta(ge=1, le=1_000_000)] = 1
    """Generations that play the same episodes with the same weights; what an elite earned there is known and not played
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
