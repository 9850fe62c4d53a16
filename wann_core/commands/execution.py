"""From arguments to an execution plan."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.runs.execution import Execution


def execution_of(options: argparse.Namespace, console: Console) -> Execution:
    """Return how a command's work is executed, as its arguments say."""
    return Execution(
        console.reporter(), console.command, getattr(options, "threads", None), getattr(options, "executor", None)
    )
