"""The `echarts` fence: CSV rows or an ECharts option."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Final

from markdown_it import MarkdownIt

from wann_core.deck.problem import FenceError
from wann_core.deck.source.chart_rows import parse_chart_rows
from wann_core.deck.source.fence_plugins import add_fence
from wann_core.deck.source.html_tree import Element, write_attributes
from wann_core.deck.source.kept import made_or_kept
from wann_core.deck.source.slot_renderer import FenceText
from wann_core.deck.source.slots import Job, PageParts, Slot, own_attributes
from wann_core.files.hashing import content_hash

CHART_SIZE: Final = (1112, 470)
"""Width and height of a chart in pixels: the space below the heading of a 16:9 slide, so nothing is scaled."""
COLUMN_CHART_WIDTH: Final = 640
_COLUMN: Final = " in a column"
"""Suffix of a chart's key in the id of its narrower drawing."""

_JSON_RULE: Final = ("must be JSON", 'write {"title": {"text": "…"}, …}')
_JSON_RULES: Final = {
    "Expecting value": ("must have a value here: a number, text in double quotes, true, false, null, […] or {…}",
                        "write one, or remove the comma or colon before it"),
    "Expecting property name": ("must have a name in double quotes here",
                                'write "name": value, and no comma after the last one'),
    "Illegal trailing comma": ("must have another value after a comma", "remove the comma"),
    "Expecting ',' delimiter": ("must have a comma or a closing bracket here", "write it"),
    "Expecting ':' delimiter": ("must have a colon between name and value", 'write "name": value'),
    "Extra data": ("must end at the option's closing bracket", "remove the rest, or the extra bracket"),
    "Unterminated string": ("text must end with a double quote on its line", "write the quote"),
    "Invalid control character": ("text must end with a double quote on its line",
                                  "write the quote, or \\n for a new line"),
    "Invalid \\": ("a backslash in text must be doubled", "write \\\\"),
}  # fmt: skip
"""Beginnings of the messages of Python's JSON reader, each with our rule and next step."""


@dataclass(frozen=True, slots=True)
class ChartSlot(Slot):
    """A chart of a fence or of a generated figure.

    Attributes:
        option: an ECharts option, any JSON.
        height: in pixels.
    """

    option: Any
    height: int = CHART_SIZE[1]

    css_class: ClassVar[str] = "chart"

    def job(self, element: Element) -> Job:
        """Draw the chart as SVG. A chart in a column is narrower, but its text has the same size."""
        is_in_column = any("cols" in (one.attributes.get("class") or "").split() for one in element.ancestors())
        width = COLUMN_CHART_WIDTH if is_in_column else CHART_SIZE[0]
        name = self.key + (_COLUMN if is_in_column else "")
        return {"id": name, "kind": "chart", "option": self.option, "width": width, "height": self.height}

    def html(self, element: Element, drawing: Mapping[str, Any], page: PageParts) -> str:
        """The drawing; the live chart replaces it when the slide is shown."""
        name = re.sub(r"[^\w-]+", "-", self.key)
        page.charts[name] = self.option
        attributes = own_attributes(element)
        own = {k: v for k, v in attributes.items() if k not in ("class", "src", "alt", "loading")}
        classes = " ".join(dict.fromkeys(["chart", *(attributes.get("class") or "").split()]))
        if self.height != CHART_SIZE[1]:
            own["style"] = f"--media-height: {self.height}px; {own.get('style') or ''}".rstrip("; ")
        shown = {"class": classes, "data-chart": name, "role": "img", "aria-label": self.alt, **own}
        return f'<figure{write_attributes(shown)}><div class="chart-static">{drawing.get("svg", "")}</div></figure>'


def plugin(parser: MarkdownIt) -> None:
    """Read the fence."""
    add_fence(parser, ("echarts",), _read)


def _read(fence: FenceText) -> Slot:
    option, title = chart_from_fence(fence.body, fence.context.cache)
    alt = fence.alternative(fence.words or title, "a chart", "Chart", ", or give it a title")
    return ChartSlot(f"fence-{content_hash(option)}", fence.line, alt, option)


def chart_from_fence(body: str, cache: Path | None) -> tuple[dict[str, Any], str]:
    """Build the ECharts option of an `echarts` fence: CSV rows, or an option in JSON.

    Args:
        body: content of the fence.
        cache: folder of options built from CSV, so that an edit elsewhere does not import the chart package.

    Returns:
        The option and the chart's title, which may be empty.

    Raises:
        FenceError: a wrong row or broken JSON.
    """
    if body.lstrip().startswith("{"):
        try:
            option = json.loads(body)
            # 1e999 is infinite, and "\\ud800" is half a character: Python's JSON reader accepts both, a page does not.
            json.dumps(option, allow_nan=False, ensure_ascii=False).encode()
        except json.JSONDecodeError as error:
            raise _not_json(body, error) from None
        except UnicodeEncodeError:
            raise FenceError(
                "chart option: it holds half a character (\\ud800 to \\udfff)", 0, "write the text itself"
            ) from None
        except RecursionError:
            raise FenceError("chart option: lists and objects are nested too deeply", 0, "flatten them") from None
        except ValueError:
            message = "chart option: it holds NaN, Infinity or a number beyond 1.8e308"
            raise FenceError(message, 0, "write null, or a number that a page can hold") from None
        title = option.get("title") if isinstance(option, dict) else None
        alt = title.get("text", "") if isinstance(title, dict) else ""
        return option, str(alt)
    table = parse_chart_rows(body)
    option = made_or_kept(
        "wann_core.figures.bars:grouped_bars", table, cache, packages=("pyecharts",), is_sound=_is_table
    )
    return option, table["title"]


def _is_table(value: object) -> bool:
    return isinstance(value, dict)


def _not_json(body: str, error: json.JSONDecodeError) -> FenceError:
    """Return the error of a parser with place, rule and next step."""
    lines = body.split("\n")
    at = error.lineno - 1
    before, after = lines[at][: error.colno - 1].strip(), lines[at][error.colno - 1 :].strip()
    if not before and not after:  # something is missing after the text above
        at = max((k for k, line in enumerate(lines[:at]) if line.strip()), default=at)
        before = lines[at].strip()
    rule, hint = next((said for begin, said in _JSON_RULES.items() if error.msg.startswith(begin)), _JSON_RULE)
    place = f"behind `{before[-40:]}`" if before else f"at `{after[:40]}`"
    return FenceError(f"chart option: {place}: {rule}", at, hint)
