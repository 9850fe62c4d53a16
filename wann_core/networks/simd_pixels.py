"""Operations on 32 pixels at a time, as bit strings, for the car's picture."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types
from numba.extending import intrinsic

N_PIXELS = 32
_HALF = 16


def _colour_pixels(typingctx: Any, image: Any, at: Any, bits_0: Any, bits_1: Any, bits_2: Any, colours: Any) -> Any:
    """Write the colour of 32 pixels to a flat uint32 array.

    Args:
        image: receives the colours, from ``at`` on.
        at: see ``image``.
        bits_0: uint64; its even bits are the first bit of each pixel's index into ``colours``.
        bits_1: the same for the second bit, and ``bits_2`` for the third.
        bits_2: see ``bits_1``.
        colours: (8,) uint32.
    """
    flat = types.Array(types.uint32, 1, "C")
    if any(not isinstance(array, types.Array) or array.dtype is not types.uint32 for array in (image, colours)):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        word = ir.IntType(32)
        vector = ir.VectorType(word, _HALF)

        def splat(value: Any) -> Any:
            empty = ir.Constant(vector, ir.Undefined)
            first = builder.insert_element(empty, value, ir.Constant(word, 0))
            return builder.shuffle_vector(first, empty, ir.Constant(vector, [0] * _HALF))

        table = context.make_array(sig.args[5])(context, builder, args[5]).data
        picked = [splat(builder.load(builder.gep(table, [ir.Constant(ir.IntType(64), i)]))) for i in range(8)]
        target = context.make_array(sig.args[0])(context, builder, args[0]).data
        first = context.cast(builder, args[1], sig.args[1], types.intp)
        shifts = ir.Constant(vector, [2 * i for i in range(_HALF)])
        ones, zeros = ir.Constant(vector, [1] * _HALF), ir.Constant(vector, [0] * _HALF)
        for half in range(2):
            chosen = picked
            for bits in args[2:5]:
                part = builder.trunc(builder.lshr(bits, ir.Constant(ir.IntType(64), 32 * half)), word)
                is_set = builder.icmp_unsigned("!=", builder.and_(builder.lshr(splat(part), shifts), ones), zeros)
                chosen = [
                    builder.select(is_set, chosen[i + 1], chosen[i]) for i in range(0, len(chosen), 2)
                ]  # the first bit halves the table, then the second, then the third
            place = builder.add(first, ir.Constant(ir.IntType(64), _HALF * half))
            pointer = builder.bitcast(builder.gep(target, [place]), vector.as_pointer())
            builder.store(chosen[0], pointer, align=4)
        return context.get_dummy_value()

    return types.void(flat, at, types.uint64, types.uint64, types.uint64, flat), codegen


colour_pixels: Any = intrinsic(_colour_pixels)
