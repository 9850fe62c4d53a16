"""Build decks: bring their figures up to date and write each to a folder of its own."""

from __future__ import annotations

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

from wann_core.commands.console import Console, shown
from wann_core.commands.options import add_decks
from wann_core.deck.build.outcome import BuildError, BuildOutcome, as_line
from wann_core.deck.build.pipeline import build_decks
from wann_core.deck.build.sources import deck_sources
from wann_core.deck.problem import Severity
from wann_core.deck.quality.overflow import known_overflows
from wann_core.paths import SLIDES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_decks(parser)


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    return 0 if build(options, console) is not None else 1


def build(options: argparse.Namespace, console: Console) -> BuildOutcome | None:
    """Build and show the report; after an error show the problems and return None."""
    try:
        return build_sources(deck_sources(options.sources, SLIDES), options.out, console)
    except BuildError as failed:
        for problem in failed.problems:
            console.complain(as_line(problem))
        n = sum(problem.severity is Severity.ERROR for problem in failed.problems)
        console.complain(f"{n} error{'s' if n > 1 else ''}; the existing decks are unchanged")
        return None


def build_sources(
    sources: Sequence[Path], out: Path, console: Console, *, is_silent_when_fresh: bool = False
) -> BuildOutcome:
    """Build and show the report.

    Raises:
        BuildError: there are errors in a deck.
    """
    begin = time.perf_counter()
    outcome = build_decks(sources, out, console.reporter(), console.tell)
    if not (outcome.is_fresh and is_silent_when_fresh):
        _show_remarks(outcome, out, console)
        _summarise(outcome, time.perf_counter() - begin, console)
    return outcome


def _show_remarks(outcome: BuildOutcome, out: Path, console: Console) -> None:
    """Show the remarks of the build, and the overflow that a check measured for the same state of a deck."""
    for deck in outcome.decks:
        for remark in deck.remarks:
            console.complain(remark)
        for overflow in known_overflows(deck.index, out) or ():
            console.complain(f"warning: {overflow}")


def _summarise(outcome: BuildOutcome, seconds: float, console: Console) -> None:
    width = max(len(deck.name) for deck in outcome.decks)
    for deck in outcome.decks:
        state = "as it was" if deck.is_fresh else "built"
        console.tell(f"{deck.name:<{width}}  {deck.n_slides:>3} slides  {state:<9}  {shown(deck.index)}")
    if outcome.is_fresh:
        console.tell(f"nothing is stale ({seconds:.2f} s)")
        return
    if outcome.figures_made:
        console.tell(f"figures made: {', '.join(outcome.figures_made)}")
    stages = ", ".join(f"{name} {spent:.2f}" for name, spent in outcome.seconds.items() if spent >= 0.005)
    console.tell(f"{seconds:.2f} s ({stages})")
