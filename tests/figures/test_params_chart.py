"""The chart of parameters shows the committed runs' values, and the paper's values only if there is no run."""

from __future__ import annotations

from pathlib import Path

from wann_core.figures.making import make
from wann_core.paths import runs_root
from wann_core.progress import Silent
from wann_core.runs.champion_file import load_baseline, load_champion
from wann_core.runs.paper import paper_values
from wann_core.runs.store import RunStore
from wann_core.tasks.registry import paper_tasks


def test_weights_are_those_of_the_runs_own_champion_and_topology(tmp_path: Path) -> None:
    alt = make(["params"], tmp_path, Silent())["params"].alt
    stores = {task: RunStore(runs_root() / task) for task in paper_tasks()}
    measured = [task for task, store in stores.items() if store.exists()]
    assert "swing_up" in measured
    for task in measured:
        wann = load_champion(stores[task]).genome.n_connections
        fixed = load_baseline(stores[task]).network.n_connections
        title = paper_values()[task]["title"]
        assert f"{title}: one shared weight, or {wann} weights, against {fixed} of the fixed topology" in alt


def test_without_runs_the_numbers_are_the_papers_and_the_chart_says_so(tmp_path: Path) -> None:
    alt = make(["params"], tmp_path / "figures", Silent(), tmp_path / "runs")["params"].alt
    for task in paper_tasks():
        theirs = paper_values()[task]
        assert f"or {theirs['wann_connections']} weights, against {theirs['fixed_parameters']} of" in alt
    assert "the paper’s numbers" in alt
