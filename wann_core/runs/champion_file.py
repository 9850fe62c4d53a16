"""The champion and the baseline as they are stored: a structure, and weights where they were tuned.

The files' names and places are those of ``store.RunStore``.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from msgspec import Meta

from wann_core.files.checked import Count, FileStruct, Finite, shown_name
from wann_core.files.hashing import content_hash
from wann_core.networks.genome import Genome, enabled_in_network_order
from wann_core.networks.genome_json import ConnectionFields, GenomeError, NodeFields, genome_from_fields, genome_to_dict
from wann_core.paths import encoder_path
from wann_core.runs.store import ResultsError, RunStore, read_fields, write_json
from wann_core.weights.champion import Baseline, Champion, Snapshot


def champion_hash(files: RunStore) -> str:
    """A hash of structure and weights, that is, of the content of ``champion.json``."""
    return content_hash(files.champion)


class ChampionFields(FileStruct):
    """The content of ``champion.json``."""

    schema: int
    task: str
    nodes: list[NodeFields]
    connections: list[ConnectionFields]
    shared_weight: Finite | None
    tuned_weights: dict[str, Finite] | None
    encoder: str | None = None


class BaselineFields(FileStruct):
    """The content of ``baseline.json``."""

    schema: int
    task: str
    layer_sizes: Annotated[list[Annotated[int, Meta(ge=1, le=9999)]], Meta(min_length=2, max_length=100)]
    shared_weight: Finite
    tuned_weights: list[Finite]


class SnapshotFields(FileStruct):
    """A snapshot of the champion during the search, in a file."""

    generation: Count
    mean_return: Finite
    nodes: list[NodeFields]
    connections: list[ConnectionFields]


class SnapshotsFields(FileStruct):
    """The content of ``snapshots.json``."""

    schema: int
    snapshots: list[SnapshotFields]
    task: str = ""


def _check_task(path: Path, found: str, task: str) -> None:
    """Check that a file's run belongs to the store's task.

    Raises:
        ResultsError: it belongs to another task.
    """
    if found != task:
        raise ResultsError(f'{path}.task = "{shown_name(found)}": is a run of another task than {task}')


def _encoder_of(task: str) -> dict[str, str]:
    """The hash of the encoder's file that a task's networks need; nothing for a task without an encoder."""
    path = encoder_path(task)
    return {"encoder": content_hash(path)} if path.is_file() else {}


def _check_encoder(path: Path, task: str, recorded: str | None) -> None:
    """Check that the encoder is the champion's: with another one its inputs have no meaning.

    Raises:
        ResultsError: the champion was made with another encoder.
    """
    present = _encoder_of(task).get("encoder")
    if recorded != present:
        found, there = (str(item or "none")[:16] for item in (recorded, present))
        raise ResultsError(
            f"{path}.encoder = {found}: {encoder_path(task).name} is {there}; restore the encoder that the champion "
            f"was made with (`git log -- assets/encoders`), or rerun the task: `python build.py --rerun {task}`"
        )


def save_champion(files: RunStore, champion: Champion) -> None:
    """Write ``champion.json``."""
    tuned: dict[str, float] | None = None
    if champion.tuned_weights is not None:
        genes = enabled_in_network_order(champion.genome)
        tuned = {str(g.innovation): float(w) for g, w in zip(genes, champion.tuned_weights, strict=True)}
    write_json(
        files.champion,
        {
            "task": files.task,
            **_encoder_of(files.task),
            **genome_to_dict(champion.genome),
            "shared_weight": champion.shared_weight,
            "tuned_weights": tuned,
        },
    )


def load_champion(files: RunStore) -> Champion:
    """Read ``champion.json``.

    Raises:
        ResultsError: it is missing or damaged; the message names the field.
    """
    path, value = files.champion, read_fields(files.champion, ChampionFields)
    _check_task(path, value.task, files.task)
    _check_encoder(path, files.task, value.encoder)
    genome = _genome(value, str(path))
    tuned = None
    if value.tuned_weights is not None:
        genes = enabled_in_network_order(genome)
        if set(value.tuned_weights) != {str(gene.innovation) for gene in genes}:
            raise ResultsError(f"{path}.tuned_weights: must name exactly the enabled connections by innovation")
        tuned = np.array([value.tuned_weights[str(gene.innovation)] for gene in genes], dtype=np.float64)
    return Champion(genome, value.shared_weight, tuned)


def save_baseline(files: RunStore, baseline: Baseline) -> None:
    """Write ``baseline.json``."""
    write_json(
        files.baseline,
        {
            "task": files.task,
            "layer_sizes": list(baseline.layer_sizes),
            "shared_weight": baseline.shared_weight,
            "tuned_weights": [float(weight) for weight in baseline.tuned_weights],
        },
    )


def load_baseline(files: RunStore) -> Baseline:
    """Read ``baseline.json``.

    Raises:
        ResultsError: it is missing or damaged.
    """
    path, value = files.baseline, read_fields(files.baseline, BaselineFields)
    _check_task(path, value.task, files.task)
    sizes, weights = value.layer_sizes, value.tuned_weights
    expected = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    if len(weights) != expected:
        raise ResultsError(f"{path}.tuned_weights: {len(weights)} numbers, layers {sizes} have {expected}")
    return Baseline(tuple(sizes), value.shared_weight, np.array(weights, dtype=np.float64))


def save_snapshots(files: RunStore, snapshots: list[Snapshot]) -> None:
    """Write ``snapshots.json``."""
    items: list[dict[str, Any]] = [
        {"generation": s.generation, "mean_return": s.mean_return, **genome_to_dict(s.genome)} for s in snapshots
    ]
    write_json(files.snapshots, {"task": files.task, "snapshots": items})


def load_snapshots(path: Path) -> list[Snapshot]:
    """Read ``snapshots.json``.

    Raises:
        ResultsError: it is missing or damaged.
    """
    value = read_fields(path, SnapshotsFields)
    return [snapshot_from_fields(item, f"{path}.snapshots[{i}]") for i, item in enumerate(value.snapshots)]


def snapshot_from_fields(item: SnapshotFields, place: str) -> Snapshot:
    """Convert a snapshot that was read.

    Raises:
        ResultsError: its genome is not valid.
    """
    return Snapshot(item.generation, item.mean_return, _genome(item, place))


def _genome(item: ChampionFields | SnapshotFields, place: str) -> Genome:
    try:
        return genome_from_fields(item.nodes, item.connections, place)
    except GenomeError as error:
        raise ResultsError(str(error)) from None
