"""Tuning a fixed structure: its best shared weight, and its individual weights by CMA-ES.

The paper tuned by population-based REINFORCE; the 2019 release's recipe is CMA-ES with 32 candidates, 4 episodes and
step size 0.5 from the good shared weight, about 150 iterations.

The optimisers are in ``optimisers``: CMA-ES, with a diagonal covariance for many weights, and for thousands of them an
evolution strategy that follows a gradient.

Source: Gaier & Ha 2019, section 4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Annotated, Any, Final

import numpy as np
from msgspec import Meta

from wann_core.evaluation.evaluator import Evaluator
from wann_core.evolution.shared_weights import WEIGHT_LIMIT
from wann_core.files.checked import SettingError, check_settings
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.network import Network
from wann_core.progress import Reporter, stage
from wann_core.weights.optimisers import Cma, GradientStrategy, Optimiser

MIN_CANDIDATES: Final = 3
AnyFloats = np.ndarray[Any, np.dtype[np.floating[Any]]]


@dataclass(frozen=True, slots=True)
class TuneSettings:
    """How weights are tuned. Every field can be set in an experiment file, within the range that it carries.

    ``ends`` marks what decides only how long a tuning goes on: a checkpoint is resumed when it changes.

    Raises:
        SettingError: a value is out of its range.
    """

    shared_grid: Annotated[int, Meta(ge=1, le=100_000)]
    """Shared weights tried in [-2, 2], then as many again around the best ones."""
    shared_episodes: Annotated[int, Meta(ge=1, le=10_000)]
    """Episodes for each of them."""
    iterations: Annotated[int, Meta(ge=1, le=10_000_000, extra={"ends": True})]
    """Iterations of the optimiser."""
    candidates: Annotated[int, Meta(ge=MIN_CANDIDATES, le=100_000)]
    """Candidates per iteration."""
    episodes: Annotated[int, Meta(ge=1, le=10_000)]
    """Episodes per candidate, common to all candidates of an iteration."""
    sigma: Annotated[float, Meta(ge=1e-6, le=100.0)]
    """First step size for the champion; every other restart begins with 0.4 of it, nearer to its start."""
    baseline_sigma: Annotated[float, Meta(ge=1e-6, le=100.0)] = 1.0
    """First step size and spread of the start for the fixed topology, which has no good start."""
    restarts: Annotated[int, Meta(ge=1, le=10_000, extra={"ends": True})] = 2
    """Independent optimisations; the best on unseen episodes counts."""
    screening_iterations: Annotated[int, Meta(ge=0, le=10_000_000, extra={"formerly": "probation", "ends": True})] = 0
    """Iterations that every restart gets; only n_promoted go on, since most stop in a local optimum; 0: all go on."""
    n_promoted: Annotated[int, Meta(ge=1, le=10_000, extra={"formerly": "promoted", "ends": True})] = 1
    """Best restarts that go on after screening_iterations."""
    finalists: Annotated[int, Meta(ge=1, le=1000)] = 8
    """Candidates compared at the end on final_episodes that none has seen."""
    final_episodes: Annotated[int, Meta(ge=1, le=10_000)] = 128
    """Episodes on which the finalists are compared."""
    separable_from: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 400
    """Weights from which the covariance is kept diagonal."""
    gradient_from: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1_000_000_000
    """Weights from which optimisers.GradientStrategy takes the place of CMA-ES."""
    gradient_rate: Annotated[float, Meta(ge=1e-6, le=10.0)] = 0.02
    """Learning rate of the GradientStrategy."""
    baseline_iterations: Annotated[int, Meta(ge=0, le=10_000_000, extra={"ends": True})] = 0
    """Iterations for the fixed topology, which may have many more weights; 0: the same."""
    baseline_candidates: Annotated[int, Meta(ge=0, le=100_000)] = 0
    """Candidates for the fixed topology; 0: the same."""
    baseline_episodes: Annotated[int, Meta(ge=0, le=10_000)] = 0
    """Episodes for the fixed topology; 0: the same."""

    def __post_init__(self) -> None:
        check_settings(self)
        if 0 < self.baseline_candidates < MIN_CANDIDATES:
            raise SettingError(
                f"TuneSettings: baseline_candidates = {self.baseline_candidates}: must be 0 or from {MIN_CANDIDATES}"
            )

    @property
    def for_baseline(self) -> TuneSettings:
        """The settings of the fixed topology."""
        return replace(
            self,
            iterations=self.baseline_iterations or self.iterations,
            candidates=self.baseline_candidates or self.candidates,
            episodes=self.baseline_episodes or self.episodes,
        )


def best_shared_weight(
    network: Network,
    settings: TuneSettings,
    evaluator: Evaluator,
    rng: np.random.Generator,
    *,
    training: bool,
    also: tuple[float, ...] = (),
) -> float:
    """The shared weight in [-2, 2] with the best mean return: a grid, then a finer one around its best points.

    Args:
        network: the structure.
        settings: how fine.
        evaluator: runs the lanes.
        rng: draws the episodes.
        training: whether they are those of training.
        also: weights to try beside the grid.
    """
    seeds = rng.integers(0, 2**31, settings.shared_episodes)
    step = 2.0 * WEIGHT_LIMIT / settings.shared_grid
    grid = -WEIGHT_LIMIT + step * (np.arange(settings.shared_grid) + 0.5)
    grid = np.concatenate([grid, also])
    means = _mean_over(network, grid, seeds, evaluator, training=training)
    top = grid[np.argsort(-means, kind="stable")[:4]]
    fine = np.unique(np.clip(np.concatenate([w + np.linspace(-step, step, 33) for w in top]), -1.999, 1.999))
    fine = np.unique(np.concatenate([fine, also]))
    # The finer grid gets fresh episodes, so that the winner of many is not the luckiest on the first ones.
    fresh = rng.integers(0, 2**31, 2 * settings.shared_episodes)
    return float(fine[np.argmax(_mean_over(network, fine, fresh, evaluator, training=training))])


def _mean_over(network: Network, weights: AnyFloats, seeds: Ints, evaluator: Evaluator, *, training: bool) -> Floats:
    """Mean return per candidate: weights (n,) shared or (n, n_connections) individual."""
    lanes = np.repeat(weights, len(seeds), axis=0).astype(np.float64)
    returns = evaluator.lane_returns(network, lanes, np.tile(seeds, len(weights)), training=training)
    means: Floats = np.nan_to_num(returns, nan=-1e9).reshape(len(weights), len(seeds)).mean(axis=1)
    return means


def tune_weights(
    network: Network,
    start: Floats,
    sigma: float,
    settings: TuneSettings,
    evaluator: Evaluator,
    seed: np.random.SeedSequence,
    reporter: Reporter,
    what: str,
    recorded: list[list[float]],
    on_iteration: Callable[[], None],
) -> tuple[float, Floats]:
    """Optimise one weight per connection.

    An optimiser's state need not be stored: it is a function of its seed and of what it was told, so resuming tells a
    fresh one the recorded values again.

    Args:
        network: the structure.
        start: (n_connections,) where to begin.
        sigma: first step size.
        settings: how.
        evaluator: runs the lanes; in training mode while searching, on the task as it is to choose at the end.
        seed: of episodes and optimiser.
        reporter: shows progress.
        what: what the progress line calls it.
        recorded: one list of mean returns per finished iteration; grows.
        on_iteration: called after each new iteration, to keep ``recorded``.

    Returns:
        The best mean return on unseen episodes, and the (n_connections,) weights that earned it.
    """
    if len(start) == 0:  # a network that does best by doing nothing
        return 0.0, np.asarray(start, dtype=np.float64)
    episode_seed, optimiser_seed, final_seed = seed.spawn(3)
    episodes = np.random.Generator(np.random.PCG64(episode_seed))
    optimiser = _optimiser(start, sigma, settings, np.random.Generator(np.random.PCG64(optimiser_seed)))
    finalists: list[tuple[float, Floats]] = []
    with stage(reporter, settings.iterations, what):
        for iteration in range(settings.iterations):
            candidates = optimiser.ask()
            seeds = episodes.integers(0, 2**31, settings.episodes)
            is_new = iteration >= len(recorded)
            if is_new:
                means = _mean_over(network, candidates, seeds, evaluator, training=True)
                recorded.append([float(mean) for mean in means])
            told = np.array(recorded[iteration])
            optimiser.tell(told)
            best = int(np.argmax(told))
            finalists = sorted([*finalists, (float(told[best]), candidates[best])], key=lambda f: -f[0])
            finalists = finalists[: settings.finalists]
            if is_new:
                on_iteration()
            reporter.advance(best=float(told[best]), mean=float(told.mean()))
    compared = np.stack([optimiser.centre, np.asarray(start, dtype=np.float64), *[weights for _, weights in finalists]])
    final = np.random.Generator(np.random.PCG64(final_seed)).integers(0, 2**31, settings.final_episodes)
    means = _mean_over(network, compared, final, evaluator, training=False)
    chosen = int(np.argmax(means))
    return float(means[chosen]), compared[chosen]


def _optimiser(start: Floats, sigma: float, settings: TuneSettings, rng: np.random.Generator) -> Optimiser:
    if len(start) >= settings.gradient_from:
        return GradientStrategy(start, sigma, settings.candidates, rng, rate=settings.gradient_rate)
    is_separable = len(start) >= settings.separable_from
    return Cma(start, sigma, settings.candidates, rng, is_separable=is_separable)
