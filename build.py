"""Bring results, figures and decks up to date: the one command. ``python build.py --help`` lists what it can do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parent

BUDGETS = ("smoke", "talk", "paper")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line; return the exit status: 0, 1 after an error, 2 for a wrong command, 130 after Ctrl-C."""
    parser = _parser()
    options = parser.parse_args(arguments)
    _reject_what_does_not_fit(parser, options)
    # What a command needs is imported by it: an edit of a slide must not wait for numpy.
    from wann_core.deck import commands  # noqa: PLC0415

    try:
        return commands.run(commands.Options(**vars(options)))
    except KeyboardInterrupt:
        sys.stderr.write("\nstopped; nothing is lost: the same command goes on from here (a search with --resume)\n")
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="build.py",
        description="Brings results, figures and decks up to date. Without arguments: every deck in slides/.",
    )
    parser.add_argument("sources", nargs="*", type=Path, metavar="DECK.md", help="decks to build (default: slides/*.md)")
    parser.add_argument("--out", type=Path, default=PROJECT / "dist", help="where decks are written (default: dist/)")
    parser.add_argument("--quiet", action="store_true", help="say only what is wrong")

    what = parser.add_argument_group("instead of just building").add_mutually_exclusive_group()
    what.add_argument("--serve", action="store_true", help="build, serve on 127.0.0.1, build and reload on every save")
    what.add_argument("--rerun", metavar="TASK", help="search, tune and score TASK again, then build")
    what.add_argument("--verify", nargs="?", const="", metavar="TASK", help="score the committed champions again, compare")
    what.add_argument("--check", action="store_true", help="only look for mistakes in the decks")
    what.add_argument("--single-file", action="store_true", help="also write dist/DECK.html with everything inside")
    what.add_argument("--pdf", nargs="?", const="handout", choices=("handout", "steps"), help="also print dist/DECK-….pdf")
    what.add_argument("--new", metavar="NAME", help="write the starter deck slides/NAME.md")

    further = parser.add_argument_group("further settings")
    further.add_argument("--port", type=int, help="with --serve: the port (default 8000)")
    further.add_argument("--budget", choices=BUDGETS, help="with --rerun: how long to search (default talk)")
    further.add_argument("--seed", type=int, help="with --rerun: seed of the search")
    further.add_argument("--resume", action="store_true", help="with --rerun: go on where the last run was stopped")
    further.add_argument("--notes", action="store_true", help="with --pdf: speaker notes, too")
    further.add_argument("--json", action="store_true", help="with --check: findings as JSON")
    further.add_argument("--browser", action="store_true", help="with --check: measure in a browser what overflows a slide")
    return parser


def _reject_what_does_not_fit(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    fits = {
        "port": options.serve,
        "budget": options.rerun,
        "seed": options.rerun,
        "resume": options.rerun,
        "notes": options.pdf,
        "json": options.check,
        "browser": options.check,
    }
    goes_with = {"port": "--serve", "notes": "--pdf", "json": "--check", "browser": "--check"}
    for name, command in fits.items():
        if getattr(options, name) not in (None, False) and not command:
            parser.error(f"--{name} goes with {goes_with.get(name, '--rerun')}")
    if options.port is not None and not 0 <= options.port < 65536:
        parser.error(f"--port {options.port}: a port is a number from 0 (any free one) to 65535")
    if options.seed is not None and options.seed < 0:
        parser.error(f"--seed {options.seed}: must be 0 or more")
    if options.new is not None and options.sources:
        parser.error("--new takes a name and no decks")


if __name__ == "__main__":
    sys.exit(main())
