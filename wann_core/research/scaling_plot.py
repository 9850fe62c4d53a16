"""The scaling study as an SVG picture for light and dark backgrounds: efficiency against workers, a line per task."""

from __future__ import annotations

import html
import math
from collections.abc import Mapping
from itertools import pairwise
from typing import Final

from wann_core.research.scaling import WORKERS

WIDTH, HEIGHT = 880, 420
LEFT, RIGHT, TOP, BOTTOM = 74, 150, 24, 62
STYLE: Final = """
svg { background: #fdfcf9; } text { font: 16px system-ui, sans-serif; fill: #333a45; } .grid { stroke: #dcdad3; }
.line { fill: none; stroke-width: 3; } .a { stroke: #0f62b4; } .b { stroke: #b4540f; stroke-dasharray: 9 5; }
.name { font-weight: 600; } .name.a { fill: #0f62b4; stroke: none; } .name.b { fill: #b4540f; stroke: none; }
.mark { stroke-width: 2; stroke: #444a55; stroke-dasharray: 2 4; }
@media (prefers-color-scheme: dark) {
  svg { background: #14171c; } text { fill: #d5d9e0; } .grid { stroke: #333a45; } .a { stroke: #6db3ff; }
  .b { stroke: #ffb06d; } .name.a { fill: #6db3ff; } .name.b { fill: #ffb06d; } .mark { stroke: #a9b1bf; }
}
"""
CLASSES: Final = ("a", "b")


def scaling_plot(speed_ups: Mapping[str, list[float]]) -> str:
    """Draw the efficiency of every task.

    Args:
        speed_ups: by name, one value for each of ``WORKERS``; at most two tasks.
    """

    def x(workers: float) -> float:
        return LEFT + math.log2(workers) / math.log2(WORKERS[-1]) * (WIDTH - LEFT - RIGHT)

    def y(efficiency: float) -> float:
        return TOP + (1.0 - efficiency) * (HEIGHT - TOP - BOTTOM)

    said = "; ".join(
        f"{name}: {values[-1]:.0f} times as fast on {WORKERS[-1]} workers" for name, values in speed_ups.items()
    )
    parts = [
        f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {WIDTH} {HEIGHT}' role='img'>",
        f"<title>Efficiency of a search by number of workers. {html.escape(said)}.</title><style>{STYLE}</style>",
    ]
    for share in (0.0, 0.2, 0.4, 0.5, 0.6, 0.8, 1.0):
        kind = "mark" if share in {0.5, 0.8} else "grid"
        parts.append(
            f"<line class='{kind}' x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y(share):.1f}' y2='{y(share):.1f}'/>"
            f"<text x='{LEFT - 10}' y='{y(share) + 5:.1f}' text-anchor='end'>{100 * share:.0f} %</text>"
        )
    parts += [
        f"<text x='{x(workers):.1f}' y='{HEIGHT - BOTTOM + 26}' text-anchor='middle'>{workers}</text>"
        for workers in WORKERS
    ]
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f"<text x='{middle}' y='{HEIGHT - 10}' text-anchor='middle'>workers, one core each</text>")
    ends = _apart([min(1.0, values[-1] / WORKERS[-1]) for values in speed_ups.values()], 24 / (HEIGHT - TOP - BOTTOM))
    for kind, (name, values), end in zip(CLASSES, speed_ups.items(), ends, strict=False):
        points = " ".join(
            f"{x(workers):.1f},{y(min(1.0, value / workers)):.1f}"
            for workers, value in zip(WORKERS, values, strict=True)
        )
        parts.append(f"<polyline class='line {kind}' points='{points}'/>")
        parts.append(
            f"<text class='name {kind}' x='{WIDTH - RIGHT + 10}' y='{y(end) + 5:.1f}'>{html.escape(name)}</text>"
        )
    return "\n".join([*parts, "</svg>"]) + "\n"


def _apart(places: list[float], least: float) -> list[float]:
    """The same positions, moved apart if two names would overlap."""
    moved = list(places)
    order = sorted(range(len(moved)), key=lambda i: moved[i])
    for lower, upper in pairwise(order):
        moved[upper] = max(moved[upper], moved[lower] + least)
    return moved
