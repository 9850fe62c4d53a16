"""Tune the weights of a store's champion and of its fixed topology, then score."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import add_budget, add_execution, add_json, add_seed, add_store, add_task, store_of
from wann_core.runs.store import ResultsError
from wann_core.runs.summary import summary
from wann_core.runs.update import UpdateRequest, update


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_budget(parser, "the store's own settings")
    add_seed(parser, None)
    parser.add_argument("--resume", action="store_true", help="continue a stopped tuning")
    add_execution(parser)
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    refuse_another_budget(options)
    request = UpdateRequest(tuning=True, budget=options.budget, seed=options.seed, resume=options.resume)
    update(store_of(options), request, execution_of(options, console))
    console.result(summary(store_of(options)))
    return 0


def refuse_another_budget(options: argparse.Namespace) -> None:
    """Refuse to replace by accident what a talk shows, for example a hundred trials by six.

    Raises:
        ResultsError: a budget is given, and the store is the committed one but was not named.
    """
    store = store_of(options)
    if options.budget is not None and options.out is None and store.exists():
        raise ResultsError(
            f"--budget {options.budget}: would replace what {store.root} holds; to do so, name it with --out"
        )
