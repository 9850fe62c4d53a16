"""Where the nodes of a network are drawn: inputs at the left, outputs at the right, what is connected near each other.

Strict layers do not work here: a WANN that grew by insertions has chains of thirty nodes, each in its own layer. So
layers only attract nodes, connections pull their ends together and to the right, and nodes push each other apart.

Source: Fruchterman & Reingold, "Graph drawing by force-directed placement", 1991, for the two forces; the pull towards
layers, the push to the right and the walls are ours.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.figures.canvas import Point
from wann_core.networks.genome import Genome, NodeGene, NodeKind, layers

Floats = NDArray[np.float64]

_STEPS: Final = 500
_REPULSION: Final = 0.8
_REACH: Final = 3.5
"""The range of the push between nodes, in mean distances. With an unlimited range, most nodes end up at the walls."""
_ATTRACTION: Final = 0.16
_LAYER_PULL: Final = 0.12
_RIGHTWARDS: Final = 0.9
"""How strongly a connection that points left, or straight up, is turned to the right."""
_SPREAD_SWEEPS: Final = 60


def shown_nodes(genome: Genome) -> list[NodeGene]:
    """Bias, inputs, outputs and the hidden nodes that an enabled connection reaches or leaves."""
    used = {node for gene in genome.connections if gene.is_enabled for node in (gene.source, gene.target)}
    return [node for node in genome.nodes if node.kind is not NodeKind.HIDDEN or node.id in used]


def place_nodes(genome: Genome, corner: Point, size: Point, distance: float = 0.0) -> dict[int, Point]:
    """Return the place of each node id; equal genomes always get equal places.

    Args:
        genome: its ``shown_nodes`` are placed.
        corner: left and top of the space, in pixels.
        size: width and height of the space, in pixels.
        distance: minimum distance of hidden nodes, if there is room.
    """
    nodes = shown_nodes(genome)
    index = {node.id: i for i, node in enumerate(nodes)}
    pairs = [(index[gene.source], index[gene.target]) for gene in genome.connections if gene.is_enabled]
    ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    layer_of = layers(genome.nodes, genome.connections)
    order = {layer: k for k, layer in enumerate(sorted({layer_of[node.id] for node in nodes}))}
    at = np.zeros((len(nodes), 2))
    at[:, 0] = [order[layer_of[node.id]] / max(1, len(order) - 1) for node in nodes]
    is_fixed = np.array([node.kind is not NodeKind.HIDDEN for node in nodes])
    is_output = np.array([node.kind is NodeKind.OUTPUT for node in nodes])
    for side, x in ((is_fixed & ~is_output, 0.0), (is_output, 1.0)):
        count = int(side.sum())
        at[side] = np.column_stack([np.full(count, x), (np.arange(count) + 0.5) / max(1, count)])
    at[:, 1] = _between_neighbours(at[:, 1], ends, is_fixed)
    extent = np.array(size)
    at = _relax(at * extent, ends, is_fixed, extent, len(order))
    at = _keep_apart(at, is_fixed, extent, distance)
    return {node.id: (corner[0] + float(x), corner[1] + float(y)) for node, (x, y) in zip(nodes, at, strict=True)}


def _between_neighbours(heights: Floats, ends: NDArray[np.int64], is_fixed: NDArray[np.bool_]) -> Floats:
    """Put each hidden node at the mean height of its neighbours; (n_nodes,) as shares of the whole height."""
    heights = np.where(is_fixed, heights, 0.5)
    sources, targets = ends[:, 0], ends[:, 1]
    count = np.bincount(ends.ravel(), minlength=len(heights))
    for _ in range(_SPREAD_SWEEPS):
        total = np.bincount(targets, heights[sources], len(heights)) + np.bincount(
            sources, heights[targets], len(heights)
        )
        heights = np.where(is_fixed, heights, total / np.maximum(count, 1))
    # Nodes at the same place would never separate, because the force between them has no direction.
    return np.where(is_fixed, heights, heights + 0.02 * np.cos(2.4 * np.arange(len(heights))))


def _relax(at: Floats, ends: NDArray[np.int64], is_fixed: NDArray[np.bool_], extent: Floats, n_layers: int) -> Floats:
    """Apply the forces until the nodes hardly move; (n_nodes, 2) in pixels."""
    sources, targets = ends[:, 0], ends[:, 1]
    own_layer = at[:, 0].copy()
    unit = float(np.sqrt(extent.prod() / len(at)))
    run = min(0.42 * unit, 0.8 * float(extent[0]) / max(1, n_layers - 1))
    room = np.array([0.35 * unit, 0.0])
    reach = _REACH * unit
    for step in range(_STEPS):
        away = at[:, None] - at[None]
        squares = (away**2).sum(axis=2) + 1.0
        np.fill_diagonal(squares, np.inf)
        near = np.maximum(0.0, 1.0 - squares / reach**2)
        force = _REPULSION * unit**2 * (away * (near / squares)[..., None]).sum(axis=1)
        force[:, 0] += _walls(at[:, 0], extent[0], 0.3 * unit, 1.2 * _REPULSION * unit**2)
        force[:, 1] += _walls(at[:, 1], extent[1], 0.15 * unit, 2.2 * _REPULSION * unit**2)
        along = at[targets] - at[sources]
        pull = _ATTRACTION / unit * along * np.sqrt((along**2).sum(axis=1))[:, None]
        pull[:, 0] -= _RIGHTWARDS * np.maximum(0.0, run - along[:, 0])
        np.add.at(force, sources, pull)
        np.add.at(force, targets, -pull)
        force[:, 0] += _LAYER_PULL * (own_layer - at[:, 0])
        length = np.sqrt((force**2).sum(axis=1))[:, None] + 1e-9
        longest = 0.25 * unit * (1 - step / _STEPS) + 0.3
        moved = np.clip(at + force / length * np.minimum(0.25 * length, longest), room, extent - room)
        at = np.where(is_fixed[:, None], at, moved)
    return at


def _walls(along: Floats, extent: float, softness: float, strength: float) -> Floats:
    """The push of the two walls on one axis; clipped positions keep it finite."""
    inside = np.clip(along, 0.0, extent)
    return strength * (1 / (inside + softness) - 1 / (extent - inside + softness))


def _keep_apart(at: Floats, is_fixed: NDArray[np.bool_], extent: Floats, distance: float) -> Floats:
    """Separate nodes that are closer than ``distance``; inputs and outputs do not move."""
    for _ in range(80):
        away = at[:, None] - at[None]
        lengths = np.sqrt((away**2).sum(axis=2))
        np.fill_diagonal(lengths, np.inf)
        lack = np.maximum(0.0, distance - lengths)
        if not lack.any():
            break
        push = (away / np.maximum(lengths, 1.0)[..., None] * lack[..., None]).sum(axis=1) * 0.5
        at = np.where(is_fixed[:, None], at, np.clip(at + push, 0.0, extent))
    return at
