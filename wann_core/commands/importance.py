"""Measure what each connection of a store's champion is worth, by cutting it."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import add_execution, add_json, add_store, add_task, store_of
from wann_core.runs.importance import load_importance, measure_importance


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_execution(parser)
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    store = store_of(options)
    measure_importance(store, execution_of(options, console))
    found = load_importance(store)
    console.result({"task": store.task, "mean": found.mean, "connections": len(found.connections), **found.counts()})
    return 0
