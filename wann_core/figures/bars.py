"""Grouped bar charts as ECharts options: pure JSON, with placeholder colours that the deck's theme replaces."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any, Final, TypedDict

from pyecharts.charts import Bar, Line
from pyecharts.options import AxisOpts, InitOpts

SERIES_COLOURS: Final = ("#c0de01", "#c0de02", "#c0de03", "#c0de04", "#c0de05", "#c0de06")
TEXT, MUTED, GRID, SURFACE = "#c0de10", "#c0de11", "#c0de12", "#c0de13"
LABEL_PX: Final = 20


class Series(TypedDict):
    """One bar of each group."""

    name: str
    values: Sequence[float | None]
    deviations: Sequence[float | None] | None
    markers: Sequence[float | None] | None


def pure_option(chart: Bar | Line) -> dict[str, Any]:
    """Pyecharts' option without random, remote or empty entries."""
    option: dict[str, Any] = json.loads(chart.dump_options_with_quotes())
    for name in ("toolbox", "dataZoom", "visualMap", "tooltip", "legend", "title", "animation", "color"):
        option.pop(name, None)
    for name in [key for key in option if key.startswith("animation")]:
        del option[name]
    return option


def frame(option: dict[str, Any], title: str, legend: Sequence[str], *, y_name: str = "", x_name: str = "") -> None:
    """Add title, legend, margins and axis names, in sizes that can be read from the back row."""
    top = 16
    if title:
        option["title"] = {"text": title, "left": "center", "top": top}
        top += 44
    if legend:
        option["legend"] = {"data": list(legend), "top": top, "left": "center", "itemGap": 28}
        top += 44
    option["grid"] = {"left": 16, "right": 24, "top": top + (30 if y_name else 14), "bottom": 44 if x_name else 16,
                      "containLabel": True}  # fmt: skip
    option["tooltip"] = {"trigger": "axis"}
    for axis, name in (("xAxis", x_name), ("yAxis", y_name)):
        axes = option[axis] if isinstance(option[axis], list) else [option[axis]]
        for one in axes:
            one.pop("nameTextStyle", None)
            if name and one is axes[0]:
                one["name"] = name
                one["nameTextStyle"] = {"fontSize": LABEL_PX, "color": MUTED}
                if axis == "xAxis":
                    one |= {"nameLocation": "middle", "nameGap": 40}


def grouped_bars(
    title: str, x_name: str, y_name: str, categories: Sequence[str], series: Sequence[Series]
) -> dict[str, Any]:
    """Build a grouped bar chart.

    Args:
        title: title above the chart; may be empty.
        x_name: name of the category axis; may be empty.
        y_name: name of the value axis; may be empty.
        categories: one per group.
        series: the bars of each group, with optional deviations (whiskers) and markers (diamonds).

    Returns:
        An ECharts option, JSON only. ``renderItem`` names the drawing functions of the deck's runtime.
    """
    bar = Bar(init_opts=InitOpts(chart_id="bars")).add_xaxis(list(categories))
    for one in series:
        bar.add_yaxis(one["name"], list(one["values"]))
    bar.set_global_opts(xaxis_opts=AxisOpts(type_="category"), yaxis_opts=AxisOpts(type_="value"))
    option = pure_option(bar)
    bars = []
    for k, (made, one) in enumerate(zip(option["series"], series, strict=True)):
        bars.append(
            {
                "type": "bar",
                "name": one["name"],
                "data": made["data"],
                "barGap": "10%",
                "barCategoryGap": "34%",
                "itemStyle": {"color": SERIES_COLOURS[k % len(SERIES_COLOURS)]},
            }
        )
    marks = [mark for k, one in enumerate(series) for mark in _marks(k, one)]
    option["series"] = [*bars, *marks]
    option["xAxis"] = {"type": "category", "data": list(categories), "axisTick": {"show": False}}
    option["yAxis"] = {"type": "value"}
    _settle_zero(option, series)
    frame(option, title, [one["name"] for one in series], y_name=y_name, x_name=x_name)
    option["aria"] = {"enabled": True, "decal": {"show": True}}
    return option


def _settle_zero(option: dict[str, Any], series: Sequence[Series]) -> None:
    """If bars go below zero, put the names at the bottom of the chart, not among the bars, and draw a zero line."""
    lowest = min((value for one in series for value in _lows(one) if value is not None), default=0.0)
    if lowest >= 0:
        return
    highest = max((value for one in series for value in one["values"] if value is not None), default=0.0)
    option["xAxis"] |= {"axisLine": {"show": False, "onZero": False}, "axisLabel": {"margin": 14}}
    option["series"][0]["markLine"] = {
        "silent": True, "symbol": "none", "label": {"show": False}, "data": [{"yAxis": 0}],
        "lineStyle": {"color": MUTED, "type": "solid", "width": 2},
    }  # fmt: skip
    if -lowest < 0.15 * highest:
        # A whisker that ends just below zero does not need another step of the axis.
        option["yAxis"] |= {"min": round(1.2 * lowest, 1), "axisLabel": {"showMinLabel": False}}


def _lows(one: Series) -> list[float | None]:
    deviations = one["deviations"] or [0.0] * len(one["values"])
    return [
        None if value is None else value - (deviation or 0.0)
        for value, deviation in zip(one["values"], deviations, strict=True)
    ]


def _marks(k: int, one: Series) -> list[dict[str, Any]]:
    marks: list[dict[str, Any]] = []
    if one["deviations"]:
        rows = [
            [at, value - deviation, value + deviation, k]
            for at, (value, deviation) in enumerate(zip(one["values"], one["deviations"], strict=True))
            if value is not None and deviation is not None
        ]
        marks.append({"type": "custom", "name": one["name"], "renderItem": "errorBar", "data": rows,
                      "encode": {"x": 0, "y": [1, 2]}, "itemStyle": {"color": TEXT}, "silent": True,
                      "tooltip": {"show": False}})  # fmt: skip
    if one["markers"]:
        points = [[at, value, k] for at, value in enumerate(one["markers"]) if value is not None]
        marks.append({"type": "custom", "name": one["name"], "renderItem": "barMarker", "data": points,
                      "encode": {"x": 0, "y": 1}, "itemStyle": {"color": TEXT}, "silent": True,
                      "tooltip": {"show": False}})  # fmt: skip
    return marks
