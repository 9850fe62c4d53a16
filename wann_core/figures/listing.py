"""All figures that a deck can name, with what they show, for those who write one."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final, NamedTuple

from wann_core.figures.catalog import kinds, names, store_of, task_of
from wann_core.results import runs_root

_TYPES: Final = {"video": "film", "image": "picture", "chart": "chart"}
_AS_A_FILE: Final = "the same as a picture file"
SHOWS: Final[Mapping[str, str]] = {
    "rollout.mp4": "the champion plays an episode, the same weight on all connections",
    "tuned.mp4": "it plays with a weight of its own on each connection",
    "six-weights.mp4": "six episodes side by side, each with another shared weight",
    "still.png": "a picture of the task, as in the film",
    "scores": "mean scores in four weight conditions, WANN against fixed topology",
    "by-weight": "mean score by shared weight, WANN against fixed topology",
    "history": "the course of the search, generation by generation",
    "network": "the champion as a graph, in the colours of the theme",
    "network.png": _AS_A_FILE,
    "growth": "the champion at several generations of its search",
    "growth.png": _AS_A_FILE,
    "encoder.png": "what the encoder keeps of the pictures that the car sees",
    "params": "numbers tuned and architectures tried, all tasks together",
    "params.png": _AS_A_FILE,
}
"""What one sees on a figure, by its suffix."""


class Described(NamedTuple):
    """A figure: its name, whether it is a film, a picture or a chart, and what it shows."""

    name: str
    kind: str
    shows: str


def described(runs: Path | None = None) -> list[Described]:
    """Return every figure that there is.

    Args:
        runs: folder of the results stores; the committed ones where None.
    """
    runs = runs or runs_root()
    found = []
    for name in names(runs):
        kind, task = kinds()[name.split("/", 1)[-1]], task_of(name)
        has_own_data = task is None or kind.seen or store_of(task, runs).exists()
        paper = "" if has_own_data else " (no run yet: the paper's values)"
        found.append(Described(name, _TYPES[kind.type], SHOWS[kind.suffix] + paper))
    return found
