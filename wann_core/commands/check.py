"""Find mistakes in decks; if a browser is installed, measure what overflows a slide."""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from wann_core.commands.console import Console
from wann_core.commands.options import add_decks, add_json
from wann_core.deck.browsers import find_browser
from wann_core.deck.build.outcome import as_line
from wann_core.deck.build.pipeline import build_decks
from wann_core.deck.build.sources import deck_sources
from wann_core.deck.problem import Problem, Severity
from wann_core.deck.quality.check import as_json, check_decks
from wann_core.deck.quality.measure_overflow import overflows_of
from wann_core.paths import SLIDES


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """See ``discovery``."""
    add_decks(parser)
    add_json(parser)
    parser.add_argument(
        "--browser",
        action=argparse.BooleanOptionalAction,
        help="build, and measure in a browser what overflows a slide (default: if one is installed)",
    )


def run(options: argparse.Namespace, console: Console) -> int:
    """See ``discovery``."""
    sources = deck_sources(options.sources, SLIDES)
    problems = check_decks(sources, options.out)
    has_error = any(problem.severity is Severity.ERROR for problem in problems)
    wants_measure = find_browser() is not None if options.browser is None else options.browser
    if wants_measure and not has_error:
        problems += _overflows(sources, options.out, console)
    if console.json:
        console.say(json.dumps(as_json(problems), indent=1, ensure_ascii=False))
    else:
        for problem in problems:
            console.complain(as_line(problem))
        if not problems:
            unmeasured = "" if wants_measure else " (what overflows a slide was not measured: that needs a browser)"
            console.tell(f"{len(sources)} deck{'s' if len(sources) > 1 else ''}, no problems{unmeasured}")
    return 1 if has_error else 0


def _overflows(sources: Sequence[Path], out: Path, console: Console) -> list[Problem]:
    """Build, and measure what does not fit on the slides."""
    outcome = build_decks(sources, out, console.reporter(), lambda _: None)
    return [
        overflow.as_problem(source)
        for source, deck in zip(sources, outcome.decks, strict=True)
        for overflow in overflows_of(deck.index, out)
    ]
