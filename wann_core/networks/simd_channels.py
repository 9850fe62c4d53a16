"""Sixteen float32 lanes, one 512-bit register: the channels of a picture, read from and written to flat arrays.

The values are lanes as ``simd`` has them, with its operators and its ``fma``; only their number is another, because
channels come in sixteens.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from wann_core.networks.simd import LanesType

N_CHANNELS: Final = 16
CHANNELS: Final = LanesType(types.float32, N_CHANNELS)


def _is_flat(array: Any) -> bool:
    return isinstance(array, types.Array) and array.ndim == 1 and array.layout == "C" and array.dtype is types.float32


def _pointer(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    view = context.make_array(sig.args[0])(context, builder, args[0])
    index = context.cast(builder, args[1], sig.args[1], types.intp)
    first = builder.mul(index, context.get_constant(types.intp, N_CHANNELS))
    return builder.bitcast(builder.gep(view.data, [first]), CHANNELS.vector.as_pointer())


def _load_channels(typingctx: Any, array: Any, row: Any) -> Any:
    """The 16 numbers from ``16 * row`` of a flat float32 array."""
    if not _is_flat(array):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_pointer(context, builder, sig, args), align=4)

    return CHANNELS(array, row), codegen


load_channels: Any = intrinsic(_load_channels)


def _store_channels(typingctx: Any, array: Any, row: Any, value: Any) -> Any:
    """Write ``value`` to the 16 numbers from ``16 * row`` of a flat float32 array."""
    if not _is_flat(array) or value is not CHANNELS:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _pointer(context, builder, sig, args), align=4)
        return context.get_dummy_value()

    return types.void(array, row, value), codegen


store_channels: Any = intrinsic(_store_channels)


def _relu(typingctx: Any, value: Any) -> Any:
    """The lanes above zero as they are, 0 elsewhere."""
    if value is not CHANNELS:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        zero = ir.Constant(CHANNELS.vector, [0.0] * N_CHANNELS)
        return builder.select(builder.fcmp_ordered(">", args[0], zero), args[0], zero)

    return CHANNELS(value), codegen


relu: Any = intrinsic(_relu)
