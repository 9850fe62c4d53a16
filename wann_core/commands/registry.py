"""Every command by name: the modules of this folder that have ``add_arguments`` and ``run``, imported when called.

A command is one module. Its file name is its name, the first line of its docstring says what it does, and it has

- ``add_arguments(parser)``, which adds its arguments to an ``argparse.ArgumentParser``;
- ``run(options, console)``, which does it and returns the exit status.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import Final

from wann_core.commands.console import Console
from wann_core.paths import PACKAGE

OLD_NAMES: Final = {"restore": "swap-previous", "page": "report"}
"""Names that commands once had, which go on working with a note."""


@dataclass(frozen=True, slots=True)
class Command:
    """A command, imported.

    Attributes:
        name: as it is typed.
        about: what it does, in a line.
        add_arguments: adds its arguments to a parser.
        run: does it; returns the exit status.
    """

    name: str
    about: str
    add_arguments: Callable[[argparse.ArgumentParser], None]
    run: Callable[[argparse.Namespace, Console], int]


def abouts() -> dict[str, str]:
    """Name of each command -> what it does, read without importing it."""
    found = {}
    for path in sorted((PACKAGE / "commands").glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
        if {"add_arguments", "run"} <= functions:
            found[_name_of(path.stem)] = _about(ast.get_docstring(tree) or "")
    return found


def load_command(name: str) -> Command:
    """Import a command.

    Raises:
        KeyError: there is none of this name.
    """
    if name not in abouts():
        raise KeyError(name)
    module = import_module(f"wann_core.commands.{name.replace('-', '_')}{'_' if name in _KEYWORDS else ''}")
    return Command(name, _about(module.__doc__ or ""), module.add_arguments, module.run)


_KEYWORDS: Final = frozenset({"import"})
"""Names that no module can have: its file ends with an underscore."""


def _name_of(stem: str) -> str:
    return stem.rstrip("_").replace("_", "-")


def _about(docstring: str) -> str:
    """The docstring's first line, without its full stop, as help texts are written."""
    first = docstring.split("\n", 1)[0].rstrip(".")
    return first[:1].lower() + first[1:]
