"""List the names of all figures for decks, and what they show."""

from __future__ import annotations

import argparse

from wann_core.commands.console import Console
from wann_core.commands.options import add_json
from wann_core.figures.listing import described


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_json(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    del options
    rows = described()
    if console.json:
        console.result({row.name: {"kind": row.kind, "shows": row.shows} for row in rows})
        return 0
    width = max(len(row.name) for row in rows)
    for row in rows:
        console.say(f"run:{row.name:<{width}}  {row.kind:<7}  {row.shows}")
    return 0
