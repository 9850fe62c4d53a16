"""The search stage of a run: restarts one after the other; their champions are tried on unseen weights and episodes."""

from __future__ import annotations

import time
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_core.evaluation.evaluator import Evaluator
from wann_core.evolution.search import EvaluationBatch, Generation
from wann_core.files.atomic import write_text
from wann_core.files.checked import under_former_names
from wann_core.files.hashing import content_hash
from wann_core.networks.arrays import Floats
from wann_core.networks.genome import compile_network
from wann_core.progress import stage
from wann_core.runs.champion_file import save_champion, save_snapshots
from wann_core.runs.champion_selection import champion_score, champion_weights, choose
from wann_core.runs.checkpoint import Restart, load_restarts, new_restart, save_restarts
from wann_core.runs.run import PeriodicSaver, Run, SeedUse
from wann_core.runs.store import ResultsError, history_text, load_stages
from wann_core.weights.champion import Champion, Snapshot

N_SNAPSHOTS: Final = 6


def search_stage(run: Run) -> None:
    """Run every restart to its end and write champion, snapshots and history into the work folder.

    The checkpoint stays there, so that a later run can add generations.

    Raises:
        ResultsError: the checkpoint is damaged, or it is missing although the search needs more generations.
    """
    settings = run.experiment.search
    path = run.work.root / "search-checkpoint.json"
    written = _written(run)
    if written and not path.is_file():
        if len(written.generations) < settings.restarts or max(written.generations) < settings.generations:
            raise ResultsError(f"{path}: is gone, so this search cannot go on; leave out --resume to start again")
        run.searched(max(written.generations), len(written.generations))
        return
    restarts = load_restarts(run, path) if path.is_file() else []
    save = PeriodicSaver(lambda: save_restarts(path, restarts))
    while len(restarts) < settings.restarts:
        restarts.append(new_restart(run, len(restarts)))
    first = min(settings.screening_generations or settings.generations, settings.generations)
    n_promoted = min(settings.n_promoted, settings.restarts)
    n_done = [restart.search.generation for restart in restarts]
    total = settings.restarts * first + n_promoted * (settings.generations - first)
    with stage(run.reporter, max(total, sum(n_done)), "search: generations", sum(n_done)):
        for restart in restarts:
            for row in restart.rows:
                run.reporter.advance(0, **_facts(row))

        def go_on(index: int, generations: int) -> None:
            while restarts[index].search.generation < generations and time.monotonic() < run.deadline:
                _generation(run, restarts[index], index)
                _show(run, restarts[index])
                save()

        for index in range(settings.restarts):
            go_on(index, first)
        by_score = sorted(range(settings.restarts), key=lambda index: -restarts[index].score_after(first))
        for index in sorted(by_score[:n_promoted]):
            go_on(index, settings.generations)
    generations = [restart.search.generation for restart in restarts]
    if written and written.inputs_hash == _inputs(run, generations):
        run.searched(max(generations), len(generations))
    else:
        save(now=True)
        _write_winner(run, restarts)


class _Written(NamedTuple):
    """The provenance of the search whose champion is in the work folder."""

    inputs_hash: str
    generations: list[int]


def _written(run: Run) -> _Written | None:
    if not run.work.champion.is_file():
        return None
    search = load_stages(run.work).get("search", {})
    return _Written(search["inputs_hash"], search["generations"]) if "generations" in search else None


def _inputs(run: Run, generations: list[int]) -> str:
    """Hash of everything that the search's files depend on: its course, its length, the champion's selection."""
    choice, tuning = run.experiment.champion, run.experiment.tune
    return content_hash(
        run.identity,
        generations,
        under_former_names(choice),
        under_former_names(tuning) if choice.tuned_coefficient else None,
    )


def _facts(row: dict[str, float]) -> dict[str, float]:
    """The numbers of a generation that are shown during the search."""
    return {
        "best_mean": row["best_mean_return"],
        "best_max": row["best_max_return"],
        "connections": row["best_connections"],
    }


def _show(run: Run, restart: Restart) -> None:
    run.reporter.advance(
        **_facts(restart.rows.row(-1)),
        champion=restart.scores[-1],
        Msteps_per_s=restart.steps / max(restart.seconds, 1e-9) / 1e6,
    )


# --- one generation -------------------------------------------------------------------------------------------------


def play(batch: EvaluationBatch, evaluator: Evaluator) -> tuple[Floats, NDArray[np.bool_], int]:
    """Let a population play its batch. Each genome plays until successive halving stops it.

    Returns:
        (n_genomes, n_weights, n_episodes) returns, which of them were played now or are known, and the number of
        episodes played now.
    """
    n_episodes = len(batch.seeds)
    returns = np.zeros((len(batch.networks), len(batch.shared_weights), n_episodes))
    has_played = np.zeros(returns.shape, dtype=np.bool_)
    for row, known in enumerate(batch.known):
        if known is not None:
            returns[row], has_played[row] = known, True
    active = np.array([row for row, known in enumerate(batch.known) if known is None], dtype=np.int64)
    n_played = 0
    for number, columns in enumerate(batch.rounds):
        if number > 0:
            so_far = np.concatenate(batch.rounds[:number])
            means = returns[active][:, so_far].mean(axis=(1, 2))
            active = np.sort(active[np.argsort(-means, kind="stable")[: -(-len(active) // 2)]])
        if len(active) == 0:
            break
        lanes = evaluator.population_returns(
            [batch.networks[row] for row in active],
            np.repeat(batch.shared_weights[columns], n_episodes),
            np.tile(batch.seeds, len(columns)),
            training=True,
        )
        n_played += lanes.size
        cells = np.ix_(active, columns)
        returns[cells] = np.nan_to_num(lanes, nan=-1e9).reshape(len(active), len(columns), n_episodes)
        has_played[cells] = True
    return returns, has_played, n_played


def _generation(run: Run, restart: Restart, index: int) -> None:
    """Run one generation: evaluate, rank and breed; try its best genome as champion."""
    began, steps_before = time.monotonic(), run.evaluator.steps
    batch = restart.search.ask()
    returns, has_played, n_played = play(batch, run.evaluator)
    report = restart.search.tell(returns, has_played)
    _try_champions(run, restart, index, report)
    restart.steps += run.evaluator.steps - steps_before
    restart.seconds += time.monotonic() - began
    row = {
        "restart": index,
        "generation": report.number,
        "evaluations": n_played + (restart.rows.row(-1)["evaluations"] if restart.rows else 0),
        "environment_steps": restart.steps,
        "best_mean_return": report.best_mean,
        "median_mean_return": report.median_mean,
        "best_max_return": report.best_max,
        "best_connections": report.best_connections,
        "median_connections": report.median_connections,
        "seconds": restart.seconds,
    }
    restart.rows.append(row)


def _try_champions(run: Run, restart: Restart, index: int, report: Generation) -> None:
    """Try the generation's best genome, and the one with the best single weight, on unseen weights and episodes."""
    settings = run.experiment.champion
    rng = np.random.Generator(np.random.PCG64(run.child(SeedUse.CHAMPION, index)))
    weights = champion_weights(run, settings.weights, rng)
    seeds = rng.integers(0, 2**31, settings.episodes)
    candidates = [report.best] if report.peak is report.best else [report.best, report.peak]
    for genome in candidates:
        if genome == restart.champion or genome in restart.tried:
            continue
        score = champion_score(compile_network(genome), settings, weights, seeds, run.evaluator)
        if not restart.scores or score > restart.scores[-1]:
            restart.champion = genome
            restart.scores.append(score)
            restart.snapshots.append(Snapshot(report.number, report.best_mean, genome))
    restart.tried = candidates


# --- the end --------------------------------------------------------------------------------------------------------


def _write_winner(run: Run, restarts: list[Restart]) -> None:
    """Compare the restarts' champions and write the best one's files."""
    steps_before, began = run.evaluator.steps, time.monotonic()
    winner, snapshots = choose(run, restarts)
    picks = np.unique(np.round(np.geomspace(1, len(snapshots), min(N_SNAPSHOTS, len(snapshots)))).astype(int)) - 1
    run.work.champion.unlink(missing_ok=True)  # from an earlier end of this search: it would mark the stage as finished
    save_snapshots(run.work, [snapshots[i] for i in picks])
    write_text(run.work.history, history_text([row for restart in restarts for row in restart.rows]))
    generations = [restart.search.generation for restart in restarts]
    inputs = _inputs(run, generations)
    run.searched(max(generations), len(restarts))
    seconds = sum(restart.seconds for restart in restarts) + time.monotonic() - began
    steps = sum(restart.steps for restart in restarts) + run.evaluator.steps - steps_before
    run.record(run.work, "search", inputs, seconds=seconds, steps=steps, generations=generations, chosen=[winner])
    # This file is written last, since it marks the stage as finished.
    save_champion(run.work, Champion(snapshots[-1].genome))
