from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from genomes import grown_genome
from hypothesis import given, settings
from hypothesis import strategies as st

from wann_core.exchange import export_champion
from wann_core.exchange.onnx_file import largest_difference, our_outputs, to_onnx, write_onnx
from wann_core.networks.genome import Genome, compile_network
from wann_core.networks.network import fixed_topology
from wann_core.runs.store import ResultsError
from wann_core.tasks.registry import load_task
from wann_core.weights.champion import Champion


def champion_of(genome: Genome) -> Champion:
    weights = np.random.default_rng(1).normal(0.0, 1.0, genome.n_connections)
    return Champion(genome, -1.25, weights)


def ran(model: Any, **inputs: Any) -> Any:
    onnxruntime = pytest.importorskip("onnxruntime", reason="the extra [export] is not installed")
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return session.run(["output"], inputs)[0]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), n_mutations=st.integers(0, 120), weight=st.floats(-2, 2))
def test_onnxruntime_computes_what_our_network_computes(seed: int, n_mutations: int, weight: float) -> None:
    pytest.importorskip("onnx", reason="the extra [export] is not installed")
    network = compile_network(grown_genome(seed, n_mutations=n_mutations))
    rows = np.random.default_rng(seed).normal(0.0, 1.5, (7, network.n_inputs))
    # A step function within rounding of its threshold may give the other value; here none of 175 rows is so close.
    found = ran(to_onnx(network, 1.0), observation=rows, shared_weight=np.array([weight]))
    np.testing.assert_allclose(found, our_outputs(network, rows, weight), rtol=1e-9, atol=1e-9)


def test_the_shared_weight_has_the_champions_own_as_default() -> None:
    pytest.importorskip("onnx", reason="the extra [export] is not installed")
    network = compile_network(grown_genome(3))
    rows = np.ones((2, network.n_inputs))
    np.testing.assert_allclose(ran(to_onnx(network, 0.75), observation=rows), our_outputs(network, rows, 0.75))


def test_tuned_weights_become_part_of_the_model(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx", reason="the extra [export] is not installed")
    champion = champion_of(grown_genome(5))
    write_onnx(tmp_path / "tuned.onnx", champion, "tuned")
    model = onnx.load(str(tmp_path / "tuned.onnx"))
    onnx.checker.check_model(model, full_check=True)
    assert [one.name for one in model.graph.input] == ["observation"]
    pytest.importorskip("onnxruntime", reason="the extra [export] is not installed")
    assert largest_difference(tmp_path / "tuned.onnx", champion, "tuned") < 1e-12


def test_the_fixed_topology_with_its_many_connections_is_the_same_too() -> None:
    pytest.importorskip("onnx", reason="the extra [export] is not installed")
    network = fixed_topology((24, 40, 40, 4))
    weights = np.random.default_rng(0).normal(0.0, 0.3, network.n_connections)
    rows = np.random.default_rng(1).normal(0.0, 1.0, (5, 24))
    np.testing.assert_allclose(
        ran(to_onnx(network, weights), observation=rows), our_outputs(network, rows, weights), rtol=1e-12
    )


def test_export_tells_how_far_the_runtime_is_from_our_network(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="the extra [export] is not installed")
    pytest.importorskip("onnxruntime", reason="the extra [export] is not installed")
    champion = champion_of(grown_genome(2, n_inputs=5, n_outputs=1))
    checked = export_champion(tmp_path / "champion.onnx", champion, load_task("swing_up").spec)
    assert 0.0 <= checked["largest_difference"] < 1e-12


def test_a_model_of_another_champion_is_noticed(tmp_path: Path) -> None:
    pytest.importorskip("onnx", reason="the extra [export] is not installed")
    pytest.importorskip("onnxruntime", reason="the extra [export] is not installed")
    write_onnx(tmp_path / "one.onnx", champion_of(grown_genome(2)))
    assert largest_difference(tmp_path / "one.onnx", champion_of(grown_genome(9))) > 1e-3


def test_graphml_holds_every_gene_with_names_and_weights(tmp_path: Path) -> None:
    networkx = pytest.importorskip("networkx", reason="the extra [export] is not installed")
    champion = champion_of(grown_genome(4, n_inputs=5, n_outputs=1))
    export_champion(tmp_path / "champion.graphml", champion, load_task("swing_up").spec)
    graph = networkx.read_graphml(tmp_path / "champion.graphml", node_type=int)
    assert graph.graph["shared_weight"] == -1.25
    genome = champion.genome
    for node in genome.nodes:
        assert graph.nodes[node.id]["kind"] == node.kind.value
        assert graph.nodes[node.id]["activation"] == node.activation.label
    assert graph.nodes[1]["label"] == "position"
    edges = {(a, b): facts for a, b, facts in graph.edges(data=True)}
    assert set(edges) == {(gene.source, gene.target) for gene in genome.connections}
    for gene in genome.connections:
        facts = edges[gene.source, gene.target]
        assert (facts["innovation"], facts["enabled"]) == (gene.innovation, gene.is_enabled)
        assert (facts["weight"] != 0.0) == gene.is_enabled
    assert networkx.is_directed_acyclic_graph(graph)


def test_unknown_formats_are_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(ResultsError, match=r"champion.pdf: must end with .out, .graphml, .onnx"):
        export_champion(tmp_path / "champion.pdf", champion_of(grown_genome(1)), load_task("swing_up").spec)
