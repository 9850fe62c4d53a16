"""A champion as a NetworkX graph, and as GraphML for Gephi, yEd, Cytoscape, igraph."""

from __future__ import annotations

import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wann_core.files.atomic import write_bytes
from wann_core.networks.genome import NodeKind, enabled_in_network_order
from wann_core.optional_packages import load, needs
from wann_core.tasks.contract import TaskSpec
from wann_core.weights.champion import Champion

if TYPE_CHECKING:
    import networkx


def to_networkx(champion: Champion, spec: TaskSpec | None = None) -> networkx.DiGraph:
    """The genome as a directed graph.

    Args:
        champion: the genome, and its weights if it has been tuned.
        spec: names inputs and outputs; if None, their ids are used.

    Returns:
        Nodes by id with ``kind``, ``activation`` and ``label``; edges with ``innovation``, ``enabled`` and, if the
        champion is tuned, ``weight`` (0 for disabled ones). ``shared_weight`` is an attribute of the graph.

    Raises:
        MissingPackageError: NetworkX is not installed.
    """
    graph: networkx.DiGraph = _networkx().DiGraph()
    if champion.shared_weight is not None:
        graph.graph["shared_weight"] = champion.shared_weight
    names = {
        NodeKind.INPUT: iter(spec.input_names if spec is not None else ()),
        NodeKind.OUTPUT: iter(spec.output_names if spec is not None else ()),
    }
    for node in champion.genome.nodes:
        default = node.kind.value if node.kind is NodeKind.BIAS else f"{node.kind.value} {node.id}"
        label = next(names.get(node.kind, iter(())), default)
        graph.add_node(node.id, kind=node.kind.value, activation=node.activation.label, label=label)
    tuned: dict[int, float] = {}
    if champion.tuned_weights is not None:
        genes = enabled_in_network_order(champion.genome)
        tuned = {gene.innovation: float(w) for gene, w in zip(genes, champion.tuned_weights, strict=True)}
    for gene in champion.genome.connections:
        facts: dict[str, Any] = {"innovation": gene.innovation, "enabled": gene.is_enabled}
        if tuned:
            facts["weight"] = tuned.get(gene.innovation, 0.0)
        graph.add_edge(gene.source, gene.target, **facts)
    return graph


def write_graphml(path: Path, champion: Champion, spec: TaskSpec | None = None) -> None:
    """Write ``to_networkx`` as GraphML.

    Raises:
        MissingPackageError: NetworkX is not installed.
        OSError: it cannot be written.
    """
    graph = to_networkx(champion, spec)
    buffer = io.BytesIO()
    _networkx().write_graphml(graph, buffer)
    write_bytes(path, buffer.getvalue())


def _networkx() -> Any:  # noqa: ANN401  # an optional package
    return load("networkx", needs("networkx", "export"))
