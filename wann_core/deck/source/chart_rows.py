"""The rows of an `echarts` fence: series, categories, and numbers with optional deviations."""

from __future__ import annotations

import re
from typing import Any, Final

from wann_core.deck.problem import FenceError

_PLAIN_NUMBER: Final = re.compile(r"[+\-\u2212]?\d+(?:\.\d+)?")
_DEVIATION: Final = re.compile(r"^\s*([+-]?[\d.eE+-]+)\s*(?:±|\+-|\+/-)\s*([\d.eE+-]+)\s*$")


def parse_chart_rows(body: str) -> dict[str, Any]:
    r"""Read the CSV of an `echarts` fence.

    First row: ``x axis\y axis\title:series 1,series 2``; further rows: category, one number per series, each with an
    optional deviation as in ``515±58``.

    Returns:
        The arguments of ``grouped_bars``.

    Raises:
        FenceError: a row is wrong; the error has the row's line.
    """
    rows = [(at, line) for at, line in enumerate(body.split("\n")) if line.strip()]
    if not rows:
        raise FenceError("an empty chart", 0, "first row: x axis\\y axis\\title:series 1,series 2")
    names, colon, series_text = rows[0][1].rpartition(":")
    if not colon:
        raise FenceError(
            f'chart header "{rows[0][1].strip()}" names no series',
            rows[0][0],
            "write x axis\\y axis\\title:series 1,series 2",
        )
    parts = [part.strip() for part in names.split("\\")]
    if len(parts) > 3:
        raise FenceError(f"chart header has {len(parts)} parts", rows[0][0], "write at most x axis\\y axis\\title")
    x_name, y_name, title = {1: ["", "", parts[0]], 2: [*parts, ""], 3: parts}[len(parts)]
    series = [name.strip() for name in series_text.split(",")]
    if not all(series):
        raise FenceError("a series has no name", rows[0][0], "separate names by single commas")
    categories: list[str] = []
    values: list[list[float]] = [[] for _ in series]
    deviations: list[list[float | None]] = [[] for _ in series]
    for at, line in rows[1:]:
        cells = line.rsplit(",", len(series))
        if len(cells) != len(series) + 1:
            raise FenceError(
                f'chart row "{line.strip()}": {len(cells) - 1} numbers for {len(series)} series', at,
                "write category, then one number per series",
            )  # fmt: skip
        surplus = _numbers_before(cells[0])
        if surplus:
            raise FenceError(
                f'chart row "{line.strip()}": {len(series) + surplus} numbers for {len(series)} series', at,
                "write 2911, not 2,911, for a number, and one number per series",
            )  # fmt: skip
        categories.append(cells[0].strip())
        for k, cell in enumerate(cells[1:]):
            value, deviation = _number(cell, at)
            values[k].append(value)
            deviations[k].append(deviation)
    if not categories:
        raise FenceError("a chart without rows", rows[0][0], "add rows: category, one number per series")
    return {
        "title": title,
        "x_name": x_name,
        "y_name": y_name,
        "categories": categories,
        "series": [
            {"name": name, "values": values[k], "deviations": _deviations(deviations[k]), "markers": None}
            for k, name in enumerate(series)
        ],
    }


def _numbers_before(category: str) -> int:
    """How many cells at the end of what should be a category are numbers: thousands with a comma, or one too many."""
    count = 0
    for cell in reversed(category.split(",")[1:]):
        if not _PLAIN_NUMBER.fullmatch(cell.strip()):
            break
        count += 1
    return count


def _deviations(found: list[float | None]) -> list[float | None] | None:
    return found if any(value is not None for value in found) else None


def _number(cell: str, at: int) -> tuple[float, float | None]:
    cell = cell.replace("\u2212", "-")  # the minus sign of typography
    found = _DEVIATION.match(cell)
    texts = found.groups() if found else (cell, None)
    numbers: list[float | None] = []
    for text in texts:
        try:
            number = None if text is None else float(text)
        except ValueError:
            number = float("nan")
        if number is not None and not abs(number) < float("inf"):
            raise FenceError(f'"{cell.strip()}" is not a number', at, "write 515, -3.2 or 515±58")
        numbers.append(number)
    value, deviation = numbers
    assert value is not None  # the first text is never None
    if deviation is not None and deviation < 0:
        raise FenceError(f'"{cell.strip()}": a deviation cannot be negative', at, "write 515±58")
    return value, deviation
