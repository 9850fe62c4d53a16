"""Parameters against hyperparameters: weights that are tuned, and architectures that were tried to get there."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from wann_core.champion import load_champion
from wann_core.experiment import paper_values
from wann_core.figures.bars import MUTED, Series, grouped_bars
from wann_core.figures.canvas import Canvas
from wann_core.figures.catalog import TASKS, Made, Order
from wann_core.figures.network_drawing import finish
from wann_core.figures.score_charts import write_option
from wann_core.results import RunFiles
from wann_core.stages import run_settings

WIDTH, HEIGHT = 1160, 560
NAMES: Final = ("WANN: weights", "Fixed topology: weights", "WANN: architectures tried", "Fixed: architectures tried")


@dataclass(frozen=True, slots=True)
class _Row:
    """One task's numbers."""

    label: str
    wann_weights: int
    fixed_weights: int
    wann_tried: int
    fixed_tried: int = 1

    @property
    def values(self) -> tuple[int, int, int, int]:
        """In the order of ``NAMES``."""
        return self.wann_weights, self.fixed_weights, self.wann_tried, self.fixed_tried


def _rows(order: Order) -> list[_Row]:
    paper = paper_values()
    rows = []
    for task in TASKS:
        store, theirs = RunFiles(order.runs / task), paper[task]
        if store.exists():
            search = run_settings(store)["search"]
            tried = search["population"] * search["generations"] * search["restarts"]
            size = load_champion(store).genome.n_connections
            rows.append(_Row(theirs["title"], size, theirs["fixed_parameters"], tried))
        else:
            label = f"{theirs['title']} (paper)"
            rows.append(
                _Row(label, theirs["wann_connections"], theirs["fixed_parameters"], theirs["wann_architectures"])
            )
    return rows


def _short(value: int) -> str:
    return f"{value / 1e6:.1f} M" if value >= 1_000_000 else f"{value / 1e3:.0f} k" if value >= 10_000 else f"{value:,}"


def _alt(rows: list[_Row]) -> str:
    parts = [
        f"{row.label}: {row.wann_weights} against {row.fixed_weights} weights, {_short(row.wann_tried)} architectures "
        "tried against one"
        for row in rows
    ]
    return "Weights and architectures tried, WANN against fixed topology. " + "; ".join(parts) + "."


def params(order: Order) -> Made:
    """Grouped bars on a logarithmic axis."""
    rows = _rows(order)
    series: list[Series] = [
        {"name": name, "values": [row.values[k] for row in rows], "deviations": None, "markers": None}
        for k, name in enumerate(NAMES)
    ]
    option: dict[str, Any] = grouped_bars("", "", "count, logarithmic", [row.label for row in rows], series)
    # Bars begin below one, so that "one architecture" is a bar too.
    option["yAxis"] = {**option["yAxis"], "type": "log", "min": 0.5, "axisLabel": {"showMinLabel": False}}
    option["legend"] |= {"itemGap": 20, "textStyle": {"fontSize": 19}}
    for one in option["series"]:
        one["label"] = {"show": True, "position": "top", "fontSize": 17}
        one["data"] = [{"value": value, "label": {"formatter": _short(value)}} for value in one["data"]]
        one["barCategoryGap"] = "20%"
    option["yAxis"]["nameTextStyle"] = {"fontSize": 20, "color": MUTED, "align": "left"}
    return write_option(order, option, _alt(rows))


def params_picture(order: Order) -> Made:
    """The same as a picture, for decks that name a file."""
    rows = _rows(order)
    canvas = Canvas(WIDTH, HEIGHT)
    colours = ("chart-1", "chart-2", "chart-3", "chart-4")
    for k, name in enumerate(NAMES):
        x = 24 + k * 286
        canvas.rectangle((x, 20), (22, 22), colours[k], 4)
        canvas.text((x + 32, 31), name, 18)
    largest = max(max(row.values) for row in rows)
    base, top = HEIGHT - 62, 92

    def height(value: float) -> float:
        return (base - top) * (math.log10(value) - math.log10(0.5)) / (math.log10(largest) - math.log10(0.5))

    canvas.line([(24, base), (WIDTH - 24, base)], "chart-muted", 1.5)
    group = (WIDTH - 48) / len(rows)
    for i, row in enumerate(rows):
        for k, value in enumerate(row.values):
            wide = group * 0.19
            left = 24 + i * group + group * 0.1 + k * wide
            canvas.rectangle((left, base - height(value)), (wide * 0.88, height(value)), colours[k], 3)
            canvas.text((left + wide * 0.44, base - height(value) - 14), _short(value), 17, anchor="middle")
        canvas.text((24 + (i + 0.5) * group, HEIGHT - 32), row.label, 22, anchor="middle", is_bold=True)
    return finish(canvas, order, _alt(rows))
