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
    """Settings of tuning. An experiment file can set every field, within the field's range.

    ``ends`` marks fields that only decide how long a tuning runs: a checkpoint can be resumed after they change.

    Raises:
        SettingError: a value is out of its range.
    """

    shared_grid: Annotated[int, Meta(ge=1, le=100_000)]
    """Shared weights tried in [-2, 2]; then the same number is tried around the best ones."""
    shared_episodes: Annotated[int, Meta(ge=1, le=10_000)]
    """Episodes for each of these shared weights."""
    iterations: Annotated[int, Meta(ge=1, le=10_000_000, extra={"ends": True})]
    """Iterations of the optimiser."""
    candidates: Annotated[int, Meta(ge=MIN_CANDIDATES, le=100_000)]
    """Candidates per iteration."""
    episodes: Annotated[int, Meta(ge=1, le=10_000)]
    """Episodes per candidate, common to all candidates of an iteration."""
    sigma: Annotated[float, Meta(ge=1e-6, le=100.0)]
    """First step size for the champion; every second restart begins with 0.4 of it, to stay nearer to its start."""
    baseline_sigma: Annotated[float, Meta(ge=1e-6, le=100.0)] = 1.0
    """First step size and spread of the start for the fixed topology, which has no good start."""
    restarts: Annotated[int, Meta(ge=1, le=10_000, extra={"ends": True})] = 2
    """Independent optimisations; the best on unseen episodes is kept."""
    screening_iterations: Annotated[int, Meta(ge=0, le=10_000_000, extra={"formerly": "probation", "ends": True})] = 0
    """Iterations of every restart before only n_promoted of them continue, since most stop in a local optimum; 0: all
    continue."""
    n_promoted: Annotated[int, Meta(ge=1, le=10_000, extra={"formerly": "promoted", "ends": True})] = 1
    """Best restarts that continue after screening_iterations."""
    finalists: Annotated[int, Meta(ge=1, le=1000)] = 8
    """Candidates compared at the end on final_episodes episodes that none has seen."""
    final_episodes: Annotated[int, Meta(ge=1, le=10_000)] = 128
    """Episodes on which the finalists are compared."""
    separable_from: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 400
    """Number of weights from which the covariance is kept diagonal."""
    gradient_from: Annotated[int, Meta(ge=1, le=1_000_000_000)] = 1_000_000_000
    """Number of weights from which optimisers.GradientStrategy replaces CMA-ES."""
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
        settings: size of the grid.
        evaluator: runs the lanes.
        rng: draws the episodes.
        training: whether these are training episodes.
        also: further weights to try.
    """
    seeds = rng.integers(0, 2**31, settings.shared_episodes)
    step = 2.0 * WEIGHT_LIMIT / settings.shared_grid
    grid = -WEIGHT_LIMIT + step * (np.arange(settings.shared_grid) + 0.5)
    grid = np.concatenate([grid, also])
    means = _mean_over(network, grid, seeds, evaluator, training=training)
    top = grid[np.argsort(-means, kind="stable")[:4]]
    fine = np.unique(np.clip(np.concatenate([w + np.linspace(-step, step, 33) for w in top]), -1.999, 1.999))
    fine = np.unique(np.concatenate([fine, also]))
    # The finer grid gets new episodes, so that the winner is not only the luckiest on the first ones.
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

    An optimiser's state is not stored: it depends only on its seed and on the returns it was told. To resume, a new
    optimiser is told the recorded returns again.

    Args:
        network: the structure.
        start: (n_connections,) where to begin.
        sigma: first step size.
        settings: of the tuning.
        evaluator: runs the lanes; in training mode during the search, on the unchanged task for the final choice.
        seed: of episodes and optimiser.
        reporter: shows progress.
        what: its name in the progress line.
        recorded: one list of mean returns per finished iteration; grows.
        on_iteration: called after each new iteration, to keep ``recorded``.

    Returns:
        The best mean return on unseen episodes, and the (n_connections,) weights that earned it.
    """
    if len(start) == 0:  # a network without connections
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
