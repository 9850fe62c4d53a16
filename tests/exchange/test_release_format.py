"""The release's ``.out`` files, read and written."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from genomes import GROWN
from hypothesis import given

from wann_core.evolution.mutation import Counters
from wann_core.exchange.release_format import read_release, write_release
from wann_core.networks.activations import Activation
from wann_core.networks.genome import Genome, NodeKind, compile_network
from wann_core.networks.genome_json import GenomeError, genome_from_dict, genome_to_dict

REFERENCE = Path(__file__).resolve().parents[2] / "shared" / "reference" / "swing.out"


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


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the release's data are not beside the project")
def test_the_releases_champion_has_its_published_size(tmp_path: Path) -> None:
    genome = read_release(REFERENCE, 5, 1)
    assert (genome.n_connections, genome.n_hidden) == (52, 22)
    write_release(tmp_path / "again.out", genome)
    assert read_release(tmp_path / "again.out", 5, 1) == genome


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
