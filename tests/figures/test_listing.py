"""The list of all figures."""

from __future__ import annotations

from pathlib import Path

from wann_core.figures.discovery import names, specs
from wann_core.figures.listing import described


def test_every_figure_is_listed_with_what_it_shows() -> None:
    assert all(spec.shows for spec in specs().values())
    rows = described()
    assert tuple(row.name for row in rows) == names()
    assert {row.kind for row in rows} == {"film", "picture", "chart"}
    assert ("biped/scores", "chart") in {(row.name, row.kind) for row in rows}
    assert not any("paper" in row.shows for row in rows)


def test_what_has_no_run_shows_the_papers_values(tmp_path: Path) -> None:
    shown = {row.name: row.shows for row in described(tmp_path)}
    assert "the paper's values" in shown["biped/scores"]
    assert "paper" not in shown["car_racing/encoder.png"]
    assert "biped/history" not in shown
