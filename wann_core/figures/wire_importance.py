"""The champion with its connections as thick as what they are worth."""

from __future__ import annotations

from typing import Final

import numpy as np

from wann_core.figures.canvas import Canvas
from wann_core.figures.figure import FigureOutput, FigureRequest, FigureSpec
from wann_core.figures.layout import place_nodes
from wann_core.figures.network_drawing import (
    HEIGHT,
    WIDTH,
    connection_path,
    draw_labels,
    draw_nodes,
    finish,
    label_room,
)
from wann_core.networks.genome import Genome, NodeKind
from wann_core.runs.champion_file import load_champion
from wann_core.runs.importance import load_importance
from wann_core.tasks.registry import load_task

FIGURES: Final = (
    FigureSpec(
        "importance",
        "image",
        "importance",
        "the champion, each connection as thick as the return that is lost without it",
        inputs=("champion", "importance"),
        packages=("pillow",),
    ),
)

THICKEST: Final = 13.0
"""Pixels of the connection that is worth most."""
N_NAMED: Final = 3
_FOOT: Final = 40


def importance(request: FigureRequest) -> FigureOutput:
    """The network, with what each connection is worth as its thickness; those worth nothing are dashed."""
    genome, found = load_champion(request.store).genome, load_importance(request.store)
    spec = load_task(request.store.task).spec
    canvas = Canvas(WIDTH, HEIGHT)
    height = HEIGHT - 52 - _FOOT
    label = float(np.clip(0.8 * height / (spec.n_inputs + 1), 15.0, 29.0))
    left, right = label_room(("bias", *spec.input_names), label), label_room(spec.output_names, label)
    radius = 15.0 if genome.n_hidden < 45 else 11.0
    where = place_nodes(genome, (left, 26), (WIDTH - left - right, height), 2.4 * radius)
    most = max((one.lost for one in found.connections), default=1.0)
    ranked = sorted(found.connections, key=lambda one: -one.lost)
    best = {one.innovation for one in ranked[:N_NAMED]}
    for one in reversed(ranked):
        if one.source not in where or one.target not in where:
            continue
        path = connection_path(where[one.source], where[one.target])
        share = max(one.lost, 0.0) / max(most, 1e-9)
        if one.lost == 0.0:
            canvas.line(path, "chart-muted", 1.2, 0.5, is_dashed=True)
        else:
            colour = "chart-2" if one.innovation in best else "chart-1"
            canvas.line(path, colour, max(1.4, THICKEST * share**0.5), 0.85)
    draw_nodes(canvas, genome, where, radius)
    draw_labels(canvas, genome, where, spec.input_names, spec.output_names, label)
    names = _names(genome, spec.input_names, spec.output_names)
    worth = [
        f"{names[one.source]} \u2192 {names[one.target]} {100 * one.lost / abs(found.mean):.0f} %"
        for one in ranked[:N_NAMED]
    ]
    canvas.text((WIDTH / 2, HEIGHT - _FOOT / 2), ",  ".join(worth), 27, "chart-2", "middle")
    counts = found.counts()
    alt = (
        f"The champion's {len(found.connections)} connections, as thick as the mean return that is lost without each: "
        f"{counts['above_10_percent']:.0f} cost more than a tenth, {counts['below_1_percent']:.0f} less than a "
        f"hundredth. The three that are worth most: {'; '.join(worth)}."
    )
    return finish(canvas, request, alt)


def _names(genome: Genome, inputs: tuple[str, ...], outputs: tuple[str, ...]) -> dict[int, str]:
    nodes = genome.nodes
    names = {node.id: "bias" for node in nodes if node.kind is NodeKind.BIAS}
    names |= {n.id: inputs[i] for i, n in enumerate(n for n in nodes if n.kind is NodeKind.INPUT)}
    names |= {n.id: outputs[i] for i, n in enumerate(n for n in nodes if n.kind is NodeKind.OUTPUT)}
    return names | {node.id: node.activation.label for node in nodes if node.kind is NodeKind.HIDDEN}
