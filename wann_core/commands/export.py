"""Write a store's champion as .out (2019 release), .graphml or .onnx."""

from __future__ import annotations

import argparse
from pathlib import Path

from wann_core.commands.console import Console
from wann_core.commands.options import add_json, add_store, add_task, store_of
from wann_core.exchange import export_champion
from wann_core.runs.champion_file import load_champion
from wann_core.tasks.registry import load_task


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_task(parser)
    parser.add_argument("file", type=Path)
    add_store(parser)
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    store = store_of(options)
    champion = load_champion(store)
    checked = export_champion(options.file, champion, load_task(store.task).spec)
    console.result({"file": str(options.file), "connections": champion.genome.n_connections, **checked})
    return 0
