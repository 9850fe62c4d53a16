"""Champion, baseline and snapshots as files: written and read back, or refused with file and field."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from genomes import grown

from wann_core.runs.champion_file import (
    champion_hash,
    load_baseline,
    load_champion,
    load_snapshots,
    save_baseline,
    save_champion,
    save_snapshots,
)
from wann_core.runs.store import ResultsError, RunStore
from wann_core.weights.champion import Baseline, Champion, Snapshot

GENOME = grown(5, 40)[0]


@pytest.fixture
def files(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "swing_up")


def written(path: Path, **changes: Any) -> None:
    """Change fields of a written file."""
    value = json.loads(path.read_text())
    value.update(changes)
    path.write_text(json.dumps(value))


def test_a_champion_is_read_back_with_each_weight_at_its_connection(files: RunStore) -> None:
    weights = np.random.default_rng(0).normal(size=GENOME.n_connections)
    save_champion(files, Champion(GENOME, -0.5, weights))
    found = load_champion(files)
    assert found.genome == GENOME
    assert found.shared_weight == -0.5
    assert found.tuned_weights is not None
    assert np.array_equal(found.tuned_weights, weights)
    value = json.loads(files.champion.read_text())
    network = found.network
    ids = [node.id for node in GENOME.nodes]
    for gene in GENOME.connections:
        if gene.is_enabled:
            pairs = zip(network.sources, network.targets, strict=True)
            at = [(ids[a], ids[b]) for a, b in pairs].index((gene.source, gene.target))
            assert value["tuned_weights"][str(gene.innovation)] == weights[at]


def test_a_champion_that_was_not_tuned_has_no_weights(files: RunStore) -> None:
    save_champion(files, Champion(GENOME))
    found = load_champion(files)
    assert (found.shared_weight, found.tuned_weights) == (None, None)


def test_the_hash_of_a_champion_is_that_of_what_it_holds(files: RunStore, tmp_path: Path) -> None:
    other = RunStore(tmp_path / "elsewhere" / "swing_up")
    for store in (files, other):
        save_champion(store, Champion(GENOME, 1.0))
    assert champion_hash(files) == champion_hash(other)
    save_champion(other, Champion(GENOME, 1.5))
    assert champion_hash(files) != champion_hash(other)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"schema": 2}, "champion.json: schema = 2: must be 1"),
        ({"task": 3}, "champion.json.task = 3: must be text"),
        ({"task": "biped"}, 'champion.json.task = "biped": is a run of another task than swing_up'),
        ({"colour": "blue"}, 'champion.json: unknown field "colour"'),
        ({"shared_weight": "1"}, "champion.json.shared_weight = '1': must be a finite number or null"),
        ({"shared_weight": True}, "champion.json.shared_weight = True: must be a finite number or null"),
        ({"tuned_weights": [1.0]}, "champion.json.tuned_weights = [1.0]: must be an object or null"),
        ({"tuned_weights": {"0": 1.0}}, "champion.json.tuned_weights: must name exactly the enabled connections"),
        ({"connections": []}, "champion.json.tuned_weights: must name exactly the enabled connections"),
        ({"nodes": []}, "champion.json.nodes: must be one bias"),
    ],
)
def test_a_damaged_champion_is_refused(files: RunStore, changes: dict[str, Any], said: str) -> None:
    save_champion(files, Champion(GENOME, 1.0, np.ones(GENOME.n_connections)))
    written(files.champion, **changes)
    with pytest.raises(ResultsError, match=re.escape(said)):
        load_champion(files)


def test_a_weight_that_is_no_number_is_refused_by_its_innovation(files: RunStore) -> None:
    save_champion(files, Champion(GENOME, 1.0, np.ones(GENOME.n_connections)))
    weights = json.loads(files.champion.read_text())["tuned_weights"]
    first = next(iter(weights))
    written(files.champion, tuned_weights={**weights, first: "heavy"})
    with pytest.raises(ResultsError, match=re.escape(f"tuned_weights.{first} = 'heavy': must be a finite number")):
        load_champion(files)


def test_a_baseline_is_read_back(files: RunStore) -> None:
    weights = np.random.default_rng(0).normal(size=71)
    save_baseline(files, Baseline((5, 10, 1), 0.25, weights))
    found = load_baseline(files)
    assert (found.layer_sizes, found.shared_weight) == ((5, 10, 1), 0.25)
    assert np.array_equal(found.tuned_weights, weights)
    assert found.network.n_connections == 71


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"layer_sizes": [5]}, "baseline.json.layer_sizes = [5]: must be a list with at least 2"),
        ({"layer_sizes": [5, 0, 1]}, "baseline.json.layer_sizes[1] = 0: must be between 1 and 9999"),
        ({"layer_sizes": [5, "10", 1]}, "baseline.json.layer_sizes[1] = '10': must be a whole number between 1 and"),
        ({"layer_sizes": [5, 11, 1]}, "baseline.json.tuned_weights: 71 numbers, layers [5, 11, 1] have 78"),
        ({"shared_weight": None}, "baseline.json.shared_weight = None: must be a finite number"),
        ({"tuned_weights": [1.0] * 70 + [None]}, "baseline.json.tuned_weights[70] = None: must be a finite number"),
        ({"task": "biped"}, 'baseline.json.task = "biped": is a run of another task than swing_up'),
    ],
)
def test_a_damaged_baseline_is_refused(files: RunStore, changes: dict[str, Any], said: str) -> None:
    save_baseline(files, Baseline((5, 10, 1), 0.25, np.ones(71)))
    written(files.baseline, **changes)
    with pytest.raises(ResultsError, match=re.escape(said)):
        load_baseline(files)


def test_snapshots_are_read_back(files: RunStore) -> None:
    snapshots = [Snapshot(0, 12.5, grown(1, 0)[0]), Snapshot(40, 300.0, GENOME)]
    save_snapshots(files, snapshots)
    assert load_snapshots(files.snapshots) == snapshots


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"snapshots": {}}, "snapshots.json.snapshots = {}: must be a list"),
        ({"snapshots": [3]}, "snapshots.json.snapshots[0]: must be an object, is int"),
        ({"snapshots": [{"generation": 1}]}, 'snapshots.json.snapshots[0]: field "mean_return" is missing'),
    ],
)
def test_damaged_snapshots_are_refused(files: RunStore, changes: dict[str, Any], said: str) -> None:
    save_snapshots(files, [Snapshot(0, 12.5, GENOME)])
    written(files.snapshots, **changes)
    with pytest.raises(ResultsError, match=re.escape(said)):
        load_snapshots(files.snapshots)
