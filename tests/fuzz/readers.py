"""Every reader of the project with a valid file, which Hypothesis and atheris damage.

A reader may return, or refuse with a ``WannError`` that names the file; anything else is a crash.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np
from genomes import grown_genome

from wann_core.deck.build.manifest import read_record
from wann_core.encoders.model_file import load_encoder
from wann_core.evaluation.evaluator import Evaluator
from wann_core.exchange.neat_python import read_neat
from wann_core.exchange.release_format import read_release, write_release
from wann_core.figures.making import stale
from wann_core.networks.network import fixed_topology
from wann_core.paths import encoder_path, runs_root
from wann_core.progress import Silent
from wann_core.research.scaling_study import read_measured
from wann_core.runs import checkpoint as restart_module
from wann_core.runs import search_stage as run_search
from wann_core.runs import tuning_stage as run_tuning
from wann_core.runs.champion_file import (
    load_baseline,
    load_champion,
    load_snapshots,
    save_baseline,
    save_champion,
    save_snapshots,
)
from wann_core.runs.experiment import experiment_from_tables, load_experiment
from wann_core.runs.run import Run, start_or_resume
from wann_core.runs.staleness import run_settings, staleness
from wann_core.runs.store import ResultsError, RunStore, history_text, load_history, load_scores
from wann_core.weights.champion import Baseline, Champion, Snapshot

TASK: Final = "swing_up"


@dataclass(frozen=True, slots=True)
class Reader:
    """A reader and a file that it accepts.

    Attributes:
        name: the file's name in its folder.
        valid: a valid file's content.
        read: reads it from the folder.
    """

    name: str
    valid: bytes = field(repr=False)
    read: Callable[[Path], Any] = field(repr=False)


def _files(folder: Path) -> RunStore:
    return RunStore(folder, TASK)


def _champion() -> Champion:
    genome = grown_genome(4, n_inputs=5, n_outputs=1, n_mutations=20)
    return Champion(genome, 0.75, np.linspace(-1, 1, genome.n_connections))


def _written(folder: Path, save: Callable[[RunStore], None], name: str) -> bytes:
    save(_files(folder))
    return (folder / name).read_bytes()


def _run(folder: Path, evaluator: Evaluator) -> Run:
    """A search of one restart and two generations in ``folder``."""
    tables = load_experiment(TASK, "smoke").tables()
    short = {**tables, "search": {**tables["search"], "generations": 2, "restarts": 1}}
    return Run(experiment_from_tables(short, "here"), 0, _files(folder), evaluator, Silent(), "fuzz")


def _resumed(folder: Path) -> None:
    """Continue a search from the checkpoint in ``folder``, which has all its generations."""
    with Evaluator(TASK, 1) as evaluator:
        run_search.search_stage(_run(folder, evaluator))


@cache
def _checkpoint(folder: Path) -> bytes:
    with Evaluator(TASK, 1) as evaluator:
        run = _run(folder, evaluator)
        restart = restart_module.new_restart(run, 0)
        for _ in range(2):
            run_search._generation(run, restart, 0)
    return json.dumps({"schema": 1, "restarts": [restart_module.restart_to_json(restart)]}).encode()


def _begun(folder: Path) -> None:
    """Check whether the work in ``folder`` may be resumed; the error for another run's work names the folder."""
    (folder / "experiment.toml").touch()
    with Evaluator(TASK, 1) as evaluator:
        try:
            start_or_resume(_run(folder, evaluator), resume=True)
        except ResultsError as error:
            raise ResultsError(f"{folder / 'identity.json'}: {error}") from None


@cache
def _identity(folder: Path) -> bytes:
    with Evaluator(TASK, 1) as evaluator:
        return json.dumps({"schema": 1, **_run(folder, evaluator).identity}).encode()


def _tuning(folder: Path) -> Any:
    with Evaluator(TASK, 1) as evaluator:
        return run_tuning.TuningCheckpoint(folder / "tune-3-0-checkpoint.json", "k", 4, evaluator).recorded


def _deck_record() -> bytes:
    record = {"key": "0", "inputs": ["/a.md"], "absent": ["/b.png"], "outputs": {"index.html": 10},
              "remarks": ["a.md:1: say"], "n_slides": 3}  # fmt: skip
    return json.dumps({"schema": 1, **record}).encode()


def _fresh(folder: Path) -> bool:
    """Read the record of a deck as a build does."""
    record = read_record(folder / "deck-record.json")
    return record is not None and record.is_fresh("program", folder / "deck")


def _neat() -> bytes:
    node = {"activation": {"name": "tanh"}, "aggregation": {"name": "sum"}, "bias": 0.5, "response": 1.0}
    return json.dumps(
        {
            "format_version": "1.0", "network_type": "feedforward", "metadata": {},
            "topology": {"input_keys": [-1, -2, -3, -4, -5], "output_keys": [0]},
            "nodes": [{"id": 0, **node}, {"id": 7, **node}],
            "connections": [{"from": -1, "to": 7, "weight": 1.5, "enabled": True},
                            {"from": 7, "to": 0, "weight": -1.5, "enabled": True}],
        }
    ).encode()  # fmt: skip


def _stale(folder: Path) -> Any:
    """Return what is stale in a store with a damaged provenance and the committed run's other files."""
    for path in (runs_root() / TASK).iterdir():
        if path.name != "provenance.json" and not (folder / path.name).exists():
            (folder / path.name).write_bytes(path.read_bytes())
    return staleness(_files(folder))


def _settings(folder: Path) -> Any:
    files = _files(folder)
    return experiment_from_tables(run_settings(files), str(files.experiment))


def all_readers(folder: Path) -> dict[str, Reader]:
    """Every reader by name; ``folder`` is used to write the valid files."""
    champion = _champion()
    layers = (5, 10, 1)
    baseline = Baseline(layers, 0.5, np.linspace(-1, 1, fixed_topology(layers).n_connections))
    snapshots = [Snapshot(g, 1.0 * g, champion.genome) for g in (0, 3)]
    rows = [dict.fromkeys(load_history(runs_root() / TASK / "history.csv")[0], 1.5)] * 3
    committed = runs_root() / TASK
    write_release(folder / "valid.out", champion.genome)
    listed = [
        Reader("champion.json", _written(folder, lambda f: save_champion(f, champion), "champion.json"),
               lambda at: load_champion(_files(at))),
        Reader("baseline.json", _written(folder, lambda f: save_baseline(f, baseline), "baseline.json"),
               lambda at: load_baseline(_files(at))),
        Reader("snapshots.json", _written(folder, lambda f: save_snapshots(f, snapshots), "snapshots.json"),
               lambda at: load_snapshots(at / "snapshots.json")),
        Reader("scores.json", (committed / "scores.json").read_bytes(), lambda at: load_scores(at / "scores.json")),
        Reader("provenance.json", (committed / "provenance.json").read_bytes(), _stale),
        Reader("history.csv", history_text(rows).encode(), lambda at: load_history(at / "history.csv")),
        Reader("experiment.toml", (committed / "experiment.toml").read_bytes(), _settings),
        Reader("mine.toml", b'extends = "swing_up"\n[search]\npopulation = 20\n[budget.smoke.score]\ntrials = 9\n',
               lambda at: load_experiment(TASK, "smoke", at / "mine.toml")),
        Reader("network.out", (folder / "valid.out").read_bytes(), lambda at: read_release(at / "network.out", 5, 1)),
        Reader("network.json", _neat(), lambda at: read_neat(at / "network.json", 5, 1)),
        Reader("search-checkpoint.json", _checkpoint(folder), _resumed),
        Reader("manifest.json", json.dumps({"schema": 2, "figures": {"swing_up/scores": {
            "key": "0", "type": "chart", "files": {"option": "a/option.json"}, "alt": "", "width": 1, "height": 1,
            "inputs": {}, "versions": {}}}}).encode(), lambda at: stale(["swing_up/scores"], at)),
        Reader("identity.json", _identity(folder), _begun),
        Reader("tune-3-0-checkpoint.json", json.dumps({
            "schema": 1, "key": "k", "recorded": [[1.0, 2.0, 3.5, -1.0]] * 3, "seconds": 2.5, "environment_steps": 900,
        }).encode(), _tuning),
        Reader("encoder.onnx", encoder_path("car_racing").read_bytes(),
               lambda at: load_encoder("car_racing", at / "encoder.onnx")),
        Reader("deck-record.json", _deck_record(), _fresh),
        Reader("scaling.json", (runs_root().parent / "scaling.json").read_bytes(),
               lambda at: read_measured(at / "scaling.json")),
    ]  # fmt: skip
    return {reader.name: reader for reader in listed}
