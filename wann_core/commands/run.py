"""Search, tune and score, then replace the store with the result."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import add_course, add_execution, add_json, add_store, add_task, store_of, task_of
from wann_core.runs.experiment import load_experiment
from wann_core.runs.rerun import RunRequest, rerun
from wann_core.runs.store import RunStore
from wann_core.runs.summary import summary
from wann_core.runs.workspace import before, default_work_root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_course(parser)
    add_execution(parser)
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    target = store_of(options)
    is_kept = rerun(request_of(options), target, execution_of(options, console), lambda _: None)
    console.result({**summary(target), **({"before": str(before(target).root)} if is_kept else {})})
    return 0


def request_of(options: argparse.Namespace) -> RunRequest:
    """Return the requested run, with its work folder.

    Raises:
        WannError: the task, budget or settings do not exist.
    """
    task = task_of(options)
    experiment = load_experiment(task, options.budget, options.experiment, generations=options.generations)
    work = RunStore(default_work_root() / task)
    return RunRequest(experiment, options.seed, work, options.resume, options.anew, options.hours)
