"""Find mistakes in decks without building them, before an audience sees them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from wann_core.deck.build.live_data import live_tasks
from wann_core.deck.build.node import NodeError
from wann_core.deck.build.reading import drawing_problems, read_deck
from wann_core.deck.problem import Problem, Severity
from wann_core.deck.source.fences.live import LiveSlot
from wann_core.deck.source.model import ParsedDeck
from wann_core.figures.validate import damage_of, damage_of_live_demo
from wann_core.files.lock import hold

SCHEMA: Final = 1


def check_decks(sources: Sequence[Path], out: Path) -> list[Problem]:
    """Return the problems of decks, by deck and line.

    Args:
        sources: markdown files.
        out: the builds' output; only its cache is used.
    """
    cache = out / ".cache"
    with hold(cache / "lock", lambda _: None):
        decks = [read_deck(source, cache) for source in sources]
        problems = [problem for deck in decks for problem in (*deck.problems, *_damaged_results(deck))]
        try:
            problems += drawing_problems(decks, cache)
        except NodeError as error:
            # All other checks work without Node.
            hint = "formulas, charts and diagrams were not looked at"
            problems.append(Problem(decks[0].path, 1, str(error), hint, Severity.WARNING))
    order = list(sources)
    return sorted(problems, key=lambda problem: (order.index(problem.path), problem.line, problem.message))


def _damaged_results(deck: ParsedDeck) -> list[Problem]:
    """Problems of the runs that a deck shows, without duplicates."""
    if not deck.figures and not live_tasks(deck):
        return []
    found: dict[str, Problem] = {}

    def keep(line: int, what: str, messages: Iterable[str]) -> None:
        for message in messages:
            rule, _, hint = message.partition("; ")
            found.setdefault(message, Problem(deck.path, line, f"{what} cannot be made: {rule}", hint))

    for name, lines in deck.figures.items():
        keep(min(lines), f'figure "{name}"', damage_of(name))
    for slot in deck.slots_of(LiveSlot):
        if slot.demo.task is None:
            continue
        keep(slot.line, f'live demo "{slot.demo.demo}"', damage_of_live_demo(slot.demo.task))
    return list(found.values())


def as_json(problems: Sequence[Problem]) -> dict[str, Any]:
    """Return problems for editors and CI."""
    findings = [
        {
            "path": str(problem.path),
            "line": problem.line,
            "severity": str(problem.severity),
            "message": problem.message,
            "hint": problem.hint,
        }
        for problem in problems
    ]
    return {"schema": SCHEMA, "findings": findings}
