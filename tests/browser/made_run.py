"""An invented run of car racing, so that tests of its demo do not need a committed run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from wann_core.evolution.mutation import initial_genome
from wann_core.networks.genome import enabled_in_network_order
from wann_core.paths import PROJECT
from wann_core.runs.champion_file import save_baseline, save_champion
from wann_core.runs.staleness import score_inputs, tune_inputs
from wann_core.runs.store import RunStore, write_json
from wann_core.weights.champion import Baseline, Champion
from wann_core.weights.conditions import CONDITIONS, TOPOLOGIES

TUNED_MEAN = 123.0
BIAS, GAS = 0, 18
_BUILD = """
import pathlib, runpy, sys
import wann_core.paths
runs, build = sys.argv[1:3]
wann_core.paths.runs_root = lambda: pathlib.Path(runs)
sys.argv = sys.argv[2:]
runpy.run_path(build, run_name="__main__")
"""


def make_run(runs: Path) -> RunStore:
    """Write a store with a champion that accelerates with tuned weights, and with invented scores; nothing is stale."""
    files = RunStore(runs / "car_racing")
    files.root.mkdir(parents=True)
    genome = initial_genome(16, 3, 1.0, np.random.default_rng(0))
    genes = enabled_in_network_order(genome)
    weights = np.array([0.2 if (gene.source, gene.target) == (BIAS, GAS) else 0.001 for gene in genes])
    save_champion(files, Champion(genome, 0.5, weights))
    save_baseline(files, Baseline((16, 3), 0.5, np.full(51, 0.1)))
    cells = {name: {"mean": TUNED_MEAN, "std": 1.0, "shared_weight": None} for name in CONDITIONS}
    write_json(files.scores, {"task": "car_racing", "trials": 2, **dict.fromkeys(TOPOLOGIES, cells)})
    files.experiment.write_text("", encoding="utf-8")
    inputs = {"tune": tune_inputs(files, {}), "score": score_inputs(files, {})}
    stages = {name: {"inputs_hash": inputs_hash} for name, inputs_hash in inputs.items()}
    write_json(files.provenance, {"stages": stages})
    return files


def build_with_runs(runs: Path, folder: Path, name: str, text: str) -> Path:
    """Build a deck with figures of these runs; return the folder of its page."""
    source, out = folder / f"{name}.md", folder / "dist"
    source.write_text(text, encoding="utf-8")
    command = [sys.executable, "-c", _BUILD, str(runs), str(PROJECT / "build.py"), str(source), "--out", str(out)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=PROJECT)
    assert done.returncode == 0, done.stderr
    return out / name
