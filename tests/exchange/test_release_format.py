"""The release's ``.out`` files, read and written."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path

import numpy as np
import pytest
from genomes import GROWN
from hypothesis import given
from swing_up_oracle import read_out

from wann_core.evolution.mutation import Counters
from wann_core.exchange.release_format import read_release, write_release
from wann_core.networks.activations import Activation
from wann_core.networks.genome import Genome, NodeKind, compile_network
from wann_core.networks.genome_json import GenomeError, genome_from_dict, genome_to_dict
from wann_core.tasks.registry import load_task

CHAMPION = Path(__file__).resolve().parents[1] / "reference" / "swing_up_champion.out"


@given(GROWN)
def test_what_is_written_is_read_back_as_the_same_network(
    tmp_path_factory: pytest.TempPathFactory, made: tuple[Genome, Counters]
) -> None:
    genome, _ = made
    path = tmp_path_factory.mktemp("out") / "a.out"
    write_release(path, genome)
    n_inputs = sum(node.kind is NodeKind.INPUT for node in genome.nodes)
    n_outputs = sum(node.kind is NodeKind.OUTPUT for node in genome.nodes)
    found = read_release(path, n_inputs, n_outputs)
    ours, theirs = compile_network(genome), compile_network(found)
    for name in ("activations", "offsets", "sources"):
        assert np.array_equal(getattr(ours, name), getattr(theirs, name))
    assert len(found.connections) == len(genome.connections)
    assert genome_from_dict(genome_to_dict(found), "found") == found


def test_an_exported_champion_is_read_as_the_file_says(tmp_path: Path) -> None:
    ids, connections = read_out(CHAMPION)  # by an independent reader
    genome = read_release(CHAMPION, 5, 1)
    assert (genome.n_connections, genome.n_hidden) == (len(connections), len(ids) - 7) == (68, 39)
    network = compile_network(genome)
    assert sorted(zip(network.sources.tolist(), network.targets.tolist(), strict=True)) == sorted(connections)
    assert network.activations.tolist() == ids
    write_release(tmp_path / "again.out", genome)
    assert read_release(tmp_path / "again.out", 5, 1) == genome


@pytest.mark.skipif(
    "WANN_RELEASE_DATA" not in os.environ, reason="WANN_RELEASE_DATA names no folder of the release's data"
)
def test_the_releases_champion_earns_what_it_earns_there() -> None:
    # Oracle numbers: the 2019 release's champion, replayed by its own code over seeds 0..99.
    folder = Path(os.environ["WANN_RELEASE_DATA"])
    network = compile_network(read_release(folder / "swing.out", 5, 1))
    assert (network.n_connections, network.n_hidden) == (52, 22)
    task, seeds = load_task("swing_up"), np.arange(100)
    for weight, mean, within in ((0.78, 723.44, 0.06), (0.5, 521.6, 0.06), (1.0, 701.5, 0.06), (2.0, 688.9, 0.4)):
        returns = task.lane_returns(network, np.full(100, weight), seeds, training=False, threads=1).returns
        assert returns.mean() == pytest.approx(mean, abs=within)
    offsets = json.loads((folder / "tuned_cartpole_swingup.wann.json").read_text())[0]
    weights = np.zeros(network.n_connections)
    weights[np.lexsort((network.targets, network.sources))] = np.array(offsets) - 1.5  # by source, then by target
    returns = task.lane_returns(network, np.tile(weights, (100, 1)), seeds, training=False, threads=1).returns
    assert (returns.mean(), returns.std()) == pytest.approx((931.96, 6.28), abs=0.006)


def test_a_file_written_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "a.out"
    # bias, two inputs, a hidden sine, an output
    path.write_text("0,0,0,1,0,1\n0,0,0,0,nan,1\n0,0,0,-2.5,0,1\n0,0,0,0,1,3\n0,0,0,0,0,1\n")
    genome = read_release(path, 2, 1)
    assert [(g.source, g.target, g.is_enabled) for g in genome.connections] == [
        (0, 3, True), (1, 4, False), (2, 3, True), (3, 4, True)
    ]  # fmt: skip
    assert genome.nodes[3].activation is Activation.SIN


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "0 nodes, the task has 4 without any hidden one"),
        ("0,0,0,1,1\n0,0,0,one,1\n", ":2: could not convert string to float: 'one'; a .out file holds numbers"),
        ("0,0,0,1,1\n0,0,0,1,1\n0,0,1,1\n0,0,0,0,1\n", ":3: 4 columns, must be 5"),
        ("0,0,0,1,1\n" * 3, "3 nodes, the task has 4"),
        ("0,0,0,1,1\n0,0,0,1,1\n0,0,0,1,1\n1,0,0,0,1\n", ":4: a connection to column 1 does not lead forward"),
        ("0,1,0,1,1\n0,0,0,1,1\n0,0,0,1,1\n0,0,0,0,1\n", ":1: a connection to column 2 does not lead forward"),
        ("0,0,0,1,0,1\n0,0,0,1,0,1\n0,0,0,1,0,1\n0,0,0,0,1,11\n0,0,0,0,0,1\n", ":4: activation id 11.0: must be 1 to"),
        ("0,0,0,1,0,1\n0,0,0,1,0,1\n0,0,0,1,0,1\n0,0,0,0,1,nan\n0,0,0,0,0,1\n", ":4: activation id nan: must be 1 to"),
        ("0,0,0,1,0,1\n0,0,0,1,0,1\n0,0,0,1,0,1\n0,0,0,0,1,3.5\n0,0,0,0,0,1\n", ":4: activation id 3.5: must be 1 to"),
    ],
)
def test_what_is_no_such_file_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.out"
    path.write_text(text)
    with pytest.raises(GenomeError, match=re.escape(said)):
        read_release(path, 2, 1)


def test_binary_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.out"
    path.write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(GenomeError, match=r"a\.out"):
        read_release(path, 2, 1)
