"""Charts of the scores: four weight conditions, and the return against the shared weight."""

from __future__ import annotations

import json
from typing import Any, Final
from urllib.parse import unquote

from pyecharts.charts import Line
from pyecharts.options import InitOpts

from wann_core.figures.bars import MUTED, SERIES_COLOURS, Series, frame, grouped_bars, pure_option
from wann_core.figures.discovery import task_of
from wann_core.figures.figure import FigureOutput, FigureRequest, FigureSpec
from wann_core.runs.paper import paper_values
from wann_core.runs.store import load_scores
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES

FIGURES: Final = (
    FigureSpec(
        "scores",
        "chart",
        "scores",
        "mean scores in four weight conditions, WANN against fixed topology",
        inputs=("scores", "champion"),
        without_run=True,
    ),
    FigureSpec(
        "by-weight",
        "chart",
        "by_weight",
        "mean score by shared weight, WANN against fixed topology",
        inputs=("scores", "champion"),
    ),
)


LABELS: Final = {"random": "Random", "random_shared": "Random shared", "tuned_shared": "Tuned shared", "tuned": "Tuned"}
SIDES: Final = {"wann": "WANN", "fixed": "Fixed topology"}
WIDTH, HEIGHT = 1112, 470
"""In pixels: the space below the heading of a slide. A chart of another height passes it to ``write_option``."""


def write_option(request: FigureRequest, option: dict[str, Any], alt: str, *, height: int = HEIGHT) -> FigureOutput:
    """Write an option as the output of a chart figure."""
    text = json.dumps(option, ensure_ascii=False, allow_nan=False)
    (request.folder / "option.json").write_text(text, encoding="utf-8")
    return FigureOutput({"option": "option.json"}, alt, WIDTH, height)


def scores(request: FigureRequest) -> FigureOutput:
    """Grouped bars: WANN against the fixed topology, deviations over trials, the paper's values as diamonds."""
    task = task_of(request.name)
    assert task is not None  # a figure of a task
    paper = paper_values().get(task)  # for tasks of the paper
    title = paper["title"] if paper else unquote(task)
    cells = load_scores(request.store.scores) if request.has_run or paper is None else paper
    bars: list[Series] = [
        {
            "name": SIDES[side],
            "values": [round(cells[side][condition]["mean"], 1) for condition in CONDITIONS],
            "deviations": [round(cells[side][condition]["std"], 1) for condition in CONDITIONS],
            "markers": [paper[side][condition]["mean"] for condition in CONDITIONS]
            if request.has_run and paper
            else None,
        }
        for side in TOPOLOGIES
    ]
    note = "the paper’s values (Gaier & Ha 2019), not measured here"
    if request.has_run:
        theirs = "; diamonds: the paper’s means" if paper else ""
        note = f"means and deviations over {cells['trials']} trials{theirs}"
    option = grouped_bars("", "", "Mean return", [LABELS[condition] for condition in CONDITIONS], bars)
    option["graphic"] = [
        {"type": "text", "left": "center", "bottom": 4, "style": {"text": note, "fill": MUTED, "fontSize": 19}}
    ]
    option["grid"]["bottom"] = 42
    spoken = "; ".join(
        f"{LABELS[c]}: WANN {cells['wann'][c]['mean']:.0f}, fixed {cells['fixed'][c]['mean']:.0f}" for c in CONDITIONS
    )
    whose = "measured" if request.has_run else "the paper's"
    return write_option(request, option, f"{title}, {whose} mean returns. {spoken}.")


def by_weight(request: FigureRequest) -> FigureOutput:
    """The mean return against the shared weight, for both topologies, with the six weights of the search."""
    found = load_scores(request.store.scores)
    line = Line(init_opts=InitOpts(chart_id="by-weight")).add_xaxis([])
    for side in TOPOLOGIES:
        line.add_yaxis(SIDES[side], [])
    option = pure_option(line)
    series: list[dict[str, Any]] = []
    for k, side in enumerate(TOPOLOGIES):
        points = [[row["shared_weight"], round(row["mean"], 1)] for row in found["weight_curve"][side]]
        series.append({"type": "line", "name": SIDES[side], "data": points, "showSymbol": False, "smooth": False,
                       "lineStyle": {"width": 5, "color": SERIES_COLOURS[k], "type": "solid" if k == 0 else "dashed"},
                       "itemStyle": {"color": SERIES_COLOURS[k]}})  # fmt: skip
    six = [[row["shared_weight"], round(row["mean"], 1)] for row in found["by_weight"]]
    series.append({"type": "scatter", "name": "the paper’s six weights", "data": six, "symbol": "diamond",
                   "symbolSize": 20, "itemStyle": {"color": SERIES_COLOURS[2]}, "z": 5})  # fmt: skip
    option["series"] = series
    option["xAxis"] = {"type": "value", "min": -2, "max": 2, "splitLine": {"show": False}}
    option["yAxis"] = {"type": "value", "axisLine": {"onZero": False}}
    if min(point[1] for point in six) >= 0:
        option["yAxis"]["min"] = 0
    frame(option, "", [one["name"] for one in series], y_name="Mean return", x_name="Shared weight")
    option["aria"] = {"enabled": True}
    best = max(found["weight_curve"]["wann"], key=lambda row: row["mean"])
    return write_option(
        request,
        option,
        f"Mean return against the shared weight: best near {best['shared_weight']:.1f}, {best['mean']:.0f}.",
    )
