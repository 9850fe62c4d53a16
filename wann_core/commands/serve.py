"""Build decks, serve them on 127.0.0.1, build and reload on every save."""

from __future__ import annotations

import argparse
from pathlib import Path

from wann_core.commands.build import build_sources
from wann_core.commands.console import Console
from wann_core.commands.options import add_decks
from wann_core.deck.build.outcome import BuildOutcome
from wann_core.deck.preview.rebuild import Rebuild
from wann_core.deck.preview.serve import DEFAULT_PORT, serve
from wann_core.paths import SLIDES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_decks(parser)
    parser.add_argument("--port", type=int, help=f"0 for any free one (default: {DEFAULT_PORT})")


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""

    def build(sources: list[Path]) -> BuildOutcome:
        return build_sources(sources, options.out, console, is_silent_when_fresh=True)

    port = DEFAULT_PORT if options.port is None else options.port
    serve(options.out, port, Rebuild(options.sources, SLIDES, build, console.complain), console.say)
    return 0
