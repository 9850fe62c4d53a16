"""Build decks, and print each as PDF: a page per slide (handout) or per step."""

from __future__ import annotations

import argparse

from wann_core.commands.build import build
from wann_core.commands.console import Console, shown
from wann_core.commands.options import add_decks
from wann_core.deck.export.pdf import print_deck


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_decks(parser)
    parser.add_argument("--kind", choices=("handout", "steps"), default="handout", help="a page per slide, or per step")
    parser.add_argument("--notes", action="store_true", help="also print the speaker notes")


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    outcome = build(options, console)
    if outcome is None:
        return 1
    for deck in outcome.decks:
        target = options.out / f"{deck.name}-{options.kind}.pdf"
        n_pages = print_deck(deck.index, target, options.kind, with_notes=options.notes)
        console.tell(f"{shown(target)}  {n_pages} pages{' and the notes' if options.notes else ''}")
    return 0
