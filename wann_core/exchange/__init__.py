"""Networks in other programs' formats: the release's ``.out``, GraphML, ONNX, neat-python's JSON."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wann_core.exchange.graph import write_graphml
from wann_core.exchange.neat_python import read_neat
from wann_core.exchange.onnx_file import largest_difference, write_onnx
from wann_core.exchange.release_format import read_release, write_release
from wann_core.networks.genome import Genome
from wann_core.runs.store import ResultsError
from wann_core.tasks.contract import TaskSpec
from wann_core.weights.champion import Champion


def _release(path: Path, champion: Champion, spec: TaskSpec) -> dict[str, Any]:
    del spec
    write_release(path, champion.genome)
    return {}


def _graphml(path: Path, champion: Champion, spec: TaskSpec) -> dict[str, Any]:
    write_graphml(path, champion, spec)
    return {}


def _onnx(path: Path, champion: Champion, spec: TaskSpec) -> dict[str, Any]:
    del spec
    write_onnx(path, champion)
    return {"largest_difference": largest_difference(path, champion)}


WRITERS: Final[dict[str, Callable[[Path, Champion, TaskSpec], dict[str, Any]]]] = {
    ".out": _release, ".graphml": _graphml, ".onnx": _onnx,
}  # fmt: skip
READERS: Final[dict[str, Callable[[Path, int, int], Genome]]] = {
    ".out": read_release, ".json": lambda path, n_inputs, n_outputs: read_neat(path, n_inputs, n_outputs)[0],
}  # fmt: skip


def export_champion(path: Path, champion: Champion, spec: TaskSpec) -> dict[str, Any]:
    """Write a champion in the format that the file's name ends with.

    Returns:
        The result of a check: for ONNX, the largest difference of an output from our own network.

    Raises:
        ResultsError: no such format.
        MissingPackageError: the format's package is not installed.
    """
    if path.suffix not in WRITERS:
        raise ResultsError(f"export: {path.name}: must end with {', '.join(WRITERS)}")
    return WRITERS[path.suffix](path, champion, spec)


def import_genome(path: Path, spec: TaskSpec) -> Genome:
    """Read a genome in the format that the file's name ends with.

    Raises:
        ResultsError: no such format.
        GenomeError: the file is damaged, or its network is not a WANN for this task.
    """
    if path.suffix not in READERS:
        raise ResultsError(f"import: {path.name}: must end with .out (the 2019 release) or .json (neat-python)")
    return READERS[path.suffix](path, spec.n_inputs, spec.n_outputs)
