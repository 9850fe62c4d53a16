"""Sixteen float32 lanes as one numba value.

Numba leaves vectorising to LLVM's loop optimiser, which gives up on long loop bodies with many arrays. A rigid-body
solver is one long dependent chain per world, so here the lanes are made explicit: a ``Lanes`` value is an LLVM vector,
its operators are LLVM's, and a formula written for one world runs for sixteen. Arithmetic is plain IEEE single
precision without contraction, so a lane's result does not depend on its neighbours or on the machine's vector width.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

N_LANES: Final = 16

_FLOATS = ir.VectorType(ir.FloatType(), N_LANES)
_BITS = ir.VectorType(ir.IntType(1), N_LANES)
_INTEGERS = ir.VectorType(ir.IntType(32), N_LANES)


class LanesType(types.Type):
    """Sixteen float32."""

    def __init__(self) -> None:
        super().__init__(name="Lanes")


class MaskType(types.Type):
    """Sixteen booleans."""

    def __init__(self) -> None:
        super().__init__(name="LaneMask")


LANES: Final = LanesType()
MASK: Final = MaskType()


@register_model(LanesType)
class _LanesModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _FLOATS)


@register_model(MaskType)
class _MaskModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, _BITS)


def _spread(builder: Any, scalar: Any) -> Any:
    empty = ir.Constant(_FLOATS, ir.Undefined)
    first = builder.insert_element(empty, scalar, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(_INTEGERS, [0] * N_LANES)
    return builder.shuffle_vector(first, empty, zeros)


def _as_lanes(context: Any, builder: Any, value: Any, value_type: Any) -> Any:
    if value_type is LANES or isinstance(value_type, LanesType):
        return value
    return _spread(builder, context.cast(builder, value, value_type, types.float32))


def _is_number(value_type: Any) -> bool:
    return isinstance(value_type, types.Float | types.Integer | types.IntegerLiteral)


def _register_binary(operation: Callable[..., Any], result: Any, build: Callable[[Any, Any, Any], Any]) -> None:
    @infer_global(operation)
    class _Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            if len(args) == 2 and any(isinstance(arg, LanesType) for arg in args):
                widened = [LANES if isinstance(arg, LanesType) else types.float32 for arg in args]
                if all(isinstance(arg, LanesType) or _is_number(arg) for arg in args):
                    return signature(result, *widened)
            return None

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        left = _as_lanes(context, builder, args[0], sig.args[0])
        right = _as_lanes(context, builder, args[1], sig.args[1])
        return build(builder, left, right)

    for pair in ((LanesType, LanesType), (LanesType, types.Float), (types.Float, LanesType)):
        lower_builtin(operation, *pair)(lower)


_register_binary(operator.add, LANES, lambda b, x, y: b.fadd(x, y))
_register_binary(operator.sub, LANES, lambda b, x, y: b.fsub(x, y))
_register_binary(operator.mul, LANES, lambda b, x, y: b.fmul(x, y))
_register_binary(operator.truediv, LANES, lambda b, x, y: b.fdiv(x, y))
_register_binary(operator.lt, MASK, lambda b, x, y: b.fcmp_ordered("<", x, y))
_register_binary(operator.le, MASK, lambda b, x, y: b.fcmp_ordered("<=", x, y))
_register_binary(operator.gt, MASK, lambda b, x, y: b.fcmp_ordered(">", x, y))
_register_binary(operator.ge, MASK, lambda b, x, y: b.fcmp_ordered(">=", x, y))
_register_binary(operator.ne, MASK, lambda b, x, y: b.fcmp_unordered("!=", x, y))


@infer_global(operator.neg)
class _Negation(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(LANES, LANES) if isinstance(args[0], LanesType) else None


@lower_builtin(operator.neg, LanesType)
def _negate(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.fneg(args[0])


def _register_mask(operation: Callable[..., Any], build: Callable[[Any, Any, Any], Any]) -> None:
    @infer_global(operation)
    class _Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            return signature(MASK, MASK, MASK) if all(isinstance(arg, MaskType) for arg in args) else None

    @lower_builtin(operation, MaskType, MaskType)
    def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return build(builder, args[0], args[1])


_register_mask(operator.and_, lambda b, x, y: b.and_(x, y))
_register_mask(operator.or_, lambda b, x, y: b.or_(x, y))


@infer_global(operator.invert)
class _Inversion(AbstractTemplate):
    def generic(self, args: Any, kws: Any) -> Any:
        return signature(MASK, MASK) if isinstance(args[0], MaskType) else None


@lower_builtin(operator.invert, MaskType)
def _invert(context: Any, builder: Any, sig: Any, args: Any) -> Any:
    return builder.not_(args[0])


def _row_pointer(context: Any, builder: Any, array_type: Any, array: Any, row: Any, row_type: Any) -> Any:
    view = context.make_array(array_type)(context, builder, array)
    index = context.cast(builder, row, row_type, types.intp)
    first = builder.mul(index, context.get_constant(types.intp, N_LANES))
    return builder.bitcast(builder.gep(view.data, [first]), _FLOATS.as_pointer())


def _is_lane_array(array: Any) -> bool:
    return isinstance(array, types.Array) and array.dtype is types.float32 and array.ndim == 2 and array.layout == "C"


def _load(typingctx: Any, array: Any, row: Any) -> Any:
    """Read ``array[row]`` of a C-contiguous (n_rows, 16) float32 array."""
    if not _is_lane_array(array):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _row_pointer(context, builder, sig.args[0], args[0], args[1], sig.args[1])
        return builder.load(pointer, align=4)

    return LANES(array, row), codegen


load: Any = intrinsic(_load)


def _store(typingctx: Any, array: Any, row: Any, value: Any) -> Any:
    """Write ``value`` to ``array[row]`` of a C-contiguous (n_rows, 16) float32 array."""
    if not _is_lane_array(array):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _row_pointer(context, builder, sig.args[0], args[0], args[1], sig.args[1])
        builder.store(args[2], pointer, align=4)
        return context.get_dummy_value()

    return types.void(array, row, LANES), codegen


store: Any = intrinsic(_store)


def _splat(typingctx: Any, value: Any) -> Any:
    """The same number in every lane."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _as_lanes(context, builder, args[0], sig.args[0])

    return LANES(value), codegen


splat: Any = intrinsic(_splat)


def _where(typingctx: Any, mask: Any, yes: Any, no: Any) -> Any:
    """``yes`` in the lanes where ``mask`` holds, ``no`` elsewhere; either may be a plain number."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        chosen = _as_lanes(context, builder, args[1], sig.args[1])
        other = _as_lanes(context, builder, args[2], sig.args[2])
        return builder.select(args[0], chosen, other)

    return LANES(mask, yes, no), codegen


where: Any = intrinsic(_where)


def _any_lane(typingctx: Any, mask: Any) -> Any:
    """Whether ``mask`` holds in at least one lane."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        word = builder.bitcast(args[0], ir.IntType(N_LANES))
        return builder.icmp_unsigned("!=", word, ir.Constant(ir.IntType(N_LANES), 0))

    return types.boolean(mask), codegen


any_lane: Any = intrinsic(_any_lane)


def _unary_intrinsic(name: str) -> Any:
    @intrinsic
    def function(typingctx: Any, value: Any) -> Any:
        def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
            kind = ir.FunctionType(_FLOATS, [_FLOATS])
            called = cgutils.get_or_insert_function(builder.module, kind, f"llvm.{name}.v{N_LANES}f32")
            return builder.call(called, args)

        return LANES(value), codegen

    return function


sqrt = _unary_intrinsic("sqrt")
absolute = _unary_intrinsic("fabs")
nearest = _unary_intrinsic("rint")


def lane_array(n_rows: int) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Zeros of the shape that ``load`` and ``store`` expect: (n_rows, 16)."""
    return np.zeros((n_rows, N_LANES), dtype=np.float32)
