"""The current state of one restart of a search, and its checkpoint."""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from wann_core.evolution.search import Search
from wann_core.files.checked import Count, FileStruct, Finite, NotNegative
from wann_core.networks.genome import Genome
from wann_core.networks.genome_json import GenomeError, GenomeFields, check_shape, genome_from_fields, genome_to_dict
from wann_core.runs.champion_file import SnapshotFields
from wann_core.runs.run import Run, SeedUse
from wann_core.runs.store import HISTORY_COLUMNS, ResultsError, read_fields, write_json
from wann_core.tasks.registry import load_task
from wann_core.weights.champion import Snapshot


class History:
    """A row per generation with ``HISTORY_COLUMNS``, stored as plain numbers, since a long search has many rows."""

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


HistoryCells = Annotated[list[Finite], Meta(min_length=len(HISTORY_COLUMNS), max_length=len(HISTORY_COLUMNS))]


class RestartFields(FileStruct):
    """A restart in a checkpoint; ``Search.restore`` checks its search."""

    search: dict[str, Any]
    champion: GenomeFields | None
    scores: list[Finite]
    tried: list[GenomeFields]
    snapshots: list[SnapshotFields]
    history: list[HistoryCells]
    environment_steps: Count
    seconds: NotNegative


class CheckpointFields(FileStruct):
    """The content of ``search-checkpoint.json``."""

    schema: int
    restarts: Annotated[list[RestartFields], Meta(max_length=10_000)]


@dataclass(slots=True)
class Restart:
    """One restart: the search, its champion so far with its history, the cost, and the last genome that was tried."""

    search: Search
    champion: Genome | None = None
    snapshots: list[Snapshot] = field(default_factory=list)
    scores: list[float] = field(default_factory=list)  # of the snapshots, on unseen weights and episodes
    rows: History = field(default_factory=History)
    steps: int = 0
    seconds: float = 0.0
    tried: list[Genome] = field(default_factory=list)

    def score_after(self, generations: int) -> float:
        """The champion's score after a number of generations."""
        known = [
            score for shot, score in zip(self.snapshots, self.scores, strict=True) if shot.generation < generations
        ]
        return known[-1] if known else -np.inf


def new_restart(run: Run, index: int) -> Restart:
    """The restart of this number, before its first generation."""
    spec = load_task(run.experiment.task).spec
    return Restart(Search(run.experiment.search, spec.n_inputs, spec.n_outputs, run.child(SeedUse.SEARCH, index)))


def restart_to_json(restart: Restart) -> dict[str, Any]:
    """Everything that is needed to continue, as JSON values."""
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
    found = read_fields(path, CheckpointFields)
    try:
        return [_from_fields(run, i, item, f"{path}.restarts[{i}]") for i, item in enumerate(found.restarts)]
    except GenomeError as error:
        raise ResultsError(f"{error}; leave out --resume to begin anew") from None


def _from_fields(run: Run, index: int, state: RestartFields, place: str) -> Restart:
    restart = new_restart(run, index)
    search = restart.search
    search.restore(state.search, f"{place}.search")

    def genome(item: GenomeFields | SnapshotFields, where: str) -> Genome:
        found = genome_from_fields(item.nodes, item.connections, f"{place}.{where}")
        check_shape(found, search.n_inputs, search.n_outputs, f"{place}.{where}")
        return found

    if state.champion is not None:
        restart.champion = genome(state.champion, "champion")
    restart.scores = state.scores
    restart.tried = [genome(item, f"tried[{i}]") for i, item in enumerate(state.tried)]
    for i, item in enumerate(state.snapshots):
        restart.snapshots.append(Snapshot(item.generation, item.mean_return, genome(item, f"snapshots[{i}]")))
        if item.generation >= search.generation:
            raise GenomeError(f"{place}.snapshots[{i}].generation = {item.generation}: is not over yet")
    lengths = (len(state.scores), state.champion is not None, len(state.history))
    if lengths != (len(state.snapshots), bool(state.snapshots), search.generation):
        raise GenomeError(
            f"{place}: {len(state.scores)} scores of {len(state.snapshots)} snapshots, "
            f"{len(state.history)} rows of history after {search.generation} generations"
        )
    for row in state.history:
        restart.rows.append(dict(zip(HISTORY_COLUMNS, row, strict=True)))
    restart.steps, restart.seconds = state.environment_steps, state.seconds
    return restart
