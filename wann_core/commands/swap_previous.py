"""Swap a store with the run from before the last rerun."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.options import add_json, add_store, add_task, store_of
from wann_core.runs.summary import summary
from wann_core.runs.workspace import swap_previous


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    swap_previous(store_of(options))
    console.result(summary(store_of(options)))
    return 0
