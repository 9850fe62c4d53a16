"""Check values from outside against types. All files and settings are checked here.

A type says what is allowed: a dataclass or a ``msgspec.Struct`` whose fields carry their range and meaning
(``Annotated[int, Meta(ge=2, le=100)]``). msgspec decides whether a value fits. If it does not, the type is walked again
to find which value is wrong, its place, and the rule.
"""

from __future__ import annotations

import dataclasses
import json
import sys
import types
from collections.abc import Iterable
from enum import Enum
from typing import (
    Annotated,
    Any,
    Final,
    Literal,
    NamedTuple,
    NoReturn,
    TypeVar,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)

import msgspec
from msgspec import Meta

from wann_core.errors import WannError

MAX_DEPTH: Final = 64
MAX_SHOWN: Final = 40
_UNFIT: Final = (msgspec.ValidationError, RecursionError, UnicodeEncodeError)
T = TypeVar("T")

Finite = Annotated[float, Meta(ge=-sys.float_info.max, le=sys.float_info.max)]
NotNegative = Annotated[float, Meta(ge=0.0, le=sys.float_info.max)]
Count = Annotated[int, Meta(ge=0, le=2**53)]
"""A whole number that JavaScript represents exactly."""


class InvalidError(WannError):
    """A value does not fit its type."""


class SettingError(InvalidError):
    """A setting has a value that is not allowed."""


class FileStruct(msgspec.Struct, forbid_unknown_fields=True):
    """An object in a file of ours: exactly these fields."""


def parse_json(text: str) -> Any:  # noqa: ANN401  # any JSON
    """Parse JSON that this project wrote.

    Raises:
        InvalidError: the text is not JSON or not Unicode, holds a number that is not finite, or is nested more than
            ``MAX_DEPTH`` deep.
    """
    try:
        value = json.loads(text, parse_constant=_refuse_number, parse_float=_finite)
    except RecursionError:
        raise InvalidError(f"nested more than {MAX_DEPTH} deep") from None
    except ValueError as error:
        raise InvalidError(str(error)) from None
    level = [value]
    for _ in range(MAX_DEPTH):
        level = [item for container in level for item in _items(container)]
        if not level:
            break
    else:
        raise InvalidError(f"nested more than {MAX_DEPTH} deep")
    if "\\ud" in text.lower():  # an escaped surrogate: allowed only in pairs
        try:
            json.dumps(value, ensure_ascii=False).encode()
        except UnicodeEncodeError:
            raise InvalidError("holds half of a surrogate pair, which is no character") from None
    return value


def checked(
    value: Any,  # noqa: ANN401  # any JSON or TOML
    kind: type[T],
    place: str,
    error: type[WannError] = InvalidError,
    remedy: str = "",
) -> T:
    """Convert a value to a type, and check it.

    Args:
        value: made of dictionaries, lists and scalars.
        kind: a Struct, a dataclass, or a type such as ``list[Finite]``.
        place: the file and the place in it, for errors.
        error: the class of the error.
        remedy: the next step, for the error.

    Raises:
        WannError: the value does not fit; the error has class ``error`` and names place, value and rule.
    """
    try:
        return msgspec.convert(value, kind)
    except _UNFIT as failure:
        said = _fault(value, kind, place) or f"{place}: {failure}"
        raise error(f"{said}; {remedy}" if remedy else said) from None


def check_settings(settings: Any) -> None:  # noqa: ANN401  # any dataclass
    """Check every field of a dataclass of settings, as ``__post_init__`` does.

    Raises:
        SettingError: a field has a value that its annotation does not allow.
    """
    kind = type(settings)
    for name, field in _members(kind).items():
        _check_one(getattr(settings, name), field.kind, f"{kind.__name__}: {name}", SettingError)


def rule_broken(kind: type, name: str, value: Any) -> str | None:  # noqa: ANN401  # any value
    """The rule that a value of a setting breaks, in words; None if it breaks none."""
    hint = _members(kind)[name].kind
    return None if _leaf_fault(value, hint, "") is None else _rule(hint, value)


def settings_from_table(
    table: dict[str, Any], kind: type[T], place: str, error: type[SettingError], *, is_complete: bool = True
) -> dict[str, Any]:
    """Check a table of settings; a setting may have its former name.

    Args:
        table: setting by name.
        kind: a dataclass.
        place: file and table, for errors.
        error: the class of the error.
        is_complete: whether every setting without a default must be there.

    Returns:
        The settings by their current names.

    Raises:
        SettingError: it is not a table, a setting is unknown or missing, or a value is wrong; the error has class
            ``error``.
    """
    if not isinstance(table, dict):
        raise error(f"{place} must be a table")
    members = _members(kind)
    formerly = former_names(kind)
    found: dict[str, Any] = {}
    for written, value in table.items():
        name = formerly.get(written, written)
        if name not in members:
            raise error(f"{place} {shown_name(written)}: unknown key; there may be: {', '.join(members)}")
        if name in found:
            old = next(old for old, new in formerly.items() if new == name)
            raise error(f"{place} {name}: is also given as {old}, its former name; leave {old} out")
        _check_one(value, members[name].kind, f"{place} {written}", error)
        found[name] = value
    for name, member in members.items():
        if is_complete and member.is_required and name not in found:
            raise error(f"{place} {name}: is missing")
    return found


def former_names(kind: type) -> dict[str, str]:
    """Former names of a dataclass's settings, each with the current name."""
    return {
        str(meta.extra["formerly"]): name
        for name, member in _members(kind).items()
        for meta in _metas(member.kind)
        if meta.extra and "formerly" in meta.extra
    }


def under_former_names(settings: Any) -> dict[str, Any]:  # noqa: ANN401  # any dataclass
    """The settings by their first names. These are hashed and compared, so that renaming a setting changes no hash."""
    first = {new: old for old, new in former_names(type(settings)).items()}
    return {first.get(name, name): value for name, value in dataclasses.asdict(settings).items()}


def settings_marked(kind: type, mark: str) -> frozenset[str]:
    """Names of the settings of a dataclass that carry a mark: ``Meta(extra={mark: True})``."""
    return frozenset(
        name
        for name, member in _members(kind).items()
        for meta in _metas(member.kind)
        if meta.extra and meta.extra.get(mark)
    )


def shown(value: Any) -> str:  # noqa: ANN401  # anything
    """A value as an error shows it: at most ``MAX_SHOWN`` characters."""
    if isinstance(value, int) and value.bit_length() > 3 * MAX_SHOWN:
        return f"a whole number of about {round(value.bit_length() * 0.30103)} digits"
    if isinstance(value, dict | list | tuple) and (
        len(value) > MAX_SHOWN or any(_is_large(item) for item in (*value, *_items(value)))
    ):
        return "{...}" if isinstance(value, dict) else "[...]"
    text = repr(value[: MAX_SHOWN + 1] if isinstance(value, str) else value)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def shown_name(name: Any) -> str:  # noqa: ANN401  # any key
    """A name as an error shows it: as it is, at most ``MAX_SHOWN`` characters."""
    text = str(name)
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


# --- describe a fault -----------------------------------------------------------------------------------------------


class _Member(NamedTuple):
    """A field of a Struct or dataclass, under the name that it has in files."""

    kind: Any
    is_required: bool


def _members(kind: Any) -> dict[str, _Member]:  # noqa: ANN401  # a class
    if issubclass(kind, msgspec.Struct):
        return {field.encode_name: _Member(field.type, field.required) for field in msgspec.structs.fields(kind)}
    hints = get_type_hints(kind, include_extras=True)
    return {
        field.name: _Member(
            hints[field.name],
            field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING,
        )
        for field in dataclasses.fields(kind)
    }


def _check_one(value: Any, kind: Any, place: str, error: type[WannError]) -> None:  # noqa: ANN401  # any value, any type
    if isinstance(value, float):
        value = float(value)  # numpy's float64 is a float too
    try:
        msgspec.convert(value, kind)
    except _UNFIT:
        raise error(_fault(value, kind, place) or f"{place} = {shown(value)}: {_rule(kind, value)}") from None


def _fault(value: Any, kind: Any, place: str) -> str | None:  # noqa: ANN401, PLR0911  # any value, any type; one return per kind
    """The first fault, with its place; None if there is none."""
    bare = _bare(kind)
    if get_origin(bare) in {Union, types.UnionType}:
        arms = [arm for arm in get_args(bare) if arm is not types.NoneType]
        if value is None or len(arms) > 1:
            return _leaf_fault(value, kind, place)
        fault = _fault(value, arms[0], place)
        return f"{fault} or null" if fault is not None and fault.startswith(f"{place} = ") else fault
    if isinstance(bare, type) and (issubclass(bare, msgspec.Struct) or dataclasses.is_dataclass(bare)):
        return _object_fault(value, bare, place)
    if (fault := _leaf_fault(value, kind, place, itself=True)) is not None:
        return fault
    arguments = get_args(bare)
    if isinstance(value, dict) and len(arguments) == 2:
        return next((f for k, v in value.items() if (f := _fault(v, arguments[1], f"{place}.{shown_name(k)}"))), None)
    if isinstance(value, list) and arguments:
        every = get_origin(bare) is list or arguments[-1] is Ellipsis
        kinds = [arguments[0]] * len(value) if every else arguments
        each = enumerate(zip(value, kinds, strict=False))
        return next((f for i, (v, k) in each if (f := _fault(v, k, f"{place}[{i}]"))), None)
    return _leaf_fault(value, kind, place)


def _object_fault(value: Any, kind: type, place: str) -> str | None:  # noqa: ANN401  # any value
    if not isinstance(value, dict):
        return f"{place}: must be an object, is {type(value).__name__}"
    members = _members(kind)
    is_strict = issubclass(kind, msgspec.Struct) and kind.__struct_config__.forbid_unknown_fields
    for name in value:
        if is_strict and name not in members:
            return f'{place}: unknown field "{shown_name(name)}"; there may be: {", ".join(members)}'
    for name, member in members.items():
        if name not in value:
            if member.is_required:
                return f'{place}: field "{name}" is missing'
        elif (fault := _fault(value[name], member.kind, f"{place}.{name}")) is not None:
            return fault
    return None


def _leaf_fault(value: Any, kind: Any, place: str, *, itself: bool = False) -> str | None:  # noqa: ANN401  # any value, any type
    """The fault of the value, or None; ``itself``: ignore its content."""
    tested = _without_content(kind) if itself and isinstance(value, list | dict) else kind
    try:
        msgspec.convert(value, tested)
    except _UNFIT:
        return f"{place} = {shown(value)}: {_rule(kind, value)}"
    return None


def _without_content(kind: Any) -> Any:  # noqa: ANN401  # any type
    """The type of a container with anything in it."""
    bare, metas = _bare(kind), _metas(kind)
    loose: Any = bare
    if get_origin(bare) is list:
        loose = list
    elif get_origin(bare) is dict:
        loose = dict[str, Any]
    elif get_origin(bare) is tuple:
        loose = tuple if get_args(bare)[-1] is Ellipsis else tuple.__class_getitem__((Any,) * len(get_args(bare)))
    return Annotated[(loose, *metas)] if metas else loose


def _rule(kind: Any, value: Any) -> str:  # noqa: ANN401  # any type, any value
    """What a value must be, in words."""
    bare, metas = _bare(kind), _metas(kind)
    origin, arguments = get_origin(bare), get_args(bare)
    if origin in {Union, types.UnionType}:
        return " or ".join([*(_rule(arm, value) for arm in arguments if arm is not types.NoneType), "null"])
    if origin is Literal:
        return f"must be {'one of ' if len(arguments) > 1 else ''}{', '.join(map(str, arguments))}"
    if isinstance(bare, type) and issubclass(bare, Enum):
        return f"must be one of {', '.join(str(member.value) for member in bare)}"
    noun = _NOUNS.get(bare if origin is None else origin, "an object")
    if origin is tuple and arguments[-1] is not Ellipsis:
        noun = f"a list of {len(arguments)}"
    limits = _limits(metas, "characters" if bare is str else "items")
    if not limits:
        return f"must be {noun}"
    # If the type is right, only the range is described.
    is_of_type = bare in {int, float} and isinstance(value, int | float) and not isinstance(value, bool)
    return (
        f"must be {limits}" if is_of_type and (bare is float or isinstance(value, int)) else f"must be {noun} {limits}"
    )


def _limits(metas: tuple[Meta, ...], unit: str) -> str:
    """Ranges in words; limits of the file format are not mentioned."""
    low, high, least, most = (
        next((value for meta in metas if (value := getattr(meta, name)) is not None), None)
        for name in ("ge", "le", "min_length", "max_length")
    )
    has_low, has_high = low is not None and low > -(2**53), high is not None and high < 2**53
    if has_low and has_high:
        return f"between {low:.12g} and {high:.12g}"
    if has_low or has_high:
        return f"at least {low:.12g}" if has_low else f"at most {high:.12g}"
    if least == most and least is not None:
        return f"of {least} {unit}"
    if least or most is not None:
        words = [f"at least {least}" if least else "", f"at most {most}" if most is not None else ""]
        return f"with {' and '.join(word for word in words if word)} {unit}"
    return ""


_NOUNS: Final[dict[Any, str]] = {
    int: "a whole number", float: "a finite number", str: "text", bool: "true or false", list: "a list",
    tuple: "a list", dict: "an object",
}  # fmt: skip


def _bare(kind: Any) -> Any:  # noqa: ANN401  # any type
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _metas(kind: Any) -> tuple[Meta, ...]:  # noqa: ANN401  # any type
    return tuple(meta for meta in get_args(kind)[1:] if isinstance(meta, Meta)) if get_origin(kind) is Annotated else ()


def _is_large(item: Any) -> bool:  # noqa: ANN401  # any JSON
    if isinstance(item, int):
        return item.bit_length() > 3 * MAX_SHOWN
    return (isinstance(item, str) and len(item) > MAX_SHOWN) or bool(_items(item))


def _items(container: Any) -> Iterable[Any]:  # noqa: ANN401  # any JSON
    if isinstance(container, dict):
        return container.values()
    return container if isinstance(container, list | tuple) else ()


def _finite(text: str) -> float:
    number = float(text)
    return number if abs(number) <= sys.float_info.max else _refuse_number(text)


def _refuse_number(text: str) -> NoReturn:
    raise InvalidError(f"holds {shown_name(text)}; only finite numbers are allowed")
