"""Networks of neat-python, from the JSON that its ``neat.export.export_network_json`` writes.

A node of neat-python is ``activation(bias + response * sum(weight * value))``. Its tanh, sigmoid, sine and Gaussian
contain a steepness; here the weights are multiplied by it. A bias becomes a connection from our bias node. So structure
and weights are kept, and the network computes the same, except where neat-python clamps: a sine beyond 60 rad.
Recurrent networks, aggregations other than the sum and other activations are not possible in a WANN and are refused.

Source: neat-python 2.0, ``neat/export/json_format.py`` and ``neat/activations.py``.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any, Final, Literal

import msgspec
import numpy as np
from msgspec import Meta

from wann_core.files.checked import Finite, checked, parse_json, shown, shown_name
from wann_core.files.safe_read import UnreadableError, strict_text
from wann_core.networks.activations import Activation
from wann_core.networks.arrays import Floats
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind, enabled_in_network_order, layers
from wann_core.networks.genome_json import MAX_GENES, GenomeError

ACTIVATIONS: Final = {
    "identity": (Activation.LINEAR, 1.0),
    "tanh": (Activation.TANH, 2.5),
    "sigmoid": (Activation.SIGMOID, 5.0),
    "sin": (Activation.SIN, 5.0 / math.pi),
    "gauss": (Activation.GAUSSIAN, math.sqrt(10.0)),
    "relu": (Activation.RELU, 1.0),
    "abs": (Activation.ABSOLUTE, 1.0),
}
"""neat-python's name -> ours, and the factor of its argument."""
_REMEDY: Final = "export with neat.export.export_network_json"
Key = Annotated[int, Meta(ge=-(2**53), le=2**53)]


class NamedFields(msgspec.Struct, frozen=True):
    """A function of a node."""

    name: str


class KeyFields(msgspec.Struct, frozen=True):
    """The fields of every node; nothing else is read of an input."""

    id: Key


class NeatNodeFields(msgspec.Struct, frozen=True):
    """A node that computes."""

    activation: NamedFields
    aggregation: NamedFields
    bias: Finite
    response: Finite


class NeatLinkFields(msgspec.Struct, frozen=True):
    """A connection."""

    source: Key = msgspec.field(name="from")
    target: Key = msgspec.field(name="to")
    weight: Finite
    enabled: bool


class TopologyFields(msgspec.Struct, frozen=True):
    """Which nodes are inputs, and which outputs."""

    input_keys: list[Key]
    output_keys: list[Key]


class NeatFields(msgspec.Struct, frozen=True):
    """The fields that are read of an exported network."""

    format_version: Literal["1.0"]
    network_type: str
    topology: TopologyFields
    nodes: list[dict[str, Any]]
    connections: list[NeatLinkFields]


def read_neat(path: Path, n_inputs: int, n_outputs: int) -> tuple[Genome, Floats]:
    """Read an exported feed-forward network.

    Args:
        path: the file.
        n_inputs: inputs of the task, without the bias.
        n_outputs: outputs of the task.

    Returns:
        The genome, and (n_connections,) weights in the order of its network.

    Raises:
        GenomeError: the file is damaged, or its network does not fit this task, or is not a WANN.
        OSError: it cannot be read.
    """
    try:
        value = parse_json(strict_text(path, links=True))
    except UnreadableError as error:
        raise GenomeError(str(error)) from None
    except ValueError as error:
        raise GenomeError(f"{path}: cannot be read ({error}); {_REMEDY}") from None
    found = checked(value, NeatFields, str(path), GenomeError, _REMEDY)
    if found.network_type != "feedforward":
        raise GenomeError(f"{path}.network_type = {shown(found.network_type)}: a WANN is feedforward")
    if len(found.nodes) + len(found.connections) > MAX_GENES:
        raise GenomeError(f"{path}: more than {MAX_GENES} nodes and connections")
    keys = found.topology
    for name, listed, n in (("input_keys", keys.input_keys, n_inputs), ("output_keys", keys.output_keys, n_outputs)):
        if len(set(listed)) != len(listed):
            raise GenomeError(f"{path}.topology.{name}: must be different whole numbers")
        if len(listed) != n:
            raise GenomeError(f"{path}.topology.{name}: {len(listed)} nodes, the task has {n}")
    both = set(keys.input_keys) & set(keys.output_keys)
    if both:
        raise GenomeError(f"{path}.topology.output_keys: {min(both)} is an input, too; give the output its own node")
    return _assemble(found, str(path))


def _assemble(found: NeatFields, place: str) -> tuple[Genome, Floats]:
    """Renumber and sort the nodes, and fold steepness, response and bias into weights."""
    input_keys, output_keys = found.topology.input_keys, found.topology.output_keys
    ids = {key: 1 + i for i, key in enumerate([*input_keys, *output_keys])}
    activations: dict[int, Activation] = dict.fromkeys(output_keys, Activation.LINEAR)
    scales: dict[int, tuple[float, float]] = {}  # by key: factors of incoming weights and bias
    biases: dict[int, float] = {}
    for key, node, where in _computing(found, place):
        ids.setdefault(key, 1 + len(ids))
        activations[key], steepness = _activation(node, where)
        scales[key] = (steepness * node.response, steepness)
        biases[key] = node.bias
    genes: list[ConnectionGene] = []
    weights: dict[int, float] = {}

    def connect(source: int, target: int, weight: float, where: str) -> None:
        if not math.isfinite(weight):
            raise GenomeError(f"{where}: with its node's response and steepness the weight is too large a number")
        weights[len(genes)] = weight
        genes.append(ConnectionGene(len(genes), source, target, True))

    for key, bias in biases.items():
        if bias != 0.0:
            connect(0, ids[key], bias * scales[key][1], f"{place}: bias of node {key}")
    pairs: set[tuple[int, int]] = set()
    for i, link in enumerate(found.connections):
        where = f"{place}.connections[{i}]"
        source, target = link.source, link.target
        if source not in ids or target not in scales:
            raise GenomeError(f"{where}: there is no node {source if source not in ids else target} to connect")
        if source in output_keys or target in input_keys:
            raise GenomeError(f"{where}: leads out of an output or into an input; a WANN has no such connection")
        if (source, target) in pairs:
            raise GenomeError(f"{where}: {source} and {target} are connected twice")
        pairs.add((source, target))
        if link.enabled:
            connect(ids[source], ids[target], link.weight * scales[target][0], where)
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


def _computing(found: NeatFields, place: str) -> Iterator[tuple[int, NeatNodeFields, str]]:
    """The nodes that compute, each with its key and its place; only the key of an input is used."""
    seen: set[int] = set()
    for i, item in enumerate(found.nodes):
        where = f"{place}.nodes[{i}]"
        key = checked(item, KeyFields, where, GenomeError, _REMEDY).id
        if key in seen:
            raise GenomeError(f"{where}.id = {key}: occurs twice")
        seen.add(key)
        if key not in found.topology.input_keys:
            yield key, checked(item, NeatNodeFields, where, GenomeError, _REMEDY), where


def _activation(item: NeatNodeFields, where: str) -> tuple[Activation, float]:
    name, aggregation = item.activation.name, item.aggregation.name
    if name not in ACTIVATIONS:
        raise GenomeError(f"{where}.activation.name = {shown_name(name)}: a WANN has {', '.join(ACTIVATIONS)}")
    if aggregation != "sum":
        raise GenomeError(f"{where}.aggregation.name = {shown_name(aggregation)}: a WANN's node sums")
    return ACTIVATIONS[name]
