"""One run from settings to results store: search, tune, score, with checkpoints in between.

Work in progress lives in a work folder that has the store's layout plus checkpoints; only a complete run takes the
store's place. What is finished is never done again, and a resumed run equals one that was never stopped.
"""

from __future__ import annotations

import json
import os
import platform
import shutil
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any, Final

import numpy as np

from wann_core.atomic import replace_directory, write_text
from wann_core.champion import (
    Baseline,
    Champion,
    Snapshot,
    champion_hash,
    load_baseline,
    load_champion,
    load_snapshots,
    save_baseline,
    save_champion,
    save_snapshots,
)
from wann_core.evaluate import Evaluator
from wann_core.experiment import ChampionSettings, Experiment
from wann_core.genome import Genome, compile_network
from wann_core.genome_io import genome_from_dict, genome_to_dict
from wann_core.hashing import content_hash
from wann_core.network import Network, fixed_topology
from wann_core.progress import Reporter, stage
from wann_core.results import (
    ResultsError,
    RunFiles,
    history_text,
    load_history,
    read_json,
    write_json,
)
from wann_core.score import measure_scores
from wann_core.search import Search, stratified_weights
from wann_core.stages import as_toml, run_settings, score_inputs, tune_inputs
from wann_core.tasks import load_task
from wann_core.tune import best_shared_weight, tune_weights

CHECKPOINT_EVERY_S: Final = 10.0
N_SNAPSHOTS: Final = 6
_PACKAGES: Final = ("numpy", "numba", "gymnasium", "Box2D", "cma")
_SEARCH, _CHAMPION, _FINAL, _TUNE_WANN, _TUNE_FIXED, _SHARED = range(6)
"""Children of the run's seed, one per use, so that no stage shifts another's draws."""


@dataclass(slots=True)
class Run:
    """What the stages of a run share.

    Attributes:
        experiment: all settings.
        seed: of everything random.
        work: where the run is until it is complete.
        evaluator: runs the lanes.
        reporter: shows progress.
        command: what was typed, for the provenance.
    """

    experiment: Experiment
    seed: int
    work: RunFiles
    evaluator: Evaluator
    reporter: Reporter
    command: str

    def child(self, use: int, index: int = 0) -> np.random.SeedSequence:
        """The seed of one use of randomness."""
        return np.random.SeedSequence([self.seed, use, index])

    @property
    def identity(self) -> str:
        """What a checkpoint must have been made with to be resumed."""
        return content_hash(self.experiment.tables(), self.seed)


def start_or_resume(run: Run, *, resume: bool) -> None:
    """Prepare the work folder.

    Raises:
        ResultsError: there is work of other settings, or of the same that ``resume`` does not ask for.
    """
    identity = run.work.root / "identity.json"
    if resume and identity.is_file():
        found = read_json(identity).get("identity")
        if found != run.identity:
            raise ResultsError(
                f"{run.work.root}: was begun with other settings or another seed; use the same ones, or leave out "
                "--resume to start again"
            )
        return
    shutil.rmtree(run.work.root, ignore_errors=True)
    run.work.root.mkdir(parents=True)
    write_text(run.work.experiment, as_toml(run.experiment.tables()))
    write_json(identity, {"identity": run.identity})


# --- search ---------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Restart:
    """One restart as it stands: the search, its champion so far and how that came about."""

    search: Search
    champion: Genome | None = None
    score: float = -np.inf
    snapshots: list[Snapshot] | None = None


def champion_score(
    network: Network, settings: ChampionSettings, weights: np.ndarray[Any, Any], seeds: np.ndarray[Any, Any],
    evaluator: Evaluator,
) -> float:  # fmt: skip
    """Mean return over unseen weights and episodes, plus a share of the best weight's."""
    lanes = evaluator.lane_returns(network, np.repeat(weights, len(seeds)), np.tile(seeds, len(weights)), training=True)
    per_weight = np.nan_to_num(lanes, nan=-1e9).reshape(len(weights), len(seeds)).mean(axis=1)
    return float(per_weight.mean() + settings.best_weight_share * per_weight.max())


def search_stage(run: Run) -> None:
    """Run every restart and write champion, snapshots and history into the work folder."""
    if run.work.champion.is_file():
        return
    settings = run.experiment.search
    checkpoint = run.work.root / "search-checkpoint.json"
    finished: list[dict[str, Any]] = []
    rows: list[dict[str, float]] = []
    current: _Restart | None = None
    steps_before, seconds_before = 0, 0.0
    if checkpoint.is_file():
        state = read_json(checkpoint)
        finished, rows = state["finished"], _rows_from(state["history"])
        steps_before, seconds_before = state["environment_steps"], state["seconds"]
        if state["current"] is not None:
            current = _restart_from(run, len(finished), state["current"], str(checkpoint))
    run.evaluator.steps = steps_before
    began = last_saved = time.monotonic()

    def save(current: _Restart | None) -> None:
        write_json(
            checkpoint,
            {
                "finished": finished,
                "current": None if current is None else _restart_to(current),
                "history": [list(row.values()) for row in rows],
                "environment_steps": run.evaluator.steps,
                "seconds": seconds_before + time.monotonic() - began,
            },
        )

    with stage(run.reporter, settings.restarts * settings.generations, "search: generations"):
        run.reporter.advance(len(rows))
        while len(finished) < settings.restarts:
            if current is None:
                current = _new_restart(run, len(finished))
            while current.search.generation < settings.generations:
                elapsed = seconds_before + time.monotonic() - began
                row = _generation(run, current, len(finished), elapsed)
                rows.append(row)
                run.reporter.advance(
                    best_mean=row["best_mean_return"],
                    best_max=row["best_max_return"],
                    connections=row["best_connections"],
                    champion=current.score,
                    Msteps_per_s=run.evaluator.steps / max(elapsed, 1e-9) / 1e6,
                )
                if time.monotonic() - last_saved > CHECKPOINT_EVERY_S:
                    save(current)
                    last_saved = time.monotonic()
            finished.append(_restart_to(current, finished=True))
            current = None
            save(None)
    _write_winner(run, finished, rows)
    _record_stage(run.work, "search", run, seconds_before + time.monotonic() - began, run.evaluator.steps, run.identity)
    checkpoint.unlink()


def _rows_from(history: list[list[float]]) -> list[dict[str, float]]:
    from wann_core.results import HISTORY_COLUMNS  # noqa: PLC0415  # only when resuming

    return [dict(zip(HISTORY_COLUMNS, row, strict=True)) for row in history]


def _new_restart(run: Run, index: int) -> _Restart:
    spec = load_task(run.experiment.task).spec
    search = Search(run.experiment.search, spec.n_inputs, spec.n_outputs, run.child(_SEARCH, index))
    return _Restart(search, snapshots=[])


def _restart_to(restart: _Restart, *, finished: bool = False) -> dict[str, Any]:
    assert restart.champion is not None  # a generation has been told
    assert restart.snapshots is not None  # set when made
    return {
        "search": None if finished else restart.search.state(),
        "champion": genome_to_dict(restart.champion),
        "score": restart.score,
        "snapshots": [
            {"generation": s.generation, "mean_return": s.mean_return, **genome_to_dict(s.genome)}
            for s in restart.snapshots
        ],
    }


def _restart_from(run: Run, index: int, state: dict[str, Any], place: str) -> _Restart:
    restart = _new_restart(run, index)
    restart.search.restore(state["search"], f"{place}.current.search")
    restart.champion = genome_from_dict(state["champion"], f"{place}.current.champion")
    restart.score = state["score"]
    restart.snapshots = [Snapshot(s["generation"], s["mean_return"], _genome_of(s, place)) for s in state["snapshots"]]
    return restart


def _genome_of(item: dict[str, Any], place: str) -> Genome:
    return genome_from_dict({key: item[key] for key in ("nodes", "connections")}, place)


def _generation(run: Run, restart: _Restart, index: int, seconds: float) -> dict[str, float]:
    """Try, rank and breed once; try the generation's best genome as champion."""
    settings = run.experiment
    trial = restart.search.ask()
    n_weights, n_episodes = len(trial.shared_weights), len(trial.seeds)
    returns = run.evaluator.population_returns(
        trial.networks,
        np.repeat(trial.shared_weights, n_episodes),
        np.tile(trial.seeds, n_weights),
        training=True,
    )
    report = restart.search.tell(returns.reshape(-1, n_weights, n_episodes))
    rng = np.random.Generator(np.random.PCG64(run.child(_CHAMPION, index)))
    weights = stratified_weights(settings.champion.weights, rng)
    seeds = rng.integers(0, 2**31, settings.champion.episodes)
    if report.best != restart.champion:
        network = compile_network(report.best)
        score = champion_score(network, settings.champion, weights, seeds, run.evaluator)
        if score > restart.score:
            restart.champion, restart.score = report.best, score
            assert restart.snapshots is not None  # set when made
            restart.snapshots.append(Snapshot(report.number, report.best_mean, report.best))
    return {
        "restart": index,
        "generation": report.number,
        "evaluations": (report.number + 1) * settings.search.population * n_weights * n_episodes,
        "environment_steps": run.evaluator.steps,
        "best_mean_return": report.best_mean,
        "median_mean_return": report.median_mean,
        "best_max_return": report.best_max,
        "best_connections": report.best_connections,
        "median_connections": report.median_connections,
        "seconds": seconds,
    }


def _write_winner(run: Run, finished: list[dict[str, Any]], rows: list[dict[str, float]]) -> None:
    """Compare the restarts' champions on fresh weights and episodes and write the best one's files."""
    settings = run.experiment.champion
    rng = np.random.Generator(np.random.PCG64(run.child(_FINAL)))
    weights = stratified_weights(settings.final_weights, rng)
    seeds = rng.integers(0, 2**31, settings.final_episodes)
    genomes = [genome_from_dict(item["champion"], "champion of a restart") for item in finished]
    scores = [champion_score(compile_network(g), settings, weights, seeds, run.evaluator) for g in genomes]
    winner = int(np.argmax(scores))
    snapshots = [
        Snapshot(s["generation"], s["mean_return"], _genome_of(s, "snapshot")) for s in finished[winner]["snapshots"]
    ]
    picks = np.unique(np.round(np.geomspace(1, len(snapshots), min(N_SNAPSHOTS, len(snapshots)))).astype(int)) - 1
    save_snapshots(run.work, [snapshots[i] for i in picks])
    write_text(run.work.history, history_text(rows))
    # Last, since its presence says that the stage is finished.
    save_champion(run.work, Champion(genomes[winner]))


# --- tuning and scores ----------------------------------------------------------------------------------------------


def tune_stage(run: Run, files: RunFiles) -> None:
    """Tune the champion in ``files`` and the fixed topology; ``files`` may be the work folder or a store."""
    settings = run.experiment.tune
    began, steps = time.monotonic(), run.evaluator.steps
    champion = load_champion(files)
    rng = np.random.Generator(np.random.PCG64(run.child(_SHARED)))
    network = champion.network
    shared = best_shared_weight(network, settings, run.evaluator, rng, training=False)
    starts = [np.full(network.n_connections, shared)] * settings.restarts
    sigmas = [settings.sigma * (1.0 if i % 2 == 0 else 0.4) for i in range(settings.restarts)]
    tuned = _tune(run, network, starts, sigmas, _TUNE_WANN, "tune: WANN")
    spec = load_task(run.experiment.task).spec
    fixed = fixed_topology(spec.baseline_layers)
    fixed_shared = best_shared_weight(fixed, settings, run.evaluator, rng, training=False)
    # No single shared weight is a start for the baseline, so it begins where its optimiser's spread is at home.
    draws = np.random.Generator(np.random.PCG64(run.child(_TUNE_FIXED, 1000)))
    starts = [draws.normal(0.0, settings.baseline_sigma, fixed.n_connections) for _ in range(settings.restarts)]
    sigmas = [settings.baseline_sigma] * settings.restarts
    fixed_tuned = _tune(run, fixed, starts, sigmas, _TUNE_FIXED, "tune: fixed topology")
    save_baseline(files, Baseline(spec.baseline_layers, fixed_shared, fixed_tuned))
    save_champion(files, Champion(champion.genome, shared, tuned))
    inputs = tune_inputs(files, run_settings(files))
    _record_stage(files, "tune", run, time.monotonic() - began, run.evaluator.steps - steps, inputs)


def _tune(
    run: Run,
    network: Network,
    starts: list[np.ndarray[Any, Any]],
    sigmas: list[float],
    use: int,
    what: str,
) -> np.ndarray[Any, Any]:
    """Tune from every start and keep the best; finished iterations' values are kept, so that a stopped run goes on."""
    settings = run.experiment.tune
    found = []
    for restart, (start, sigma) in enumerate(zip(starts, sigmas, strict=True)):
        path = run.work.root / f"tune-{use}-{restart}-checkpoint.json"
        key = content_hash([float(w) for w in start], run.identity)
        recorded: list[list[float]] = []
        if path.is_file() and (state := read_json(path)).get("key") == key:
            recorded = state["recorded"]
        keep = _Keeper(path, key, recorded)
        name = f"{what} {restart + 1}/{len(starts)}"
        child = run.child(use, restart)
        found.append(
            tune_weights(network, start, sigma, settings, run.evaluator, child, run.reporter, name, recorded, keep)
        )
        keep(now=True)
    return max(found, key=lambda result: result[0])[1]


class _Keeper:
    """Writes the recorded values of a tuning every few seconds."""

    def __init__(self, path: Path, key: str, recorded: list[list[float]]) -> None:
        self._path, self._key, self._recorded = path, key, recorded
        self._last = time.monotonic()

    def __call__(self, *, now: bool = False) -> None:
        if now or time.monotonic() - self._last > CHECKPOINT_EVERY_S:
            write_json(self._path, {"key": self._key, "recorded": self._recorded})
            self._last = time.monotonic()


def score_stage(run: Run, files: RunFiles) -> None:
    """Measure every cell of the champion and baseline in ``files``."""
    began, steps = time.monotonic(), run.evaluator.steps
    champion, baseline = load_champion(files), load_baseline(files)
    scores = measure_scores(champion, baseline, run.experiment.score, run.evaluator, run.reporter)
    write_json(files.scores, {"task": run.experiment.task, "champion_hash": champion_hash(files), **scores})
    inputs = score_inputs(files, run_settings(files))
    _record_stage(files, "score", run, time.monotonic() - began, run.evaluator.steps - steps, inputs)


def finish(run: Run, target: RunFiles) -> None:
    """Let the complete run take the store's place."""
    for path in run.work.root.glob("*-checkpoint.json"):
        path.unlink()
    (run.work.root / "identity.json").unlink(missing_ok=True)
    target.root.parent.mkdir(parents=True, exist_ok=True)
    replace_directory(run.work.root, target.root)


# --- provenance -----------------------------------------------------------------------------------------------------


def _record_stage(files: RunFiles, name: str, run: Run, seconds: float, steps: int, inputs: str) -> None:
    value: dict[str, Any] = {"task": files.task, "stages": {}}
    if files.provenance.is_file():
        value = read_json(files.provenance)
        value.pop("schema")
    value["stages"][name] = {
        "inputs_hash": inputs,
        "command": run.command,
        "budget": run.experiment.budget,
        "seed": run.seed,
        "finished": datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "seconds": round(seconds, 1),
        "environment_steps": steps,
        "packages": {package: _version(package) for package in _PACKAGES},
        "machine": {
            "python": platform.python_version(),
            "system": f"{platform.system()} {platform.machine()}",
            "processor": _processor(),
            "cores": os.cpu_count() or 1,
            "threads": run.evaluator.threads,
        },
    }
    write_json(files.provenance, value)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:
        return "not installed"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return platform.processor()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


def load_run_snapshots(files: RunFiles) -> list[Snapshot]:
    """The snapshots of a store, oldest first."""
    return load_snapshots(files.snapshots)


def load_run_history(files: RunFiles) -> list[dict[str, float]]:
    """The history of a store."""
    return load_history(files.history)


OnStage = Callable[[str], None]


def run_experiment(run: Run, target: RunFiles, *, resume: bool, on_stage: OnStage) -> None:
    """Search, tune, score, and put the result in the store's place.

    Args:
        run: settings, seed, work folder, evaluator.
        target: the store.
        resume: go on with what the work folder holds.
        on_stage: told which stage begins.

    Raises:
        ResultsError: the work folder holds something else.
        KeyboardInterrupt: stopped; everything needed to resume is kept.
    """
    start_or_resume(run, resume=resume)
    on_stage("search")
    search_stage(run)
    if not run.work.baseline.is_file() or load_champion(run.work).tuned_weights is None:
        on_stage("tune")
        tune_stage(run, run.work)
    on_stage("score")
    score_stage(run, run.work)
    finish(run, target)


def default_command() -> str:
    """What was typed, without the interpreter's path."""
    return " ".join(["python", *[Path(sys.argv[0]).name, *sys.argv[1:]]]).strip()


def print_json(value: dict[str, Any]) -> str:
    """One JSON object for machines."""
    return json.dumps(value, indent=1, allow_nan=False)
