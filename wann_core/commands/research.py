"""The command line's ``compare``, ``sweep`` and ``page``."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wann_core.paths import runs_root
from wann_core.progress import Reporter
from wann_core.runs.store import ResultsError, RunFiles
from wann_core.tasks.names import task_name_of

Result = dict[str, Any]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the three commands to the parser."""
    compare = _add(
        commands, "compare", "two runs of a task: means, differences, 95 % intervals over trials and restarts"
    )
    compare.add_argument("first", metavar="RUN", help="folder of a run, or a task whose committed run is meant")
    compare.add_argument("second", metavar="RUN")
    compare.add_argument("--trials", type=int, default=100, metavar="N", help="episodes per cell (default: 100)")
    compare.add_argument("--threads", type=int, metavar="N", help="threads or processes (all cores)")
    compare.add_argument("--executor", metavar="WHERE", help="threads, processes or dask://host:port")
    sweep = _add(commands, "sweep", "one search per combination of settings and seed, and a table of what came of them")
    sweep.add_argument("task", nargs="?")
    sweep.add_argument("--env", metavar="ID", help="instead of TASK: any Gymnasium environment, as CartPole-v1")
    sweep.add_argument("--set", action="append", required=True, metavar="TABLE.KEY=V,V", help="settings to go through")
    sweep.add_argument("--seeds", default="0", metavar="N,N", help="seeds of each combination (default: 0)")
    sweep.add_argument("--budget", default="talk", metavar="NAME")
    sweep.add_argument("--experiment", type=Path, metavar="TOML", help="settings of one's own to start from")
    sweep.add_argument("--out", type=Path, required=True, metavar="DIR", help="folder of all runs and of sweep.csv")
    sweep.add_argument("--threads", type=int, metavar="N", help="threads or processes (all cores)")
    sweep.add_argument("--executor", metavar="WHERE", help="threads, processes or dask://host:port")
    overhead = _add(commands, "overhead", "how much of its workers' time an engine leaves to the work of a task")
    overhead.add_argument("task")
    overhead.add_argument("--executor", default="processes", metavar="WHERE", help="processes or dask://host:port")
    overhead.add_argument("--threads", type=int, metavar="N", help="worker processes (all cores)")
    overhead.add_argument("--budget", default="paper", metavar="NAME", help="whose lanes are played (default: paper)")
    overhead.add_argument("--networks", type=int, default=64, metavar="N", help="per generation (default: 64)")
    overhead.add_argument("--generations", type=int, default=2, metavar="N", help="that are timed (default: 2)")
    scaling = _add(commands, "scaling", "how many workers the searches can feed: simulated, from measured times")
    scaling.add_argument("file", type=Path, metavar="MEASURED.json", help="what was measured")
    scaling.add_argument("plot", type=Path, nargs="?", metavar="PLOT.svg", help="draw it")
    scaling.add_argument("--measure", metavar="dask://HOST:PORT", help="measure anew first, with this cluster")
    scaling.add_argument("--tasks", default="biped,car_racing", metavar="TASK,TASK", help="to measure")
    scaling.add_argument("--budget", default="paper", metavar="NAME", help="of their search (default: paper)")
    page = _add(commands, "page", "the history of a run as one HTML file: charts, scores, settings, provenance")
    page.add_argument("first", metavar="RUN", help="folder of a run, or a task whose committed run is meant")
    page.add_argument("file", type=Path, metavar="FILE.html")


def _add(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, about: str
) -> argparse.ArgumentParser:
    # argparse formats the help, and the description only where it names the program.
    command = commands.add_parser(name, help=about.replace("%", "%%"), description=about)
    command.add_argument("--json", action="store_true", help="one JSON object on standard output")
    return command


def store_of(text: str) -> RunFiles:
    """The store that a person means: a folder, or the committed run of a task.

    Raises:
        ResultsError: neither holds a run.
    """
    from wann_core.research.compare import task_of_run  # noqa: PLC0415  # heavy; a listing needs none of it

    for folder in (Path(text), runs_root() / text):
        if RunFiles(folder).experiment.is_file():
            return RunFiles(folder, task_of_run(RunFiles(folder)))
    raise ResultsError(f"{text}: holds no run, and no task of this name has one in {runs_root()}")


def compare(arguments: argparse.Namespace, reporter: Reporter, command: str) -> Result:
    """Run ``compare``."""
    from wann_core.evaluation.evaluator import Evaluator, default_threads  # noqa: PLC0415  # heavy
    from wann_core.research.compare import as_table, compare_restarts, compare_trials  # noqa: PLC0415

    del command
    if not 2 <= arguments.trials <= 1_000_000:
        raise ResultsError(f"--trials {arguments.trials}: must be between 2 and 1000000")
    first, second = store_of(arguments.first), store_of(arguments.second)
    restarts = compare_restarts(first, second)  # first, since a damaged history is found at once
    with Evaluator(first.task, arguments.threads or default_threads(), arguments.executor) as evaluator:
        found = compare_trials(first, second, arguments.trials, evaluator, reporter)
    found += restarts
    if not arguments.json:
        return {"text": as_table(found)}
    runs = {"first": str(first.root), "second": str(second.root)}
    return {"task": first.task, **runs, "trials": arguments.trials, "cells": {one.name: one.as_json() for one in found}}


def sweep(arguments: argparse.Namespace, reporter: Reporter, command: str) -> Result:
    """Run ``sweep``."""
    from wann_core.evaluation.evaluator import Evaluator, default_threads  # noqa: PLC0415  # heavy
    from wann_core.research.sweep import over_seeds, parse_sweep, plan, run_sweep  # noqa: PLC0415
    from wann_core.runs.workspace import alone_in  # noqa: PLC0415

    if (arguments.task is None) == (arguments.env is None):
        raise ResultsError("sweep: needs a TASK, or --env ID, and not both")
    task = task_name_of(arguments.env) if arguments.env is not None else arguments.task
    seeds = arguments.seeds.split(",")
    if not all(seed.isdigit() for seed in seeds) or len(set(seeds)) != len(seeds):
        raise ResultsError(f"--seeds {arguments.seeds}: must be different whole numbers, as 0,1,2")
    axes = parse_sweep(arguments.set)
    planned = plan(task, arguments.budget, arguments.experiment, axes, [int(seed) for seed in seeds], arguments.out)
    table = arguments.out / "sweep.csv"
    with (
        alone_in(arguments.out),
        Evaluator(task, arguments.threads or default_threads(), arguments.executor) as evaluator,
    ):
        rows = run_sweep(planned, evaluator, reporter, command, table)
    combinations = {
        " ".join(f"{name}={value}" for name, value in settings): {**estimate.as_json(), "connections": size}
        for settings, estimate, size in over_seeds(rows)
    }
    if arguments.json:
        return {"task": task, "table": str(table), "combinations": combinations}
    lines = [f"{'':<44} {'mean return':>12} {'95 % interval':>20} {'connections':>12}"]
    for name, one in combinations.items():
        interval = "one seed" if one["low"] is None else f"[{one['low']:.1f}, {one['high']:.1f}]"
        lines.append(f"{name:<44} {one['mean']:>12.1f} {interval:>20} {one['connections']:>12.1f}")
    return {"text": "\n".join([*lines, str(table)])}


def write_history_page(arguments: argparse.Namespace, reporter: Reporter, command: str) -> Result:
    """Run ``page``."""
    from wann_core.research.report import write_page  # noqa: PLC0415  # heavy

    del reporter, command
    if arguments.file.suffix not in {".html", ".htm"}:
        raise ResultsError(f"{arguments.file}: must end with .html, which is what is written")
    write_page(arguments.file, store_of(arguments.first))
    return {"file": str(arguments.file)}


def overhead(arguments: argparse.Namespace, reporter: Reporter, command: str) -> Result:
    """Run ``overhead``."""
    from wann_core.evaluation.evaluator import default_threads  # noqa: PLC0415  # heavy
    from wann_core.research.measure_scaling import measure_overhead  # noqa: PLC0415

    del reporter, command
    for name in ("networks", "generations"):
        if getattr(arguments, name) < 1:
            raise ResultsError(f"--{name} {getattr(arguments, name)}: must be at least 1")
    return measure_overhead(
        arguments.task, arguments.budget, arguments.executor, arguments.threads or default_threads(),
        arguments.networks, arguments.generations,
    )  # fmt: skip


def scaling(arguments: argparse.Namespace, reporter: Reporter, command: str) -> Result:
    """Run ``scaling``."""
    from wann_core.files.atomic import write_text  # noqa: PLC0415  # heavy, as the rest
    from wann_core.research.scaling_plot import scaling_plot  # noqa: PLC0415
    from wann_core.research.scaling_study import measure, read_measured, study  # noqa: PLC0415

    del reporter
    if arguments.measure is not None:
        measure(arguments.file, arguments.tasks.split(","), arguments.budget, arguments.measure, command)
    found = study(*read_measured(arguments.file))
    if arguments.plot is not None:
        write_text(arguments.plot, scaling_plot({name: one["speed_up"] for name, one in found.items()}))
    return {"tasks": found}


COMMANDS: Final[dict[str, Callable[[argparse.Namespace, Reporter, str], Result]]] = {
    "compare": compare,
    "sweep": sweep,
    "page": write_history_page,
    "overhead": overhead,
    "scaling": scaling,
}
