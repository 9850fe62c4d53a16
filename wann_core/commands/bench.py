"""Measure the speed of a task and of its reference implementation."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.options import add_json, add_task, add_threads, task_of
from wann_core.research.bench import bench


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_threads(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    console.result(bench(task_of(options), options.threads, console.reporter()))
    return 0
