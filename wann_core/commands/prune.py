"""Cut those connections of a store's champion that earn nothing; no score may get worse by it."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.execution import execution_of
from wann_core.commands.options import add_execution, add_json, add_seed, add_store, add_task, store_of
from wann_core.runs.pruning_stage import prune_store
from wann_core.runs.summary import summary


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    add_seed(parser, None)
    add_execution(parser)
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    store = store_of(options)
    before, after = prune_store(store, execution_of(options, console), options.seed)
    console.result({"connections_before": before, "connections_after": after, **summary(store)})
    return 0
