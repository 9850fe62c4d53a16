"""Compare two runs of a task: means, differences, 95 % intervals over trials and restarts."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import OptionError, add_execution, add_json
from wann_core.research.compare import as_table, compare_restarts, compare_trials, run_named


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    parser.add_argument("first", metavar="RUN", help="folder of a run, or a task with a committed run")
    parser.add_argument("second", metavar="RUN")
    parser.add_argument("--trials", type=int, default=100, metavar="N", help="episodes per cell (default: 100)")
    add_execution(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    if not 2 <= options.trials <= 1_000_000:
        raise OptionError(f"--trials {options.trials}: must be between 2 and 1000000")
    first, second = run_named(options.first), run_named(options.second)
    restarts = compare_restarts(first, second)  # first, because a damaged history is found at once
    execution = execution_of(options, console)
    with execution.evaluator(first.task) as evaluator:
        found = compare_trials(first, second, options.trials, evaluator, execution.reporter)
    found += restarts
    runs = {"first": str(first.root), "second": str(second.root)}
    cells = {one.name: one.as_json() for one in found}
    console.result(
        {"task": first.task, **runs, "trials": options.trials, "cells": cells}
        if console.json
        else {"text": as_table(found)}
    )
    return 0
