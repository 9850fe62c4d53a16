"""How a WANN grows: the three operators, then the real networks of the run at several generations."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from wann_core.figures.canvas import Canvas, Point
from wann_core.figures.figure import FigureOutput, FigureRequest, FigureSpec
from wann_core.figures.network_drawing import draw_network, finish
from wann_core.networks.activations import Activation
from wann_core.networks.genome import ConnectionGene, Genome, NodeGene, NodeKind
from wann_core.runs.champion_file import load_snapshots

FIGURES: Final = (
    FigureSpec(
        "growth",
        "image",
        "growth",
        "the champion at several generations of its search",
        inputs=("snapshots",),
        packages=("pillow",),
    ),
    FigureSpec(
        "growth.png", "image", "growth", "the same as a picture file", inputs=("snapshots",), packages=("pillow",)
    ),
)


WIDTH, HEIGHT = 1112, 480
"""The space below a slide's heading, so that nothing is scaled and 20 px stay 20 px."""
N_STAGES: Final = 4
_GAP: Final = 20.0
_OPERATORS_HEIGHT: Final = 150.0
_SMALL: Final = (
    NodeGene(0, NodeKind.BIAS, Activation.LINEAR),
    NodeGene(1, NodeKind.INPUT, Activation.LINEAR),
    NodeGene(2, NodeKind.INPUT, Activation.LINEAR),
)
_OUT: Final = NodeGene(3, NodeKind.OUTPUT, Activation.LINEAR)


def _example(hidden: Activation, *, has_third: bool) -> Genome:
    nodes = (*_SMALL, NodeGene(4, NodeKind.HIDDEN, hidden), _OUT)
    pairs = [(1, 4), (4, 3), (2, 3)] + ([(0, 4)] if has_third else [])
    return Genome(nodes, tuple(ConnectionGene(i, a, b, True) for i, (a, b) in enumerate(pairs)))


def growth(request: FigureRequest) -> FigureOutput:
    """A row of operators above a row of this run's networks."""
    canvas = Canvas(WIDTH, HEIGHT)
    _operators(canvas)
    snapshots = load_snapshots(request.store.snapshots)
    picks = [snapshots[round(i * (len(snapshots) - 1) / max(1, N_STAGES - 1))] for i in range(N_STAGES)]
    picks = list(dict.fromkeys(picks))
    width = (WIDTH - _GAP * (len(picks) - 1)) / len(picks)
    top = _OPERATORS_HEIGHT + 14
    for i, snapshot in enumerate(picks):
        x = i * (width + _GAP)
        canvas.rectangle((x, top), (width, HEIGHT - top), "chart-surface", 14)
        canvas.text((x + width / 2, top + 26), f"generation {snapshot.generation:,}", 22, anchor="middle", is_bold=True)
        radius = 10.0 if snapshot.genome.n_hidden < 14 else 8.5 if snapshot.genome.n_hidden < 25 else 6.5
        draw_network(canvas, snapshot.genome, (x + 26, top + 52), (width - 52, HEIGHT - top - 114), radius)
        size = f"{snapshot.genome.n_connections} wires"
        canvas.text((x + 20, HEIGHT - 26), size, 21, "chart-muted")
        canvas.text((x + width - 20, HEIGHT - 26), f"return {round(snapshot.mean_return)}", 21, "chart-text", "end")
    last = picks[-1]
    return finish(
        canvas,
        request,
        "Three operators (insert a node, add a connection, change an activation), then the networks of this run: "
        f"from {picks[0].genome.n_connections} connections in generation {picks[0].generation} to "
        f"{last.genome.n_connections} in generation {last.generation}.",
    )


def _operators(canvas: Canvas) -> None:
    """The initial network, and the effect of each mutation on it."""
    start = Genome((*_SMALL, _OUT), (ConnectionGene(0, 1, 3, True), ConnectionGene(1, 2, 3, True)))
    nothing: tuple[int, ...] = ()
    steps: tuple[tuple[str, Genome, Collection[int], Collection[int]], ...] = (
        ("start small", start, nothing, nothing),
        ("insert a node", _example(Activation.SIN, has_third=False), (4,), (0, 1)),
        ("add a connection", _example(Activation.SIN, has_third=True), nothing, (3,)),
        ("change an activation", _example(Activation.RELU, has_third=True), (4,), nothing),
    )
    width = (WIDTH - _GAP * (len(steps) - 1)) / len(steps)
    for i, (name, genome, new_nodes, new_connections) in enumerate(steps):
        x = i * (width + _GAP)
        draw_network(
            canvas,
            genome,
            (x + 44, 12),
            (width - 88, 92),
            14,
            new_nodes=new_nodes,
            new_connections=new_connections,
        )
        canvas.text((x + width / 2, 132), name, 22, anchor="middle", is_bold=True)
        if i:
            _arrow(canvas, (x - 30, 58), (x + 8, 58))


def _arrow(canvas: Canvas, start: Point, end: Point) -> None:
    canvas.line([start, end], "chart-muted", 3)
    canvas.line([(end[0] - 9, end[1] - 7), end, (end[0] - 9, end[1] + 7)], "chart-muted", 3)
