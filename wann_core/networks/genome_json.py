"""Genomes as JSON values, read strictly: anything that is not exactly right is refused, with its place."""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta

from wann_core.errors import WannError
from wann_core.files.checked import MAX_SHOWN, Count, FileStruct, checked
from wann_core.networks.activations import Activation
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind, layers

MAX_GENES = 100_000
_ORDER = {NodeKind.BIAS: 0, NodeKind.INPUT: 1, NodeKind.HIDDEN: 2, NodeKind.OUTPUT: 3}


class GenomeError(WannError):
    """A genome in a file is not valid."""


class NodeFields(FileStruct):
    """A node gene in a file."""

    id: Count
    kind: NodeKind
    activation: Annotated[str, Meta(max_length=MAX_SHOWN)]


class ConnectionFields(FileStruct):
    """A connection gene in a file."""

    innovation: Count
    source: Count
    target: Count
    enabled: bool


class GenomeFields(FileStruct):
    """A genome in a file."""

    nodes: list[NodeFields]
    connections: list[ConnectionFields]


def genome_to_dict(genome: Genome) -> dict[str, Any]:
    """The genome as JSON values: ``nodes`` and ``connections``."""
    return {
        "nodes": [{"id": n.id, "kind": n.kind.value, "activation": n.activation.label} for n in genome.nodes],
        "connections": [
            {"innovation": c.innovation, "source": c.source, "target": c.target, "enabled": c.is_enabled}
            for c in genome.connections
        ],
    }


def genome_from_dict(value: Any, place: str) -> Genome:  # noqa: ANN401  # any JSON
    """Build a genome from its ``nodes`` and ``connections``.

    Args:
        value: an object with exactly these two fields.
        place: the file or other place, for errors.

    Raises:
        GenomeError: wrong type, unknown activation, duplicate id, dangling connection, cycle, or nodes out of order.
    """
    if isinstance(value, dict):
        genes = [value.get(name) for name in ("nodes", "connections")]
        _limit(sum(len(part) for part in genes if isinstance(part, list)), place)
    found = checked(value, GenomeFields, place, GenomeError)
    return genome_from_fields(found.nodes, found.connections, place)


def genome_from_fields(nodes: list[NodeFields], connections: list[ConnectionFields], place: str) -> Genome:
    """Build a genome from genes that were read from a file.

    Raises:
        GenomeError: unknown activation, duplicate id, dangling connection, cycle, nodes out of order, too many genes.
    """
    _limit(len(nodes) + len(connections), place)
    genes = tuple(_node(item, f"{place}.nodes[{i}]") for i, item in enumerate(nodes))
    links = tuple(ConnectionGene(c.innovation, c.source, c.target, c.enabled) for c in connections)
    _check(genes, links, place)
    return Genome(genes, links)


def check_shape(genome: Genome, n_inputs: int, n_outputs: int, place: str) -> None:
    """Check that a genome fits a task.

    Raises:
        GenomeError: it has different numbers of inputs or outputs.
    """
    found = tuple(sum(node.kind is kind for node in genome.nodes) for kind in (NodeKind.INPUT, NodeKind.OUTPUT))
    if found != (n_inputs, n_outputs):
        raise GenomeError(
            f"{place}.nodes: {found[0]} inputs and {found[1]} outputs, the task has {n_inputs} and {n_outputs}"
        )


def _limit(n_genes: int, place: str) -> None:
    if n_genes > MAX_GENES:
        raise GenomeError(f"{place}: more than {MAX_GENES} genes")


def _node(item: NodeFields, place: str) -> NodeGene:
    try:
        return NodeGene(item.id, item.kind, Activation.from_label(item.activation))
    except WannError as error:
        raise GenomeError(f"{place}: {error}") from None


def _check(nodes: tuple[NodeGene, ...], connections: tuple[ConnectionGene, ...], place: str) -> None:
    position = {node.id: i for i, node in enumerate(nodes)}
    kinds = [_ORDER[node.kind] for node in nodes]
    if len(position) != len(nodes):
        raise GenomeError(f"{place}.nodes: an id occurs twice")
    if kinds != sorted(kinds) or kinds.count(0) != 1 or not {1, 3} <= set(kinds):
        raise GenomeError(f"{place}.nodes: must be one bias, then inputs, hidden nodes and outputs, in this order")
    if len({c.innovation for c in connections}) != len(connections):
        raise GenomeError(f"{place}.connections: an innovation number occurs twice")
    for i, gene in enumerate(connections):
        for end in (gene.source, gene.target):
            if end not in position:
                raise GenomeError(f"{place}.connections[{i}]: there is no node {end}")
        if kinds[position[gene.source]] == 3 or kinds[position[gene.target]] < 2:
            raise GenomeError(f"{place}.connections[{i}]: leads out of an output or into an input")
    try:
        layers(nodes, connections)
    except ValueError as error:
        raise GenomeError(f"{place}.connections: {error}") from None
    for i, gene in enumerate(connections):
        if position[gene.source] >= position[gene.target]:
            raise GenomeError(f"{place}.connections[{i}]: its source comes after its target in nodes")
