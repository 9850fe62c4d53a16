"""Search, tune and score a task again, then build the decks."""

from __future__ import annotations

import argparse

from wann_core.commands import build
from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import add_course, add_decks, add_execution, add_task, task_of
from wann_core.commands.run import request_of
from wann_core.paths import runs_root
from wann_core.runs.rerun import rerun
from wann_core.runs.store import RunStore


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_course(parser)
    add_execution(parser)
    parser.set_defaults(sources=[])
    add_decks(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    task = task_of(options)
    target = RunStore(runs_root() / task)
    is_kept = rerun(
        request_of(options), target, execution_of(options, console), lambda stage: console.tell(f"{task}: {stage}")
    )
    if is_kept:
        console.tell(f"{task}: the previous run is kept; `python -m wann_core swap-previous {task}` brings it back")
    return build.run(options, console)
