"""One restart of a search as it stands, and how it is kept in a checkpoint."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from wann_core.evolution.search import Search
from wann_core.networks.genome import Genome
from wann_core.networks.genome_json import genome_from_dict, genome_to_dict
from wann_core.runs.run import Run, SeedUse
from wann_core.runs.store import HISTORY_COLUMNS, ResultsError, number, read_json, write_json
from wann_core.tasks.registry import load_task
from wann_core.weights.champion import Snapshot


class History:
    """A row per generation by ``HISTORY_COLUMNS``, kept as bare numbers: a long search has many of them."""

    def __init__(self) -> None:
        self._values = array("d")

    def __len__(self) -> int:
        return len(self._values) // len(HISTORY_COLUMNS)

    def __iter__(self) -> Iterator[dict[str, float]]:
        return (self.row(index) for index in range(len(self)))

    def append(self, row: dict[str, float]) -> None:
        """Add the row of the next generation."""
        self._values.extend(row[name] for name in HISTORY_COLUMNS)

    def row(self, index: int) -> dict[str, float]:
        """The row of a generation; negative ones count from the last.

        Raises:
            IndexError: there is no such generation.
        """
        n = len(HISTORY_COLUMNS)
        first = range(len(self))[index] * n
        return dict(zip(HISTORY_COLUMNS, self._values[first : first + n], strict=True))


@dataclass(slots=True)
class Restart:
    """One restart: the search, its champion so far and how that came about, what it cost, who was tried last."""

    search: Search
    champion: Genome | None = None
    snapshots: list[Snapshot] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)  # of the snapshots, on what the search has not seen
    rows: History = field(default_factory=History)
    steps: int = 0
    seconds: float = 0.0
    tried: list[Genome] = field(default_factory=list)

    def score_after(self, generations: int) -> float:
        """The champion's score once so many generations were over."""
        known = [
            score for shot, score in zip(self.snapshots, self.scores, strict=True) if shot.generation < generations
        ]
        return known[-1] if known else -np.inf


def new_restart(run: Run, index: int) -> Restart:
    """The restart of this number, before its first generation."""
    spec = load_task(run.experiment.task).spec
    return Restart(Search(run.experiment.search, spec.n_inputs, spec.n_outputs, run.child(SeedUse.SEARCH, index)))


def restart_to_json(restart: Restart) -> dict[str, Any]:
    """Everything needed to go on, as JSON values."""
    return {
        "search": restart.search.state(),
        "champion": None if restart.champion is None else genome_to_dict(restart.champion),
        "scores": restart.scores,
        "tried": [genome_to_dict(genome) for genome in restart.tried],
        "snapshots": [
            {"generation": s.generation, "mean_return": s.mean_return, **genome_to_dict(s.genome)}
            for s in restart.snapshots
        ],
        "history": [list(row.values()) for row in restart.rows],
        "environment_steps": restart.steps,
        "seconds": restart.seconds,
    }


def save_restarts(path: Path, restarts: list[Restart]) -> None:
    """Write a checkpoint."""
    write_json(path, {"restarts": [restart_to_json(one) for one in restarts]}, is_compact=True)


def load_restarts(run: Run, path: Path) -> list[Restart]:
    """Read a checkpoint.

    Raises:
        ResultsError: it is damaged.
    """
    state = read_json(path)
    try:
        return [_from_json(run, i, item, f"{path}.restarts[{i}]") for i, item in enumerate(state["restarts"])]
    except (KeyError, TypeError, ValueError) as error:
        raise ResultsError(f"{path}: damaged ({error}); leave out --resume to start again") from None


def _from_json(run: Run, index: int, state: dict[str, Any], place: str) -> Restart:
    restart = new_restart(run, index)
    restart.search.restore(state["search"], f"{place}.search")
    if state["champion"] is not None:
        restart.champion = genome_from_dict(state["champion"], f"{place}.champion")
    restart.scores = [float(score) for score in state["scores"]]
    restart.tried = [genome_from_dict(item, f"{place}.tried[{i}]") for i, item in enumerate(state["tried"])]
    for i, item in enumerate(state["snapshots"]):
        genes = {key: item[key] for key in ("nodes", "connections")}
        genome = genome_from_dict(genes, f"{place}.snapshots[{i}]")
        restart.snapshots.append(Snapshot(item["generation"], item["mean_return"], genome))
    for i, row in enumerate(state["history"]):
        cells = zip(HISTORY_COLUMNS, row, strict=True)
        restart.rows.append({name: number(cell, f"{place}.history[{i}].{name}") for name, cell in cells})
    restart.steps, restart.seconds = int(state["environment_steps"]), float(state["seconds"])
    return restart
