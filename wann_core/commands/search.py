"""Search only: a champion, its snapshots and the history."""

from __future__ import annotations

import argparse
from dataclasses import replace

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import add_course, add_execution, add_json, add_store, add_task, task_of
from wann_core.commands.run import request_of
from wann_core.runs.rerun import search_only
from wann_core.runs.store import ResultsError, RunStore
from wann_core.runs.summary import summary
from wann_core.runs.workspace import default_work_root


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_course(parser)
    add_execution(parser)
    add_store(parser, "folder of the run's files (default: dist/.work/TASK-search)")
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    task = task_of(options)
    files = RunStore(options.out or default_work_root() / f"{task}-search", task)
    if files.scores.is_file() and not options.resume:
        raise ResultsError(
            f"{files.root}: holds a run with scores, which would be lost; --resume continues its search, another "
            "--out starts a new one"
        )
    search_only(replace(request_of(options), work=files), execution_of(options, console))
    console.result({"store": str(files.root), **summary(files)})
    return 0
