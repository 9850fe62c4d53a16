"""Draw a network from inputs to outputs. Each node shows its activation as a small graph, so no colour is needed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Final

import numpy as np

from wann_core.figures.canvas import Canvas, Point
from wann_core.figures.figure import FigureOutput, FigureRequest, FigureSpec
from wann_core.figures.layout import place_nodes, shown_nodes
from wann_core.networks.activations import Activation, reference
from wann_core.networks.genome import Genome, NodeGene, NodeKind
from wann_core.runs.champion_file import load_champion
from wann_core.tasks.registry import load_task

FIGURES: Final = (
    FigureSpec(
        "network",
        "image",
        "network",
        "the champion as a graph, in the colours of the theme",
        inputs=("champion",),
        packages=("pillow",),
    ),
    FigureSpec(
        "network.png", "image", "network", "the same as a picture file", inputs=("champion",), packages=("pillow",)
    ),
)


WIDTH, HEIGHT = 900, 600
_BESIDE: Final = 18
"""Distance from the middle of a node to its name."""
_LEGEND: Final = 27.0
COLOURS: Final = {
    Activation.LINEAR: "chart-muted", Activation.STEP: "chart-5", Activation.SIN: "chart-1",
    Activation.GAUSSIAN: "chart-4", Activation.TANH: "chart-3", Activation.SIGMOID: "chart-4",
    Activation.INVERSE: "chart-6", Activation.ABSOLUTE: "chart-2", Activation.RELU: "chart-2",
    Activation.COSINE: "chart-1",
}  # fmt: skip


def draw_network(
    canvas: Canvas,
    genome: Genome,
    corner: Point,
    size: Point,
    radius: float,
    *,
    with_glyphs: bool = True,
    new_nodes: Collection[int] = (),
    new_connections: Collection[int] = (),
) -> dict[int, Point]:
    """Draw a genome's enabled connections and its nodes.

    Args:
        canvas: to draw on.
        genome: the network.
        corner: left and top of its space.
        size: width and height of its space.
        radius: radius of a hidden node.
        with_glyphs: whether to draw each activation's graph in its node.
        new_nodes: ids of nodes to highlight.
        new_connections: innovation numbers of connections to highlight.

    Returns:
        The place of each node, by id.
    """
    where = place_nodes(genome, corner, size, 2.4 * radius)
    for gene in genome.connections:
        if gene.is_enabled and gene.source in where and gene.target in where:
            path = connection_path(where[gene.source], where[gene.target])
            if gene.innovation in new_connections:
                canvas.line(path, "chart-2", max(3.0, radius / 4))
            else:
                canvas.line(path, "chart-muted", max(1.4, radius / 8), 0.6)
    for node_id in new_nodes:
        if node_id in where:
            canvas.circle(where[node_id], radius * 1.45, "chart-2", opacity=0.3)
    draw_nodes(canvas, genome, where, radius, with_glyphs=with_glyphs)
    return where


def draw_nodes(
    canvas: Canvas, genome: Genome, where: Mapping[int, Point], radius: float, *, with_glyphs: bool = True
) -> None:
    """Draw the nodes that have a place."""
    end_radius = min(0.72 * radius, 0.4 * _spacing(genome, where))
    for node in genome.nodes:
        if node.id in where:
            _draw_node(canvas, node, where[node.id], radius, end_radius, with_glyphs=with_glyphs)


def _spacing(genome: Genome, where: Mapping[int, Point]) -> float:
    """Distance of neighbours in the column of the inputs."""
    ends = (NodeKind.BIAS, NodeKind.INPUT)
    heights = sorted(where[node.id][1] for node in genome.nodes if node.kind in ends and node.id in where)
    return float(np.diff(heights).min()) if len(heights) > 1 else float("inf")


def connection_path(start: Point, end: Point) -> list[Point]:
    """A curve that leaves and arrives horizontally; the effect grows with its length to the right."""
    (x1, y1), (x2, y2) = start, end
    reach = 0.35 * max(0.0, x2 - x1)
    points = []
    for k in range(15):
        t = k / 14
        a, b, c, d = (1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3
        points.append((a * x1 + b * (x1 + reach) + c * (x2 - reach) + d * x2, (a + b) * y1 + (c + d) * y2))
    return points


def _draw_node(
    canvas: Canvas, node: NodeGene, at: Point, radius: float, end_radius: float, *, with_glyphs: bool
) -> None:
    if node.kind is NodeKind.HIDDEN:
        colour = COLOURS[node.activation]
        canvas.circle(at, radius, "surface", colour, max(1.5, radius / 7))
        if with_glyphs:
            draw_glyph(canvas, node.activation, at, radius * 0.62, colour)
        return
    fill = {NodeKind.BIAS: "chart-muted", NodeKind.INPUT: "chart-text", NodeKind.OUTPUT: "chart-1"}[node.kind]
    canvas.circle(at, end_radius, fill)


def draw_glyph(canvas: Canvas, activation: Activation, centre: Point, radius: float, colour: str) -> None:
    """A small graph of an activation."""
    # On the range of the other functions, a sigmoid would look like a straight line.
    half = 4.5 if activation is Activation.SIGMOID else 1.6
    x = np.linspace(-half, half, 25)
    y = reference(activation, x)
    low, high = float(y.min()), float(y.max())
    span = max(high - low, 1e-9)
    points = [
        (centre[0] + float(a) / half * radius, centre[1] + radius * 0.8 * (1 - 2 * (float(b) - low) / span))
        for a, b in zip(x, y, strict=True)
    ]
    canvas.line(points, colour, max(1.2, radius / 4.5))


def draw_labels(canvas: Canvas, genome: Genome, where: Mapping[int, Point], inputs: tuple[str, ...],
            outputs: tuple[str, ...], size: float) -> None:  # fmt: skip
    """Write the names of inputs and outputs beside their nodes."""
    names = {0: "bias"}
    names |= {n.id: inputs[i] for i, n in enumerate(n for n in genome.nodes if n.kind is NodeKind.INPUT)}
    for node_id, name in names.items():
        if node_id in where:
            x, y = where[node_id]
            canvas.text((x - _BESIDE, y), name, size, anchor="end")
    for i, node in enumerate(n for n in genome.nodes if n.kind is NodeKind.OUTPUT):
        x, y = where[node.id]
        canvas.text((x + _BESIDE, y), outputs[i], size)


def label_room(names: tuple[str, ...], size: float) -> float:
    """Space for the longest name beside its node."""
    return _BESIDE + 0.52 * size * max(map(len, names))


def _legend_rows(activations: list[Activation]) -> int:
    return -(-len(activations) // 5)


def legend_height(activations: list[Activation], size: float) -> float:
    """Height of the legend from ``draw_legend``, in pixels."""
    return 1.8 * size * _legend_rows(activations)


def draw_legend(canvas: Canvas, activations: list[Activation], y: float, width: float, size: float) -> None:
    """Draw the legend of activation graphs in one row, or in two if there are many; ``y`` is its upper edge."""
    if not activations:
        return  # inputs are connected directly to outputs
    per_row = -(-len(activations) // _legend_rows(activations))
    step = min(width / per_row, 7.5 * size)
    left = 0.5 * (width - per_row * step)
    for i, activation in enumerate(activations):
        row, column = divmod(i, per_row)
        x, at = left + column * step + size, y + (0.9 + row * 1.75) * size
        canvas.circle((x, at), 0.72 * size, "surface", COLOURS[activation], 2.2)
        draw_glyph(canvas, activation, (x, at), 0.46 * size, COLOURS[activation])
        canvas.text((x + 1.1 * size, at), activation.label, size, "chart-muted")


def network(request: FigureRequest) -> FigureOutput:
    """The complete champion."""
    champion = load_champion(request.store)
    spec = load_task(request.store.task).spec
    genome = champion.genome
    canvas = Canvas(WIDTH, HEIGHT)
    kinds = sorted({node.activation for node in shown_nodes(genome) if node.kind is NodeKind.HIDDEN})
    height = HEIGHT - 52 - legend_height(kinds, _LEGEND)
    # Names are as large as their rows allow: a walker has 24 inputs.
    label = float(np.clip(0.8 * height / (spec.n_inputs + 1), 15.0, 29.0))
    left, right = label_room(("bias", *spec.input_names), label), label_room(spec.output_names, label)
    radius = 17.0 if genome.n_hidden < 45 else 12.0 if genome.n_hidden < 80 else 10.0
    where = draw_network(canvas, genome, (left, 26), (WIDTH - left - right, height), radius)
    draw_labels(canvas, genome, where, spec.input_names, spec.output_names, label)
    draw_legend(canvas, kinds, HEIGHT - legend_height(kinds, _LEGEND), WIDTH, _LEGEND)
    alt = (
        f"A network of {genome.n_connections} connections and {genome.n_hidden} hidden nodes; each node shows its "
        "activation as a graph."
    )
    return finish(canvas, request, alt)


def finish(canvas: Canvas, request: FigureRequest, alt: str) -> FigureOutput:
    """Write a drawing in the format of its figure's name: PNG, or SVG with a PNG beside it."""
    canvas.write_png(request.folder / "figure.png")
    if request.name.endswith(".png"):
        return FigureOutput({"png": "figure.png"}, alt, canvas.width, canvas.height)
    canvas.write_svg(request.folder / "figure.svg")
    return FigureOutput({"svg": "figure.svg", "png": "figure.png"}, alt, canvas.width, canvas.height)
