"""The progress of a search: returns and sizes by generation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pyecharts.charts import Line
from pyecharts.options import InitOpts

from wann_core.figures.bars import LABEL_PX, MUTED, SERIES_COLOURS, frame, pure_option
from wann_core.figures.figure import FigureOutput, FigureRequest, FigureSpec
from wann_core.figures.score_charts import write_option
from wann_core.runs.store import load_history, load_stages

FIGURES: Final = (
    FigureSpec(
        "history",
        "chart",
        "history",
        "the course of the search, generation by generation",
        inputs=("history", "provenance"),
    ),
)


MAX_POINTS: Final = 240

HEIGHT: Final = 470
"""Of the chart, in pixels."""


def history(request: FigureRequest) -> FigureOutput:
    """Best and median mean return of the best restart, the other restarts behind it, connections on a second axis."""
    rows = load_history(request.store.history)
    restarts = sorted({row["restart"] for row in rows})
    by_restart = {restart: [row for row in rows if row["restart"] == restart] for restart in restarts}

    def level(restart: float) -> float:
        last = by_restart[restart][-max(1, len(by_restart[restart]) // 10) :]
        return sum(row["best_mean_return"] for row in last) / len(last)

    first = max(restarts, key=level)
    option = pure_option(Line(init_opts=InitOpts(chart_id="history")).add_xaxis([]).add_yaxis("", []))
    series: list[dict[str, Any]] = [
        _line("other restarts", by_restart[other], "best_mean_return", MUTED, width=2, opacity=0.4)
        for other in restarts
        if other != first
    ]
    main = by_restart[first]
    series += [
        _line("best mean return", main, "best_mean_return", SERIES_COLOURS[0], width=4),
        _line("median mean return", main, "median_mean_return", SERIES_COLOURS[1], width=3, dash="dashed"),
        {**_line("connections of the best", main, "best_connections", SERIES_COLOURS[2], width=3, dash="dotted"),
         "yAxisIndex": 1},
    ]  # fmt: skip
    option["series"] = series
    option["xAxis"] = {"type": "value", "min": 0, "max": main[-1]["generation"] + 1, "splitLine": {"show": False}}
    option["yAxis"] = [
        {"type": "value"},
        {"type": "value", "splitLine": {"show": False}, "alignTicks": True},
    ]  # fmt: skip
    names = list(dict.fromkeys(one["name"] for one in series))
    cost = _cost(load_stages(request.store).get("search", {}))
    frame(option, cost, names, y_name="Mean return", x_name="Generation")
    option["yAxis"][1] |= {"name": "Connections", "nameTextStyle": {"fontSize": LABEL_PX, "color": MUTED}}
    option["aria"] = {"enabled": True}
    last = main[-1]
    return write_option(
        request,
        option,
        f"Search progress over {len(main)} generations: best mean return {last['best_mean_return']:.0f}, "
        f"{last['best_connections']:.0f} connections at the end. {cost}".rstrip(),
        height=HEIGHT,
    )


def _cost(search: Mapping[str, Any]) -> str:
    """The cost of the search, all restarts together; empty if it is not recorded."""
    steps, seconds = search.get("environment_steps"), search.get("seconds")
    if not steps or not seconds:
        return ""
    sizes = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "), (1.0, ""))
    size, word = next(pair for pair in sizes if steps >= pair[0])
    took = f"{seconds / 60:.0f} minutes" if seconds >= 120 else f"{seconds:.0f} seconds"
    return f"{steps / size:.3g} {word}environment steps in {took}"


def _line(
    name: str,
    rows: list[dict[str, float]],
    column: str,
    colour: str,
    width: int,
    dash: str = "solid",
    opacity: float = 1.0,
) -> dict[str, Any]:
    """A thinned line of means over equal intervals, because new weights in every generation make it noisy."""
    size = max(1, -(-len(rows) // MAX_POINTS))
    parts = [rows[i : i + size] for i in range(0, len(rows), size)]
    points = [[part[0]["generation"], round(sum(row[column] for row in part) / len(part), 1)] for part in parts]
    return {"type": "line", "name": name, "data": points, "showSymbol": False,
            "lineStyle": {"width": width, "color": colour, "type": dash, "opacity": opacity},
            "itemStyle": {"color": colour, "opacity": opacity}}  # fmt: skip
