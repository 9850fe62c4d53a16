"""Parameters and architectures: how many numbers are tuned, and how many architectures were tried for them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Final

from pyecharts.charts import Bar
from pyecharts.options import InitOpts

from wann_core.figures.bars import LABEL_PX, MUTED, SERIES_COLOURS, TEXT, pure_option
from wann_core.figures.canvas import Canvas
from wann_core.figures.figure import FigureOutput, FigureRequest, FigureSpec
from wann_core.figures.network_drawing import finish
from wann_core.figures.score_charts import write_option
from wann_core.runs.champion_file import load_baseline, load_champion
from wann_core.runs.experiment import experiment_from_tables
from wann_core.runs.paper import paper_values
from wann_core.runs.staleness import run_settings
from wann_core.runs.store import RunStore, load_history
from wann_core.tasks.registry import paper_tasks

FIGURES: Final = (
    FigureSpec(
        "params",
        "chart",
        "params",
        "numbers tuned and architectures tried, all tasks together",
        inputs=("champion", "baseline", "experiment", "history"),
        of_task=False,
    ),
    FigureSpec(
        "params.png",
        "image",
        "params_picture",
        "the same as a picture file",
        inputs=("champion", "baseline", "experiment", "history"),
        packages=("pillow",),
        of_task=False,
    ),
)


WIDTH, HEIGHT = 1160, 560
NAMES: Final = ("WANN, one shared weight", "WANN, each its own", "Fixed topology")
TITLES: Final = ("Parameters to tune (log scale)", "Architectures tried (log scale)")
FLOOR: Final = 0.4
"""Start of the bars on the logarithmic axis: below one, so that the value one has a visible bar."""
_COLOURS: Final = (SERIES_COLOURS[0], SERIES_COLOURS[2], SERIES_COLOURS[1])


@dataclass(frozen=True, slots=True)
class _Row:
    """One task's numbers."""

    label: str
    wann_connections: int
    fixed_weights: int
    wann_tried: int
    is_measured: bool

    @property
    def panels(self) -> tuple[tuple[int | None, int | None, int | None], ...]:
        """Values by panel, in the order of ``NAMES``."""
        return (1, self.wann_connections, self.fixed_weights), (self.wann_tried, None, 1)


def _rows(request: FigureRequest) -> list[_Row]:
    paper = paper_values()
    rows = []
    for task in paper_tasks():
        store, theirs = RunStore(request.runs / task), paper[task]
        title, fixed = theirs["title"], theirs["fixed_parameters"]
        if store.exists():
            # Each row is one generation of one restart; restarts may have different lengths.
            settings = experiment_from_tables(run_settings(store), str(store.experiment))
            tried = settings.search.population * len(load_history(store.history))
            # The run's own fixed topology may have another number of weights than the paper's.
            own = load_baseline(store).network.n_connections if store.baseline.is_file() else fixed
            rows.append(_Row(title, load_champion(store).genome.n_connections, own, tried, is_measured=True))
        else:
            rows.append(_Row(title, theirs["wann_connections"], fixed, theirs["wann_architectures"], is_measured=False))
    return rows


def _short(value: int) -> str:
    return f"{value / 1e6:.1f} M" if value >= 1_000_000 else f"{value / 1e3:.0f} k" if value >= 10_000 else f"{value:,}"


def _note(rows: list[_Row]) -> str:
    theirs = [row.label for row in rows if not row.is_measured]
    return f"{' and '.join(theirs)}: the paper’s numbers" if theirs else ""


def _alt(rows: list[_Row]) -> str:
    parts = [
        f"{row.label}: one shared weight, or {row.wann_connections} weights, against {row.fixed_weights} of the "
        f"fixed topology; {_short(row.wann_tried)} architectures tried against one"
        for row in rows
    ]
    return (
        f"Numbers tuned and architectures tried, WANN against fixed topology. {'; '.join(parts)}. {_note(rows)}".strip()
    )


def params(request: FigureRequest) -> FigureOutput:
    """Two panels of grouped bars, each with its own logarithmic axis."""
    rows = _rows(request)
    bar = Bar(init_opts=InitOpts(chart_id="params")).add_xaxis([row.label for row in rows])
    for name in NAMES:
        bar.add_yaxis(name, [])
    option = pure_option(bar)
    option["series"] = [
        _bars(rows, panel, k) for panel in range(2) for k in range(3) if rows[0].panels[panel][k] is not None
    ]
    sides: tuple[dict[str, Any], ...] = ({"left": 8, "width": "49%"}, {"right": 8, "width": "42%"})
    option["grid"] = [{**side, "top": 118, "bottom": 74} for side in sides]
    option["title"] = [
        {"text": title, "top": 62, "textStyle": {"fontSize": 22, "fontWeight": 650}, "left": left}
        for title, left in zip(TITLES, (0, "57%"), strict=True)
    ]
    option["xAxis"] = [
        {"type": "category", "gridIndex": panel, "data": [row.label for row in rows], "axisTick": {"show": False},
         "axisLabel": {"fontSize": LABEL_PX, "interval": 0}}
        for panel in range(2)
    ]  # fmt: skip
    option["yAxis"] = [
        {
            "type": "log",
            "gridIndex": panel,
            "min": FLOOR,
            "startValue": FLOOR,
            "show": False,
            "splitLine": {"show": False},
        }
        for panel in range(2)
    ]
    option["legend"] = {"data": list(NAMES), "top": 8, "left": 0, "itemGap": 32}
    option["graphic"] = [
        {"type": "text", "right": 8, "bottom": 8, "style": {"text": _note(rows), "fill": MUTED, "fontSize": 18}}
    ]
    option["aria"] = {"enabled": True, "decal": {"show": True}}
    return write_option(request, option, _alt(rows))


def _bars(rows: list[_Row], panel: int, k: int) -> dict[str, Any]:
    values = [row.panels[panel][k] for row in rows]
    return {
        "type": "bar",
        "name": NAMES[k],
        "xAxisIndex": panel,
        "yAxisIndex": panel,
        "data": [
            None if value is None else {"value": value, "label": {"formatter": _short(value)}} for value in values
        ],
        "label": {"show": True, "position": "top", "fontSize": 19, "color": TEXT},
        "itemStyle": {"color": _COLOURS[k]},
        "barGap": "8%",
        "barCategoryGap": "26%",
    }


def params_picture(request: FigureRequest) -> FigureOutput:
    """The same chart as a picture, for decks that name a file."""
    rows = _rows(request)
    canvas = Canvas(WIDTH, HEIGHT)
    colours = ("chart-1", "chart-3", "chart-2")
    for k, name in enumerate(NAMES):
        x = 24 + k * 320
        canvas.rectangle((x, 20), (22, 22), colours[k], 4)
        canvas.text((x + 32, 31), name, 20)
    for panel, (left, width) in enumerate(((24.0, 590.0), (650.0, 486.0))):
        canvas.text((left, 84), TITLES[panel], 22, is_bold=True)
        _draw_panel(canvas, rows, panel, left, width, colours)
    canvas.text((WIDTH - 24, HEIGHT - 14), _note(rows), 17, "chart-muted", "end")
    return finish(canvas, request, _alt(rows))


def _draw_panel(
    canvas: Canvas, rows: list[_Row], panel: int, left: float, width: float, colours: tuple[str, ...]
) -> None:
    shown = [k for k in range(3) if rows[0].panels[panel][k] is not None]
    largest = max(value for row in rows for value in row.panels[panel] if value is not None)
    base, top = HEIGHT - 76, 132
    canvas.line([(left, base), (left + width, base)], "chart-muted", 1.5)
    group = width / len(rows)
    wide = group * 0.76 / len(shown)
    for i, row in enumerate(rows):
        for place, k in enumerate(shown):
            value = row.panels[panel][k]
            assert value is not None  # only these are shown
            height = (base - top) * math.log(value / FLOOR) / math.log(largest / FLOOR)
            x = left + i * group + group * 0.12 + place * wide
            canvas.rectangle((x, base - height), (wide * 0.92, height), colours[k], 3)
            canvas.text((x + wide * 0.46, base - height - 14), _short(value), 18, anchor="middle")
        canvas.text((left + (i + 0.5) * group, HEIGHT - 50), row.label, 20, anchor="middle")
