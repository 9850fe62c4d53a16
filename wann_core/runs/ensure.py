"""Bring the measured parts of a store up to date, run a task from nothing, and verify what a store claims."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wann_core.runs.staleness import run_settings, staleness
from wann_core.runs.store import ResultsError, RunFiles, load_scores, load_stages
from wann_core.runs.workspace import alone_in, replacing, update_folder
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES

if TYPE_CHECKING:
    from wann_core.networks.genome import Genome
    from wann_core.progress import Reporter
    from wann_core.runs.run import Run

TOLERANCE_SE: Final = 1.0
"""A cell holds when the new mean is within this many standard errors of the recorded one."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """One cell measured again.

    Attributes:
        topology, condition: the cell.
        recorded, measured: mean returns.
        standard_error: of the recorded mean.
    """

    topology: str
    condition: str
    recorded: float
    measured: float
    standard_error: float

    @property
    def holds(self) -> bool:
        """Whether the new mean is within a standard error of the recorded one, or equal to it."""
        return abs(self.measured - self.recorded) <= max(TOLERANCE_SE * self.standard_error, 1e-9)


@contextlib.contextmanager
def _opened(
    files: RunFiles,
    reporter: Reporter,
    threads: int | None,
    command: str,
    *,
    budget: str | None = None,
    seed: int | None = None,
    executor: str | None = None,
) -> Iterator[Run]:
    """A ``Run`` over an existing store, with the settings and the seed it was made with where no others are given."""
    from wann_core.evaluation.evaluator import Evaluator, default_threads  # noqa: PLC0415  # heavy; only where something runs
    from wann_core.runs.experiment import experiment_from_tables, load_experiment  # noqa: PLC0415
    from wann_core.runs.run import Run  # noqa: PLC0415

    experiment = experiment_from_tables(run_settings(files), str(files.experiment))
    if experiment.task != files.task:
        raise ResultsError(f"{files.experiment}: holds a run of {experiment.task}, not of {files.task}")
    if budget is not None:
        other = load_experiment(files.task, budget)
        experiment = replace(experiment, budget=budget, tune=other.tune, score=other.score)
    if seed is None:
        stages = load_stages(files)
        seed = int(stages.get("tune", stages.get("search", {})).get("seed", 0))
    with Evaluator(files.task, threads or default_threads(), executor, shortcuts=experiment.training) as evaluator:
        yield Run(experiment, seed, update_folder(files), evaluator, reporter, command)


def ensure_scored(files: RunFiles, reporter: Reporter, command: str, threads: int | None = None) -> tuple[str, ...]:
    """Tune and score again where structure, settings or code have changed.

    Args:
        files: the store.
        reporter: shows progress.
        command: for the provenance.
        threads: threads or processes; all cores where None.

    Returns:
        The stages that were run; empty where nothing was stale.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    if not staleness(files).scores:
        return ()
    return update(files, reporter, command, tuning=None, threads=threads)


def update(
    files: RunFiles,
    reporter: Reporter,
    command: str,
    *,
    tuning: bool | None,
    threads: int | None = None,
    budget: str | None = None,
    seed: int | None = None,
    resume: bool = True,
    executor: str | None = None,
) -> tuple[str, ...]:
    """Score a store again, after tuning it again where asked. The store is the old one until the new one is whole.

    Args:
        files: the store.
        reporter: shows progress.
        command: for the provenance.
        tuning: tune first; None where only what is stale is to be made again.
        threads: threads or processes; all cores where None.
        budget: whose settings of tuning and scoring take the place of the store's.
        seed: of the tuning; where None, that of the store's last one.
        resume: go on with a tuning that was stopped.
        executor: where lanes run, see ``Evaluator``.

    Returns:
        The stages that were run.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    from wann_core.runs.champion_file import load_baseline, load_champion  # noqa: PLC0415  # heavy; only where something runs

    with alone_in(files.root):
        if tuning is None:
            stale = staleness(files)  # asked now, since whoever was waited for may have done the work
            if not stale.scores:
                return ()
            tuning = stale.tuning
        with _opened(files, reporter, threads, command, budget=budget, seed=seed, executor=executor) as run:
            load_champion(files)  # what is damaged is named by its place in the store, not in the copy
            if not tuning:
                load_baseline(files)
            with replacing(files) as copy:
                _measure(run, copy, tuning=tuning, resume=resume)
            shutil.rmtree(run.work.root, ignore_errors=True)
    return ("tune", "score") if tuning else ("score",)


def _measure(run: Run, files: RunFiles, *, tuning: bool, resume: bool) -> None:
    from wann_core.runs.tuning_stage import score_stage, tune_stage  # noqa: PLC0415  # heavy; only where something runs

    if tuning:
        if not resume:
            shutil.rmtree(run.work.root, ignore_errors=True)
        run.work.root.mkdir(parents=True, exist_ok=True)
        tune_stage(run, files)
    score_stage(run, files)


def adopt(
    files: RunFiles,
    genome: Genome,
    reporter: Reporter,
    command: str,
    *,
    budget: str | None,
    seed: int = 0,
    threads: int | None = None,
    executor: str | None = None,
) -> None:
    """Make a store of a genome that was found elsewhere: tune and score it.

    Args:
        files: the store to be.
        genome: what was found.
        reporter: shows progress.
        command: for the provenance.
        budget: whose settings of tuning and scoring are used.
        seed: of the tuning.
        threads: threads or processes; all cores where None.
        executor: where lanes run, see ``Evaluator``.

    Raises:
        ResultsError: there is a run already.
    """
    from wann_core.files.atomic import write_text  # noqa: PLC0415  # heavy; only where something runs
    from wann_core.runs.champion_file import save_champion  # noqa: PLC0415
    from wann_core.runs.experiment import load_experiment  # noqa: PLC0415
    from wann_core.runs.run import refuse_to_overwrite  # noqa: PLC0415
    from wann_core.runs.staleness import as_toml  # noqa: PLC0415
    from wann_core.weights.champion import Champion  # noqa: PLC0415

    with alone_in(files.root):
        if files.exists():
            raise ResultsError(f"{files.root}: holds a run already; choose another folder")
        refuse_to_overwrite(files)
        with replacing(files) as copy:
            write_text(copy.experiment, as_toml(load_experiment(files.task, budget).tables()))
            save_champion(copy, Champion(genome))
            with _opened(copy, reporter, threads, command, seed=seed, executor=executor) as run:
                _measure(run, copy, tuning=True, resume=True)
                shutil.rmtree(run.work.root, ignore_errors=True)


def verify(
    files: RunFiles, reporter: Reporter, threads: int | None = None, executor: str | None = None
) -> list[Verdict]:
    """Measure every cell of ``scores.json`` again, without writing anything.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    from wann_core.runs.champion_file import load_baseline, load_champion  # noqa: PLC0415  # heavy; only where something runs
    from wann_core.weights.scoring import measure_scores  # noqa: PLC0415

    recorded = load_scores(files.scores)
    with _opened(files, reporter, threads, "", executor=executor) as run:
        measured = measure_scores(
            load_champion(files), load_baseline(files), run.experiment.score, run.evaluator, reporter
        )
    verdicts = []
    for topology in TOPOLOGIES:
        for condition in CONDITIONS:
            cell: dict[str, Any] = recorded[topology][condition]
            error = cell["std"] / recorded["trials"] ** 0.5
            verdicts.append(Verdict(topology, condition, cell["mean"], measured[topology][condition]["mean"], error))
    return verdicts


def rerun(
    task: str,
    *,
    budget: str | None,
    seed: int,
    resume: bool,
    threads: int | None,
    target: RunFiles,
    work: RunFiles,
    reporter: Reporter,
    command: str,
    on_stage: Callable[[str], None],
    generations: int | None = None,
    executor: str | None = None,
    experiment_file: Path | None = None,
) -> bool:
    """Search, tune and score a task and let the result take the place of ``target``.

    Args:
        task: the task's name.
        budget: name of the settings; None for "talk", or for that of ``experiment_file`` where a run has left it.
        seed: of everything random.
        resume: go on with what the work folder holds.
        threads: threads or processes; all cores where None.
        target: the store.
        work: where the run is until it is complete.
        reporter: shows progress.
        command: for the provenance.
        on_stage: told which stage begins.
        generations: other than the budget's.
        executor: where lanes run, see ``Evaluator``.
        experiment_file: other settings than the task's own.

    Returns:
        Whether another run was in the store: ``workplace.restore`` brings it back.

    Raises:
        ValueError: unknown task or budget, or a work folder of other settings.
        KeyboardInterrupt: stopped; ``resume`` goes on.
    """
    from wann_core.evaluation.evaluator import Evaluator, default_threads  # noqa: PLC0415  # heavy; only where something runs
    from wann_core.runs.experiment import load_experiment  # noqa: PLC0415
    from wann_core.runs.run import Run, finish, refuse_to_overwrite, start_or_resume  # noqa: PLC0415
    from wann_core.runs.search_stage import search_stage  # noqa: PLC0415
    from wann_core.runs.tuning_stage import score_stage, tune_stage  # noqa: PLC0415

    experiment = load_experiment(task, budget, experiment_file, generations=generations)
    refuse_to_overwrite(target)
    with (
        alone_in(work.root),
        Evaluator(task, threads or default_threads(), executor, shortcuts=experiment.training) as evaluator,
    ):
        run = Run(experiment, seed, work, evaluator, reporter, command)
        start_or_resume(run, resume=resume)
        on_stage("search")
        search_stage(run)
        if staleness(work).tuning:
            on_stage("tune")
            tune_stage(run, work)
        on_stage("score")
        score_stage(run, work)
        with alone_in(target.root):
            return finish(run, target)
