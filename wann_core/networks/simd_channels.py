"""Sixteen float32 lanes, one 512-bit register: the channels of a picture, read from and written to flat arrays.

The values are lanes as in ``simd``, with the same operators and ``fma``. Only the number of lanes differs, because
channels come in groups of 16.
"""

from __future__ import annotations

from typing import Any, Final

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

from wann_core.networks.simd import N_HALF, LanesType, _as_lanes

N_CHANNELS: Final = N_HALF
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


def _spread(typingctx: Any, array: Any, index: Any) -> Any:
    """The number at ``index``, which is not negative, of a flat float32 array in every lane."""
    if not _is_flat(array):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        view = context.make_array(sig.args[0])(context, builder, args[0])
        position = context.cast(builder, args[1], sig.args[1], types.intp)
        scalar = builder.load(builder.gep(view.data, [position]), align=4)
        return _as_lanes(context, builder, scalar, types.float32, CHANNELS)

    return CHANNELS(array, index), codegen


spread: Any = intrinsic(_spread)


def _store_channels(typingctx: Any, array: Any, row: Any, value: Any) -> Any:
    """Write ``value`` to the 16 numbers from ``16 * row`` of a flat float32 array."""
    if not _is_flat(array) or value is not CHANNELS:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        builder.store(args[2], _pointer(context, builder, sig, args), align=4)
        return context.get_dummy_value()

    return types.void(array, row, value), codegen


store_channels: Any = intrinsic(_store_channels)


def _splat_channels(typingctx: Any, value: Any) -> Any:
    """The same float32 in every lane."""
    if value is not types.float32:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _as_lanes(context, builder, args[0], sig.args[0], CHANNELS)

    return CHANNELS(value), codegen


splat_channels: Any = intrinsic(_splat_channels)


def _relu(typingctx: Any, value: Any) -> Any:
    """The lanes above zero unchanged, 0 in the others."""
    if value is not CHANNELS:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        zero = ir.Constant(CHANNELS.vector, [0.0] * N_CHANNELS)
        return builder.select(builder.fcmp_ordered(">", args[0], zero), args[0], zero)

    return CHANNELS(value), codegen


relu: Any = intrinsic(_relu)


def _positive_bits(typingctx: Any, value: Any) -> Any:
    """A whole number whose bit ``i`` says whether lane ``i`` is above zero."""
    if value is not CHANNELS:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        zero = ir.Constant(CHANNELS.vector, [0.0] * N_CHANNELS)
        mask = builder.fcmp_ordered(">", args[0], zero)
        return builder.zext(builder.bitcast(mask, ir.IntType(N_CHANNELS)), ir.IntType(64))

    return types.int64(CHANNELS), codegen


positive_bits: Any = intrinsic(_positive_bits)


def _lowest_bit(typingctx: Any, bits: Any) -> Any:
    """Which bit of a whole number other than 0 is its lowest one."""
    if bits is not types.int64:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.cttz(args[0], ir.Constant(ir.IntType(1), 1))

    return types.int64(types.int64), codegen


lowest_bit: Any = intrinsic(_lowest_bit)
