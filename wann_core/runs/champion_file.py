"""The champion and the baseline as they are stored: a structure, and weights where they were tuned."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import numpy as np

from wann_core.files.hashing import content_hash
from wann_core.networks.genome import enabled_in_network_order
from wann_core.networks.genome_json import GenomeError, fields, genome_from_dict, genome_to_dict
from wann_core.paths import encoder_path
from wann_core.runs.store import ResultsError, RunFiles, number, number_or_none, read_json, write_json
from wann_core.weights.champion import Baseline, Champion, Snapshot


def champion_hash(files: RunFiles) -> str:
    """Identifies structure and weights: the content of ``champion.json``."""
    return content_hash(files.champion)


def _of_this_task(files: RunFiles, path: Path) -> dict[str, Any]:
    """Read a results file that must belong to the store's task."""
    value = read_json(path)
    if isinstance(value.get("task"), str) and value["task"] != files.task:
        raise ResultsError(f'{path}.task = "{value["task"]}": is a run of another task than {files.task}')
    return value


def _encoder_of(task: str) -> dict[str, str]:
    """Which encoder a task's networks see through: its file's hash; nothing for tasks that have none."""
    path = encoder_path(task)
    return {"encoder": content_hash(path)} if path.is_file() else {}


def _check_encoder(path: Path, task: str, recorded: dict[str, Any]) -> None:
    """A champion's inputs mean nothing behind another encoder.

    Raises:
        ResultsError: it was made with another one.
    """
    present = _encoder_of(task)
    if recorded != present:
        found, there = (str(item.get("encoder", "none"))[:16] for item in (recorded, present))
        raise ResultsError(
            f"{path}.encoder = {found}: {encoder_path(task).name} is {there}; restore the encoder that the champion "
            f"was made with (`git log -- assets/encoders`), or rerun the task: `python build.py --rerun {task}`"
        )


def save_champion(files: RunFiles, champion: Champion) -> None:
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


def load_champion(files: RunFiles) -> Champion:
    """Read ``champion.json``.

    Raises:
        ResultsError: it is missing or damaged; the message names the field.
    """
    path, value = files.champion, _of_this_task(files, files.champion)
    _check_encoder(path, files.task, {key: value.pop(key) for key in ("encoder",) if key in value})
    try:
        names = {"schema": int, "task": str, "nodes": list, "connections": list}
        fields(
            value,
            str(path),
            {**names, "shared_weight": (float, int, type(None)), "tuned_weights": (dict, type(None))},
        )
        genome = genome_from_dict({key: value[key] for key in ("nodes", "connections")}, str(path))
    except GenomeError as error:
        raise ResultsError(str(error)) from None
    tuned = None
    if value["tuned_weights"] is not None:
        genes = enabled_in_network_order(genome)
        if set(value["tuned_weights"]) != {str(gene.innovation) for gene in genes}:
            raise ResultsError(f"{path}.tuned_weights: must name exactly the enabled connections by innovation")
        tuned = np.array(
            [number(value["tuned_weights"][str(g.innovation)], f"{path}.tuned_weights.{g.innovation}") for g in genes]
        )
    shared = number_or_none(value["shared_weight"], f"{path}.shared_weight")
    return Champion(genome, shared, tuned)


def save_baseline(files: RunFiles, baseline: Baseline) -> None:
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


def load_baseline(files: RunFiles) -> Baseline:
    """Read ``baseline.json``.

    Raises:
        ResultsError: it is missing or damaged.
    """
    path, value = files.baseline, _of_this_task(files, files.baseline)
    try:
        fields(
            value,
            str(path),
            {"schema": int, "task": str, "layer_sizes": list, "shared_weight": (float, int), "tuned_weights": list},
        )
    except GenomeError as error:
        raise ResultsError(str(error)) from None
    sizes = value["layer_sizes"]
    if len(sizes) < 2 or not all(isinstance(size, int) and 0 < size < 10_000 for size in sizes):
        raise ResultsError(f"{path}.layer_sizes: must be at least two whole numbers below 10000")
    weights = [number(weight, f"{path}.tuned_weights[{i}]") for i, weight in enumerate(value["tuned_weights"])]
    expected = sum((a + 1) * b for a, b in itertools.pairwise(sizes))
    if len(weights) != expected:
        raise ResultsError(f"{path}.tuned_weights: {len(weights)} numbers, layers {sizes} have {expected}")
    shared = number(value["shared_weight"], f"{path}.shared_weight")
    return Baseline(tuple(sizes), shared, np.array(weights, dtype=np.float64))


def save_snapshots(files: RunFiles, snapshots: list[Snapshot]) -> None:
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
    value = read_json(path)
    if not isinstance(value.get("snapshots"), list):
        raise ResultsError(f"{path}.snapshots: must be a list")
    snapshots = []
    for i, item in enumerate(value["snapshots"]):
        place = f"{path}.snapshots[{i}]"
        try:
            fields(item, place, {"generation": int, "mean_return": (float, int), "nodes": list, "connections": list})
            genome = genome_from_dict({key: item[key] for key in ("nodes", "connections")}, place)
        except GenomeError as error:
            raise ResultsError(str(error)) from None
        mean_return = number(item["mean_return"], f"{place}.mean_return")
        snapshots.append(Snapshot(item["generation"], mean_return, genome))
    return snapshots
