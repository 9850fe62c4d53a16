"""Print what a store holds."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.options import add_json, add_store, add_task, store_of
from wann_core.runs.summary import summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    console.result(summary(store_of(options)))
    return 0
