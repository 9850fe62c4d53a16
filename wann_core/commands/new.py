"""Write a starter deck that builds."""

from __future__ import annotations

import argparse
import datetime

from wann_core.commands.console import Console, shown
from wann_core.deck.build.starter import write_starter
from wann_core.paths import SLIDES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    parser.add_argument("name", metavar="NAME", help="name of the deck; the command writes slides/NAME.md")


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    path = shown(write_starter(SLIDES, options.name, datetime.datetime.now().astimezone().date()))
    console.say(f"{path} is written; `python build.py {path} --serve` shows it while you write")
    return 0
