"""Prune the champion of a store: cut connections that earn nothing, without making any score worse."""

from __future__ import annotations

import math
import shutil
import time

import numpy as np

from wann_core.errors import WannError
from wann_core.evolution.shared_weights import SHARED_WEIGHTS, stratified_weights
from wann_core.files.hashing import content_hash
from wann_core.networks.genome import Genome
from wann_core.networks.genome_json import genome_to_dict
from wann_core.runs.champion_file import load_champion, load_snapshots, save_champion, save_snapshots
from wann_core.runs.execution import Execution
from wann_core.runs.run import Run, SeedUse
from wann_core.runs.store import RunStore, load_scores
from wann_core.runs.tuning_stage import score_stage, tune_stage
from wann_core.runs.update import opened
from wann_core.runs.workspace import alone_in, replacing
from wann_core.weights.champion import Champion, Snapshot
from wann_core.weights.conditions import CONDITIONS
from wann_core.weights.pruning import Lanes, prune

N_WEIGHTS = 32
N_EPISODES = 4
N_BEST = 16
"""Lanes for comparing connections: stratified shared weights, the search's own weights if they are fixed, and the best
single weight N_BEST times, which protects its own cell of the scores.
"""


class PruningError(WannError):
    """A pruned champion earns less than the original."""


def prune_store(files: RunStore, execution: Execution, seed: int | None) -> tuple[int, int]:
    """Prune, tune and score; the store stays unchanged if any score of the champion gets worse.

    Args:
        files: the store.
        execution: how it is done.
        seed: of pruning and tuning; None uses the seed of the store's last tuning.

    Returns:
        Number of connections before and after.

    Raises:
        PruningError: a mean is below the recorded one by more than the standard error of their difference.
        ResultsError: a file of the store is missing or damaged.
    """
    with alone_in(files.root), opened(files, execution, seed=seed) as run:
        champion, recorded = load_champion(files), load_scores(files.scores)
        genome = _pruned(run, champion)
        if genome == champion.genome:
            return genome.n_connections, genome.n_connections
        with replacing(files) as copy:
            began, steps = time.monotonic(), run.evaluator.steps
            save_champion(copy, Champion(genome))
            snapshots = load_snapshots(copy.snapshots)
            last = snapshots[-1]
            save_snapshots(copy, [*snapshots, Snapshot(last.generation, last.mean_return, genome)])
            inputs = content_hash(genome_to_dict(champion.genome), run.seed)
            run.record(copy, "prune", inputs, seconds=time.monotonic() - began, steps=run.evaluator.steps - steps)
            shutil.rmtree(run.work.root, ignore_errors=True)
            run.work.root.mkdir(parents=True)
            tune_stage(run, copy, keeps_baseline=True)
            score_stage(run, copy)
            measured = load_scores(copy.scores)
            for condition in CONDITIONS:
                old, new = recorded["wann"][condition], measured["wann"][condition]
                # Independent trials: the networks have another number of connections, so other random weights.
                error = math.hypot(old["std"], new["std"]) / recorded["trials"] ** 0.5
                if new["mean"] < old["mean"] - error:
                    raise PruningError(
                        f"{files.root}: with {genome.n_connections} of {champion.genome.n_connections} connections the "
                        f"champion earns {new['mean']:.1f} instead of {old['mean']:.1f} ({condition}); the store is as "
                        "it was; try another --seed"
                    )
        shutil.rmtree(run.work.root, ignore_errors=True)
    return champion.genome.n_connections, genome.n_connections


def _pruned(run: Run, champion: Champion) -> Genome:
    rng = np.random.Generator(np.random.PCG64(run.child(SeedUse.PRUNING)))
    is_fixed = run.experiment.search.weights == "fixed"

    def draw_lanes() -> Lanes:
        weights = stratified_weights(N_WEIGHTS, rng)
        weights = np.concatenate([weights, SHARED_WEIGHTS]) if is_fixed else weights
        best = [] if champion.shared_weight is None else [champion.shared_weight] * N_BEST
        weights = np.concatenate([weights, best])
        return Lanes.of(weights, rng.integers(0, 2**31, N_EPISODES))

    return prune(champion.genome, draw_lanes, run.evaluator, run.reporter, training=True)
