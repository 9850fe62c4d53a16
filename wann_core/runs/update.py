"""Tune and score the run in a store, and make a store from a network that was found elsewhere."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace

import tomli_w

from wann_core.files.atomic import write_text
from wann_core.networks.genome import Genome
from wann_core.runs.champion_file import load_baseline, load_champion, save_champion
from wann_core.runs.execution import Execution
from wann_core.runs.experiment import Experiment, experiment_from_tables, load_experiment
from wann_core.runs.run import Run, refuse_to_overwrite
from wann_core.runs.staleness import run_settings
from wann_core.runs.store import ResultsError, RunStore, load_stages
from wann_core.runs.tuning_stage import score_stage, tune_stage
from wann_core.runs.workspace import alone_in, replacing, update_folder
from wann_core.weights.champion import Champion


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """The parts of a store to make again.

    Attributes:
        tuning: tune before scoring.
        budget: its settings of tuning and scoring replace the store's; None keeps the store's own.
        seed: of the tuning; None uses the seed of the store's last tuning.
        resume: continue a tuning that was stopped.
    """

    tuning: bool
    budget: str | None = None
    seed: int | None = None
    resume: bool = True


@contextlib.contextmanager
def opened(
    files: RunStore, execution: Execution, *, budget: str | None = None, seed: int | None = None
) -> Iterator[Run]:
    """A ``Run`` over an existing store; it uses the store's settings and seed if no others are given.

    Raises:
        ResultsError: its settings are missing, damaged, or belong to another task.
    """
    experiment = _experiment_of(files, budget)
    if seed is None:
        stages = load_stages(files)
        seed = int(stages.get("tune", stages.get("search", {})).get("seed", 0))
    with execution.evaluator(files.task, experiment.training) as evaluator:
        yield Run(experiment, seed, update_folder(files), evaluator, execution.reporter, execution.command)


def _experiment_of(files: RunStore, budget: str | None) -> Experiment:
    experiment = experiment_from_tables(run_settings(files), str(files.experiment))
    if experiment.task != files.task:
        raise ResultsError(f"{files.experiment}: holds a run of {experiment.task}, not of {files.task}")
    if budget is None:
        return experiment
    other = load_experiment(files.task, budget)
    return replace(experiment, budget=budget, tune=other.tune, score=other.score)


def update(files: RunStore, request: UpdateRequest, execution: Execution) -> None:
    """Score a store again, after a new tuning if requested. The store stays unchanged until the new one is complete.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    with (
        alone_in(files.root),
        opened(files, execution, budget=request.budget, seed=request.seed) as run,
    ):
        load_champion(files)  # so that errors name the place in the store, not in the copy
        if not request.tuning:
            load_baseline(files)
        with replacing(files) as copy:
            _measure(run, copy, request)
        shutil.rmtree(run.work.root, ignore_errors=True)


def _measure(run: Run, files: RunStore, request: UpdateRequest) -> None:
    if request.tuning:
        if not request.resume:
            shutil.rmtree(run.work.root, ignore_errors=True)
        run.work.root.mkdir(parents=True, exist_ok=True)
        tune_stage(run, files, keeps_baseline=True)
    score_stage(run, files)


def adopt(files: RunStore, genome: Genome, request: UpdateRequest, execution: Execution) -> None:
    """Make a store from a genome that was found elsewhere: tune and score it.

    Args:
        files: the new store.
        genome: the genome.
        request: budget and seed.
        execution: how it is executed.

    Raises:
        ResultsError: the store already holds a run.
    """
    with alone_in(files.root):
        if files.exists():
            raise ResultsError(f"{files.root}: holds a run already; choose another folder")
        refuse_to_overwrite(files)
        with replacing(files) as copy:
            write_text(copy.experiment, tomli_w.dumps(load_experiment(files.task, request.budget).tables()))
            save_champion(copy, Champion(genome))
            with opened(copy, execution, seed=request.seed or 0) as run:
                _measure(run, copy, request)
                shutil.rmtree(run.work.root, ignore_errors=True)
