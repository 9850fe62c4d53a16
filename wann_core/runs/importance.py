"""The importance of each connection of a champion, stored in ``importance.json``."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from wann_core.evolution.shared_weights import SHARED_WEIGHTS
from wann_core.files.checked import Count, FileStruct, Finite, NotNegative, checked
from wann_core.files.code_hash import code_hash
from wann_core.files.hashing import content_hash
from wann_core.runs.champion_file import champion_hash, load_champion
from wann_core.runs.execution import Execution
from wann_core.runs.store import ResultsError, RunStore, load_stages, read_json, write_json
from wann_core.runs.update import opened
from wann_core.runs.workspace import alone_in, replacing
from wann_core.tasks.registry import entry_of
from wann_core.weights.pruning import Lanes, connection_losses

N_EPISODES = 16
"""Episodes per shared weight; their seeds begin with 0."""


class ConnectionFields(FileStruct):
    """A connection: its nodes, the mean return that the network loses without it, and the error of this loss."""

    innovation: Count
    source: Count
    target: Count
    lost: Finite
    standard_error: NotNegative


class ImportanceFields(FileStruct):
    """The content of ``importance.json``."""

    schema: int
    task: str
    champion_hash: str
    episodes: Annotated[int, Meta(ge=1, le=10_000)]
    mean: Finite
    connections: list[ConnectionFields]


@dataclass(frozen=True, slots=True)
class Importance:
    """The importance of each connection.

    Attributes:
        mean: return of the whole network over the six shared weights.
        connections: in the order of the file.
    """

    mean: float
    connections: tuple[ConnectionFields, ...]

    def counts(self) -> dict[str, float]:
        """Numbers of connections by importance, under the names that sentences use."""
        shares = [abs(one.lost) / max(abs(self.mean), 1e-9) for one in self.connections]
        losses = [one.lost / max(abs(self.mean), 1e-9) for one in self.connections]
        return {
            "dead": float(sum(one.lost == 0.0 for one in self.connections)),
            "below_1_percent": float(sum(share < 0.01 for share in shares)),
            "above_10_percent": float(sum(loss > 0.1 for loss in losses)),
            "above_half": float(sum(loss > 0.5 for loss in losses)),
        }


def importance_inputs(files: RunStore) -> str:
    """Hash of everything that the importance depends on: the network and the code that plays it."""
    code = code_hash("wann_core.weights.pruning", entry_of(files.task).task)
    structure = {key: read_json(files.champion).get(key) for key in ("nodes", "connections")}
    return content_hash(structure, N_EPISODES, code)


def is_importance_stale(files: RunStore) -> bool:
    """Whether the importance does not belong to this champion and this code."""
    record = load_stages(files).get("importance", {})
    return not files.importance.is_file() or record.get("inputs_hash") != importance_inputs(files)


def measure_importance(files: RunStore, execution: Execution) -> None:
    """Cut each connection of a store's champion in turn, and write the loss in return.

    Raises:
        ResultsError: a file of the store is missing or damaged.
    """
    with alone_in(files.root), opened(files, execution) as run:
        began, genome = time.monotonic(), load_champion(files).genome
        lanes = Lanes.of(np.array(SHARED_WEIGHTS), np.arange(N_EPISODES))
        innovations, lost, whole = connection_losses(genome, lanes, run.evaluator, run.reporter, training=True)
        genes = {gene.innovation: gene for gene in genome.connections}
        rows: list[dict[str, Any]] = [
            {
                "innovation": innovation,
                "source": genes[innovation].source,
                "target": genes[innovation].target,
                "lost": float(row.mean()),
                "standard_error": float(row.std() / len(row) ** 0.5),
            }
            for innovation, row in zip(innovations, lost, strict=True)
        ]
        value = {
            "task": files.task, "champion_hash": champion_hash(files), "episodes": N_EPISODES,
            "mean": float(whole.mean()), "connections": rows,
        }  # fmt: skip
        with replacing(files) as copy:
            write_json(copy.importance, value)
            seconds = time.monotonic() - began
            run.record(copy, "importance", importance_inputs(files), seconds=seconds, steps=run.evaluator.steps)


def load_importance(files: RunStore) -> Importance:
    """Read ``importance.json``.

    Raises:
        ResultsError: it is missing or damaged.
    """
    if not files.importance.is_file():
        raise ResultsError(f"{files.importance}: is missing; `python -m wann_core importance {files.task}` measures it")
    place = str(files.importance)
    found = checked(read_json(files.importance), ImportanceFields, place, ResultsError, "measure it again")
    return Importance(found.mean, tuple(found.connections))
