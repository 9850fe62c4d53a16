"""The stages after the search: tune the champion and the fixed topology, and measure both."""

from __future__ import annotations

import time
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
import tomli_w

from wann_core.evaluation.evaluator import Evaluator
from wann_core.evolution.shared_weights import SHARED_WEIGHTS
from wann_core.files.atomic import write_text
from wann_core.files.checked import Count, FileStruct, Finite, NotNegative, settings_marked
from wann_core.files.hashing import content_hash
from wann_core.networks.network import Network, fixed_topology
from wann_core.runs.champion_file import champion_hash, load_baseline, load_champion, save_baseline, save_champion
from wann_core.runs.experiment import experiment_from_tables
from wann_core.runs.run import PeriodicSaver, Run, SeedUse
from wann_core.runs.staleness import run_settings, score_inputs, tune_inputs
from wann_core.runs.store import ResultsError, RunStore, load_stages, read_fields, write_json
from wann_core.tasks.registry import load_task
from wann_core.weights.champion import Baseline, Champion
from wann_core.weights.scoring import ScoreSettings, measure_scores
from wann_core.weights.tuning import TuneSettings, best_shared_weight, tune_weights


def tune_stage(run: Run, files: RunStore, *, keeps_baseline: bool = False) -> None:
    """Tune the champion and the fixed topology.

    Args:
        run: settings and work folder.
        files: the work folder or a store.
        keeps_baseline: do not tune the fixed topology again if ``files`` holds what tuning would find.
    """
    settings = run.experiment.tune
    began, steps = time.monotonic(), run.evaluator.steps
    champion = load_champion(files)
    rng = np.random.Generator(np.random.PCG64(run.child(SeedUse.SHARED_WEIGHT)))
    network = champion.network
    # A search on fixed weights may have found a narrow peak at one of them.
    also = SHARED_WEIGHTS if run.experiment.search.weights == "fixed" else ()
    shared = best_shared_weight(network, settings, run.evaluator, rng, training=False, also=also)
    starts = [np.full(network.n_connections, shared)] * settings.restarts
    sigmas = [settings.sigma * (1.0 if i % 2 == 0 else 0.4) for i in range(settings.restarts)]
    tuned, earlier_s = _tune(run, network, starts, sigmas, SeedUse.TUNE_WANN, "tune: WANN", settings)
    fixed_earlier_s = 0.0
    if not (keeps_baseline and _has_this_baseline(run, files)):
        baseline, fixed_earlier_s = tune_baseline(run, rng)
        save_baseline(files, baseline)
    save_champion(files, Champion(champion.genome, shared, tuned))
    inputs = tune_inputs(files, _keep_settings(files, "tune", settings))
    seconds = time.monotonic() - began + earlier_s + fixed_earlier_s
    run.record(files, "tune", inputs, seconds=seconds, steps=run.evaluator.steps - steps)


def _has_this_baseline(run: Run, files: RunStore) -> bool:
    """Whether the store holds the same fixed topology as tuning would find; this depends only on settings and seed."""
    if not files.baseline.is_file():
        return False
    record = load_stages(files).get("tune", {})
    settings = experiment_from_tables(run_settings(files), str(files.experiment)).tune
    is_same = record.get("seed") == run.seed and settings == run.experiment.tune
    return is_same and load_baseline(files).layer_sizes == load_task(run.experiment.task).spec.baseline_layers


def tune_baseline(run: Run, rng: np.random.Generator) -> tuple[Baseline, float]:
    """Tune the fixed topology.

    Args:
        run: settings and work folder.
        rng: for the search of a shared weight; the individual weights have their own generator.

    Returns:
        The baseline, and the seconds spent before the run was stopped and resumed.
    """
    settings = run.experiment.tune.for_baseline
    spec = load_task(run.experiment.task).spec
    fixed = fixed_topology(spec.baseline_layers)
    shared = best_shared_weight(fixed, settings, run.evaluator, rng, training=False)
    # No shared weight is a good start for the baseline, so it starts from random weights with the spread of its step
    # size.
    draws = np.random.Generator(np.random.PCG64(run.child(SeedUse.TUNE_FIXED, 1000)))
    starts = [draws.normal(0.0, settings.baseline_sigma, fixed.n_connections) for _ in range(settings.restarts)]
    sigmas = [settings.baseline_sigma] * settings.restarts
    tuned, earlier_s = _tune(run, fixed, starts, sigmas, SeedUse.TUNE_FIXED, "tune: fixed topology", settings)
    return Baseline(spec.baseline_layers, shared, tuned), earlier_s


def _tune(
    run: Run,
    network: Network,
    starts: list[np.ndarray[Any, Any]],
    sigmas: list[float],
    use: SeedUse,
    what: str,
    settings: TuneSettings,
) -> tuple[np.ndarray[Any, Any], float]:
    """Tune from every start and keep the best; finished iterations are stored, so that a stopped run can resume.

    Returns:
        The weights, and the seconds spent before the run was stopped and resumed.
    """
    # Everything that an iteration's values depend on. The length and number of the optimisations are not part of it.
    only_end = settings_marked(TuneSettings, "ends")
    course = {key: value for key, value in asdict(settings).items() if key not in only_end}
    kept = []
    for restart, (start, sigma) in enumerate(zip(starts, sigmas, strict=True)):
        path = run.work.root / f"tune-{int(use)}-{restart}-checkpoint.json"
        key = content_hash([float(w) for w in start], network.sources.tolist(), sigma, course, run.identity)
        kept.append(TuningCheckpoint(path, key, settings.candidates, run.evaluator))

    def tuned(restart: int, iterations: int) -> tuple[float, np.ndarray[Any, Any]]:
        """Continue up to a number of iterations; recorded iterations are only told to the optimiser again."""
        one = kept[restart]
        one.begin(iterations)
        return tune_weights(
            network, starts[restart], sigmas[restart], replace(settings, iterations=iterations), run.evaluator,
            run.child(use, restart), run.reporter, f"{what} {restart + 1}/{len(starts)}", one.recorded, one.keep,
        )  # fmt: skip

    first = min(settings.screening_iterations or settings.iterations, settings.iterations)
    found = [tuned(restart, first) for restart in range(len(starts))]
    if first < settings.iterations:
        by_score = sorted(range(len(starts)), key=lambda restart: -found[restart][0])
        found += [tuned(restart, settings.iterations) for restart in by_score[: settings.n_promoted]]
    return max(found, key=lambda result: result[0])[1], sum(one.earlier_s for one in kept)


class TuningFields(FileStruct):
    """The content of a tuning's checkpoint.

    Attributes:
        key: hash of everything that the values depend on.
        recorded: a row per iteration, a value per candidate.
        environment_steps, seconds: what they cost.
    """

    schema: int
    key: str
    recorded: list[list[Finite]]
    environment_steps: Count
    seconds: NotNegative


class TuningCheckpoint:
    """The stored values that an optimisation was told so far, and their cost."""

    def __init__(self, path: Path, key: str, candidates: int, evaluator: Evaluator) -> None:
        """Read ``path`` if it belongs to ``key``, and add its steps to the evaluator's count."""
        self.recorded: list[list[float]] = []
        self.earlier_s = 0.0
        self._path, self._key, self._evaluator = path, key, evaluator
        self._steps, self._seconds = 0, 0.0
        if path.is_file() and (found := read_fields(path, TuningFields)).key == key:
            for i, row in enumerate(found.recorded):
                if len(row) != candidates:
                    raise ResultsError(
                        f"{path}.recorded[{i}]: must be {candidates} numbers; delete the file to tune from the start"
                    )
            self.recorded = found.recorded
            self._seconds = self.earlier_s = found.seconds
            self._steps = found.environment_steps
            evaluator.steps += self._steps
        self.begin(0)

    def begin(self, iterations: int) -> None:
        """Count steps and seconds for this optimisation from now on."""
        self._iterations = iterations
        self._first_step, self._began = self._evaluator.steps, time.monotonic()
        self._save_if_due = PeriodicSaver(self._save)

    def keep(self) -> None:
        """Call it after each iteration: it saves when it is time, and at the end."""
        is_last = len(self.recorded) == self._iterations
        self._save_if_due(now=is_last)
        if is_last:
            self._steps += self._evaluator.steps - self._first_step
            self._seconds += time.monotonic() - self._began

    def _save(self) -> None:
        value = {
            "key": self._key,
            "recorded": self.recorded,
            "environment_steps": self._steps + self._evaluator.steps - self._first_step,
            "seconds": self._seconds + time.monotonic() - self._began,
        }
        write_json(self._path, value, is_compact=True)


def score_stage(run: Run, files: RunStore) -> None:
    """Measure every cell of the champion and baseline in ``files``."""
    began, steps = time.monotonic(), run.evaluator.steps
    champion, baseline = load_champion(files), load_baseline(files)
    scores = measure_scores(champion, baseline, run.experiment.score, run.evaluator, run.reporter)
    write_json(files.scores, {"task": run.experiment.task, "champion_hash": champion_hash(files), **scores})
    inputs = score_inputs(files, _keep_settings(files, "score", run.experiment.score))
    run.record(files, "score", inputs, seconds=time.monotonic() - began, steps=run.evaluator.steps - steps)


def _keep_settings(files: RunStore, table: str, settings: TuneSettings | ScoreSettings) -> dict[str, Any]:
    """Write the settings just used into a store's ``experiment.toml``; return its tables."""
    tables = run_settings(files)
    if tables.get(table) != asdict(settings):
        tables[table] = asdict(settings)
        write_text(files.experiment, tomli_w.dumps(tables))
    return tables
