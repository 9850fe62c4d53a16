"""The `echarts` fence: CSV rows or an ECharts option."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any, Final

from wann_core.deck.problem import FenceError
from wann_core.files.atomic import write_text
from wann_core.files.code_hash import code_hash
from wann_core.files.hashing import content_hash

_DEVIATION: Final = re.compile(r"^\s*([+-]?[\d.eE+-]+)\s*(?:±|\+-|\+/-)\s*([\d.eE+-]+)\s*$")
_JSON_RULE: Final = ("must be JSON", 'write {"title": {"text": "…"}, …}')
_JSON_RULES: Final = {
    "Expecting value": ("a value must stand here: a number, text in double quotes, true, false, null, […] or {…}",
                        "write one, or remove the comma or colon before it"),
    "Expecting property name": ("a name in double quotes must stand here",
                                'write "name": value, and no comma after the last one'),
    "Illegal trailing comma": ("a comma must be followed by a further value", "remove the comma"),
    "Expecting ',' delimiter": ("a comma or a closing bracket must stand here", "write it"),
    "Expecting ':' delimiter": ("a colon must stand between name and value", 'write "name": value'),
    "Extra data": ("nothing may follow the option's closing bracket", "remove it, or the bracket that is too many"),
    "Unterminated string": ("text must end with a double quote on its line", "write the quote"),
    "Invalid control character": ("text must end with a double quote on its line",
                                  "write the quote, or \\n for a new line"),
    "Invalid \\": ("a backslash in text must be doubled", "write \\\\"),
}  # fmt: skip
"""What Python's reader of JSON says, by how it begins: the rule, and what to do."""


def chart_from_fence(body: str, cache: Path | None) -> tuple[dict[str, Any], str]:
    """Build the ECharts option of an `echarts` fence: CSV rows, or an option in JSON.

    Args:
        body: of the fence.
        cache: folder in which options built from CSV are kept, so that an edit elsewhere imports no chart package.

    Returns:
        The option and the chart's title, which may be empty.

    Raises:
        FenceError: a wrong row or broken JSON.
    """
    if body.lstrip().startswith("{"):
        try:
            option = json.loads(body)
            # 1e999 is infinite, "\\ud800" half a character: JSON lets both through, a page none of them.
            json.dumps(option, allow_nan=False, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            raise _not_json(body, error) from None
        except UnicodeEncodeError:
            raise FenceError(
                "chart option: it holds half a character (\\ud800 to \\udfff)", 0, "write the text itself"
            ) from None
        except RecursionError:
            raise FenceError(
                "chart option: lists and objects are too many within each other", 0, "nest fewer"
            ) from None
        except ValueError:
            message = "chart option: it holds NaN, Infinity or a number beyond 1.8e308"
            raise FenceError(message, 0, "write null, or a number that a page can hold") from None
        title = option.get("title") if isinstance(option, dict) else None
        alt = title.get("text", "") if isinstance(title, dict) else ""
        return option, str(alt)
    table = parse_chart_rows(body)
    key = content_hash(body, code_hash("wann_core.figures.bars"))
    kept = cache / f"{key}.json" if cache else None
    if kept and kept.is_file():
        try:
            return json.loads(kept.read_text(encoding="utf-8")), table["title"]
        except ValueError:
            pass  # a damaged cache file is made again
    from wann_core.figures.bars import grouped_bars  # noqa: PLC0415  # a quarter of a second of imports

    option = grouped_bars(**table)
    if kept:
        write_text(kept, json.dumps(option, ensure_ascii=False))
    return option, table["title"]


def _not_json(body: str, error: json.JSONDecodeError) -> FenceError:
    """What a parser says, in words that name the place, the rule and the next step."""
    lines = body.split("\n")
    at = error.lineno - 1
    before, after = lines[at][: error.colno - 1].strip(), lines[at][error.colno - 1 :].strip()
    if not before and not after:  # something is missing behind what stands above
        at = max((k for k, line in enumerate(lines[:at]) if line.strip()), default=at)
        before = lines[at].strip()
    rule, hint = next((said for begin, said in _JSON_RULES.items() if error.msg.startswith(begin)), _JSON_RULE)
    place = f"behind `{before[-40:]}`" if before else f"at `{after[:40]}`"
    return FenceError(f"chart option: {place}: {rule}", at, hint)


def parse_chart_rows(body: str) -> dict[str, Any]:
    r"""Read the CSV of an `echarts` fence.

    First row: ``x axis\y axis\title:series 1,series 2``; further rows: category, one number per series, each with an
    optional deviation as in ``515±58``.

    Returns:
        The arguments of ``grouped_bars``.

    Raises:
        FenceError: with the row's line.
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
