"""How a WANN grows: the three operators, then the real networks of the run at several generations."""

from __future__ import annotations

from typing import Final

from wann_core.activations import Activation
from wann_core.champion import load_snapshots
from wann_core.figures.canvas import Canvas, Point
from wann_core.figures.catalog import Made, Order
from wann_core.figures.network_drawing import draw_network, finish
from wann_core.genome import ConnectionGene, Genome, NodeGene, NodeKind

WIDTH, HEIGHT = 1160, 600
N_STAGES: Final = 4
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


def growth(order: Order) -> Made:
    """A row of operators above a row of this run's networks."""
    canvas = Canvas(WIDTH, HEIGHT)
    _operators(canvas)
    snapshots = load_snapshots(order.store.snapshots)
    picks = [snapshots[round(i * (len(snapshots) - 1) / max(1, N_STAGES - 1))] for i in range(N_STAGES)]
    picks = list(dict.fromkeys(picks))
    width = WIDTH / len(picks)
    for i, snapshot in enumerate(picks):
        x = i * width
        canvas.rectangle((x + 8, 196), (width - 16, HEIGHT - 204), "chart-surface", 14)
        canvas.text((x + width / 2, 222), f"generation {snapshot.generation:,}", 22, anchor="middle", is_bold=True)
        radius = 11.0 if snapshot.genome.n_hidden < 14 else 8.0 if snapshot.genome.n_hidden < 30 else 6.0
        draw_network(canvas, snapshot.genome, (x + 34, 250), (width - 68, HEIGHT - 336), radius)
        text = f"{snapshot.genome.n_connections} connections"
        canvas.text((x + width / 2, HEIGHT - 54), text, 20, "chart-muted", "middle")
        canvas.text((x + width / 2, HEIGHT - 27), f"mean return {snapshot.mean_return:.0f}", 20, "chart-1", "middle")
    last = picks[-1]
    return finish(
        canvas,
        order,
        "Three operators (insert a node, add a connection, change an activation), then the networks of this run: "
        f"from {picks[0].genome.n_connections} connections in generation {picks[0].generation} to "
        f"{last.genome.n_connections} in generation {last.generation}.",
    )


def _operators(canvas: Canvas) -> None:
    """Start, and what one mutation may do to it."""
    start = Genome((*_SMALL, _OUT), (ConnectionGene(0, 1, 3, True), ConnectionGene(1, 2, 3, True)))
    steps = (
        ("start: few connections", start),
        ("insert a node", _example(Activation.SIN, has_third=False)),
        ("add a connection", _example(Activation.SIN, has_third=True)),
        ("change an activation", _example(Activation.RELU, has_third=True)),
    )
    width = WIDTH / len(steps)
    for i, (name, genome) in enumerate(steps):
        x = i * width
        draw_network(canvas, genome, (x + 62, 30), (width - 124, 90), 13)
        canvas.text((x + width / 2, 158), name, 21, anchor="middle", is_bold=True)
        if i:
            _arrow(canvas, (x - 20, 76), (x + 20, 76))


def _arrow(canvas: Canvas, start: Point, end: Point) -> None:
    canvas.line([start, end], "chart-muted", 3)
    canvas.line([(end[0] - 9, end[1] - 7), end, (end[0] - 9, end[1] + 7)], "chart-muted", 3)
