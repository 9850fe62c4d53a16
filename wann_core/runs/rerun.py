"""Run a task from the start: search, tune, score, and replace the store by the result."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

from wann_core.errors import WannError
from wann_core.runs.execution import Execution
from wann_core.runs.experiment import Experiment
from wann_core.runs.packed_search import pack_search
from wann_core.runs.run import Run, finish, refuse_to_overwrite, start_or_resume
from wann_core.runs.search_stage import search_stage
from wann_core.runs.staleness import staleness
from wann_core.runs.store import ResultsError, RunStore
from wann_core.runs.tuning_stage import score_stage, tune_stage
from wann_core.runs.workspace import alone_in


@dataclass(frozen=True, slots=True)
class RunRequest:
    """A request for a run.

    Attributes:
        experiment: all settings.
        seed: for everything random.
        work: the run's folder until it is complete.
        resume: continue from the work folder, or from the population of the store.
        discards: throw away an unfinished run in the work folder.
        hours: end the search after this time, at the end of a generation; None: no limit.
    """

    experiment: Experiment
    seed: int
    work: RunStore
    resume: bool = False
    discards: bool = False
    hours: float | None = None


def rerun(request: RunRequest, target: RunStore, execution: Execution, on_stage: Callable[[str], None]) -> bool:
    """Search, tune and score a task, and replace ``target`` by the result.

    Args:
        request: the run to make.
        target: the store.
        execution: how it is executed.
        on_stage: called with each stage when it begins.

    Returns:
        Whether the store held another run; ``workspace.swap_previous`` restores it.

    Raises:
        WannError: the work folder has other settings, or the target holds files that are not a run's.
        KeyboardInterrupt: stopped; ``resume`` goes on.
    """
    work = request.work
    if target.root.resolve() == work.root.resolve():
        raise ResultsError(f"{target.root}: is the folder of unfinished work of {work.task}; choose another --out")
    refuse_to_overwrite(target)
    with (
        alone_in(work.root),
        execution.evaluator(work.task, request.experiment.training) as evaluator,
    ):
        run = Run(request.experiment, request.seed, work, evaluator, execution.reporter, execution.command)
        on_stage("search")
        _search(run, request, target)
        if staleness(work).tuning:
            on_stage("tune")
            tune_stage(run, work)
        on_stage("score")
        score_stage(run, work)
        with alone_in(target.root):
            return finish(run, target)


def search_only(request: RunRequest, execution: Execution) -> None:
    """Run the search alone; its champion, snapshots and history are in the work folder afterwards.

    Raises:
        WannError: the work folder has other settings.
        KeyboardInterrupt: stopped; ``resume`` goes on.
    """
    work = request.work
    with (
        alone_in(work.root),
        execution.evaluator(work.task, request.experiment.training) as evaluator,
    ):
        run = Run(request.experiment, request.seed, work, evaluator, execution.reporter, execution.command)
        _search(run, request, work)
        pack_search(work)


def _search(run: Run, request: RunRequest, store: RunStore) -> None:
    """Begin or resume a search. If it fails before its first checkpoint, it leaves no files."""
    resume = request.resume
    start_or_resume(run, resume=resume, store=store, discards=request.discards)
    if request.hours is not None:
        run.deadline = time.monotonic() + 3600.0 * request.hours
    try:
        search_stage(run)
    except WannError:
        if not resume and not any(run.work.root.glob("*-checkpoint.json")):
            shutil.rmtree(run.work.root, ignore_errors=True)
        raise
