"""From arguments to how work is done."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.runs.execution import Execution


def execution_of(options: argparse.Namespace, console: Console) -> Execution:
    """How the work of a command is done, by its arguments."""
    return Execution(
        console.reporter(), console.command, getattr(options, "threads", None), getattr(options, "executor", None)
    )
