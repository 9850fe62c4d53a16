"""Measure the four weight conditions of a store."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import add_budget, add_execution, add_json, add_store, add_task, store_of
from wann_core.commands.tune import refuse_another_budget
from wann_core.runs.summary import summary
from wann_core.runs.update import UpdateRequest, update


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_budget(parser, "the store's own settings")
    add_execution(parser)
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    refuse_another_budget(options)
    update(store_of(options), UpdateRequest(tuning=False, budget=options.budget), execution_of(options, console))
    console.result(summary(store_of(options)))
    return 0
