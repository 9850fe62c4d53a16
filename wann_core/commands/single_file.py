"""Build decks, and write each as one HTML file with everything inside."""

from __future__ import annotations

import argparse

from wann_core.commands.build import build
from wann_core.commands.console import Console, shown
from wann_core.commands.options import add_decks
from wann_core.deck.export.single_file import inline_deck
from wann_core.files.atomic import write_text


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_decks(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    outcome = build(options, console)
    if outcome is None:
        return 1
    for deck in outcome.decks:
        target = options.out / f"{deck.name}.html"
        write_text(target, inline_deck(deck.index.parent, deck.outputs))
        console.tell(f"{shown(target)}  {target.stat().st_size / 1e6:.1f} MB, everything inside")
    return 0
