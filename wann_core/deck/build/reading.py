"""Read decks, and find what Node cannot draw in them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from wann_core.deck.build import drawings
from wann_core.deck.build.render import drawing_jobs
from wann_core.deck.build.slot_html import drawing_problem
from wann_core.deck.problem import Problem
from wann_core.deck.source.model import ParsedDeck
from wann_core.deck.source.parse import parse_deck


def read_deck(source: Path, cache: Path) -> ParsedDeck:
    """Read a deck only when it is complete: an editor may be writing it at this moment."""
    while True:
        before = source.read_bytes()
        deck = parse_deck(source, cache / "charts")
        if source.read_bytes() == before:
            return deck


def drawing_problems(decks: Sequence[ParsedDeck], cache: Path) -> list[Problem]:
    """Return the charts, formulas and diagrams of fences that cannot be drawn."""
    drawn, _ = drawings.draw({deck.path.stem: drawing_jobs(deck, {}) for deck in decks}, cache / "drawings")
    found: dict[Problem, None] = {}
    for deck in decks:
        for slot, element in deck.placed_slots():
            job = slot.job(element)
            drawing = drawn[deck.path.stem].get(job["id"], {}) if job else {}
            if "error" in drawing:
                found[drawing_problem(deck, slot, drawing)] = None
    return list(found)
