"""An independent swing-up and network of the 2019 release's format, in plain Python, from the published formulas.

Nothing here is shared with the package: no numpy, no kernel, no reader. ``python tests/swing_up_oracle.py`` writes
``reference/swing_up_oracle.json`` again. It reads ``swing_up_champion.out`` and ``swing_up_tuned.json``, a champion of
this project that was exported once, and the start states in ``swing_up_starts.json``.

Source: equations of motion of Gal, McAllister & Rasmussen 2016; reward, episode and activations of Gaier & Ha 2019.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent / "reference"
SHARED_WEIGHTS: Final = (-2.0, -1.0, -0.5, 0.5, 1.0, 2.0)
ACTIVATIONS: Final[dict[int, Callable[[float], float]]] = {
    1: lambda x: x,
    2: lambda x: 1.0 if x > 0.0 else 0.0,
    3: lambda x: math.sin(math.pi * x),
    4: lambda x: math.exp(-x * x / 2.0),
    5: math.tanh,
    6: lambda x: (math.tanh(x / 2.0) + 1.0) / 2.0,
    7: lambda x: -x,
    8: abs,
    9: lambda x: max(0.0, x),
    10: lambda x: math.cos(math.pi * x),
}

Weights = dict[tuple[int, int], float]
"""(source, target) -> weight, by row and column of the file."""


def read_out(path: Path) -> tuple[list[int], list[tuple[int, int]]]:
    """A ``.out`` file: the activation id of each node in the file's order, and its enabled connections."""
    rows = [[float(cell) for cell in line.split(",")] for line in path.read_text().splitlines()]
    connections = [
        (source, target)
        for source, row in enumerate(rows)
        for target, cell in enumerate(row[:-1])
        if cell != 0.0 and not math.isnan(cell)
    ]
    return [int(row[-1]) for row in rows], connections


def episode_return(ids: list[int], weights: Weights, start: list[float]) -> float:
    """One episode of at most 1000 steps from ``start``: position m, velocity m/s, angle rad, angular velocity rad/s."""
    sources: dict[int, list[int]] = {}
    for source, target in weights:
        sources.setdefault(target, []).append(source)
    x, v, th, om = start
    total = 0.0
    for _ in range(1000):
        values = [1.0, x, v, math.cos(th), math.sin(th), om]
        for node in range(6, len(ids)):
            fed = sum(weights[source, node] * values[source] for source in sources.get(node, []))
            values.append(ACTIVATIONS[ids[node]](fed))
        force = 10.0 * max(-1.0, min(1.0, values[-1]))
        s, c = math.sin(th), math.cos(th)
        dv = (-2 * 0.3 * om * om * s + 3 * 0.5 * 9.82 * s * c + 4 * force - 4 * 0.1 * v) / (4 - 3 * 0.5 * c * c)
        dom = (-3 * 0.3 * om * om * s * c + 6 * 9.82 * s + 6 * (force - 0.1 * v) * c) / (4 * 0.6 - 3 * 0.3 * c * c)
        x, v, th, om = x + 0.01 * v, v + 0.01 * dv, th + 0.01 * om, om + 0.01 * dom
        total += (math.cos(th) + 1.0) / 2.0 * math.cos(math.pi * x / 4.8)
        if abs(x) > 2.4:
            break
    return total


def measured(folder: Path = HERE, n_episodes: int | None = None) -> dict[str, list[float]]:
    """Episode returns by weights: each shared weight, and ``tuned``."""
    ids, connections = read_out(folder / "swing_up_champion.out")
    starts: list[list[float]] = json.loads((folder / "swing_up_starts.json").read_text())[:n_episodes]
    tuned = json.loads((folder / "swing_up_tuned.json").read_text())
    by_name: dict[str, Weights] = {
        **{f"{weight:g}": dict.fromkeys(connections, weight) for weight in SHARED_WEIGHTS},
        "tuned": {(source, target): weight for source, target, weight in tuned},
    }
    assert by_name["tuned"].keys() == set(connections)
    return {name: [episode_return(ids, weights, start) for start in starts] for name, weights in by_name.items()}


if __name__ == "__main__":
    found = {name: [round(value, 6) for value in returns] for name, returns in measured().items()}
    (HERE / "swing_up_oracle.json").write_text(json.dumps(found, indent=1) + "\n")
