"""SIMD lanes as numba values: 32 float32, two 512-bit registers, or eight float64, one of them.

Numba leaves vectorising to LLVM's loop optimiser, which fails on long loop bodies with many arrays. A network or a
rigid-body solver is one long dependent chain per rollout, so here the lanes are made explicit: a lane value is an
LLVM vector, its operators are LLVM's, and a formula written for one rollout runs for all of a value. LLVM splits a
vector over as many of the machine's registers as it needs. Arithmetic is plain IEEE without contraction or
reassociation, so a lane's result depends neither on its neighbours nor on the machine's vector width.
"""

from __future__ import annotations

import operator
from collections.abc import Callable
from typing import Any, Final

from llvmlite import ir
from numba.core import cgutils, types
from numba.core.typing.templates import AbstractTemplate, infer_global, signature
from numba.extending import intrinsic, lower_builtin, models, register_model

N_SINGLE: Final = 32
"""float32 lanes in a value. It takes two registers: a solver is one chain of dependent steps, and a second chain beside
it costs only half as much more."""
N_HALF: Final = 16
"""float32 lanes in a value of ``simd_channels``."""
N_DOUBLE: Final = 8
"""float64 lanes in a value."""


class LanesType(types.Type):
    """A register of floats."""

    def __init__(self, element: Any, n_lanes: int) -> None:
        self.element = element
        self.n_lanes = n_lanes
        scalar = ir.FloatType() if element is types.float32 else ir.DoubleType()
        self.vector = ir.VectorType(scalar, n_lanes)
        self.suffix = f"v{n_lanes}f{element.bitwidth}"
        super().__init__(name=f"Lanes({element}, {n_lanes})")


class MaskType(types.Type):
    """A truth value per lane."""

    def __init__(self, n_lanes: int) -> None:
        self.n_lanes = n_lanes
        self.vector = ir.VectorType(ir.IntType(1), n_lanes)
        super().__init__(name=f"LaneMask({n_lanes})")


SINGLES: Final = LanesType(types.float32, N_SINGLE)
DOUBLES: Final = LanesType(types.float64, N_DOUBLE)
_BY_ELEMENT: Final = {types.float32: SINGLES, types.float64: DOUBLES}
_MASKS: Final = {n: MaskType(n) for n in (N_SINGLE, N_HALF, N_DOUBLE)}


@register_model(LanesType)
@register_model(MaskType)
class _VectorModel(models.PrimitiveModel):
    def __init__(self, dmm: Any, fe_type: Any) -> None:
        super().__init__(dmm, fe_type, fe_type.vector)


def _as_lanes(context: Any, builder: Any, value: Any, value_type: Any, lanes: LanesType) -> Any:
    """A lane value unchanged, or a number spread over all lanes."""
    if isinstance(value_type, LanesType):
        return value
    scalar = context.cast(builder, value, value_type, lanes.element)
    empty = ir.Constant(lanes.vector, ir.Undefined)
    first = builder.insert_element(empty, scalar, ir.Constant(ir.IntType(32), 0))
    zeros = ir.Constant(ir.VectorType(ir.IntType(32), lanes.n_lanes), [0] * lanes.n_lanes)
    return builder.shuffle_vector(first, empty, zeros)


def _common(args: Any) -> LanesType | None:
    """The lane type of an operation, or None if another numba implementation should be used."""
    kinds = {arg for arg in args if isinstance(arg, LanesType)}
    others = [arg for arg in args if not isinstance(arg, LanesType)]
    numbers = (types.Float, types.Integer, types.IntegerLiteral)
    if len(kinds) == 1 and all(isinstance(arg, numbers) for arg in others):
        return next(iter(kinds))
    return None


def _register_binary(operation: Callable[..., Any], is_comparison: bool, build: Callable[[Any, Any, Any], Any]) -> None:
    @infer_global(operation)
    class _Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            lanes = _common(args) if len(args) == 2 else None
            if lanes is None:
                return None
            widened = [arg if isinstance(arg, LanesType) else lanes.element for arg in args]
            return signature(_MASKS[lanes.n_lanes] if is_comparison else lanes, *widened)

    def lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        lanes = _common(sig.args)
        assert lanes is not None  # typing allows nothing else
        left = _as_lanes(context, builder, args[0], sig.args[0], lanes)
        right = _as_lanes(context, builder, args[1], sig.args[1], lanes)
        return build(builder, left, right)

    for pair in ((LanesType, LanesType), (LanesType, types.Float), (types.Float, LanesType)):
        lower_builtin(operation, *pair)(lower)


_register_binary(operator.add, False, lambda b, x, y: b.fadd(x, y))
_register_binary(operator.sub, False, lambda b, x, y: b.fsub(x, y))
_register_binary(operator.mul, False, lambda b, x, y: b.fmul(x, y))
_register_binary(operator.truediv, False, lambda b, x, y: b.fdiv(x, y))
_register_binary(operator.lt, True, lambda b, x, y: b.fcmp_ordered("<", x, y))
_register_binary(operator.le, True, lambda b, x, y: b.fcmp_ordered("<=", x, y))
_register_binary(operator.gt, True, lambda b, x, y: b.fcmp_ordered(">", x, y))
_register_binary(operator.ge, True, lambda b, x, y: b.fcmp_ordered(">=", x, y))
_register_binary(operator.ne, True, lambda b, x, y: b.fcmp_unordered("!=", x, y))


def _register_same(
    operation: Callable[..., Any], kind: type[LanesType] | type[MaskType], n_args: int, build: Callable[..., Any]
) -> None:
    """Register an operation whose arguments and result are all of one type."""

    @infer_global(operation)
    class _Typing(AbstractTemplate):
        def generic(self, args: Any, kws: Any) -> Any:
            fits = len(args) == n_args and all(isinstance(arg, kind) for arg in args) and len(set(args)) == 1
            return signature(args[0], *args) if fits else None

    @lower_builtin(operation, *[kind] * n_args)
    def _lower(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return build(builder, *args)


_register_same(operator.neg, LanesType, 1, lambda b, x: b.fneg(x))
_register_same(operator.and_, MaskType, 2, lambda b, x, y: b.and_(x, y))
_register_same(operator.or_, MaskType, 2, lambda b, x, y: b.or_(x, y))
_register_same(operator.invert, MaskType, 1, lambda b, x: b.not_(x))


def _lanes_of_array(array: Any) -> LanesType | None:
    if isinstance(array, types.Array) and array.ndim == 2 and array.layout == "C":
        return _BY_ELEMENT.get(array.dtype)
    return None


def _row_pointer(context: Any, builder: Any, sig: Any, args: Any, lanes: LanesType) -> Any:
    view = context.make_array(sig.args[0])(context, builder, args[0])
    index = context.cast(builder, args[1], sig.args[1], types.intp)
    first = builder.mul(index, context.get_constant(types.intp, lanes.n_lanes))
    return builder.bitcast(builder.gep(view.data, [first]), lanes.vector.as_pointer())


def _load(typingctx: Any, array: Any, row: Any) -> Any:
    """Read ``array[row]`` of a C-contiguous (n_rows, 32) float32 or (n_rows, 8) float64 array."""
    lanes = _lanes_of_array(array)
    if lanes is None:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return builder.load(_row_pointer(context, builder, sig, args, lanes), align=lanes.element.bitwidth // 8)

    return lanes(array, row), codegen


load: Any = intrinsic(_load)


def _store(typingctx: Any, array: Any, row: Any, value: Any) -> Any:
    """Write ``value`` to ``array[row]`` of a C-contiguous (n_rows, 32) float32 or (n_rows, 8) float64 array."""
    lanes = _lanes_of_array(array)
    if lanes is None or value is not lanes:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        pointer = _row_pointer(context, builder, sig, args, lanes)
        builder.store(args[2], pointer, align=lanes.element.bitwidth // 8)
        return context.get_dummy_value()

    return types.void(array, row, value), codegen


store: Any = intrinsic(_store)


def _splat(typingctx: Any, value: Any) -> Any:
    """The same float32 or float64 in every lane."""
    lanes = _BY_ELEMENT.get(value)
    if lanes is None:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        return _as_lanes(context, builder, args[0], sig.args[0], lanes)

    return lanes(value), codegen


splat: Any = intrinsic(_splat)


def _kind(args: Any) -> Any:
    """The result type of an operation on ``args``: lanes, or float64 if all are plain numbers; None if neither fits.

    The functions below take both, so that a formula gives one rollout the same bits as a lane.
    """
    if all(isinstance(arg, types.Float | types.Integer) for arg in args):
        return types.float64
    return _common(args)


def _shape(kind: Any, scalar: Any) -> Any:
    """The LLVM type of ``scalar`` per lane of ``kind``."""
    return ir.VectorType(scalar, kind.n_lanes) if isinstance(kind, LanesType) else scalar


def _widened(context: Any, builder: Any, value: Any, value_type: Any, kind: Any) -> Any:
    if isinstance(kind, LanesType):
        return _as_lanes(context, builder, value, value_type, kind)
    return context.cast(builder, value, value_type, kind)


def _constant(shape: Any, value: int) -> Any:
    return ir.Constant(shape, [value] * shape.count if isinstance(shape, ir.VectorType) else value)


def _where(typingctx: Any, mask: Any, yes: Any, no: Any) -> Any:
    """``yes`` in the lanes in which ``mask`` is true, ``no`` in the others; both are computed."""
    kind = _kind((yes, no))
    if kind is None or not isinstance(mask, MaskType if isinstance(kind, LanesType) else types.Boolean):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        chosen = _widened(context, builder, args[1], sig.args[1], kind)
        other = _widened(context, builder, args[2], sig.args[2], kind)
        return builder.select(args[0], chosen, other)

    return kind(mask, yes, no), codegen


where: Any = intrinsic(_where)


def _any_lane(typingctx: Any, mask: Any) -> Any:
    """Whether ``mask`` is true in at least one lane."""
    if not isinstance(mask, MaskType):
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        word = ir.IntType(mask.n_lanes)
        return builder.icmp_unsigned("!=", builder.bitcast(args[0], word), ir.Constant(word, 0))

    return types.boolean(mask), codegen


any_lane: Any = intrinsic(_any_lane)


def _bits(builder: Any, value: Any, kind: Any) -> tuple[Any, Any]:
    """A float64 value's bits, and their LLVM type."""
    whole = _shape(kind, ir.IntType(64))
    return builder.bitcast(value, whole), whole


def _power_of_two(typingctx: Any, shifted: Any) -> Any:
    """2 ** n, n between -1022 and 1023, of ``n + 1.5 * 2 ** 52``: a sum whose lowest bits are n's."""
    kind = _kind((shifted,))
    if kind not in {DOUBLES, types.float64}:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        bits, whole = _bits(builder, args[0], kind)
        exponent = builder.add(builder.shl(bits, _constant(whole, 52)), _constant(whole, 1023 << 52))
        return builder.bitcast(exponent, _shape(kind, ir.DoubleType()))

    return kind(kind), codegen


power_of_two: Any = intrinsic(_power_of_two)


def _flip_where_odd(typingctx: Any, value: Any, shifted: Any) -> Any:
    """``value``, negated if n is odd; ``shifted`` is ``n + 1.5 * 2 ** 52``, whose last bit is n's."""
    kind = _kind((value, shifted))
    if kind not in {DOUBLES, types.float64} or value != shifted:
        return None

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        parity, whole = _bits(builder, args[1], kind)
        bits, _ = _bits(builder, args[0], kind)
        flipped = builder.xor(bits, builder.shl(parity, _constant(whole, 63)))
        return builder.bitcast(flipped, _shape(kind, ir.DoubleType()))

    return kind(kind, kind), codegen


flip_where_odd: Any = intrinsic(_flip_where_odd)


def _call(name: str, n_args: int) -> Any:
    """One of LLVM's functions of equal arguments."""

    def codegen(context: Any, builder: Any, sig: Any, args: Any) -> Any:
        kind = sig.return_type
        values = [_widened(context, builder, arg, given, kind) for arg, given in zip(args, sig.args, strict=True)]
        suffix = kind.suffix if isinstance(kind, LanesType) else "f64"
        shape = kind.vector if isinstance(kind, LanesType) else ir.DoubleType()
        function = cgutils.get_or_insert_function(
            builder.module, ir.FunctionType(shape, [shape] * n_args), f"llvm.{name}.{suffix}"
        )
        return builder.call(function, values)

    return codegen


def _unary_intrinsic(name: str) -> Any:
    def function(typingctx: Any, value: Any) -> Any:
        kind = _kind((value,))
        return None if kind is None else (kind(value), _call(name, 1))

    function.__name__ = f"_{name}"
    return intrinsic(function)


def _fma(typingctx: Any, x: Any, y: Any, z: Any) -> Any:
    """``x * y + z``, rounded once: the same bits with or without an instruction for it."""
    kind = _kind((x, y, z))
    return None if kind is None else (kind(x, y, z), _call("fma", 3))


fma: Any = intrinsic(_fma)
sqrt: Any = _unary_intrinsic("sqrt")
absolute: Any = _unary_intrinsic("fabs")
nearest: Any = _unary_intrinsic("rint")
