from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
from genomes import grown_genome

from wann_core.evolution.mutation import initial_genome
from wann_core.figures.discovery import is_known, names
from wann_core.figures.making import make
from wann_core.paths import runs_root
from wann_core.progress import Silent
from wann_core.runs.champion_file import save_champion
from wann_core.runs.store import RunStore
from wann_core.weights.champion import Champion


def test_a_run_of_any_environment_has_figures_by_its_id(tmp_path: Path) -> None:
    assert not is_known("CartPole-v1/scores", tmp_path)
    files = RunStore(tmp_path / "CartPole-v1")
    save_champion(files, Champion(grown_genome(1, n_inputs=4, n_outputs=2), 0.5))
    scores = json.loads((runs_root() / "swing_up" / "scores.json").read_text())
    files.scores.write_text(json.dumps({**scores, "task": "CartPole-v1"}))
    for name in ("experiment.toml", "provenance.json"):
        shutil.copy(runs_root() / "CartPole-v1" / name, files.root / name)
    assert {"CartPole-v1/scores", "CartPole-v1/rollout.mp4", "swing_up/scores"} <= set(names(tmp_path))
    made = make(["CartPole-v1/scores", "CartPole-v1/still.png"], tmp_path / "cache", Silent(), tmp_path)
    option = json.loads(made["CartPole-v1/scores"].files["option"].read_text())
    assert "means and deviations over 100 trials" in json.dumps(option)
    assert "paper" not in json.dumps(option)
    assert made["CartPole-v1/still.png"].files["png"].stat().st_size > 1000


def test_a_champion_without_hidden_nodes_is_drawn_without_a_legend(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    save_champion(RunStore(tmp_path / "swing_up"), Champion(initial_genome(5, 1, 1.0, rng)))
    made = make(["swing_up/network"], tmp_path / "cache", Silent(), tmp_path)
    assert "0 hidden nodes" in made["swing_up/network"].alt
