"""A champion as an ONNX model, for any ONNX runtime.

Inputs: ``observation`` (n, n_inputs) and ``shared_weight`` (1,), whose default is the champion's best one; with tuned
weights there is only ``observation``. Output: ``output`` (n, n_outputs), not clipped, like a network's outputs. All
numbers are doubles, so the model differs from ours only by rounding.

Nodes are computed layer by layer: all values known so far times a matrix, then each activation once for all nodes that
use it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final, Literal

import numpy as np

from wann_core.errors import WannError
from wann_core.files.atomic import write_bytes
from wann_core.networks.activations import Activation
from wann_core.networks.arrays import Floats, Ints
from wann_core.networks.forward_pass import forward_shared, forward_weighted
from wann_core.networks.network import Network
from wann_core.optional_packages import load, needs
from wann_core.weights.champion import Champion

OPSET: Final = 17
IR_VERSION: Final = 8
"""Old enough for runtimes of 2022, and new enough for the operators used here."""
Weights = Literal["shared", "tuned"]


def _depths(network: Network) -> Ints:
    """(n_nodes,) the longest path to each node; -1 for bias and inputs, whose values are given."""
    depths = np.full(network.n_nodes, -1, dtype=np.int64)
    for node in range(1 + network.n_inputs, network.n_nodes):
        sources = network.sources[network.offsets[node] : network.offsets[node + 1]]
        depths[node] = 1 + max((int(depths[source]) for source in sources), default=-1)
    return depths


class _Graph:
    """Collects the operations and constants of a model."""

    def __init__(self, helper: Any, numpy_helper: Any) -> None:  # noqa: ANN401  # onnx's modules
        self._helper, self._numpy_helper = helper, numpy_helper
        self.operations: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Any) -> str:  # noqa: ANN401  # any array
        """Add a constant and return its name."""
        self.constants.append(self._numpy_helper.from_array(np.asarray(value), name))
        return name

    def apply(self, operator: str, *names: str, n_results: int = 1, **attributes: Any) -> list[str]:  # noqa: ANN401
        """Add an operation and return its results' names."""
        results = [f"{operator.lower()}_{len(self.operations)}_{k}" for k in range(n_results)]
        self.operations.append(self._helper.make_node(operator, list(names), results, **attributes))
        return results

    def activate(self, activation: Activation, x: str) -> str:
        """Apply an activation, by the formulas of ``wann_core.networks.activations.reference``."""

        def scaled(name: str, factor: float) -> str:
            return self.apply("Mul", name, self.constant(f"factor_{len(self.constants)}", np.float64(factor)))[0]

        def above_zero(name: str) -> str:
            zero = self.constant(f"zero_{len(self.constants)}", np.float64(0.0))
            return self.apply("Cast", self.apply("Greater", name, zero)[0], to=11)[0]  # 11 is DOUBLE

        def shifted(name: str, by: float) -> str:
            return self.apply("Add", name, self.constant(f"shift_{len(self.constants)}", np.float64(by)))[0]

        formulas: dict[Activation, Callable[[], str]] = {
            Activation.LINEAR: lambda: x,
            Activation.STEP: lambda: above_zero(x),
            Activation.SIN: lambda: self.apply("Sin", scaled(x, np.pi))[0],
            Activation.GAUSSIAN: lambda: self.apply("Exp", scaled(self.apply("Mul", x, x)[0], -0.5))[0],
            Activation.TANH: lambda: self.apply("Tanh", x)[0],
            Activation.SIGMOID: lambda: self.apply("Sigmoid", x)[0],
            Activation.INVERSE: lambda: self.apply("Neg", x)[0],
            Activation.ABSOLUTE: lambda: self.apply("Abs", x)[0],
            Activation.RELU: lambda: self.apply("Relu", x)[0],
            # cos(pi x) = sin(pi (x + 1/2)): more runtimes have a sine of doubles than a cosine
            Activation.COSINE: lambda: self.apply("Sin", scaled(shifted(x, 0.5), np.pi))[0],
        }
        return formulas[activation]()


def _layers(network: Network) -> Iterator[list[int]]:
    """Nodes by depth, and within a depth by activation, so that each activation's nodes are neighbours."""
    depths = _depths(network)
    for depth in range(int(depths.max()) + 1):
        nodes = np.flatnonzero(depths == depth).tolist()
        yield sorted(nodes, key=lambda node: (int(network.activations[node]), node))


def to_onnx(network: Network, weights: float | Floats) -> Any:  # noqa: ANN401  # onnx.ModelProto
    """Build the model.

    Args:
        network: the network.
        weights: the default of the input ``shared_weight``, or (n_connections,) weights that become part of the model.

    Raises:
        MissingPackageError: onnx is not installed.
    """
    onnx = load("onnx", needs("onnx", "export"))
    helper, numpy_helper, TensorProto = onnx.helper, onnx.numpy_helper, onnx.TensorProto  # noqa: N806  # onnx's name
    is_shared = np.ndim(weights) == 0
    graph = _Graph(helper, numpy_helper)
    row = helper.make_tensor_value_info("observation", TensorProto.DOUBLE, ["n", network.n_inputs])
    inputs = [row]
    if is_shared:
        inputs.append(helper.make_tensor_value_info("shared_weight", TensorProto.DOUBLE, [1]))
        graph.constant("shared_weight", np.array([weights], dtype=np.float64))
    one_each = graph.constant("bias_row", np.zeros((network.n_inputs, 1)))
    # A column of ones, one per row: the bias.
    ones = graph.apply("Add", graph.apply("MatMul", "observation", one_each)[0], graph.constant("one", np.float64(1)))
    known, order = graph.apply("Concat", ones[0], "observation", axis=1)[0], list(range(1 + network.n_inputs))
    for layer in _layers(network):
        matrix = np.zeros((len(order), len(layer)))
        column_of = {node: column for column, node in enumerate(order)}
        for column, node in enumerate(layer):
            for k in range(network.offsets[node], network.offsets[node + 1]):
                matrix[column_of[int(network.sources[k])], column] = 1.0 if is_shared else np.asarray(weights)[k]
        summed = graph.apply("MatMul", known, graph.constant(f"matrix_{len(graph.constants)}", matrix))[0]
        if is_shared:
            summed = graph.apply("Mul", summed, "shared_weight")[0]
        kinds = [int(network.activations[node]) for node in layer]
        groups = {kind: kinds.count(kind) for kind in dict.fromkeys(kinds)}
        sizes = graph.constant(f"sizes_{len(graph.constants)}", np.array(list(groups.values()), dtype=np.int64))
        parts = graph.apply("Split", summed, sizes, n_results=len(groups), axis=1)
        made = [graph.activate(Activation(kind), part) for kind, part in zip(groups, parts, strict=True)]
        known, order = graph.apply("Concat", known, *made, axis=1)[0], [*order, *layer]
    outputs = np.array([order.index(node) for node in range(network.n_nodes - network.n_outputs, network.n_nodes)])
    columns = graph.constant("output_columns", outputs.astype(np.int64))
    graph.operations.append(helper.make_node("Gather", [known, columns], ["output"], axis=1))
    result = helper.make_tensor_value_info("output", TensorProto.DOUBLE, ["n", network.n_outputs])
    model = helper.make_model(
        helper.make_graph(graph.operations, "wann", inputs, [result], graph.constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        producer_name="wann_core",
    )
    model.ir_version = IR_VERSION
    return model


def write_onnx(path: Path, champion: Champion, weights: Weights = "shared") -> None:
    """Write a champion: with its shared weight as an input, or with its tuned weights inside.

    Raises:
        MissingPackageError: onnx is not installed.
        WannError: tuned weights are asked for, but the champion has none.
        OSError: it cannot be written.
    """
    write_bytes(path, to_onnx(champion.network, _weights(champion, weights)).SerializeToString())


def _weights(champion: Champion, weights: Weights) -> float | Floats:
    if weights == "shared":
        return 1.0 if champion.shared_weight is None else champion.shared_weight
    if champion.tuned_weights is None:
        raise WannError("the champion has no tuned weights: tune it first, or export its shared weight")
    return champion.tuned_weights


def largest_difference(path: Path, champion: Champion, weights: Weights = "shared", n_rows: int = 64) -> float:
    """Run the file on random observations and compare with our own network.

    Returns:
        The largest absolute difference of any output.

    Raises:
        MissingPackageError: onnxruntime is not installed.
    """
    onnxruntime = load("onnxruntime", needs("onnxruntime", "export"))
    network, used = champion.network, _weights(champion, weights)
    rows = np.random.default_rng(0).normal(0.0, 1.0, (n_rows, network.n_inputs))
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3  # hides a warning: the shared weight may be overridden on purpose
    session = onnxruntime.InferenceSession(path.read_bytes(), options, providers=["CPUExecutionProvider"])
    found = session.run(["output"], {"observation": rows})[0]
    return float(np.abs(found - our_outputs(network, rows, used)).max())


def our_outputs(network: Network, rows: Floats, weights: float | Floats) -> Floats:
    """(n, n_outputs) of our own compiled network for (n, n_inputs) observations."""
    values = np.zeros((len(rows), network.n_nodes))
    values[:, 0] = 1.0
    values[:, 1 : 1 + network.n_inputs] = rows
    forward = forward_shared if np.ndim(weights) == 0 else forward_weighted
    for row in values:
        forward(network.activations, network.offsets, network.sources, network.n_inputs, row, weights)
    return values[:, network.n_nodes - network.n_outputs :]
