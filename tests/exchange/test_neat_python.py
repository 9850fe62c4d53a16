from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wann_core.exchange.neat_python import ACTIVATIONS, read_neat
from wann_core.exchange.onnx_file import our_outputs
from wann_core.networks.genome import compile_network
from wann_core.networks.genome_json import GenomeError, genome_from_dict, genome_to_dict


def node(key: int, kind: str, activation: str = "tanh", bias: float = 0.0, response: float = 1.0) -> dict[str, Any]:
    return {
        "id": key, "type": kind, "activation": {"name": activation, "custom": False},
        "aggregation": {"name": "sum", "custom": False}, "bias": bias, "response": response,
    }  # fmt: skip


def link(source: int, target: int, weight: float = 1.0, *, enabled: bool = True) -> dict[str, Any]:
    return {"from": source, "to": target, "weight": weight, "enabled": enabled}


def small() -> dict[str, Any]:
    """Two inputs, one hidden node, one output."""
    return {
        "format_version": "1.0", "network_type": "feedforward", "metadata": {},
        "topology": {"num_inputs": 2, "num_outputs": 1, "input_keys": [-1, -2], "output_keys": [0]},
        "nodes": [node(0, "output", "identity", 0.5), node(7, "hidden", "gauss", -0.25, 2.0), node(-1, "input")],
        "connections": [link(-1, 7, 0.75), link(7, 0, -1.5), link(-2, 0, 0.25)],
    }  # fmt: skip


def read(folder: Path, value: Any) -> Any:
    path = folder / "network.json"
    path.write_text(json.dumps(value), encoding="utf-8")
    return read_neat(path, 2, 1)


def test_steepness_response_and_bias_become_weights(tmp_path: Path) -> None:
    genome, weights = read(tmp_path, small())
    rows = np.array([[0.3, -1.0], [2.0, 0.5]])
    hidden = np.exp(-5.0 * (-0.25 + 2.0 * 0.75 * rows[:, 0]) ** 2)
    np.testing.assert_allclose(
        our_outputs(compile_network(genome), rows, weights)[:, 0], 0.5 - 1.5 * hidden + 0.25 * rows[:, 1], rtol=1e-12
    )
    assert genome_from_dict(genome_to_dict(genome), "imported") == genome


@settings(max_examples=20, deadline=None)
@given(seed=st.integers(0, 2**32 - 1))
def test_our_network_computes_what_neat_python_computes(tmp_path_factory: Any, seed: int) -> None:
    neat = pytest.importorskip("neat", reason="neat-python is not installed")
    from neat.activations import ActivationFunctionSet
    from neat.aggregations import sum_aggregation
    from neat.export import export_network_json

    rng = np.random.default_rng(seed)
    functions = ActivationFunctionSet()
    inputs, outputs, hidden = [-1, -2, -3], [0, 1], [5, 6, 7, 8]
    evaluations = []
    for at, key in enumerate([*hidden, *outputs]):
        sources = [*inputs, *hidden[: min(at, len(hidden))]]
        chosen = [source for source in sources if rng.random() < 0.6]
        name = list(ACTIVATIONS)[rng.integers(len(ACTIVATIONS))]
        links = [(source, float(rng.normal())) for source in chosen]
        response, bias = float(rng.normal(1.0, 0.2)), float(rng.normal())
        evaluations.append((key, functions.get(name), sum_aggregation, bias, response, links))
    network = neat.nn.FeedForwardNetwork(inputs, outputs, evaluations)
    path = tmp_path_factory.mktemp("neat") / "network.json"
    export_network_json(network, str(path))
    genome, weights = read_neat(path, 3, 2)
    rows = rng.normal(0.0, 1.0, (5, 3))
    expected = np.array([network.activate(row.tolist()) for row in rows])
    np.testing.assert_allclose(our_outputs(compile_network(genome), rows, weights), expected, rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda v: v.pop("topology"), '"topology" is missing'),
        (lambda v: v.update(network_type="recurrent"), "a WANN is feedforward"),
        (lambda v: v.update(format_version="9"), "must be 1.0"),
        (lambda v: v["topology"].update(input_keys=[-1]), r"topology.input_keys: 1 nodes, the task has 2"),
        (lambda v: v["topology"].update(input_keys=[-1, -1]), "different whole numbers"),
        (lambda v: v["topology"].update(input_keys=[-1, 0]), "topology.output_keys: 0 is an input, too"),
        (lambda v: v["nodes"][1].update(response=1e308, bias=0.0), "the weight is too large a number"),
        (lambda v: v["nodes"][1]["activation"].update(name="cube"), r"nodes\[1\].activation.name = cube"),
        (lambda v: v["nodes"][1]["aggregation"].update(name="max"), "a WANN's node sums"),
        (lambda v: v["nodes"][1].update(bias="big"), r"nodes\[1\].bias = 'big': must be a finite number"),
        (lambda v: v["nodes"][1].update(bias=float("nan")), "holds NaN; only finite numbers"),
        (lambda v: v["nodes"][1].update(bias=10**400), "must be a finite number"),
        (lambda v: v["nodes"][1].update(id=0), "occurs twice"),
        (lambda v: v["connections"].append(link(-1, 7)), "connected twice"),
        (lambda v: v["connections"].append(link(99, 7)), "there is no node 99"),
        (lambda v: v["connections"].append(link(0, 7)), "leads out of an output"),
        (lambda v: v["connections"].append(link(7, 7)), "cycle"),
        (lambda v: v["connections"][0].update(enabled=1), "must be true or false"),
        (lambda v: v.update(nodes={}), "nodes = {}: must be a list"),
    ],
)
def test_what_is_no_wann_is_refused_with_its_field(tmp_path: Path, change: Any, reason: str) -> None:
    value = small()
    change(value)
    with pytest.raises(GenomeError, match=reason):
        read(tmp_path, value)


@pytest.mark.parametrize("text", ["", "{", "[" * 100_000, "[]", "null", '{"format_version": "1.0"}'])
def test_what_is_no_network_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "network.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(GenomeError):
        read_neat(path, 2, 1)
