"""The few parts of the ONNX format that an encoder needs: write a graph, and read its tensors and notes.

ONNX is a protocol buffer. It is written here byte by byte, so that the same model gives the same file, and neither
training nor running needs another package.

Source: onnx.proto, IR version 8, operator set 13.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from wann_core.errors import WannError

IR_VERSION: Final = 8
OPSET: Final = 13
MAX_BYTES: Final = 8 * 1024 * 1024
_FLOAT, _INT64 = 1, 7
_ATTRIBUTE_INT, _ATTRIBUTE_INTS = 2, 7
_VARINT, _FIXED64, _BYTES, _FIXED32 = 0, 1, 2, 5
Tensor = NDArray[Any]


class OnnxError(WannError):
    """A file is not an ONNX model that this project wrote."""


@dataclass(frozen=True, slots=True)
class Node:
    """One operation.

    Attributes:
        operation: ONNX's name, such as ``Conv``.
        inputs: names of values.
        output: name of the value it makes.
        attributes: whole numbers or lists of them.
    """

    operation: str
    inputs: tuple[str, ...]
    output: str
    attributes: Mapping[str, int | tuple[int, ...]]


@dataclass(frozen=True, slots=True, eq=False)
class Model:
    """A graph's tensors and the notes beside it.

    Attributes:
        tensors: by name.
        notes: metadata, by name.
    """

    tensors: Mapping[str, Tensor]
    notes: Mapping[str, str]


def _varint(value: int) -> bytes:
    out = bytearray()
    while True:
        value, low = value >> 7, value & 127
        out.append(low | (128 if value else 0))
        if not value:
            return bytes(out)


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3 | _VARINT) + _varint(value)


def _part(field: int, value: bytes | str) -> bytes:
    data = value.encode() if isinstance(value, str) else value
    return _varint(field << 3 | _BYTES) + _varint(len(data)) + data


def _tensor(name: str, value: Tensor) -> bytes:
    kind = _INT64 if value.dtype == np.int64 else _FLOAT
    data = value.astype("<i8" if kind == _INT64 else "<f4").tobytes()
    return b"".join(_number(1, n) for n in value.shape) + _number(2, kind) + _part(8, name) + _part(9, data)


def _value(name: str, shape: Sequence[int]) -> bytes:
    dimensions = b"".join(_part(1, _number(1, n)) for n in shape)
    return _part(1, name) + _part(2, _part(1, _number(1, _FLOAT) + _part(2, dimensions)))


def _attribute(name: str, value: int | tuple[int, ...]) -> bytes:
    if isinstance(value, int):
        return _part(1, name) + _number(3, value) + _number(20, _ATTRIBUTE_INT)
    return _part(1, name) + b"".join(_number(8, n) for n in value) + _number(20, _ATTRIBUTE_INTS)


def _node(node: Node) -> bytes:
    inputs = b"".join(_part(1, name) for name in node.inputs)
    attributes = b"".join(_part(5, _attribute(*item)) for item in node.attributes.items())
    return inputs + _part(2, node.output) + _part(4, node.operation) + attributes


def model_bytes(
    name: str,
    nodes: Sequence[Node],
    tensors: Mapping[str, Tensor],
    inputs: Mapping[str, Sequence[int]],
    outputs: Mapping[str, Sequence[int]],
    notes: Mapping[str, str],
) -> bytes:
    """A model as the bytes of its file.

    Args:
        name: of the graph.
        nodes: in the order in which they are computed.
        tensors: float32 or int64, by name.
        inputs: shapes by name.
        outputs: shapes by name.
        notes: metadata.
    """
    graph = b"".join(_part(1, _node(node)) for node in nodes) + _part(2, name)
    graph += b"".join(_part(5, _tensor(*item)) for item in tensors.items())
    graph += b"".join(_part(11, _value(*item)) for item in inputs.items())
    graph += b"".join(_part(12, _value(*item)) for item in outputs.items())
    metadata = b"".join(_part(14, _part(1, key) + _part(2, text)) for key, text in notes.items())
    producer = _part(2, "wann_core")
    return _number(1, IR_VERSION) + producer + _part(7, graph) + _part(8, _number(2, OPSET)) + metadata


def _fields(data: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Number and value of every field of a message."""
    at = 0

    def varint() -> int:
        nonlocal at
        value = shift = 0
        while True:
            byte = data[at]
            at += 1
            value |= (byte & 127) << shift
            shift += 7
            if byte < 128:
                return value
            if shift > 63:
                raise OnnxError("a number is too long")

    while at < len(data):
        tag = varint()
        kind = tag & 7
        if kind == _VARINT:
            yield tag >> 3, varint()
            continue
        size = {_FIXED64: 8, _FIXED32: 4}.get(kind)
        if kind == _BYTES:
            size = varint()
        if size is None or at + size > len(data):
            raise OnnxError(f"damaged at byte {at}")
        yield tag >> 3, data[at : at + size]
        at += size


def _parts(data: bytes, field: int) -> list[bytes]:
    return [value for number, value in _fields(data) if number == field and isinstance(value, bytes)]


def _read_tensor(data: bytes) -> tuple[str, Tensor]:
    shape = [value for number, value in _fields(data) if number == 1 and isinstance(value, int)]
    kinds = [value for number, value in _fields(data) if number == 2]
    (name,), (raw,) = _parts(data, 8), _parts(data, 9)
    if kinds not in ([_FLOAT], [_INT64]):
        raise OnnxError(f'tensor "{name.decode()}" is neither float32 nor int64')
    value = np.frombuffer(raw, dtype="<f4" if kinds == [_FLOAT] else "<i8").reshape(shape)
    return name.decode(), value.astype(value.dtype.newbyteorder("="))


def read_model(path: Path) -> Model:
    """Read the tensors and notes of a model that ``model_bytes`` made.

    Raises:
        OnnxError: the file is missing, too large or damaged.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise OnnxError(f"{path}: {path.stat().st_size} bytes; an encoder has at most {MAX_BYTES}")
        data = path.read_bytes()
        (graph,) = _parts(data, 7)
        tensors = dict(_read_tensor(part) for part in _parts(graph, 5))
        pairs = [(_parts(part, 1), _parts(part, 2)) for part in _parts(data, 14)]
        notes = {key.decode(): text.decode() for (key,), (text,) in pairs}
    except FileNotFoundError:
        raise OnnxError(f"{path}: is missing") from None
    except (OSError, ValueError, IndexError, struct.error) as error:
        if isinstance(error, OnnxError) and str(path) in str(error):
            raise
        raise OnnxError(f"{path}: is no ONNX model of ours ({error})") from None
    return Model(tensors, notes)
