"""The command line ``python build.py``: the same commands, chosen by flags."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from wann_core.commands.console import Console
from wann_core.commands.discovery import load_command
from wann_core.commands.main import guarded
from wann_core.paths import DIST

DOOR: Final = "python build.py"
GOES_WITH: Final = {
    "port": ("serve",),
    "budget": ("rerun",),
    "experiment": ("rerun",),
    "seed": ("rerun",),
    "resume": ("rerun",),
    "anew": ("rerun",),
    "hours": ("rerun",),
    "executor": ("rerun", "verify"),
    "notes": ("pdf",),
    "json": ("check", "list_figures"),
    "browser": ("check",),
}
"""Option -> the flags with which it may be used."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; return 0, 1 after an error, 2 for a wrong command line, 130 after Ctrl-C."""
    arguments = sys.argv[1:] if arguments is None else arguments
    parser = _parser()
    options = parser.parse_args(arguments)
    _reject_what_does_not_fit(parser, options)
    console = Console(DOOR, tuple(arguments), quiet=options.quiet, json=options.json)
    how_to_go_on = "with --resume it continues from here" if options.rerun else "the same command continues from here"
    return guarded(console, how_to_go_on, lambda: _run(options, console), options)


def _run(options: argparse.Namespace, console: Console) -> int:
    name = _command(options)
    options.command = f"--{name}"
    options.task, options.env, options.threads, options.generations = options.rerun or options.verify, None, None, None
    options.task = options.task or None
    options.seed = options.seed or 0
    options.name, options.kind = options.new, options.pdf
    if name == "verify":
        options.out = None
    return load_command(name).run(options, console)


def _command(options: argparse.Namespace) -> str:
    for flag in ("new", "list_figures", "check", "verify", "serve", "rerun", "single_file", "pdf"):
        if getattr(options, flag) not in (None, False):
            return flag.replace("_", "-")
    return "build"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py",
        description="Bring results, figures and decks up to date. Without arguments: every deck in slides/.",
    )
    parser.add_argument("sources", nargs="*", type=Path, metavar="DECK.md", help="decks (default: all in slides/)")
    parser.add_argument("--out", type=Path, default=DIST, help="where decks are written (default: dist/)")
    parser.add_argument("--quiet", action="store_true", help="show only problems")

    what = parser.add_argument_group("actions instead of a plain build").add_mutually_exclusive_group()
    what.add_argument("--serve", action="store_true", help="build, serve on 127.0.0.1, build and reload on every save")
    what.add_argument("--rerun", metavar="TASK", help="search, tune and score TASK again, then build")
    what.add_argument(
        "--verify",
        nargs="?",
        const="",
        metavar="TASK",
        help="measure the scores of the committed runs again and compare",
    )
    what.add_argument("--check", action="store_true", help="only find mistakes in the decks")
    what.add_argument(
        "--list-figures", "--figures", action="store_true", help="list the names of all figures, and what they show"
    )
    what.add_argument("--single-file", action="store_true", help="also write dist/DECK.html, one complete file")
    what.add_argument(
        "--pdf", nargs="?", const="handout", choices=("handout", "steps"), help="also print dist/DECK-….pdf"
    )
    what.add_argument("--new", metavar="NAME", help="write the starter deck slides/NAME.md")

    further = parser.add_argument_group("further options")
    further.add_argument("--port", type=int, help="with --serve: the port (default 8000)")
    further.add_argument("--budget", metavar="NAME", help="with --rerun: smoke, talk (default), long or paper")
    further.add_argument(
        "--experiment",
        type=Path,
        metavar="TOML",
        help="with --rerun: your own settings, or the experiment.toml of a run",
    )
    further.add_argument("--seed", type=int, help="with --rerun: seed of the search")
    further.add_argument("--resume", action="store_true", help="with --rerun: continue a stopped run")
    further.add_argument("--hours", type=float, metavar="H", help="with --rerun: end the search after this time")
    further.add_argument("--anew", action="store_true", help="with --rerun: discard an unfinished run and start again")
    further.add_argument(
        "--executor", metavar="WHERE", help="with --rerun, --verify: threads, processes, dask://host:port"
    )
    further.add_argument("--notes", action="store_true", help="with --pdf: also print the speaker notes")
    further.add_argument("--json", action="store_true", help="with --check, --list-figures: findings as JSON")
    further.add_argument(
        "--browser",
        action=argparse.BooleanOptionalAction,
        help="with --check: build, and measure in a browser what overflows a slide (default: if one is installed)",
    )
    return parser


def _reject_what_does_not_fit(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    for name, flags in GOES_WITH.items():
        is_given = getattr(options, name) not in (None, False)
        if is_given and all(getattr(options, flag) in (None, False) for flag in flags):
            parser.error(f"--{name} needs {' or '.join('--' + flag.replace('_', '-') for flag in flags)}")
    if options.port is not None and not 0 <= options.port < 65536:
        parser.error(f"--port {options.port}: a port is a number from 0 (any free one) to 65535")
    if options.seed is not None and options.seed < 0:
        parser.error(f"--seed {options.seed}: must be 0 or more")
    if options.new is not None and options.sources:
        parser.error("--new takes only a name, no decks")
    if options.list_figures and options.sources:
        parser.error("--list-figures takes no decks: figures are the same for all")
