"""All figures that a deck can name, with what they show, for authors of decks."""

from __future__ import annotations

from pathlib import Path
from typing import Final, NamedTuple

from wann_core.figures.discovery import names, spec_of, store_of, task_of
from wann_core.paths import runs_root

_TYPES: Final = {"video": "film", "image": "picture", "chart": "chart"}


class Described(NamedTuple):
    """A figure: its name, whether it is a film, a picture or a chart, and what it shows."""

    name: str
    kind: str
    shows: str


def described(runs: Path | None = None) -> list[Described]:
    """Return all figures.

    Args:
        runs: folder of the results stores; None means the committed ones.
    """
    runs = runs or runs_root()
    found = []
    for name in names(runs):
        spec, task = spec_of(name), task_of(name)
        has_own_data = task is None or spec.needs_encoder or store_of(task, runs).exists()
        paper = "" if has_own_data else " (no run yet: the paper's values)"
        found.append(Described(name, _TYPES[spec.type], spec.shows + paper))
    return found
