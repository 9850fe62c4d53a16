"""Networks of neat-python, from the JSON that its ``neat.export.export_network_json`` writes.

A node of neat-python is ``activation(bias + response * sum(weight * value))``. Its tanh, sigmoid, sine and Gaussian
have a steepness inside, and are ours at weights that many times as large; a bias is a connection from our bias node.
So structure and weights come over, and the network computes the same, but where neat-python clamps: a sine beyond 60
rad. Recurrent networks, other aggregations than the sum and other activations are no WANN and are refused.

Source: neat-python 2.0, ``neat/export/json_format.py`` and ``neat/activations.py``.
"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any, Final

import numpy as np

from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.networks.activations import Activation
from wann_core.networks.arrays import Floats
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind, enabled_in_network_order, layers
from wann_core.networks.genome_json import MAX_GENES, GenomeError

FORMAT: Final = "1.0"
ACTIVATIONS: Final = {
    "identity": (Activation.LINEAR, 1.0),
    "tanh": (Activation.TANH, 2.5),
    "sigmoid": (Activation.SIGMOID, 5.0),
    "sin": (Activation.SIN, 5.0 / math.pi),
    "gauss": (Activation.GAUSSIAN, math.sqrt(10.0)),
    "relu": (Activation.RELU, 1.0),
    "abs": (Activation.ABSOLUTE, 1.0),
}
"""neat-python's name -> ours, and what its argument is multiplied with."""


def read_neat(path: Path, n_inputs: int, n_outputs: int) -> tuple[Genome, Floats]:
    """Read an exported feed-forward network.

    Args:
        path: the file.
        n_inputs: inputs of the task, without the bias.
        n_outputs: outputs of the task.

    Returns:
        The genome, and (n_connections,) weights in the order of its network.

    Raises:
        GenomeError: the file is damaged, or its network is none of this task, or no WANN.
        OSError: it cannot be read.
    """
    try:
        value = json.loads(strict_text(path, links=True))
    except UnreadableError as error:
        raise GenomeError(str(error)) from None
    except (ValueError, RecursionError) as error:
        raise GenomeError(f"{path}: cannot be read ({error})") from None
    if _get(value, "format_version", str, str(path)) != FORMAT:
        raise GenomeError(f"{path}.format_version = {str(value['format_version'])[:40]}: must be {FORMAT}")
    if _get(value, "network_type", str, str(path)) != "feedforward":
        raise GenomeError(f"{path}.network_type = {value['network_type'][:40]}: a WANN is feedforward")
    topology = _get(value, "topology", dict, str(path))
    input_keys = _keys(topology, "input_keys", n_inputs, str(path))
    output_keys = _keys(topology, "output_keys", n_outputs, str(path))
    items = _get(value, "nodes", list, str(path))
    links = _get(value, "connections", list, str(path))
    if len(items) + len(links) > MAX_GENES:
        raise GenomeError(f"{path}: more than {MAX_GENES} nodes and connections")
    return _assemble(items, links, input_keys, output_keys, str(path))


def _get(value: Any, name: str, kind: type, place: str) -> Any:  # noqa: ANN401  # any JSON
    if not isinstance(value, dict) or name not in value:
        raise GenomeError(f'{place}: field "{name}" is missing; export with neat.export.export_network_json')
    found: Any = value[name]
    kinds = (int, float) if kind is float else (kind,)
    if not isinstance(found, kinds) or (isinstance(found, bool) and kind is not bool):
        raise GenomeError(f"{place}.{name} = {str(found)[:40]}: must be {kind.__name__}")
    return _finite(value[name], f"{place}.{name}") if kind is float else found


def _finite(number: float, place: str) -> float:
    try:
        value = float(number)
    except OverflowError:
        value = math.inf
    if not math.isfinite(value):
        raise GenomeError(f"{place} = {str(number)[:40]}: must be a finite number")
    return value


def _keys(topology: dict[str, Any], name: str, n: int, place: str) -> list[int]:
    keys: list[int] = _get(topology, name, list, f"{place}.topology")
    if not all(isinstance(key, int) and not isinstance(key, bool) for key in keys) or len(set(keys)) != len(keys):
        raise GenomeError(f"{place}.topology.{name}: must be different whole numbers")
    if len(keys) != n:
        raise GenomeError(f"{place}.topology.{name}: {len(keys)} nodes, the task has {n}")
    return keys


def _assemble(
    items: list[Any], links: list[Any], input_keys: list[int], output_keys: list[int], place: str
) -> tuple[Genome, Floats]:
    """Number the nodes anew, put them in order and fold steepness, response and bias into weights."""
    ids = {key: 1 + i for i, key in enumerate([*input_keys, *output_keys])}
    activations: dict[int, Activation] = dict.fromkeys(output_keys, Activation.LINEAR)
    scales: dict[int, tuple[float, float]] = {}  # by key: what each incoming weight, and what the bias is multiplied by
    biases: dict[int, float] = {}
    seen: set[int] = set()
    for i, item in enumerate(items):
        where = f"{place}.nodes[{i}]"
        key = _get(item, "id", int, where)
        if key in seen:
            raise GenomeError(f"{where}.id = {key}: occurs twice")
        seen.add(key)
        if key in input_keys:
            continue
        ids.setdefault(key, 1 + len(ids))
        activations[key], steepness = _activation(item, where)
        scales[key] = (steepness * _get(item, "response", float, where), steepness)
        biases[key] = _get(item, "bias", float, where)
    genes: list[ConnectionGene] = []
    weights: dict[int, float] = {}

    def connect(source: int, target: int, weight: float) -> None:
        weights[len(genes)] = weight
        genes.append(ConnectionGene(len(genes), source, target, True))

    for key, bias in biases.items():
        if bias != 0.0:
            connect(0, ids[key], bias * scales[key][1])
    pairs: set[tuple[int, int]] = set()
    for i, link in enumerate(links):
        where = f"{place}.connections[{i}]"
        source, target = _get(link, "from", int, where), _get(link, "to", int, where)
        weight = _get(link, "weight", float, where)
        if source not in ids or target not in scales:
            raise GenomeError(f"{where}: there is no node {source if source not in ids else target} to connect")
        if source in output_keys or target in input_keys:
            raise GenomeError(f"{where}: leads out of an output or into an input; a WANN has no such connection")
        if (source, target) in pairs:
            raise GenomeError(f"{where}: {source} and {target} are connected twice")
        pairs.add((source, target))
        if _get(link, "enabled", bool, where):
            connect(ids[source], ids[target], weight * scales[target][0])
    hidden = [key for key in activations if key not in output_keys]
    nodes = [NodeGene(0, NodeKind.BIAS, Activation.LINEAR)]
    nodes += [NodeGene(ids[key], NodeKind.INPUT, Activation.LINEAR) for key in input_keys]
    nodes += [NodeGene(ids[key], NodeKind.HIDDEN, activations[key]) for key in hidden]
    nodes += [NodeGene(ids[key], NodeKind.OUTPUT, activations[key]) for key in output_keys]
    try:
        layer = layers(nodes, genes)
    except ValueError as error:
        raise GenomeError(f"{place}.connections: {error}") from None
    first, last = 1 + len(input_keys), len(nodes) - len(output_keys)
    nodes[first:last] = sorted(nodes[first:last], key=lambda node: (layer[node.id], node.id))
    genome = Genome(tuple(nodes), tuple(genes))
    return genome, np.array([weights[gene.innovation] for gene in enabled_in_network_order(genome)], dtype=np.float64)


def _activation(item: dict[str, Any], where: str) -> tuple[Activation, float]:
    name = _get(_get(item, "activation", dict, where), "name", str, f"{where}.activation")
    if name not in ACTIVATIONS:
        raise GenomeError(f"{where}.activation.name = {name[:40]}: a WANN has {', '.join(ACTIVATIONS)}")
    aggregation = _get(_get(item, "aggregation", dict, where), "name", str, f"{where}.aggregation")
    if aggregation != "sum":
        raise GenomeError(f"{where}.aggregation.name = {aggregation[:40]}: a WANN's node sums")
    return ACTIVATIONS[name]
