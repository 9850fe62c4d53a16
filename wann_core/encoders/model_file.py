"""The committed encoder of a task: its place, its content, and how 16 numbers become a frame again.

The file is an ONNX model with the input ``frame``, (1, 3, 64, 64) in [0, 1], and the outputs ``latents``, (1, 16), and
``reconstruction``, which has the frame's shape. Its notes say how it was made.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from wann_core.encoders.forward_pass import (
    N_CONVOLUTIONS,
    N_LATENTS,
    SIDES,
    Layers,
    Singles,
    Work,
    encode,
    new_work,
    pack_convolution,
    pack_dense,
    pack_frame,
)
from wann_core.encoders.onnx_wire import Model, Node, OnnxError, model_bytes, read_model
from wann_core.errors import WannError
from wann_core.files.hashing import content_hash
from wann_core.paths import encoder_path

DECODER_KERNELS: Final = (5, 5, 6, 6)
"""Transposed convolutions of stride 2: 1, 5, 13, 30 and 64 pixels per side."""
INPUT: Final = "frame"
LATENTS: Final = "latents"
RECONSTRUCTION: Final = "reconstruction"


class EncoderError(WannError):
    """The encoder's file is missing, damaged, or not the one that a run was made with."""


@dataclass(frozen=True, slots=True, eq=False)
class Encoder:
    """A task's encoder, ready to run.

    Attributes:
        layers: packed for ``forward_pass.encode``.
        work: its work arrays; one frame at a time.
        model: the file's tensors and notes.
        file_hash: identifies the file.
    """

    layers: Layers
    work: Work
    model: Model
    file_hash: str

    def latents(self, frame: NDArray[np.uint8]) -> NDArray[np.float64]:
        """(16,) latents of a (64, 64, 3) frame."""
        result = np.zeros(N_LATENTS)
        image = np.zeros(SIDES[0] ** 2, dtype=np.uint32)
        pack_frame(frame, image)
        encode(image, self.layers, self.work, result)
        return result

    def reconstruct(self, latents: NDArray[np.float64]) -> NDArray[np.uint8]:
        """The decoder's (64, 64, 3) frame for (16,) latents."""
        tensors = self.model.tensors
        x = tensors["decoder.dense.weight"] @ latents + tensors["decoder.dense.bias"]
        x = np.maximum(x, 0.0)[:, None, None]
        for i, kernel in enumerate(DECODER_KERNELS):
            x = _transposed(x, tensors[f"decoder.{i}.weight"], kernel) + tensors[f"decoder.{i}.bias"][:, None, None]
            x = np.maximum(x, 0.0) if i + 1 < len(DECODER_KERNELS) else 1.0 / (1.0 + np.exp(-x))
        return np.round(255.0 * x.transpose(1, 2, 0)).astype(np.uint8)


def _transposed(x: NDArray[np.float64], weights: Singles, kernel: int) -> NDArray[np.float64]:
    """A transposed convolution of stride 2; weights are (n_in, n_out, kernel, kernel)."""
    side = x.shape[1]
    out = np.zeros((weights.shape[1], 2 * (side - 1) + kernel, 2 * (side - 1) + kernel))
    for i in range(kernel):
        for j in range(kernel):
            part = np.einsum("io,iyx->oyx", weights[:, :, i, j], x)
            out[:, i : i + 2 * side - 1 : 2, j : j + 2 * side - 1 : 2] += part
    return out


def load_encoder(task: str, path: Path | None = None) -> Encoder:
    """Read a task's encoder.

    Args:
        task: the task's name.
        path: a file to read instead of the committed one.

    Raises:
        EncoderError: it is missing or damaged; the message says how to get a good one.
    """
    path = path or encoder_path(task)
    remedy = f"restore it with `git checkout -- {path.name}` or train another: `python -m wann_core encoder {task}`"
    try:
        model = read_model(path)
    except OnnxError as error:
        raise EncoderError(f"{error}; {remedy}") from None
    try:
        return _packed(model, content_hash(path))
    except (KeyError, ValueError) as error:
        raise EncoderError(f"{path}: is no encoder ({error}); {remedy}") from None


def _packed(model: Model, file_hash: str) -> Encoder:
    tensors = model.tensors
    packed, n_in, channels = [], 3, []
    for i in range(N_CONVOLUTIONS):
        weights, bias = tensors[f"encoder.{i}.weight"], tensors[f"encoder.{i}.bias"]
        n_out = len(bias)
        if weights.shape != (n_out, n_in, 4, 4) or n_out % 16 or n_out == 0:
            raise ValueError(f"encoder.{i}.weight of shape {weights.shape}: must be (16 k, {n_in}, 4, 4)")
        packed.append(pack_convolution(weights, bias))
        channels.append(n_out)
        n_in = n_out
    weights, bias = tensors["encoder.dense.weight"], tensors["encoder.dense.bias"]
    if weights.shape != (N_LATENTS, n_in * SIDES[-1] ** 2) or bias.shape != (N_LATENTS,):
        raise ValueError(f"encoder.dense.weight of shape {weights.shape}: must be ({N_LATENTS}, {n_in * 4})")
    if not all(np.isfinite(tensor).all() for tensor in tensors.values()):
        raise ValueError("a weight is not finite")
    dense = pack_dense(weights, bias, n_in)
    layers = (packed[0], packed[1], packed[2], packed[3], dense)
    return Encoder(layers, new_work(layers), model, file_hash)


def encoder_bytes(tensors: dict[str, Singles], notes: dict[str, str]) -> bytes:
    """The file of an encoder and its decoder.

    Args:
        tensors: ``encoder.0`` to ``encoder.3``, ``encoder.dense``, ``decoder.dense`` and ``decoder.0`` to
            ``decoder.3``, each with ``.weight`` and ``.bias`` in PyTorch's order of axes.
        notes: provenance.
    """
    nodes, value = [], INPUT
    for i in range(N_CONVOLUTIONS):
        names = (value, f"encoder.{i}.weight", f"encoder.{i}.bias")
        nodes.append(Node("Conv", names, f"conv{i}", {"strides": (2, 2)}))
        nodes.append(Node("Relu", (f"conv{i}",), f"relu{i}", {}))
        value = f"relu{i}"
    nodes.append(Node("Flatten", (value,), "features", {"axis": 1}))
    dense = ("features", "encoder.dense.weight", "encoder.dense.bias")
    nodes.append(Node("Gemm", dense, LATENTS, {"transB": 1}))
    nodes.append(Node("Gemm", (LATENTS, "decoder.dense.weight", "decoder.dense.bias"), "wide", {"transB": 1}))
    nodes.append(Node("Relu", ("wide",), "wide.relu", {}))
    nodes.append(Node("Reshape", ("wide.relu", "decoder.shape"), "seed", {}))
    value = "seed"
    last = len(DECODER_KERNELS) - 1
    for i in range(last + 1):
        names = (value, f"decoder.{i}.weight", f"decoder.{i}.bias")
        nodes.append(Node("ConvTranspose", names, f"deconv{i}", {"strides": (2, 2)}))
        value = RECONSTRUCTION if i == last else f"deconv{i}.relu"
        nodes.append(Node("Sigmoid" if i == last else "Relu", (f"deconv{i}",), value, {}))
    shape = {"decoder.shape": np.array([1, -1, 1, 1], dtype=np.int64)}
    side = SIDES[0]
    return model_bytes(
        "encoder",
        nodes,
        {**tensors, **shape},
        {INPUT: (1, 3, side, side)},
        {LATENTS: (1, N_LATENTS), RECONSTRUCTION: (1, 3, side, side)},
        notes,
    )
