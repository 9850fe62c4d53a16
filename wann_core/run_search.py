"""The search stage of a run: restarts one after the other, their champions tried on what the search has not seen."""

from __future__ import annotations

import time
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from wann_core.atomic import write_text
from wann_core.champion import Champion, Snapshot, save_champion, save_snapshots
from wann_core.evaluate import Evaluator
from wann_core.experiment import ChampionSettings
from wann_core.genome import Genome, compile_network
from wann_core.genome_io import genome_from_dict, genome_to_dict
from wann_core.hashing import content_hash
from wann_core.network import Network
from wann_core.progress import stage
from wann_core.results import HISTORY_COLUMNS, ResultsError, history_text, read_json, write_json
from wann_core.run import Keeper, Run
from wann_core.search import SHARED_WEIGHTS, Generation, Search, Trial, stratified_weights
from wann_core.tasks import load_task
from wann_core.tasks.contract import Floats
from wann_core.tune import best_shared_weight, tune_weights

N_SNAPSHOTS: Final = 6
_SEARCH, _CHAMPION, _FINAL = range(3)
"""Uses of the run's seed; those of tuning follow."""


@dataclass(slots=True)
class _Restart:
    """One restart: the search, its champion so far and how that came about, what it cost, who was tried last."""

    search: Search
    champion: Genome | None = None
    snapshots: list[Snapshot] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)  # of the snapshots, on what the search has not seen
    rows: list[dict[str, float]] = field(default_factory=list)
    steps: int = 0
    seconds: float = 0.0
    tried: list[Genome] = field(default_factory=list)

    def score_after(self, generations: int) -> float:
        """The champion's score once so many generations were over."""
        known = [
            score for shot, score in zip(self.snapshots, self.scores, strict=True) if shot.generation < generations
        ]
        return known[-1] if known else -np.inf


def search_stage(run: Run) -> None:
    """Run every restart to its end and write champion, snapshots and history into the work folder.

    The checkpoint stays there, so that a later run may go on to more generations.

    Raises:
        ResultsError: the checkpoint is damaged, or more generations are asked of a search whose checkpoint is gone.
    """
    settings = run.experiment.search
    path = run.work.root / "search-checkpoint.json"
    written = _written(run)
    if written and not path.is_file():
        if len(written.generations) < settings.restarts or max(written.generations) < settings.generations:
            raise ResultsError(f"{path}: is gone, so this search cannot go on; leave out --resume to start again")
        run.searched(max(written.generations), len(written.generations))
        return
    restarts = _load(run, path) if path.is_file() else []
    keep = Keeper(lambda: write_json(path, {"restarts": [_to_json(one) for one in restarts]}, is_compact=True))
    while len(restarts) < settings.restarts:
        restarts.append(_new_restart(run, len(restarts)))
    first = min(settings.probation or settings.generations, settings.generations)
    n_promoted = min(settings.promoted, settings.restarts)
    n_done = [restart.search.generation for restart in restarts]
    total = settings.restarts * first + n_promoted * (settings.generations - first)
    with stage(run.reporter, max(total, sum(n_done)), "search: generations", sum(n_done)):

        def go_on(index: int, generations: int) -> None:
            while restarts[index].search.generation < generations:
                _generation(run, restarts[index], index)
                _show(run, restarts[index])
                keep()

        for index in range(settings.restarts):
            go_on(index, first)
        by_score = sorted(range(settings.restarts), key=lambda index: -restarts[index].score_after(first))
        for index in sorted(by_score[:n_promoted]):
            go_on(index, settings.generations)
    generations = [restart.search.generation for restart in restarts]
    if written and written.inputs_hash == _inputs(run, generations):
        run.searched(max(generations), len(generations))
    else:
        keep(now=True)
        _write_winner(run, restarts)


class _Written(NamedTuple):
    """What the provenance says of the search whose champion is in the work folder."""

    inputs_hash: str
    generations: list[int]


def _written(run: Run) -> _Written | None:
    if not run.work.champion.is_file() or not run.work.provenance.is_file():
        return None
    search = read_json(run.work.provenance)["stages"]["search"]
    return _Written(search["inputs_hash"], search["generations"])


def _inputs(run: Run, generations: list[int]) -> str:
    """Hash of what the search's files depend on: its course, how long it went on, how the champion is chosen."""
    choice, tuning = run.experiment.champion, run.experiment.tune
    return content_hash(run.identity, generations, asdict(choice), asdict(tuning) if choice.tuned_share else None)


def _show(run: Run, restart: _Restart) -> None:
    row = restart.rows[-1]
    run.reporter.advance(
        best_mean=row["best_mean_return"],
        best_max=row["best_max_return"],
        connections=row["best_connections"],
        champion=restart.scores[-1],
        Msteps_per_s=restart.steps / max(restart.seconds, 1e-9) / 1e6,
    )


# --- one generation -------------------------------------------------------------------------------------------------


def champion_score(
    network: Network, settings: ChampionSettings, weights: np.ndarray[Any, Any], seeds: np.ndarray[Any, Any],
    evaluator: Evaluator,
) -> float:  # fmt: skip
    """Mean return over unseen weights and episodes, plus a share of the best weight's."""
    lanes = evaluator.lane_returns(network, np.repeat(weights, len(seeds)), np.tile(seeds, len(weights)), training=True)
    per_weight = np.nan_to_num(lanes, nan=-1e9).reshape(len(weights), len(seeds)).mean(axis=1)
    return float(per_weight.mean() + settings.best_weight_share * per_weight.max())


def _new_restart(run: Run, index: int) -> _Restart:
    spec = load_task(run.experiment.task).spec
    return _Restart(Search(run.experiment.search, spec.n_inputs, spec.n_outputs, run.child(_SEARCH, index)))


def play(trial: Trial, evaluator: Evaluator) -> tuple[Floats, NDArray[np.bool_], int]:
    """Let a population play its trial, as far as each genome gets.

    Returns:
        (n_genomes, n_weights, n_episodes) returns, where a genome has played or is known to have, and how many
        episodes were played now.
    """
    n_episodes = len(trial.seeds)
    returns = np.zeros((len(trial.networks), len(trial.shared_weights), n_episodes))
    has_played = np.zeros(returns.shape, dtype=np.bool_)
    for row, known in enumerate(trial.known):
        if known is not None:
            returns[row], has_played[row] = known, True
    active = np.array([row for row, known in enumerate(trial.known) if known is None], dtype=np.int64)
    n_played = 0
    for number, columns in enumerate(trial.rounds):
        if number > 0:
            so_far = np.concatenate(trial.rounds[:number])
            means = returns[active][:, so_far].mean(axis=(1, 2))
            active = np.sort(active[np.argsort(-means, kind="stable")[: -(-len(active) // 2)]])
        if len(active) == 0:
            break
        lanes = evaluator.population_returns(
            [trial.networks[row] for row in active],
            np.repeat(trial.shared_weights[columns], n_episodes),
            np.tile(trial.seeds, len(columns)),
            training=True,
        )
        n_played += lanes.size
        cells = np.ix_(active, columns)
        returns[cells] = np.nan_to_num(lanes, nan=-1e9).reshape(len(active), len(columns), n_episodes)
        has_played[cells] = True
    return returns, has_played, n_played


def _generation(run: Run, restart: _Restart, index: int) -> None:
    """Try, rank and breed once; try the generation's best as champion."""
    began, steps_before = time.monotonic(), run.evaluator.steps
    trial = restart.search.ask()
    returns, has_played, n_played = play(trial, run.evaluator)
    report = restart.search.tell(returns, has_played)
    _try_champions(run, restart, index, report)
    restart.steps += run.evaluator.steps - steps_before
    restart.seconds += time.monotonic() - began
    row = {
        "restart": index,
        "generation": report.number,
        "evaluations": n_played + (restart.rows[-1]["evaluations"] if restart.rows else 0),
        "environment_steps": restart.steps,
        "best_mean_return": report.best_mean,
        "median_mean_return": report.median_mean,
        "best_max_return": report.best_max,
        "best_connections": report.best_connections,
        "median_connections": report.median_connections,
        "seconds": restart.seconds,
    }
    restart.rows.append(row)


def _try_champions(run: Run, restart: _Restart, index: int, report: Generation) -> None:
    """Try the generation's best genome, and the one with the best single weight, on what the search has not seen."""
    settings = run.experiment.champion
    rng = np.random.Generator(np.random.PCG64(run.child(_CHAMPION, index)))
    weights = _champion_weights(run, settings.weights, rng)
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


def _champion_weights(run: Run, n: int, rng: np.random.Generator) -> Floats:
    """Stratified weights; and those of the search where they are fixed, for a peak may be as narrow as one of them."""
    weights = stratified_weights(n, rng)
    return np.concatenate([weights, SHARED_WEIGHTS]) if run.experiment.search.weights == "fixed" else weights


# --- the end --------------------------------------------------------------------------------------------------------


def _write_winner(run: Run, restarts: list[_Restart]) -> None:
    """Compare the restarts' champions and write the best one's files."""
    steps_before, began = run.evaluator.steps, time.monotonic()
    winner, snapshots = _choose(run, restarts)
    picks = np.unique(np.round(np.geomspace(1, len(snapshots), min(N_SNAPSHOTS, len(snapshots)))).astype(int)) - 1
    run.work.champion.unlink(missing_ok=True)  # of an earlier end of this search; its presence would vouch for the rest
    save_snapshots(run.work, [snapshots[i] for i in picks])
    write_text(run.work.history, history_text([row for restart in restarts for row in restart.rows]))
    generations = [restart.search.generation for restart in restarts]
    inputs = _inputs(run, generations)
    run.searched(max(generations), len(restarts))
    seconds = sum(restart.seconds for restart in restarts) + time.monotonic() - began
    steps = sum(restart.steps for restart in restarts) + run.evaluator.steps - steps_before
    run.record(run.work, "search", inputs, seconds=seconds, steps=steps, generations=generations, chosen=[winner])
    # Last, since its presence says that the stage is finished.
    save_champion(run.work, Champion(snapshots[-1].genome))


def _choose(run: Run, restarts: list[_Restart]) -> tuple[int, list[Snapshot]]:
    """Try the latest champions on weights and episodes that no restart has seen, the best also by tuning them.

    Returns:
        The restart that the best came from, and its snapshots up to the best.
    """
    settings = run.experiment.champion
    rng = np.random.Generator(np.random.PCG64(run.child(_FINAL)))
    weights = _champion_weights(run, settings.final_weights, rng)
    seeds = rng.integers(0, 2**31, settings.final_episodes)
    contenders = []
    for index, restart in enumerate(restarts):
        for end in range(max(1, len(restart.snapshots) - settings.contenders + 1), len(restart.snapshots) + 1):
            network = compile_network(restart.snapshots[end - 1].genome)
            score = champion_score(network, settings, weights, seeds, run.evaluator)
            contenders.append((score, index, end, network))
    contenders.sort(key=lambda contender: -contender[0])
    if settings.tuned_share > 0.0:
        contenders = [
            (score + settings.tuned_share * _tuned_return(run, network), index, end, network)
            for score, index, end, network in contenders[: settings.contenders]
        ]
    _, index, end, _ = max(contenders, key=lambda contender: contender[0])
    return index, restarts[index].snapshots[:end]


def _tuned_return(run: Run, network: Network) -> float:
    """What a short tuning of the individual weights makes of a network."""
    settings = replace(run.experiment.tune, iterations=run.experiment.champion.tuned_iterations)
    rng = np.random.Generator(np.random.PCG64(run.child(_FINAL, 1)))
    shared = best_shared_weight(network, settings, run.evaluator, rng, training=True)
    start = np.full(network.n_connections, shared)
    found, _ = tune_weights(
        network, start, settings.sigma, settings, run.evaluator, run.child(_FINAL, 2), run.reporter,
        "search: tuning of contenders", [], lambda: None,
    )  # fmt: skip
    return found


# --- checkpoints ----------------------------------------------------------------------------------------------------


def _to_json(restart: _Restart) -> dict[str, Any]:
    return {
        "search": restart.search.state(),
        "champion": None if restart.champion is None else genome_to_dict(restart.champion),
        "scores": restart.scores,
        "tried": [genome_to_dict(genome) for genome in restart.tried],
        "snapshots": [
            {"generation": s.generation, "mean_return": s.mean_return, **genome_to_dict(s.genome)}
            for s in restart.snapshots
        ],
        "history": [list(row.values()) for row in restart.rows],
        "environment_steps": restart.steps,
        "seconds": restart.seconds,
    }


def _load(run: Run, path: Path) -> list[_Restart]:
    """Read a checkpoint.

    Raises:
        ResultsError: it is damaged.
    """
    state = read_json(path)
    try:
        return [_from_json(run, i, item, f"{path}.restarts[{i}]") for i, item in enumerate(state["restarts"])]
    except (KeyError, TypeError, ValueError) as error:
        raise ResultsError(f"{path}: damaged ({error}); leave out --resume to start again") from None


def _from_json(run: Run, index: int, state: dict[str, Any], place: str) -> _Restart:
    restart = _new_restart(run, index)
    restart.search.restore(state["search"], f"{place}.search")
    if state["champion"] is not None:
        restart.champion = genome_from_dict(state["champion"], f"{place}.champion")
    restart.scores = [float(score) for score in state["scores"]]
    restart.tried = [genome_from_dict(item, f"{place}.tried[{i}]") for i, item in enumerate(state["tried"])]
    for i, item in enumerate(state["snapshots"]):
        genes = {key: item[key] for key in ("nodes", "connections")}
        genome = genome_from_dict(genes, f"{place}.snapshots[{i}]")
        restart.snapshots.append(Snapshot(item["generation"], item["mean_return"], genome))
    restart.rows = [dict(zip(HISTORY_COLUMNS, row, strict=True)) for row in state["history"]]
    restart.steps, restart.seconds = int(state["environment_steps"]), float(state["seconds"])
    return restart
