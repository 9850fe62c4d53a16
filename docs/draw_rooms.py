"""Draw the rooms of the package from their imports: ``python docs/draw_rooms.py`` writes ``docs/rooms.svg``.

A room is a folder in ``wann_core/``. An arrow means "imports". An arrow that follows from others is left out: if A
imports B and B imports C, the picture does not show A to C. A room's text is the first line of its ``__init__.py``.
"""

from __future__ import annotations

import ast
import html
import textwrap
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Final

from wann_core.files.code_hash import imports_of, module_files
from wann_core.paths import PACKAGE

PICTURE: Final = Path(__file__).parent / "rooms.svg"
FLOOR: Final = "the modules at the top"
FLOOR_TEXT: Final = "paths, errors, progress: what every room may use."

BOX_WIDTH: Final = 310
BOX_HEIGHT: Final = 84
GAP: Final = 30
ROW: Final = 132
LINE_CHARS: Final = 42

Arrows = dict[str, frozenset[str]]


def room_of(module: str) -> str | None:
    """The room of a module; the floor for a module of no room; None for what starts programs."""
    parts = module.split(".")
    if len(parts) == 1 or parts[1] == "__main__":
        return None
    return parts[1] if (PACKAGE / parts[1]).is_dir() else FLOOR


def arrows() -> Arrows:
    """Room -> the other rooms that its modules import, at once or late."""
    files = module_files()
    found: dict[str, set[str]] = {}
    for module, path in files.items():
        room = room_of(module)
        if room is None:
            continue
        found.setdefault(room, set())
        name = f"{module}.__init__" if path.name == "__init__.py" else module
        for imported, _ in imports_of(ast.parse(path.read_bytes()), name):
            target = imported if imported in files else imported.rpartition(".")[0]
            other = room_of(target) if target in files else None
            if other not in (None, room):
                found[room].add(str(other))
    # The floor is under all rooms: what its modules import of each other and of files is no arrow.
    found[FLOOR] = set()
    return {room: frozenset(others) for room, others in sorted(found.items())}


def ranks(graph: Arrows) -> dict[str, int]:
    """Room -> how many rooms lie below it at most.

    Raises:
        ValueError: rooms import each other in a circle.
    """

    @cache
    def rank(room: str, above: tuple[str, ...] = ()) -> int:
        if room in above:
            raise ValueError(f"rooms import each other: {' -> '.join((*above, room))}")
        return max((1 + rank(other, (*above, room)) for other in sorted(graph[room])), default=0)

    return {room: rank(room) for room in graph}


def reduced(graph: Arrows) -> Arrows:
    """Without the arrows that follow from others."""

    def reached(room: str) -> frozenset[str]:
        return graph[room].union(*(reached(other) for other in graph[room]))

    return {
        room: frozenset(one for one in others if not any(one in reached(other) for other in others - {one}))
        for room, others in graph.items()
    }


def rows(graph: Arrows, level: dict[str, int]) -> tuple[list[list[str]], list[tuple[str, str]]]:
    """Rows of rooms from the bottom, with a place "A>B@row" where an arrow passes a row; and all arrows."""
    found: list[list[str]] = [[] for _ in range(1 + max(level.values()))]
    steps: list[tuple[str, str]] = []
    for room in sorted(level):
        found[level[room]].append(room)
    for room in sorted(graph):
        for other in sorted(graph[room]):
            passed = [f"{room}>{other}@{row}" for row in range(level[room] - 1, level[other], -1)]
            for place in passed:
                found[int(place.rpartition("@")[2])].append(place)
            path = [room, *passed, other]
            steps += pairwise(path)
    for _ in range(8):
        for row, neighbours in _sweeps(found, steps):
            order = {name: sum(at) / len(at) if (at := neighbours[name]) else place for place, name in enumerate(row)}
            row[:] = [name for _, name in sorted((order[name], name) for name in row)]
    return found, steps


def _sweeps(found: list[list[str]], steps: list[tuple[str, str]]) -> list[tuple[list[str], dict[str, list[float]]]]:
    """Each row with the places, from 0 to 1, of what its members are joined to in the row above, from the top."""
    place = {name: (i + 0.5) / len(row) for row in found for i, name in enumerate(row)}
    joined: dict[str, list[float]] = {name: [] for name in place}
    for upper, lower in steps:
        joined[lower].append(place[upper])
        joined[upper].append(place[lower])
    return [(row, {name: [len(row) * at for at in joined[name]] for name in row}) for row in reversed(found)]


def draw() -> str:
    """The picture as SVG."""
    graph = arrows()
    short = reduced(graph)
    found, steps = rows(short, ranks(graph))
    widths = [sum(_width(name) + GAP for name in row) - GAP for row in found]
    width = max(widths) + 2 * GAP
    height = ROW * (len(found) - 1) + BOX_HEIGHT + 2 * GAP
    place: dict[str, tuple[float, float]] = {}
    for number, row in enumerate(found):
        x = (width - widths[number]) / 2
        y = height - GAP - BOX_HEIGHT - ROW * number
        for name in row:
            place[name] = (x + _width(name) / 2, y)
            x += _width(name) + GAP
    lines = [_arrow(place, upper, lower) for upper, lower in steps]
    boxes = [_box(name, *place[name]) for row in reversed(found) for name in row if "@" not in name]
    said = "; ".join(f"{room} imports {', '.join(sorted(others))}" for room, others in short.items() if others)
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width:g} {height:g}" width="{width:g}" '
        f'height="{height:g}" font-family="system-ui, sans-serif" role="img">'
    )
    arrow = (
        '<defs><marker id="head" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="8" markerHeight="8" orient="auto">'
        '<path d="M0 0 10 5 0 10z" fill="#5a6472"/></marker></defs>'
    )
    paper = f'<rect width="{width:g}" height="{height:g}" fill="#fdfcf9"/>'
    return "\n".join([head, f"<title>{html.escape(said)}</title>", arrow, paper, *lines, *boxes, "</svg>", ""])


def _width(name: str) -> int:
    return 8 if "@" in name else BOX_WIDTH


def _arrow(place: dict[str, tuple[float, float]], upper: str, lower: str) -> str:
    (x1, y1), (x2, y2) = place[upper], place[lower]
    y1 += BOX_HEIGHT
    middle = (y1 + y2) / 2
    through = "" if "@" not in lower else f" V{y2 + BOX_HEIGHT:g}"
    end = "" if "@" in lower else ' marker-end="url(#head)"'
    return (
        f'<path d="M{x1:.0f} {y1:g} C{x1:.0f} {middle:g} {x2:.0f} {middle:g} {x2:.0f} {y2:g}{through}" fill="none" '
        f'stroke="#5a6472" stroke-width="2"{end}/>'
    )


def _box(name: str, x: float, y: float) -> str:
    words = textwrap.wrap(_about(name), LINE_CHARS, max_lines=2, placeholder=" …")
    lines = [
        f'<text x="{x:.0f}" y="{y + 48 + 19 * i:g}" font-size="13" fill="#444a55" text-anchor="middle">'
        f"{html.escape(line)}</text>"
        for i, line in enumerate(words)
    ]
    box = (
        f'<rect x="{x - BOX_WIDTH / 2:.0f}" y="{y:g}" width="{BOX_WIDTH}" height="{BOX_HEIGHT}" rx="8" fill="#ffffff" '
        'stroke="#09488f" stroke-width="2"/>'
    )
    title = (
        f'<text x="{x:.0f}" y="{y + 25:g}" font-size="17" font-weight="600" fill="#12161c" text-anchor="middle">'
        f"{html.escape(name)}</text>"
    )
    return "\n".join([box, title, *lines])


def _about(room: str) -> str:
    """The first line of a room's own words, or the names of the rooms inside it."""
    if room == FLOOR:
        return FLOOR_TEXT
    path = PACKAGE / room / "__init__.py"
    said = ast.get_docstring(ast.parse(path.read_bytes())) if path.is_file() else None
    inside = sorted(folder.parent.name for folder in (PACKAGE / room).glob("*/__init__.py"))
    return (said or ", ".join(inside)).splitlines()[0].replace("`", "")


if __name__ == "__main__":
    PICTURE.write_text(draw(), encoding="utf-8")
