"""Genomes as JSON values, read strictly: what is not exactly right is refused with its place."""

from __future__ import annotations

from typing import Any

from wann_core.errors import WannError
from wann_core.networks.activations import Activation
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind, layers

MAX_GENES = 100_000
_ORDER = {NodeKind.BIAS: 0, NodeKind.INPUT: 1, NodeKind.HIDDEN: 2, NodeKind.OUTPUT: 3}


class GenomeError(WannError):
    """A genome in a file is not one."""


def genome_to_dict(genome: Genome) -> dict[str, Any]:
    """The genome as JSON values: ``nodes`` and ``connections``."""
    return {
        "nodes": [{"id": n.id, "kind": n.kind.value, "activation": n.activation.label} for n in genome.nodes],
        "connections": [
            {"innovation": c.innovation, "source": c.source, "target": c.target, "enabled": c.is_enabled}
            for c in genome.connections
        ],
    }


def fields(value: Any, place: str, names: dict[str, type | tuple[type, ...]]) -> dict[str, Any]:  # noqa: ANN401  # any JSON
    """Check that ``value`` is an object with exactly these fields of these types.

    Raises:
        GenomeError: it is not; the message names place, field, value and rule.
    """
    if not isinstance(value, dict):
        raise GenomeError(f"{place}: must be an object, is {type(value).__name__}")
    for name in value:
        if name not in names:
            raise GenomeError(f'{place}: unknown field "{name}"; there may be: {", ".join(names)}')
    for name, kind in names.items():
        if name not in value:
            raise GenomeError(f'{place}: field "{name}" is missing')
        kinds = kind if isinstance(kind, tuple) else (kind,)
        if not isinstance(value[name], kinds) or (isinstance(value[name], bool) and bool not in kinds):
            expected = " or ".join(k.__name__ for k in kinds)
            raise GenomeError(f"{place}.{name} = {str(value[name])[:60]}: must be {expected}")
    return value


def genome_from_dict(value: Any, place: str) -> Genome:  # noqa: ANN401  # any JSON
    """Build a genome from its ``nodes`` and ``connections``.

    Args:
        value: an object with these two fields and no other.
        place: what to name in errors, such as the file.

    Raises:
        GenomeError: wrong type, unknown activation, duplicate id, dangling connection, cycle, or nodes out of order.
    """
    genes = fields(value, place, {"nodes": list, "connections": list})
    if len(genes["nodes"]) + len(genes["connections"]) > MAX_GENES:
        raise GenomeError(f"{place}: more than {MAX_GENES} genes")
    nodes = tuple(_node(item, f"{place}.nodes[{i}]") for i, item in enumerate(genes["nodes"]))
    connections = tuple(_connection(item, f"{place}.connections[{i}]") for i, item in enumerate(genes["connections"]))
    _check(nodes, connections, place)
    return Genome(nodes, connections)


def _node(item: Any, place: str) -> NodeGene:  # noqa: ANN401  # any JSON
    field = fields(item, place, {"id": int, "kind": str, "activation": str})
    try:
        return NodeGene(field["id"], NodeKind(field["kind"]), Activation.from_label(field["activation"]))
    except ValueError as error:
        raise GenomeError(f"{place}: {error}") from None


def _connection(item: Any, place: str) -> ConnectionGene:  # noqa: ANN401  # any JSON
    field = fields(item, place, {"innovation": int, "source": int, "target": int, "enabled": bool})
    return ConnectionGene(field["innovation"], field["source"], field["target"], field["enabled"])


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
