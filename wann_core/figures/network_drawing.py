"""A network in layers: each node's activation is a little graph of the function, so that colour is not needed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from wann_core.activations import Activation, reference
from wann_core.champion import load_champion
from wann_core.figures.canvas import Canvas, Point
from wann_core.figures.catalog import Made, Order
from wann_core.genome import Genome, NodeGene, NodeKind, layers

WIDTH, HEIGHT = 1160, 600
COLOURS: Final = {
    Activation.LINEAR: "chart-muted", Activation.STEP: "chart-5", Activation.SIN: "chart-1",
    Activation.GAUSSIAN: "chart-4", Activation.TANH: "chart-3", Activation.SIGMOID: "chart-3",
    Activation.INVERSE: "chart-6", Activation.ABSOLUTE: "chart-2", Activation.RELU: "chart-2",
    Activation.COSINE: "chart-1",
}  # fmt: skip


def place_nodes(genome: Genome, corner: Point, size: Point) -> dict[int, Point]:
    """Place each node id: layers from left to right, within a layer near the nodes that it is connected with."""
    layer = layers(genome.nodes, genome.connections)
    used = {c.source for c in genome.connections if c.is_enabled} | {
        c.target for c in genome.connections if c.is_enabled
    }
    nodes = [n for n in genome.nodes if n.kind is not NodeKind.HIDDEN or n.id in used]
    columns: dict[int, list[int]] = {}
    for node in nodes:
        columns.setdefault(layer[node.id], []).append(node.id)
    neighbours: dict[int, list[int]] = {node.id: [] for node in nodes}
    for gene in genome.connections:
        if gene.is_enabled and gene.source in neighbours and gene.target in neighbours:
            neighbours[gene.source].append(gene.target)
            neighbours[gene.target].append(gene.source)
    order = sorted(columns)
    height = {node_id: (i + 0.5) / len(column) for column in columns.values() for i, node_id in enumerate(column)}
    for sweep in range(12):
        for key in order[1:]:
            column = columns[key]
            wanted = {
                # Where its neighbours are, drawn apart from the middle so that a long network does not become a line.
                node: 0.5 + 1.25 * (float(np.mean([height[other] for other in neighbours[node]] or [0.5])) - 0.5)
                for node in column
            }
            column.sort(key=lambda node: wanted[node])
            shift = 0.055 * (-1 if order.index(key) % 2 else 1) if len(column) == 1 and sweep == 11 else 0.0
            height.update(zip(column, _apart([wanted[node] + shift for node in column]), strict=True))
    (x, y), (w, h) = corner, size
    at = {key: i / max(1, len(order) - 1) for i, key in enumerate(order)}
    return {node: (x + w * at[key], y + h * height[node]) for key in order for node in columns[key]}


def _apart(heights: list[float]) -> list[float]:
    """Sorted heights, moved as little as needed to keep a distance and stay within 0.04 and 0.96."""
    gap = min(0.13, 0.92 / max(1, len(heights)))
    placed: list[float] = []
    for wanted in heights:
        placed.append(max(wanted, placed[-1] + gap if placed else 0.04))
    for i in range(len(placed) - 1, -1, -1):
        limit = placed[i + 1] - gap if i + 1 < len(placed) else 0.96
        placed[i] = min(placed[i], limit)
    return placed


def draw_network(
    canvas: Canvas, genome: Genome, corner: Point, size: Point, radius: float, *, with_glyphs: bool = True
) -> dict[int, Point]:
    """Draw a genome's enabled connections and its nodes; returns where each node is."""
    where = place_nodes(genome, corner, size)
    for gene in genome.connections:
        if gene.is_enabled and gene.source in where and gene.target in where:
            canvas.line(_curve(where[gene.source], where[gene.target]), "chart-muted", max(1.2, radius / 9), 0.55)
    for node in genome.nodes:
        if node.id in where:
            _draw_node(canvas, node, where[node.id], radius, with_glyphs=with_glyphs)
    return where


def _curve(start: Point, end: Point) -> list[Point]:
    """A connection that leaves and arrives horizontally."""
    (x1, y1), (x2, y2) = start, end
    points = []
    for k in range(13):
        t = k / 12
        ease = t * t * (3 - 2 * t)
        points.append((x1 + (x2 - x1) * t, y1 + (y2 - y1) * ease))
    return points


def _draw_node(canvas: Canvas, node: NodeGene, at: Point, radius: float, *, with_glyphs: bool) -> None:
    if node.kind is NodeKind.HIDDEN:
        colour = COLOURS[node.activation]
        canvas.circle(at, radius, "surface", colour, max(1.5, radius / 7))
        if with_glyphs:
            draw_glyph(canvas, node.activation, at, radius * 0.62, colour)
        return
    fill = {NodeKind.BIAS: "chart-muted", NodeKind.INPUT: "chart-text", NodeKind.OUTPUT: "chart-1"}[node.kind]
    canvas.circle(at, radius * 0.72, fill)


def draw_glyph(canvas: Canvas, activation: Activation, centre: Point, radius: float, colour: str) -> None:
    """The graph of an activation on [-2, 2], small."""
    x = np.linspace(-1.6, 1.6, 25)
    y = reference(activation, x)
    low, high = float(y.min()), float(y.max())
    span = max(high - low, 1e-9)
    points = [
        (centre[0] + float(a) / 1.6 * radius, centre[1] + radius * 0.8 * (1 - 2 * (float(b) - low) / span))
        for a, b in zip(x, y, strict=True)
    ]
    canvas.line(points, colour, max(1.2, radius / 4.5))


def _labels(canvas: Canvas, genome: Genome, where: Mapping[int, Point], inputs: tuple[str, ...],
            outputs: tuple[str, ...], size: float) -> None:  # fmt: skip
    names = {0: "bias"}
    names |= {n.id: inputs[i] for i, n in enumerate(n for n in genome.nodes if n.kind is NodeKind.INPUT)}
    for node_id, name in names.items():
        if node_id in where:
            x, y = where[node_id]
            canvas.text((x - 18, y), name, size, anchor="end")
    for i, node in enumerate(n for n in genome.nodes if n.kind is NodeKind.OUTPUT):
        x, y = where[node.id]
        canvas.text((x + 18, y), outputs[i], size)


def draw_legend(canvas: Canvas, activations: list[Activation], y: float, width: float, size: float) -> None:
    """Which graph is which function, in one row."""
    step = min(150.0, width / max(1, len(activations)))
    x = (width - step * len(activations)) / 2
    for activation in activations:
        canvas.circle((x + 16, y), 14, "surface", COLOURS[activation], 2.2)
        draw_glyph(canvas, activation, (x + 16, y), 9, COLOURS[activation])
        canvas.text((x + 37, y), activation.label, size, "chart-muted")
        x += step


def network(order: Order) -> Made:
    """The champion, whole."""
    from wann_core.tasks import load_task  # noqa: PLC0415  # names of inputs and outputs need the task, not its kernel

    champion = load_champion(order.store)
    spec = load_task(order.store.task).spec
    genome = champion.genome
    canvas = Canvas(WIDTH, HEIGHT)
    widest = max((sum(1 for n in genome.nodes if n.kind is not NodeKind.HIDDEN), 6))
    radius = 17.0 if widest < 12 and genome.n_hidden < 45 else 11.0
    label = 20.0 if spec.n_inputs < 12 else 14.0
    left = 120.0 if spec.n_inputs < 12 else 170.0
    where = draw_network(canvas, genome, (left, 10), (WIDTH - left - 130, HEIGHT - 80), radius)
    _labels(canvas, genome, where, spec.input_names, spec.output_names, label)
    kinds = sorted({n.activation for n in genome.nodes if n.kind is NodeKind.HIDDEN and n.id in where})
    draw_legend(canvas, kinds, HEIGHT - 26, WIDTH, 18 if len(kinds) < 9 else 16)
    alt = f"A network of {genome.n_connections} connections and {genome.n_hidden} hidden nodes, drawn in layers."
    return finish(canvas, order, alt)


def finish(canvas: Canvas, order: Order, alt: str) -> Made:
    """Write a drawing as its figure's name asks: PNG, or SVG with a PNG beside it."""
    canvas.write_png(order.folder / "figure.png")
    if order.name.endswith(".png"):
        return Made({"png": "figure.png"}, alt, canvas.width, canvas.height)
    canvas.write_svg(order.folder / "figure.svg")
    return Made({"svg": "figure.svg", "png": "figure.png"}, alt, canvas.width, canvas.height)
