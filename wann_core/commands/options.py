"""Arguments that several commands share."""

from __future__ import annotations

import argparse
from pathlib import Path

from wann_core.errors import WannError
from wann_core.paths import DIST, runs_root
from wann_core.runs.store import RunStore
from wann_core.tasks.names import task_name_of
from wann_core.tasks.registry import task_names


class OptionError(WannError):
    """An invalid argument of the command line."""


def add_json(parser: argparse.ArgumentParser) -> None:
    """Add ``--json``."""
    parser.add_argument("--json", action="store_true", help="one JSON object on standard output")


def add_task(parser: argparse.ArgumentParser) -> None:
    """Add the task, as its name or as a Gymnasium id."""
    parser.add_argument("task", nargs="?", help=", ".join(task_names()))
    parser.add_argument("--env", metavar="ID", help="instead of TASK: any Gymnasium environment, such as CartPole-v1")


def task_of(options: argparse.Namespace) -> str:
    """Return the requested task.

    Raises:
        OptionError: neither or both of TASK and ``--env`` are given.
    """
    if (options.task is None) == (options.env is None):
        raise OptionError(f"{options.command}: needs a TASK, or --env ID, and not both")
    return task_name_of(options.env) if options.env is not None else str(options.task)


def add_store(parser: argparse.ArgumentParser, about: str = "the store (default: assets/runs/TASK)") -> None:
    """Add ``--out``, the folder of a store."""
    parser.add_argument("--out", type=Path, metavar="DIR", help=about)


def store_of(options: argparse.Namespace) -> RunStore:
    """Return the store of the requested task."""
    task = task_of(options)
    return RunStore(options.out or runs_root() / task, task)


def add_threads(parser: argparse.ArgumentParser) -> None:
    """Add ``--threads``."""
    parser.add_argument("--threads", type=int, metavar="N", help="threads or processes (default: all cores)")


def add_execution(parser: argparse.ArgumentParser) -> None:
    """Add where episodes run: ``--threads`` and ``--executor``."""
    add_threads(parser)
    parser.add_argument(
        "--executor", metavar="WHERE", help="threads, processes or dask://host:port (default: the task's own)"
    )


def add_seed(parser: argparse.ArgumentParser, default: int | None = 0) -> None:
    """Add ``--seed``; None means the store's own."""
    about = "the store's own" if default is None else str(default)
    parser.add_argument("--seed", type=int, default=default, help=f"seed of all random numbers (default: {about})")


def add_budget(parser: argparse.ArgumentParser, default: str = "talk") -> None:
    """Add ``--budget``."""
    parser.add_argument("--budget", metavar="NAME", help=f"smoke, talk, long, paper, ... (default: {default})")


def add_course(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of a search: its settings, its length, and whether it is continued."""
    add_budget(parser)
    add_seed(parser)
    parser.add_argument(
        "--experiment",
        type=Path,
        metavar="TOML",
        help="your own settings, or the experiment.toml of a run to use exactly its settings",
    )
    parser.add_argument(
        "--generations", type=int, metavar="N", help="generations per restart, also for a continued search"
    )
    parser.add_argument(
        "--hours", type=float, metavar="H", help="end the search after this time, at the end of a generation"
    )
    parser.add_argument(
        "--resume", action="store_true", help="continue a stopped run, or a finished one from its last population"
    )
    parser.add_argument("--anew", action="store_true", help="discard an unfinished run and start again")


def add_decks(parser: argparse.ArgumentParser) -> None:
    """Add the decks, and the folder where they are written."""
    parser.add_argument("sources", nargs="*", type=Path, metavar="DECK.md", help="decks (default: all in slides/)")
    parser.add_argument(
        "--out", type=Path, default=DIST, metavar="DIR", help="where decks are written (default: dist/)"
    )
    parser.add_argument("--quiet", action="store_true", help="show only problems")


def check_numbers(options: argparse.Namespace) -> None:
    """Check the numbers that several commands take.

    Raises:
        OptionError: one is out of range.
    """
    hours = getattr(options, "hours", None)
    if hours is not None and not 0.0 < hours < 10_000.0:
        raise OptionError(f"--hours {hours}: must be more than 0 and less than 10000")
    for name, least, most in (("threads", 1, None), ("seed", 0, None), ("port", 0, 65535)):
        value = getattr(options, name, None)
        if value is None:
            continue
        if value < least:
            raise OptionError(f"--{name} {value}: must be at least {least}")
        if most is not None and value > most:
            raise OptionError(f"--{name} {value}: must be at most {most}")
