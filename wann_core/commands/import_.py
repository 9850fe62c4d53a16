"""Read a network (.out of the 2019 release, .json of neat-python), tune and score it."""

from __future__ import annotations

import argparse
from pathlib import Path

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import (
    OptionError,
    add_budget,
    add_execution,
    add_json,
    add_seed,
    add_store,
    add_task,
    store_of,
    task_of,
)
from wann_core.exchange import import_genome
from wann_core.runs.summary import summary
from wann_core.runs.update import UpdateRequest, adopt
from wann_core.tasks.registry import load_task


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    parser.add_argument("file", type=Path)
    add_budget(parser)
    add_seed(parser)
    add_execution(parser)
    add_store(parser, "folder of the run's files")
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    if options.out is None:
        raise OptionError("import: --out DIR is needed, so that no committed run is overwritten")
    genome = import_genome(options.file, load_task(task_of(options)).spec)
    request = UpdateRequest(tuning=True, budget=options.budget, seed=options.seed)
    adopt(store_of(options), genome, request, execution_of(options, console))
    console.result(summary(store_of(options)))
    return 0
