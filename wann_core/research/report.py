"""The history of a search as one self-contained HTML file: charts as SVG, scores, settings, provenance."""

from __future__ import annotations

import html
import json
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote

from wann_core.files.atomic import write_text
from wann_core.runs.staleness import run_settings
from wann_core.runs.store import RunStore, load_history, load_scores, read_json
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES

WIDTH, HEIGHT = 880, 300
LEFT, RIGHT, TOP, BOTTOM = 64, 16, 14, 36
MAX_POINTS: Final = 600
KEY: Final = (
    "<span class='key' style='color:var(--a)'></span>best<span class='key' style='color:var(--b)'></span>median"
)
STYLE: Final = """
:root { color-scheme: light dark; --ink: light-dark(#12161c, #e8eaee); --paper: light-dark(#fdfcf9, #14171c);
  --muted: light-dark(#444a55, #a9b1bf); --grid: light-dark(#dcdad3, #333a45); --a: light-dark(#0f62b4, #6db3ff);
  --b: light-dark(#b4540f, #ffb06d); }
body { font: 16px/1.5 system-ui, sans-serif; color: var(--ink); background: var(--paper); max-width: 920px;
  margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.7rem; margin-bottom: 0; } h2 { font-size: 1.15rem; margin: 2rem 0 .4rem; }
svg { width: 100%; height: auto; } svg text { fill: var(--muted); font-size: 13px; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; }
td, th { padding: .2rem .9rem .2rem 0; text-align: right; } td:first-child, th:first-child { text-align: left; }
.key { display: inline-block; width: 1.4em; border-top: 3px solid; vertical-align: middle; margin: 0 .3em 0 1em; }
details pre { overflow-x: auto; } .muted { color: var(--muted); }
"""


def write_page(path: Path, files: RunStore) -> None:
    """Write the page of a run.

    Raises:
        ResultsError: a file of the run is missing or damaged.
        OSError: it cannot be written.
    """
    write_text(path, page(files))


def page(files: RunStore) -> str:
    """The page of a run as HTML."""
    rows = load_history(files.history)
    title = unquote(files.task)
    restarts = [[row for row in rows if row["restart"] == one] for one in sorted({row["restart"] for row in rows})]
    last = rows[-1] if rows else None
    steps = max((row["environment_steps"] for row in rows), default=0.0)
    n = f"{len(restarts)} restart{'s' if len(restarts) != 1 else ''}"
    facts = f"{n}, {len(rows):,} generations, {steps:,.0f} environment steps"
    parts = [
        "<!doctype html>",
        '<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">',
        f"<title>{html.escape(title)}: the history of a search</title><style>{STYLE}</style>",
        f"<h1>{html.escape(title)}</h1><p class='muted'>{html.escape(facts)}</p>",
        f"<h2>Mean return over the shared weights{KEY}</h2>",
        chart("Mean return by generation", restarts, ("best_mean_return", "median_mean_return")),
        f"<h2>Connections{KEY}</h2>",
        chart("Connections by generation", restarts, ("best_connections", "median_connections")),
        _restart_table(restarts) if last is not None else "",
        _score_table(files),
        _details("Settings", run_settings(files)),
        _details("Provenance", read_json(files.provenance)) if files.provenance.is_file() else "",
    ]
    return "\n".join(part for part in parts if part) + "\n"


def _ticks(low: float, high: float, n: int = 5) -> list[float]:
    """About ``n`` round numbers in [low, high]."""
    step = 10.0 ** math.floor(math.log10((high - low) / n))
    step *= next(factor for factor in (1, 2, 5, 10) if (high - low) / (step * factor) <= n)
    return [k * step for k in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]


def chart(title: str, restarts: Sequence[list[dict[str, float]]], columns: tuple[str, str]) -> str:
    """Lines of two columns by generation, one pair per restart, as SVG."""
    values = [row[column] for rows in restarts for row in rows for column in columns]
    if not values:
        return "<p>No generation is finished.</p>"
    low, high = min(values), max(values)
    if high - low < 1e-9:
        low, high = low - 1.0, high + 1.0
    last = max(1.0, *(rows[-1]["generation"] for rows in restarts))

    def x(generation: float) -> float:
        return LEFT + generation / last * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return TOP + (high - value) / (high - low) * (HEIGHT - TOP - BOTTOM)

    marks = [f"<svg viewBox='0 0 {WIDTH} {HEIGHT}' role='img' aria-label='{html.escape(title)}'>"]
    marks += [
        f"<line x1='{LEFT}' x2='{WIDTH - RIGHT}' y1='{y(tick):.1f}' y2='{y(tick):.1f}' stroke='var(--grid)'/>"
        f"<text x='{LEFT - 8}' y='{y(tick) + 4:.1f}' text-anchor='end'>{tick:,.10g}</text>"
        for tick in _ticks(low, high)
    ]
    marks += [
        f"<text x='{x(tick):.1f}' y='{HEIGHT - 12}' text-anchor='middle'>{tick:,.10g}</text>"
        for tick in _ticks(0.0, last)
    ]
    for number, rows in enumerate(restarts):
        for column, colour in ((columns[1], "var(--b)"), (columns[0], "var(--a)")):
            stride = max(1, -(-len(rows) // MAX_POINTS))
            points = " ".join(f"{x(row['generation']):.1f},{y(row[column]):.1f}" for row in rows[::stride])
            name = f"restart {number + 1}, {column.replace('_', ' ')}: {rows[-1][column]:,.4g} at the end"
            marks.append(
                f"<polyline points='{points}' fill='none' stroke='{colour}' stroke-width='1.6' "
                f"opacity='{1.0 if len(restarts) == 1 else 0.65}'><title>{name}</title></polyline>"
            )
    return "\n".join([*marks, "</svg>"])


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = ["<table>", "<tr>" + "".join(f"<th>{html.escape(cell)}</th>" for cell in head) + "</tr>"]
    lines += ["<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows]
    return "\n".join([*lines, "</table>"])


def _restart_table(restarts: Sequence[list[dict[str, float]]]) -> str:
    rows = [
        [
            str(number + 1), f"{one[-1]['generation'] + 1:,.0f}", f"{max(row['best_mean_return'] for row in one):.1f}",
            f"{one[-1]['best_mean_return']:.1f}", f"{one[-1]['best_connections']:.0f}",
        ]
        for number, one in enumerate(restarts)
    ]  # fmt: skip
    head = ["Restart", "Generations", "Highest mean return", "At the end", "Connections at the end"]
    return "<h2>Restarts</h2>" + _table(head, rows)


def _score_table(files: RunStore) -> str:
    if not files.scores.is_file():
        return ""
    scores = load_scores(files.scores)
    rows = [
        [topology, *(f"{scores[topology][c]['mean']:.1f} ± {scores[topology][c]['std']:.1f}" for c in CONDITIONS)]
        for topology in TOPOLOGIES
    ]
    head = ["", *(condition.replace("_", " ") for condition in CONDITIONS)]
    return f"<h2>Scores over {scores['trials']} trials</h2>" + _table(head, rows)


def _details(title: str, value: dict[str, Any]) -> str:
    text = html.escape(json.dumps(value, indent=1, ensure_ascii=False, default=str))
    return f"<details><summary>{title}</summary><pre>{text}</pre></details>"
