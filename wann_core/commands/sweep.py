"""Run one search per combination of settings and seed, and make a table of the results."""

from __future__ import annotations

import argparse
from pathlib import Path

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import OptionError, add_execution, add_json, add_task, task_of
from wann_core.research.sweep import over_seeds, parse_sweep, plan, run_sweep
from wann_core.runs.workspace import alone_in


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    parser.add_argument(
        "--set", action="append", required=True, metavar="TABLE.KEY=V,V", help="values to try for one setting"
    )
    parser.add_argument("--seeds", default="0", metavar="N,N", help="seeds of each combination (default: 0)")
    parser.add_argument(
        "--budget", default="talk", metavar="NAME", help="budget for all other settings (default: talk)"
    )
    parser.add_argument("--experiment", type=Path, metavar="TOML", help="your own settings to start from")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of all runs and of sweep.csv")
    add_execution(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    task, seeds = task_of(options), options.seeds.split(",")
    if not all(seed.isdigit() for seed in seeds) or len(set(seeds)) != len(seeds):
        raise OptionError(f"--seeds {options.seeds}: must be different whole numbers, such as 0,1,2")
    axes = parse_sweep(options.set)
    planned = plan(task, options.budget, options.experiment, axes, [int(seed) for seed in seeds], options.out)
    table, execution = options.out / "sweep.csv", execution_of(options, console)
    with alone_in(options.out), execution.evaluator(task) as evaluator:
        rows = run_sweep(planned, evaluator, execution.reporter, execution.command, table)
    combinations = {
        " ".join(f"{name}={value}" for name, value in settings): {**estimate.as_json(), "connections": size}
        for settings, estimate, size in over_seeds(rows)
    }
    if console.json:
        console.result({"task": task, "table": str(table), "combinations": combinations})
        return 0
    lines = [f"{'':<44} {'mean return':>12} {'95 % interval':>20} {'connections':>12}"]
    for name, one in combinations.items():
        interval = "one seed" if one["low"] is None else f"[{one['low']:.1f}, {one['high']:.1f}]"
        lines.append(f"{name:<44} {one['mean']:>12.1f} {interval:>20} {one['connections']:>12.1f}")
    console.result({"text": "\n".join([*lines, str(table)])})
    return 0
