"""Measure the share of the workers' time that is spent on evaluation."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.options import OptionError, add_json, add_threads
from wann_core.evaluation.evaluator import default_threads
from wann_core.research.measure_scaling import measure_overhead


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    parser.add_argument("task")
    parser.add_argument("--executor", default="processes", metavar="WHERE", help="processes or dask://host:port")
    add_threads(parser)
    parser.add_argument(
        "--budget", default="paper", metavar="NAME", help="budget whose episodes are played (default: paper)"
    )
    parser.add_argument("--networks", type=int, default=64, metavar="N", help="networks per generation (default: 64)")
    parser.add_argument("--generations", type=int, default=2, metavar="N", help="generations to time (default: 2)")
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    for name in ("networks", "generations"):
        if getattr(options, name) < 1:
            raise OptionError(f"--{name} {getattr(options, name)}: must be at least 1")
    threads = options.threads or default_threads()
    console.result(
        measure_overhead(options.task, options.budget, options.executor, threads, options.networks, options.generations)
    )
    return 0
