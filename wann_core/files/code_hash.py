"""The hash of a result's code: its modules, found by following imports, without comments and docstrings.

A module's code is its syntax tree without docstrings, so an edit of a comment, a docstring or the formatting changes
nothing. Standard library only, since a build with nothing to do asks this first. Results are cached by the hash of a
file's bytes, since parsing the whole package takes half a second.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Final, Literal

from wann_core.errors import WannError
from wann_core.files.atomic import write_text
from wann_core.files.checked import FileStruct, checked, parse_json
from wann_core.files.hashing import content_hash
from wann_core.files.safe_read import strict_text
from wann_core.paths import DIST, PACKAGE

SCHEMA: Final = 1
ParsedFile = tuple[str, str, list[str]]
"""Its module, the hash of its code, and the modules of the package that it imports."""
NAME: Final = PACKAGE.name
WITHOUT_EFFECT: Final = (f"{NAME}.files", f"{NAME}.errors", f"{NAME}.progress", f"{NAME}.paths")
"""Modules for files, errors, progress and paths: no result depends on them."""


class ParsedFields(FileStruct):
    """The cache: what was found in a file, by the hash of its bytes."""

    schema: Literal[1]
    files: dict[str, ParsedFile]


@cache
def code_hash(*modules: str) -> str:
    """Hash the code of modules and of all package modules that they import, directly or indirectly, at the top or late.

    Args:
        modules: full names, such as ``"wann_core.weights.scoring"``.

    Returns:
        16 hexadecimal digits, the same on every version of Python.
    """
    found = _parsed_files()
    return content_hash(*[part for module in closure(*modules) for part in (module, found[module][0])])


@cache
def closure(*modules: str) -> tuple[str, ...]:
    """The modules and all package modules that they import, except ``WITHOUT_EFFECT``: full names, sorted.

    Raises:
        KeyError: there is no such module.
    """
    found = _parsed_files()
    seen: set[str] = set()
    waiting = list(modules)
    while waiting:
        module = waiting.pop()
        if module not in seen and not module.startswith(WITHOUT_EFFECT):
            seen.add(module)
            waiting += [name for name in found[module][1] if name in found]
    return tuple(sorted(seen))


def imports_of(tree: ast.Module, module: str) -> Iterator[tuple[str, bool]]:
    """The imports of a module: full names of modules or of names in them, and whether each is inside a function.

    Imports for type checkers only do not count.

    Args:
        tree: the parsed module.
        module: its full name, for relative imports.
    """
    stack: list[tuple[ast.AST, bool]] = [(tree, False)]
    while stack:
        node, is_late = stack.pop()
        if isinstance(node, ast.If) and _is_type_checking(node.test):
            stack += [(child, is_late) for child in node.orelse]
            continue
        if isinstance(node, ast.Import):
            yield from ((alias.name, is_late) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = ".".join(module.split(".")[: -node.level]) if node.level else ""
            base = ".".join(part for part in (parent, node.module) if part)
            yield from ((f"{base}.{alias.name}", is_late) for alias in node.names)
        is_function = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        stack += [(child, is_late or is_function) for child in ast.iter_child_nodes(node)]


def module_files() -> dict[str, Path]:
    """Every module of the package by its full name."""
    files = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = (NAME, *path.relative_to(PACKAGE).with_suffix("").parts)
        files[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return files


@cache
def _parsed_files() -> dict[str, tuple[str, tuple[str, ...]]]:
    """Module -> the hash of its code, and the modules of the package that it imports."""
    store = DIST / ".cache" / "code.json"
    kept = _kept(store)
    files = module_files()
    entries: dict[str, ParsedFile] = {}
    for module, path in files.items():
        data = path.read_bytes()
        key = hashlib.sha256(module.encode() + b"\0" + data).hexdigest()
        entries[key] = kept.get(key) or (module, *_parse(module, data, files))
    if entries.keys() != kept.keys():
        with contextlib.suppress(OSError):  # then it is parsed again next time, which costs half a second
            write_text(store, json.dumps({"schema": SCHEMA, "files": entries}))
    return {module: (digest, tuple(imported)) for module, digest, imported in entries.values()}


def _kept(store: Path) -> dict[str, ParsedFile]:
    """The cache of an earlier process; empty if the file is missing or damaged."""
    try:
        return checked(parse_json(strict_text(store, links=True)), ParsedFields, str(store)).files
    except (OSError, WannError):
        return {}


def _parse(module: str, data: bytes, files: dict[str, Path]) -> tuple[str, list[str]]:
    tree = ast.parse(data)
    imported = set()
    for name, _ in imports_of(tree, f"{module}.__init__" if files[module].name == "__init__.py" else module):
        found = name if name in files else name.rpartition(".")[0]
        if found in files:
            imported.add(found)
    digest = hashlib.sha256("\n".join(_lines(tree)).encode(errors="surrogatepass")).hexdigest()
    return digest[:32], sorted(imported)


def _lines(node: ast.AST) -> Iterator[str]:
    """A syntax tree as lines of text: ``ast.dump`` without prose, and the same on every version of Python."""
    yield type(node).__name__
    for name, value in ast.iter_fields(node):
        if name in {"type_comment", "kind", "type_params", "ctx"} or value is None or value == []:
            continue  # has no meaning here, or does not exist in every version
        yield f".{name}"
        for item in value if isinstance(value, list) else [value]:
            if _is_prose(item):
                continue
            if isinstance(item, ast.AST):
                yield from _lines(item)
            else:
                yield json.dumps(item) if isinstance(item, str) else repr(item)
    yield "."


def _is_prose(item: object) -> bool:
    """Whether this is a docstring of a module, class, function or constant, or code for type checkers only."""
    if isinstance(item, ast.If) and _is_type_checking(item.test):
        return not item.orelse
    return isinstance(item, ast.Expr) and isinstance(item.value, ast.Constant) and isinstance(item.value.value, str)


def _is_type_checking(test: ast.expr) -> bool:
    return isinstance(test, ast.Name | ast.Attribute) and getattr(test, "id", getattr(test, "attr", "")) == (
        "TYPE_CHECKING"
    )
