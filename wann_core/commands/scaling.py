"""Simulate how many workers the searches can use, from measured times."""

from __future__ import annotations

import argparse
from pathlib import Path

from wann_core.commands.console import Console
from wann_core.commands.options import add_json
from wann_core.files.atomic import write_text
from wann_core.research.scaling_plot import scaling_plot
from wann_core.research.scaling_study import measure, read_measured, study


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    parser.add_argument("file", type=Path, metavar="MEASURED.json", help="file of measured times")
    parser.add_argument("plot", type=Path, nargs="?", metavar="PLOT.svg", help="file for a drawing of the result")
    parser.add_argument("--measure", metavar="dask://HOST:PORT", help="first measure again on this cluster")
    parser.add_argument("--tasks", default="biped,car_racing", metavar="TASK,TASK", help="tasks to measure")
    parser.add_argument("--budget", default="paper", metavar="NAME", help="budget of their search (default: paper)")
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    if options.measure is not None:
        measure(options.file, options.tasks.split(","), options.budget, options.measure, console.command)
    found = study(*read_measured(options.file))
    if options.plot is not None:
        write_text(options.plot, scaling_plot({name: one["speed_up"] for name, one in found.items()}))
    console.result({"tasks": found})
    return 0
